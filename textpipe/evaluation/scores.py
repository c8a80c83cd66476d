"""Figures by which classifiers are compared."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Decisions
from textpipe.evaluation.thresholds import recall_at_fpr, recall_name

RATES = (0.001, 0.01)
"""Recall is told at these false-positive rates: one lost mail in a thousand, and one in a hundred."""


def scores_of(
    labels: NDArray[Any],
    verdicts: NDArray[Any],
    decisions: Decisions,
    positive: str | None,
    evidence: NDArray[np.bool_],
) -> dict[str, float]:
    """Accuracy, macro F1 and Matthews correlation; for two labels, the area under the ROC curve; and for
    a ``positive`` label its recall and the false-positive rate among the others, and the recall that
    another threshold would have at the false-positive rates ``RATES``.

    A verdict of "unsure" is an error: it is right for no label, and for the positive label a miss (but no
    false alarm). In the ROC curve a document without evidence stands at the share that training has of
    the label; for recall at a rate it is neither found nor a false alarm, as it would be in use.
    """
    from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score

    truth, said = labels.astype(str), verdicts.astype(str)
    classes = np.unique(truth)
    scores = {
        "accuracy": float(np.mean(truth == said)),
        "macro_f1": float(f1_score(truth, said, labels=classes, average="macro", zero_division=0)),
        "mcc": float(matthews_corrcoef(truth, said)),
    }
    lead = lead_of(decisions, positive)
    if lead is not None and len(classes) == 2:
        scores["roc_auc"] = float(roc_auc_score(truth == lead.label, lead.scores))
    if positive is None:
        return scores
    is_positive = truth == positive
    alarm = said == positive
    if is_positive.any():
        scores["recall"] = float(np.mean(alarm[is_positive]))
    if (~is_positive).any():
        scores["false_positive_rate"] = float(np.mean(alarm[~is_positive]))
    own = positive_scores(decisions, positive)
    if own is not None and 0 < is_positive.sum() < len(truth):
        for rate in RATES:
            taken = np.where(evidence, own, np.nan)
            scores[recall_name(rate)] = recall_at_fpr(is_positive, taken, rate)
    return scores


class Lead(NamedTuple):
    """How far each document's score of one of two labels is above that of the other."""

    label: str
    scores: NDArray[np.float64]


def lead_of(decisions: Decisions, positive: str | None) -> Lead | None:
    """The lead of the positive label, or of the second where none is; None unless there are two.

    Of two classes the difference tells: a linear classifier has a score for the second one only.
    """
    names = decisions.classes.astype(str).tolist()
    if len(names) != 2:
        return None
    column = names.index(positive) if positive else 1
    return Lead(names[column], decisions.scores[:, column] - decisions.scores[:, 1 - column])


def positive_scores(decisions: Decisions, positive: str | None) -> NDArray[np.float64] | None:
    """The score by which a document is or is not said to be positive, float[n]; None without a label.

    Probabilities are rounded to ten digits, so that sums of the same votes in another order are the
    same score.
    """
    names = decisions.classes.astype(str).tolist()
    if positive not in names:
        return None
    scores: NDArray[np.float64] = decisions.scores[:, names.index(positive)]
    if decisions.are_probabilities:
        return np.round(scores, 10)
    lead = lead_of(decisions, positive)
    return scores if lead is None else lead.scores
