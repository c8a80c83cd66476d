"""What became of words, from batch to batch."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Sequence, Sized
from typing import Any, Generic, TypeVar

from textpipe.stage import Stage

REMEMBERED, LONGEST = 50_000, 100
"""How many words stages remember, and of how many characters at most: about 10 MB."""

UNKNOWN: Any = object()

Known = TypeVar("Known", bound=Sized)
Made = TypeVar("Made")


def remembered(what: str, stages: Sequence[Stage], begin: Callable[[], Known]) -> Known:
    """What is known of words after these stages; the first of them keeps it, by the name ``what``.

    ``begin`` makes an empty one.
    """
    kept = stages[0].__dict__
    held: Remembered[Known] = kept.get(what) or kept.setdefault(what, Remembered(begin))
    return held.of(stages)


class Remembered(Generic[Known]):
    """What became of words, for as long as stages have the same options and have learned nothing else.

    (What they keep for themselves counts too: it changes seldom, and then a little is forgotten.)
    """

    def __init__(self, begin: Callable[[], Known]) -> None:
        self._begin = begin
        self._held: tuple[list[Any], Known] = [], begin()

    def of(self, stages: Sequence[Stage]) -> Known:
        """What is known; nothing, if a stage is another one than it was."""
        now = [*stages, *itertools.chain.from_iterable(vars(stage).values() for stage in stages)]
        before, known = self._held
        same = len(before) == len(now) and all(map(operator.is_, before, now))
        if not same or len(known) > REMEMBERED:  # not emptied: another thread may be reading it
            known = self._begin()
            self._held = now, known  # at once, for the same reason
        return known


def known_or_made(
    known: dict[str, Made], words: list[str], make: Callable[[list[str]], list[Made]]
) -> list[Made]:
    """What became of each word; those that are not known are worked on, and known from now on.

    >>> known = {"to": 2}
    >>> known_or_made(known, ["be", "to"], lambda words: [len(word) for word in words]), known
    ([2, 2], {'to': 2, 'be': 2})
    """
    found: list[Any] = list(map(known.get, words, itertools.repeat(UNKNOWN)))
    if UNKNOWN not in found:
        return found
    new = [word for word, one in zip(words, found, strict=True) if one is UNKNOWN]
    made = dict(zip(new, make(new), strict=True))
    known.update((word, made[word]) for word in new if len(word) <= LONGEST)
    return [made[word] if one is UNKNOWN else one for word, one in zip(words, found, strict=True)]
