"""The nearest rows in plain numpy, by comparing with all: what compiled ways are held to, bit by bit.

A sum is added up from the first column to the last. So a similarity depends on the two rows alone: not on
which others are compared, nor on how a library's product cuts matrices into blocks.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

DIGITS = 10
"""Similarities that differ by less than this many decimals are a tie."""

LARGEST = 2**20
"""How many similarities are computed at once."""


class Who(NamedTuple):
    """Which of n rows may be found, and what breaks ties; the last four arrays may be empty."""

    there: NDArray[np.bool_]
    keys: NDArray[np.uint64]
    groups: NDArray[np.int64]
    within: NDArray[np.int32]
    own_groups: NDArray[np.int64]
    parts: int
    k: int

    def part(self, start: int, end: int) -> Who:
        """The same for some of the queries."""
        return self._replace(own_groups=self.own_groups[start:end])


def similarities_to(queries: Any, rows: Any, metric: Literal["cosine", "euclidean"]) -> Any:
    """Similarity of each query [m, n_features] to each row [n, n_features], float64[m, n], rounded.

    The product of queries and rows that have length 1, which is their cosine; or 1 / (1 + Euclidean
    distance). Both are dense, or both CSR with sorted columns.
    """
    if sparse.issparse(rows):
        totals = np.array([_sparse_totals(query, rows, metric) for query in queries])
        totals = totals.reshape(queries.shape[0], rows.shape[0])
    else:
        totals = np.zeros((len(queries), len(rows)))
        for column in range(rows.shape[1]):
            one, other = queries[:, column, None], rows[None, :, column]
            totals += one * other if metric == "cosine" else np.square(one - other)
    if metric == "cosine":
        return np.round(totals, DIGITS)
    return 1.0 / (1.0 + np.round(np.sqrt(totals), DIGITS))


def _sparse_totals(query: Any, rows: Any, metric: str) -> NDArray[np.float64]:
    """Products with one query [1, n_features], or squared distances, float64[n]."""
    if metric == "cosine":
        matrix, products = rows, rows.data * query.toarray().ravel()[rows.indices]
    else:
        matrix = rows - sparse.vstack([query] * rows.shape[0], "csr")
        matrix.sort_indices()
        products = np.square(matrix.data)
    owners = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    totals: NDArray[Any] = np.bincount(owners, products, minlength=rows.shape[0])
    return totals


def nearest_by_brute_force(
    queries: Any,
    rows: Any,
    metric: Literal["cosine", "euclidean"],
    who: Who,
    similarities: NDArray[np.float64],
    positions: NDArray[np.int64],
) -> None:
    """Write the k nearest rows of each part into the two arrays [m, parts * k]."""
    step = max(1, LARGEST // max(1, rows.shape[0]))
    for start in range(0, queries.shape[0], step):
        likeness = similarities_to(queries[start : start + step], rows, metric)
        for i, scores in enumerate(likeness, start):
            seen = who.there
            if len(who.groups):
                seen = seen & (who.groups != who.own_groups[i])
            for part in range(who.parts):
                here = seen & (who.within == part) if len(who.within) else seen
                at = _top(np.where(here, scores, 0.0), who.keys, who.k)
                place = slice(part * who.k, part * who.k + len(at))
                similarities[i, place] = scores[at]
                positions[i, place] = at


def _top(scores: NDArray[np.float64], keys: NDArray[np.uint64], k: int) -> NDArray[np.int64]:
    """Positions of the k highest scores above 0, the highest first, ties by key, then position."""
    if k < len(scores):
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= max(threshold, np.finfo(float).tiny))
    else:
        candidates = np.flatnonzero(scores > 0)
    order = np.lexsort((keys[candidates], -scores[candidates]))
    return candidates[order[:k]].astype(np.int64)
