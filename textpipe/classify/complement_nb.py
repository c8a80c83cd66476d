"""Naive Bayes for uneven classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Probabilities
from textpipe.classify.linear import LinearClassifier


class ComplementNb(Probabilities, LinearClassifier):
    """The class whose complement fits a document least (scikit-learn's ``ComplementNB``).

    Rennie et al.: Tackling the Poor Assumptions of Naive Bayes Text Classifiers, 2003.

    Options:
        alpha: added to each word's count, 0 or more. Default 1.0.
        verdict_from: a label is only said where its probability is at least this, such as
            ``{ spam = 0.97 }``; else the verdict is "unsure". Default: no such bound.

    Reads a matrix of 0 or more; writes decisions, whose scores are (overconfident) probabilities.
    Raises InputError for negative values.

    >>> model = ComplementNb().fit([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]], ["ham", "ham", "spam"])
    >>> model.predict([[1.0, 0.0]]).tolist()
    ['ham']
    """

    probabilities = True
    nonnegative = True

    def __init__(self, alpha: float = 1.0, verdict_from: dict[str, float] | None = None) -> None:
        self.alpha = alpha
        self.verdict_from = verdict_from

    def _estimator(self) -> Any:
        from sklearn.naive_bayes import ComplementNB

        return ComplementNB(alpha=self.alpha)

    def _weights(self, trained: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return trained.feature_log_prob_, np.zeros(len(trained.classes_))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = (
            True  # on data that are no counts, like scikit-learn's own
        )
        return tags
