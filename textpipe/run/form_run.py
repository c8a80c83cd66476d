"""Neighbouring stages on word forms as one, which remembers words."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from textpipe.documents import Documents, Tokens
from textpipe.documents.arrays import Slices
from textpipe.run.known_columns import KnownColumns
from textpipe.run.remembered import known_or_made, remembered
from textpipe.stage import FormStage, Stage, Vectorizer
from textpipe.tokenize.found import FoundTokens

FEW = 5_000
"""Up to so many distinct words of a batch are looked up; many at a time, stages are quicker."""


class FormRun:
    """Stages on word forms, one after another, as one pass over the distinct forms of a batch.

    What became of a word is remembered for the next batch (in the first stage, for as long as no stage has
    changed), so that one mail after another costs little more than to look its words up.
    """

    def __init__(self, stages: list[FormStage]) -> None:
        self.stages = stages

    def apply(self, documents: Documents) -> Documents:
        """The documents after all these stages."""
        tokens = documents.tokens
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        if len(tokens.forms) > FEW:
            for stage in self.stages:
                tokens = stage.work(tokens)
            return documents.with_(tokens=tokens)
        known: dict[str, str | None] = remembered("_run", self.stages, dict)
        made = known_or_made(known, tokens.forms.to_pylist(), self.through)
        return documents.with_(tokens=tokens.map(made))

    def through(self, forms: list[str]) -> list[str | None]:
        """What the stages, one after another, make of each form; None drops it."""
        now: list[str | None] = list(forms)
        for stage in self.stages:
            left = [form for form in now if form]
            made = iter(stage.of_forms(left))
            now = [(next(made) or None) if form else None for form in now]
        return now


class WordsToMatrix:
    """A ``FormRun``, and the vectorizer after it, as one: from a word straight to its column.

    It is for who needs the matrix only: words and tokens are gone.
    """

    def __init__(self, run: FormRun, vectorizer: Vectorizer) -> None:
        self.run = run
        self.vectorizer = vectorizer
        self.stages: list[Stage] = [*run.stages, vectorizer]

    def apply(self, documents: Documents) -> Documents:
        """The documents after all these stages."""
        words = documents.words
        slices = None if words is None or words is not documents.tokens else _few_words(words)
        if words is None or slices is None:
            before = self.run.apply(documents) if self.run.stages else documents
            return self.vectorizer.apply(before)
        known = remembered("_columns", self.stages, KnownColumns)
        columns = known.of(slices, self._columns)
        matrix = self.vectorizer.vectorize_words(words, columns)
        return documents.with_(words=None, tokens=None, matrix=matrix)

    def _columns(self, forms: list[str]) -> list[int]:
        """The column of each form: -1 if it has none, -2 if a stage drops it."""
        made = self.run.through(forms)
        left = pa.array([form for form in made if form is not None], pa.string())
        columns = iter(self.vectorizer.columns_of(left).tolist())
        return [-2 if form is None else next(columns) for form in made]


def _few_words(words: Tokens) -> Slices | None:
    """The distinct forms of words, if they stand in short texts, or are few and written out."""
    if isinstance(words, FoundTokens):
        return words.slices
    few = words.is_plain and len(words.forms) <= FEW
    return Slices.of(words.forms) if few else None


Step = Stage | FormRun | WordsToMatrix


def in_runs(stages: Sequence[Stage], only_matrix: bool = False) -> list[Step]:
    """The stages; neighbours that may be remembered are one. ``only_matrix``: nobody needs the tokens that
    they leave behind.
    """
    steps: list[Step] = []
    for stage in stages:
        before = steps[-1] if steps else None
        if not (isinstance(stage, FormStage) and stage.remembered and stage.maps_forms):
            steps.append(stage)
        elif isinstance(before, FormRun):
            before.stages.append(stage)
        else:
            steps.append(FormRun([stage]))
    last = steps[-1] if steps else None
    if only_matrix and isinstance(last, Vectorizer) and last.counts_words:
        before = steps[-2] if len(steps) > 1 else None
        run = before if isinstance(before, FormRun) else FormRun([])
        return [*steps[: -2 if run.stages else -1], WordsToMatrix(run, last)]
    return steps
