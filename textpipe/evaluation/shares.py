"""A share of documents, with the interval that so many documents support."""

from __future__ import annotations

from typing import Any, NamedTuple


class Share(NamedTuple):
    """``part`` of ``total``, and the Clopper-Pearson interval of the share that is behind it."""

    part: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.part / self.total


def share(part: int, total: int, confidence: float) -> Share:
    """A share with its interval (Clopper and Pearson 1934: never narrower than it should be).

    >>> share(0, 100, 0.95)
    Share(part=0, total=100, low=0.0, high=0.036...)
    """
    from scipy.stats import binomtest

    found = binomtest(part, total).proportion_ci(confidence, method="exact")
    return Share(part, total, float(found.low), float(found.high))


def share_as_json(share: Share) -> dict[str, Any]:
    """A share for a JSON file."""
    return {
        "value": share.value,
        "count": share.part,
        "total": share.total,
        "interval": [share.low, share.high],
    }
