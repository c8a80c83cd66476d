"""Documents that are everybody's neighbours, and those that are nobody's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.diagnosis.findings import Hub, Measure, light_of

Int64 = NDArray[np.int64]

MOST_HUBS = 20

SKEWED, UNHEARD = 10.0, 0.4
"""A skewness, and a share of documents that are nobody's neighbour, from which on hubs rule. A fifth of
that is nothing unusual."""


def occurrences(positions: Int64, n: int) -> Int64:
    """N_k of each of ``n`` documents: for how many it is among the k nearest.

    >>> occurrences(np.array([[1], [2], [1], [-1]]), 4).tolist()
    [0, 2, 1, 0]
    """
    return np.bincount(positions[positions >= 0], minlength=n).astype(np.int64)


def skewness(values: NDArray[Any]) -> float:
    """The third standardized moment; 0 where all values are the same.

    >>> skewness(np.array([0, 0, 0, 4]))
    1.1547005383792517
    """
    centred = values - values.mean()
    deviation = float(np.sqrt(np.mean(centred**2)))
    return float(np.mean(centred**3)) / deviation**3 if deviation > 0 else 0.0


def hubness(counts: Int64, dealt: Int64, k: int) -> Measure:
    """How lopsided the k-occurrence is. (Radovanović, Nanopoulos, Ivanović: Hubs in space, 2010.)"""
    value, chance = skewness(counts), skewness(dealt)
    never, most = float(np.mean(counts == 0)), int(counts.max(initial=0))
    meaning = (
        f"One document is among the {k} nearest of {most:,} others, and {never:.0%} of documents are among "
        f"the nearest of none (skewness {value:.1f}; the same words dealt out at random have {chance:.1f}). "
    )
    light = light_of(max(value / SKEWED, never / UNHEARD), 0.2, 1.0)
    if light == "good":
        meaning += "Votes come from everywhere."
        advice = "Nothing."
    else:
        meaning += "A few documents have a say in many verdicts."
        advice = (
            "Look at the hubs below: often they are long, mixed or boilerplate documents that can go. "
            "Sublinear counts, a lower max_df or fewer dimensions make hubs smaller."
        )
    return Measure(
        "hubness", "hubs", value, f"{value:.1f}", light,
        f"skewness; the largest is a neighbour of {most:,}, {never:.0%} are of none", meaning, advice,
        {"never_a_neighbour": never, "most_occurrences": most, "skewness_by_chance": chance},
    )  # fmt: skip


def bad_hubness(positions: Int64, labels: NDArray[Any]) -> Measure:
    """The share of neighbours that have another label than who asks (Radovanović et al., section 5)."""
    rows, columns = np.nonzero(positions >= 0)
    misled = labels[rows] != labels[positions[rows, columns]]
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    chance = float(1 - np.sum(shares**2))
    value = float(misled.mean()) if len(misled) else None
    if value is None or chance == 0:
        return Measure(
            "bad_hubness", "misleading neighbours", value, "-", "unknown", "neighbours of one label only",
            "There are no neighbours of two labels.", "Give documents of at least two labels.",
        )  # fmt: skip
    meaning = (
        f"{value:.1%} of all neighbours have another label than the document that asks; drawn at random, "
        f"{chance:.1%} would. "
    )
    light = light_of(value, 0.25 * chance, 0.6 * chance)
    if light == "good":
        meaning += "Neighbours know the label."
        advice = "Nothing."
    elif light == "watch":
        meaning += "Neighbours know the label roughly."
        advice = (
            "Let near ones weigh more (power of knn_classifier), and look at the worst hubs below."
        )
    else:
        meaning += "Neighbours hardly know the label."
        advice = (
            "What these vectors call near is not what the labels are about. Try other features, or a "
            "linear classifier (linear_svc), which chooses the words that matter."
        )
    return Measure(
        "bad_hubness", "misleading neighbours", value, f"{value:.1%}", light,
        f"of neighbours have another label; by chance {chance:.1%}", meaning, advice,
        {"by_chance": chance},
    )  # fmt: skip


def worst_hubs(
    positions: Int64,
    labels: NDArray[Any] | None,
    ids: list[str],
    texts: list[str],
) -> list[Hub]:
    """The documents that mislead the most others; without labels, that serve the most."""
    n = len(ids)
    serves = occurrences(positions, n)
    misleads = np.zeros(n, np.int64)
    if labels is not None:
        wrong = (positions >= 0) & (labels[positions] != labels[:, None])
        misleads = occurrences(np.where(wrong, positions, -1), n)
    order = sorted(range(n), key=lambda i: (-misleads[i], -serves[i], ids[i]))
    return [
        Hub(
            ids[i],
            None if labels is None else str(labels[i]),
            int(serves[i]),
            None if labels is None else int(misleads[i]),
            texts[i],
        )
        for i in order[:MOST_HUBS]
        if serves[i] and (labels is None or misleads[i])
    ]
