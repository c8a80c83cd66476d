"""What the classifiers share whose score is one product of the row with learned weights."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.classify.decider import Classifier
from textpipe.documents import Decisions
from textpipe.errors import InputError


class LinearClassifier(Classifier):
    """A classifier by ``coef_`` [n_classes, n_features] and ``intercept_`` [n_classes].

    scikit-learn learns them; only these arrays are kept, so that a trained pipeline needs no pickle.
    Where scikit-learn has one row of weights for two classes, the first class gets a row of zeros (and, in
    scores that are no probabilities, the mirror of the second's score).
    """

    probabilities: ClassVar[bool]

    def _estimator(self) -> Any:
        raise TypeError(f"{type(self).__name__} must say _estimator()")

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        codes = self._classes_of(y)
        if len(self.classes_) < 2:
            raise InputError(
                f"{self.name()} needs at least two classes, and one class was given: "
                f"{self.classes_.tolist()}"
            )
        trained = self._estimator().fit(values, codes)
        coef, intercept = self._weights(trained)
        if len(coef) == 1:
            coef, intercept = np.vstack([0 * coef, coef]), np.append(0.0, intercept)
        self.coef_ = np.ascontiguousarray(coef, np.float64)
        self.intercept_ = np.asarray(intercept, np.float64)

    def _weights(self, trained: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return trained.coef_, trained.intercept_

    def _decide(self, values: Any) -> Decisions:
        rows = values if sparse.issparse(values) else sparse.csr_matrix(values)
        scores = np.asarray(rows @ self.coef_.T) + self.intercept_  # row by row: no batch matters
        best = np.argmax(scores, axis=1)
        if len(self.classes_) == 2 and not self.probabilities:
            scores[:, 0] = -scores[:, 1]
        if self.probabilities:
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
        return Decisions(
            self.classes_,
            self.classes_[best],
            scores,
            np.zeros(len(best), bool),
            self.probabilities,
        )
