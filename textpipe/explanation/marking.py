"""A text cut into stretches, each with the words that stand on it."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from textpipe.explanation.reasons import Spans, Word

MOST_EMPTY_LINES = 2
"""Of more empty lines in a row, their number is shown."""

_EMPTY_LINES = re.compile(rf"(?<![^\n])(?:[ \t\xa0]*\n){{{MOST_EMPTY_LINES + 1},}}")


@dataclass(frozen=True)
class Stretch:
    """A part of a text. ``words`` are those that stand on all of it, the weightiest first; ``net`` is
    the sum of theirs. ``inside``: does it lie in a place that was asked for, such as those of a flip?
    ``empty_lines``: how many lines it has, if it is nothing but more than ``MOST_EMPTY_LINES`` of them.
    """

    text: str
    words: tuple[Word, ...] = ()
    net: float = 0.0
    inside: bool = False
    empty_lines: int = 0

    @property
    def shown_instead(self) -> str:
        """What is shown of empty lines.

        >>> [part.shown_instead for part in stretches("Hi" + 5 * "\\n" + "Bob", [])]
        ['', '(4 empty lines)\\n', '']
        """
        return f"({self.empty_lines} empty lines)\n" if self.empty_lines else ""


def stretches(
    text: str,
    words: Sequence[tuple[Word, Spans]],
    inside: Sequence[tuple[int, int]] = (),
    longest: int | None = None,
) -> list[Stretch]:
    """The text in order, up to ``longest`` code points, cut where a word, a place or a row of empty
    lines begins or ends.

    >>> free = Word("free", 0.5, 0.1, [(2, 6)])
    >>> [(part.text, part.net) for part in stretches("a free one", [(free, free.spans)])]
    [('a ', 0.0), ('free', 0.4), (' one', 0.0)]
    """
    end_of_text = len(text) if longest is None else min(len(text), longest)
    starting: dict[int, list[int]] = {}
    ending: dict[int, list[int]] = {}
    change: dict[int, int] = {}
    for number, (_, spans) in enumerate(words):
        for start, end in spans:
            if start < end and start < end_of_text:
                starting.setdefault(start, []).append(number)
                ending.setdefault(min(end, end_of_text), []).append(number)
    for start, end in inside:
        if start < end and start < end_of_text:
            change[start] = change.get(start, 0) + 1
            change[min(end, end_of_text)] = change.get(min(end, end_of_text), 0) - 1
    empty = {found.start(): found.end() for found in _EMPTY_LINES.finditer(text, 0, end_of_text)}
    cuts = sorted({0, end_of_text, *starting, *ending, *change, *empty, *empty.values()})
    found: list[Stretch] = []
    open_words: dict[int, int] = {}
    depth = 0
    for start, end in itertools.pairwise(cuts):
        depth += change.get(start, 0)
        for number in ending.get(start, ()):
            open_words[number] -= 1
            if not open_words[number]:
                del open_words[number]
        for number in starting.get(start, ()):
            open_words[number] = open_words.get(number, 0) + 1
        standing = sorted(open_words, key=lambda number: (-abs(words[number][0].net), number))
        net = math.fsum(words[number][0].net for number in standing)
        is_empty = empty.get(start) == end and not standing and depth == 0
        found.append(
            Stretch(
                text[start:end],
                tuple(words[n][0] for n in standing),
                net,
                depth > 0,
                text.count("\n", start, end) if is_empty else 0,
            )
        )
    return found
