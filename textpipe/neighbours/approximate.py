"""The nearest rows but for a few, sooner: only for who asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.errors import InputError, ResourceError
from textpipe.neighbours.brute_force import DIGITS, Who
from textpipe.neighbours.index import Found, Index, nothing_found


class ApproximateIndex:
    """Dense rows [n, n_features] with cosine, of which nearly the nearest are found (faiss, HNSW).

    It answers as :class:`textpipe.neighbours.Index` does, and what it finds is measured in float64, so
    that similarities, order and ties are exact; but a neighbour may be missing. :meth:`recall` says how many
    are. A graph is built from the rows, by one thread, always the same; it is never read from a file.

    ``links`` is how many neighbours a row is linked to in the graph; ``effort`` how many candidates a search
    keeps: more find more and take longer. A query asks for ``spare`` times k candidates, for what is
    removed, tied, or of its own group.

    Raises ResourceError if faiss is not installed, InputError if rows are sparse. (Malkov and Yashunin:
    Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs,
    2018.)
    """

    def __init__(
        self,
        rows: Any,
        keys: NDArray[np.uint64],
        links: int = 32,
        effort: int = 128,
        spare: int = 4,
    ) -> None:
        if sparse.issparse(rows):
            raise InputError(
                "ApproximateIndex: dense rows are needed, and a sparse matrix was given. Use Index, which "
                "is fast on sparse rows, or reduce_dimensions before it"
            )
        self._exact = Index(rows, keys)
        self._links, self._effort, self._spare = links, effort, spare
        self._graph: Any = None
        self._linked = 0
        self._link()

    def __len__(self) -> int:
        return len(self._exact)

    @property
    def rows(self) -> Any:
        """All rows at their positions, the removed ones too."""
        return self._exact.rows

    @property
    def keys(self) -> NDArray[np.uint64]:
        """What breaks ties between the rows [n]."""
        return self._exact.keys

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which rows [n] were not removed."""
        return self._exact.there

    def add(self, rows: Any, keys: NDArray[np.uint64]) -> None:
        """Append rows; their positions follow the last one's."""
        self._exact.add(rows, keys)
        self._link()

    def remove(self, positions: Iterable[int]) -> None:
        """Let these rows not be found, until they are restored."""
        self._exact.remove(positions)

    def restore(self, positions: Iterable[int]) -> None:
        """Let these rows be found again."""
        self._exact.restore(positions)

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
        """Nearly the ``k`` nearest rows of each of ``queries`` [m, n_features]; see ``Index.nearest``.

        ``n_jobs`` is there for the interface: one thread answers.
        """
        queries, who = self._exact.asked(queries, k, groups, query_groups, within, n_within)
        found = nothing_found(len(queries), who)
        if found.positions.size == 0:
            return found
        n_candidates = min(len(self), self._spare * who.k * who.parts)
        candidates = self._candidates(queries, n_candidates)
        for i, positions in enumerate(candidates):
            positions = positions[positions >= 0].astype(np.int64)
            self._measure(queries[i], positions, who, found, i)
        return found

    def recall(self, queries: Any, k: int = 10) -> float:
        """Which share of the exact ``k`` nearest of a sample of queries is found, 0 .. 1.

        A row that is as similar as the k-th counts as found, whichever of the two it is.
        """
        exact, found = self._exact.nearest(queries, k), self.nearest(queries, k)
        wanted = exact.positions >= 0
        if not wanted.any():
            return 1.0
        return float((found.similarities >= exact.similarities)[wanted].mean())

    def _candidates(self, queries: NDArray[np.float64], n_candidates: int) -> NDArray[np.int64]:
        """Positions [m, n_candidates] in no special order; -1 where there are fewer."""
        import faiss

        effort = faiss.SearchParametersHNSW(efSearch=max(self._effort, n_candidates))
        _, positions = self._graph.search(queries.astype(np.float32), n_candidates, params=effort)
        found: NDArray[np.int64] = positions
        return found

    def _measure(
        self,
        query: NDArray[np.float64],
        positions: NDArray[np.int64],
        who: Who,
        found: Found,
        i: int,
    ) -> None:
        rows = self.rows[positions]
        totals = np.add.accumulate(rows * query, axis=1)[:, -1]
        scores = np.round(totals, DIGITS)
        seen = (scores > 0) & who.there[positions]
        if len(who.groups):
            seen &= who.groups[positions] != who.own_groups[i]
        order = np.lexsort((positions, self.keys[positions], -scores))
        order = order[seen[order]]
        for part in range(who.parts):
            best = order if not len(who.within) else order[who.within[positions[order]] == part]
            best = best[: who.k]
            place = slice(part * who.k, part * who.k + len(best))
            found.similarities[i, place] = scores[best]
            found.positions[i, place] = positions[best]

    def _link(self) -> None:
        """Put the rows that came since the last time into the graph."""
        try:
            import faiss
        except ImportError as error:
            raise ResourceError(
                'Approximate neighbours need faiss, which is not installed: pip install "textpipe-nlp[ann]"'
            ) from error
        if self._graph is None:
            self._graph = faiss.IndexHNSWFlat(
                self._exact.n_features, self._links, faiss.METRIC_INNER_PRODUCT
            )
        new = self.rows[self._linked :]
        if len(new):
            threads = faiss.omp_get_max_threads()
            faiss.omp_set_num_threads(1)  # more would build another graph each time
            try:
                self._graph.add(np.ascontiguousarray(new, np.float32))
            finally:
                faiss.omp_set_num_threads(threads)
        self._linked = len(self)
