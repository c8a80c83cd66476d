"""Letters in the dress of symbols, and the plain ones that a reader sees."""

from __future__ import annotations

import unicodedata

import regex

_CIRCLED = "\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
_RAISED = (
    "\u02b0-\u02b8\u02e1-\u02e3\u1d2c-\u1d2e\u1d30-\u1d4b\u1d4d\u1d4f-\u1d5b\u1d9c\u1da0\u1dbb"
    "\u2071\u207f\u2090-\u209c"
)
_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ"
_SMALL = dict(zip(_SMALL_CAPITALS, "abcdefghijklmnopqrstuvwyz", strict=True))
_MATHEMATICAL = "\U0001d400-\U0001d7ff\u210a-\u210e\u2110-\u2113\u2115\u2119-\u211d"

STYLED = regex.compile(
    f"[{_MATHEMATICAL}\u2124\u2128\u212c\u212d\u212f-\u2131\u2133\u2134]"
    f"|[{_CIRCLED}]{{2,}}+|[{_CIRCLED}](?: [{_CIRCLED}]){{2,}}+"
    f"|[{_RAISED}]{{2,}}+|[{_SMALL_CAPITALS}]{{2,}}+"
    f"|(?<=[A-Za-z])[{_CIRCLED}\u2160-\u217f](?=[A-Za-z])"
)
"""What is taken for plain letters and digits."""

FULL_WIDTH = regex.compile("[\uff01-\uff5e]+")
"""Full-width ASCII."""

WIDE_WRITING = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}]")
"""Letters beside which full-width ones are at home."""


def plain(styled: str) -> str:
    """The plain letters of styled ones.

    >>> plain("𝓕𝓻ⓔ🅔"), plain("ᴠɪᴀɢʀᴀ"), plain("ᶠʳᵉᵉ！")
    ('FreE', 'viagra', 'free!')
    """
    return "".join(map(_plain, styled))


def _plain(letter: str) -> str:
    if letter in _SMALL:
        return _SMALL[letter]
    for first in ("\U0001f130", "\U0001f150", "\U0001f170"):  # squared, and white on black
        if first <= letter < chr(ord(first) + 26):
            return chr(ord("A") + ord(letter) - ord(first))
    return unicodedata.normalize("NFKC", letter)
