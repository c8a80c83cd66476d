"""The nearest rows of a matrix, exactly, and in an order that nothing but their content decides."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.rows import unit_rows

BLOCK = 144
"""Queries that are compared at once. A dense product's last digits depend on the shape of the block, so
that it is always filled up to this size: then an answer does not depend on who else asks."""

LARGEST_PRODUCT = 2**23
"""How many similarities of sparse rows are held at once: 64 MiB."""

SPARE = 32
"""How many more than k neighbours are measured exactly where products are not exact enough."""

DIGITS = 10
"""Similarities that differ by less than this many decimals are a tie."""


def canonical_order(values: Any, labels: NDArray[Any]) -> NDArray[np.int64]:
    """A rank for each row [n] by what is in it, so that ties do not depend on the order of training.

    The rank is that of a digest of the row, which favours no label; rows that are equal are ranked by
    their label.
    """
    if sparse.issparse(values):
        values = values.copy()
        values.eliminate_zeros()
        values.sort_indices()
        rounded = np.round(values.data, DIGITS) + 0.0
        bounds = values.indptr.tolist()
        rows = (
            values.indices[start:end].astype(np.int64).tobytes() + rounded[start:end].tobytes()
            for start, end in itertools.pairwise(bounds)
        )
    else:
        rows = (row.tobytes() for row in np.round(values, DIGITS) + 0.0)
    digests = [hashlib.blake2b(row, digest_size=16).digest() for row in rows]
    order = sorted(range(len(digests)), key=lambda i: (digests[i], labels[i]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def by_column(rows: Any) -> Any:
    """The rows [n, n_features] as :func:`nearest` multiplies by them, [n_features, n]."""
    return rows.T.tocsr() if sparse.issparse(rows) else rows.T


def nearest(
    queries: Any,
    rows: Any,
    rank: NDArray[np.int64],
    k: int,
    metric: Literal["cosine", "euclidean"],
    transposed: Any = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The ``k`` nearest of ``rows`` [n, n_features] for each of ``queries`` [m, n_features].

    Returns similarities float64[m, k] and positions int64[m, k], the nearest first, ties by ``rank``; k is at
    most n.
    The similarity is the cosine (of rows that are brought to unit length here), or
    1 / (1 + Euclidean distance). Where a query has fewer neighbours (fewer rows than ``k``, or none that
    shares anything with it), the similarity is 0 and the position -1. Who asks often passes
    ``by_column(rows)`` as ``transposed``, so that it is not made anew each time.
    """
    k = min(k, rows.shape[0])
    similarities = np.zeros((queries.shape[0], k))
    positions = np.full((queries.shape[0], k), -1, np.int64)
    if sparse.issparse(queries) != sparse.issparse(rows):
        queries = sparse.csr_matrix(queries) if sparse.issparse(rows) else queries.toarray()
    if metric == "cosine":
        queries = unit_rows(queries)
    transposed = by_column(rows) if transposed is None else transposed
    lengths = _squares(rows) if sparse.issparse(rows) and metric == "euclidean" else None
    step = BLOCK
    if sparse.issparse(rows):  # each row is multiplied by itself: the block only bounds memory
        step = max(1, min(BLOCK, LARGEST_PRODUCT // rows.shape[0]))
    for start in range(0, queries.shape[0], step):
        block = queries[start : start + step]
        if metric == "cosine":
            likeness = _cosines(block, transposed)
        else:
            likeness = _closeness(block, transposed, lengths)
        for i, scores in enumerate(likeness):
            if lengths is None:
                found = _top(scores, rank, k)
            else:
                found, scores = _exactly(scores, rank, k, rows, block[i])
            similarities[start + i, : len(found)] = scores[found]
            positions[start + i, : len(found)] = found
    return similarities, positions


def _cosines(block: Any, transposed: Any) -> Any:
    """The cosine of each query of a block with all rows [n_features, n]; both have length 1."""
    if sparse.issparse(block):
        products = (block @ transposed).toarray()
    else:
        filled = np.zeros((BLOCK, block.shape[1]))
        filled[: len(block)] = block
        products = (filled @ transposed)[: len(block)]
    return np.round(products, DIGITS)


def _closeness(block: Any, transposed: Any, lengths: NDArray[np.float64] | None) -> Any:
    """1 / (1 + Euclidean distance) of each query of a block to all rows [n_features, n].

    ``lengths`` [n] are the squared lengths of the rows, where they are sparse.
    """
    from scipy.spatial.distance import cdist

    if lengths is not None:
        products = (block @ transposed).toarray()
        squared = _squares(block)[:, None] + lengths[None, :] - 2 * products
    else:  # a product would be faster, but of large numbers it leaves less than DIGITS digits
        squared = cdist(block, transposed.T, "sqeuclidean")
    return 1.0 / (1.0 + np.sqrt(np.maximum(np.round(squared, DIGITS), 0.0)))


def _exactly(
    scores: NDArray[np.float64], rank: NDArray[np.int64], k: int, rows: Any, query: Any
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k nearest of sparse rows by exact distances, and all scores with theirs put right.

    A distance made of squares and a product loses its last digits where values are large: what comes
    near the first k is measured again, difference by difference.
    """
    near = _top(scores, rank, min(len(scores), k + SPARE))
    differences = rows[near] - sparse.vstack([query] * len(near), "csr")
    scores = scores.copy()
    scores[near] = 1.0 / (1.0 + np.round(np.sqrt(_squares(differences)), DIGITS))
    order = np.lexsort((rank[near], -scores[near]))
    return near[order[:k]], scores


def _squares(rows: Any) -> NDArray[np.float64]:
    return np.asarray(rows.multiply(rows).sum(axis=1)).ravel()


def _top(scores: NDArray[np.float64], rank: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Positions of the k highest scores above 0, the highest first, ties by rank."""
    if k < len(scores):
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= max(threshold, np.finfo(float).tiny))
    else:
        candidates = np.flatnonzero(scores > 0)
    order = np.lexsort((rank[candidates], -scores[candidates]))
    return candidates[order[:k]].astype(np.int64)
