"""Why no label was said."""

from __future__ import annotations

from typing import Any

import numpy as np

from textpipe.classify.decider import Decider
from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.documents import Decisions
from textpipe.rows import dense


def is_unknown(decisions: Decisions, values: Any) -> bool:
    """Is there nothing in the first document that training knew?"""
    none_known = decisions.known is not None and int(decisions.known[0]) == 0
    return none_known or not np.any(dense(values[:1]))


def why_unsure(
    decider: Decider, decisions: Decisions, values: Any, votes: float | None
) -> str | None:
    """A sentence; None where the first document got a label."""
    if not decisions.unsure[0]:
        return None
    if is_unknown(decisions, values):
        return "There is no evidence: training knew none of these words."
    known, total = decisions.known, decisions.total
    if known is not None and total is not None and known[0] < decider.minimum_known * total[0]:
        return (
            f"Training knew {int(known[0])} of {int(total[0])} words, and minimum_known asks for "
            f"{decider.minimum_known:g} of them."
        )
    if isinstance(decider, KnnClassifier):
        counts, fewest = decider.counts_, decider.minimum_training
        at = decider.classes_.tolist().index(decisions.values[0].item())
        if (counts >= fewest).sum() < 2:  # then it is the lack of another label, if not of this one
            at = int(counts.argmin())
        if counts[at] < fewest:
            return (
                f"Training has {counts[at]} documents of {decider.classes_[at]}, and minimum_training "
                f"asks for {fewest} of a label."
            )
        least = decider.least_evidence(decisions.values[0].item())
        if votes is not None and votes < least:
            return (
                f"The votes of its neighbours add up to {votes:.3g}, and minimum_evidence asks for "
                f"{least:g}."
            )
    label = decisions.values[0].item()
    bound = (getattr(decider, "verdict_from", None) or {}).get(str(label))
    if bound is not None:
        score = float(decisions.scores[0][decisions.classes.tolist().index(label)])
        return f"The score of {label} is {score:.3f}, and verdict_from asks for {bound:g}."
    return "No label has evidence enough."
