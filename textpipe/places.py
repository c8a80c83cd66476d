"""Where what a stage wrote comes from: for each code point a begin and an end in the text it read."""

from __future__ import annotations

import re
from collections.abc import Callable
from re import Match, Pattern

import numpy as np

from textpipe.documents import Int32, clean_surrogates
from textpipe.text_stage import Cleaned

_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


class Places:
    """Places [n, 2], put together from left to right.

    >>> places = Places()  # of "a xxurl b", masked in "a x.de b"
    >>> places.keep(0, 2)
    >>> places.put(2, 6, 5)
    >>> places.keep(6, 8)
    >>> places.array()[:4].tolist()
    [[0, 1], [1, 2], [2, 6], [2, 6]]
    """

    def __init__(self) -> None:
        self._runs: list[tuple[int, int, int, bool]] = []

    def keep(self, begin: int, end: int) -> None:
        """What stands from ``begin`` to ``end`` was written as it was read."""
        self._runs.append((begin, end, end - begin, True))

    def put(self, begin: int, end: int, n: int) -> None:
        """``n`` code points were written, each for all that stands from ``begin`` to ``end``."""
        self._runs.append((begin, end, n, False))

    def array(self) -> Int32:
        """All places, one row for each code point written."""
        runs = np.array(self._runs, np.int64).reshape(-1, 4)
        begins, ends, _, kept = np.repeat(runs, runs[:, 2], axis=0).T
        before = np.cumsum(runs[:, 2]) - runs[:, 2]
        begins = begins + kept * (np.arange(len(begins)) - np.repeat(before, runs[:, 2]))
        return np.stack([begins, np.where(kept, begins + 1, ends)], axis=1).astype(np.int32)


def same_places(text: str) -> Int32:
    """The places of a text that was left alone.

    >>> same_places("ab").tolist()
    [[0, 1], [1, 2]]
    """
    places = Places()
    places.keep(0, len(text))
    return places.array()


def places_through(later: Int32, earlier: Int32) -> Int32:
    """Places in the text that came first, from places in what was made of it.

    >>> places_through(np.array([[1, 3]], np.int32), np.array([[0, 1], [4, 5], [7, 8]], np.int32)).tolist()
    [[4, 8]]
    """
    if not len(earlier) or not len(later):
        return np.zeros_like(later)
    new = np.append(True, (np.diff(later, axis=0) != 0).any(axis=1))  # rows often come in runs
    begins, ends = later[new].T
    nothing = np.append(earlier[:, 0] == earlier[:, 1], True)
    within = np.stack([begins, np.maximum(ends, begins + 1)], axis=1).ravel()
    firsts = np.where(nothing, 2**31 - 1, np.append(earlier[:, 0], 0))
    lasts = np.where(nothing, -1, np.append(earlier[:, 1], 0))
    firsts = np.minimum.reduceat(firsts, np.minimum(within, len(earlier)))[::2]
    lasts = np.maximum.reduceat(lasts, np.minimum(within, len(earlier)))[::2]
    empty = (begins == ends) | (lasts < 0)
    here = np.append(earlier[:, 0], earlier[-1, 1])[begins]
    found = np.stack([np.where(empty, here, firsts), np.where(empty, here, lasts)], axis=1)
    places: Int32 = found[np.cumsum(new) - 1].astype(np.int32)
    return places


def substitute(
    pattern: Pattern[str], by: str | Callable[[Match[str]], str], text: str
) -> tuple[str, Int32]:
    r"""What ``pattern.sub(by, text)`` writes, and its places. ``by`` holds no groups.

    >>> import re
    >>> substitute(re.compile(r"\r\n"), "\n", "a\r\nb")[1].tolist()
    [[0, 1], [1, 3], [3, 4]]
    """
    pieces, places, at = [], Places(), 0
    for match in pattern.finditer(text):
        written = by if isinstance(by, str) else by(match)
        pieces += [text[at : match.start()], written]
        places.keep(at, match.start())
        if written == match[0]:
            places.keep(*match.span())
        else:
            places.put(*match.span(), len(written))
        at = match.end()
    places.keep(at, len(text))
    return "".join([*pieces, text[at:]]), places.array()


def without_surrogates(text: str) -> tuple[str, Int32]:
    """What ``clean_surrogates`` writes, and its places."""
    return substitute(_SURROGATES, lambda match: clean_surrogates(match[0]), text)


def told(cleaned: Cleaned, text: str, places: Int32) -> list[Int32] | None:
    """The places of the only region, if they were found for the very text that it holds; else None."""
    return [places] if [region.text for region in cleaned.regions] == [text] else None
