"""What every stage made of a text: a debugger for pipelines."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from textpipe.classify.decider import Decider
from textpipe.documents import Documents, Tokens
from textpipe.errors import InputError
from textpipe.explanation.saying import column
from textpipe.pipeline import Pipeline

MOST = 12
"""How many columns of a matrix are shown, the heaviest first."""


FEW = 6
"""How many words of a kind a step names in short."""


@dataclass(frozen=True)
class Step:
    """One stage's work on a text. What it did not touch is left empty.

    ``text`` after a stage that writes text; ``tokens`` (and ``tags``) after one that writes tokens;
    ``vector`` (columns with their values, the heaviest first) and ``shape`` after one that writes a
    matrix; ``verdict`` and ``scores`` after one that decides. ``changed`` pairs words before and after;
    ``dropped`` and ``added`` are words that went or came; ``counts`` is what the stage counted.
    """

    position: int
    name: str
    options: str
    text: str | None = None
    tokens: list[str] | None = None
    tags: list[str] | None = None
    spans: list[tuple[int, int]] | None = None
    changed: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    vector: list[tuple[str, float]] | None = None
    shape: tuple[int, int] | None = None
    verdict: str | None = None
    scores: dict[str, float] | None = None
    untrained: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain numbers, texts, lists and dictionaries."""
        return asdict(self)

    def in_short(self) -> str:
        """What the stage did, in one line.

        >>> Step(0, "lowercase", "", tokens=["dogs", "!"], changed=[("Dogs", "dogs")]).in_short()
        '2 tokens; changed 1: Dogs → dogs'
        """
        said = []
        if self.untrained:
            said.append("not trained")
        if self.text is not None:
            said.append(f"{len(self.text):,} characters")
        if self.tokens is not None:
            said.append(f"{len(self.tokens):,} {'token' if len(self.tokens) == 1 else 'tokens'}")
        changed = [f"{before} → {after}" for before, after in self.changed]
        for what, words in (
            ("changed", changed),
            ("dropped", self.dropped),
            ("added", self.added),
            ("counted", [f"{name} {n:,}" for name, n in self.counts.items()]),
        ):
            some = list(dict.fromkeys(words))
            if some:
                more = ", …" if len(some) > FEW else ""
                many = "" if what == "counted" else f" {len(words):,}"
                said.append(f"{what}{many}: {', '.join(some[:FEW])}{more}")
        if self.vector is not None and self.shape is not None:
            heaviest = ", ".join(f"{column(name)} {value:.2f}" for name, value in self.vector[:FEW])
            said.append(
                f"{self.shape[1]:,} columns" + (f"; heaviest: {heaviest}" if heaviest else "")
            )
        if self.verdict is not None:
            said.append(self.verdict)
        return "; ".join(said) or "nothing changed"


def trace(pipeline: Pipeline, text: str | Documents) -> list[Step]:
    """What each stage does to one text, in order.

    In a pipeline that is not trained, the way ends at the first stage that needs to learn: its step, and
    those of the stages after it, are marked ``untrained``.
    """
    documents = Documents.of([text]) if isinstance(text, str) else text
    if len(documents) != 1:
        raise InputError(f"trace takes one document, and {len(documents)} were given")
    pipeline.check()
    if not hasattr(pipeline, "trained_"):
        pipeline.prepare()
    steps: list[Step] = []
    stopped = False
    for position, stage in enumerate(pipeline.stages):
        name, options = stage.name(), repr(stage)
        stopped = stopped or (stage.learns and not stage.__sklearn_is_fitted__())
        if stopped:
            steps.append(Step(position, name, options, untrained=True))
        elif isinstance(stage, Decider):
            decisions = stage.decide(documents)
            scores = zip(
                decisions.classes.astype(str).tolist(), decisions.scores[0].tolist(), strict=True
            )
            verdict = str(decisions.verdicts()[0])
            steps.append(Step(position, name, options, verdict=verdict, scores=dict(scores)))
        else:
            after = stage.apply(documents)
            steps.append(Step(position, name, options, **_difference(documents, after)))
            documents = after
    return steps


def _difference(before: Documents, after: Documents) -> dict[str, Any]:
    found: dict[str, Any] = {
        "counts": {
            name.partition(".")[2]: int(column[0] - before.counts.get(name, np.zeros(1, int))[0])
            for name, column in after.counts.items()
            if column[0] != before.counts.get(name, np.zeros(1, int))[0]
        }
    }
    if after.text is not before.text:
        found["text"] = after.texts()[0]
    if after.tokens is not None and after.tokens is not before.tokens:
        found["tokens"] = after.tokens.of(0)
        found["spans"] = after.tokens.spans(0)
        if after.tokens.tags is not None:
            found["tags"] = after.tokens.tags_of(0)
        if before.tokens is not None:
            found |= _changes(before.tokens, after.tokens)
    if after.matrix is not None and after.matrix is not before.matrix:
        values = after.matrix.values
        row = values[:1].toarray()[0] if sparse.issparse(values) else np.asarray(values[0])
        heaviest = sorted(np.flatnonzero(row), key=lambda i: (-abs(row[i]), i))[:MOST]
        found["vector"] = [(after.matrix.features[int(i)], float(row[i])) for i in heaviest]
        found["shape"] = (1, len(row))
    return found


def _changes(before: Tokens, after: Tokens) -> dict[str, Any]:
    """Words that changed (same place, other form), and words that went or came."""
    old = dict(zip(before.spans(0), before.of(0), strict=True))
    new = dict(zip(after.spans(0), after.of(0), strict=True))
    one_to_one = len(old) == len(before.codes) and len(new) == len(after.codes)
    if not one_to_one:
        went, came = Counter(before.of(0)), Counter(after.of(0))
        return {"dropped": [*(went - came).elements()], "added": [*(came - went).elements()]}
    return {
        "changed": [
            (old[span], form) for span, form in new.items() if span in old and old[span] != form
        ],
        "dropped": [form for span, form in old.items() if span not in new],
        "added": [form for span, form in new.items() if span not in old],
    }
