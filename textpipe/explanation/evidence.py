"""A verdict's evidence as a sum: over neighbours, and over the words that a document shares with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.classify.linear import LinearClassifier
from textpipe.classify.training_set import TrainingSet
from textpipe.explanation.reasons import REST, Neighbour, Word
from textpipe.explanation.word_parts import Parts
from textpipe.rows import dense

INTERCEPT = "(intercept)"
"""The part of a linear margin that is there before any word."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for which label, as in :class:`~textpipe.explanation.reasons.Explanation`."""

    evidence: dict[str, float]
    prior: dict[str, float]
    total: float | None
    neighbours: list[Neighbour]
    words: list[Word]


def by_neighbours(keeper: TrainingSet, values: Any, parts: Parts, leaning: Any) -> Evidence:
    """The votes on the first row of ``values`` [n, n_features], which ``parts`` add up to.

    The words' ``supports`` add up to the neighbours' part of the evidence for ``leaning`` (of a
    regression: of all), ``opposes`` to that for all other labels.
    """
    hood = keeper.neighbourhood(values[:1])
    total = float(hood.votes[0].sum())
    has_labels = isinstance(keeper, KnnClassifier)
    prior = float(keeper.prior) if isinstance(keeper, KnnClassifier) else 0.0
    whole = total + prior or 1.0
    row = dense(values[:1])[0]
    length = float(np.linalg.norm(row)) or 1.0
    brought = _Brought(parts)
    neighbours = []
    for position, similarity, vote in zip(*(column[0].tolist() for column in hood), strict=True):
        if position < 0:
            continue
        label, share = keeper.label_of(position), vote / whole
        each = np.zeros(len(parts.words))
        if keeper.metric == "cosine":
            each = np.asarray(parts.values @ keeper.row_of(position)).ravel() / length
            brought.share_out(share, each, label == str(leaning) or not has_labels)
        order = sorted(np.flatnonzero(each), key=lambda i: (-each[i], parts.words[i]))
        neighbours.append(
            Neighbour(
                keeper.id_of(position),
                label,
                similarity,
                vote,
                share,
                keeper.excerpt_of(position),
                [(parts.words[i], float(each[i])) for i in order],
            )
        )
    if not isinstance(keeper, KnnClassifier):
        return Evidence({}, {}, total, neighbours, brought.words())
    names = [str(name) for name in keeper.classes_.tolist()]
    shares = dict(zip(names, keeper.evidence(hood)[0].tolist(), strict=True))
    part = prior / whole if total or prior else 1.0
    before = dict(zip(names, (part * keeper.shares_).tolist(), strict=True))
    return Evidence(shares, before, total, neighbours, brought.words())


def by_weights(classifier: LinearClassifier, values: Any, parts: Parts, leaning: Any) -> Evidence:
    """The margin of ``leaning`` on the first row of ``values``, as the sum of words and intercept.

    Of two labels, the margin is the difference of both scores.
    """
    names = classifier.classes_.tolist()
    weights, intercepts = classifier.coef_, classifier.intercept_
    if len(names) == 2:
        weights, intercepts = weights - weights[::-1], intercepts - intercepts[::-1]
    margins = (weights @ dense(values[:1])[0] + intercepts).tolist()
    at = names.index(leaning)
    each = np.append(np.asarray(parts.values @ weights[at]).ravel(), intercepts[at])
    words = Parts([*parts.words, INTERCEPT], None, [*parts.spans, []])
    brought = _Brought(words)
    brought.supports, brought.opposes = np.maximum(each, 0.0), np.maximum(0.0 - each, 0.0)
    named = dict(zip(map(str, names), margins, strict=True))
    return Evidence(named, {}, None, [], brought.words())


class _Brought:
    """What each word brought, as it adds up neighbour by neighbour."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.supports: NDArray[np.float64] = np.zeros(len(parts.words))
        self.opposes: NDArray[np.float64] = np.zeros(len(parts.words))
        self.rest = [0.0, 0.0]

    def share_out(self, share: float, each: NDArray[np.float64], speaks_for: bool) -> None:
        """Share out a vote by what ``each`` word brought to the similarity."""
        similarity = float(each.sum())
        if abs(similarity) <= 1e-6 * float(np.abs(each).sum()):  # its digits are rounding
            self.rest[not speaks_for] += share
            return
        side = self.supports if speaks_for else self.opposes
        side += share * each / similarity

    def words(self) -> list[Word]:
        """The words that brought anything, the weightiest first."""
        words = [
            Word(word, float(self.supports[i]), float(self.opposes[i]), self.parts.spans[i])
            for i, word in enumerate(self.parts.words)
            if self.supports[i] or self.opposes[i]
        ]
        if any(self.rest):
            words.append(Word(REST, self.rest[0], self.rest[1], []))
        return sorted(words, key=lambda word: (-abs(word.supports) - abs(word.opposes), word.word))
