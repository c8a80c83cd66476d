"""Many columns -> a few that hold most of what the rows differ in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.errors import DefinitionError, InputError
from textpipe.rows import dense
from textpipe.vectorize.matrix_stage import MatrixStage

NO_MEANING = 1e-7
"""A direction with less than this share of the strongest one's singular value is rounding error
(PCA by eigenvalues of the covariance knows singular values to the square root of the precision)."""


class ReduceDimensions(MatrixStage):
    """A dense matrix of few columns that keeps most of what the rows differ in.

    On TF-IDF, "truncated_svd" is latent semantic analysis: words that stand in like documents fall
    together. Where the training rows span fewer than ``dimensions`` directions, there are as many
    columns as directions. The sign of a column is set so that its largest weight is above 0.

    Options:
        method: "truncated_svd" (any matrix; a row of zeros stays one) or "pca" (columns are centred
            first). Default "truncated_svd".
        dimensions: number of columns. Default 100.
        seed: start of the random numbers of the approximation. Default 0.
        normalize: bring rows to Euclidean length 1. Default true.

    Reads a matrix, writes a matrix, float64 [n_documents, <= dimensions]; ``known`` and ``total`` stay.
    Stands in a plain scikit-learn pipeline as well: arrays, dense or sparse, in, an array out.
    Raises InputError where a matrix has other columns than in training, and where "pca" is given a
    single row.

    Halko, Martinsson, Tropp: Finding Structure with Randomness, 2011; scikit-learn's ``TruncatedSVD``
    (n_iter=5) and ``PCA``.

    >>> rows = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
    >>> ReduceDimensions(normalize=False).fit(rows).transform(rows).round(3) + 0.0
    array([[1.414, 0.   ],
           [2.828, 0.   ],
           [0.   , 3.   ]])
    """

    def __init__(
        self,
        method: Literal["truncated_svd", "pca"] = "truncated_svd",
        dimensions: int = 100,
        seed: int = 0,
        normalize: bool = True,
    ) -> None:
        self.method = method
        self.dimensions = dimensions
        self.seed = seed
        self.normalize = normalize

    def check(self) -> None:
        super().check()
        if self.dimensions < 1:
            raise DefinitionError(
                f"reduce_dimensions: dimensions must be at least 1, and {self.dimensions} was given"
            )
        if not 0 <= self.seed < 2**32:
            raise DefinitionError(
                f"reduce_dimensions: seed must lie between 0 and 2**32 - 1, and {self.seed} was given"
            )

    def features(self, before: Sequence[str] = ()) -> list[str]:
        """What the columns are called: each is a mixture of all that were before."""
        return [f"{self.name()}_{i}" for i in range(len(self.components_))]

    def map_parts(self, values: Any) -> Any:
        """Each part's share in the new columns; the mean that "pca" takes off is no part's."""
        return dense(values @ self.components_.T)

    def _learn(self, values: Any, labels: NDArray[Any] | None, texts: Sequence[str] | None) -> None:
        if self.method == "pca" and values.shape[0] < 2:
            raise InputError(
                "reduce_dimensions: pca needs at least 2 training documents to see how they differ, and "
                "n_samples=1 was given: train on more, or take truncated_svd"
            )
        mean = None
        if self.method == "pca":
            mean = np.asarray(values.mean(axis=0), np.float64).ravel()
            directions, strengths = self._pca(values)
        else:
            directions, strengths = self._svd(values)
        meant = strengths > strengths[0] * NO_MEANING
        meant[0] = True  # also of nothing but zeros
        directions = directions[meant]
        largest = np.abs(directions).argmax(axis=1)
        signs = np.sign(directions[np.arange(len(directions)), largest])
        self.components_: NDArray[np.float64] = (
            directions * np.where(signs == 0, 1.0, signs)[:, None]
        )
        self.mean_: NDArray[np.float64] | None = mean
        spread = self._project(values).var(axis=0)
        whole = _total_variance(values)
        self.explained_variance_ratio_: NDArray[np.float64] = spread / (whole or 1.0)

    def _svd(self, values: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        from sklearn.utils.extmath import randomized_svd

        _, strengths, directions = randomized_svd(
            values,
            min(self.dimensions, *values.shape),
            n_iter=5,  # as scikit-learn's TruncatedSVD
            flip_sign=False,
            random_state=self.seed,
        )
        return directions, strengths

    def _pca(self, values: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        from sklearn.decomposition import PCA

        n = min(self.dimensions, *values.shape)
        if sparse.issparse(values) and n == min(values.shape):
            values = values.toarray()  # at least one side is short, and ARPACK cannot give all
        solver = "arpack" if sparse.issparse(values) else "auto"
        with np.errstate(invalid="ignore"):  # 0 / 0 where all rows are alike
            pca = PCA(n, svd_solver=solver, random_state=self.seed).fit(values)
        return pca.components_, pca.singular_values_

    def _project(self, values: Any) -> NDArray[np.float64]:
        self._must_have(self.components_.shape[-1])
        # BLAS sums in an order that depends on how many rows it is given, SciPy's sparse loop does not:
        # a row is the same to the byte in any batch
        rows = sparse.csr_matrix(values) @ np.ascontiguousarray(self.components_.T)
        if self.mean_ is not None:
            rows = rows - self.components_ @ self.mean_
        projected: NDArray[np.float64] = np.asarray(rows, np.float64)
        return projected

    def _map(self, values: Any) -> NDArray[np.float64]:
        rows = self._project(values)
        if self.normalize:
            lengths = np.sqrt((rows * rows).sum(axis=1))
            rows /= np.where(lengths > 0, lengths, 1.0)[:, None]
        return rows


def _total_variance(values: Any) -> float:
    """The variances of all columns, added up."""
    from sklearn.utils.sparsefuncs import mean_variance_axis

    variances = mean_variance_axis(values, 0)[1] if sparse.issparse(values) else values.var(axis=0)
    return float(variances.sum())
