"""Figures by which classifiers are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.documents import Decisions


def scores_of(
    labels: NDArray[Any], verdicts: NDArray[Any], decisions: Decisions, positive: str | None
) -> dict[str, float]:
    """Accuracy, macro F1 and Matthews correlation; for two labels, the area under the ROC curve; and for
    a ``positive`` label its recall and the false-positive rate among the others.

    A verdict of "unsure" is an error: it is right for no label, and for the positive label a miss (but no
    false alarm). In the ROC curve an unsure document stands at the share that training has of the label.
    """
    from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score

    truth, said = labels.astype(str), verdicts.astype(str)
    classes = np.unique(truth)
    scores = {
        "accuracy": float(np.mean(truth == said)),
        "macro_f1": float(f1_score(truth, said, labels=classes, average="macro", zero_division=0)),
        "mcc": float(matthews_corrcoef(truth, said)),
    }
    if len(decisions.classes) == 2 and len(classes) == 2:
        names = decisions.classes.astype(str).tolist()
        column = names.index(positive) if positive else 1
        # of two classes the difference tells: a linear classifier has a score for the second one only
        lead = decisions.scores[:, column] - decisions.scores[:, 1 - column]
        scores["roc_auc"] = float(roc_auc_score(truth == names[column], lead))
    if positive is not None:
        is_positive = truth == positive
        alarm = said == positive
        if is_positive.any():
            scores["recall"] = float(np.mean(alarm[is_positive]))
        if (~is_positive).any():
            scores["false_positive_rate"] = float(np.mean(alarm[~is_positive]))
    return scores
