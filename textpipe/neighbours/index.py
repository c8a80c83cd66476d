"""The nearest rows of a matrix, exactly, and in an order that nothing but their content decides."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.neighbours.brute_force import DIGITS, similarities_to
from textpipe.rows import unit_rows

BLOCK = 144
"""Queries that are compared at once. A dense product's last digits depend on the shape of the block, so
that it is always filled up to this size: then an answer does not depend on who else asks."""


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
    one first. A row keeps its position for ever; a removed one is never found again.
    """

    def __init__(
        self,
        rows: Any,
        keys: NDArray[np.uint64],
        metric: Literal["cosine", "euclidean"] = "cosine",
    ) -> None:
        self.rows = rows
        self.keys = keys
        self.metric = metric
        self._there = np.ones(rows.shape[0], bool)

    def add(self, rows: Any, keys: NDArray[np.uint64]) -> None:
        """Append rows; their positions follow the last one's."""
        stack = sparse.vstack if sparse.issparse(self.rows) else np.concatenate
        self.rows = stack([self.rows, rows])
        if sparse.issparse(self.rows):
            self.rows = self.rows.tocsr()
        self.keys = np.concatenate([self.keys, keys])
        self._there = np.concatenate([self._there, np.ones(rows.shape[0], bool)])

    def remove(self, positions: Iterable[int]) -> None:
        """Let these rows never be found again."""
        self._there[list(positions)] = False

    def restore(self, positions: Iterable[int]) -> None:
        """Let removed rows be found again."""
        self._there[list(positions)] = True

    def rekey(self, positions: Iterable[int], keys: NDArray[np.uint64]) -> None:
        """Give rows other keys."""
        self.keys = np.array(self.keys)
        self.keys[list(positions)] = keys

    def nearest(
        self,
        queries: Any,
        k: int,
        *,
        groups: NDArray[np.int64] | None = None,
        query_groups: NDArray[np.int64] | None = None,
    ) -> Found:
        """The ``k`` nearest rows of each of ``queries`` [m, n_features], ties by key, then position.

        With ``groups`` [n] and ``query_groups`` [m], a query does not see the rows of its own group:
        leave one out, with its near-duplicates.
        """
        n = self.rows.shape[0]
        k = min(k, n)
        found = Found(np.zeros((queries.shape[0], k)), np.full((queries.shape[0], k), -1, np.int64))
        if sparse.issparse(queries) != sparse.issparse(self.rows):
            queries = (
                sparse.csr_matrix(queries) if sparse.issparse(self.rows) else queries.toarray()
            )
        if self.metric == "cosine":
            queries = unit_rows(queries)
        for start in range(0, queries.shape[0], BLOCK):
            block = queries[start : start + BLOCK]
            if not sparse.issparse(block):
                filled = np.zeros((BLOCK, block.shape[1]))
                filled[: len(block)] = block
                likeness = similarities_to(filled, self.rows, self.metric)[: len(block)]
            else:
                likeness = similarities_to(block, self.rows, self.metric)
            for i, scores in enumerate(likeness, start):
                seen = self._there
                if groups is not None and query_groups is not None:
                    seen = seen & (groups != query_groups[i])
                scores = np.where(seen, scores, 0.0)
                at = _top(scores, self.keys, k)
                found.similarities[i, : len(at)] = scores[at]
                found.positions[i, : len(at)] = at
        return found


def content_keys(rows: Any, labels: NDArray[Any]) -> NDArray[np.uint64]:
    """A key for each row [n] by what is in it and how it is labelled, to break ties by.

    It is the beginning of a digest, so that it favours no label, and neither depends on the order of
    the rows nor on which others there are.
    """
    if sparse.issparse(rows):
        rows = rows.copy()
        rows.eliminate_zeros()
        rows.sort_indices()
        rounded = np.round(rows.data, DIGITS) + 0.0
        indices = rows.indices.astype(np.int64)
        contents = (
            indices[start:end].tobytes() + rounded[start:end].tobytes()
            for start, end in itertools.pairwise(rows.indptr.tolist())
        )
    else:
        contents = (row.tobytes() for row in np.round(rows, DIGITS) + 0.0)
    keys = np.empty(rows.shape[0], np.uint64)
    for i, (content, label) in enumerate(zip(contents, labels.tolist(), strict=True)):
        digest = hashlib.blake2b(content + str(label).encode("utf-8", "surrogatepass"))
        keys[i] = int.from_bytes(digest.digest()[:8], "little")
    return keys


def _top(scores: NDArray[np.float64], keys: NDArray[np.uint64], k: int) -> NDArray[np.int64]:
    """Positions of the k highest scores above 0, the highest first, ties by key."""
    if k < len(scores):
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= max(threshold, np.finfo(float).tiny))
    else:
        candidates = np.flatnonzero(scores > 0)
    order = np.lexsort((keys[candidates], -scores[candidates]))
    return candidates[order[:k]].astype(np.int64)
