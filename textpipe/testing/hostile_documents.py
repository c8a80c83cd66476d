"""Documents that were made to hang, to blind or to fill a program, of any size.

Each ends in a word that a reader would see, so that lost text can be told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

LAST_WORD = "lighthouse"
"""The word at the end of each document."""

Made = Callable[[int], str]
"""From a number to a text of about so many characters."""


def hostile_document(kind: str, characters: int) -> str:
    """A document of one of ``KINDS``, of about so many characters.

    >>> hostile_document("ampersands", 20)
    '&&&&&&&& lighthouse'
    """
    room = max(0, characters - len(LAST_WORD) - 2)
    return f"{KINDS[kind](room)} {LAST_WORD}"


def _flood(piece: str, after: str = "") -> Made:
    return lambda n: piece * (max(0, n - len(after)) // len(piece)) + after


def _numbered(piece: str, before: str = "", after: str = "", length: int = 12) -> Made:
    """Pieces with a number in each."""
    return lambda n: before + "".join(piece.format(i) for i in range(n // length)) + after


def _nested(opening: str, closing: str) -> Made:
    def made(n: int) -> str:
        depth = n // (len(opening) + len(closing))
        return opening * depth + closing * depth

    return made


def _deep_quoting(n: int) -> str:
    """A letter that was answered again and again: each line is quoted once more than the one before."""
    depth = int((2 * n) ** 0.5)
    return "\n".join(">" * i + "x" for i in range(max(0, depth - 2)))


def _random_words(letters: str, longest: int) -> Made:
    def made(n: int) -> str:
        chance = random.Random(n)  # noqa: S311  # the same text each time
        pieces, so_far = [], 0
        while so_far < n:
            word = "".join(chance.choices(letters, k=chance.randint(1, longest)))
            pieces.append(word)
            so_far += len(word) + 1
        return " ".join(pieces)

    return made


MARKUP: Mapping[str, Made] = {
    "nested tags": _flood("<div>"),
    "nested tags, closed": _nested("<b>", "</b>"),
    "tags closed by others": _nested("<b>", "</i>"),
    "unclosed tags": _flood("<p><font>"),
    "nested tables": _flood("<table><tr><td>"),
    "nested lists": _flood("<ul><li>"),
    "attributes": _numbered(" a{}=x", "<p", ">"),
    "a tag without end": _numbered(" a{}='x'", "<p"),
    "a long attribute": lambda n: f"<p title='{'x' * n}'>",
    "comments": _flood("<!--"),
    "comments, ended": _flood("<!-- x -->"),
    "cdata": _flood("<![CDATA["),
    "declarations": _flood("<!"),
    "instructions": _flood("<?"),
    "less than": _flood("<"),
    "end tags": _flood("</b>"),
    "halves of end tags": _flood("</"),
    "titles": _flood("<title>x</title>"),
    "styles": _flood("<b style='color:red;font-size:9'>x</b>"),
    "hidden": _flood("<i hidden>x</i>"),
    "links": _flood("<a href='http://a.de/b'>x</a>"),
    "tags in quotes": _flood("<a b=\"'>'\" "),
    "addresses": _flood("<a@b.de> "),
    "halves of addresses": _flood("<a"),
    "ampersands": _flood("&"),
    "entities": _flood("&lt;"),
    "numbers of characters": _flood("&#65;"),
    "halves of entities": _flood("&am"),
    "a character of many digits": lambda n: f"<b>x</b>&#{'9' * n};",
}
"""Mark-up."""

WRITTEN: Mapping[str, Made] = {
    "one word": _flood("a"),
    "one word of capitals": _flood("Ab"),
    "one number": _flood("7"),
    "one number with marks": _flood("1,1."),
    "distinct words": _numbered("w{} ", length=7),
    "random words": _random_words("abcdefgh", 9),
    "the same word": _flood("word "),
    "one line of sentences": _flood("The cat sat. "),
    "empty lines": _flood("\n"),
    "other empty lines": _flood(" \r\n\t"),
    "spaces": _flood(" "),
    "no-break spaces": _flood("\u00a0"),
    "words without spaces": _flood("我爱自然语言处理。"),
    "deep quoting": _deep_quoting,
    "quoting": _flood("> " * 30 + "x\n"),
    "points": _flood("."),
    "words with points": _flood("a."),
    "words with hyphens": _flood("a-"),
    "words with apostrophes": _flood("a'"),
    "words with underscores": _flood("a_"),
    "at signs": _flood("a@"),
    "spaced letters": _flood("v i a g r a "),
    "letters and digits": _flood("a1b2 c3d4"),
    "opening brackets": _flood("("),
    "quotes": _flood("'\""),
    "exclamation marks": _flood("!"),
    "punctuation": _flood("?!,;:-/\\()[]{}"),
    "addresses of pages": _flood("http://a.de/b?c=d&e=f "),
    "one address of a page": _flood("a/b.c?d&", "\n"),
    "www": _flood("www."),
    "escapes": lambda n: "http://a.de/" + "%41" * (n // 3),
    "telephone numbers": _flood("+49 30 "),
    "sums of money": _flood("$1 "),
    "dates": _flood("1.1.20 "),
    "runs of brackets": _numbered("(" * 90 + "{} ", length=95),
    "runs of quotes": _numbered("'\"" * 45 + "{} ", length=95),
    "runs of points": _numbered("a." * 240 + "{} ", length=485),
    "runs of declarations": _numbered("<!" * 240 + "{} ", length=485),
    "runs of letters": _numbered("a" * 980 + "{} ", length=985),
    "smileys": _flood(":-) "),
    "hash tags": _flood("#a@b"),
}
"""What is typed."""

CODED: Mapping[str, Made] = {
    "NUL bytes": _flood("\0"),
    "control characters": _flood("\x01\x02\x1b[31m"),
    "lone surrogates": _flood("\ud83d a"),
    "combining marks": lambda n: "e" + "\u0301" * n,
    "combining marks in disorder": lambda n: "a" + "\u0315\u0300\u05ae\u0062"[:3] * (n // 3),
    "composed letters": _flood("\u1e9b\u0323 "),
    "ligatures": _flood("\ufdfa"),
    "right to left": _flood("\u202eשלום\u202c "),
    "right to left, not ended": _flood("\u202e"),
    "zero width": _flood("f\u200b"),
    "look-alikes": _flood("vіаgrа "),
    "emoji": _flood("👩\u200d"),
    "flags": _flood("🇩"),
    "Hangul": _flood("\u1100\u1161\u11a8"),
    "letters that grow": _flood("İŉǅ"),
    "noncharacters": _flood("\uffff\ufeff"),
}
"""What Unicode allows."""

KINDS: Mapping[str, Made] = {**MARKUP, **WRITTEN, **CODED}
"""Every kind of document, by name."""
