"""How much of a new document a vocabulary knows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.diagnosis.findings import Measure, light_of
from textpipe.diagnosis.vectors import Prepared, measurable

HELD_OUT = 0.2
"""The share of groups of near-duplicates that training does not see."""


def coverage(
    prepared: Prepared,
    labels: NDArray[Any] | None,
    groups: NDArray[np.int64],
    most: int,
    seed: int,
) -> list[Measure]:
    """What new documents have that the vocabulary lacks: learned from some groups, looked up on the rest.

    At most ``most`` documents are looked up.
    """
    random = np.random.default_rng(seed)
    numbers = np.unique(groups)
    away = random.choice(numbers, max(1, round(HELD_OUT * len(numbers))), replace=False)
    held = np.isin(groups, away)
    train, test = np.flatnonzero(~held), np.flatnonzero(held)
    if not len(train):
        return []
    if len(test) > most:
        test = np.sort(random.choice(test, most, replace=False))
    matrix = prepared.matrix(prepared.trained(train, labels), test)
    empty = ~measurable(matrix.values, "cosine")
    if matrix.known is not None:
        empty |= matrix.known == 0
    found = [_empty(float(empty.mean()), len(test), len(train))]
    if matrix.known is not None and matrix.total is not None:
        found.append(_unknown(matrix.known, matrix.total))
    return found


def _empty(share: float, documents: int, trained: int) -> Measure:
    meaning = (
        f"Of {documents:,} documents that a vocabulary from {trained:,} others was tried on, {share:.1%} "
        "have no word that it knows: nothing can be said about them. "
    )
    light = light_of(share, 0.01, 0.05)
    advice = "Nothing."
    if share > 0.01:
        advice = (
            "Look with textpipe trace at which stage their words are lost; character_n_grams know parts "
            "of words, hashing knows every word."
        )
    return Measure(
        "empty", "documents without evidence", share, f"{share:.1%}", light,
        "of new documents have no known word", meaning, advice,
        {"looked_up": documents, "trained_on": trained},
    )  # fmt: skip


def _unknown(known: NDArray[np.int64], total: NDArray[np.int64]) -> Measure:
    words = int(total.sum())
    if not words:
        return Measure(
            "unknown_words", "unknown words", None, "-", "unknown", "new documents have no words",
            "The documents looked up have no words.", "Look with textpipe trace at what drops them.",
        )  # fmt: skip
    share = 1 - int(known.sum()) / words
    some = total > 0
    worst = float(np.quantile(1 - known[some] / total[some], 0.9))
    meaning = (
        f"{share:.1%} of the words of new documents are unknown; in the worst tenth of documents it is "
        f"{worst:.0%} or more. "
    )
    light = light_of(share, 0.1, 0.25)
    advice = "Nothing."
    if share > 0.1:
        advice = (
            "More documents, a lower min_df, stem or lemmatize, or character_n_grams; mask makes one word "
            "of all addresses or sums."
        )
    return Measure(
        "unknown_words", "unknown words", share, f"{share:.1%}", light,
        f"of the words of new documents; {worst:.0%} or more in the worst tenth", meaning, advice,
        {"words": words, "worst_tenth": worst},
    )  # fmt: skip
