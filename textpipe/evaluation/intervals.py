"""How far a figure could be off by the luck of which documents were at hand: the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.evaluation.thresholds import recall_name

Floats = NDArray[np.float64]

RESAMPLES = 1000
SEED = 0
TAILS = (0.025, 0.975)

_CELLS = 2_000_000
"""Resamples are worked on in parts, so that a table of resamples by documents, or by the cells of a
confusion table, has no more cells than this."""


@dataclass(frozen=True)
class Judged:
    """What there is to know about documents that were judged, for the figures to be drawn from.

    truth      the label of each document, as a number
    said       the verdict on it, as a number; a verdict that is no label has the highest
    labels     how many labels there are
    named      which of the labels is the positive one; None where none is
    positive   bool[n]: has it the positive label (for ``ranking`` alone, the second)? None without one
    scores     float[n], higher is more likely positive; NaN for what is never taken; None without any
    ranking    the scores by which ROC curves are drawn, without NaN; None where there is none
    """

    truth: NDArray[np.int64]
    said: NDArray[np.int64]
    labels: int
    named: int | None = None
    positive: NDArray[np.bool_] | None = None
    scores: Floats | None = None
    ranking: Floats | None = None


def drawn(judged: Judged, groups: NDArray[np.int64], rates: tuple[float, ...]) -> dict[str, Floats]:
    """Each figure of each resample [``RESAMPLES``]; NaN in a resample that lacks a label it needs.

    A resample draws as many groups of near-duplicates as there are, with replacement, each with all of
    its documents: copies of one message are one observation. (Efron and Tibshirani: An introduction to
    the bootstrap, 1993, chapter 13.) The same groups give the same resamples, so that the figures of
    two pipelines may be compared resample by resample.
    """
    numbers = np.unique(groups, return_inverse=True)[1].ravel()
    tables = _tables(judged, numbers)
    parts: dict[str, list[Floats]] = {}
    for weights in resamples(int(numbers.max()) + 1, max(len(numbers), tables.shape[1])):
        found = _of_verdicts(weights @ tables, judged)
        of_documents = weights[:, numbers]
        if judged.positive is not None and judged.ranking is not None:
            found["roc_auc"] = _areas(of_documents, judged.positive, judged.ranking)
        if judged.positive is not None and judged.scores is not None:
            found |= _recalls(of_documents, judged.positive, judged.scores, rates)
        for name, values in found.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def interval(values: Floats) -> list[float] | None:
    """The middle 95 % of a figure's resamples (percentile interval); None where it has no value at all.

    >>> interval(np.arange(81.0))
    [2.0, 78.0]
    """
    if np.isnan(values).all():
        return None
    low, high = np.nanquantile(values, TAILS)
    return [float(low), float(high)]


def resamples(groups: int, cells: int) -> Iterator[Floats]:
    """How often each group was drawn, float[resamples, groups], in parts that fit into memory.

    ``cells`` is how much is worked out for each resample.
    """
    random = np.random.default_rng(SEED)
    at_once = max(1, min(RESAMPLES, _CELLS // max(1, cells)))
    for start in range(0, RESAMPLES, at_once):
        many = min(at_once, RESAMPLES - start)
        picked = random.integers(groups, size=(many, groups)) + groups * np.arange(many)[:, None]
        counts = np.bincount(picked.ravel(), minlength=many * groups)
        yield counts.reshape(many, groups).astype(np.float64)


def _tables(judged: Judged, groups: NDArray[np.int64]) -> Any:
    """The confusion table of each group by itself, CSR [groups, labels * (labels + 1)]."""
    cells = judged.truth * (judged.labels + 1) + judged.said
    shape = (int(groups.max()) + 1, judged.labels * (judged.labels + 1))
    return sparse.csr_matrix((np.ones(len(cells)), (groups, cells)), shape)


def _of_verdicts(tables: Floats, judged: Judged) -> dict[str, Floats]:
    """The figures that follow from confusion tables [n, labels * (labels + 1)]."""
    tables = tables.reshape(-1, judged.labels, judged.labels + 1)
    total = tables.sum(axis=(1, 2))
    right = np.diagonal(tables, axis1=1, axis2=2)
    truth, said = tables.sum(axis=2), tables.sum(axis=1)
    # Gorodkin's generalization of Matthews' correlation to any number of classes (2004)
    covariance = right.sum(axis=1) * total - (truth * said[:, :-1]).sum(axis=1)
    spread = np.sqrt((total**2 - (said**2).sum(axis=1)) * (total**2 - (truth**2).sum(axis=1)))
    both = truth + said[:, :-1]
    f1 = np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0)
    found = {
        "accuracy": right.sum(axis=1) / total,
        "macro_f1": f1.mean(axis=1),
        "mcc": np.divide(covariance, spread, out=np.zeros_like(covariance), where=spread > 0),
    }
    if judged.named is not None:
        own, all_own = right[:, judged.named], truth[:, judged.named]
        found["recall"] = _divided(own, all_own)
        found["false_positive_rate"] = _divided(said[:, judged.named] - own, total - all_own)
    return found


def _areas(weights: Floats, positive: NDArray[np.bool_], scores: Floats) -> Floats:
    """The area under the ROC curve, where each document counts as often as it was drawn."""
    order, starts = _levels(scores)
    ups, downs = _by_level(weights, positive, order, starts)
    below = np.cumsum(downs[:, ::-1], axis=1)[:, ::-1] - downs / 2
    pairs = ups.sum(axis=1) * downs.sum(axis=1)
    return _divided((ups * below).sum(axis=1), pairs)


def _recalls(
    weights: Floats, positive: NDArray[np.bool_], scores: Floats, rates: tuple[float, ...]
) -> dict[str, Floats]:
    """Recall at false-positive rates, where each document counts as often as it was drawn."""
    positives, negatives = weights[:, positive].sum(axis=1), weights[:, ~positive].sum(axis=1)
    known = ~np.isnan(scores)
    order, starts = _levels(scores[known])
    ups, downs = _by_level(weights[:, known], positive[known], order, starts)
    alarms, found = np.cumsum(downs, axis=1), np.cumsum(ups, axis=1)
    found = np.concatenate([np.zeros((len(found), 1)), found], axis=1)
    rows = np.arange(len(found))
    recalls = {}
    for rate in rates:
        allowed = (alarms <= rate * negatives[:, None] + 1e-9).sum(axis=1)
        recall = _divided(found[rows, allowed], positives)
        recalls[recall_name(rate)] = np.where(negatives > 0, recall, np.nan)
    return recalls


def _levels(scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The order from the highest score to the lowest, and where in it each new score begins."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    return order, np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]][: len(falling)])


def _by_level(
    weights: Floats,
    positive: NDArray[np.bool_],
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
) -> tuple[Floats, Floats]:
    """How many positive and how many negative documents each resample has of each score."""
    if not len(order):
        return np.zeros((len(weights), 0)), np.zeros((len(weights), 0))
    falling, up = weights[:, order], positive[order]
    ups = np.add.reduceat(falling * up, starts, axis=1)
    return ups, np.add.reduceat(falling, starts, axis=1) - ups


def _divided(values: Floats, by: Floats) -> Floats:
    """NaN where there is nothing to divide by."""
    return np.divide(values, by, out=np.full_like(values, np.nan), where=by > 0)
