"""From operations to what they come to: which documents have which label, and which are gone."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from textpipe.corrections.operation import Label, Operation


@dataclass(frozen=True)
class Correction:
    """What differs from training for one document.

    label     its label now; None if it was taken out
    original  its labels in training, each once; empty if it was not in training
    document  the sequence number of the operation that keeps the document; 0 if none does
    id        what it was called when it was taught
    """

    label: Label | None
    original: tuple[Label, ...]
    document: int
    id: str

    @property
    def what(self) -> str:
        """learned, unlearned or relabelled."""
        if self.label is None:
            return "unlearned"
        return "relabelled" if self.original else "learned"


Corrections: TypeAlias = dict[str, Correction]
"""By digest, what differs from training. It does not depend on the order in which it was taught."""


def standing(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that no rollback has undone, in order. They begin with the first of a model.

    >>> learn = [Operation("learn", "d", sequence=n) for n in (1, 2)]
    >>> back = Operation("rollback", to=1, sequence=3)
    >>> [operation.sequence for operation in standing([*learn, back])]
    [1]
    """
    kept = []
    at = len(operations)
    while at > 0:
        operation = operations[at - 1]
        if operation.kind == "rollback":
            at = operation.to or 0
        else:
            kept.append(operation)
            at -= 1
    return kept[::-1]


def in_force(operations: Sequence[Operation]) -> Corrections:
    """What all operations on a model come to."""
    corrections: Corrections = {}
    for operation in standing(operations):
        work_in(corrections, operation)
    return corrections


def work_in(corrections: Corrections, operation: Operation) -> None:
    """Bring the corrections up to date after one more operation, which is no rollback."""
    digest, old = operation.digest, corrections.pop(operation.digest, None)
    new = Correction(
        operation.label,
        operation.before if old is None else old.original,
        operation.sequence if operation.stored else 0,
        operation.id,
    )
    if operation.kind == "unlearn":
        new = dataclasses.replace(new, label=None, document=0)
    elif operation.kind == "relabel" and old is not None and old.document:
        new = dataclasses.replace(old, label=operation.label)  # the first document stays
    as_in_training = () if new.label is None else (new.label,)
    if new.original != as_in_training:
        corrections[digest] = new


def counts(corrections: Iterable[Correction]) -> dict[str, int]:
    """How many documents were learned, unlearned and relabelled.

    >>> counts([Correction("spam", (), 1, "a"), Correction(None, ("ham",), 0, "b")])
    {'learned': 1, 'unlearned': 1, 'relabelled': 0}
    """
    found = Counter(correction.what for correction in corrections)
    return {what: found[what] for what in ("learned", "unlearned", "relabelled")}
