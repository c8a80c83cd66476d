"""Matrix -> matrix: what its stages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Documents, Matrix
from textpipe.errors import BundleError, InputError
from textpipe.labels import labels_of
from textpipe.stage import Stage


class MatrixStage(Stage):
    """Matrix -> matrix. Write ``_learn(values, labels, texts)``, ``_map(values)`` and ``features``.

    It takes ``Documents`` inside a pipeline, and plain arrays, dense or CSR, where it stands alone or in
    a scikit-learn pipeline.
    """

    reads = ("matrix",)
    writes = ("matrix",)
    in_threads = True
    needs_labels: ClassVar[bool] = False

    def _learn(self, values: Any, labels: NDArray[Any] | None, texts: Sequence[str] | None) -> None:
        """Learn from rows [n, n_features], labels [n] (for a stage that needs them), and texts [n] (None
        where only an array was given).
        """
        raise TypeError(f"{type(self).__name__} must say _learn(values, labels, texts)")

    def _map(self, values: Any) -> Any:
        """What becomes of rows [n, n_features]."""
        raise TypeError(f"{type(self).__name__} must say _map(values)")

    def features(self, before: Sequence[str]) -> Sequence[str]:
        """What the columns are called, that were called so ``before``."""
        raise TypeError(f"{type(self).__name__} must say features(before)")

    def map_parts(self, values: Any) -> Any:
        """What becomes of parts [n_parts, n_features] of a row: linear, up to the length of the sum."""
        raise TypeError(f"{type(self).__name__} must say map_parts(values)")

    @property
    def sees_labels(self) -> bool:
        return self.needs_labels or super().sees_labels

    def fit(self, X: Any, y: Any = None) -> MatrixStage:
        """Learn from documents that carry a matrix, or from an array [n_rows, n_features]; and labels
        [n_rows], where the stage needs them.
        """
        if isinstance(X, Documents):
            super().fit(X, y)
            return self
        from sklearn.utils.validation import validate_data

        self.check()
        if self.needs_labels:
            values, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        else:
            values = validate_data(self, X, accept_sparse="csr", dtype=np.float64)
        self._learn(values, y, None)
        return self

    def transform(self, X: Any) -> Any:
        """The new rows of documents that carry a matrix, or of an array."""
        if isinstance(X, Documents):
            return super().transform(X)
        from sklearn.utils.validation import validate_data

        self.need_training()
        return self._map(validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False))

    def learn(self, documents: Documents, labels: Any = None) -> None:
        values = matrix_of(documents).values
        if not values.shape[0]:
            raise InputError(
                f"{self.name()}: no training documents were given, it needs one or more"
            )
        if self.needs_labels and labels is None:
            raise InputError(
                f"{self.name()} needs a label for each training document, and none were given: "
                "fit(texts, labels), or --data LABEL=PATH, or a column of labels"
            )
        self.n_features_in_ = int(values.shape[1])
        known = None if labels is None else labels_of(labels, len(documents))
        self._learn(values, known, documents.texts())

    def apply(self, documents: Documents) -> Documents:
        matrix = matrix_of(documents)
        if matrix.values.shape[1] != self.n_features_in_:
            raise InputError(
                f"{self.name()} learned from a matrix of {self.n_features_in_} columns, and one of "
                f"{matrix.values.shape[1]} was given: train it again together with what stands before it"
            )
        return documents.with_(matrix=self._new(matrix, self._map(matrix.values)))

    def classes_of(self, labels: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """The distinct labels, sorted, and the number of each label. Raises InputError for fractions,
        which are no classes.
        """
        if labels.dtype.kind == "f" and (labels % 1 != 0).any():
            raise InputError(
                f"{self.name()} learns what sets labels apart, and these are numbers with fractions, such "
                f"as {labels[labels % 1 != 0][0]}: leave it out before a regression"
            )
        classes, codes = np.unique(labels, return_inverse=True)
        return (classes.astype(str) if classes.dtype.kind == "O" else classes), codes.ravel()

    def _must_have(self, n_columns: int) -> None:
        """Raise BundleError unless what was learned is about the columns that training had."""
        if n_columns != self.n_features_in_:
            raise BundleError(
                f"{self.name()}: what it learned is about {n_columns} columns, and training had "
                f"{self.n_features_in_}: the model is damaged, train it again"
            )

    def _new(self, matrix: Matrix, values: Any) -> Matrix:
        return Matrix(values, self.features(matrix.features), matrix.known, matrix.total)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """The columns' names, as scikit-learn asks for them."""
        self.need_training()
        before = input_features
        if before is None:
            before = [f"x{i}" for i in range(self.n_features_in_)]
        return np.array(list(self.features(before)), object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = self.needs_labels
        return tags


def matrix_of(documents: Documents) -> Matrix:
    """The documents' matrix; the pipeline has checked that there is one."""
    assert documents.matrix is not None, "checked by the pipeline"  # noqa: S101  # for mypy
    return documents.matrix
