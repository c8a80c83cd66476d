"""The nearest rows of a matrix, exactly, and in an order that nothing but their content decides."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.errors import InputError
from textpipe.neighbours.brute_force import Who, nearest_by_brute_force
from textpipe.neighbours.growing import Growing, GrowingDense, GrowingSparse, check_bounds
from textpipe.neighbours.lengths import LARGEST, check_values, of_length_one
from textpipe.neighbours.search import PREPARING, Search, search_of

SMALL = 2**26
"""So many numbers are compared in plain numpy before numba is imported, which takes half a second."""

BLOCK = 256
"""Queries that one thread answers at once."""

NO_GROUPS, NO_PARTS = np.empty(0, np.int64), np.empty(0, np.int32)


class Found(NamedTuple):
    """The nearest rows of some queries, the nearest first; both arrays are [m, k].

    Where a query has fewer neighbours (fewer rows than k, or none that shares anything with it), the
    similarity is 0 and the position -1.
    """

    similarities: NDArray[np.float64]
    positions: NDArray[np.int64]


class Index:
    """Rows [n, n_features], dense or CSR, among which the nearest are found.

    The similarity is the cosine (rows come with length 1, queries are brought to it), or
    1 / (1 + Euclidean distance). ``keys`` uint64[n] break ties (see :func:`content_keys`), the smaller
    one first, then the earlier row. A row keeps its position for ever. The given arrays are not copied
    and not written to. Several threads may ask at once, but not while one changes the index.
    Raises InputError for a value that is not finite, or too large for its square to be.

    >>> index = Index(np.array([[1.0, 0.0], [0.6, 0.8]]), np.array([1, 2], np.uint64))
    >>> index.nearest(np.array([[3.0, 4.0]]), k=2).positions.tolist()
    [[1, 0]]
    >>> index.remove([1])
    >>> index.nearest(np.array([[3.0, 4.0]]), k=2).positions.tolist()
    [[0, -1]]
    """

    def __init__(
        self,
        rows: Any,
        keys: NDArray[np.uint64],
        metric: Literal["cosine", "euclidean"] = "cosine",
    ) -> None:
        self.metric = metric
        if sparse.issparse(rows):
            self._rows: GrowingSparse | GrowingDense = GrowingSparse(rows.tocsr())
        else:
            self._rows = GrowingDense(rows)
        self.n_features: int = rows.shape[1]
        self._keys = Growing(keys)
        self._there = Growing(np.ones(rows.shape[0], bool))
        self._compared = 0
        self._search: Search | None = None
        self._check_keys(rows, keys)
        check_values(self.rows, LARGEST[metric])

    def __len__(self) -> int:
        return len(self._keys.values)

    @property
    def rows(self) -> Any:
        """All rows at their positions, the removed ones too; dense or CSR. Views where possible."""
        return self._rows.all

    @property
    def keys(self) -> NDArray[np.uint64]:
        """What breaks ties between the rows [n]."""
        return self._keys.values

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which rows [n] were not removed."""
        return self._there.values

    def add(self, rows: Any, keys: NDArray[np.uint64]) -> None:
        """Append rows; their positions follow the last one's."""
        rows = self._as_rows(rows)
        self._check_keys(rows, keys)
        check_values(rows, LARGEST[self.metric])
        self._rows.append(rows)
        self._keys.append(keys)
        self._there.append(np.ones(rows.shape[0], bool))

    def remove(self, positions: Iterable[int]) -> None:
        """Let these rows not be found, until they are restored."""
        self._there.values[self._checked(positions)] = False

    def restore(self, positions: Iterable[int]) -> None:
        """Let these rows be found again."""
        self._there.values[self._checked(positions)] = True

    def rekey(self, positions: Iterable[int], keys: NDArray[np.uint64]) -> None:
        """Give these rows other keys."""
        renewed = np.array(self.keys)
        renewed[self._checked(positions)] = keys
        self._keys = Growing(renewed)

    def nearest(
        self,
        queries: Any,
        k: int,
        *,
        groups: NDArray[np.int64] | None = None,
        query_groups: NDArray[np.int64] | None = None,
        within: NDArray[np.int32] | None = None,
        n_within: int = 0,
        n_jobs: int = 1,
    ) -> Found:
        """The ``k`` nearest rows of each of ``queries`` [m, n_features], ties by key, then position.

        With ``groups`` [n] and ``query_groups`` [m], a query does not see the rows of its own group:
        leave one out, with its near-duplicates. With ``within`` [n], the part 0 .. n_within - 1 that each
        row belongs to (-1: none), the k nearest of each part are found, [m, n_within * k], part after
        part. ``n_jobs`` threads share the queries (-1: one for each processor); the answer is the same.

        Raises InputError where the shapes do not fit, and for values that are not finite.
        """
        queries, who = self.asked(queries, k, groups, query_groups, within, n_within)
        found = nothing_found(queries.shape[0], who)
        m = queries.shape[0]
        if found.positions.size == 0:
            return found
        self._compared += m
        if self._is_small():
            nearest_by_brute_force(queries, self.rows, self.metric, who, *found)
            return found
        with PREPARING:
            if self._search is None:
                self._search = search_of(self._rows, self.metric)
            ready = self._search
            ready.prepare(self._compared)
        search = ready.nearest
        threads = n_jobs if n_jobs > 0 else (os.cpu_count() or 1)
        step = max(1, min(BLOCK, -(-m // threads)))
        if step == m:
            search(queries, who, *found)
            return found

        def answer(start: int) -> None:
            end = min(start + step, m)
            part = found.similarities[start:end], found.positions[start:end]
            search(queries[start:end], who.part(start, end), *part)

        _for_each(answer, range(0, m, step), threads)
        return found

    def asked(
        self,
        queries: Any,
        k: int,
        groups: NDArray[np.int64] | None,
        query_groups: NDArray[np.int64] | None,
        within: NDArray[np.int32] | None,
        n_within: int,
    ) -> tuple[Any, Who]:
        """A question as it is worked on: queries in the format of the rows, and who may be found."""
        queries = self._as_rows(queries)
        if self.metric == "cosine":
            queries = of_length_one(queries)
        else:
            check_values(queries, LARGEST[self.metric])
        if groups is None and within is None:  # most often
            k = min(k, len(self))
            return queries, Who(self.there, self.keys, NO_GROUPS, NO_PARTS, NO_GROUPS, 1, k)
        m, n = queries.shape[0], len(self)
        if groups is None:
            query_groups = None
        elif query_groups is None:
            raise InputError("Index.nearest: groups were given, but no query_groups")
        who = Who(
            self.there,
            self.keys,
            _checked_values(groups, n, np.int64, "groups"),
            _checked_values(within, n, np.int32, "within"),
            _checked_values(query_groups, m, np.int64, "query_groups"),
            n_within if within is not None else 1,
            min(k, n),
        )
        if within is not None and who.within.max(initial=-1) >= who.parts:
            raise InputError(
                f"Index.nearest: within has a part {who.within.max()}, and n_within is {n_within}: "
                f"parts are numbered from 0 to n_within - 1"
            )
        return queries, who

    def _is_small(self) -> bool:
        """Is it not worth importing numba? (The answer is the same.)"""
        if "textpipe.kernels.neighbours" in sys.modules:
            return False
        return self._compared * self._rows.size <= SMALL

    def _as_rows(self, rows: Any) -> Any:
        """Rows in the format of the index: CSR with sorted columns, or dense, of float64."""
        if getattr(rows, "ndim", None) != 2 or rows.shape[1] != self.n_features:
            raise InputError(
                f"Index: rows of {self.n_features} columns are needed, and an array of shape "
                f"{getattr(rows, 'shape', None)} was given"
            )
        if isinstance(self._rows, GrowingDense):
            rows = rows.toarray() if sparse.issparse(rows) else rows
            return np.ascontiguousarray(rows, np.float64)
        rows = rows if sparse.isspmatrix_csr(rows) else sparse.csr_matrix(rows)
        check_bounds(rows)
        if not rows.has_canonical_format:
            rows = rows.copy()
            rows.sum_duplicates()
        return rows.astype(np.float64, copy=False)

    def _checked(self, positions: Iterable[int]) -> NDArray[np.int64]:
        checked = np.fromiter(positions, np.int64)
        if len(checked) and not (checked.min() >= 0 and checked.max() < len(self)):
            raise InputError(
                f"Index: positions must be from 0 to {len(self) - 1}, and "
                f"{checked.min()} to {checked.max()} were given"
            )
        return checked

    @staticmethod
    def _check_keys(rows: Any, keys: NDArray[np.uint64]) -> None:
        if keys.dtype != np.uint64 or keys.shape != (rows.shape[0],):
            raise InputError(
                f"Index: {rows.shape[0]} rows need as many keys of type uint64, and "
                f"{keys.dtype} {keys.shape} were given"
            )


def nothing_found(m: int, who: Who) -> Found:
    """Room for the neighbours of m queries."""
    shape = (m, who.parts * who.k)
    return Found(np.zeros(shape), np.full(shape, -1, np.int64))


def _checked_values(values: Any, n: int, kind: type, name: str) -> NDArray[Any]:
    """The values as an array of this type; of length 0 if there are none."""
    if values is None:
        return np.empty(0, kind)
    values = np.ascontiguousarray(values, kind)
    if values.shape != (n,):
        raise InputError(f"Index.nearest: {name} must have {n} values, and has {values.shape}")
    return values  # type: ignore[no-any-return]


def _for_each(answer: Callable[[int], None], starts: Iterable[int], threads: int) -> None:
    if threads == 1:
        for start in starts:
            answer(start)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(answer, starts):
            pass
