"""What addresses, dates, telephone numbers and sums of money look like in English and German texts.

All expressions are RE2's: no look-around, so what may not stand beside a match is said by
``word_before`` and ``word_after`` and tested in code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DOMAINS = "com|net|org|info|biz|edu|gov|mil|int|io|app|dev|co|de|at|ch|eu|uk|us|ru|cn|fr|nl|tv|ly"
_URL = (
    r"(?i:(?:https?|ftp)://[\pL\pN\[][^\s<>\"]*"
    r"|www\d?\.[\pL\pN][^\s<>\"]*\.[^\s<>\"]+"
    rf"|(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+(?:{_DOMAINS})(?::\d+)?(?:/[^\s<>\"]*)?)"
)
_HOST = r"[\pL\pN](?:[\pL\pN-]*[\pL\pN])?"
_MAIL = rf"(?i:mailto:)?[\pL\pN._%+'-]*[\pL\pN_%+-]@{_HOST}(?:\.{_HOST})+"

# Two digits before one: RE2, like Python, takes the first alternative that fits.
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:[12]\d{3}|\d\d)"
_MONTH_NAME = (
    r"(?:(?i:January|February|March|April|June|July|August|September|October|November|December"
    r"|Januar|Jänner|Februar|März|Maerz|Juni|Juli|Oktober|Dezember"
    r"|Jan|Feb|Mrz|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Okt|Nov|Dez)|Mar|May|Mai|Dec|MAR|MAY|MAI|DEC)"
)
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
_DATES = "|".join(
    [
        rf"[12]\d{{3}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?)?",
        rf"{_DAY}\.\s?{_MONTH}\.\s?{_YEAR}",
        rf"{_DAY}/{_MONTH}/{_YEAR}|{_MONTH}/{_DAY}/{_YEAR}|{_DAY}-{_MONTH}-{_YEAR}|{_MONTH}-{_DAY}-{_YEAR}",
        rf"{_DAY}(?:\.|st|nd|rd|th)?(?:\s+of)?[\s-]{{1,3}}{_MONTH_NAME}(?:\.?,?[\s-]{{1,3}}[12]\d{{3}})?",
        rf"{_MONTH_NAME}\.?,?\s{{1,3}}[12]\d{{3}}",
        rf"{_MONTH_NAME}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?(?:,?\s{{1,3}}[12]\d{{3}})?",
        rf"{_CLOCK}\s?(?:[AaPp]\.?[Mm]\b\.?|Uhr)|{_CLOCK}",
        r"(?:0?\d|1[0-2])(?:\.[0-5]\d)?\s?[AaPp]\.?[Mm]\b|(?:[01]?\d|2[0-4])(?:\.[0-5]\d)?\s?Uhr",
    ]
)

_DATE = rf"\b(?:{_DATES})"

_DASH = r"(?:[ /.\x{a0}-]|\s[/-]\s?)"
_PHONE = "|".join(
    [
        # +49 30 23125-012, +49 (0)30 ..., 0049 ...: with the country
        rf"(?:\+|\b00)[1-9]\d{{0,2}}{_DASH}?(?:\(\d{{1,5}}\){_DASH}?)?\d{{1,12}}(?:{_DASH}\d{{2,}}){{0,5}}(?:-\d)?",
        # 0800 123456, (030) 23125-0: with the German or British area
        rf"\(0\d{{1,5}}\){_DASH}?\d{{2,}}(?:{_DASH}\d{{2,}}){{0,4}}(?:-\d)?",
        rf"\b0[1-9]\d{{0,5}}{_DASH}\d{{3,}}(?:{_DASH}\d{{2,}}){{0,4}}(?:-\d)?|\b0[1-9]\d{{5,13}}",
        # (555) 555-0100, 1-800-555-0100: North American
        r"(?:\b1[ .-])?(?:\([2-9]\d\d\) ?|\b[2-9]\d\d[ .-])\d{3}[ .-]\d{4}",
    ]
)

_AMOUNT = r"\d+(?:[.,'’\x{a0}\x{2009}\x{202f}]\d+)*(?:,-{1,2}|\.-)?"
_SCALES = "k|m|mn|bn|mio|mrd|millions?|billions?|millionen|milliarden|hundred|thousand|tausend"
_SCALE = rf"(?:\s?(?i:{_SCALES})\b\.?)?"
_CURRENCIES = "euros?|dollars?|bucks|pounds?|pfund|francs?|franken|cents?|pence"
_CURRENCY = rf"(?i:EUR|USD|GBP|CHF|JPY|CAD|AUD|{_CURRENCIES})"
_MONEY = "|".join(
    [
        rf"(?:US|A|C)?\p{{Sc}}\s?{_AMOUNT}{_SCALE}",
        rf"{_AMOUNT}{_SCALE}\s?\p{{Sc}}",
        rf"(?i:EUR|USD|GBP|CHF|JPY|Rs\.?)\s?{_AMOUNT}{_SCALE}",
        rf"{_AMOUNT}{_SCALE}\s?{_CURRENCY}\b",
    ]
)
_BANGS = "[!?¡¿！？‼⁇⁈⁉]"
_NUMBER = r"\p{Nd}+(?:[.,'’]\p{Nd}+)*(?:st|nd|rd|th)?"


def _trimmed(address: str) -> str:
    """A URL without the punctuation of the sentence around it; a bracket stays if it opens inside."""
    end = len(address)
    missing = {
        ")": address.count(")") - address.count("("),
        "]": address.count("]") - address.count("["),
    }
    while end:
        last = address[end - 1]
        if missing.get(last, 0) > 0:
            missing[last] -= 1
        elif last not in ".,;:!?'*_»“”’":
            break
        end -= 1
    return address[:end]


def _dialled(number: str) -> str:
    """A telephone number if it has as many digits as one (ITU-T E.164: at most 15), else nothing."""
    return number if 6 <= len(re.sub(r"\D", "", number)) <= 15 else ""


def _all(match: str) -> str:
    return match


@dataclass(frozen=True)
class Kind:
    """One kind of thing to mask.

    token         what stands in its place, after the prefix
    expression    RE2
    sign          a character without which there is no match; it saves most texts the search
    word_before, word_after   may a letter or digit stand right beside it?
    never_beside  characters that may not stand right beside it
    part          which beginning of a match is meant; an empty one: it is no match
    """

    token: str
    expression: str
    sign: re.Pattern[str]
    word_before: bool = False
    word_after: bool = False
    never_beside: str = ""
    part: Callable[[str], str] = _all


_DIGIT = re.compile(r"\d")

KINDS = {
    "urls": Kind("url", _URL, re.compile(r"[.:]"), True, never_beside="@", part=_trimmed),
    "mail_addresses": Kind("mail", _MAIL, re.compile("@")),
    "dates": Kind("cal", _DATE, _DIGIT),
    "phone_numbers": Kind("tel", _PHONE, _DIGIT, part=_dialled),
    "money": Kind("cash", _MONEY, _DIGIT, word_after=True),
    "numbers": Kind("num", _NUMBER, _DIGIT),
    "repeated_punctuation": Kind("bang", f"{_BANGS}{{2,}}|[‼⁇⁈⁉]", re.compile(_BANGS), True, True),
}
"""In the order in which they are masked: what may hold another comes before it."""
