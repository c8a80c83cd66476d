"""The columns of words that were looked up before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from textpipe.documents import Int32
from textpipe.documents.arrays import Slices
from textpipe.run.remembered import known_or_made
from textpipe.vectorize.lookup import Lookup

UNKNOWN = -3
"""Instead of a column: it is not known yet. (-1 is none, -2 no word any more.)"""


class KnownColumns:
    """Columns of words, each worked out once.

    Nearly all are found by a compiled table. It does not grow: newer words stand in a dictionary beside it,
    and when that has been asked for as many words as there are, all of them get a new table.

    >>> columns = KnownColumns()
    >>> columns.of(Slices.of(pa.array(["to", "be"])), lambda new: [len(word) for word in new]).tolist()
    [2, 2]
    >>> columns.of(Slices.of(pa.array(["be", "or"])), lambda new: [7 for word in new]).tolist()
    [2, 7]
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._table = _table_of([])
        self._asked_beside = 0

    def __len__(self) -> int:
        return len(self._known)

    def of(self, words: Slices, work_out: Callable[[list[str]], list[int]]) -> Int32:
        """The column of each word, int32[n_words]; those of new words are worked out."""
        lookup, columns = self._table
        found: Int32 = columns[lookup.columns(words)]  # at -1, the last one, is UNKNOWN
        missing = np.flatnonzero(found == UNKNOWN)
        if len(missing):
            found[missing] = self._beside(words.take(missing), work_out)
        return found

    def _beside(self, words: list[str], work_out: Callable[[list[str]], list[int]]) -> list[int]:
        """The columns of words that are not in the table."""
        columns = known_or_made(self._known, words, work_out)
        self._asked_beside += len(words)
        if self._asked_beside >= len(self._known):
            self._table = _table_of(list(self._known.items()))  # another thread may add to it
            self._asked_beside = 0
        return columns


def _table_of(items: list[tuple[str, int]]) -> tuple[Lookup, Int32]:
    """Where in a table a word stands, and the column at each place; UNKNOWN is the last one."""
    words = pa.array([word for word, _ in items], pa.string())
    return Lookup(words), np.array([*(column for _, column in items), UNKNOWN], np.int32)
