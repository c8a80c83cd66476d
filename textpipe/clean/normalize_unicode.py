"""One spelling for what looks alike: odd spaces, invisible characters, line ends, composed letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import regex

from textpipe.clean.composed_places import normalize_with_places
from textpipe.documents import Int32, Region
from textpipe.places import places_through, same_places, substitute, told
from textpipe.text_stage import Cleaned, TextStage

_NULS = re.compile("\0")
_LINE_ENDS = re.compile(r"\r\n?")
_LINE_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
# Zs but the space itself; the blank Braille cell and the wide Hangul fillers, which show as a space.
_ODD_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SOFT_HYPHENS = re.compile("\xad")
# Tag characters; a flag such as Scotland's is a black flag with some of them, and stays.
_TAGS = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
    "|[\U000e0001\U000e0020-\U000e007f]"
)
# Other format characters (Cf) and what has no width either. Arabic and Indic signs of category Cf
# that are seen (U+0600, U+06DD, ...) stay, and so do the Egyptian ones.
_ZERO_WIDTH = re.compile(
    "[\u034f\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef]"
)
# Scripts that are written with joiners: Arabic to Arabic Extended-A, Indic to Sinhala, Tibetan,
# Myanmar, Khmer, Mongolian, Balinese to Batak, Indic of the later blocks, Arabic presentation forms.
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1780-\u18af\u1b00-\u1bff\u1cd0-\u1cff"
    "\ua800-\ua8ff\ua980-\uaaff\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010a5f\U00011000-\U000119ff]"
)
_EMOJI = re.compile(
    "[\xa9\xae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)
_HAS_VARIANTS = re.compile(
    "[#*0-9\u1000-\u109f\u1820-\u18aa\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SUSPECT = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
_ASCII_SUSPECTS = bytes(code for code in range(128) if _SUSPECT.match(chr(code)))

MOST_MARKS = 30
"""As many combining marks may follow a character (Unicode Standard Annex 15, section 13)."""

_MANY_MARKS = regex.compile(rf"\p{{M}}{{{MOST_MARKS + 1},}}")


class NormalizeUnicode(TextStage):
    """Text in one Unicode normalization form, without invisible characters and odd spaces.

    Options:
        form: "NFC" (composed; looks the same), "NFKC" (also full-width, ligatures, mathematical and
            circled letters become plain ones) or "none". Default "NFC".
        line_separators: CR LF and CR, and vertical tab, form feed, U+001C to U+001E, U+0085, U+2028
            and U+2029 become a newline; the first two are not counted. Default true.
        controls: C0 and C1 controls go, but for tab and newline; NUL is counted for itself, as
            ``nuls``. Default true.
        odd_spaces: no-break, thin, wide and other spaces become a space. Default true.
        soft_hyphens: U+00AD goes. Default true.
        bidi: marks, embeddings, overrides and isolates of writing direction go. Default true.
        tags: tag characters (U+E0001, U+E0020 to U+E007F) go, except in a flag. Default true.
        zero_width: zero-width spaces, byte order marks, joiners, invisible operators, variation
            selectors and other format characters go. Joiners stay in emoji and between letters of
            scripts that are written with them; variation selectors stay after what has variants
            (emoji, digits, ideographs, Mongolian). Default true.

    Of more than 30 combining marks in a row, which no language has and which the forms would put in order
    with the square of their number, the first 30 stay; the rest is counted as ``marks``.

    Reads text, writes text. Counts each kind by the name of its option. Raises nothing of its own.

    The form depends on the version of Unicode that this Python has, for letters newer than that.
    Source: Unicode Standard Annex 15 (forms), 9 (direction), 31 section 2.3 (joiners).

    >>> NormalizeUnicode().of("V\u200bi\xada\u00adgra\xa0\u202efor\u202c e\u0301")
    'Viagra for é'
    >>> NormalizeUnicode("NFKC").of("ｆｒｅｅ ﬁ")
    'free fi'
    """

    def __init__(
        self,
        form: Literal["NFC", "NFKC", "none"] = "NFC",
        line_separators: bool = True,
        controls: bool = True,
        odd_spaces: bool = True,
        soft_hyphens: bool = True,
        bidi: bool = True,
        tags: bool = True,
        zero_width: bool = True,
    ) -> None:
        self.form = form
        self.line_separators = line_separators
        self.controls = controls
        self.odd_spaces = odd_spaces
        self.soft_hyphens = soft_hyphens
        self.bidi = bidi
        self.tags = tags
        self.zero_width = zero_width

    def of(self, text: str) -> str:
        return self.clean(Region("", text)).regions[0].text

    def clean(self, region: Region) -> Cleaned:
        text, counts = region.text, self._zeros()
        if _is_suspect(text):
            text = self._without_oddities(text, counts)
        if self.form != "none" and not text.isascii():  # ASCII is normal in each form
            if _MANY_MARKS.search(text):
                before = len(text)
                text = _MANY_MARKS.sub(_first_marks, text)
                counts["marks"] = before - len(text)
            text = unicodedata.normalize(self.form, text)
        return Cleaned([Region(region.kind, text)], counts)

    def _zeros(self) -> dict[str, int]:
        names = ("line_separators", "odd_spaces", "soft_hyphens", "bidi", "tags", "zero_width")
        counts = {name: 0 for name in names if getattr(self, name)}
        if self.form != "none":
            counts["marks"] = 0
        return {**counts, "nuls": 0, "controls": 0} if self.controls else counts

    def _without_oddities(self, text: str, counts: dict[str, int]) -> str:
        for option, counted, pattern, by in _ASCII_ODDITIES if text.isascii() else _ODDITIES:
            if not getattr(self, option):
                continue
            before = len(text)
            text, count = pattern.subn(by, text)
            if counted:
                counts[counted] = count if isinstance(by, str) else before - len(text)
        return text

    def places(self, region: Region, cleaned: Cleaned) -> list[Int32] | None:
        text, places = region.text, same_places(region.text)
        steps = [(pattern, by) for option, _, pattern, by in _ODDITIES if getattr(self, option)]
        if self.form != "none":
            steps.append((_MANY_MARKS, _first_marks))
        for pattern, by in steps:
            text, made = substitute(pattern, by, text)
            places = places_through(made, places)
        if self.form != "none":
            text, made = normalize_with_places(self.form, text)
            places = places_through(made, places)
        return told(cleaned, text, places)


def _is_suspect(text: str) -> bool:
    """May something in the text have to go?"""
    if text.isascii():  # three times as fast as the pattern
        return len(text.encode("ascii").translate(None, _ASCII_SUSPECTS)) < len(text)
    return _SUSPECT.search(text) is not None


def _first_marks(match: re.Match[str]) -> str:
    return match[0][:MOST_MARKS]


def _if_a_flag(match: re.Match[str]) -> str:
    return match[1] or ""


def _if_it_joins(match: re.Match[str]) -> str:
    """A joiner or a variation selector where it has work to do; else nothing."""
    mark, at, text = match[0], match.start(), match.string
    before = text[at - 1] if at else ""
    if mark in "\u200c\u200d":
        after = text[at + 1 : at + 2]
        for joinable in (_JOINING, _EMOJI) if mark == "\u200d" else (_JOINING,):
            if joinable.match(before) and joinable.match(after):
                return mark
    elif ("\ufe00" <= mark <= "\ufe0f" or mark > "\U000e00ff") and before != "\ufe0f":
        return mark if _EMOJI.match(before) or _HAS_VARIANTS.match(before) else ""
    return ""


_Oddity = tuple[str, str, re.Pattern[str], str | Callable[[re.Match[str]], str]]

# The option, what it is counted as, what is sought, and what is written for it.
_ASCII_ODDITIES: tuple[_Oddity, ...] = (
    ("line_separators", "", _LINE_ENDS, "\n"),
    ("line_separators", "line_separators", _LINE_SEPARATORS, "\n"),
    ("controls", "nuls", _NULS, ""),
    ("controls", "controls", _CONTROLS, ""),
)
_ODDITIES: tuple[_Oddity, ...] = (
    *_ASCII_ODDITIES,
    ("odd_spaces", "odd_spaces", _ODD_SPACES, " "),
    ("soft_hyphens", "soft_hyphens", _SOFT_HYPHENS, ""),
    ("bidi", "bidi", _BIDI, ""),
    ("tags", "tags", _TAGS, _if_a_flag),
    ("zero_width", "zero_width", _ZERO_WIDTH, _if_it_joins),
)
