"""Neighbouring stages on word forms as one, which remembers words."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

from textpipe.documents import Documents
from textpipe.stage import FormStage, Stage

REMEMBERED, LONGEST = 50_000, 100
"""How many words are remembered, and of how many characters at most: about 10 MB."""

UNKNOWN: Any = object()

FEW = 5_000
"""Up to so many distinct words of a batch are looked up; many at a time, stages are quicker."""


class FormRun:
    """Stages on word forms, one after another, as one pass over the distinct forms of a batch.

    What became of a word is remembered for the next batch (in the first stage, for as long as no stage has
    changed), so that one mail after another costs little more than to look its words up.
    """

    def __init__(self, stages: Sequence[FormStage]) -> None:
        self.stages = stages

    def apply(self, documents: Documents) -> Documents:
        """The documents after all these stages."""
        tokens = documents.tokens
        assert tokens is not None, "checked by the pipeline"  # noqa: S101  # for mypy
        if len(tokens.forms) > FEW:
            for stage in self.stages:
                tokens = stage.work(tokens)
            return documents.with_(tokens=tokens)
        known, forms = self._known(), tokens.forms.to_pylist()
        made: list[str | None] = list(map(known.get, forms, itertools.repeat(UNKNOWN)))
        if UNKNOWN in made:
            new = [form for form, other in zip(forms, made, strict=True) if other is UNKNOWN]
            found = dict(zip(new, self._through(new), strict=True))
            known.update((form, found[form]) for form in new if len(form) <= LONGEST)
            made = [
                found[form] if other is UNKNOWN else other
                for form, other in zip(forms, made, strict=True)
            ]
        return documents.with_(tokens=tokens.map(made))

    def _through(self, forms: list[str]) -> list[str | None]:
        """What the stages, one after another, make of each form; None drops it."""
        now: list[str | None] = list(forms)
        for stage in self.stages:
            left = [form for form in now if form]
            made = iter(stage.of_forms(left))
            now = [next(made) if form else None for form in now]
        return now

    def _known(self) -> dict[str, str | None]:
        """What is remembered; nothing, if a stage is another one than it was."""
        first = self.stages[0].__dict__
        them = [one for stage in self.stages for one in (stage, *_public(stage))]
        before, known = first.get("_run", ([], {}))
        same = len(before) == len(them) and all(map(operator.is_, before, them))
        if not same or len(known) > REMEMBERED:  # not emptied: another thread may be reading it
            known = {}
            first["_run"] = them, known
        return known  # type: ignore[no-any-return]


def in_runs(stages: Sequence[Stage]) -> Iterator[Stage | FormRun]:
    """The stages; neighbours that may be remembered together."""
    for may_be, some in itertools.groupby(stages, _may_be_remembered):
        if may_be:
            yield FormRun(list(some))
        else:
            yield from some


def _may_be_remembered(stage: Stage) -> bool:
    return isinstance(stage, FormStage) and stage.remembered and stage.maps_forms


def _public(stage: Stage) -> list[Any]:
    """Options, and what a stage has learned."""
    return [value for name, value in vars(stage).items() if not name.startswith("_")]
