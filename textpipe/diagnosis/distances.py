"""Are the nearest documents any nearer than the others?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.diagnosis.findings import Measure, light_of
from textpipe.diagnosis.vectors import Metric

QUERIES = 400
"""From so many documents, drawn, the distances to all others are measured."""

SAME = 1e-6
"""Nearer than this is the same place, but for rounding."""


class Spread(NamedTuple):
    """How distances differ, as medians over documents, and some similarities of random pairs.

    contrast    (farthest - nearest) / nearest
    variance    variance of the distances / square of their mean
    nearest, farthest, mean    the distances themselves
    """

    contrast: float
    variance: float
    nearest: float
    farthest: float
    mean: float
    similarities: NDArray[np.float64]


def spread(rows: Any, metric: Metric, groups: NDArray[np.int64], seed: int) -> Spread | None:
    """The spread of distances from some rows to all of other groups; None where there are too few.

    By cosine, rows have length 1 and the distance is that of their ends, sqrt(2 - 2 cos). Documents with
    a neighbour at distance 0 have no contrast and are left out of it. (Beyer, Goldstein, Ramakrishnan,
    Shaft: When is "nearest neighbor" meaningful?, 1999, theorem 1.)
    """
    from sklearn.metrics.pairwise import euclidean_distances

    random = np.random.default_rng(seed)
    n = rows.shape[0]
    at = np.sort(random.choice(n, min(n, QUERIES), replace=False))
    distances = euclidean_distances(rows[at], rows)
    distances[groups[at][:, None] == groups[None, :]] = np.nan
    distances = distances[(~np.isnan(distances)).sum(axis=1) > 1]
    if not len(distances):
        return None
    low, high = np.nanmin(distances, axis=1), np.nanmax(distances, axis=1)
    mean, deviation = np.nanmean(distances, axis=1), np.nanstd(distances, axis=1)
    apart = low > SAME
    if not apart.any():
        return None
    pairs = distances.ravel()
    pairs = random.choice(pairs[~np.isnan(pairs)], 4000)
    return Spread(
        float(np.median((high[apart] - low[apart]) / low[apart])),
        float(np.median((deviation[apart] / mean[apart]) ** 2)),
        float(np.median(low[apart])),
        float(np.median(high[apart])),
        float(np.median(mean[apart])),
        np.round(1.0 - pairs**2 / 2.0, 12) + 0.0 if metric == "cosine" else 1.0 / (1.0 + pairs),
    )


def contrast(real: Spread | None, chance: Spread | None) -> Measure:
    """How much farther the farthest is than the nearest, beside the same words dealt out at random."""
    if real is None or chance is None:
        return Measure(
            "contrast", "contrast of distances", None, "-", "unknown", "too few documents lie apart",
            "Too few documents lie apart to compare near and far.",
            "Give more documents that differ from each other.",
        )  # fmt: skip
    times = real.contrast / chance.contrast if chance.contrast > 0 else np.inf
    often = f"{times:.1f} times" if times < 1000 else "over 1,000 times"
    brief = f"(farthest - nearest) / nearest; {often} that of chance"
    meaning = (
        f"The farthest document is {real.contrast:.0%} farther away than the nearest. That is {often} "
        f"the contrast of the same words dealt out at random ({chance.contrast:.0%}): "
    )
    light = light_of(-times, -1.5, -1.1)
    if light == "good":
        meaning += "near means something here."
        advice = "Nothing."
    elif light == "watch":
        meaning += "near means a little more than chance."
        advice = (
            "Look whether labels agree among neighbours; if they do not, try fewer or denser features: "
            "character_n_grams, reduce_dimensions, document vectors."
        )
    else:
        meaning += "the nearest are about as near as chance puts them."
        advice = (
            "Short texts share words by chance. Try document vectors, reduce_dimensions or "
            "character_n_grams, or a linear classifier (linear_svc), which needs no neighbours."
        )
    return Measure(
        "contrast", "contrast of distances", real.contrast, f"{real.contrast:.2f}",
        light, brief, meaning, advice,
        {
            "relative_variance": real.variance,
            "nearest": real.nearest,
            "mean": real.mean,
            "farthest": real.farthest,
            "contrast_by_chance": chance.contrast,
            "relative_variance_by_chance": chance.variance,
        },
    )  # fmt: skip
