"""Letters of other scripts that look like Latin ones, and the other way round.

The table is the one of Unicode Technical Standard 39, section 4 (confusables.txt), as the package
confusable_homoglyphs brings it. Its small letters of Cyrillic that look like small capitals (к, м, т, н,
в) are left out there, and given here apart: a reader takes them for Latin letters in a Latin word only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import regex

SCRIPTS = ("Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic", "Lisu", "Georgian", "Deseret",
           "Osage", "Tifinagh", "Canadian_Aboriginal")  # fmt: skip
"""Scripts whose letters are taken for Latin ones. (Han, Kana, Hangul, Arabic, Hebrew and Indic are not.)"""

_OF_SCRIPT = {name: regex.compile(rf"\p{{Script={name}}}") for name in ("Latin", *SCRIPTS)}

_ALIKE_IN_A_LATIN_WORD = MappingProxyType(
    dict(zip("квмнтбпиηκτχεωθђћњ", "kbmhtbnunktxewohhh", strict=True))
)
_RUSSIAN = MappingProxyType(
    dict(zip("aceopxykmtABCEHKMOPTXY", "асеорхукмтАВСЕНКМОРТХУ", strict=True))
)
_GREEK = MappingProxyType(
    dict(zip("oviuapkxABEHIKMNOPTXYZ", "ονιυαρκχΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
)


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The script of a letter: "Latin", one of ``SCRIPTS``, or "" for all others.

    >>> script_of("ж"), script_of("ö"), script_of("字")
    ('Cyrillic', 'Latin', '')
    """
    for name, pattern in _OF_SCRIPT.items():
        if pattern.match(letter):
            return name
    return ""


@cache
def latin_look_alikes() -> Mapping[str, str]:
    """The Latin letter that each letter of ``SCRIPTS`` looks like, after Unicode's table.

    >>> [latin_look_alikes().get(letter) for letter in "аІԁж"]
    ['a', 'I', 'd', None]
    """
    from confusable_homoglyphs.confusables import confusables_data

    found = {}
    for letter, alike in confusables_data.items():
        if len(letter) == 1 and script_of(letter) in SCRIPTS:
            for other in alike:
                if len(other["c"]) == 1 and "A" <= other["c"] <= "z" and other["c"].isalpha():
                    found[letter] = _in_its_case(letter, other["c"])
    return MappingProxyType(found)


@cache
def phonetic_look_alikes() -> Mapping[str, str]:
    """The ASCII letter that phonetic letters of the Latin script look like (ɡ: g, ᴏ: o)."""
    from confusable_homoglyphs.confusables import confusables_data

    phonetic = regex.compile(r"[\u0250-\u02af\u1d00-\u1d2b\ua720-\ua7ff\uab30-\uab5b]")
    found = {
        letter: other["c"]
        for letter, alike in confusables_data.items()
        if len(letter) == 1 and phonetic.match(letter) and script_of(letter) == "Latin"
        for other in alike
        if len(other["c"]) == 1 and other["c"].isascii() and other["c"].isalpha()
    }
    return MappingProxyType(found)


def as_latin(word: str, loosely: bool) -> str | None:
    """The word in Latin letters as a reader sees it, or None if a letter looks like none of them.

    ``loosely``: also by likeness that only stands in a Latin word (к for k).

    >>> as_latin("раураl", loosely=False), as_latin("жop", loosely=False)
    ('paypal', None)
    """
    return _written(word, "Latin", latin_look_alikes(), _ALIKE_IN_A_LATIN_WORD if loosely else {})


def as_script(word: str, script: str) -> str | None:
    """The word with its Latin letters in this script (Cyrillic or Greek), or None if one has no like.

    >>> as_script("cкидки", "Cyrillic")
    'скидки'
    """
    table = {"Cyrillic": _RUSSIAN, "Greek": _GREEK}.get(script)
    return None if table is None else _written(word, script, table, {})


def _written(
    word: str, script: str, table: Mapping[str, str], more: Mapping[str, str]
) -> str | None:
    letters = []
    for letter in word:
        if script_of(letter) == script or unicodedata.category(letter)[0] == "M":
            letters.append(letter)
            continue
        plain, *marks = list(unicodedata.normalize("NFD", letter))
        alike = table.get(letter) or more.get(letter) or table.get(plain) or more.get(plain)
        if alike is None:
            return None
        letters.append(unicodedata.normalize("NFC", "".join([alike, *marks])))
    return "".join(letters)


def _in_its_case(letter: str, alike: str) -> str:
    """Unicode takes small l for the prototype of capital I, whatever the letter's own case, and small i
    for the small palochka, which looks like l in most fonts (аррӏе).
    """
    if letter == "ӏ":
        return "l"
    if alike == "l" and (letter.isupper() or letter == "ꓲ"):  # Lisu has no small letters
        return "I"
    return alike
