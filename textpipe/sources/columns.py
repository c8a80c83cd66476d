"""Which column of a table holds the text, which the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from textpipe.errors import SourceError, nearest
from textpipe.sources.counted import counted

TEXT_NAMES = ("text", "message", "content", "body", "document")
LABEL_NAMES = ("label", "class", "category", "target")


class Positions(NamedTuple):
    """Where the asked-for columns stand, counted from 0."""

    text: int
    label: int | None
    id: int | None


@dataclass(frozen=True)
class Columns:
    """Columns as they were asked for: by name, by number from 1, or None to find them by their name.

    A ``label`` of ``""`` asks for no label column. ``overruled`` is what was asked for before a label
    was given for all documents; "" if nothing was overruled.
    """

    text: str | int | None = None
    label: str | int | None = None
    id: str | int | None = None
    overruled: str | int | None = ""

    def without_label(self) -> Columns:
        """The same for documents that have a label already: no column is read for it."""
        return replace(self, label="", overruled=self.overruled if self.label == "" else self.label)

    def unread_label(self, names: Sequence[str]) -> str | None:
        """The label column that would have been read, had no label been given for all documents.

        >>> Columns().without_label().unread_label(["Label", "Text"])
        'Label'
        """
        wanted = LABEL_NAMES if self.overruled is None else (str(self.overruled).casefold(),)
        return next((n for n in names if n.strip() and n.strip().casefold() in wanted), None)

    @property
    def numbered(self) -> bool:
        """Are the columns given as numbers? Then the first row is no header."""
        return any(_number(column) is not None for column in (self.text, self.label, self.id))

    def find(self, names: Sequence[str], place: str) -> Positions:
        """The positions of the columns in a header.

        >>> Columns().find(["Label", "Message"], "sms.csv")
        Positions(text=1, label=0, id=None)
        """
        names = [name.strip() for name in names]
        label = None
        if self.label is None:
            label = _first(LABEL_NAMES, names, place)
        elif self.label != "":
            label = _named(self.label, "label", names, place)
        identity = None if self.id is None else _named(self.id, "id", names, place)
        if self.text is not None:
            return Positions(_named(self.text, "text", names, place), label, identity)
        text = _first(TEXT_NAMES, names, place)
        if text is None and len(names) == 1:
            text, label = 0, None
        if text is None:
            raise SourceError(
                f"{place}: which column holds the text? There are {_listed(names)}. "
                "Name one with text_column (--text-column); if the file has no header row, "
                "give the column's number, counted from 1"
            )
        return Positions(text, label, identity)

    def count(self, n_columns: int, place: str) -> Positions:
        """The positions of numbered columns, in a table without a header."""
        positions = []
        for kind, column in (("text", self.text), ("label", self.label), ("id", self.id)):
            number = None if column is None or column == "" else _number(column)
            if number is None and (kind == "text" or column not in (None, "")):
                raise SourceError(
                    f"{place}: {kind}_column is {column!r}, while another column is given as a number. "
                    "Give all of them as numbers (no header row) or all of them as names"
                )
            if number is not None and not 1 <= number <= n_columns:
                raise SourceError(
                    f"{place}: {kind}_column is {number}, and the first row has "
                    f"{counted(n_columns, 'column')}"
                )
            positions.append(None if number is None else number - 1)
        text, label, identity = positions
        assert text is not None  # noqa: S101  # the first check in the loop
        return Positions(text, label, identity)


def _number(column: str | int | None) -> int | None:
    if isinstance(column, int):
        return column
    return int(column) if column and column.isascii() and column.isdigit() else None


def _named(column: str | int, kind: str, names: Sequence[str], place: str) -> int:
    for same in (str, str.casefold):
        found = [i for i, name in enumerate(names) if same(name) == same(str(column).strip())]
        if len(found) == 1:
            return found[0]
        if found:
            raise SourceError(
                f"{place}: {len(found)} columns are called {column!r}. Rename one of them"
            )
    raise SourceError(
        f"{place} has no column {column!r} for the {kind}.{nearest(str(column), names)} "
        f"There are {_listed(names)}"
    )


def _first(wanted: Sequence[str], names: Sequence[str], place: str) -> int | None:
    lower = [name.casefold() for name in names]
    for name in wanted:
        if name in lower:
            return _named(name, "text or label", names, place)
    return None


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:20])
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"{len(names)} columns: {shown}{more}" if len(names) != 1 else f"one column: {shown}"
