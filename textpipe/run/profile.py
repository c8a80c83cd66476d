"""Where the time went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from textpipe.run.chain import Work


@dataclass
class Spent:
    """What one stage cost.

    learning, working   seconds, in whichever process: to learn, and to work on documents
    documents, bytes    that it worked on (UTF-8 text)
    tokens, forms       that documents had afterwards; a form counts once for each batch
    cached              documents whose result was there already
    """

    name: str
    learning: float = 0.0
    working: float = 0.0
    documents: int = 0
    bytes: int = 0
    tokens: int = 0
    forms: int = 0
    cached: int = 0

    @property
    def seconds(self) -> float:
        """All in all."""
        return self.learning + self.working

    @property
    def megabytes_per_second(self) -> float | None:
        """How fast it worked; None where nothing was worked on, or in no time."""
        return self.bytes / 1e6 / self.working if self.bytes and self.working > 1e-6 else None

    def as_json(self) -> dict[str, Any]:
        """The figures, by name."""
        speed = self.megabytes_per_second
        return {
            "name": self.name,
            "seconds": round(self.seconds, 6),
            "learning": round(self.learning, 6),
            "documents": self.documents,
            "megabytes": round(self.bytes / 1e6, 6),
            "megabytes_per_second": None if speed is None else round(speed, 3),
            "tokens": self.tokens,
            "forms": self.forms,
            "cached": self.cached,
        }


class Profile:
    """An observer that adds up what each stage costs.

    >>> profile = Profile(["tokenize", "count"])
    >>> profile(Work(0, documents=2, seconds=0.5, bytes=1_000_000, tokens=90, forms=50))
    >>> profile.stages[0].megabytes_per_second
    2.0
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.stages = [Spent(name) for name in names]

    def __call__(self, work: Work) -> None:
        spent = self.stages[work.position]
        if work.learned:
            spent.learning += work.seconds
            return
        spent.working += work.seconds
        spent.documents += work.documents
        spent.bytes += work.bytes
        spent.tokens += work.tokens
        spent.forms += work.forms
        spent.cached += work.documents * work.cached

    @property
    def seconds(self) -> float:
        """Of all stages; with several jobs, more than the time that went by."""
        return sum(spent.seconds for spent in self.stages)
