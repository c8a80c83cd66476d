"""Colours and sizes as HTML attributes and inline styles give them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

Colour = tuple[int, int, int]

_NAMES = (
    "black 000000 silver c0c0c0 gray 808080 grey 808080 white ffffff maroon 800000 red ff0000"
    " purple 800080 fuchsia ff00ff magenta ff00ff green 008000 lime 00ff00 olive 808000 yellow ffff00"
    " navy 000080 blue 0000ff teal 008080 aqua 00ffff cyan 00ffff orange ffa500 brown a52a2a"
    " pink ffc0cb gold ffd700 darkblue 00008b darkred 8b0000 darkgreen 006400 lightgrey d3d3d3"
    " lightgray d3d3d3 darkgray a9a9a9 darkgrey a9a9a9 whitesmoke f5f5f5 snow fffafa ivory fffff0"
    " ghostwhite f8f8ff lightyellow ffffe0 beige f5f5dc gainsboro dcdcdc"
)
_WORDS = _NAMES.split()
_BY_NAME = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
_HEX = re.compile(r"#?([0-9a-f]{6})(?:[0-9a-f]{2})?|#([0-9a-f]{3})[0-9a-f]?")
_RGB = re.compile(r"rgba?\(\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+[,)]")
_SIZE = re.compile(
    r"(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})\s*+(px|pt|em|rem|ex|%|in|cm|mm|pc)?(?![\w.%])"
)
_IN_PIXELS = {
    "pt": 4 / 3,
    "em": 16,
    "rem": 16,
    "ex": 8,
    "%": 0.16,
    "in": 96,
    "cm": 37.8,
    "mm": 3.78,
    "pc": 16,
}

SAME = 1.1
"""Up to this contrast two colours count as the same."""

LOW = 1.5
"""Up to this contrast a text can hardly be read. (WCAG asks for 3 for large texts, 4.5 for others.)"""


class Look(NamedTuple):
    """What of an element's look is said by itself; None where nothing is, or what cannot be told."""

    text: Colour | None = None
    background: Colour | None = None
    covered: bool = False
    """Does something lie under its text of which the colour is not known, such as a picture?"""
    size: float | None = None
    """Of its letters, in pixels."""
    width: float | None = None
    height: float | None = None


def colour(value: str) -> Colour | None:
    """Red, green and blue, 0 to 255.

    >>> colour("#FFF"), colour("Navy"), colour("rgb(1, 2, 3)"), colour("ff0000"), colour("none")
    ((255, 255, 255), (0, 0, 128), (1, 2, 3), (255, 0, 0), None)
    """
    value = value.strip()[:60].lower()
    digits = _BY_NAME.get(value)
    if digits is None and (found := _HEX.fullmatch(value)):
        digits = found[1] or "".join(digit * 2 for digit in found[2])
    if digits is not None:
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.match(value):
        red, green, blue = (min(int(number), 255) for number in found.groups())
        return red, green, blue
    return None


@lru_cache(maxsize=1024)
def contrast(one: Colour, other: Colour) -> float:
    """How well two colours can be told apart, 1 to 21 (WCAG 2.2, "contrast ratio").

    >>> contrast((255, 255, 255), (255, 255, 255)), round(contrast((0, 0, 0), (255, 255, 255)))
    (1.0, 21)
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(of: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in of)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pixels(value: str) -> float | None:
    """A length in pixels, relative ones as if the letters around were 16 pixels high.

    >>> pixels("12"), pixels("3pt"), pixels("0"), pixels("50%"), pixels("large")
    (12.0, 4.0, 0.0, 8.0, None)
    """
    found = _SIZE.match(value.strip())
    return float(found[1]) * _IN_PIXELS.get(found[2] or "", 1) if found else None


def look_of_style(style: str) -> Look:
    """What an inline style says.

    >>> look_of_style("color:#FFF; background: url(x.gif) white; font: bold 1px Arial")
    Look(text=(255, 255, 255), background=(255, 255, 255), covered=True, size=1.0, width=None, height=None)
    """
    text = background = size = width = height = None
    covered = False
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name == "color":
            text = colour(value) or text
        elif name in ("background-color", "background", "background-image"):
            covered = covered or "url(" in value or "gradient(" in value
            found = (colour(word) for word in [value, *value.split()[:8]])
            background = next((one for one in found if one is not None), background)
        elif name == "font-size":
            size = pixels(value) if pixels(value) is not None else size
        elif name == "font":
            sizes = (
                pixels(word.partition("/")[0]) for word in value.split()[:8] if not word.isdigit()
            )
            size = next((one for one in sizes if one is not None), size)
        elif name in ("width", "max-width"):
            width = _box(value, width)
        elif name in ("height", "max-height"):
            height = _box(value, height)
    return Look(text, background, covered, size, width, height)


def _box(value: str, before: float | None) -> float | None:
    """A length of a box; per cent of it say nothing, but for 0."""
    length = pixels(value)
    return before if length is None or ("%" in value and length) else length


def box(value: str | None) -> float | None:
    """The value of a ``width`` or ``height`` attribute in pixels; None where it cannot be told."""
    return None if value is None else _box(value, None)
