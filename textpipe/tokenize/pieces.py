"""Where the pieces of texts are (words, lines, stretches without white space); each distinct one once.

Much text is searched by compiled loops over Arrow's bytes (``kernels/text.py``), little text by regular
expressions in Python: they find the same, in the same order.
"""

from __future__ import annotations

import functools
import importlib
import sys
from array import array
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from textpipe.documents import Tokens, UInt8
from textpipe.kernels.worth import worth
from textpipe.tokenize.distinct import SHORT, Distinct, Strings
from textpipe.tokenize.found import FoundTokens

PER_BYTE = 150e-9
"""Seconds that Python takes to find the pieces."""

PIECES = "text.find_pieces", "text.gather"
PARTS = "parts.number_parts", "parts.spread"
"""The loops that find pieces, and that put their parts in place."""


@dataclass(frozen=True)
class Kind:
    """What a piece is: what ``pattern`` matches.

    For the compiled loops the same in other words: a run of at least ``shortest`` characters, each of
    which ``inside`` matches, or a single one of ``joiners`` between two of them; or one that only
    ``alone`` matches. Without ``inside`` pieces are searched in Python only.
    """

    pattern: str
    inside: str = ""
    joiners: str = ""
    alone: str = ""
    shortest: int = 1
    library: Literal["re", "regex"] = "re"

    def compiled(self, pattern: str) -> Any:
        """A regular expression of this kind's library."""
        return importlib.import_module(self.library).compile(pattern)


WORD_CHARACTER = r"[\p{L}\p{N}\p{M}_]"
JOINED_WORDS = rf"{WORD_CHARACTER}+(?:['’]{WORD_CHARACTER}+)*+"

STRETCHES = Kind(r"\S+", r"\S")
"""Stretches without white space."""

LINES = Kind(r"\S[^\r\n]{0,4999}(?!\S)|\S+")
"""A line without the white space at its beginning. A longer one is cut at white space: the regular
expressions of NLTK are quadratic in a run of digits (10,000 of them: 0.25 s, 5,000: 0.06 s)."""

WORDS = Kind(JOINED_WORDS, WORD_CHARACTER, "'’", library="regex")
"""Unicode words: letters, digits, marks and underscores, joined by single apostrophes."""

WORDS_AND_SYMBOLS = Kind(rf"{JOINED_WORDS}|\S", WORD_CHARACTER, "'’", r"\S", library="regex")
"""The same, and each symbol by itself."""

SKLEARN_WORDS = Kind(r"(?u)\b\w\w+\b", r"\w", shortest=2)
"""What scikit-learn's vectorizers take for words: at least two of ``re``'s word characters."""


def pieces_of(text: pa.LargeStringArray, kind: Kind, much: bool) -> Tokens:
    """The pieces of each text as tokens; the distinct ones in the order in which they first occur.

    >>> text = pa.array(["to be", "or to"], pa.large_string())
    >>> pieces_of(text, STRETCHES, much=False).forms.to_pylist()
    ['to', 'be', 'or']
    """
    if much and kind.inside:
        return pieces_compiled(Strings.of(text), kind)
    return pieces_in_python(text.to_pylist(), kind)


def is_much(n_bytes: int, in_parts: bool = False) -> bool:
    """Is this enough text for the compiled loops, or are they loaded anyway?"""
    return worth(n_bytes * PER_BYTE, *PIECES, *(PARTS if in_parts else ()))


def pieces_in_python(texts: list[str], kind: Kind) -> Tokens:
    """What ``pieces_of`` returns, by the regular expression."""
    pattern = kind.compiled(kind.pattern)
    forms: dict[str, int] = {}
    codes, starts, ends, rows = array("i"), array("i"), array("i"), [0]
    for text in texts:
        for match in pattern.finditer(text):
            codes.append(forms.setdefault(match.group(), len(forms)))
            starts.append(match.start())
            ends.append(match.end())
        rows.append(len(codes))
    return Tokens(
        pa.array(list(forms), pa.string()),
        np.array(codes, np.int32),
        np.array(starts, np.int32),
        np.array(ends, np.int32),
        np.array(rows, np.int64),
    )


def pieces_compiled(texts: Strings, kind: Kind) -> Tokens:
    """What ``pieces_of`` returns, by the compiled loop."""
    from textpipe.kernels.text import find_pieces

    room = texts.n_bytes // 5 + 1000
    codes, starts, ends = (np.empty(room, np.int32) for _ in range(3))
    rows = np.zeros(len(texts) + 1, np.int64)
    distinct = Distinct.of(texts.data)
    table = table_of(kind)
    while distinct.done < len(texts):
        distinct.make_room()
        find_pieces(
            texts.data, texts.offsets, texts.eights(), table, kind.shortest, *distinct.arrays(),
            codes, starts, ends, rows,
        )  # fmt: skip
        if distinct.done < len(texts) and not distinct.is_full:
            for column in (codes, starts, ends):
                column.resize(2 * len(column), refcheck=False)
    for column in (codes, starts, ends):
        column.resize(rows[-1], refcheck=False)
    columns = codes, starts, ends, rows
    if len(texts.data) <= SHORT:
        found: Tokens = FoundTokens(distinct.slices(), *columns)
    else:
        found = Tokens(distinct.forms(), *columns)
    distinct.give_back()
    return found


@functools.cache
def table_of(kind: Kind) -> UInt8:
    """What each code point is: see kernels/text.py."""
    from textpipe.kernels.boundaries import ALONE, INSIDE, JOINER
    from textpipe.kernels.text import N_CODES

    table = np.zeros(N_CODES, np.uint8)
    characters = np.arange(sys.maxunicode + 1, dtype="<u4").tobytes()
    written = characters.decode("utf-32-le", "surrogatepass")
    for pattern, bit in ((kind.inside, INSIDE), (kind.alone, ALONE)):
        if pattern:
            for run in kind.compiled(f"(?:{pattern})+").finditer(written):
                table[run.start() : run.end()] |= bit
    table[[ord(joiner) for joiner in kind.joiners]] |= JOINER
    table.flags.writeable = False
    return table
