"""What an element's own attributes do to the visibility of the text in it.

Only what stands on the element is read: the ``hidden`` attribute and its inline ``style``. Style
sheets, sizes of boxes and colours are not evaluated.
"""

from __future__ import annotations

import re

GONE = 1
"""Never shown by anything: the inside of script, style, title and their like."""
NOT_DISPLAYED = 2
"""``display: none`` or ``hidden``: takes no room, and nothing inside can undo it (CSS 2.2, 9.2.4)."""
INVISIBLE = 4
"""``visibility: hidden``: takes room, and ``visibility: visible`` inside undoes it (CSS 2.2, 11.2)."""
SIZE_ZERO = 8
"""``font-size: 0``: a size inside that is not relative undoes it (CSS 2.2, 15.7)."""
TRANSPARENT = 16
"""``opacity: 0``: nothing inside can undo it (CSS Color 3, 3.2)."""
PREFORMATTED = 32
"""White space is kept. Not about visibility, but inherited in the same way."""

HIDDEN = NOT_DISPLAYED | INVISIBLE | SIZE_ZERO | TRANSPARENT

_OF_INTEREST = re.compile(r"display|visibility|font|opacity|\\", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_ZERO = re.compile(r"[+-]?(?:0+(?:\.0*)?|\.0+)(?:[a-z]+|%)?")
_SIZE = re.compile(r"\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[a-z]{1,4}|%)")
_RELATIVE_UNITS = ("em", "ex", "ch", "lh", "cap", "ic", "%")  # "rem" is not relative to the parent
_SIZES = "xx-small x-small small medium large x-large xx-large xxx-large initial"
_ABSOLUTE_SIZES = frozenset(_SIZES.split())
_DISPLAYS = re.compile(
    r"(?:block|inline|contents|flex|grid|table|list-item|flow|run-in|ruby|initial|unset|revert)[a-z -]*"
)


def style_flags(style: str) -> tuple[int, int]:
    """Which flags an inline style sets, and which it takes back.

    As in a browser the last declaration wins, ``!important`` ones before others, and a declaration
    with a value that CSS does not know is as if it were not there.

    >>> style_flags("color: red; DISPLAY : none !important") == (NOT_DISPLAYED, 0)
    True
    >>> style_flags("visibility:visible") == (0, INVISIBLE)
    True
    """
    if not _OF_INTEREST.search(style):
        return 0, 0
    winners: dict[str, tuple[bool, tuple[int, int]]] = {}
    for declaration in _without_escapes(_without_comments(style)).lower().split(";"):
        name, _, value = declaration.partition(":")
        name, value, important = name.strip(), value.strip(), False
        if value.endswith("important") and value[:-9].rstrip().endswith("!"):
            value, important = value[:-9].rstrip()[:-1].rstrip(), True
        if name == "font":
            name, value = "font-size", _size_in(value)
        flags = _flags_of(name, value)
        if flags is not None and (important or not winners.get(name, (False,))[0]):
            winners[name] = important, flags
    on = off = 0
    for _, (sets, takes_back) in winners.values():
        on, off = on | sets, off | takes_back
    return on, off


def _flags_of(name: str, value: str) -> tuple[int, int] | None:
    """What a declaration sets and takes back; None if it says nothing of visibility."""
    if name == "display":
        if value == "none":
            return NOT_DISPLAYED, 0
        return (0, NOT_DISPLAYED) if _DISPLAYS.fullmatch(value) else None
    if name == "visibility":
        if value in ("hidden", "collapse"):
            return INVISIBLE, 0
        return {"visible": (0, INVISIBLE), "initial": (0, INVISIBLE), "inherit": (0, 0)}.get(value)
    if name == "font-size":
        if _ZERO.fullmatch(value):
            return SIZE_ZERO, 0
        if value in _ABSOLUTE_SIZES:
            return 0, SIZE_ZERO
        if not _SIZE.fullmatch(value):
            return (0, 0) if value in ("smaller", "larger", "inherit") else None
        relative = value.endswith(_RELATIVE_UNITS) and not value.endswith("rem")
        return 0, 0 if relative else SIZE_ZERO
    if name == "opacity":
        return (TRANSPARENT if _ZERO.fullmatch(value) else 0), 0
    return None


def _size_in(font: str) -> str:
    """The size in the shorthand ``font: bold 12px/1.5 Arial``; empty where there is none."""
    for word in font.split():
        size = word.partition("/")[0]
        if _ZERO.fullmatch(size) or size in _ABSOLUTE_SIZES or _SIZE.fullmatch(size):
            return size
    return ""


def _without_comments(style: str) -> str:
    kept, at = [], 0
    while (start := style.find("/*", at)) >= 0:
        kept.append(style[at:start])
        end = style.find("*/", start + 2)
        at = len(style) if end < 0 else end + 2
    return "".join([*kept, style[at:]])


def _without_escapes(style: str) -> str:
    def decoded(match: re.Match[str]) -> str:
        code = int(match[1] or "0", 16)
        return match[2] or (chr(code) if 0 < code < 0x110000 else "\ufffd")

    return _ESCAPE.sub(decoded, style) if "\\" in style else style
