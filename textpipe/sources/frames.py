"""Tables that are in memory: pandas, polars, Arrow, Hugging Face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textpipe.errors import InputError, SourceError
from textpipe.sources.columns import Columns
from textpipe.sources.record import NO_COLUMN, Item, Origin, row_record, unread_label


def is_table(data: Any) -> bool:
    """Is it something with named columns?"""
    return column_names(data) is not None


def column_names(table: Any) -> list[str] | None:
    """The names of the columns; None if it is no table."""
    names = getattr(table, "column_names", None)  # Arrow and Hugging Face
    if names is None:
        names = getattr(table, "columns", None)  # pandas and polars
    return [str(name) for name in names] if names is not None and not callable(names) else None


def read_table(table: Any, columns: Columns, label: str | None) -> Iterator[Item]:
    """Each row is a document; ids are row numbers, counted from 0.

    Raises InputError if it is not clear which column holds the text, and for a dictionary of splits.
    """
    _refuse_splits(table)
    names = column_names(table) or []
    if columns.numbered:
        raise InputError("the table has named columns: give text_column as a name, not as a number")
    try:
        at = columns.find(names, "the table")
    except SourceError as error:
        raise InputError(str(error)) from error
    texts = _values(table, names[at.text])
    labels = [NO_COLUMN] * len(texts) if at.label is None else _values(table, names[at.label])
    identities = range(len(texts)) if at.id is None else _values(table, names[at.id])
    origin = Origin("row", "row", label)
    yield from unread_label(Origin("", "the table", label, columns), names)
    for row, (text, value, identity) in enumerate(zip(texts, labels, identities, strict=True)):
        yield row_record(origin, row, _plain(text), _plain(value), _plain(identity))


def _refuse_splits(table: Any) -> None:
    """Hugging Face's ``DatasetDict`` has the columns of each of its splits."""
    splits = getattr(table, "column_names", None)
    if isinstance(splits, Mapping):
        found = ", ".join(f'dataset["{name}"]' for name in list(splits)[:10])
        raise InputError(
            f"{type(table).__name__} holds several data sets: give one of them: {found or 'it has none'}"
        )


def _values(table: Any, name: str) -> list[Any]:
    column = table[name]
    to_list = next((n for n in ("to_pylist", "to_list", "tolist") if hasattr(column, n)), None)
    values = list(column) if to_list is None else list(getattr(column, to_list)())
    features = getattr(table, "features", None)  # Hugging Face's; a ClassLabel has names of numbers
    class_label: Any = features.get(name) if isinstance(features, Mapping) else None
    if not hasattr(class_label, "int2str"):
        return values
    return [None if value is None or value < 0 else class_label.int2str(value) for value in values]


def _plain(value: Any) -> Any:
    """NumPy's and Arrow's scalars as Python's."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
