"""From which score on a label is said, so that a mistake of one kind stays as rare as it has to be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from textpipe.errors import InputError
from textpipe.evaluation.shares import Share, share, share_as_json

MOST_DIGITS = 12
"""A threshold is written with as few digits as it takes, and never with more than these."""


@dataclass(frozen=True)
class Threshold:
    """Where a positive and a negative label begin, and what they came to on the documents at hand.

    positive_from    the score of the positive label from which on it is said
    negative_below   the score of the positive label below which the negative one is said; what lies
                     between the two is unsure
    rate             the false-positive rate that was asked for
    miss_rate        the same for the other mistake: positive documents that get the negative label
    confidence       of the intervals
    positives        how many positive documents got the positive label, none, the negative label
    negatives        the same of the negative documents
    """

    positive_from: float
    negative_below: float
    rate: float
    miss_rate: float | None
    confidence: float
    positives: tuple[int, int, int]
    negatives: tuple[int, int, int]

    @property
    def false_positive_rate(self) -> Share:
        """The share of negative documents that get the positive label."""
        return share(self.negatives[0], sum(self.negatives), self.confidence)

    @property
    def recall(self) -> Share:
        """The share of positive documents that get the positive label."""
        return share(self.positives[0], sum(self.positives), self.confidence)

    @property
    def missed(self) -> Share:
        """The share of positive documents that get the negative label."""
        return share(self.positives[2], sum(self.positives), self.confidence)

    @property
    def cleared(self) -> Share:
        """The share of negative documents that get the negative label."""
        return share(self.negatives[2], sum(self.negatives), self.confidence)

    @property
    def unsure(self) -> int:
        """How many documents get neither label."""
        return self.positives[1] + self.negatives[1]

    def verdict_from(self, positive: str, negative: str) -> dict[str, float]:
        """The classifiers' option ``verdict_from``: each label, and the score of its own it needs."""
        return {positive: self.positive_from, negative: round(1 - self.negative_below, MOST_DIGITS)}

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries."""
        return {
            "rate": self.rate,
            "miss_rate": self.miss_rate,
            "confidence": self.confidence,
            "positive_from": self.positive_from,
            "negative_below": self.negative_below,
            "false_positive_rate": share_as_json(self.false_positive_rate),
            "recall": share_as_json(self.recall),
            "missed": share_as_json(self.missed),
            "cleared": share_as_json(self.cleared),
            "unsure": self.unsure,
        }


def recall_at_fpr(truth: ArrayLike, scores: ArrayLike, rate: float) -> float:
    """The largest recall of any threshold whose false-positive rate does not exceed ``rate``.

    A threshold takes every document whose score is at least as high, so that documents of the same
    score are taken together or not at all. 0.0 where every threshold that finds something raises too
    many false alarms.

    truth    bool[n]: is it a positive document?
    scores   float[n]: higher is more likely positive; NaN for a document that is never taken

    >>> recall_at_fpr([True, True, True, False, False], [0.9, 0.8, 0.5, 0.5, 0.1], rate=0.0)
    0.6666666666666666
    >>> recall_at_fpr([True, True, True, False, False], [0.9, 0.8, 0.5, 0.5, 0.1], rate=0.5)
    1.0
    """
    truth, scores = np.asarray(truth, bool), np.asarray(scores, np.float64)
    barrier = _barrier(scores[~truth], _most_of(int((~truth).sum()), rate))
    return float(np.mean(scores[truth] > barrier))  # a comparison with NaN is false


def recall_name(rate: float) -> str:
    """What recall at a false-positive rate is called among the scores.

    >>> recall_name(0.001)
    'recall_at_fpr_0.001'
    """
    return f"recall_at_fpr_{rate:g}"


def choose_threshold(
    truth: ArrayLike,
    scores: ArrayLike,
    rate: float,
    confidence: float = 0.95,
    *,
    miss_rate: float | None = None,
    minimum_training: int = 20,
) -> Threshold:
    """The thresholds that say as much as the two rates allow.

    The positive label is said from the lowest score on at which no more than ``rate`` of the negative
    documents would get it, the negative label below the highest score at which no more than
    ``miss_rate`` of the positive ones would. Each threshold lies in the middle between the document
    that it must keep out and the next one beyond it. No label is said that is not the likelier one: the
    first is above 0.5, the second below. Without a ``miss_rate`` that is all that is asked of it.

    truth    bool[n]: is it a positive document?
    scores   float[n], 0 to 1: the positive label's; NaN for a document without evidence, which gets
             no label

    Raises InputError for fewer documents of either kind than ``minimum_training`` or than it takes to
    see the rate (:func:`documents_needed`), and where too many documents that must be kept out have the
    highest score.

    >>> truth = np.arange(1000) < 400
    >>> scores = np.where(truth, 0.9, 0.1) + np.arange(1000) % 100 / 200 * np.where(truth, -1, 1)
    >>> chosen = choose_threshold(truth, scores, rate=0.02)
    >>> chosen.positive_from, chosen.negative_below
    (0.587, 0.498)
    >>> chosen.false_positive_rate
    Share(part=12, total=600, low=0.010..., high=0.034...)
    >>> choose_threshold(truth, scores, rate=0.001)
    Traceback (most recent call last):
    textpipe.errors.InputError: a false-positive rate of 0.001 cannot be judged ... needs 2,995 ...
    """
    truth, scores = np.asarray(truth, bool), np.asarray(scores, np.float64)
    _enough(truth, rate, miss_rate, confidence, minimum_training)
    upper = _cut(scores, ~truth, rate, "false-positive rate", "negative")
    lower = round(1 - _cut(1 - scores, truth, miss_rate, "miss rate", "positive"), MOST_DIGITS)
    return Threshold(
        upper,
        lower,
        rate,
        miss_rate,
        confidence,
        _three_ways(scores[truth], upper, lower),
        _three_ways(scores[~truth], upper, lower),
    )


def documents_needed(rate: float, confidence: float = 0.95) -> int:
    """How many documents without a single mistake it takes to be this sure that mistakes are this rare.

    With no mistake among n, the upper one-sided bound of the rate is 1 - (1 - confidence)^(1/n), about
    3/n at 95 % (Hanley and Lippman-Hand: If nothing goes wrong, is everything all right? 1983).

    >>> documents_needed(0.001), documents_needed(0.01)
    (2995, 299)
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate) - 1e-9)


def lowest_rate(documents: int, confidence: float = 0.95) -> float:
    """The lowest rate that so many documents can support, rounded up to two digits.

    >>> lowest_rate(299), lowest_rate(747)
    (0.01, 0.0041)
    """
    bound = -math.expm1(math.log(1 - confidence) / documents)
    step = 10.0 ** (math.floor(math.log10(bound)) - 1)
    return float(f"{math.ceil(bound / step - 1e-9) * step:.2g}")


def _enough(
    truth: NDArray[np.bool_],
    rate: float,
    miss_rate: float | None,
    confidence: float,
    minimum_training: int,
) -> None:
    """Raise InputError for a rate that makes no sense or that so few documents cannot show."""
    if not 0 < confidence < 1:
        raise InputError(f"confidence must be between 0 and 1, and {confidence:g} was given")
    for what, kind, asked, documents in (
        ("false-positive rate", "negative", rate, int((~truth).sum())),
        ("miss rate", "positive", miss_rate, int(truth.sum())),
    ):
        if documents < minimum_training:
            raise InputError(
                f"a threshold needs at least {minimum_training:,} {kind} documents, and there are "
                f"{documents:,}: give more documents, or ask for fewer (minimum_training)"
            )
        if asked is None:
            continue
        if not 0 < asked < 1:
            raise InputError(f"a {what} must be between 0 and 1, and {asked:g} was given")
        needed = documents_needed(asked, confidence)
        if documents < needed:
            raise InputError(
                f"a {what} of {asked:g} cannot be judged by {documents:,} {kind} documents: at "
                f"{confidence:.0%} confidence it needs {needed:,} of them, even if none is decided wrongly. "
                f"Give more documents, or ask for {lowest_rate(documents, confidence):g} or more"
            )


def _most_of(documents: int, rate: float) -> int:
    """The largest count that is no more than this share of the documents."""
    count = min(documents, int(rate * documents) + 1)
    while count and count / documents > rate:
        count -= 1
    return count


def _barrier(scores: NDArray[np.float64], allowed: int) -> float:
    """The score above which there are no more documents than allowed; -inf if all are allowed."""
    known = np.sort(scores[~np.isnan(scores)])[::-1]
    return float(known[allowed]) if allowed < len(known) else -math.inf


def _cut(
    scores: NDArray[np.float64], out: NDArray[np.bool_], rate: float | None, what: str, kind: str
) -> float:
    """The lowest score from which on there are no more than ``rate`` of the documents to keep out."""
    allowed = int(out.sum()) if rate is None else _most_of(int(out.sum()), rate)
    barrier = max(0.5, _barrier(scores[out], allowed))
    above = scores[scores > barrier]
    if not len(above):
        if not (scores >= barrier).any():  # nothing is ever taken for it
            return barrier
        ties = int((scores[out] >= barrier).sum())
        raise InputError(
            f"no threshold keeps a {what} of {rate:g}: {ties:,} {kind} documents have the highest score "
            f"for the other label that there is ({barrier:g}), and {allowed:,} may. Look at them first "
            "(their labels may be wrong), ask for another rate, or take a classifier whose scores differ "
            "more (knn_classifier with a prior)"
        )
    return _between(barrier, float(above.min()))


def _between(low: float, high: float) -> float:
    """A number near the middle of two others, of as few digits as possible.

    >>> _between(0.9, 0.97), _between(0.5, 0.5001), _between(0.2, 0.9)
    (0.94, 0.50005, 0.6)
    """
    middle, quarter = (low + high) / 2, (high - low) / 4
    for digits in range(1, MOST_DIGITS):
        short = round(middle, digits)
        if low + quarter <= short <= high - quarter:
            return short
    return middle


def _three_ways(scores: NDArray[np.float64], upper: float, lower: float) -> tuple[int, int, int]:
    """How many get the positive label, none, the negative label."""
    positive, negative = int((scores >= upper).sum()), int((scores < lower).sum())
    return positive, len(scores) - positive - negative, negative
