"""Which column a word has."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textpipe.documents import Int32, Int64, UInt8
from textpipe.documents.arrays import Slices, string_buffers
from textpipe.kernels.worth import worth

PER_WORD = 80e-9
"""Seconds that Python, or Arrow, takes to put a word into a dictionary, or to look it up."""

SHARE = 4
"""Arrow makes its dictionary anew each time, which is worth it for a fourth as many words."""


class Lookup:
    """Finds words in a vocabulary (Arrow strings, each once).

    >>> Lookup(pa.array(["be", "to"])).columns(pa.array(["to", "or"])).tolist()
    [1, -1]
    """

    def __init__(self, vocabulary: pa.StringArray) -> None:
        self.vocabulary = vocabulary
        self._table: tuple[UInt8, Int32, int, Int64] | None = None
        self._columns: dict[str, int] | None = None

    def columns(self, words: pa.StringArray | Slices) -> Int32:
        """Where in the vocabulary each word stands, int32[n_words]; -1 if it does not."""
        known = self._columns  # another thread may put it away
        n_words = len(words.begins if isinstance(words, Slices) else words)
        n = n_words + (len(self.vocabulary) if known is None else 0)
        if self._table is None and not worth(n * PER_WORD, "strings.fill", "strings.find"):
            if isinstance(words, Slices):
                words = pa.array(words.take(np.arange(n_words)), pa.string())
            return self._by_dictionary(words, known)
        from textpipe.kernels.strings import fill, find

        if self._table is None:
            strings, secret = string_buffers(self.vocabulary), int.from_bytes(os.urandom(8))
            slots = np.full(1 << (2 * len(self.vocabulary)).bit_length(), -1, np.int64)
            fill(*strings, secret, slots)
            self._table = *strings, secret, slots
            self._columns = None
        slices = words if isinstance(words, Slices) else Slices.of(words)
        table, columns = self._table, np.empty(n_words, np.int32)
        find(*table, *slices, columns)
        return columns

    def _by_dictionary(self, words: pa.StringArray, known: dict[str, int] | None) -> Int32:
        if known is None and SHARE * len(words) > len(self.vocabulary):
            at = pc.index_in(words, self.vocabulary).fill_null(-1)
            return at.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]
        if known is None:
            known = {w: column for column, w in enumerate(self.vocabulary.to_pylist())}
            self._columns = known
        found = list(map(known.get, words.to_pylist(), itertools.repeat(-1)))
        return np.array(found, np.int32)
