"""The engines that :class:`~textpipe.tokenize.tokenize.Tokenize` can choose from.

An engine cuts a text in two steps. ``pieces`` are the parts of a text that are cut each by itself:
stretches without white space, or lines. ``cut`` says where the tokens of each piece begin and end. A
piece is worked on once, however often it occurs, so a cut may depend on its piece alone.
"""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from textpipe.tokenize.pieces import (
    LINES,
    SKLEARN_WORDS,
    STRETCHES,
    WORDS,
    WORDS_AND_SYMBOLS,
    Kind,
    pieces_of,
)

Spans: TypeAlias = Iterable[tuple[int, int]]

Cut: TypeAlias = Sequence[int]
"""Start, end, start, end ... of the tokens of a piece."""

LONGEST_LINE = 5000
LONGEST_STRETCH = 500
"""Characters. NLTK's expressions take the square of a stretch without white space: "a." and "<!" of 5,000
characters take 0.2 s, of 500 0.003 s."""

_LONG_STRETCH = re.compile(rf"(?<!\S)\S{{{LONGEST_STRETCH + 1}}}")


@dataclass(frozen=True)
class Engine:
    """How a text is cut; see the module's text. Without ``cut`` each piece is a token."""

    pieces: Kind
    cut: Callable[[list[str]], list[Cut]] | None = None
    is_long: Callable[[str], bool] = lambda piece: False


def whitespace() -> Engine:
    """Each stretch without white space is a token."""
    return Engine(STRETCHES)


def words() -> Engine:
    """Unicode words: letters, digits, marks and underscores, joined by single apostrophes."""
    return Engine(WORDS)


def sklearn() -> Engine:
    """What scikit-learn's vectorizers take for words: at least two of ``re``'s word characters."""
    return Engine(SKLEARN_WORDS)


def by_line(cut: Callable[[str], Spans]) -> Engine:
    """An engine that cuts one line at a time."""
    return Engine(LINES, each(cut), is_long_line)


def is_long_line(line: str) -> bool:
    """Would a tokenizer of lines need long for this?"""
    if len(line) <= LONGEST_STRETCH:
        return False
    return len(line) > LONGEST_LINE or _LONG_STRETCH.search(line) is not None


def each(cut: Callable[[str], Spans]) -> Callable[[list[str]], list[Cut]]:
    """Cut many pieces, one by one."""
    return lambda pieces: [tuple(itertools.chain.from_iterable(cut(piece))) for piece in pieces]


def cut_long(pieces: list[str], much: bool) -> list[Cut]:
    """Cut pieces that are too long for their engine: words, and each symbol by itself."""
    found = pieces_of(pa.array(pieces, pa.large_string()), WORDS_AND_SYMBOLS, much)
    spans = np.stack((found.starts, found.ends), 1).ravel()
    return [
        array("i", spans[2 * first : 2 * end].tobytes())
        for first, end in itertools.pairwise(found.rows.tolist())
    ]
