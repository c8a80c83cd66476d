"""What every reader yields: a record, a record set aside, or a note about the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from textpipe.documents import Region, clean_surrogates
from textpipe.sources.columns import Columns


@dataclass(frozen=True)
class Record:
    """One document as its source gave it.

    id        where it comes from, such as ``sms.csv:12``, or the value of the id column
    regions   what it consists of; one region of kind ``""`` where the source knows of no kinds
    label     its label, or None
    place     what a person needs to find it again
    encoding  how its bytes were read
    defects   what is broken in a mail; None where the document is no mail
    raw       the mail's bytes; None where the document is no mail
    """

    id: str
    regions: tuple[Region, ...]
    label: str | None
    place: str
    encoding: str = "utf-8"
    defects: tuple[str, ...] | None = None
    raw: bytes | None = None


@dataclass(frozen=True)
class Skipped:
    """Something that did not become a document: its place (``FILE:LINE``, ``FILE``) and the reason."""

    place: str
    reason: str


@dataclass(frozen=True)
class Note:
    """Something about a whole source that its reader should know."""

    text: str


Item: TypeAlias = Record | Skipped | Note


@dataclass(frozen=True)
class Origin:
    """What a reader has to know about the file it reads.

    ``name`` begins the ids, ``place`` is how messages call the file, ``label`` stands for records
    that have no label column, ``columns`` were asked for, and so was ``encoding``.
    """

    name: str
    place: str
    label: str | None = None
    columns: Columns = field(default_factory=Columns)
    encoding: str | None = None


def unread_label(origin: Origin, names: Sequence[str]) -> Iterator[Note]:
    """A note, if a table has a column of labels and a label was given for all its documents."""
    column = origin.columns.unread_label(names)
    if column is not None:
        yield Note(
            f"{origin.place}: its column {column.strip()[:40]!r} was not read: "
            f"all its documents are {origin.label}"
        )


NO_COLUMN = object()
"""In place of a label, where a table has no column for it."""


def row_record(
    origin: Origin,
    number: int,
    text: object,
    label: object,
    identity: object,
    encoding: str = "utf-8",
) -> Record | Skipped:
    """The record of one row of a table, or why there is none.

    Numbers are taken as they are written; anything but a text or a number is set aside. Without a
    column for the label, the origin's label stands.

    >>> row_record(Origin("a.csv", "a.csv"), 7, None, "ham", None)
    Skipped(place='a.csv:7', reason='no text')
    """
    place = f"{origin.place}:{number}"
    if _missing(text):
        return Skipped(place, "no text")
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return Skipped(place, f"the text is neither text nor number but {type(text).__name__}")
    own_label = origin.label
    if label is not NO_COLUMN:
        words = _label(label)
        if words == "":
            return Skipped(place, "no label")
        if words is None or len(words) > MAX_LABEL:
            return Skipped(place, f"the label is no text of at most {MAX_LABEL} characters")
        own_label = clean_surrogates(words)
    own_id = f"{origin.name}:{number}" if _missing(identity) or identity == "" else str(identity)
    return Record(
        clean_surrogates(own_id),
        (Region("", clean_surrogates(str(text))),),
        own_label,
        place,
        encoding,
    )


MAX_LABEL = 200
"""Longer labels are texts in the wrong column, and NumPy pads every label to the longest one."""


def _label(value: object) -> str | None:
    """A label as text without white space around it; "" where it is missing, None where it is none."""
    if _missing(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, str | int | float) else None


def _missing(value: object) -> bool:
    """None, NaN, and what pandas and polars put in their place."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
