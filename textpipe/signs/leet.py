"""Leetspeak: digits and symbols for the letters that they look like."""

from __future__ import annotations

import itertools
import re

from textpipe.signs.known_words import is_disguised_often, is_known

_LETTERS = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
            "|": "li", "€": "e", "¡": "i"}  # fmt: skip
SYMBOL = r"[013457@$!|€¡]"
"""What may stand for a letter, as a regular expression."""

_LONGEST = 30
_AMBIGUOUS = 3  # as many symbols of a word may stand for one of two letters each

LEET_WORD = re.compile(rf"(?<![\w@$!|€¡])[^\W\d_]*+{SYMBOL}(?:[^\W\d_]|{SYMBOL})*+(?![\w@])")
"""A run of letters and symbols with one symbol at least."""

# What ham has too: page5, 10th, $name; mp3s, pop3d; and hexadecimal numbers.
_OFTEN_MEANT = re.compile(
    rf"{SYMBOL}*+[^\W\d_]++{SYMBOL}*+|[^\W\d_]{{1,3}}[0-9]++[sd]|[0-9a-f]++", re.IGNORECASE
)


def unleet(word: str, language: str) -> str | None:
    """The known word that is written in leetspeak, in its case; None if it is none.

    Of four letters or more; of three if the word is disguised often. So it must be, too, where symbols stand
    at the beginning or end only (page5, 10th), or short names with digits have an ending (mp3s, pop3d).

    >>> [unleet(word, "en") for word in ("V1agra", "pa$$word", "FR33", "page5", "h264", "M0NEY!")]
    ['Viagra', 'password', 'FREE', None, None, 'MONEY!']
    """
    bare = word.rstrip("!|")
    word, rest = bare, word[len(bare) :]
    symbols = sum(letter in _LETTERS for letter in word)
    if not symbols or len(word) < 3 or 2 * symbols > len(word) or len(word) > _LONGEST:
        return None
    often = len(word) == 3 or _OFTEN_MEANT.fullmatch(word) is not None
    for written in _readings(word):
        if is_disguised_often(written) if often else is_known(written, language):
            return written + rest
    return None


def _readings(word: str) -> list[str]:
    upper = sum(map(str.isupper, word)) > sum(map(str.islower, word))
    choices, ambiguous = [], 0
    for letter in word:
        meant = _LETTERS.get(letter, letter)
        if len(meant) > 1 and letter in _LETTERS:
            ambiguous += 1
            meant = meant if ambiguous <= _AMBIGUOUS else meant[0]
        choices.append(meant.upper() if upper and letter in _LETTERS else meant)
    return ["".join(letters) for letters in itertools.product(*choices)]
