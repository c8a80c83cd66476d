"""How many dimensions documents really spread in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textpipe.diagnosis.distances import SAME
from textpipe.diagnosis.findings import Measure, light_of

TRUSTED = 0.9
"""The share of ratios, the smallest first, that are taken at their value. The largest come from
documents that lie apart from everything (Facco et al. leave out a tenth as well)."""

FEWEST = 20
"""Documents with two neighbours that an estimate needs."""


class Dimension(NamedTuple):
    """An intrinsic dimension with its interval of 95 %, from ``documents`` documents."""

    value: float
    low: float
    high: float
    documents: int


def ratios(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance to the second nearest over that to the nearest, sorted; distances are [n, 2 or more].

    Documents with a double (distance 0), or without two neighbours (NaN), have none.
    """
    if distances.shape[1] < 2:
        return np.zeros(0)
    first, second = distances[:, 0], distances[:, 1]
    found = (first > SAME) & ~np.isnan(second)
    return np.sort(second[found] / first[found])


def two_nn(ratios: NDArray[np.float64]) -> Dimension | None:
    """The TwoNN estimate from sorted ratios; None where there are fewer than 20 or all are 1.

    In d dimensions the ratios follow a Pareto law of exponent d, whatever the density. d is estimated by
    maximum likelihood from the smallest nine tenths of them, the others known to be larger only; the
    interval is that of the exponential law behind it, and a little too narrow, since documents share
    neighbours. (Facco, d'Errico, Rodriguez, Laio: Estimating the intrinsic dimension of datasets by a
    minimal neighborhood information, Scientific Reports 7, 2017.)

    >>> line = np.arange(1, 2000) / 2000
    >>> two_nn((1 - line) ** (-1 / 3)).value.__round__(2)  # a Pareto law of exponent 3
    3.0
    """
    from scipy.stats import chi2

    logs = np.log(ratios)
    many = int(TRUSTED * len(logs))
    if len(logs) < FEWEST:
        return None
    total = float(logs[:many].sum() + (len(logs) - many) * logs[many - 1])
    if total <= 0:
        return None
    low, high = chi2.ppf([0.025, 0.975], 2 * many) / (2 * total)
    return Dimension(many / total, float(low), float(high), len(logs))


def levina_bickel(distances: NDArray[np.float64]) -> float | None:
    """The estimate from all k neighbours, distances [n, k], where TwoNN looks at the nearest two only.

    The two agree where documents spread alike near and farther off. Documents with a double or without k
    neighbours are left out; None where fewer than 20 are left or k is below 3. (Levina, Bickel: Maximum
    likelihood estimation of intrinsic dimension, 2004; its inverses averaged, as MacKay and Ghahramani
    say.)
    """
    k = distances.shape[1]
    with np.errstate(invalid="ignore"):
        some = (distances[:, 0] > SAME) & ~np.isnan(distances).any(axis=1)
    if k < 3 or some.sum() < FEWEST:
        return None
    logs = np.log(distances[some, -1:] / distances[some, :-1]).sum(axis=1)
    mean = float(logs.mean()) / (k - 1)
    return 1.0 / mean if mean > 0 else None


def intrinsic_dimension(
    real: Dimension | None, chance: Dimension | None, columns: int, wider: float | None = None
) -> Measure:
    """The dimension of the documents, beside that of the matrix and of chance.

    ``wider`` is the estimate from more neighbours.
    """
    if real is None:
        return Measure(
            "intrinsic_dimension", "intrinsic dimension", None, "-", "unknown", "too few documents",
            f"Fewer than {FEWEST} documents have two neighbours that differ.",
            "Give more documents that differ from each other.",
        )  # fmt: skip
    meaning = (
        f"The vectors have {columns:,} columns, but around a document they spread like points in "
        f"{real.value:.1f} dimensions ({real.low:.1f} to {real.high:.1f})"
        + (f"; over all neighbours, like {wider:.0f}" if wider else "")
        + (f"; dealt out at random, like {chance.value:.0f}. " if chance else ". ")
    )
    light = light_of(real.value, 12, 30)
    if light == "good":
        meaning += "That is few: neighbours have contrast."
        advice = "Nothing."
    else:
        meaning += "Each more makes the near less near." if light == "watch" else "That is many."
        advice = (
            "More documents help slowly. Fewer dimensions help at once: a higher min_df, "
            "reduce_dimensions, or document vectors."
        )
    return Measure(
        "intrinsic_dimension", "intrinsic dimension", real.value, f"{real.value:.1f}", light,
        f"from {columns:,} columns" + (f"; by chance {chance.value:.0f}" if chance else ""), meaning, advice,
        {
            "low": real.low,
            "high": real.high,
            "documents": real.documents,
            "levina_bickel": wider,
            "columns": columns,
            "by_chance": chance.value if chance else None,
        },
    )  # fmt: skip
