"""``textpipe train-tagger``: a part-of-speech tagger from treebanks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from textpipe.cli.fit import size_of
from textpipe.cli.progress import progress
from textpipe.cli.terminal import tell


def train_tagger(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE.conllu", help="Treebanks in CoNLL-U.")
    ],
    to: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the tagger goes: a new folder.")
    ],
    language: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Of the treebanks, such as de. By default their names tell: de_gsd-ud-train.conllu.",
        ),
    ] = None,
    test: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A treebank to measure it on. May be given several times."
        ),
    ] = None,
) -> None:
    """Train a part-of-speech tagger for the stage tag_parts_of_speech.

    A definition uses it with [bold]model = "FOLDER"[/bold].

    \b
    textpipe train-tagger de_gsd-ud-train.conllu --test de_gsd-ud-test.conllu --out german-tagger
    textpipe train-tagger my.conllu --language de --out german-tagger
    """
    from textpipe.annotate.train import train_tagger as train
    from textpipe.sources.counted import counted

    started = time.perf_counter()
    with progress() as bar:
        tagger = train(files, to, language=language, test=test or [], progress=bar)
    measured = "" if tagger.accuracy is None else f", {tagger.accuracy:.2%} of test words right"
    seconds = time.perf_counter() - started
    size = f"{counted(tagger.sentences, 'sentence')}, {counted(tagger.words, 'word')}"
    found = f"{size}{measured}, {seconds:.0f} s"
    tell(f"{tagger.folder}  {size_of(tagger.folder)}, {found}")
