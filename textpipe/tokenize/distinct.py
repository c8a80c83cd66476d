"""Strings as bytes in a row, and room for the distinct ones that a compiled loop finds."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Int64, UInt8
from textpipe.documents.arrays import Slices
from textpipe.errors import InputError

LEAST_ROOM, FIRST_ROOM = 1 << 11, 1 << 13
"""For how many distinct strings there is room at first, in short texts and in others; then for four times as
many, and so on."""

SHORT = 1 << 15
"""Bytes of a short text, or of all texts of a small batch."""

MOST_SPARE = 8

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
        if kind is not np.int64 or not offsets.flags.aligned:
            offsets = offsets.astype(np.int64)
        return Strings(
            np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8), offsets
        )


class Distinct:
    """The distinct pieces of ``data`` that a compiled loop has found so far; see kernels/text.py."""

    _spare: ClassVar[list[Distinct]] = []
    """With room for few pieces; to make it anew takes a third of the time of a short text."""

    def __init__(self, data: UInt8) -> None:
        self.data = data
        self.progress = np.zeros(3, np.int64)
        self.slots = np.empty(0, np.uint64)
        self.hashes, self.keys = np.empty(0, np.uint64), np.empty(0, np.uint64)
        self.firsts, self.sizes = np.empty(0, np.int64), np.empty(0, np.int64)
        self.multiplier = np.uint64(secrets.randbits(64) | 1)
        """Not known to whoever wrote the text: else words could be chosen that all fall together."""

    @classmethod
    def of(cls, data: UInt8) -> Distinct:
        """None yet of these bytes; in the room of one that was given back, if there is one."""
        if len(data) > SHORT:
            return cls(data)
        try:
            one = cls._spare.pop()
        except IndexError:  # asked beforehand, another thread might take the last one
            return cls(data)
        one.data = data
        one.progress[:] = 0
        return one

    def give_back(self) -> None:
        """It is not looked at any more."""
        if len(self.firsts) <= FIRST_ROOM and len(self._spare) < MOST_SPARE:
            self.data = np.empty(0, np.uint8)
            self._spare.append(self)

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
                column.resize(4 * len(column) or self._first_room(), refcheck=False)

    def _first_room(self) -> int:
        return FIRST_ROOM if len(self.data) > SHORT else LEAST_ROOM

    def arrays(self) -> tuple[Any, ...]:
        """What the loop takes, with an empty table of twice as many slots as there is room for."""
        if len(self.slots) == 2 * len(self.firsts):
            self.slots[:] = 0
        else:
            self.slots = np.zeros(2 * len(self.firsts), np.uint64)
        return (
            *(self.multiplier, self.progress, self.slots),
            *(self.hashes, self.keys, self.firsts, self.sizes),
        )

    def forms(self) -> pa.StringArray:
        """The distinct pieces, in the order in which they were found.

        Raises InputError if they have more than 2 GB.
        """
        n = int(self.progress[2])
        return written(self.data, self.firsts[:n], self.sizes[:n])

    def slices(self) -> Slices:
        """The same, as slices of a short text."""
        n = int(self.progress[2])
        begins = self.firsts[:n].astype(np.int32)
        return Slices(self.data, begins, begins + self.sizes[:n].astype(np.int32))


def written(data: UInt8, firsts: Int64, sizes: Int64) -> pa.StringArray:
    """The strings ``data[firsts[i]:firsts[i] + sizes[i]]``, one after another.

    Raises InputError if they have more than 2 GB.
    """
    from textpipe.kernels.text import gather

    n, size = len(sizes), int(sizes.sum())
    offsets = np.zeros(n + 1, np.int32)
    if size > MOST_BYTES:
        raise InputError(
            f"the {n:,} distinct words of this batch have {size:,} bytes, and at most "
            f"{MOST_BYTES:,} can be kept together: use smaller batches"
        )
    np.cumsum(sizes, out=offsets[1:])
    copied = np.empty(size, np.uint8)
    gather(data, firsts, sizes, copied)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(copied))
