"""Do scores mean what they say: of the documents with a score of 0.9, are nine in ten positive?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

BINS = 10


class Bin(NamedTuple):
    """Documents of about the same score: their number, mean score and share of positive ones."""

    documents: int
    mean_score: float
    share: float


class Reliability(NamedTuple):
    """How far scores are from shares.

    bins                 from the lowest scores to the highest
    calibration_error    the mean distance of score and share over the bins, by their documents
    brier                the mean squared distance of a score from 1 (positive) or 0, over documents
    """

    bins: list[Bin]
    calibration_error: float
    brier: float

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries."""
        return {
            "bins": [found._asdict() for found in self.bins],
            "expected_calibration_error": self.calibration_error,
            "brier": self.brier,
        }


def reliability(truth: ArrayLike, scores: ArrayLike, bins: int = BINS) -> Reliability:
    """Ten bins of about equally many documents, the expected calibration error and the Brier score.

    Documents of the same score are in the same bin, so that bins are of unequal size, and fewer, where
    many scores are the same. (Brier: Verification of forecasts expressed in terms of probability, 1950;
    Naeini and others: Obtaining well calibrated probabilities using Bayesian binning, 2015.)

    truth    bool[n]: is it a positive document?
    scores   float[n], 0 to 1: how probable that is

    >>> found = reliability([True, True, False, False], [0.9, 0.9, 0.2, 0.0], bins=2)
    >>> found.bins
    [Bin(documents=2, mean_score=0.1, share=0.0), Bin(documents=2, mean_score=0.9, share=1.0)]
    >>> round(found.calibration_error, 3), round(found.brier, 3)
    (0.1, 0.015)
    """
    truth, scores = np.asarray(truth, bool), np.asarray(scores, np.float64)
    level, counts = np.unique(scores, return_inverse=True, return_counts=True)[1:]
    middles = np.cumsum(counts) - counts / 2
    number = (bins * middles / len(scores)).astype(np.int64)[level.ravel()]
    found = [
        Bin(int(at.sum()), float(scores[at].mean()), float(truth[at].mean()))
        for at in (number == n for n in np.unique(number))
    ]
    off = sum(one.documents * abs(one.mean_score - one.share) for one in found) / len(scores)
    return Reliability(found, float(off), float(np.mean((scores - truth) ** 2)))
