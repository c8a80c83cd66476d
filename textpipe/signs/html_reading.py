"""One pass over the HTML of a document, counting what hides something."""

from __future__ import annotations

import re
from collections import Counter

from textpipe.signs.colours import LOW, SAME, Look, box, colour, contrast, look_of_style
from textpipe.signs.html_elements import BLOCKS, KNOWN
from textpipe.signs.markup import (
    COMMENT,
    DECLARATION,
    NEVER_CLOSED,
    RAW,
    Tag,
    attributes_of,
    decoded,
    tags_of,
)
from textpipe.signs.open_elements import VOID, OpenElements

TINY = 3.0
"""Letters of at most so many pixels cannot be read."""

FEW_CHARACTERS = 100
AREA_OF_A_CHARACTER = 100
AREA_OF_AN_IMAGE = 10_000
LARGEST_AREA = 1_000_000

_LETTER_REFERENCE = re.compile(r"&#(?:0*+(\d{2,3})|[xX]0*+([0-9a-fA-F]{2}))(?![0-9a-fA-F])")
_BY_NAME = {
    "script": "scripts",
    "form": "forms",
    "iframe": "iframes",
    "frame": "iframes",
    "object": "embedded_objects",
    "embed": "embedded_objects",
    "applet": "embedded_objects",
    "base": "base_tags",
    "img": "images",
}
_LOOKS = ("style", "color", "bgcolor", "background", "text", "width", "height")
_UNSEEN = RAW - {"textarea", "xmp"}
_BOXES = frozenset(("table", "td", "th", "div", "span", "p", "iframe", "frame", "form"))


class HtmlSigns:
    """What was counted in the HTML regions of one document."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._tags = 0
        self._characters = 0
        self._area = 0
        self._styles: dict[str, Look] = {}

    def read(self, markup: str) -> None:
        """Count what is in one region."""
        self._open = OpenElements()
        self._links = 0
        self._last_letter = False
        """Did the text before end with a letter or digit?"""
        self._splits = False
        """Has something stood since that splits a word?"""
        self._before: Tag | None = None
        self._found["letter_references"] += _letter_references(markup)
        at, seen = 0, True
        for tag in tags_of(markup):
            if seen:
                self._text(markup[at : tag.begin])
            self._tag(tag)
            self._before = tag
            at, seen = tag.end, tag.closing or tag.name not in _UNSEEN
        if seen:
            self._text(markup[at:])
        self._open.close()
        self._found["stray_end_tags"] += self._open.stray
        self._found["unclosed_tags"] += self._open.unclosed

    def counts(self) -> dict[str, int]:
        """Each sign that was found."""
        found = Counter(self._found)
        broken = found["unknown_tags"] + found["stray_end_tags"] + found["unclosed_tags"]
        if broken:
            found["broken_tag_percent"] = min(100, 100 * broken // self._tags)
        if self._area:
            taken = self._area + self._characters * AREA_OF_A_CHARACTER
            found["image_percent"] = 100 * self._area // taken
        if found["images"] and self._characters < FEW_CHARACTERS:
            found["image_instead_of_text"] = 1
        return {name: count for name, count in sorted(found.items()) if count}

    def _text(self, text: str) -> None:
        if not text:
            return
        text = decoded(text)
        if self._splits and self._last_letter and text[0].isalnum():
            self._found["split_words"] += 1
        self._splits = False
        self._last_letter = text[-1].isalnum()
        characters = len("".join(text.split()))
        if not characters:
            return
        self._characters += characters
        shown = self._open.shown
        if shown.size <= TINY:
            self._found["tiny_characters"] += characters
        if shown.background is not None:
            difference = contrast(shown.text, shown.background)
            if difference <= SAME:
                self._found["same_colour_characters"] += characters
            elif difference <= LOW:
                self._found["low_contrast_characters"] += characters

    def _tag(self, tag: Tag) -> None:
        if tag.name == COMMENT:
            self._found["comments"] += 1
            self._found["unclosed_comments"] += tag.inside is NEVER_CLOSED
            self._splits = True
            return
        if tag.name == DECLARATION:
            return
        self._tags += 1
        known = tag.name in KNOWN
        if not known and not tag.closing and ":" not in tag.name and "@" not in tag.name:
            self._found["unknown_tags"] += 1
        if tag.name in BLOCKS:
            self._last_letter = False
        before = self._before
        if not known or (
            tag.closing
            and before is not None
            and not before.closing
            and (before.name, before.end) == (tag.name, tag.begin)
        ):
            self._splits = True
        if tag.closing:
            if known:
                self._open.end(tag.name)
                self._links -= tag.name == "a" and self._links > 0
        elif known:
            self._begin(tag)

    def _begin(self, tag: Tag) -> None:
        """A start tag of an element that exists."""
        name = tag.name
        given = attributes_of(tag.inside) if tag.inside and not tag.inside.isspace() else {}
        if name in _BY_NAME:
            self._found[_BY_NAME[name]] += 1
        look = self._look(name, given) if given else None
        if given:
            handlers = sum(key.startswith("on") and len(key) > 3 for key in given)
            self._found["event_handlers"] += handlers
            if name == "input":
                self._found["password_fields"] += (
                    given.get("type", "").strip().lower() == "password"
                )
            elif name == "meta":
                equivalent = given.get("http-equiv", "").strip().lower()
                self._found["meta_refreshes"] += equivalent == "refresh"
            elif name == "a" and "href" in given:
                self._links += 1
            if look is not None and name in _BOXES and 0 in (look.width, look.height):
                self._found["zero_boxes"] += 1
        if name == "img":
            self._image(given, look)
        if name not in VOID:
            self._open.begin(name, look)

    def _look(self, name: str, given: dict[str, str]) -> Look | None:
        if not any(key in given for key in _LOOKS):
            return None
        style = given.get("style", "")
        if style not in self._styles:
            self._styles[style] = look_of_style(style)
        look = self._styles[style]
        text = given.get("text" if name == "body" else "color")
        background = given.get("bgcolor")
        return Look(
            look.text or (colour(text) if text else None),
            look.background or (colour(background) if background else None),
            look.covered or bool(given.get("background")),
            look.size,
            box(given.get("width")) if look.width is None else look.width,
            box(given.get("height")) if look.height is None else look.height,
        )

    def _image(self, given: dict[str, str], look: Look | None) -> None:
        if given.get("src", "").lstrip()[:11].lower() == "data:image/":
            self._found["data_images"] += 1
        if self._links:
            self._found["linked_images"] += 1
        width, height = (None, None) if look is None else (look.width, look.height)
        if 0 in (width, height) or (width == 1 and height == 1):
            self._found["tracking_pixels"] += 1
        elif width is None or height is None:
            self._area += AREA_OF_AN_IMAGE
        else:
            self._area += int(min(width * height, LARGEST_AREA))


def _letter_references(markup: str) -> int:
    """How many ASCII letters and digits are written as numbers."""
    if "&#" not in markup:
        return 0
    codes = (
        int(decimal) if decimal else int(hexadecimal, 16)
        for decimal, hexadecimal in _LETTER_REFERENCE.findall(markup)
    )
    return sum(code < 128 and chr(code).isalnum() for code in codes)
