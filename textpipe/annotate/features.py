"""What the tagger looks at: traits of one word, and where around a word they are looked up.

A trait depends on the form alone, so it is computed once per distinct form. A feature is a trait seen
at a distance (``-1`` is the word before), or two such together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

VERSION = 1
"""Models say which version they were trained with; raise it with any change in this file."""

EDGE = ""
"""The form that stands before and after each sentence."""

LONGEST = 60
"""Longer forms are looked at by their first and last half of this many characters only."""


class Single(NamedTuple):
    """A trait of the word at a distance."""

    distance: int
    trait: str

    def name(self, value: str) -> str:
        """The feature's name in a model."""
        return f"{self.distance}{self.trait}={value}"


class Pair(NamedTuple):
    """The traits of two words together."""

    left: Single
    right: Single

    def name(self, left: str, right: str) -> str:
        """The feature's name in a model."""
        return f"{self.left.name(left)}\t{self.right.name(right)}"


def traits(form: str) -> dict[str, str]:
    """What can be seen in a word itself.

    >>> traits("Häuser")["suffix3"], traits("Häuser")["shape"], traits("A-10")["shape"]
    ('ser', 'Xx', 'X-0')
    """
    if len(form) > LONGEST:
        form = form[: LONGEST // 2] + form[-LONGEST // 2 :]
    digits = re.sub(r"\d", "0", form)
    lower = digits.lower()
    shape = _shape(form)
    found = {"form": digits, "lower": lower, "shape": shape, "case": shape[:2]}
    for length in range(1, 6):
        if len(lower) > length:
            found[f"suffix{length}"] = lower[-length:]
            if length < 5:
                found[f"prefix{length}"] = lower[:length]
    return found


def _shape(form: str) -> str:
    return _RUN.sub(r"\1", "".join(map(_class, form)))[:8]


_RUN = re.compile(r"(.)\1+", re.DOTALL)


def _class(char: str) -> str:
    if char.isupper():
        return "X"
    if char.isalpha():
        return "x"
    return "0" if char.isdigit() else char


_AROUND = ("lower", "suffix2", "suffix3", "shape")

SINGLES = (
    *(Single(0, trait) for trait in ("form", "lower", "shape", "case")),
    *(Single(0, f"prefix{length}") for length in (1, 2, 3, 4)),
    *(Single(0, f"suffix{length}") for length in (1, 2, 3, 4, 5)),
    *(Single(distance, trait) for distance in (-1, 1) for trait in _AROUND),
    Single(-2, "lower"),
    Single(2, "lower"),
)

PAIRS = (
    Pair(Single(-1, "lower"), Single(0, "lower")),
    Pair(Single(0, "lower"), Single(1, "lower")),
    Pair(Single(-1, "lower"), Single(1, "lower")),
    Pair(Single(-1, "case"), Single(0, "case")),
    Pair(Single(0, "case"), Single(0, "suffix3")),
    Pair(Single(-1, "suffix3"), Single(0, "lower")),
    Pair(Single(0, "lower"), Single(1, "suffix3")),
    Pair(Single(-1, "suffix3"), Single(0, "suffix3")),
    Pair(Single(0, "suffix3"), Single(1, "suffix3")),
)

DISTANCES = tuple(sorted({single.distance for single in SINGLES}))
"""How far the tagger looks, in words."""
