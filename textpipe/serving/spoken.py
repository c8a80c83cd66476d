"""Which words and which training documents spoke for a verdict, no more than a filter needs."""

from __future__ import annotations

from typing import Any

from textpipe.classify.linear import LinearClassifier
from textpipe.classify.training_set import TrainingSet
from textpipe.documents import Documents
from textpipe.explanation.evidence import INTERCEPT, Evidence, by_neighbours, by_weights
from textpipe.explanation.reasons import CONSTANT, REST
from textpipe.explanation.word_parts import word_parts
from textpipe.pipeline import Pipeline
from textpipe.serving.verdict import Near

NO_WORDS = (CONSTANT, REST, INTERCEPT)


def spoken(
    pipeline: Pipeline, first: int, before: Documents, values: Any, positive: Any
) -> tuple[list[tuple[str, float]], list[Near]]:
    """The words of one document with their share of the evidence, and the neighbours that voted.

    ``before`` is the document as the stage at position ``first`` reads it, the first one that writes a
    matrix; ``values`` [1, n_features] is its row as the classifier reads it. A word's weight is above 0
    where it speaks for the label ``positive``; the strongest first. The figures are those of
    ``textpipe.explain``, exact sums; of classifiers that it cannot explain there are none.
    """
    decider = pipeline.stages[-1]
    if not isinstance(decider, TrainingSet | LinearClassifier):
        return [], []
    parts = word_parts(pipeline.stages[first:-1], before)
    evidence: Evidence
    if isinstance(decider, TrainingSet):
        evidence = by_neighbours(decider, values, parts, before, positive)
    else:
        evidence = by_weights(decider, values, parts, before, positive)
    words = [
        (word.word, word.net)
        for word in evidence.words
        if word.net and (word.spans or word.word not in NO_WORDS)
    ]
    near = [Near(one.id, str(one.label), one.similarity) for one in evidence.neighbours if one.vote]
    return sorted(words, key=lambda word: (-abs(word[1]), word[0])), near
