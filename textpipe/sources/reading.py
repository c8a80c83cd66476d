"""From what a person names (paths, ``LABEL=PATH``, ``-``, tables) to records."""

from __future__ import annotations

import dataclasses
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from textpipe.documents import clean_surrogates
from textpipe.encoding import known_codec
from textpipe.errors import SourceError, nearest
from textpipe.sources.columns import Columns
from textpipe.sources.compressed import ENDINGS, SIGNATURE_LENGTH, Borrowed, ending_of, expand
from textpipe.sources.corpus import Corpus, gather
from textpipe.sources.folder import Found, is_maildir, walk
from textpipe.sources.frames import is_table, read_table
from textpipe.sources.json_lines import read_jsonl
from textpipe.sources.lines import read_lines, read_text
from textpipe.sources.mail import read_mail
from textpipe.sources.mailbox import read_mbox
from textpipe.sources.parquet import read_parquet
from textpipe.sources.record import Item, Origin, Skipped
from textpipe.sources.tables import read_csv, read_tsv

Reader: TypeAlias = Callable[[io.BufferedReader, Origin], Iterator[Item]]

FORMATS: dict[str, Reader] = {
    "csv": read_csv,
    "tsv": read_tsv,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "lines": read_lines,
    "text": read_text,
    "mail": read_mail,
    "mbox": read_mbox,
}
"""The formats by name, and what reads them."""

ENDINGS_OF = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".eml": "mail",
    ".mbox": "mbox",
}
"""The format that a file name's ending tells. ``.txt``: lines, or in a folder one text a file."""


COMPRESSED = tuple(ENDINGS)


def read(
    data: Any,
    *,
    format: str | None = None,  # noqa: A002  # the field's own name for it
    text_column: str | int | None = None,
    label_column: str | int | None = None,
    label: str | None = None,
    id_column: str | int | None = None,
    encoding: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Corpus:
    """Documents and labels from files, folders, streams or tables.

    ``progress`` is called with the number of documents read so far. For the rest see
    :func:`records`, which gives the same one by one.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "sms.csv"
    >>> _ = file.write_text("label,text\\nham,See you\\nspam,Win!\\n,What?\\n")
    >>> corpus = read(file)
    >>> corpus.documents.texts(), corpus.labels.tolist()
    (['See you', 'Win!'], ['ham', 'spam'])
    >>> corpus.skipped[0].reason
    'no label'
    """
    items = records(
        data,
        format=format,
        text_column=text_column,
        label_column=label_column,
        label=label,
        id_column=id_column,
        encoding=encoding,
    )
    return gather(items, progress)


def records(
    data: Any,
    *,
    format: str | None = None,  # noqa: A002  # the field's own name for it
    text_column: str | int | None = None,
    label_column: str | int | None = None,
    label: str | None = None,
    id_column: str | int | None = None,
    encoding: str | None = None,
) -> Iterator[Item]:
    """Records, what was set aside, and notes, one after the other, from one source or several.

    ``data`` is a path, ``-`` for standard input, a list of these, or a table (pandas, polars, Arrow,
    Hugging Face). A text may say ``LABEL=PATH``; a path that exists is meant as such.

    Options:
        format: csv, tsv, jsonl, parquet, lines (a line is a document), text (a file is a document),
            mail (a file is a mail) or mbox. By default the file name's ending tells, before .gz,
            .zst, .xz or .bz2: a .txt file is lines, but text inside a folder.
        text_column: the text's column, by name; by default the first that is called text, message,
            content, body or document, else the only one. A number, counted from 1, says that the
            table has no header row.
        label_column: the label's column, likewise; by default label, class, category or target, if
            there is one. "" reads no labels at all.
        label: the label of all documents of sources that are given without one; columns and
            folders then name none.
        id_column: the column of the documents' ids; by default they are made of file and line.
        encoding: how texts are encoded; by default it is guessed for each line, file or mail part.

    Standard input may be compressed: its first bytes tell.

    A folder is walked in a fixed order. The names of its sub-folders are labels, unless a label was
    given or a table in it has a label column.

    Raises SourceError for what cannot be read at all: a path that does not exist, an unknown format,
    a column that is not there. A bad row or file in a folder is set aside instead.
    """
    if format is not None and format not in FORMATS:
        raise SourceError(f"unknown format {format!r}.{nearest(format, FORMATS)} {_known()}")
    if encoding is not None and known_codec(encoding) is None:
        raise SourceError(
            f"unknown encoding {encoding!r}: give one such as utf-8, cp1252 or koi8-r"
        )
    columns = Columns(text_column, label_column, id_column)
    columns = columns if label is None else columns.without_label()
    if is_table(data):
        return read_table(data, columns, label)
    sources = list(data) if isinstance(data, list | tuple) else [data]
    if not sources:
        raise SourceError("no source was given: name a file, a folder or - for standard input")
    return _all(sources, Origin("", "", label, columns, encoding), format)


def _all(sources: Sequence[Any], asked: Origin, form: str | None) -> Iterator[Item]:
    for source in sources:
        if is_table(source):
            yield from read_table(source, asked.columns, asked.label)
            continue
        label, path, is_folder = _split(source)
        label = asked.label if label is None else label
        columns = asked.columns if label is None else asked.columns.without_label()
        # of strings, for there may be many: a Path takes as long to make as to open a file
        name = "stdin" if path == "-" else os.path.basename(path) or Path(path).resolve().name  # noqa: PTH119
        origin = Origin(name, path, label, columns, asked.encoding)
        if path == "-":
            yield from _stdin(dataclasses.replace(origin, place="stdin"), form)
        elif is_folder:
            yield from _folder(Path(path), origin, form)
        else:
            kind = form or format_of(path, "lines")
            if kind is None:
                raise SourceError(f"{path}: the file name does not tell its format. {_known()}")
            yield from _file(path, origin, kind)


def _split(source: Any) -> tuple[str | None, str, bool]:
    """Label and path of a source as it was written, and whether it is a folder."""
    if not isinstance(source, str | os.PathLike):
        raise SourceError(
            f"a source must be a path or a table, and {type(source).__name__} was given"
        )
    path = os.fsdecode(source)
    is_folder = _is_folder(path)
    if path == "-" or is_folder is not None:
        return None, path, bool(is_folder)
    label, separator, rest = path.partition("=")
    labelled = isinstance(source, str) and separator
    is_folder = _is_folder(rest) if labelled else None
    if labelled and (rest == "-" or is_folder is not None):
        if not label.strip():
            raise SourceError(f"{path!r}: the label before = is empty. Write LABEL=PATH")
        return label.strip(), rest, bool(is_folder)
    missing = rest if separator else path
    raise SourceError(f"{missing[:200]!r} does not exist.{_near(missing)}")


def _is_folder(path: str) -> bool | None:
    """Is it a folder? None if there is no such path."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116  # Path raises for a long name
    except (OSError, ValueError):
        return None


def _near(path: str) -> str:
    try:
        return nearest(Path(path).name, [entry.name for entry in Path(path).parent.iterdir()])
    except (OSError, ValueError):
        return ""


def _known() -> str:
    return f"Give format (--format) as one of {', '.join(FORMATS)}"


def format_of(path: str, txt: str) -> str | None:
    """The format that a file's name tells; ``txt`` is what .txt means here."""
    name = path.lower()
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    ending = os.path.splitext(name)[1]  # noqa: PTH122  # a name, not a path
    return txt if ending == ".txt" else ENDINGS_OF.get(ending)


def _stdin(origin: Origin, form: str | None) -> Iterator[Item]:
    if form is None:
        raise SourceError(f"standard input has no name that tells its format. {_known()}")
    stream: Any = io.BufferedReader(Borrowed(sys.stdin.buffer))
    ending = ending_of(stream.peek(SIGNATURE_LENGTH))
    if ending is None:
        yield from _stream(stream, origin, form)
    else:
        yield from _archive(stream, ending, origin, form)


def _folder(folder: Path, origin: Origin, form: str | None) -> Iterator[Item]:
    found: list[Found] = []
    errors: list[SourceError] = []
    for item in walk(folder):
        if isinstance(item, Found):
            found.append(item)
        else:
            yield item
    formats = [
        form or ("mail" if file.in_maildir else format_of(file.path.name, "text")) for file in found
    ]
    if found and not any(formats):
        raise SourceError(f"{folder}: no file name in it tells its format. {_known()}")
    by_folder = origin.label is None and origin.columns.label != "" and not is_maildir(folder)
    for file, kind in zip(found, formats, strict=True):
        own = dataclasses.replace(
            origin,
            name=clean_surrogates("/".join((origin.name, *file.parts))),
            place=clean_surrogates(str(file.path)),
            label=file.parts[0] if by_folder and len(file.parts) > 1 else origin.label,
        )
        if kind is None:
            yield Skipped(own.place, "the file name does not tell its format")
            continue
        try:
            yield from _file(str(file.path), own, kind)
        except SourceError as error:
            errors.append(error)
            yield Skipped(own.place, str(error).removeprefix(own.place).lstrip(": "))
    if errors and len(errors) == len(found):  # it is not the files that are wrong
        raise errors[0]


def _file(path: str, origin: Origin, form: str) -> Iterator[Item]:
    name = path.lower()
    ending = None
    if name.endswith(COMPRESSED):
        ending = next(e for e in ENDINGS if name.endswith(e))
    if form == "mail" and name.removesuffix(ending or "").endswith(".mbox"):
        form = "mbox"
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            if ending is None:
                yield from _stream(file, origin, form)
            else:
                yield from _archive(file, ending, origin, form)
    except OSError as error:
        raise SourceError(f"{origin.place} cannot be read: {error.strerror or error}") from error


def _archive(file: BinaryIO, ending: str, origin: Origin, form: str) -> Iterator[Item]:
    """What an archive holds, up to where it is damaged."""
    expanded = expand(file, ending)
    stream: Any = io.BufferedReader(expanded)
    try:
        if stream.peek(1) or not expanded.defect:
            yield from _stream(stream, origin, form)
    except SourceError as error:
        if expanded.defect is None:
            raise
        raise SourceError(
            f"{origin.place}: {expanded.defect}. Of what could be read: {error}"
        ) from error
    if expanded.defect:
        yield Skipped(origin.place, expanded.defect)


def _stream(stream: io.BufferedReader, origin: Origin, form: str) -> Iterator[Item]:
    if not stream.peek(1):
        yield Skipped(origin.place, "empty file")
        return
    yield from FORMATS[form](stream, origin)
