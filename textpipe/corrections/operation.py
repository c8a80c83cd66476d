"""What was done to a model's training documents, as the journal keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Label: TypeAlias = str | float
"""The label of a document: a text, or a number where training's labels are numbers."""

Kind: TypeAlias = Literal["learn", "unlearn", "relabel", "rollback"]


@dataclass(frozen=True)
class Operation:
    """One operation on the training documents of a model.

    kind      learn, unlearn, relabel or rollback
    digest    of the document's text as the classifier sees it (hex); "" for a rollback
    id        what the document was called
    label     the label that it has from now on; None where it has none
    before    the labels that it had, each once; empty if it was not among the training documents
    to        the sequence number that a rollback goes back to, else None
    document  the document as JSON (see :mod:`textpipe.corrections.stored`), or None
    source    a note: who taught this, or why
    sequence  1 for the first operation on a model, and so on; given by the journal
    time      UTC, such as 2025-01-31T12:00:00.000+00:00; given by the journal
    stored    does the journal keep the document?
    """

    kind: Kind
    digest: str = ""
    id: str = ""
    label: Label | None = None
    before: tuple[Label, ...] = ()
    to: int | None = None
    document: str | None = None
    source: str = ""
    sequence: int = 0
    time: str = ""
    stored: bool = False

    def as_json(self) -> dict[str, Any]:
        """The operation as JSON knows it, without the document."""
        return {
            "sequence": self.sequence,
            "time": self.time,
            "operation": self.kind,
            "id": self.id,
            "label": self.label,
            "before": list(self.before),
            "to": self.to,
            "digest": self.digest,
            "source": self.source,
        }


def encoded(value: Any) -> str:
    """A value as JSON of ASCII characters only: every database keeps it, whatever is in a text.

    >>> encoded("a\\x00é")
    '"a\\\\u0000\\\\u00e9"'
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
