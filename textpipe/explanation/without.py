"""A document decided again without some of its words, by the pipeline's own stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from textpipe.documents import Decisions, Documents
from textpipe.explanation.reasons import Word
from textpipe.pipeline import Pipeline

AT_ONCE = 1_000_000
"""How many tokens are vectorized together, to bound memory."""

ALL = 10_000_000
"""How many tokens are vectorized in all: of a very long text fewer sets of words are tried."""

DIGITS = 10
"""Scores that differ by less than this many decimals are a tie."""

Removed: TypeAlias = frozenset[int]
"""Words that are taken out, as positions in ``Without.forms``."""


@dataclass(frozen=True)
class Outcome:
    """What is decided without some words.

    ``height`` says how far from another verdict it still is: the score of the label that the whole
    document leans to, less the best other score (where the whole document is unsure: how far from sure).
    """

    verdict: str
    scores: dict[str, float]
    height: float


class Without:
    """One document, to be decided without some of its words: all tokens of these forms are taken out.

    ``documents`` has what the stages up to ``first`` made of it, among them tokens; ``most`` is how
    many decisions may be made. ``decided`` holds all that were made.
    """

    def __init__(self, pipeline: Pipeline, documents: Documents, first: int, most: int) -> None:
        tokens = documents.tokens
        assert tokens is not None, "explain looked"  # noqa: S101  # for mypy
        self.pipeline, self.first = pipeline, first
        if not any("text" in stage.reads for stage in pipeline.stages[first:]):  # spare the copies
            documents = documents.with_(text=pa.array([""], pa.large_string()), regions=None)
        self.documents, self.tokens = documents, tokens
        codes, self.form_at = np.unique(tokens.codes, return_inverse=True)
        self.forms: list[str] = tokens.forms.take(pa.array(codes)).to_pylist()
        n_tokens = max(1, len(self.form_at))
        self.at_once = max(1, AT_ONCE // n_tokens)
        self.left = max(0, min(most, ALL // n_tokens))
        self.tried = 0
        decisions = pipeline.decide(documents, done=first)
        self.label: int | None = None
        if not decisions.unsure[0]:
            self.label = decisions.classes.tolist().index(decisions.values[0].item())
        self.before = self._outcomes(decisions)[0]
        self.decided: dict[Removed, Outcome] = {frozenset(): self.before}

    def decide(self, sets: Iterable[Removed]) -> dict[Removed, Outcome]:
        """What is decided without each of these sets of words; some are missing once no tries are left."""
        wanted = list(dict.fromkeys(sets))
        new = [removed for removed in wanted if removed not in self.decided][: self.left]
        self.left -= len(new)
        self.tried += len(new)
        for start in range(0, len(new), self.at_once):
            batch = new[start : start + self.at_once]
            self.decided.update(zip(batch, self._decide(batch), strict=True))
        return {removed: self.decided[removed] for removed in wanted if removed in self.decided}

    def _decide(self, sets: Sequence[Removed]) -> list[Outcome]:
        gone = np.zeros((len(sets), len(self.forms)), bool)
        for row, removed in enumerate(sets):
            gone[row, list(removed)] = True
        copies = self.documents.take(np.zeros(len(sets), np.int64))
        assert copies.tokens is not None, "they were there"  # noqa: S101  # for mypy
        copies = copies.with_(tokens=copies.tokens.keep(~gone[:, self.form_at].ravel()))
        return self._outcomes(self.pipeline.decide(copies, done=self.first))

    def _outcomes(self, decisions: Decisions) -> list[Outcome]:
        names = [str(name) for name in decisions.classes.tolist()]
        heights = _heights(decisions.scores, self.label)
        return [
            Outcome(str(verdict), dict(zip(names, scores.tolist(), strict=True)), float(height))
            for verdict, scores, height in zip(
                decisions.verdicts(), decisions.scores, heights, strict=True
            )
        ]

    def weights(self, words: Sequence[Word]) -> NDArray[np.float64]:
        """What each form did for the verdict, [n_forms]. A word that is no form, such as an n-gram,
        is shared out among the tokens that it stands on.
        """
        place = {form: i for i, form in enumerate(self.forms)}
        order = np.argsort(self.tokens.starts, kind="stable")
        starts = self.tokens.starts[order]
        weights = np.zeros(len(self.forms))
        for word in words:
            if word.word in place:
                weights[place[word.word]] += word.net
                continue
            for start, end in word.spans:
                first = max(0, int(np.searchsorted(starts, start, "right")) - 1)
                last = max(first + 1, int(np.searchsorted(starts, end, "left")))
                on = self.form_at[order[first:last]]
                np.add.at(weights, on, word.net / len(word.spans) / (last - first))
        return weights


def _heights(scores: NDArray[np.float64], label: int | None) -> NDArray[np.float64]:
    if label is None:
        heights = -scores.max(axis=1)
    else:
        others = np.delete(scores, label, axis=1)
        heights = scores[:, label] - (others.max(axis=1) if others.size else 0.0)
    rounded: NDArray[np.float64] = np.round(heights, DIGITS)
    return rounded
