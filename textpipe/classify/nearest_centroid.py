"""One mean document for each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.classify.decider import Classifier
from textpipe.documents import Decisions
from textpipe.rows import dense, unit_rows


class NearestCentroid(Classifier):
    """The class whose mean document is most similar, by cosine (Rocchio's classifier).

    Manning, Raghavan, Schütze: Introduction to Information Retrieval, 14.2. Rows are brought to length 1
    before they are averaged, and so is the mean.

    Reads a matrix; writes decisions, whose scores are cosines.

    >>> model = NearestCentroid().fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> model.predict([[0.8, 0.1]]).tolist()
    ['ham']
    """

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        codes = self._classes_of(y)
        rows = unit_rows(values)
        member = sparse.csr_matrix(
            (np.ones(len(codes)), (codes, np.arange(len(codes)))),
            shape=(len(self.classes_), len(codes)),
        )
        sums = member @ rows
        self.centroids_ = unit_rows(dense(sums))

    def _decide(self, values: Any) -> Decisions:
        rows = sparse.csr_matrix(unit_rows(values))  # row by row: no batch matters
        scores = np.asarray(rows @ self.centroids_.T)
        best = np.argmax(np.round(scores, 10), axis=1)
        return Decisions(
            self.classes_, self.classes_[best], scores, np.zeros(len(best), bool), False
        )
