"""A text while tricks in it are undone: what it is by now, what was counted, where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from textpipe.documents import Int32
from textpipe.places import places_through, same_places, substitute


class Undoing:
    """A text, changed by one pattern after another.

    >>> import re
    >>> undoing = Undoing("fr33", with_places=True)
    >>> undoing.replace(re.compile("33"), lambda match: undoing.found("leet", "ee"))
    >>> undoing.text, dict(undoing.counts), undoing.places.tolist()
    ('free', {'leet': 1}, [[0, 1], [1, 2], [2, 4], [2, 4]])
    """

    def __init__(self, text: str, with_places: bool = False) -> None:
        self.text = text
        self.counts: Counter[str] = Counter()
        self.places: Int32 | None = same_places(text) if with_places else None

    def replace(self, pattern: Any, by: Callable[[Any], str]) -> None:
        """Write ``by(match)`` for each match of a compiled pattern of ``re`` or ``regex``."""
        if self.places is None:
            self.text = pattern.sub(by, self.text)
        else:
            self.text, made = substitute(pattern, by, self.text)
            self.places = places_through(made, self.places)

    def found(self, sign: str, written: str, n: int = 1) -> str:
        """Count ``n`` of a sign, and give back what is written for it."""
        self.counts[sign] += n
        return written
