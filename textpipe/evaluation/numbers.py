"""How good is a pipeline whose labels are numbers?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.decider import Classifier, Decider
from textpipe.documents import Documents
from textpipe.duplicates import near_duplicate_groups
from textpipe.errors import DefinitionError, InputError
from textpipe.evaluation.cross_validation import Progress, crossed_over, in_order
from textpipe.evaluation.intervals import interval, resamples
from textpipe.evaluation.splits import Split, folds_of
from textpipe.labels import labels_of
from textpipe.pipeline import Pipeline
from textpipe.run import Spent

Floats = NDArray[np.float64]


@dataclass
class NumberReport:
    """What an evaluation found: each document's number, and the one that was predicted.

    labels, values   float[n]
    unsure           bool[n]: without evidence, so that the mean of training stands in
    folds, groups    int64[n]: the number of each document's fold, and of its group of near-duplicates
    """

    labels: Floats
    values: Floats
    unsure: NDArray[np.bool_]
    ids: list[str]
    texts: list[str]
    folds: NDArray[np.int64]
    split: Split
    groups: NDArray[np.int64]
    seconds: dict[str, float] = field(default_factory=dict)
    stages: list[Spent] = field(default_factory=list)

    @property
    def n_groups(self) -> int:
        """How many groups of near-duplicates there are."""
        return len(np.unique(self.groups))

    @cached_property
    def scores(self) -> dict[str, float]:
        """R² (1 is perfect, 0 no better than the mean), mean absolute error, Spearman's correlation."""
        found = _scores(np.ones((1, len(self.labels))), self.labels, self.values)
        return {name: float(value[0]) for name, value in found.items()}

    @cached_property
    def intervals(self) -> dict[str, list[float]]:
        """For each score the interval [low, high] that holds 95 % of 1,000 resamples of the groups."""
        numbers = np.unique(self.groups, return_inverse=True)[1].ravel()
        parts = [
            _scores(weights[:, numbers], self.labels, self.values)
            for weights in resamples(int(numbers.max()) + 1, len(numbers))
        ]
        found = {
            name: interval(np.concatenate([part[name] for part in parts])) for name in parts[0]
        }
        return {name: ends for name, ends in found.items() if ends is not None}

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        return {
            "documents": len(self.labels),
            "split": {
                "kind": self.split,
                "folds": int(self.folds.max()) + 1,
                "groups": self.n_groups,
            },
            "scores": {name: None if np.isnan(v) else v for name, v in self.scores.items()},
            "intervals": self.intervals,
            "unsure": int(self.unsure.sum()),
            "seconds": {name: round(seconds, 4) for name, seconds in self.seconds.items()},
        }


def evaluate_numbers(
    pipeline: Pipeline,
    documents: Any,
    labels: Any,
    *,
    folds: int = 5,
    split: Split = "grouped",
    seed: int = 0,
    progress: Progress | None = None,
) -> NumberReport:
    """Cross-validate a pipeline that ends in a regressor, as ``evaluate`` does one with a classifier.

    Raises InputError for labels that are no numbers or too few documents, DefinitionError for a pipeline
    that predicts no numbers.
    """
    documents = Documents.of(documents)
    numbers = _numbers(labels_of(labels, len(documents)))
    pipeline.check()
    last = pipeline.stages[-1]
    if not isinstance(last, Decider) or isinstance(last, Classifier):
        raise DefinitionError(
            "an evaluation of numbers needs a pipeline that ends in knn_regressor, and this one ends in "
            f"{last.name()}",
            len(pipeline.stages) - 1,
        )
    groups = near_duplicate_groups(documents.texts())
    n_groups = len(np.unique(groups))
    if n_groups < folds:
        raise InputError(
            f"{folds} folds need at least {folds} groups of near-duplicates, and there are {n_groups}: "
            "give more documents, or ask for fewer folds"
        )
    parts = folds_of(np.zeros(len(numbers)), groups, folds, split, seed)
    found, fold_of, seconds, times = crossed_over(pipeline, documents, numbers, parts, progress)
    decisions = in_order(found, parts)
    return NumberReport(
        numbers,
        decisions.values.astype(np.float64),
        decisions.unsure,
        documents.ids.to_pylist(),
        documents.texts(),
        fold_of,
        split,
        groups,
        seconds,
        times,
    )


def _numbers(labels: NDArray[Any]) -> Floats:
    try:
        numbers = labels.astype(np.float64)
    except ValueError as error:
        raise InputError(
            f"labels must be numbers, and one is none: {error}. For named classes use knn_classifier"
        ) from error
    if not np.isfinite(numbers).all():
        at = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InputError(
            f"labels must be finite numbers, and that of document {at} is {labels[at]}"
        )
    return numbers


def _scores(weights: Floats, labels: Floats, values: Floats) -> dict[str, Floats]:
    """The scores of resamples, where each document counts as often as it was drawn [resamples, n]."""
    totals = weights.sum(axis=1)
    means = weights @ labels / totals
    spread = weights @ labels**2 / totals - means**2
    squares = weights @ (values - labels) ** 2 / totals
    enough = spread > 1e-12 * (weights @ labels**2 / totals)
    return {
        "r2": np.where(enough, 1 - squares / np.where(enough, spread, 1.0), np.nan),
        "mean_absolute_error": weights @ np.abs(values - labels) / totals,
        "spearman": _correlations(weights, _ranks(weights, labels), _ranks(weights, values)),
    }


def _ranks(weights: Floats, values: Floats) -> Floats:
    """The rank of each document among the drawn ones; equal values share the mean of their ranks."""
    order = np.argsort(values, kind="stable")
    rising = values[order]
    starts = np.flatnonzero(np.r_[True, rising[1:] != rising[:-1]])
    level = np.cumsum(np.r_[True, rising[1:] != rising[:-1]]) - 1
    counts = np.add.reduceat(weights[:, order], starts, axis=1)
    middles = np.cumsum(counts, axis=1) - (counts - 1) / 2
    ranks = np.empty_like(weights)
    ranks[:, order] = middles[:, level]
    return ranks


def _correlations(weights: Floats, one: Floats, other: Floats) -> Floats:
    """Pearson's correlation of each row; NaN where all values are the same."""
    totals = weights.sum(axis=1, keepdims=True)
    one = one - (weights * one).sum(axis=1, keepdims=True) / totals
    other = other - (weights * other).sum(axis=1, keepdims=True) / totals
    spread = np.sqrt((weights * one**2).sum(axis=1) * (weights * other**2).sum(axis=1))
    both = (weights * one * other).sum(axis=1)
    found: Floats = np.divide(both, spread, out=np.full_like(both, np.nan), where=spread > 1e-9)
    return found
