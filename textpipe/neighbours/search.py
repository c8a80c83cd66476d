"""The nearest rows by compiled loops; each way gives what brute force gives, bit by bit."""

from __future__ import annotations

import threading
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from textpipe.errors import InputError
from textpipe.neighbours.brute_force import Who
from textpipe.neighbours.growing import Csr, Growing, GrowingDense, GrowingSparse, views_of
from textpipe.neighbours.postings import Postings, postings_of

FEW = 16
"""So many queries are answered by reading all rows before the postings are made, which takes as long."""

SHARE = 16
"""The postings are made anew when the rows that came later are more than 1 / SHARE of them."""

LEAST = 2**16
"""Or more than so many numbers, where that is more."""

PRODUCTS = 2**24
"""How many products of dense rows are held at once, by each thread: 64 MiB. Of fewer, a product is slower."""


class Search(Protocol):
    """Finds the nearest of rows that may grow."""

    def prepare(self, asked: int) -> None:
        """Make ready for another question; ``asked`` is how many queries there were so far."""

    def nearest(
        self,
        queries: Any,
        who: Who,
        similarities: NDArray[np.float64],
        positions: NDArray[np.int64],
    ) -> None:
        """Write the k nearest of each part into the two arrays [m, parts * k]."""


def search_of(rows: GrowingSparse | GrowingDense, metric: Literal["cosine", "euclidean"]) -> Search:
    """The way that fits the rows."""
    if isinstance(rows, GrowingSparse):
        return SparseCosines(rows) if metric == "cosine" else SparseDistances(rows)
    return DenseCosines(rows) if metric == "cosine" else DenseDistances(rows)


PREPARING = threading.Lock()
"""Several threads may ask at once; one of them makes ready."""


def _check_unchanged(who: Who, n: int) -> None:
    """What is compiled would read beyond the end of an array."""
    if len(who.there) != n:
        raise InputError(
            f"Index: there were {len(who.there)} rows when a search began, and now there are {n}: "
            f"rows must not be added by one thread while another one asks"
        )


class SparseCosines:
    """Products of sparse rows: an inverted index, and the rows that are not yet in it one by one."""

    def __init__(self, rows: GrowingSparse) -> None:
        self._rows = rows
        self._postings: Postings | None = None
        self._zeros: list[
            NDArray[np.float64]
        ] = []  # one for each thread that asked at the same time

    def prepare(self, asked: int) -> None:
        rows = self._rows
        later = len(rows.tail.arrays[0])
        if self._postings is None:
            if asked <= FEW:
                return
            rows.settle()
        elif later <= max(LEAST, (rows.size - later) // SHARE):
            return
        else:
            rows.settle()
        self._postings = postings_of(rows.base, rows.n_features)

    def nearest(
        self,
        queries: Any,
        who: Who,
        similarities: NDArray[np.float64],
        positions: NDArray[np.int64],
    ) -> None:
        from textpipe.kernels.neighbours import nearest_sparse_cosines

        rows = self._rows
        with PREPARING:
            base, tail, postings = rows.base.arrays, rows.tail.arrays, self._postings
        if postings is None:
            nothing = Csr(np.empty(0), np.empty(0, np.uint32), np.zeros(1, np.int64))
            postings = postings_of(nothing, rows.n_features)
            with PREPARING:
                base, tail = nothing.arrays, rows.together().arrays
        _check_unchanged(who, len(base[2]) + len(tail[2]) - 2)
        _check_unchanged(who, postings.lengths.shape[1] + len(tail[2]) - 1)
        try:
            zeros = self._zeros.pop()
        except IndexError:  # asked beforehand, another thread might take the last one
            zeros = np.zeros(rows.n_features)
        nearest_sparse_cosines(
            *views_of(queries), *base, *tail, *postings, zeros, *who, similarities, positions
        )
        self._zeros.append(zeros)  # as they were


class SparseDistances:
    """Distances of sparse rows, one after the other."""

    def __init__(self, rows: GrowingSparse) -> None:
        self._rows = rows

    def prepare(self, asked: int) -> None:
        pass

    def nearest(
        self,
        queries: Any,
        who: Who,
        similarities: NDArray[np.float64],
        positions: NDArray[np.int64],
    ) -> None:
        from textpipe.kernels.neighbours import nearest_sparse_distances

        with PREPARING:
            arrays = self._rows.together().arrays
        _check_unchanged(who, len(arrays[2]) - 1)
        nearest_sparse_distances(*views_of(queries), *arrays, *who, similarities, positions)


class DenseCosines:
    """Products of dense rows: all of them in float32, and the likely ones again in float64.

    The product is numpy's. That of faiss 1.15 (IndexFlatIP, one thread) takes as long for 500 queries of
    20,000 rows by 300 columns, and six times as long for 256, as many as a thread answers at once.
    """

    def __init__(self, rows: GrowingDense) -> None:
        self._rows = rows
        self._single = Growing(rows.all[:0].astype(np.float32))
        self._longest = 1.0

    def prepare(self, asked: int) -> None:
        new = self._rows.all[len(self._single.values) :]
        if len(new):
            self._single.append(new.astype(np.float32))
            longest = np.sqrt(np.einsum("ij,ij->i", new, new)).max()
            self._longest = max(self._longest, float(longest))

    def nearest(
        self,
        queries: NDArray[np.float64],
        who: Who,
        similarities: NDArray[np.float64],
        positions: NDArray[np.int64],
    ) -> None:
        from textpipe.kernels.neighbours import CERTAIN, SINGLE, nearest_dense_cosines

        rows, single = self._rows.all, self._single.values
        _check_unchanged(who, len(rows))
        _check_unchanged(who, len(single))
        slack = self._longest * (CERTAIN + SINGLE * (rows.shape[1] + 4))
        step = max(1, PRODUCTS // len(rows))
        for start in range(0, len(queries), step):
            block = queries[start : start + step]
            about = block.astype(np.float32) @ single.T
            place = slice(start, start + step)
            nearest_dense_cosines(
                block,
                rows.ravel(),
                about,
                slack,
                *who.part(start, start + step),
                similarities[place],
                positions[place],
            )


class DenseDistances:
    """Distances of dense rows, one after the other."""

    def __init__(self, rows: GrowingDense) -> None:
        self._rows = rows

    def prepare(self, asked: int) -> None:
        pass

    def nearest(
        self,
        queries: NDArray[np.float64],
        who: Who,
        similarities: NDArray[np.float64],
        positions: NDArray[np.int64],
    ) -> None:
        from textpipe.kernels.neighbours import nearest_dense_distances

        rows = self._rows.all
        _check_unchanged(who, len(rows))
        nearest_dense_distances(queries, rows, *who, similarities, positions)
