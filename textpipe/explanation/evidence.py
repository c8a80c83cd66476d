"""A verdict's evidence as a sum: over neighbours, and over the words that a document shares with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.classify.linear import LinearClassifier
from textpipe.classify.training_set import TrainingSet
from textpipe.documents import Documents
from textpipe.explanation.reasons import REST, Neighbour, Word
from textpipe.explanation.text_words import TextWords, text_words
from textpipe.explanation.word_parts import Parts
from textpipe.rows import dense

INTERCEPT = "(intercept)"
"""The part of a linear margin that is there before any word."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for which label, as in :class:`~textpipe.explanation.reasons.Explanation`.

    ``pieces`` are the parts of the vector (such as n-grams) one by one, ``words`` the words of the text
    with what the pieces on them bring.
    """

    evidence: dict[str, float]
    prior: dict[str, float]
    total: float | None
    neighbours: list[Neighbour]
    words: list[Word]
    pieces: list[Word]


def by_neighbours(
    keeper: TrainingSet, values: Any, parts: Parts, read: Documents, leaning: Any
) -> Evidence:
    """The votes on the first row of ``values`` [n, n_features], which ``parts`` add up to.

    ``read`` is the document as the vectorizer reads it.
    The words' ``supports`` add up to the neighbours' part of the evidence for ``leaning`` (of a
    regression: of all), ``opposes`` to that for all other labels.
    """
    hood = keeper.neighbourhood(values[:1])
    total = float(hood.votes[0].sum())
    has_labels = isinstance(keeper, KnnClassifier)
    prior = float(keeper.prior) if isinstance(keeper, KnnClassifier) else 0.0
    whole = total + prior or 1.0
    row = values[:1].data if sparse.issparse(values) else dense(values[:1])
    length = math.sqrt(float((row * row).sum())) or 1.0
    text = text_words(parts.words, parts.spans, read)
    brought = _Brought(parts, text)
    neighbours = []
    found = [column[0][hood.positions[0] >= 0].tolist() for column in hood]
    brings = np.zeros((len(parts.words), len(found[0])))
    if keeper.metric == "cosine":
        brings = dense(parts.values @ keeper.rows_[found[0]].T) / length
    for at, (position, similarity, vote) in enumerate(zip(*found, strict=True)):
        label, share = keeper.label_of(position), vote / whole
        each = brings[:, at]
        if keeper.metric == "cosine":
            brought.share_out(share, each, label == str(leaning) or not has_labels)
        neighbours.append(
            Neighbour(
                keeper.id_of(position),
                label,
                similarity,
                vote,
                share,
                keeper.excerpt_of(position),
                text.shared(each),
            )
        )
    if not isinstance(keeper, KnnClassifier):
        return Evidence({}, {}, total, neighbours, brought.words(), brought.pieces())
    names = [str(name) for name in keeper.classes_.tolist()]
    shares = dict(zip(names, keeper.evidence(hood)[0].tolist(), strict=True))
    part = prior / whole if total or prior else 1.0
    before = dict(zip(names, (part * keeper.shares_).tolist(), strict=True))
    return Evidence(shares, before, total, neighbours, brought.words(), brought.pieces())


def by_weights(
    classifier: LinearClassifier, values: Any, parts: Parts, read: Documents, leaning: Any
) -> Evidence:
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
    parts = Parts([*parts.words, INTERCEPT], None, [*parts.spans, []])
    brought = _Brought(parts, text_words(parts.words, parts.spans, read))
    brought.supports, brought.opposes = np.maximum(each, 0.0), np.maximum(0.0 - each, 0.0)
    named = dict(zip(map(str, names), margins, strict=True))
    return Evidence(named, {}, None, [], brought.words(), brought.pieces())


class _Brought:
    """What each part of the vector brought, as it adds up neighbour by neighbour."""

    def __init__(self, parts: Parts, text: TextWords) -> None:
        self.parts, self.text = parts, text
        self.supports: NDArray[np.float64] = np.zeros(len(parts.words))
        self.opposes: NDArray[np.float64] = np.zeros(len(parts.words))
        self.rest = [0.0, 0.0]

    def share_out(self, share: float, each: NDArray[np.float64], speaks_for: bool) -> None:
        """Share out a vote by what ``each`` part brought to the similarity."""
        similarity = float(each.sum())
        if abs(similarity) <= 1e-6 * float(np.abs(each).sum()):  # its digits are rounding
            self.rest[not speaks_for] += share
            return
        side = self.supports if speaks_for else self.opposes
        side += share * each / similarity

    def words(self) -> list[Word]:
        """The words of the text that brought anything, the weightiest first."""
        return self._with_rest(self.text.words(self.supports, self.opposes))

    def pieces(self) -> list[Word]:
        """The parts that brought anything, the weightiest first."""
        found = zip(self.parts.words, self.supports.tolist(), self.opposes.tolist(), strict=True)
        return self._with_rest(
            [
                Word(piece, supports, opposes, spans)
                for (piece, supports, opposes), spans in zip(found, self.parts.spans, strict=True)
                if supports or opposes
            ]
        )

    def _with_rest(self, words: list[Word]) -> list[Word]:
        if any(self.rest):
            words.append(Word(REST, self.rest[0], self.rest[1], []))
        return sorted(words, key=lambda word: (-abs(word.supports) - abs(word.opposes), word.word))
