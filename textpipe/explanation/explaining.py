"""A verdict taken apart: neighbours, and the words that a document shares with them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textpipe.classify.knn_classifier import KnnClassifier
from textpipe.classify.linear import LinearClassifier
from textpipe.classify.training_set import TrainingSet
from textpipe.documents import UNSURE, Documents
from textpipe.errors import InputError
from textpipe.explanation.word_parts import Parts, word_parts
from textpipe.pipeline import Pipeline
from textpipe.rows import dense


@dataclass(frozen=True)
class Neighbour:
    """A training document that voted.

    ``similarity`` is the sum of ``words``, what each word brought to it (for cosine; with Euclidean
    distances there is no such sum, and ``words`` is empty). ``share`` is its part of all votes.
    """

    id: str
    label: str | float
    similarity: float
    share: float
    text: str
    words: list[tuple[str, float]]


@dataclass(frozen=True)
class Word:
    """What a word of the document did for the verdict.

    ``supports`` is what it brought to the votes for the verdict, ``opposes`` to those for other labels,
    as shares of all votes: over all words they add up to the score of the verdict, and to the rest. (Of
    a linear classifier: the positive or negative part that it has in the verdict's score.)
    """

    word: str
    supports: float
    opposes: float
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Explanation:
    """Why a document got its verdict. ``text`` is what the tokens' spans point into."""

    id: str
    text: str
    verdict: str | float
    scores: dict[str, float]
    known_words: int | None
    total_words: int | None
    neighbours: list[Neighbour]
    words: list[Word]

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        return asdict(self)


def explain(pipeline: Pipeline, text: str | Documents) -> Explanation:
    """Why a trained pipeline says what it says about one text.

    With ``knn_classifier`` and ``knn_regressor``: the neighbours that voted and the words behind each
    similarity. With a linear classifier: the words behind the score. Raises InputError for any other.
    """
    documents = Documents.of([text]) if isinstance(text, str) else text
    if len(documents) != 1:
        raise InputError(f"explain takes one document, and {len(documents)} were given")
    last = len(pipeline.stages) - 1
    first = next((i for i, stage in enumerate(pipeline.stages) if "matrix" in stage.writes), last)
    before = pipeline[:first].run(documents) if first else documents
    after = pipeline.run(before, done=first)
    decisions = pipeline.decide(after, done=last)
    decider = pipeline.stages[-1]
    assert after.matrix is not None, "a decider reads a matrix"  # noqa: S101  # for mypy
    parts = word_parts(pipeline.stages[first:-1], before)
    unsure = bool(decisions.unsure[0])
    values = decisions.values[0]
    verdict: str | float = UNSURE if unsure else values.item()
    neighbours: list[Neighbour] = []
    words: list[Word] = []
    if unsure:
        pass
    elif isinstance(decider, TrainingSet):
        neighbours, words = _by_neighbours(decider, after.matrix.values, parts, str(verdict))
    elif isinstance(decider, LinearClassifier):
        words = _by_weights(decider, parts, values)
    else:
        raise InputError(
            f"{decider.name()} cannot be explained word by word: use knn_classifier, knn_regressor, "
            "linear_svc, logistic_regression or complement_nb"
        )
    words.sort(key=lambda word: (-(word.supports + word.opposes), word.word))
    return Explanation(
        str(documents.ids[0].as_py()),
        after.texts()[0],
        verdict,
        dict(
            zip(decisions.classes.astype(str).tolist(), decisions.scores[0].tolist(), strict=True)
        ),
        None if decisions.known is None else int(decisions.known[0]),
        None if decisions.total is None else int(decisions.total[0]),
        neighbours,
        words,
    )


def _by_neighbours(
    keeper: TrainingSet, values: Any, parts: Parts, verdict: str
) -> tuple[list[Neighbour], list[Word]]:
    hood = keeper.neighbourhood(values)
    row = dense(values[:1])[0]
    length = float(np.linalg.norm(row)) or 1.0
    total = float(hood.votes[0].sum()) or 1.0
    supports, opposes = np.zeros(len(parts.words)), np.zeros(len(parts.words))
    neighbours = []
    for position, similarity, vote in zip(*(column[0].tolist() for column in hood), strict=True):
        if position < 0:
            continue
        label = keeper.label_of(position)
        brought = np.zeros(len(parts.words))
        if keeper.metric == "cosine":
            brought = np.asarray(parts.values @ keeper.row_of(position)).ravel() / length
            share = vote / total * brought / (brought.sum() or 1.0)
            for_it = str(label) == verdict or not isinstance(keeper, KnnClassifier)
            (supports if for_it else opposes)[:] += share
        order = sorted(np.flatnonzero(brought), key=lambda i: (-brought[i], parts.words[i]))
        neighbours.append(
            Neighbour(
                keeper.id_of(position),
                label,
                similarity,
                vote / total,
                keeper.excerpt_of(position),
                [(parts.words[i], float(brought[i])) for i in order],
            )
        )
    return neighbours, _words(parts, supports, opposes)


def _by_weights(classifier: LinearClassifier, parts: Parts, label: Any) -> list[Word]:
    names = classifier.classes_.tolist()
    at = names.index(label)
    weights = classifier.coef_[at]
    if len(names) == 2:  # the other class's weights are its mirror, or part of the same difference
        weights = weights - classifier.coef_[1 - at]
    intercept = classifier.intercept_[at]
    if len(names) == 2:
        intercept = intercept - classifier.intercept_[1 - at]
    brought = np.append(np.asarray(parts.values @ weights).ravel(), intercept)
    parts = Parts([*parts.words, "(intercept)"], None, [*parts.spans, []])
    return _words(parts, np.maximum(brought, 0.0), np.maximum(-brought, 0.0))


def _words(parts: Parts, supports: NDArray[np.float64], opposes: NDArray[np.float64]) -> list[Word]:
    return [
        Word(word, float(supports[i]), float(opposes[i]), parts.spans[i])
        for i, word in enumerate(parts.words)
        if supports[i] or opposes[i]
    ]
