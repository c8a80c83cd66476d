"""Texts of strangers, made safe to show: no control character reaches the terminal.

A text can hold escape sequences that recolour, rewrite or re-title a terminal, and characters that
turn the order of what is read. They are written out instead, so that a person sees them.
"""

from __future__ import annotations

import json
import re
from typing import Any

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text with control and invisible characters written out; newlines and tabs stay.

    >>> printable("a\\x1b[31mb\\u200bc")
    'a\u241b[31mb<200B>c'
    """
    return _HIDDEN.sub(lambda found: _picture(ord(found[0])), text)


def one_line(text: str, longest: int = 200) -> str:
    """The text in one printable line: white space becomes one space, and a long text is cut.

    >>> one_line(" Dear\\n\\tfriend, hello ", longest=12)
    'Dear friend…'
    """
    line = " ".join(printable(" ".join(text[: 4 * longest].split())).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON in readable UTF-8, where control and invisible characters are escaped as JSON does it.

    >>> json_text({"id": "Gr\u00fc\u00dfe\\x9b31m"})
    '{"id": "Gr\u00fc\u00dfe\\\\u009b31m"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:04X}>"
