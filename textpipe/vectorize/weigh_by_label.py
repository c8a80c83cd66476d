"""Columns that tell about the label count for more."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.documents import Documents, Int64
from textpipe.errors import DefinitionError, InputError, TextpipeWarning
from textpipe.rows import unit_rows
from textpipe.stage import Stage
from textpipe.vectorize.document_vectors import WordVectors
from textpipe.vectorize.matrix_stage import MatrixStage, matrix_of
from textpipe.vectorize.reduce_dimensions import ReduceDimensions
from textpipe.vectorize.text_shape import TextShape
from textpipe.vectorize.union import Union

DENSE = (
    "learns from which documents have a column, and of a dense matrix, such as that of word vectors, all "
    "documents have all columns: put it after count, tf_idf, bm25 or hashing, or leave it out"
)


class WeighByLabel(MatrixStage):
    """The same columns, each times a weight that says how much it tells about the label.

    Neighbours by plain TF-IDF are alike in topic; with these weights they are alike in what matters for
    the label. The weights are learned from how many training documents of each label have the column.
    With more than two labels each is set against all others, and a column counts by its strongest weight;
    a label of a single document is only one of the others, for all its columns would seem to tell
    (unless fewer than two labels have more). Where training has a single label, no column tells anything
    about it, and all have the weight 1. Where no column tells anything, all have the weight 0, all rows
    are zero, and a TextpipeWarning says so.

    Options:
        method: "log_odds": |ln of the odds ratio| of having the column, 1/2 added to each count
            (Haldane 1940, Anscombe 1956); "chi_squared": ln(1 + the chi-squared statistic of the
            column and the label); "relevance_frequency": log2(2 + a / max(1, c)), a and c the
            numbers of documents with the column inside and outside of a label (tf.rf: Lan et al., 2009).
            Default "log_odds".
        power: weights are raised to it; 0.5 is the square root, 0 leaves all columns alike. Default 0.5.
        normalize: bring rows to Euclidean length 1 afterwards. Default true.

    Reads a sparse matrix, writes one of the same shape; ``known`` and ``total`` stay. Learns from labels,
    so that an evaluation must train it inside the fold, as ``textpipe evaluate`` does.
    Raises InputError where labels are missing, and where the matrix is dense, such as that of word vectors:
    every document has every column, which tells nothing. (DefinitionError where that is known before
    documents are read. A plain array may be dense.)

    >>> rows = [[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0]]
    >>> weigh = WeighByLabel(power=1.0, normalize=False).fit(rows, ["spam", "spam", "ham", "ham"])
    >>> weigh.weights_.round(2).tolist()
    [0.0, 3.22]
    """

    needs_labels = True

    def __init__(
        self,
        method: Literal["log_odds", "chi_squared", "relevance_frequency"] = "log_odds",
        power: float = 0.5,
        normalize: bool = True,
    ) -> None:
        self.method = method
        self.power = power
        self.normalize = normalize

    def check(self) -> None:
        super().check()
        if self.power < 0:
            raise DefinitionError(
                f"weigh_by_label: power must be 0 or more, and {self.power} was given"
            )

    def meet(self, earlier: Sequence[Stage], language: str) -> None:
        super().meet(earlier, language)
        if _make_dense(earlier):
            raise DefinitionError(f"weigh_by_label {DENSE}")

    def learn(self, documents: Documents, labels: Any = None) -> None:
        """Learn from training documents that carry a sparse matrix, and their labels."""
        if not sparse.issparse(matrix_of(documents).values):
            raise InputError(f"weigh_by_label {DENSE}")
        super().learn(documents, labels)

    def _learn(self, values: Any, labels: NDArray[Any] | None, texts: Sequence[str] | None) -> None:
        assert labels is not None, "needs_labels"  # noqa: S101  # for mypy
        classes, codes = self.classes_of(labels)
        there = sparse.csr_matrix(values, copy=True)  # the given one keeps its zeros
        there.sum_duplicates()
        there.eliminate_zeros()
        there = sparse.csr_matrix(
            (np.ones(len(there.data), np.int64), there.indices, there.indptr), there.shape
        )
        of_class = sparse.csr_matrix(
            (np.ones(len(codes), np.int64), (codes, np.arange(len(codes)))),
            shape=(len(classes), len(codes)),
        )
        self.class_sizes_: Int64 = np.bincount(codes, minlength=len(classes)).astype(np.int64)
        self.class_frequencies_: Int64 = (of_class @ there).toarray()
        self._made = (self.method, self.power), self._weights()
        if self._made[1].size and not self._made[1].any():
            warnings.warn(
                "weigh_by_label: no column tells anything about the label: training documents of all labels "
                "have them equally often. All weights are 0, and so will all rows be: give more documents, "
                "or leave it out",
                TextpipeWarning,
                stacklevel=2,
            )

    @property
    def weights_(self) -> NDArray[np.float64]:
        """The weight of each column, float64[n_features]; made of the stored integers."""
        options = (self.method, self.power)
        if not hasattr(self, "_made") or self._made[0] != options:  # from disk, or set since
            self._made = options, self._weights()
        return self._made[1]

    def _weights(self) -> NDArray[np.float64]:
        self._must_have(self.class_frequencies_.shape[-1])
        inside = self.class_frequencies_.astype(np.float64)
        outside = inside.sum(axis=0) - inside
        sizes = self.class_sizes_[:, None].astype(np.float64)
        if len(sizes) < 2:
            return np.ones(inside.shape[1])
        tells = _TELLS[self.method](inside, outside, sizes, sizes.sum() - sizes)
        several = self.class_sizes_ > 1
        if several.sum() > 1:  # of a single document any column it has or lacks would tell
            tells = tells[several]
        weights: NDArray[np.float64] = tells.max(axis=0) ** self.power
        return weights

    def _map(self, values: Any) -> Any:
        values = self.map_parts(values)
        return unit_rows(values) if self.normalize else values

    def map_parts(self, values: Any) -> Any:
        """Each part with its columns weighted."""
        if not sparse.issparse(values):
            return values * self.weights_
        values = values.tocsr(copy=True)
        values.data *= self.weights_[values.indices]
        values.eliminate_zeros()
        return values

    def features(self, before: Sequence[str]) -> Sequence[str]:
        """What the columns are called: as before."""
        return before


def _make_dense(stages: Sequence[Stage]) -> bool:
    """Do these stages, as far as they are ours, make a dense matrix?"""
    for stage in reversed(stages):
        if isinstance(stage, Union):
            return all(_make_dense(branch) for branch in stage.chains())
        if isinstance(stage, ReduceDimensions | TextShape | WordVectors):
            return True
        if not isinstance(stage, MatrixStage):
            return False
    return False


def _log_odds(inside: Any, outside: Any, sizes: Any, others: Any) -> Any:
    # of products, which are exact, so that a column that both sides have alike weighs 0 and no rounding error
    own = (inside + 0.5) * (others - outside + 0.5)
    return np.abs(np.log(own) - np.log((outside + 0.5) * (sizes - inside + 0.5)))


def _chi_squared(inside: Any, outside: Any, sizes: Any, others: Any) -> Any:
    without, others_without = sizes - inside, others - outside
    n = sizes + others
    squared = n * (inside * others_without - outside * without) ** 2
    spread = sizes * others * (inside + outside) * (without + others_without)
    return np.log1p(squared / np.where(spread > 0, spread, 1.0))


def _relevance_frequency(inside: Any, outside: Any, sizes: Any, others: Any) -> Any:
    return np.log2(2 + inside / np.maximum(1.0, outside))


_TELLS = {
    "log_odds": _log_odds,
    "chi_squared": _chi_squared,
    "relevance_frequency": _relevance_frequency,
}
