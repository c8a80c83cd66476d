"""What is to be done about documents, one after another, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from textpipe.corrections.operation import Kind, Label, Operation

Happened: TypeAlias = Literal[
    "learned", "already known", "relabelled", "removed", "not known", "no word in it"
]


@dataclass(frozen=True)
class Outcome:
    """What became of one document.

    ``label`` is what it has now (None: it is not among the training documents), ``before`` the labels
    that it had, each once.
    """

    id: str
    happened: Happened
    label: Label | None = None
    before: tuple[Label, ...] = ()

    def __str__(self) -> str:
        """In words, such as ``relabelled from ham``."""
        if self.happened != "relabelled":
            return self.happened
        return f"relabelled from {', '.join(map(str, self.before))}"


@dataclass(frozen=True)
class Named:
    """A document that is spoken of: its digest, its id, and itself where it was given.

    ``empty``: the classifier gets no word of it.
    """

    digest: str
    id: str
    document: str | None = None
    empty: bool = False


LabelsNow: TypeAlias = Callable[[str], tuple[Label, ...]]
"""The labels that a document has at this moment, by its digest; none if it is not there."""


@dataclass(frozen=True)
class Step:
    """What is to be done about one document; nothing where there is no ``kind``."""

    one: Named
    happened: Happened
    label: Label | None = None
    before: tuple[Label, ...] = ()
    kind: Kind | None = None

    def operation(self, source: str) -> Operation:
        """The step as the journal keeps it."""
        assert self.kind is not None, "only such steps are written"  # noqa: S101  # for mypy
        document = None if self.kind == "unlearn" else self.one.document
        return Operation(
            *(self.kind, self.one.digest, self.one.id, self.label, self.before),
            document=document,
            source=source,
        )

    def outcome(self) -> Outcome:
        """The step as the caller is told of it."""
        return Outcome(self.one.id, self.happened, self.label, self.before)


def learning(named: Sequence[Named], labels: Sequence[Label], now: LabelsNow) -> Iterator[Step]:
    """Adds each document that is not there, and relabels it where its label is another."""
    for one, label in zip(named, labels, strict=True):
        before = () if one.empty else now(one.digest)
        if one.empty:
            yield Step(one, "no word in it")
        elif not before:
            yield Step(one, "learned", label, before, "learn")
        elif before != (label,):
            yield Step(one, "relabelled", label, before, "relabel")
        else:
            yield Step(one, "already known", label, before)


def unlearning(named: Iterable[Named], now: LabelsNow) -> Iterator[Step]:
    """Takes out each document that is there."""
    for one in named:
        before = now(one.digest)
        if before:
            yield Step(one, "removed", None, before, "unlearn")
        else:
            yield Step(one, "not known")


def relabelling(named: Iterable[Named], label: Label, now: LabelsNow) -> Iterator[Step]:
    """Relabels each document that is there and has another label."""
    for one in named:
        before = now(one.digest)
        if not before:
            yield Step(one, "not known")
        elif before != (label,):
            yield Step(one, "relabelled", label, before, "relabel")
        else:
            yield Step(one, "already known", label, before)
