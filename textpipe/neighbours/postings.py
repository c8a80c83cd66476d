"""Sparse rows by column: in which rows a column is, and how much of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.neighbours.growing import Csr

LEVELS = (128, 64, 32, 16, 0)
"""So many of the most frequent columns are left to the end. Of English news 128 columns have 90 % of the
postings, and by length alone about 40 of 20,000 rows cannot be told from the ten nearest then."""

FINER = np.float32(1 + 2**-10)
"""Lengths are kept in float32 and must not be too small."""

STEPS = 32767
"""The largest weight of a column as a whole number of steps."""

SMALLEST = 1e-30
"""What a step is worth at least. Much less float32 cannot say exactly; and no similarity would be above 0."""


class Postings(NamedTuple):
    """What :func:`textpipe.kernels.neighbours.nearest_sparse_cosines` reads, in its order.

    bounds     int64[n_stretches * n_features + 1], where the postings of each column begin, stretch by
               stretch
    posted     uint16[n_postings], which row of its stretch
    weights    int16[n_postings], its value in steps; 0 only for 0
    steps      float32[n_features], what a step is worth in each column: no weight is wrong by more
    ranks      int32[n_features], 0 for the most frequent column
    levels     so many of the most frequent columns are left to the end
    lengths    float32[n_levels, n], the length of each row in the columns whose rank is below the level
    longest    the length of the longest row, or 1
    signed     is any value negative?
    """

    bounds: NDArray[np.int64]
    posted: NDArray[np.uint16]
    weights: NDArray[np.int16]
    steps: NDArray[np.float32]
    ranks: NDArray[np.int32]
    levels: NDArray[np.int64]
    lengths: NDArray[np.float32]
    longest: float
    signed: bool


def postings_of(rows: Csr, n_features: int) -> Postings:
    """The postings of rows [n, n_features]: four bytes for each number of the rows, which take twelve; and
    8 for each column and each 65,536 rows, 8 for each column, and 20 for each row.
    """
    from textpipe.kernels.neighbours import STRETCH

    values, columns, starts = rows.arrays
    n = len(rows)
    steps = _steps(values, columns, n_features)
    in_steps = _in_steps(values, steps[columns])
    by_row = sparse.csr_matrix((in_steps, columns.view(np.int32), starts), (n, n_features))
    bounds, posted, weights, n_posted = [np.zeros(1, np.int64)], [], [], 0
    for first in range(0, n, STRETCH):
        by_column = by_row[first : first + STRETCH].tocsc()
        bounds.append(by_column.indptr[1:] + np.int64(n_posted))
        posted.append(by_column.indices.astype(np.uint16))
        weights.append(by_column.data)
        n_posted += by_column.nnz
    by_frequency = np.argsort(-np.bincount(columns, minlength=n_features), kind="stable")
    ranks = np.empty(n_features, np.int32)
    ranks[by_frequency] = np.arange(n_features, dtype=np.int32)
    owners = np.repeat(np.arange(n), np.diff(starts))
    longest = np.bincount(owners, np.square(values), n).max(initial=1.0)
    frequent = np.flatnonzero(ranks[columns] < LEVELS[0])
    return Postings(
        np.concatenate(bounds),
        np.concatenate([*posted, np.empty(0, np.uint16)]),
        np.concatenate([*weights, np.empty(0, np.int16)]),
        steps,
        ranks,
        np.array(LEVELS),
        _lengths(owners[frequent], values[frequent], ranks[columns[frequent]], n),
        float(np.sqrt(longest)),
        bool((values < 0).any()),
    )


def _steps(
    values: NDArray[np.float64], columns: NDArray[np.uint32], n_features: int
) -> NDArray[np.float32]:
    """What a step is worth in each column."""
    largest = np.zeros(n_features)
    np.maximum.at(largest, columns, np.abs(values))
    return np.maximum(largest / STEPS, SMALLEST).astype(np.float32)


def _in_steps(values: NDArray[np.float64], steps: NDArray[np.float32]) -> NDArray[np.int16]:
    """The values as whole numbers; those that are not 0 do not become 0."""
    made = np.rint(values / steps)
    lost = (made == 0) & (values != 0)
    made[lost] = np.sign(values[lost])
    return made.astype(np.int16)


def _lengths(
    owners: NDArray[np.int64], values: NDArray[np.float64], ranks: NDArray[np.int32], n: int
) -> NDArray[np.float32]:
    """How long rows are in the most frequent columns alone, [n_levels, n].

    For each number in one of these columns the row it is in, the number, and the rank of its column.
    """
    lengths = np.zeros((len(LEVELS), n), np.float32)
    for level, rank in enumerate(LEVELS):
        below = ranks < rank
        total = np.bincount(owners[below], np.square(values[below]), n)
        lengths[level] = np.sqrt(total).astype(np.float32) * FINER
    return lengths
