"""Strings as bytes in a row, and room for the distinct ones that a compiled loop finds."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Int64, UInt8
from textpipe.errors import InputError

FIRST_ROOM = 1 << 13
"""For how many distinct strings there is room at first; then for four times as many, and so on."""

MOST_BYTES = 2**31 - 1
"""What Arrow's strings with offsets of 32 bits hold."""


@dataclass(frozen=True)
class Strings:
    """UTF-8 of many strings: string ``i`` is ``data[offsets[i]:offsets[i + 1]]``."""

    data: UInt8
    offsets: Int64

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_bytes(self) -> int:
        """How many bytes all of them have."""
        return int(self.offsets[-1] - self.offsets[0])

    def eights(self) -> NDArray[np.uint64]:
        """The eight bytes from each byte on as a number, as long as there are eight; they overlap.

        Empty where this machine would read the first byte as the highest one.
        """
        n = max(len(self.data) - 7, 0) if sys.byteorder == "little" else 0
        return np.ndarray((n,), np.uint64, self.data if n else None, strides=(1,) if n else None)

    @staticmethod
    def of(array: Any) -> Strings:
        """The strings of an Arrow array (string or large_string), which may be a part of another.

        >>> Strings.of(pa.array(["to", "be", "or"]).slice(1)).offsets.tolist()
        [2, 4, 6]
        """
        if not len(array):
            return Strings(np.empty(0, np.uint8), np.zeros(1, np.int64))
        kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
        _, offsets, data = array.buffers()
        offsets = np.frombuffer(offsets, kind)[array.offset :][: len(array) + 1]
        return Strings(
            np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8),
            np.require(offsets, np.int64, ["C", "A"]),
        )


class Distinct:
    """The distinct pieces of ``data`` that a compiled loop has found so far; see kernels/text.py."""

    def __init__(self, data: UInt8) -> None:
        self.data = data
        self.progress = np.zeros(3, np.int64)
        self.hashes, self.keys = np.empty(0, np.uint64), np.empty(0, np.uint64)
        self.firsts, self.sizes = np.empty(0, np.int64), np.empty(0, np.int64)
        self.multiplier = np.uint64(secrets.randbits(64) | 1)
        """Not known to whoever wrote the text: else words could be chosen that all fall together."""

    @property
    def done(self) -> int:
        """How many texts the loop has finished."""
        return int(self.progress[0])

    @property
    def is_full(self) -> bool:
        """Is there no room for another distinct piece?"""
        return bool(self.progress[2] == len(self.firsts))

    def make_room(self) -> None:
        """Room for more pieces, if there is none."""
        if self.is_full:
            for column in (self.hashes, self.keys, self.firsts, self.sizes):
                column.resize(max(FIRST_ROOM, 4 * len(column)), refcheck=False)

    def arrays(self) -> tuple[Any, ...]:
        """What the loop takes, with an empty table of twice as many slots as there is room for."""
        slots = np.zeros(2 * len(self.firsts), np.uint64)
        return (
            *(self.multiplier, self.progress, slots),
            *(self.hashes, self.keys, self.firsts, self.sizes),
        )

    def forms(self) -> pa.StringArray:
        """The distinct pieces, in the order in which they were found.

        Raises InputError if they have more than 2 GB.
        """
        from textpipe.kernels.text import gather

        n = int(self.progress[2])
        offsets = np.zeros(n + 1, np.int64)
        np.cumsum(self.sizes[:n], out=offsets[1:])
        if offsets[-1] > MOST_BYTES:
            raise InputError(
                f"the {n:,} distinct words of this batch have {offsets[-1]:,} bytes, and at most "
                f"{MOST_BYTES:,} can be kept together: use smaller batches"
            )
        data = np.empty(offsets[-1], np.uint8)
        gather(self.data, self.firsts[:n], self.sizes[:n], data)
        return pa.StringArray.from_buffers(
            n, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)
        )
