"""Parquet files, read in batches."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from textpipe.encoding import decode
from textpipe.errors import SourceError
from textpipe.sources.record import NO_COLUMN, Item, Origin, Skipped, row_record, unread_label

BATCH = 1024
"""Rows that are in memory at once."""


def read_parquet(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each row is a document. Bytes are decoded, numbers are written out."""
    import pyarrow.parquet as pq

    if origin.columns.numbered:
        raise SourceError(f"{origin.place}: Parquet columns have names. Give names, not numbers")
    # A Parquet file is read from its end; what cannot seek must be read as a whole.
    whole = stream if stream.seekable() else pa.BufferReader(stream.read())
    try:
        table = pq.ParquetFile(whole, page_checksum_verification=True)
        names = table.schema_arrow.names
        at = origin.columns.find(names, origin.place)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{origin.place} is no sound Parquet file: {error}") from error
    wanted = [names[i] for i in dict.fromkeys(at) if i is not None]
    yield from unread_label(origin, names)
    row = 0
    try:
        for batch in table.iter_batches(BATCH, columns=wanted):
            columns = {name: _values(batch.column(name)) for name in wanted}
            for i in range(batch.num_rows):
                row += 1
                text, encoding = _text(columns[names[at.text]][i], origin.encoding)
                label: Any = NO_COLUMN
                if at.label is not None:
                    label = _text(columns[names[at.label]][i], None)[0]
                identity = None if at.id is None else columns[names[at.id]][i]
                yield row_record(origin, row, text, label, identity, encoding)
    except (pa.ArrowException, OSError) as error:
        yield Skipped(origin.place, f"the file is damaged after row {row}: {error}")


def _values(column: Any) -> list[Any]:
    """The values of a column; texts that are not UTF-8, as Parquet may hold them, as bytes."""
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        return column.cast(pa.binary()).to_pylist()  # type: ignore[no-any-return]


def _text(value: Any, encoding: str | None) -> tuple[Any, str]:
    return decode(value, encoding) if isinstance(value, bytes) else (value, "utf-8")
