"""Where a text comes from, found by comparing words: for stages that cannot tell."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np

from textpipe.documents import Int32
from textpipe.places import Places

MOST_WORDS = 20_000
"""Words that are compared. Comparing takes time by their square, so longer texts are compared at both
ends only: up to the first difference, and from the last on.
"""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def places_by_words(before: str, after: str) -> Int32:
    """The likeliest places of ``after`` in ``before``: begins and ends [len(after), 2].

    Words are the same in upper and lower case. As many other words between two that were found stand
    each for one; else each stands for all that is between.

    >>> places_by_words("Dear  BOB, see x.de", "dear bob, see URL")[5:8].tolist()
    [[6, 7], [7, 8], [8, 9]]
    """
    old, new = _words(before), _words(after)
    same_here = _same(old, new, 1)
    most = min(len(old), len(new)) - same_here
    same_there = min(_same(old, new, -1), most)
    places = Places()
    _one_to_one(places, old[:same_here], new[:same_here])
    old, tail_old = _parted(old[same_here:], same_there)
    new, tail_new = _parted(new[same_here:], same_there)
    if max(len(old), len(new)) > MOST_WORDS:
        _all_from_all(places, [], new)
    else:
        _compare(places, old, new)
    _one_to_one(places, tail_old, tail_new)
    return _in_order(places.array())


class _Word(str):
    """A word, folded, that knows where it stood."""

    begin: int
    end: int


def _words(text: str) -> list[_Word]:
    words = []
    for match in _WORD.finditer(text):
        word = _Word(" " if match[0].isspace() else match[0].casefold())
        word.begin, word.end = match.span()
        words.append(word)
    return words


def _same(old: list[_Word], new: list[_Word], step: int) -> int:
    """How many words are the same at the beginning, or (backwards) at the end."""
    count = 0
    for one, other in zip(old[::step], new[::step], strict=False):
        if one != other:
            break
        count += 1
    return count


def _parted(words: list[_Word], tail: int) -> tuple[list[_Word], list[_Word]]:
    return words[: len(words) - tail], words[len(words) - tail :]


def _compare(places: Places, old: list[_Word], new: list[_Word]) -> None:
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > 2_000)
    for _, a, b, c, d in matcher.get_opcodes():
        if b - a == d - c:
            _one_to_one(places, old[a:b], new[c:d])
        else:
            _all_from_all(places, old[a:b], new[c:d])


def _one_to_one(places: Places, old: list[_Word], new: list[_Word]) -> None:
    for one, other in zip(old, new, strict=True):
        if one.end - one.begin == other.end - other.begin:
            places.keep(one.begin, one.end)
        else:
            places.put(one.begin, one.end, other.end - other.begin)


def _all_from_all(places: Places, old: list[_Word], new: list[_Word]) -> None:
    if new:
        begin, end = (old[0].begin, old[-1].end) if old else (0, 0)
        places.put(begin, end, new[-1].end - new[0].begin)


def _in_order(places: Int32) -> Int32:
    """No place begins before the one of an earlier character; what is guessed may cross otherwise."""
    starts = np.maximum.accumulate(places[:, 0])
    ordered: Int32 = np.stack([starts, np.maximum(starts, places[:, 1])], axis=1).astype(np.int32)
    return ordered
