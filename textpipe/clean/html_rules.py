"""What libxml2 2.14 does with HTML elements, and what a reader sees of them, as arrays for the quick reader.

Its parser cuts HTML into tags as the HTML standard says, and keeps a stack of open elements. A start tag
closes those above it that ``_CLOSES`` names; an end tag closes what stands above its element, unless that
weighs more (``_WEIGHTS``). How this was found, and whether it is still so: tests/clean/test_html_quick.py.
"""

from __future__ import annotations

import functools
import html.entities
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from textpipe.clean.html_tags import RAW
from textpipe.clean.html_text import (
    BLOCK,
    CELL,
    END_MARKS,
    GONE_ELEMENTS,
    LINE,
    NOT_SHOWN_ELEMENTS,
    PREFORMATTED_ELEMENTS,
    START_MARKS,
)

LIBXML2 = (2, 14)
"""The versions of libxml2 that the rules were found in."""

_CLOSES = """
a: a
address: p ul
blockquote body caption dir div frameset head h1 h2 h3 h4 h5 h6 hr listing ol title xmp: p
center: b font i p
col: caption p
colgroup: caption colgroup p
dd: address dir dt listing menu p pre
dl: address dir dt listing menu p pre
dt: address dd dir listing menu p pre
fieldset: a h1 h2 h3 h4 h5 h6 legend listing p pre
form: address dir dl form h1 h2 h3 h4 h5 h6 listing menu ol p pre ul
li: address dl h1 h2 h3 h4 h5 h6 li listing p pre
menu pre: p ul
optgroup option: option
p: b big h1 h2 h3 h4 h5 h6 i p s small strike tt u
table: a h1 h2 h3 h4 h5 h6 listing p pre
tbody: caption colgroup p tbody td tfoot th thead tr
td th: a b font i p span td th u
tfoot: caption colgroup p tbody td th thead tr
thead: caption colgroup
tr: caption colgroup p td th tr
ul: address dir listing menu p pre
a abbr acronym address b bdo big blockquote body br center cite code dd dfn dir div dl dt em fieldset: head
font form frameset h1 h2 h3 h4 h5 h6 hr i iframe img kbd li listing map menu ol p pre q s samp small: head
span strike strong sub sup table tt u ul var xmp: head
"""
"""Start tags, and which elements they close if these are innermost."""

_WEIGHTS = {
    "div": 150,
    "td": 160,
    "th": 160,
    "tr": 170,
    "thead": 180,
    "tbody": 180,
    "tfoot": 180,
    "table": 190,
    "head": 200,
    "body": 200,
    "html": 220,
}
_OTHERS_WEIGH = 100
_VOID = "area base basefont br col frame hr img input isindex link meta param"
_OF_HEAD = "script style meta link title base"
_UNREAD = "frame frameset noframes"

IS_VOID, IS_SKIPPED, IS_UNREAD, IS_GONE, HAS_ALT, IS_INPUT, OF_HEAD, IS_KEPT, IS_RAW = (
    1 << i for i in range(9)
)
"""Bits of ``Elements.kinds``. Skipped is what is no mark-up up to its end tag, and not seen; gone is what is
not seen with all inside; unread are elements whose inside follows rules of its own; kept is white space
inside; raw is what is no mark-up up to its end tag, but seen."""

NO_MARK, A_BLOCK, A_LINE, A_CELL, A_SPACE = range(5)
_MARKS = {BLOCK: A_BLOCK, LINE: A_LINE, CELL: A_CELL, " ": A_SPACE}

UInt8: TypeAlias = NDArray[np.uint8]
Int32: TypeAlias = NDArray[np.int32]


class Words(NamedTuple):
    """A set of words: open addressing by FNV-1a.

    slots    int32[a power of two], the number of a word, -1 where there is none
    starts   int32[n + 1], where each word begins in ``letters``
    """

    slots: Int32
    starts: Int32
    letters: UInt8


class Elements(NamedTuple):
    """What is known of each element, by its number; 0 are all others, 1 to 3 html, head and body."""

    names: Words
    kinds: Int32
    start_marks: UInt8
    end_marks: UInt8
    weights: Int32
    closes: NDArray[np.bool_]  # [n, n]: does a start tag (row) close an element?


class Entities(NamedTuple):
    """Names of characters: with their semicolon, and the old ones that can do without.

    ``texts[text_starts[i]:text_starts[i + 1]]`` is the UTF-8 of name ``i``.
    """

    names: Words
    text_starts: Int32
    texts: UInt8


def _words(words: list[str]) -> Words:
    size = 1 << (4 * len(words)).bit_length()
    slots = np.full(size, -1, np.int32)
    for number, word in enumerate(words):
        at = fnv(word.encode()) & (size - 1)
        while slots[at] >= 0:
            at = (at + 1) & (size - 1)
        slots[at] = number
    return Words(slots, *_joined(words))


def _joined(words: list[str]) -> tuple[Int32, UInt8]:
    encoded = [word.encode() for word in words]
    starts = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    return starts, np.frombuffer(b"".join(encoded), np.uint8)


def fnv(letters: bytes) -> int:
    """FNV-1a, 32 bits (Fowler, Noll, Vo)."""
    hashed = 0x811C9DC5
    for letter in letters:
        hashed = ((hashed ^ letter) * 0x01000193) & 0xFFFFFFFF
    return hashed


@functools.cache
def elements() -> Elements:
    """All elements that have a rule."""
    closes = [
        (tag, old)
        for line in _CLOSES.strip().splitlines()
        for tag in line.partition(":")[0].split()
        for old in line.partition(":")[2].split()
    ]
    unread = set(_UNREAD.split()) | NOT_SHOWN_ELEMENTS
    skipped = (RAW & GONE_ELEMENTS) - unread
    kept, raw = ["pre", "textarea"], ["textarea"]
    kinds = {
        IS_VOID: _VOID.split(),
        IS_SKIPPED: sorted(skipped),
        IS_UNREAD: sorted((RAW | PREFORMATTED_ELEMENTS | unread) - skipped - {*kept, *raw}),
        IS_GONE: sorted(GONE_ELEMENTS - skipped),
        HAS_ALT: ["img", "area"],
        IS_INPUT: ["input"],
        OF_HEAD: _OF_HEAD.split(),
        IS_KEPT: kept,
        IS_RAW: raw,
    }
    known = {name for pair in closes for name in pair} | set(START_MARKS) | set(END_MARKS)
    known |= {name for names in kinds.values() for name in names}
    first = ["", "html", "head", "body"]
    names = [*first, *sorted(known - set(first))]
    table = np.zeros((len(names), len(names)), np.bool_)
    for tag, old in closes:
        table[names.index(tag), names.index(old)] = True
    bits = [sum(bit for bit, of in kinds.items() if name in of) for name in names]
    return Elements(
        _words(names),
        np.array(bits, np.int32),
        np.array([_MARKS.get(START_MARKS.get(name, ""), 0) for name in names], np.uint8),
        np.array([_MARKS.get(END_MARKS.get(name, ""), 0) for name in names], np.uint8),
        np.array([_WEIGHTS.get(name, _OTHERS_WEIGH) for name in names], np.int32),
        table,
    )


@functools.cache
def entities() -> Entities:
    """The names of characters in the HTML standard."""
    table = html.entities.html5
    return Entities(_words(list(table)), *_joined(list(table.values())))


@functools.cache
def of_windows() -> NDArray[np.int64]:
    """The characters that references to 128 to 159 stand for: those of windows-1252."""
    return np.array([ord(html.unescape(f"&#{code};")) for code in range(128, 160)], np.int64)
