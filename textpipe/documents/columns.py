"""From what people have in memory to plain lists of texts: columns of any library, ids, words."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import pyarrow as pa

from textpipe.encoding import clean_surrogates as clean_surrogates
from textpipe.errors import InputError


def one_column(documents: Any, what: str = "documents") -> list[Any]:
    """A plain list of what the caller gave, whatever library it comes from.

    Raises InputError, which calls them ``what``, for what is no column: one text, a table, a set.
    """
    if isinstance(documents, str | bytes | bytearray) or getattr(documents, "ndim", 1) == 0:
        hint = "write [text] for a single document, or textpipe.read(path) for a file"
        raise InputError(
            f"{what} must be a list, and one {type(documents).__name__} was given"
            + (f": {hint}" if what == "documents" else "")
        )
    columns = getattr(documents, "columns", None)
    if columns is None:
        columns = getattr(documents, "column_names", None)  # Arrow and Hugging Face tables
    if columns is not None or getattr(documents, "ndim", 1) > 1:
        names = "" if columns is None else f" ({', '.join(map(str, columns))})"
        raise InputError(
            f'{what} must be one column, and a table was given{names}: say table["{what[:-1]}"]'
        )
    if isinstance(documents, Mapping):
        raise InputError(
            f"{what} must be a list, and a mapping was given: say list({what}.values())"
        )
    if isinstance(documents, Set):
        raise InputError(f"{what} must have an order, and a set was given: say sorted({what})")
    for to_list in ("tolist", "to_list", "to_pylist"):
        if hasattr(documents, to_list):
            return list(getattr(documents, to_list)())
    try:
        return list(documents)
    except TypeError as error:
        raise InputError(
            f"{what} must be a list, and {type(documents).__name__} was given"
        ) from error


def is_missing(value: Any) -> bool:
    """Is it what a table holds where nothing is: None, NaN, or pandas' NA and NaT?"""
    pandas_missing = type(value).__name__ in ("NAType", "NaTType")
    return value is None or pandas_missing or (isinstance(value, float) and value != value)


def ids_of(ids: Sequence[str] | None, n: int) -> pa.StringArray:
    """The ids as an Arrow column, or the positions as texts; raises InputError unless there are ``n``."""
    if ids is not None and len(ids) != n:
        raise InputError(f"{len(ids)} ids were given for {n} documents")
    if ids is None:
        return _only_one() if n == 1 else pa.array([str(i) for i in range(n)], pa.string())
    for position, name in enumerate(ids):
        if not isinstance(name, str):
            raise InputError(
                f"the id of document {position} must be a text, and {name!r} was given"
            )
    return pa.array([clean_surrogates(name) for name in ids], pa.string())


@functools.cache
def _only_one() -> pa.StringArray:
    """The id of a document that is asked about by itself, as most are."""
    return pa.array(["0"], pa.string())


def words_of(position: int, words: Any) -> list[str]:
    """The words of one document that was given as a list of them."""
    if not isinstance(words, list | tuple | np.ndarray):
        raise InputError(
            f"document {position} must be a list of words, as the first one is, and {words!r:.60} "
            "was given"
        )
    for word in words:
        if not isinstance(word, str):
            raise InputError(
                f"document {position} must be a list of words, and {word!r:.60} is among them"
            )
    return [clean_surrogates(word) for word in words]


def not_a_text(position: int, value: Any) -> str:
    """What is to be said of a value that stands where a text should."""
    if is_missing(value):
        return f'document {position} is missing (None or NaN): drop it, or put "" in its place'
    if isinstance(value, bytes):
        return f"document {position} is bytes: decode it first, or read the file with textpipe.read"
    return (
        f"document {position} must be a string, and {type(value).__name__} was given: {value!r:.60}"
    )
