"""Comma- and tab-separated tables.

CSV is RFC 4180: quotes, and line ends within them. TSV has no quoting: a quote is a quote.

The first row is the header, unless the columns were asked for by number: then there is none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from textpipe.sources.columns import Positions
from textpipe.sources.counted import counted
from textpipe.sources.lines import decoded_lines
from textpipe.sources.record import NO_COLUMN, Item, Note, Origin, Skipped, row_record, unread_label

FIELD_LIMIT = 1 << 26
"""The longest field of a CSV file, in characters. A longer one is a quote that was never closed."""


class Row:
    """One row of a table: its fields, the line where it begins, and how it was decoded."""

    def __init__(self, fields: Sequence[str], line: int, encoding: str) -> None:
        self.fields = fields
        self.line = line
        self.encoding = encoding


def read_csv(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each row is a document. Semicolons or tabs separate where the header has no comma."""
    lines = decoded_lines(stream, origin.encoding)
    first = next(lines, ("", "utf-8"))
    separator = ","
    if not origin.columns.numbered:
        separator = next((mark for mark in ",;\t" if mark in first[0]), ",")
    if separator != ",":
        yield Note(f"{origin.place}: the columns are separated by {separator!r}")
    yield from _rows_to_records(_csv_rows(_chain(first, lines), separator, origin), origin)


def read_tsv(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each line is a document; quotes are literal."""
    rows = (
        Row(line.rstrip("\r\n").split("\t") if line.strip("\r\n") else [], number, encoding)
        for number, (line, encoding) in enumerate(decoded_lines(stream, origin.encoding), 1)
    )
    yield from _rows_to_records(rows, origin)


def _chain(first: tuple[str, str], lines: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield first
    yield from lines


def _csv_rows(
    lines: Iterator[tuple[str, str]], separator: str, origin: Origin
) -> Iterator[Row | Skipped]:
    # The limit is the csv module's own and one for the whole process: it is only ever raised.
    csv.field_size_limit(max(FIELD_LIMIT, csv.field_size_limit()))
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=separator)
    while True:
        feed.begin_row()
        try:
            fields = next(reader, None)
        except csv.Error:
            reason = f"a field is longer than {FIELD_LIMIT:,} characters; the rest was not read"
            yield Skipped(f"{origin.place}:{feed.row_line}", reason)
            return
        if fields is None:
            return
        if feed.ended_within_row:
            n_lines = feed.line - feed.row_line + 1
            reason = "a quote is never closed; all that follows in the file hangs on it"
            yield Skipped(
                f"{origin.place}:{feed.row_line}", f"{reason} ({counted(n_lines, 'line')})"
            )
            return
        yield Row(fields, feed.row_line, feed.encoding)


class _Feed:
    """Lines for the csv module that remembers where a row began and whether the file ended in it."""

    def __init__(self, lines: Iterator[tuple[str, str]]) -> None:
        self._lines = lines
        self.line = 0
        self.begin_row()

    def begin_row(self) -> None:
        self.row_line = self.line + 1
        self.encoding = "utf-8"
        self.ended_within_row = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        found = next(self._lines, None)
        if found is None:
            self.ended_within_row = self.line >= self.row_line
            raise StopIteration
        self.line += 1
        if found[1] != "utf-8":
            self.encoding = found[1]
        return found[0]


def _rows_to_records(rows: Iterator[Row | Skipped], origin: Origin) -> Iterator[Item]:
    """The records of a table's rows, once it is known which column is what."""
    at: Positions | None = None
    width = spilled = blank = 0
    nameless = False
    for row in rows:
        if isinstance(row, Skipped):
            yield row
            continue
        if not row.fields:
            blank += 1
            continue
        if at is None:
            width = len(row.fields)
            if origin.columns.numbered:
                at = origin.columns.count(width, origin.place)
                yield Note(
                    f"{origin.place}: columns are given by number, so its first row was read as a "
                    "document"
                )
            else:
                at = origin.columns.find(row.fields, origin.place)
                nameless = width > at.text + 1 and not any(
                    name.strip() for name in row.fields[at.text + 1 :]
                )
                yield from _only_column(row.fields, origin)
                yield from unread_label(origin, row.fields)
                continue
        fields = row.fields
        if len(fields) != width:
            place = f"{origin.place}:{row.line}"
            yield Skipped(place, f"{_columns(len(fields))} where the first row has {width}")
            continue
        text = fields[at.text]
        if nameless and any(fields[at.text + 1 :]):
            text = ",".join(fields[at.text :]).rstrip(",")
            spilled += 1
        label = NO_COLUMN if at.label is None else fields[at.label]
        identity = None if at.id is None else fields[at.id]
        yield row_record(origin, row.line, text, label, identity, row.encoding)
    if spilled:
        yield Note(
            f"{origin.place}: {counted(spilled, 'row')} held text in nameless columns; it was joined "
            "back"
        )
    if blank:
        yield Note(f"{origin.place}: passed over {counted(blank, 'blank line')}")


def _only_column(names: Sequence[str], origin: Origin) -> Iterator[Note]:
    if len(names) == 1 and origin.columns.text is None:
        yield Note(f"{origin.place}: the only column, {names[0][:40]!r}, was taken as the text")


def _columns(n: int) -> str:
    return "one column" if n == 1 else f"{n} columns"
