"""The options by which commands read documents, and the reading itself."""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from textpipe.cli.progress import progress
from textpipe.cli.terminal import say
from textpipe.errors import DefinitionError, InputError, TextpipeError
from textpipe.printable import json_text

if TYPE_CHECKING:
    from textpipe.definition import Definition
    from textpipe.documents import Documents
    from textpipe.pipeline import Pipeline
    from textpipe.sources import Corpus

READING = "How the data is read"

DataFormat = Literal["csv", "tsv", "jsonl", "parquet", "lines", "text", "mail", "mbox"]

DefinitionFile = Annotated[
    Path, typer.Argument(metavar="DEFINITION", help="A definition, such as spam.toml.")
]
ModelPath = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A trained model, as textpipe fit wrote it.")
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="[LABEL=]PATH",
        help="Documents: a file, a folder or - (standard input), with a label for all of them or with "
        "labels inside. Give it once for each source. Without it: the data that the definition names.",
    ),
]
Format = Annotated[
    DataFormat | None,
    typer.Option(
        metavar="FORMAT",
        help="csv, tsv, jsonl, parquet, lines (a line is a document), text (a file is one), mail (a "
        "file is one) or mbox. By default the file name tells.",
        rich_help_panel=READING,
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The column with the text. By default text, message, content, body or document. A number, "
        "counted from 1, says that the table has no header.",
        rich_help_panel=READING,
    ),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The column with the label, likewise. By default label, class, category or target.",
        rich_help_panel=READING,
    ),
]
IdColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The column with an id for each document. By default ids are FILE:LINE.",
        rich_help_panel=READING,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Such as utf-8 or cp1252. By default guessed, line by line.",
        rich_help_panel=READING,
    ),
]
OneFormat = Annotated[
    DataFormat | None,
    typer.Option(
        metavar="FORMAT",
        help="text (all of the file) or mail. By default the file name tells, and else it is text.",
        rich_help_panel=READING,
    ),
]
OneText = Annotated[
    str | None, typer.Option("--text", metavar="TEXT", help="The text itself, instead of a file.")
]
OneFile = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="A file with one text; a mail if its name ends in .eml; - for standard input.",
    ),
]

MANY = {
    "csv": "a table (csv)",
    "tsv": "a table (tsv)",
    "jsonl": "a table (jsonl)",
    "parquet": "a table (parquet)",
    "mbox": "a mailbox (mbox)",
}
"""Formats of many documents, and what such a file is."""

Options: TypeAlias = dict[str, Any]
"""Options of ``textpipe.read`` by name."""


def definition_of(path: Path) -> Definition:
    """The definition in a file. Raises DefinitionError or SourceError, with the file's name."""
    from textpipe.definition import from_toml

    if path.suffix.lower() != ".toml":
        what = "is a folder" if path.is_dir() else f'ends in "{path.suffix}"'
        raise DefinitionError(
            f"{path}: a definition is a TOML file, such as spam.toml, and this {what}. "
            "textpipe new makes one to begin with"
        )
    return from_toml(path)


def ready(path: Path) -> Definition:
    """The definition in a file, of which all stages have what they need."""
    found = definition_of(path)
    rehearse(found)
    return found


def rehearse(definition: Definition) -> None:
    """Raise DefinitionError, with file and line, for a model, list or language that is not there."""
    try:
        definition.pipeline.rehearse()
    except TextpipeError as error:
        raise DefinitionError(*_placed(definition, error)) from error


def _placed(definition: Definition, error: TextpipeError) -> tuple[str, int | None]:
    """What an error says, after the line of the stage that raised it, and the stage's position."""
    position = error.stage
    place = str(definition.path or definition.name)
    if position is None:
        return f"{place}: {error}", None
    if position < len(definition.lines):
        place += f":{definition.lines[position]}"
    name = definition.pipeline.stages[position].name()
    said = re.sub(rf"^(stage {position + 1}, )?({re.escape(name)}:? )?", "", str(error))
    return f"{place}: stage {position + 1}, {name}: {said}", position


def data_must_exist(definition: Definition) -> None:
    """Raise DefinitionError for each source that a definition names and that is not there."""
    missing = [
        f"{definition.path}: [[data]] path = {json_text(source.path)} does not exist "
        "(a path is relative to the definition)"
        for source, path in zip(definition.data, definition.source_paths(), strict=True)
        if not os.path.exists(path)  # noqa: PTH110  # Path.exists raises for a long name
    ]
    if missing:
        raise DefinitionError("\n".join(missing))


def labelled(definition: Definition, data: Sequence[str] | None, options: Options) -> Corpus:
    """The corpus to train or judge on, with labels if the pipeline decides; its summary is printed.

    From ``data`` if any is given, else from what the definition names.
    """
    from textpipe.classify.decider import Decider
    from textpipe.sources import records
    from textpipe.sources.corpus import gather

    mails = definition.pipeline.uses_mails
    if not data and not definition.data:
        raise InputError(
            "there is no data: give --data PATH or --data LABEL=PATH, or name it in the definition "
            "with [[data]]"
        )
    with progress() as bar:
        if data:
            corpus = gather(records(data, **options), bar.reading, mails)
        else:
            corpus = gather(_own(definition), bar.reading, mails)
    say(corpus.summary())
    places = ", ".join(data or [source.path for source in definition.data])
    if not len(corpus):
        raise InputError(f"{places}: there is no document in it")
    if corpus.labels is None and isinstance(definition.pipeline.stages[-1], Decider):
        raise InputError(
            f"{places}: the documents have no labels. Give one for each source (--data spam=PATH "
            "--data ham=PATH), a folder with a sub-folder for each label, or the name of a table's "
            "column (--label-column NAME)"
        )
    _warn_of_one_label(definition, corpus)
    return corpus


def _warn_of_one_label(definition: Definition, corpus: Corpus) -> None:
    from textpipe.classify.decider import Classifier

    if corpus.labels is None or not isinstance(definition.pipeline.stages[-1], Classifier):
        return
    label = str(corpus.labels[0])
    if (corpus.labels == label).all():
        n = len(corpus)
        who = "the only document has" if n == 1 else f"all {n:,} documents have"
        say(
            f"warning: {who} the label {label}: a classifier that knows no other can say nothing "
            "else. Give documents of another label as well",
            "yellow",
        )


def _own(definition: Definition) -> Iterator[Any]:
    """What the definition's own sources hold, each read by its own options."""
    from textpipe.sources import records

    parts = []
    for source, path in zip(definition.data, definition.source_paths(), strict=True):
        options = {
            name: value for name, value in dataclasses.asdict(source).items() if name != "path"
        }
        parts.append(records(path, **options))
    return itertools.chain.from_iterable(parts)


def one_document(
    text: str | None, file: str | None, form: DataFormat | None, encoding: str | None
) -> Documents:
    """The one document that --text or FILE gives."""
    from textpipe.documents import Documents
    from textpipe.sources import read
    from textpipe.sources.reading import format_of

    if (text is None) == (file is None):
        raise InputError(
            'give one text: --text "...", a FILE, or - for standard input'
            + (", and not two of them" if text is not None else "")
        )
    if text is not None:
        return Documents.of([text], ["--text"])
    assert file is not None, "one of the two is given"  # noqa: S101  # for mypy
    if file != "-" and Path(file).is_dir():
        raise InputError(f"{file}: is a folder, and one text is asked for")
    kind = form or (None if file == "-" else format_of(file, "text")) or "text"
    if kind in MANY:
        raise InputError(
            f"{file}: one text is asked for, and {MANY[kind]} holds many. Give one of them (--text "
            '"...", or a file of its own), or let textpipe predict tell about all; --format text '
            "takes the whole file as one text"
        )
    corpus = read(file, format=kind, encoding=encoding)
    for skipped in corpus.skipped:
        say(f"{skipped.place}: {skipped.reason}", "yellow")
    if len(corpus) != 1:
        raise InputError(f"{file}: one text is asked for, and {len(corpus) or 'none'} found in it")
    return corpus.documents


def standard_input(given: Sequence[str] | None, example: str) -> list[str]:
    """The sources that were given, or standard input if something is piped into it."""
    if given:
        return list(given)
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError(
            f"there are no documents: name files, or pipe lines into it, such as {example}"
        )
    return ["-"]


def deciding(path: Path) -> Pipeline:
    """The model at a path. Raises InputError if it decides nothing."""
    from textpipe.bundle import load
    from textpipe.classify.decider import Decider

    pipeline = load(path)
    last = pipeline.stages[-1]
    if not isinstance(last, Decider):
        raise InputError(
            f"{path}: this model ends in {last.name()} and decides nothing: train one whose definition "
            'ends in a classifier, such as use = "knn_classifier"'
        )
    return pipeline
