"""Is one pipeline better than another, or was it lucky? Both are judged on the same documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from textpipe.errors import InputError
from textpipe.evaluation.intervals import interval
from textpipe.evaluation.judgement import Report

COMPARED = ("accuracy", "mcc", "recall_at_fpr_0.001")
"""The scores whose difference is told, where both reports have them."""


@dataclass(frozen=True)
class Difference:
    """By how much the second report's score is higher, and the interval that holds 95 % of the resamples."""

    score: str
    first: float
    second: float
    interval: tuple[float, float] | None

    @property
    def value(self) -> float:
        """Second minus first."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """Two reports side by side.

    only_first, only_second   documents that only one of them got right
    p_value                   how probable it is that these two numbers are at least so unequal, if both
                              pipelines were equally good (McNemar 1947, exact)
    """

    differences: tuple[Difference, ...]
    only_first: int
    only_second: int
    p_value: float

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        return {
            "differences": {
                found.score: {"value": found.value, "interval": found.interval}
                for found in self.differences
            },
            "only_first": self.only_first,
            "only_second": self.only_second,
            "p_value": self.p_value,
        }


def compare(first: Report, second: Report) -> Comparison:
    """The second report against the first.

    The intervals are of a paired bootstrap: both pipelines are judged on the same 1,000 resamples of
    the groups of near-duplicates, so that what is hard for both cancels out. McNemar's test takes
    documents as independent of each other, which near-duplicates are not: where there are many of them,
    go by the intervals.

    Raises InputError where the two are about other documents, labels, groups or another positive label.
    """
    from scipy.stats import binomtest

    _must_match(first, second)
    right_first, right_second = _right(first), _right(second)
    only_first = int((right_first & ~right_second).sum())
    only_second = int((right_second & ~right_first).sum())
    apart = only_first + only_second
    return Comparison(
        tuple(
            _difference(name, first, second)
            for name in COMPARED
            if name in first.scores and name in second.scores
        ),
        only_first,
        only_second,
        float(binomtest(only_second, apart).pvalue) if apart else 1.0,
    )


def _difference(name: str, first: Report, second: Report) -> Difference:
    ends = interval(second.resampled[name] - first.resampled[name])
    between = None if ends is None else (ends[0], ends[1])
    return Difference(name, first.scores[name], second.scores[name], between)


def _right(report: Report) -> np.ndarray[Any, np.dtype[np.bool_]]:
    right: np.ndarray[Any, np.dtype[np.bool_]] = report.labels.astype(
        str
    ) == report.verdicts.astype(str)
    return right


def _must_match(first: Report, second: Report) -> None:
    """Raise InputError at the first way in which two reports are not about the same."""
    if len(first.ids) != len(second.ids):
        raise InputError(
            f"two reports are compared document by document, and one is about {len(first.ids):,} "
            f"documents, the other about {len(second.ids):,}"
        )
    for what, own, other in (
        ("id", first.ids, second.ids),
        ("text", first.texts, second.texts),
        ("label", first.labels.astype(str).tolist(), second.labels.astype(str).tolist()),
        ("group", first.groups.tolist(), second.groups.tolist()),
    ):
        if own != other:
            at = next(i for i, (a, b) in enumerate(zip(own, other, strict=True)) if a != b)
            raise InputError(
                "two reports are compared document by document, and they are about other documents: "
                f"document {at} has the {what} {own[at]!r:.60} in one and {other[at]!r:.60} in the other"
            )
    if first.positive != second.positive:
        raise InputError(
            f"the positive label of one report is {first.positive!r}, of the other {second.positive!r}: "
            "judge both with the same"
        )
