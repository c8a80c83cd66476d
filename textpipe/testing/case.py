"""A stage, trained, with documents that carry what it reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import clone

from textpipe.annotate.tag_parts_of_speech import TagPartsOfSpeech
from textpipe.classify.decider import Decider
from textpipe.documents import Decisions, Documents
from textpipe.pipeline import Pipeline
from textpipe.stage import Stage
from textpipe.testing.examples import EXAMPLES
from textpipe.tokenize.tokenize import Tokenize
from textpipe.vectorize.count import Count


class Case:
    """A clone of a stage, trained on documents that carry what it reads."""

    def __init__(self, stage: Stage, documents: Any) -> None:
        self.stage = clone(stage)
        self.stage.check()
        texts = EXAMPLES if documents is None else documents
        self.before = Pipeline(stages_before(stage))
        if self.before.stages:
            self.before.fit(texts)
        self.given = Documents.of(texts)
        self.inputs = self.prepared(self.given)
        self._train()

    def prepared(self, texts: Any) -> Documents:
        """Documents with the columns that the stage reads."""
        documents = self.before.run(texts) if self.before.stages else Documents.of(texts)
        return with_mails(documents) if self.stage.uses_mails else documents

    def after(self, documents: Documents) -> Documents | Decisions:
        """What the stage makes of documents."""
        if isinstance(self.stage, Decider):
            decisions: Decisions = self.stage.decide(documents)
            return decisions
        after: Documents = self.stage.apply(documents)
        return after

    def retrain(self, other: Case) -> None:
        """Train the stage once more, on what the other one was trained on."""
        self.before, self.inputs = other.before, other.inputs
        self._train()

    def _train(self) -> None:
        self.stage.meet(self.before.stages, "en")
        if self.stage.learns:
            regression = self.stage.__sklearn_tags__().estimator_type == "regressor"
            labels = [1.5, 4.0] if regression else ["a", "b"]
            self.stage.learn(self.inputs, np.resize(labels, len(self.inputs)))


def with_mails(documents: Documents) -> Documents:
    """The documents, each with a mail in which its text stands; but for every third length of text."""
    mails = [
        None
        if len(text) % 3 == 2
        else f"From: a{len(text)}@example.org\r\nSubject: {text[:40]}\r\n\r\n{text}".encode(
            errors="surrogatepass"
        )
        for text in documents.texts()
    ]
    return documents.with_(mails=pa.array(mails, pa.large_binary()))


def stages_before(stage: Stage) -> list[Stage]:
    """Stages that write what this one reads; words are cut at white space, so that all sorts reach it."""
    reads = set(stage.reads)
    stages: list[Stage] = []
    if reads & {"tokens", "tags", "matrix"}:
        stages.append(Tokenize("whitespace"))
    if "tags" in reads:
        stages.append(TagPartsOfSpeech())
    if "matrix" in reads:
        stages.append(Count())
    return stages
