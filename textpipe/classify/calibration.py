"""From shares of votes to probabilities that come true."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMALLEST = 1e-6
"""Shares are kept this far from 0 and 1, whose logarithms are not finite."""

LEAST_SLOPE = 0.01
"""Of scores that tell nothing, or the contrary: all probabilities come near 0.5, and no verdict changes."""

FEWEST = 5
"""A class with fewer judged documents inside or outside is not calibrated."""


def calibrate(
    method: Literal["beta", "isotonic"], scores: Array, truth: NDArray[np.int64]
) -> dict[str, Any]:
    """What brings the scores [n, n_classes] of documents of the classes ``truth`` [n] to probabilities.

    "beta": two numbers for each class, fitted by logistic regression, that leave 0.5 where it is, so that
    of two classes the likelier one stays the likelier (Kull, Silva Filho, Flach: Beta calibration, 2017,
    with m = 1/2). "isotonic": a rising line through the steps that fit best, for each class (Zadrozny and
    Elkan, 2002); it may move the verdict. With two classes, the second one's; the first one gets the rest.
    With more, each class is set against all others, and their probabilities are brought to the sum 1.
    A class with too few documents keeps its shares of votes; empty where all do.
    """
    order = np.lexsort((truth, *scores.T))  # theirs must not matter
    scores, truth = scores[order], truth[order]
    n_classes = scores.shape[1]
    columns = [1] if n_classes == 2 else list(range(n_classes))
    maps: dict[str, Any] = {}
    for column in columns:
        positive = truth == column
        if min(positive.sum(), (~positive).sum()) < FEWEST:
            continue
        fit = _beta if method == "beta" else _isotonic
        maps[str(column)] = fit(scores[:, column], positive)
    return maps


def calibrated(maps: dict[str, Any], scores: Array) -> Array:
    """The probabilities of scores [n, n_classes], by what :func:`calibrate` found."""
    if not maps:
        return scores
    found = scores.copy()
    for column, numbers in maps.items():
        found[:, int(column)] = _apply(np.asarray(numbers), scores[:, int(column)])
    if scores.shape[1] == 2:
        found[:, 0] = 1.0 - found[:, 1]
        return found
    totals = found.sum(axis=1, keepdims=True)
    shares: Array = np.where(totals > 0, found / np.where(totals > 0, totals, 1.0), scores)
    return shares


def fit_classes(maps: dict[str, Any], n_classes: int) -> bool:
    """Are the maps about classes that there are, and is each such as :func:`calibrate` makes them?"""
    columns = ["1"] if n_classes == 2 else [str(column) for column in range(n_classes)]
    shapes = [np.shape(numbers) for numbers in maps.values()]
    formed = all(shape[:1] == (2,) and len(shape) < 3 and shape[-1] > 0 for shape in shapes)
    return formed and set(maps) <= set(columns)


def _apply(numbers: Array, scores: Array) -> Array:
    if numbers.ndim == 1:
        from scipy.special import expit

        rising: Array = expit(_logarithms(scores) @ numbers)
        return rising
    between: Array = np.interp(scores, numbers[0], numbers[1])
    return between


def _logarithms(scores: Array) -> Array:
    """ln 2s and -ln 2(1 - s), [n, 2]: both are 0 at 0.5."""
    inside = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return np.stack([np.log(2 * inside), -np.log(2 * (1 - inside))], axis=1)


def _beta(scores: Array, positive: NDArray[np.bool_]) -> Array:
    """a and b of 1 / (1 + exp(-(a ln 2s - b ln 2(1 - s)))); both are 0 or more, and not both 0, so that
    the probability rises with the score."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    # a class of n documents counts as (n + 1) / (n + 2) certain, else a few documents that come apart would
    # make probabilities of 0 and 1 (Platt: Probabilistic outputs for support vector machines, 1999)
    n_inside, n_outside = int(positive.sum()), int((~positive).sum())
    certain = np.where(positive, (n_inside + 1) / (n_inside + 2), (n_outside + 1) / (n_outside + 2))
    columns, numbers, used = np.tile(_logarithms(scores), (2, 1)), np.zeros(2), [0, 1]
    labels, weights = np.append(positive, ~positive), np.append(certain, 1 - certain)
    while used:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = LogisticRegression(C=1e6, max_iter=1000, fit_intercept=False)
            model.fit(columns[:, used], labels, sample_weight=weights)
        if (model.coef_[0] >= 0).all():
            numbers[used] = model.coef_[0]
            break
        used.pop(int(np.argmin(model.coef_[0])))
    return numbers if numbers.any() else np.full(2, LEAST_SLOPE)


def _isotonic(scores: Array, positive: NDArray[np.bool_]) -> Array:
    """Scores and probabilities between which is interpolated, [2, n_points]."""
    from sklearn.isotonic import IsotonicRegression

    found = IsotonicRegression(y_min=0.0, y_max=1.0).fit(scores, positive.astype(np.float64))
    return np.stack([found.X_thresholds_, found.y_thresholds_])
