"""A linear support vector machine: the yardstick for text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.linear import LinearClassifier


class LinearSvc(LinearClassifier):
    """The side of a learned plane on which a document lies (scikit-learn's ``LinearSVC``).

    Scores are distances from the plane, not probabilities.

    Options:
        C: how much a training error costs; smaller is smoother. Default 1.0.
        balanced: weigh classes by their inverse frequency. Default false.
        seed: for the order in which rows are visited. Default 0.

    Reads a matrix; writes decisions.

    >>> svc = LinearSvc().fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> svc.predict([[0.8, 0.1], [0.1, 0.8]]).tolist()
    ['ham', 'spam']
    """

    probabilities = False

    def __init__(self, C: float = 1.0, balanced: bool = False, seed: int = 0) -> None:
        self.C = C
        self.balanced = balanced
        self.seed = seed

    def _estimator(self) -> Any:
        from sklearn.svm import LinearSVC

        weight = "balanced" if self.balanced else None
        return LinearSVC(C=self.C, class_weight=weight, random_state=self.seed)

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Distance from each class's plane [n_documents, n_classes]; with two classes [n_documents],
        from the plane between them, positive on the side of the second.
        """
        scores = self.decide(X).scores
        return scores[:, 1] if len(self.classes_) == 2 else scores
