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
    language: Annotated[str, typer.Option(metavar="CODE", help="Of the treebanks, such as de.")],
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
    textpipe train-tagger train.conllu --language de --test test.conllu --out german-tagger
    """
    from textpipe.annotate.train import train_tagger as train

    started = time.perf_counter()
    with progress() as bar:
        tagger = train(files, to, language=language, test=test or [], progress=bar)
    measured = "" if tagger.accuracy is None else f", {tagger.accuracy:.2%} of test words right"
    seconds = time.perf_counter() - started
    found = f"{tagger.sentences:,} sentences, {tagger.words:,} words{measured}, {seconds:.0f} s"
    tell(f"{tagger.folder}  {size_of(tagger.folder)}, {found}")
