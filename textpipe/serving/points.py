"""A verdict as mail filters count: in points, of which 5 are spam."""

from __future__ import annotations

from textpipe.serving.verdict import Verdict

REQUIRED = 5.0
"""From so many points on it is spam, whatever the model's own threshold is."""

MOST = 10.0
STEP = 0.1


def points(verdict: Verdict) -> float:
    """0 to 10 points, 5 or more if the verdict is spam and else fewer, to one decimal.

    The model's threshold (0.5 where it has none) lies at 5; on either side a score is scaled linearly.
    Clients that look at the points and those that look at the verdict see the same.

    >>> points(Verdict("spam", 0.95, 0.9, "spam"))
    7.5
    >>> points(Verdict("ham", 0.45, 0.9, "spam"))
    2.5
    >>> points(Verdict("unsure", 0.99, 0.9, "spam"))
    4.9
    """
    threshold = 0.5 if verdict.threshold is None else verdict.threshold
    threshold = min(max(threshold, 1e-9), 1 - 1e-9)
    if verdict.score >= threshold:
        found = REQUIRED + (MOST - REQUIRED) * (verdict.score - threshold) / (1 - threshold)
    else:
        found = REQUIRED * verdict.score / threshold
    found = round(found, 1)
    return max(found, REQUIRED) if verdict.is_spam else min(found, REQUIRED - STEP)
