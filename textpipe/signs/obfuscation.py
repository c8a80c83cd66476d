"""Words written so that a filter does not read them: undone and counted."""

from __future__ import annotations

import re
from collections.abc import Callable

from textpipe.documents import Int32, Region
from textpipe.places import told
from textpipe.signs.known_words import is_disguised_often, is_known
from textpipe.signs.leet import LEET_WORD, SYMBOL, unleet
from textpipe.signs.undoing import Undoing
from textpipe.text_stage import Cleaned, TextStage

_LETTER = r"[^\W\d_]"
_MARKS = "._*~/|+,'’·•:;^=-"
_SIGN = rf"(?:{_LETTER}|{SYMBOL})"
# Each pattern begins where nothing of its own kind stands before, and never goes back: linear time.
_CENSORED = re.compile(r"(?<![\w*#&])([A-Za-z]{1,2})(\*{1,5}+)([A-Za-z]{1,7}+)(?![\w*(])")
_SPACED = re.compile(rf"(?<!\S){_LETTER}(?:[ \xa0]{_SIGN}(?![\w'’@$-])){{3,}}+")
_SEPARATED = re.compile(
    rf"(?<![\w{_MARKS}]){_LETTER}([{_MARKS}]){_SIGN}(?:\1{_SIGN}(?![^\W_]|[@$])){{2,}}+(?!\1)"
)
_PUNCTUATED = re.compile(
    rf"(?<![\w.,*~^|;:@/\\]){_LETTER}++(?:[.,_*~^|;:]{_LETTER}++){{1,6}}+(?![\w(*@/\\])(?![.,_*~^|;:]\w)"
)
_STRETCHED = re.compile(rf"(?<!\w)(?>{_LETTER}*?({_LETTER})\1\1){_LETTER}*+(?!\w)", re.IGNORECASE)
_LONG_RUN = re.compile(rf"({_LETTER})\1{{2,}}+", re.IGNORECASE)
_BETWEEN = re.compile(r"\W|_")
_CLITICS = frozenset(("s", "t", "d", "m", "ll", "re", "ve"))
_SHORT_CENSORED = frozenset(("fk", "st", "ct", "dk", "ck", "tt", "sx"))
_INTERJECTION = re.compile(
    "[aeou]++[hr]++|a++r++g++h*+|h++[ao]++|[bgs]++[hrm]++|[hu]*+m++h*+", re.IGNORECASE
)
_NO_STRETCH = re.compile(r"[ivxlcdm]++|www|[a-f]++", re.IGNORECASE)  # Roman, hexadecimal
_SPACES = re.compile(r"\s")
_LONGEST = 40
_AROUND = 50  # a chunk with more before or after the word is no text
_ADDRESS = re.compile(
    r"://|www\.|\\|/[^/\s]++/|@[\w-]++\.\w|[\w-]\.(?:com|net|org|info|biz|edu|gov|mil|de|at|ch|uk|fr|ie|eu|ru"
    r"|cn|jp|tv|html?|php|asp|cgi|exe|txt|pdf|jpe?g|gif|png|zip|t?gz|tar|rpm|py|pl|js|sh|mp3)\b|\w\w\.[ch]\b",
    re.IGNORECASE,
)


class Obfuscation(TextStage):
    """Text with disguised words written plainly, where the plain word is one.

    Options:
        leet: digits and symbols for letters (v1agra, pa$$word, fr33). Default true.
        separated: four single letters or more with one mark between all (f-r-e-e). Default true.
        spaced: four single letters or more with one space between all (F R E E). Default true.
        punctuated: marks inside a word (via.gra, mo_ney), where a part is no word. Default true.
        stretched: three or more times the same letter (freeeee), but in Hmmm and the like, and where two
            words of a German compound meet (Schifffahrt). It is left once or twice. Default true.
        censored: stars inside a word (f*ck), counted and left. Default true.
        language: of the words, besides English, such as "de". Default: the pipeline's.

    Reads text, writes text. Counts ``leet_words``, ``separated_words``, ``spaced_words``,
    ``punctuated_words``, ``stretched_words`` and ``censored_words``. Raises nothing of its own.

    A word is disguised only if the plain one is in simplemma's dictionary of English or of ``language``, or
    is one of some 150 words that are disguised most (brands, drugs, baits). It must be one of the latter
    if it has three letters, if the symbols stand only at its ends (page5, $name), or if it could be the
    plural of a name (mp3s) or a hexadecimal number. Addresses, file names, paths and what stands beside
    50 characters without a space are left alone. Dictionaries are loaded when the first doubtful word comes
    (English 0.2 s, German 0.8 s).

    >>> Obfuscation().of("Fr33 V1agra, f-r-e-e C A S H, no pre.scrip.tion neeeeded")
    'Free Viagra, free CASH, no prescription needed'
    >>> Obfuscation().of("B2B, mp3, 4x4, U.S.A., i.e. h264 at v1agra.com for $50 on 10.01.2024")
    'B2B, mp3, 4x4, U.S.A., i.e. h264 at v1agra.com for $50 on 10.01.2024'
    """

    def __init__(
        self,
        leet: bool = True,
        separated: bool = True,
        spaced: bool = True,
        punctuated: bool = True,
        stretched: bool = True,
        censored: bool = True,
        language: str | None = None,
    ) -> None:
        self.leet = leet
        self.separated = separated
        self.spaced = spaced
        self.punctuated = punctuated
        self.stretched = stretched
        self.censored = censored
        self.language = language

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        undoing = self._undone(region.text)
        return Cleaned([Region(region.kind, undoing.text)], undoing.counts)

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        undoing = self._undone(region.text, with_places=True)
        assert undoing.places is not None, "asked for"  # noqa: S101  # for mypy
        return told(cleaned, undoing.text, undoing.places)

    def _undone(self, text: str, with_places: bool = False) -> Undoing:
        undoing, language = Undoing(text, with_places), self.spoken()
        for wanted, sign, pattern, plainly in _STEPS:
            if getattr(self, wanted):
                undoing.replace(pattern, _by(undoing, sign, plainly, language))
        return undoing


Plainly = Callable[[str, str], str | None]


def _by(
    undoing: Undoing, sign: str, plainly: Plainly, language: str
) -> Callable[[re.Match[str]], str]:
    def by(match: re.Match[str]) -> str:
        word = match[0]
        written = plainly(word, language)
        if written is None or _in_an_address(match.string, *match.span()):
            return word
        return undoing.found(sign, written)

    return by


def _in_an_address(text: str, start: int, end: int) -> bool:
    """Does the word stand in an address, a file name or a long chunk without spaces?"""
    head = _SPACES.split(text[max(start - _AROUND, 0) : start])[-1]
    tail = _SPACES.split(text[end : end + _AROUND], maxsplit=1)[0]
    if len(head) == _AROUND or len(tail) == _AROUND:
        return True
    return _ADDRESS.search(head + text[start:end] + tail) is not None


def _joined(word: str, language: str) -> str | None:
    """Of single letters with a space or mark between each: every second character."""
    spaced = word.rstrip("!| ")  # V I A G R A !
    joined, end = spaced[::2], word[len(spaced) :]
    if not 4 <= len(joined) <= _LONGEST:
        return None
    written = joined if is_known(joined, language) else unleet(joined, language)
    return None if written is None else written + end


def _unpunctuated(word: str, language: str) -> str | None:
    parts = _BETWEEN.split(word)
    joined = "".join(parts)
    if max(map(len, parts)) == 1 or len(joined) < 4:  # initials
        return None
    if min(len(parts[0]), len(parts[-1])) == 1 or parts[-1].lower() in _CLITICS:  # don;t
        return joined if is_disguised_often(joined) else None
    if all(len(part) > 1 and is_known(part, language) for part in parts):
        return None
    return joined if len(joined) <= _LONGEST and is_known(joined, language) else None


def _unstretched(word: str, language: str) -> str | None:
    if len(word) > _LONGEST or _INTERJECTION.fullmatch(word):
        return None
    in_one_case = word.islower() or word.isupper() or word.istitle()
    if not in_one_case or _NO_STRETCH.fullmatch(word) or len(set(word.lower())) == 1:
        return None
    if is_known(word, language) or _is_compound(word, language):
        return None
    for longest in (2, 1):
        written = _LONG_RUN.sub(lambda run: run[0][:longest], word)  # noqa: B023  # called here
        if len(written) > (2 if word.isupper() else 1) and is_known(written, language):
            return written
    return None


def _is_compound(word: str, language: str) -> bool:
    """Do three same letters stand where two German words meet (Schiff-fahrt)?"""
    run = _LONG_RUN.search(word)
    if run is None or len(run[0]) > 3:
        return False
    at = run.start() + 2
    parts = (word[:at], word[at:])
    return all(len(part) > 2 and is_known(part, language) for part in parts)


def _censored(word: str, language: str) -> str | None:
    begin, stars, end = re.split(r"(\*+)", word)
    if len(begin + end) == 2:
        meant = len(stars) > 1 and (begin + end).lower() in _SHORT_CENSORED
    else:
        meant = len(end) > 1 and (len(end) < 3 or not is_known(end, language))
    disguised = any(is_disguised_often(begin + vowel + end) for vowel in "aeiou")
    return word if meant or disguised else None


_STEPS: tuple[tuple[str, str, re.Pattern[str], Plainly], ...] = (
    ("censored", "censored_words", _CENSORED, _censored),
    ("spaced", "spaced_words", _SPACED, _joined),
    ("separated", "separated_words", _SEPARATED, _joined),
    ("leet", "leet_words", LEET_WORD, unleet),
    ("punctuated", "punctuated_words", _PUNCTUATED, _unpunctuated),
    ("stretched", "stretched_words", _STRETCHED, _unstretched),
)
