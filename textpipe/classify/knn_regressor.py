"""The mean of the numbers that a document's nearest neighbours have."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.training_set import TrainingSet
from textpipe.documents import Decisions
from textpipe.errors import InputError


class KnnRegressor(TrainingSet):
    """The mean of the labels of the nearest training documents, where labels are numbers.

    A document without any known word gets the mean of all training labels and is marked unsure.

    Options:
        k: how many neighbours count; if there are fewer training documents, all of them. Default 10.
        metric: "cosine", or "euclidean" (then similarity is 1 / (1 + distance)). Default "cosine".
        weights: "similarity": a neighbour counts by its similarity to the power of ``power``; or
            "uniform": all count alike. Default "similarity".
        power: see weights; 0 or more. Default 2.0.
        excerpt: how many characters of each training text are kept, to be shown with an explanation;
            0 keeps none. Default 200.

    Reads a matrix; writes decisions, whose values are numbers.
    Raises InputError where a label is no number.

    >>> knn = KnnRegressor(k=2, weights="uniform").fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], [1, 2, 9])
    >>> knn.predict([[0.8, 0.1]]).tolist()
    [1.5]
    """

    def __init__(
        self,
        k: int = 10,
        metric: Literal["cosine", "euclidean"] = "cosine",
        weights: Literal["similarity", "uniform"] = "similarity",
        power: float = 2.0,
        excerpt: int = 200,
    ) -> None:
        super().__init__(k, metric, weights, power, excerpt)

    def _learn(self, values: Any, y: NDArray[Any]) -> None:
        targets = self.targets_of(y)
        self._keep(values, targets, targets)
        self.recount()

    def targets_of(self, labels: NDArray[Any]) -> NDArray[np.float64]:
        try:
            targets = np.asarray(labels, np.float64)
        except ValueError as error:
            raise InputError(
                f"knn_regressor needs numbers as labels, and one is no number: {error}. "
                "For named classes use knn_classifier"
            ) from error
        if not np.isfinite(targets).all():
            odd = targets[~np.isfinite(targets)][0]
            raise InputError(f"knn_regressor: a label must be a finite number, and {odd} was given")
        return targets

    def misfits(self) -> list[str]:
        numbers = getattr(self, "targets_", np.zeros(0, int))
        return super().misfits() + ["targets_"] * (numbers.dtype.kind != "f")

    def labels_at(self, targets: NDArray[Any]) -> NDArray[Any]:
        return targets

    def recount(self) -> None:
        targets = self.targets_[self.there()]
        self.mean_ = math.fsum(targets) / max(1, len(targets))  # in whatever order they came

    def _decide(self, values: Any) -> Decisions:
        hood = self.neighbourhood(values)
        totals = hood.votes.sum(axis=1)
        targets = np.append(self.targets_, 0.0)[
            hood.positions
        ]  # at -1, where there is no neighbour
        sums = (hood.votes * targets).sum(axis=1)
        found = totals > 0
        means = np.where(found, sums / np.where(found, totals, 1.0), self.mean_)
        return Decisions(np.array([]), means, np.zeros((len(means), 0)), ~found, False)

    def label_of(self, position: int) -> float:
        """The number of the training document at this position."""
        return float(self.targets_[position])

    def score(self, X: Any, y: Any) -> float:
        """Coefficient of determination R²."""
        from sklearn.metrics import r2_score

        return float(r2_score(y, self.predict(X)))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags

        tags = super().__sklearn_tags__()
        tags.estimator_type = "regressor"
        tags.regressor_tags = RegressorTags()
        tags.transformer_tags = None
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        return tags
