"""Logistic regression: a linear classifier with probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Probabilities
from textpipe.classify.linear import LinearClassifier


class LogisticRegression(Probabilities, LinearClassifier):
    """The most probable class by a learned linear score (scikit-learn's ``LogisticRegression``).

    Options:
        C: how much a training error costs; smaller is smoother. Default 1.0.
        balanced: weigh classes by their inverse frequency. Default false.
        max_iter: how many steps at most. Default 1000.
        verdict_from: a label is only said where its probability is at least this, such as
            ``{ spam = 0.97 }``; else the verdict is "unsure". Default: no such bound.

    Reads a matrix; writes decisions, whose scores are probabilities.

    >>> model = LogisticRegression().fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], ["ham", "ham", "spam"])
    >>> model.predict([[0.8, 0.1]]).tolist()
    ['ham']
    """

    probabilities = True

    def __init__(
        self,
        C: float = 1.0,
        balanced: bool = False,
        max_iter: int = 1000,
        verdict_from: dict[str, float] | None = None,
    ) -> None:
        self.C = C
        self.balanced = balanced
        self.max_iter = max_iter
        self.verdict_from = verdict_from

    def _estimator(self) -> Any:
        from sklearn.linear_model import LogisticRegression as Reference

        weight = "balanced" if self.balanced else None
        return Reference(C=self.C, class_weight=weight, max_iter=self.max_iter)

    def _weights(self, trained: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        self.n_iter_ = trained.n_iter_
        return super()._weights(trained)
