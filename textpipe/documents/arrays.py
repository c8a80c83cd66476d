"""Arrays of integers, and the rows of lists of different lengths that lie in one array.

``rows`` [n + 1] says where in the array each list begins, and where the last one ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
UInt8: TypeAlias = NDArray[np.uint8]


def concat_rows(parts: Sequence[Int64]) -> Int64:
    """The rows that all parts' documents form, one part after another."""
    lengths = np.concatenate([np.diff(rows) for rows in parts])
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def take_rows(rows: Int64, indices: Int64) -> tuple[Int64, Int64]:
    """Positions of the elements of these rows, and the rows that they form."""
    firsts = rows[:-1][indices]
    lengths = rows[1:][indices] - firsts
    new_rows = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    shift = np.repeat(firsts - new_rows[:-1], lengths)
    return np.arange(new_rows[-1], dtype=np.int64) + shift, new_rows


def string_buffers(strings: pa.StringArray) -> tuple[UInt8, Int32]:
    """All strings' UTF-8 bytes, one string after another, and where in them each begins and ends,
    int32[n + 1].

    >>> string_buffers(pa.array(["to", "be", "or"]).slice(1))[1].tolist()
    [0, 2, 4]
    """
    _, offsets, data = strings.buffers()
    if data is None or not len(strings):
        return np.zeros(0, np.uint8), np.zeros(len(strings) + 1, np.int32)
    bounds = np.frombuffer(offsets, np.int32)[strings.offset :][: len(strings) + 1]
    first, last = int(bounds[0]), int(bounds[-1])
    return np.frombuffer(data, np.uint8)[first:last], bounds - bounds[0] if first else bounds


class Slices(NamedTuple):
    """UTF-8 of many strings: string ``i`` is ``data[begins[i]:ends[i]]``."""

    data: UInt8
    begins: Int32
    ends: Int32

    @staticmethod
    def of(strings: pa.StringArray) -> Slices:
        """Arrow's strings."""
        data, offsets = string_buffers(strings)
        return Slices(data, offsets[:-1], offsets[1:])

    def take(self, positions: Int64) -> list[str]:
        """The strings at these positions.

        >>> Slices.of(pa.array(["to", "be", "or"])).take(np.array([2, 0]))
        ['or', 'to']
        """
        bounds = zip(self.begins[positions].tolist(), self.ends[positions].tolist(), strict=True)
        return [self.data[start:end].tobytes().decode() for start, end in bounds]
