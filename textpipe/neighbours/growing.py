"""Arrays and matrices that rows are appended to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


class Growing:
    """An array [n, ...] that is appended to at a cost that does not depend on n.

    It begins as the given array itself, which is not copied before something is appended and never
    written to.

    >>> numbers = Growing(np.arange(3))
    >>> numbers.append(np.array([7, 8]))
    >>> numbers.values.tolist()
    [0, 1, 2, 7, 8]
    """

    def __init__(self, values: NDArray[Any]) -> None:
        self._buffer = values
        self._length = len(values)

    def append(self, values: NDArray[Any]) -> None:
        """Put values [m, ...] at the end; the buffer doubles when it is full."""
        if not len(values):  # the buffer may be a file that is only read
            return
        length = self._length + len(values)
        if length > len(self._buffer):
            shape = (max(length, 2 * len(self._buffer)), *self._buffer.shape[1:])
            buffer = np.empty(shape, self._buffer.dtype)
            buffer[: self._length] = self._buffer[: self._length]
            self._buffer = buffer
        self._buffer[self._length : length] = values
        self._length = length

    @property
    def values(self) -> NDArray[Any]:
        """What there is so far [n, ...]: a view."""
        return self._buffer[: self._length]


class GrowingDense:
    """Dense rows [n, n_features], float64."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._rows = Growing(np.ascontiguousarray(rows, np.float64))

    def append(self, rows: NDArray[Any]) -> None:
        """Put rows at the end."""
        self._rows.append(rows)

    @property
    def all(self) -> NDArray[np.float64]:
        """All rows: a view."""
        return self._rows.values

    @property
    def size(self) -> int:
        """How many numbers are kept."""
        return self.all.size


class Csr:
    """The three arrays of a CSR matrix that can grow; float64 values, uint32 columns, int64 bounds."""

    def __init__(self, values: NDArray[Any], columns: NDArray[Any], bounds: NDArray[Any]) -> None:
        self._arrays = Growing(values), Growing(columns), Growing(bounds)

    @classmethod
    def of(cls, matrix: Any) -> Csr:
        """The arrays of a CSR matrix, with its columns in order and each only once."""
        check_bounds(matrix)
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        return cls(*views_of(matrix))

    def append(self, other: Csr) -> None:
        """Put the rows of another at the end."""
        values, columns, bounds = self._arrays
        theirs = other.arrays
        values.append(theirs[0])
        columns.append(theirs[1])
        bounds.append(theirs[2][1:] + bounds.values[-1])

    @property
    def arrays(self) -> tuple[NDArray[np.float64], NDArray[np.uint32], NDArray[np.int64]]:
        """Values, columns, and where the rows begin and end: views."""
        values, columns, bounds = self._arrays
        return values.values, columns.values, bounds.values

    def first(self, n: int) -> Csr:
        """The first n rows: views, which do not grow when these rows do."""
        values, columns, bounds = self.arrays
        return Csr(values[: bounds[n]], columns[: bounds[n]], bounds[: n + 1])

    def __len__(self) -> int:
        return len(self.arrays[2]) - 1


def views_of(
    matrix: Any,
) -> tuple[NDArray[np.float64], NDArray[np.uint32], NDArray[np.int64]]:
    """Values, columns and bounds of a CSR matrix that is known to be in order."""
    return (
        np.ascontiguousarray(matrix.data, np.float64),
        np.ascontiguousarray(matrix.indices, np.int32).view(np.uint32),
        np.ascontiguousarray(matrix.indptr, np.int64),
    )


def check_bounds(matrix: Any) -> None:
    """Raise scipy's ValueError unless a CSR matrix is one: what is compiled believes what it is told."""
    if not _is_within_bounds(matrix):
        matrix.check_format(full_check=True)


def _is_within_bounds(matrix: Any) -> bool:
    """Is there nothing that scipy's check, which takes a third of a search, might complain of?"""
    columns, bounds = matrix.indices, matrix.indptr
    return bool(
        len(bounds) == matrix.shape[0] + 1
        and len(columns) == len(matrix.data)
        and bounds[0] == 0
        and bounds[-1] == len(columns)
        and (len(bounds) == 2 or (bounds[1:] >= bounds[:-1]).all())
        and (not len(columns) or _unsigned(columns).max() < matrix.shape[1])
    )


def _unsigned(columns: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers, of which negative ones are larger than any other."""
    return columns.view(np.uint32 if columns.itemsize == 4 else np.uint64)


class GrowingSparse:
    """Sparse rows [n, n_features]: a large base, and a tail of rows that came later.

    The base changes only when :meth:`settle` is called, so that what was computed from it stays true.
    """

    def __init__(self, rows: Any) -> None:
        self.n_features = rows.shape[1]
        self.base = Csr.of(rows)
        self.tail = self._no_rows()
        self._all: Csr | None = None

    def append(self, rows: Any) -> None:
        """Put rows at the end of the tail."""
        rows = Csr.of(rows)
        self.tail.append(rows)
        if self._all is not None:
            self._all.append(rows)
            self.base = self._all.first(len(self.base))  # so that an outgrown buffer is given back

    def settle(self) -> None:
        """Let the tail be a part of the base."""
        rows = self.together()
        self.base, self.tail = rows.first(len(rows)), self._no_rows()

    @property
    def all(self) -> Any:
        """All rows, CSR. After the first rows were appended they are copied once, and then views."""
        values, columns, bounds = self.together().arrays
        shape = (len(bounds) - 1, self.n_features)
        return sparse.csr_matrix((values, columns.view(np.int32), bounds), shape=shape)

    @property
    def size(self) -> int:
        """How many numbers are kept."""
        return len(self.base.arrays[0]) + len(self.tail.arrays[0])

    def together(self) -> Csr:
        """The base and the tail as one."""
        if self._all is None:
            if not len(self.tail):
                return self.base
            self._all = self.base.first(len(self.base))
            self._all.append(self.tail)
            self.base = self._all.first(len(self.base))
        return self._all

    @staticmethod
    def _no_rows() -> Csr:
        return Csr(np.empty(0), np.empty(0, np.uint32), np.zeros(1, np.int64))
