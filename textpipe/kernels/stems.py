"""English stems as NLTK's Snowball stemmer makes them. The loop has a twin, that stemmer itself
(``nltk.stem.snowball.EnglishStemmer``), which gives the same stems; steps and regions are called as there.

R1 and R2 are known by how many letters they have, at the end of the word. Where NLTK cuts more from a region
than it has, it is empty; where it puts a new ending in place of one that does not lie in R2 as a whole, R2 is
empty or, for some (``LEAVES_E``), just the e at the end.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from textpipe.kernels.compiled import compiled, inlined, read_only, writable

# a suffix; how many letters are cut, and what is put there; letters of which one must stand before it
STEP_2 = (
    ("ization", 7, "ize", ""), ("ational", 7, "ate", ""), ("fulness", 4, "", ""),
    ("ousness", 7, "ous", ""), ("iveness", 7, "ive", ""), ("tional", 2, "", ""),
    ("biliti", 6, "ble", ""), ("lessli", 2, "", ""), ("entli", 2, "", ""), ("ation", 5, "ate", ""),
    ("alism", 5, "al", ""), ("aliti", 5, "al", ""), ("ousli", 5, "ous", ""), ("iviti", 5, "ive", ""),
    ("fulli", 2, "", ""), ("enci", 1, "e", ""), ("anci", 1, "e", ""), ("abli", 1, "e", ""),
    ("izer", 4, "ize", ""), ("ator", 4, "ate", ""), ("alli", 4, "al", ""), ("bli", 3, "ble", ""),
    ("ogi", 1, "", "l"), ("li", 2, "", "cdeghkmnrt"),
)  # fmt: skip
STEP_3 = (
    ("ational", 7, "ate", ""), ("tional", 2, "", ""), ("alize", 3, "", ""), ("icate", 5, "ic", ""),
    ("iciti", 5, "ic", ""), ("ative", 5, "", ""), ("ical", 4, "ic", ""), ("ness", 4, "", ""),
    ("ful", 3, "", ""),
)  # fmt: skip
ALL_OF_STEP_4 = "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic"
STEP_4 = tuple(
    (suffix, len(suffix), "", "st" if suffix == "ion" else "") for suffix in ALL_OF_STEP_4.split()
)
LEAVES_E = ("ational", "ation", "ator", "iveness", "iviti")
"""Of step 2."""

RULES = (*STEP_2, *STEP_3, *STEP_4)
AFTER_2, AFTER_3, AFTER_4 = len(STEP_2), len(STEP_2) + len(STEP_3), len(RULES)


def _is_one_of(letters: str) -> NDArray[np.bool_]:
    """For each byte, bool[256]."""
    return np.isin(np.arange(256), list(letters.encode()))


def _packed(suffix: str) -> int:
    """Up to eight letters as a number, the last one in the lowest byte."""
    return int.from_bytes(suffix.encode(), "big")


SUFFIX = np.array([_packed(suffix) for suffix, *_ in RULES], np.uint64)
MASK = np.array([256 ** len(suffix) - 1 for suffix, *_ in RULES], np.uint64)
SIZE = np.array([len(suffix) for suffix, *_ in RULES], np.int64)
CUT = np.array([cut for _, cut, _, _ in RULES], np.int64)
PUT = np.array([list(put.encode().ljust(3)) for _, _, put, _ in RULES], np.uint8)
N_PUT = np.array([len(put) for _, _, put, _ in RULES], np.int64)
BEFORE = np.array([_is_one_of(letters) if letters else [True] * 256 for *_, letters in RULES])
SHORT_R2 = np.array(
    [suffix in LEAVES_E for suffix, *_ in STEP_2] + [False] * (AFTER_4 - AFTER_2), np.int64
)
IN_R2 = np.array([suffix == "ative" for suffix, *_ in RULES[:AFTER_3]] + [True] * len(STEP_4))

VOWEL, DOUBLE, VOWEL_OR_WXY = map(_is_one_of, ("aeiouy", "bdfgmnprt", "aeiouywxY"))
APOSTROPHE, SMALL_E, SMALL_I, SMALL_L, SMALL_Y, LARGE_Y = map(ord, "'eilyY")
POSSESSIVES, POSSESSIVE = map(_packed, ("'s'", "'s"))
SSES, IED, IES, US, SS, S = map(_packed, ("sses", "ied", "ies", "us", "ss", "s"))
EEDLY, INGLY, EDLY, EED, ING, ED = map(_packed, ("eedly", "ingly", "edly", "eed", "ing", "ed"))
AT, BL, IZ = map(_packed, ("at", "bl", "iz"))
GENER, ARSEN, COMMUN = map(_packed, ("gener", "arsen", "commun"))


@inlined
def _last_eight(word, n):
    packed = np.uint64(0)
    for at in range(max(0, n - 8), n):
        packed = packed << np.uint64(8) | np.uint64(word[at])
    return packed


@inlined
def _ends(word, n, suffix, size):
    mask = (np.uint64(1) << np.uint64(8 * size)) - np.uint64(1)
    return n >= size and _last_eight(word, n) & mask == np.uint64(suffix)


@inlined
def _has_vowel(word, n):
    for at in range(n):  # noqa: SIM110  # numba knows no any()
        if VOWEL[word[at]]:
            return True
    return False


@inlined
def _after_syllable(word, first, n):
    """How many letters stand after the first vowel with a consonant behind it."""
    for at in range(first + 1, n):
        if not VOWEL[word[at]] and VOWEL[word[at - 1]]:
            return n - at - 1
    return 0


@inlined
def _less(region, cut):
    return max(0, region - cut)


@inlined
def _prepare(letters, word):
    """Copy a word, without an apostrophe before it, with capital letters for each y that is a consonant; how
    many letters it has."""
    first = 1 if letters[0] == APOSTROPHE else 0
    n = len(letters) - first
    word[:n] = letters[first:]
    if word[0] == SMALL_Y:
        word[0] = LARGE_Y
    for at in range(1, n):
        if word[at] == SMALL_Y and VOWEL[word[at - 1]]:
            word[at] = LARGE_Y
    return n


@inlined
def _regions(word, n):
    """How many letters R1 and R2 have."""
    if _ends(word, min(n, 5), GENER, 5) or _ends(word, min(n, 5), ARSEN, 5):
        r1 = n - 5
    elif _ends(word, min(n, 6), COMMUN, 6):
        r1 = n - 6
    else:
        r1 = _after_syllable(word, 0, n)
    return r1, _after_syllable(word, n - r1, n)


@inlined
def _plural(word, n):
    """How many letters steps 0 and 1a cut off: first of a possessive, then of a plural."""
    cut = 0
    if _ends(word, n, POSSESSIVES, 3):
        cut = 3
    elif _ends(word, n, POSSESSIVE, 2):
        cut = 2
    elif _ends(word, n, APOSTROPHE, 1):
        cut = 1
    n -= cut
    if _ends(word, n, SSES, 4):
        return cut + 2
    if _ends(word, n, IED, 3) or _ends(word, n, IES, 3):
        return cut + (2 if n > 4 else 1)
    if _ends(word, n, S, 1) and not (_ends(word, n, US, 2) or _ends(word, n, SS, 2)):
        return cut + (1 if _has_vowel(word, n - 2) else 0)
    return cut


@inlined
def _past(word, n, r1, r2):
    """Step 1b."""
    size = 0
    if _ends(word, n, EEDLY, 5) or _ends(word, n, EED, 3):
        size = 5 if word[n - 1] == SMALL_Y else 3
        if r1 < size:
            return n, r1, r2
        n = n - size + 2
        return n, r1 - size + 2, r2 - size + 2 if r2 >= size else 0
    if _ends(word, n, INGLY, 5):
        size = 5
    elif _ends(word, n, EDLY, 4):
        size = 4
    elif _ends(word, n, ING, 3):
        size = 3
    elif _ends(word, n, ED, 2):
        size = 2
    if size == 0 or not _has_vowel(word, n - size):
        return n, r1, r2
    n, r1, r2 = n - size, _less(r1, size), _less(r2, size)
    if _ends(word, n, AT, 2) or _ends(word, n, BL, 2) or _ends(word, n, IZ, 2):
        word[n] = SMALL_E
        n, r1 = n + 1, r1 + 1
        return n, r1, r2 + 1 if n > 5 or r1 >= 3 else r2
    if n > 1 and word[n - 1] == word[n - 2] and DOUBLE[word[n - 1]]:
        return n - 1, _less(r1, 1), _less(r2, 1)
    if r1:
        return n, r1, r2
    if n == 2:
        short = VOWEL[word[0]] and not VOWEL[word[1]]
    else:
        short = (
            n > 2
            and not VOWEL_OR_WXY[word[n - 1]]
            and VOWEL[word[n - 2]]
            and not VOWEL[word[n - 3]]
        )
    if short:
        word[n] = SMALL_E
        n += 1
    return n, r1, r2


@inlined
def _replace(word, n, r1, r2, rule, end):
    """The first rule whose suffix the word has, if that lies in its region."""
    tail = _last_eight(word, n)
    while rule < end and (tail & MASK[rule]) != SUFFIX[rule]:
        rule += 1
    if rule == end:
        return n, r1, r2
    size, cut, more = SIZE[rule], CUT[rule], N_PUT[rule]
    if (r2 if IN_R2[rule] else r1) >= size and BEFORE[rule, word[n - size - 1]]:
        n -= cut
        for at in range(more):
            word[n + at] = PUT[rule, at]
        n, r1 = n + more, r1 - cut + more
        r2 = r2 - cut + more if r2 >= cut else SHORT_R2[rule]
    return n, r1, r2


@inlined
def _last_letter(word, n, r1, r2):
    """Step 5: how many letters are left."""
    if r2 and word[n - 1] == SMALL_L and word[n - 2] == SMALL_L:
        return n - 1
    if r1 and word[n - 1] == SMALL_E:
        if r2:
            return n - 1
        if n >= 4 and (VOWEL_OR_WXY[word[n - 2]] or not VOWEL[word[n - 3]] or VOWEL[word[n - 4]]):
            return n - 1
    return n


@inlined
def _stem(letters, word):
    """Write the stem of a word of three letters or more to ``word``; how many letters it has."""
    n = _prepare(letters, word)
    r1, r2 = _regions(word, n)
    cut = _plural(word, n)
    n, r1, r2 = n - cut, _less(r1, cut), _less(r2, cut)
    n, r1, r2 = _past(word, n, r1, r2)
    if n > 2 and (word[n - 1] == SMALL_Y or word[n - 1] == LARGE_Y) and not VOWEL[word[n - 2]]:
        word[n - 1] = SMALL_I  # step 1c
    n, r1, r2 = _replace(word, n, r1, r2, 0, AFTER_2)
    n, r1, r2 = _replace(word, n, r1, r2, AFTER_2, AFTER_3)
    n, r1, r2 = _replace(word, n, r1, r2, AFTER_3, AFTER_4)
    return _last_letter(word, n, r1, r2)


@compiled(
    read_only(types.uint8), read_only(types.int32), writable(types.uint8), writable(types.int32)
)
def stem_words(letters, bounds, stems, ends):
    """Write the stems of the words ``letters[bounds[i]:bounds[i + 1]]`` one after another to ``stems``, and
    where each of them ends to ``ends``. The words are of ASCII, small, and none of NLTK's special ones.

    ``stems`` has room for as many letters as the words have.
    """
    longest = 0
    for number in range(len(ends)):
        longest = max(longest, bounds[number + 1] - bounds[number])
    word, to = np.zeros(longest + 1, np.uint8), 0
    for number in range(len(ends)):
        first, after = bounds[number], bounds[number + 1]
        n = after - first
        if n <= 2:
            word[:n] = letters[first:after]
        else:
            n = _stem(letters[first:after], word)
        for at in range(n):
            stems[to + at] = SMALL_Y if word[at] == LARGE_Y else word[at]
        to += n
        ends[number] = to
