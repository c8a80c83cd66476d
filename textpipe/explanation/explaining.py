"""A verdict taken apart: neighbours, the words that a document shares with them, and what would change it."""

from __future__ import annotations

import dataclasses
from typing import Any

from textpipe.classify.decider import Decider
from textpipe.classify.linear import LinearClassifier
from textpipe.classify.training_set import TrainingSet
from textpipe.documents import UNSURE, Documents, Tokens
from textpipe.errors import InputError
from textpipe.explanation.evidence import Evidence, by_neighbours, by_weights
from textpipe.explanation.flips import TRIES, Flips, flips
from textpipe.explanation.origin import Origin, origin_of
from textpipe.explanation.reasons import Explanation, Flip, Spans
from textpipe.explanation.tracing import trace
from textpipe.explanation.unsure import is_unknown, why_unsure
from textpipe.explanation.without import Without
from textpipe.explanation.word_parts import Parts, word_parts
from textpipe.pipeline import Pipeline


def explain(pipeline: Pipeline, text: str | Documents, tries: int = TRIES) -> Explanation:
    """Why a trained pipeline says what it says about one text.

    With ``knn_classifier`` and ``knn_regressor``: the neighbours that voted and the words behind each
    similarity. With a linear classifier: the words behind the margin. N-grams and runs of letters are
    shared out among the words on which they stand. With any that knows labels: the
    fewest words whose removal changes the verdict, for which up to ``tries`` texts are decided anew (0:
    none is looked for). Raises InputError for any other classifier.
    """
    documents = Documents.of([text]) if isinstance(text, str) else text
    if len(documents) != 1:
        raise InputError(f"explain takes one document, and {len(documents)} were given")
    if tries < 0:
        raise InputError(f"tries must be 0 or more, and {tries} was given")
    last = len(pipeline.stages) - 1
    first = next((i for i, stage in enumerate(pipeline.stages) if "matrix" in stage.writes), last)
    before = pipeline[:first].run(documents) if first else documents
    after = pipeline.run(before, done=first)
    decisions = pipeline.decide(after, done=last)
    decider = pipeline.stages[-1]
    assert isinstance(decider, Decider), "checked by decide"  # noqa: S101  # for mypy
    assert after.matrix is not None, "a decider reads a matrix"  # noqa: S101  # for mypy
    unsure = bool(decisions.unsure[0])
    value = decisions.values[0].item()
    parts = word_parts(pipeline.stages[first:-1], before)
    evidence = _evidence(decider, after.matrix.values, parts, before, value)
    nothing = unsure and is_unknown(decisions, after.matrix.values)
    if nothing:
        evidence = dataclasses.replace(evidence, neighbours=[], words=[], pieces=[])
    found = Flips()
    if tries and evidence.pieces and len(decisions.classes) and before.tokens is not None:
        without = Without(pipeline, before, first, tries)
        found = flips(without, evidence.pieces)
    origin = origin_of(pipeline.stages[:first], documents)
    return Explanation(
        id=str(documents.ids[0].as_py()),
        text=after.texts()[0],
        original=origin.text,
        verdict=UNSURE if unsure else value,
        leaning=None if nothing else value,
        why_unsure=why_unsure(decider, decisions, after.matrix.values, evidence.total),
        scores=dict(
            zip(decisions.classes.astype(str).tolist(), decisions.scores[0].tolist(), strict=True)
        ),
        are_probabilities=decisions.are_probabilities,
        evidence=evidence.evidence,
        prior=evidence.prior,
        total_evidence=evidence.total,
        known_words=None if decisions.known is None else int(decisions.known[0]),
        total_words=None if decisions.total is None else int(decisions.total[0]),
        neighbours=evidence.neighbours,
        words=[
            dataclasses.replace(word, places=_places(origin, word.spans)) for word in evidence.words
        ],
        flip=_placed(found.flip, origin, before.tokens),
        doubt=_placed(found.doubt, origin, before.tokens),
        tried=found.tried,
        compared=list(origin.compared),
        way=[(step.name, step.in_short()) for step in trace(pipeline, documents)],
    )


def _evidence(decider: Decider, values: Any, parts: Parts, read: Documents, value: Any) -> Evidence:
    if isinstance(decider, TrainingSet):
        return by_neighbours(decider, values, parts, read, value)
    if isinstance(decider, LinearClassifier):
        return by_weights(decider, values, parts, read, value)
    raise InputError(
        f"{decider.name()} cannot be explained word by word: use knn_classifier, knn_regressor, "
        "linear_svc, logistic_regression or complement_nb"
    )


def _places(origin: Origin, spans: Spans) -> Spans:
    """The stretches of the original that these stretches of the cleaned text come from, in order."""
    return sorted({place for start, end in spans for place in origin.pieces(start, end)})


def _placed(flip: Flip | None, origin: Origin, tokens: Tokens | None) -> Flip | None:
    """The same with the places of its words in the original."""
    if flip is None or tokens is None:
        return None
    spans = [
        span for word, span in zip(tokens.of(0), tokens.spans(0), strict=True) if word in flip.words
    ]
    return dataclasses.replace(flip, places=_places(origin, spans))
