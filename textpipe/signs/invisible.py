"""Which characters without a width have work to do where they stand."""

from __future__ import annotations

import regex

# Letters of scripts that are written without joiners; whoever stands after another one may be needed.
_UNJOINED = (
    r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Georgian}\p{Cherokee}\p{Coptic}\p{Lisu}\p{Hebrew}"
    r"\p{Canadian_Aboriginal}\p{Hangul}\p{Bopomofo}\p{Deseret}\p{Osage}\p{Tifinagh}\p{Common}\p{Inherited}"
)
_JOINED = regex.compile(
    rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNJOINED}]]|[\u064b-\u0655\u0670]", regex.V1
)
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_HAS_VARIANTS = regex.compile(
    r"[\p{Extended_Pictographic}\p{Emoji}\p{So}\p{Sm}\p{Han}\p{Mongolian}\p{Myanmar}\p{Phags_Pa}"
    r"\u3000-\u303f\uff00-\uff20]"
)
_HANGUL = regex.compile(r"[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]")
_BIDI = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAGS = regex.compile("[\U000e0001\U000e0020-\U000e007f]")


def has_business(mark: str, text: str, at: int) -> bool:
    """Does the character without a width that stands there change what is seen, or break words?

    >>> [has_business(text[1], text, 1) for text in ("a\u200db", "م\u200cخ", "❤\ufe0f", "a\xadb")]
    [False, True, True, False]
    """
    if mark == "\xad":
        return False
    if _BIDI.match(mark) or _TAGS.match(mark):  # looked at apart
        return True
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if "\ufe00" <= mark <= "\ufe0f" or "\U000e0100" <= mark <= "\U000e01ef":
        return before != "" and _HAS_VARIANTS.match(before) is not None
    if mark in "\u115f\u1160":
        return bool(_HANGUL.match(before) or _HANGUL.match(after))
    if mark == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after):
        return True
    return _JOINED.match(before) is not None
