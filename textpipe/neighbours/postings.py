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


STRETCH = 1 << 16
"""Rows whose postings lie together, column by column: a posting says in two bytes which of them it is. (The
loop has the same number.)"""

STEPS = 32767
"""The largest weight as a whole number of steps."""


class Postings(NamedTuple):
    """What :func:`textpipe.kernels.neighbours.nearest_sparse_cosines` reads, in its order.

    bounds     int64[n_stretches * n_features + 1], where the postings of each column begin, stretch by
               stretch
    often      int64[n_features], how many postings each column has
    posted     uint16[n_postings], which row of its stretch
    weights    int16[n_postings], its value in steps; never 0
    step       what one step is worth, and what a weight may be wrong by
    ranks      int32[n_features], 0 for the most frequent column
    levels     so many of the most frequent columns are left to the end
    lengths    float32[n_levels, n], the length of each row in the columns whose rank is below the level
    longest    the length of the longest row, or 1
    signed     is any value negative?
    """

    bounds: NDArray[np.int64]
    often: NDArray[np.int64]
    posted: NDArray[np.uint16]
    weights: NDArray[np.int16]
    step: float
    ranks: NDArray[np.int32]
    levels: NDArray[np.int64]
    lengths: NDArray[np.float32]
    longest: float
    signed: bool


def postings_of(rows: Csr, n_features: int) -> Postings:
    """The postings of rows [n, n_features]; they take a third of the rows' memory."""
    values, columns, starts = rows.arrays
    n = len(rows)
    step = float(np.abs(values).max(initial=0.0)) / STEPS or 1.0
    by_row = sparse.csr_matrix(
        (_in_steps(values, step), columns.view(np.int32), starts), (n, n_features)
    )
    bounds, posted, weights = [np.zeros(1, np.int64)], [], []
    for first in range(0, n, STRETCH):
        by_column = by_row[first : first + STRETCH].tocsc()
        bounds.append(by_column.indptr[1:] + bounds[-1][-1])
        posted.append(by_column.indices.astype(np.uint16))
        weights.append(by_column.data)
    often = np.bincount(columns, minlength=n_features)
    by_frequency = np.argsort(-often, kind="stable")
    ranks = np.empty(n_features, np.int32)
    ranks[by_frequency] = np.arange(n_features, dtype=np.int32)
    owners = np.repeat(np.arange(n), np.diff(starts))
    squares = np.square(values)
    return Postings(
        np.concatenate(bounds),
        often,
        np.concatenate([*posted, np.empty(0, np.uint16)]),
        np.concatenate([*weights, np.empty(0, np.int16)]),
        step,
        ranks,
        np.array(LEVELS),
        _lengths(owners, squares, ranks[columns], n),
        float(np.sqrt(np.bincount(owners, squares, n).max(initial=1.0))),
        bool((values < 0).any()),
    )


def _in_steps(values: NDArray[np.float64], step: float) -> NDArray[np.int16]:
    """The values as whole numbers; those that are not 0 do not become 0."""
    steps = np.rint(values / step)
    steps[(steps == 0) & (values > 0)] = 1
    steps[(steps == 0) & (values < 0)] = -1
    return steps.astype(np.int16)


def _lengths(
    owners: NDArray[np.int64], squares: NDArray[np.float64], ranks: NDArray[np.int32], n: int
) -> NDArray[np.float32]:
    """How long rows are in the most frequent columns alone, [n_levels, n].

    For each number the row it is in, its square, and the rank of its column.
    """
    lengths = np.zeros((len(LEVELS), n), np.float32)
    for level, rank in enumerate(LEVELS):
        below = ranks < rank
        total = np.bincount(owners[below], squares[below], n)
        lengths[level] = np.sqrt(total).astype(np.float32) * FINER
    return lengths
