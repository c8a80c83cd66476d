"""What a regular expression cannot match, seen from its parts.

spaCy searches each stretch for prefixes, suffixes and infixes again and again, with alternatives by the
hundred, and most often in vain: a stretch that ends with "d" has no suffix in English. What is said here
to match nothing matches nothing; the rest may match or not.
"""

from __future__ import annotations

import importlib
import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

LETTERS = frozenset(map(ord, string.ascii_letters))

OTHER = -1
"""Any character beyond ASCII."""

Characters: TypeAlias = frozenset[int]

ALL: Characters = frozenset([*range(128), OTHER])


@dataclass(frozen=True)
class Reach:
    """What may match: never less than what does.

    may_be_empty   nothing
    heads, tails   what begins and what ends with these characters (ASCII, or ``OTHER``)
    in_letters     something in a text of nothing but ASCII letters
    begins, ends   False: it can only match at the very beginning or end of a text
    """

    may_be_empty: bool
    heads: Characters
    tails: Characters
    in_letters: bool
    begins_anywhere: bool = True
    ends_anywhere: bool = True

    def then(self, other: Reach) -> Reach:
        """One after the other."""
        return Reach(
            self.may_be_empty and other.may_be_empty,
            self.heads | other.heads if self.may_be_empty else self.heads,
            other.tails | self.tails if other.may_be_empty else other.tails,
            self.in_letters and other.in_letters,
            self.begins_anywhere and other.begins_anywhere,
            self.ends_anywhere and other.ends_anywhere,
        )

    def or_else(self, other: Reach) -> Reach:
        """One or the other."""
        return Reach(
            self.may_be_empty or other.may_be_empty,
            self.heads | other.heads,
            self.tails | other.tails,
            self.in_letters or other.in_letters,
            self.begins_anywhere or other.begins_anywhere,
            self.ends_anywhere or other.ends_anywhere,
        )


NOTHING = Reach(True, frozenset(), frozenset(), True)
ANYTHING = Reach(True, ALL, ALL, True)


def reach_of(pattern: re.Pattern[str]) -> Reach:
    """What the pattern may match; ``ANYTHING`` where this Python does not let us see its parts.

    >>> reach = reach_of(re.compile(r"(?<=[0-9])(?:km|m)$|,$"))
    >>> sorted(map(chr, reach.tails)), reach.in_letters, reach.ends_anywhere
    ([',', 'm'], False, False)
    """
    if pattern.flags & (re.IGNORECASE | re.MULTILINE):
        return ANYTHING
    try:
        parser: Any = importlib.import_module("re._parser")  # not public: it may go
        return _sequence(parser.parse(pattern.pattern, pattern.flags))
    except (ImportError, AttributeError):
        return ANYTHING


def _sequence(parts: Iterable[tuple[Any, Any]]) -> Reach:
    return reduce(Reach.then, (_part(str(name), value) for name, value in parts), NOTHING)


def _part(name: str, value: Any) -> Reach:
    """What one part may match; the names are those of Python's own parser."""
    if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
        characters = _characters(name, value)
        return Reach(False, characters, characters, bool(characters & LETTERS))
    if name == "BRANCH":
        return reduce(Reach.or_else, map(_sequence, value[1]))
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, repeated = value
        reach = _sequence(repeated)
        return reach if least else reach.or_else(NOTHING)
    if name == "ATOMIC_GROUP":
        return _sequence(value)
    if name == "SUBPATTERN" and not value[1] and not value[2]:  # no flags of its own
        return _sequence(value[3])
    if name == "ASSERT":  # what is seen ahead or behind is in the text as well
        return Reach(True, frozenset(), frozenset(), _sequence(value[1]).in_letters)
    if name == "ASSERT_NOT":
        return NOTHING
    if name == "AT":
        place = str(value)
        begins = place not in ("AT_BEGINNING", "AT_BEGINNING_STRING")
        ends = place not in ("AT_END", "AT_END_STRING")
        return Reach(True, frozenset(), frozenset(), True, begins, ends)
    return ANYTHING


def _characters(name: str, value: Any) -> Characters:
    """The characters that one part may match."""
    if name == "ANY":
        return ALL
    if name == "IN":
        kinds = [(str(kind), inner) for kind, inner in value]
        if kinds[0][0] == "NEGATE":
            return ALL - frozenset().union(*(_surely(*kind) for kind in kinds[1:]))
        return frozenset[int]().union(*(_characters(*kind) for kind in kinds))
    if name == "LITERAL":
        return frozenset([value if value < 128 else OTHER])
    if name == "NOT_LITERAL":
        return ALL - {value}
    if name == "RANGE":
        low, high = value
        return frozenset(range(low, min(high, 127) + 1)) | ({OTHER} if high > 127 else set())
    return ALL


def _surely(name: str, value: Any) -> Characters:
    """The ASCII characters that one part of a set is certain to match."""
    if name in ("LITERAL", "RANGE"):
        return _characters(name, value) - {OTHER}
    return frozenset()


Search: TypeAlias = "Callable[[str], Any] | None"


def sparing(search: Search, *, none: Any = None) -> Search:
    """The same search, in texts without white space, that does not look where nothing can be found.

    ``search`` is ``re``'s ``search``, ``match`` or ``finditer`` of a pattern (others stay as they are);
    ``none`` is what it returns if it finds nothing, or nothing but an empty prefix or suffix.
    """
    pattern = getattr(search, "__self__", None)
    if search is None or not isinstance(pattern, re.Pattern):
        return search
    reach = reach_of(pattern)
    if not (reach.begins_anywhere and reach.ends_anywhere) and "match" not in search.__name__:
        return _Affix(pattern, none, 0 if not reach.begins_anywhere else -1)
    if reach.heads < ALL and not reach.may_be_empty:
        begin = re.compile(_any_of(reach.heads)).search
        return lambda text: search(text) if begin(text) else none
    if not reach.in_letters:
        return lambda text: none if text.isalpha() and text.isascii() else search(text)
    return search


class _Affix:
    """Search for a prefix or suffix among those alternatives only that begin or end with the character
    that the text begins or ends with (``at`` 0 or -1).
    """

    def __init__(self, pattern: re.Pattern[str], none: Any, at: int) -> None:
        self.pattern, self.none, self.at = pattern, none, at
        self.alternatives = [
            (part, reach_of(re.compile(part, pattern.flags))) for part in alternatives(pattern)
        ]
        self.in_letters = any(reach.in_letters for _, reach in self.alternatives)
        self.searches: dict[str, Search] = {}

    def __call__(self, text: str) -> Any:
        key = text[self.at] if text else ""
        if key not in self.searches:
            if not key.isascii():
                return self.pattern.search(text)
            self.searches[key] = self._search_of(key)
        search = self.searches[key]
        if search is None or (not self.in_letters and text.isalpha() and text.isascii()):
            return self.none
        return search(text)

    def _search_of(self, key: str) -> Search:
        parts = []
        for part, reach in self.alternatives:
            ends = reach.tails if self.at else reach.heads
            if reach.may_be_empty or not {*map(ord, key)}.isdisjoint(ends):
                parts.append(part)
        return re.compile("|".join(parts), self.pattern.flags).search if parts else None


def alternatives(pattern: re.Pattern[str]) -> list[str]:
    r"""The alternatives of a regular expression; itself, if they depend on each other.

    >>> alternatives(re.compile(r"a|[|]|\||(?:b|c)$"))
    ['a', '[|]', '\\|', '(?:b|c)$']
    """
    written = pattern.pattern
    refers = re.search(r"\\[1-9]|\(\?(?:P=|\(|[aiLmsux]+\))", written)
    if refers or pattern.flags & re.VERBOSE:
        return [written]
    found, depth = [""], 0
    for piece in re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", written, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found


def _any_of(characters: Characters) -> str:
    """A set, as regular expressions write it."""
    known = "".join(re.escape(chr(code)) for code in sorted(characters - {OTHER}))
    return f"[{known}{chr(128)}-{chr(0x10FFFF)}]" if OTHER in characters else f"[{known}]"
