"""Do the plain text and the HTML of a mail say the same?"""

from __future__ import annotations

import html
import re

_URL = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>\"')\]]*+", re.I)
_TAG = re.compile(r"<[^<>]*+>?")
_LONG = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")  # no character; Python reads no such number
_WORD = re.compile(r"\w+")


def in_common(plain: str, markup: str, longest: int = 200_000) -> float:
    """How many of their words two alternatives have in common, from 0 to 1 (Dice's coefficient: twice the
    distinct words in both, over the distinct words of one plus those of the other).

    Of each, the first ``longest`` characters are looked at. From HTML, comments, scripts, styles and
    tags are taken away and character references are read; from both, addresses of web pages (a plain
    text writes them out, and HTML has them in its tags). Words are runs of letters and digits without
    regard to case, so white space does not matter. Two empty texts have all in common.

    >>> in_common("Hello Bob, see https://x.example", "<p>Hello&nbsp;<b>Bob</b>, <a href=/>see</a>")
    1.0
    >>> in_common("Your browser shows no HTML.", "<h1>You won</h1><p>Claim the prize here")
    0.0
    """
    ours = _words(plain[:longest])
    theirs = _words(html.unescape(_LONG.sub(" ", _TAG.sub(_blank, _visible(markup[:longest])))))
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_URL.sub(" ", text).casefold()))


_BLOCK = re.compile(r"</?(?:p|br|div|t[dhr]|li|[uod]l|h[1-6]|hr|table|body|title|option)\b", re.I)


def _blank(tag: re.Match[str]) -> str:
    """A word may be marked up in its middle; a paragraph ends one."""
    return " " if _BLOCK.match(tag[0]) else ""


_UNSEEN = [
    (re.compile(begin, re.I | re.A), re.compile(end, re.I | re.A))
    for begin, end in (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"))
]


def _visible(markup: str) -> str:
    """Markup without comments, scripts and styles. What is not closed reaches to the end."""
    for begin, end in _UNSEEN:
        kept: list[str] = []
        at = 0
        while start := begin.search(markup, at):
            kept.append(markup[at : start.start()])
            stop = end.search(markup, start.end())
            at = len(markup) if stop is None else stop.end()
        markup = "".join(kept) + markup[at:]
    return markup
