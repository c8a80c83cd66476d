"""From the events of an HTML reader (start, data, end, comment) to the text that a reader sees.

No tree is built, so nothing here depends on how deeply a document is nested. Pieces of text are
collected as they come, with marks between them where a browser would break the line; white space
is collapsed once, over the whole text, by :func:`lay_out`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from textpipe.clean.html_style import (
    GONE,
    HIDDEN,
    NOT_DISPLAYED,
    PREFORMATTED,
    style_flags,
)

# Marks between the pieces: Unicode noncharacters, which `without_marks` takes out of the input.
BLOCK, LINE, CELL = "\ufdd0", "\ufdd1", "\ufdd2"
KEPT_NEWLINE, KEPT_SPACE, KEPT_TAB = "\ufdd3", "\ufdd4", "\ufdd5"

_GONE = "iframe noembed noframes rp script style title"
_NOT_SHOWN = "audio canvas datalist template video"
"""What stands in them is for who does not know them, or for scripts: readers do not see it."""

_PREFORMATTED = "listing plaintext pre textarea xmp"
_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li"
    " listing main menu nav ol optgroup option p plaintext pre search section summary table tbody"
    " tfoot thead tr ul xmp"
)
GONE_ELEMENTS = frozenset(_GONE.split())
NOT_SHOWN_ELEMENTS = frozenset(_NOT_SHOWN.split())
PREFORMATTED_ELEMENTS = frozenset(_PREFORMATTED.split())
END_MARKS = {
    **dict.fromkeys(_BLOCKS.split(), BLOCK),
    **dict.fromkeys(("td", "th"), CELL),
    **dict.fromkeys(("button", "rt", "select", "textarea"), " "),
}
START_MARKS = {**END_MARKS, "br": LINE}
_WITH_TEXT_IN_ATTRIBUTES = frozenset(("img", "input", "area"))

_SPACES = re.compile(r"[\t\n\r\f][ \t\n\r\f]*| [ \t\n\r\f]+")
_BREAK = re.compile(" ?\ufdd3?[\ufdd0-\ufdd2][ \ufdd0-\ufdd2]*\ufdd3?")
_KEEP_SPACE = {ord("\n"): KEPT_NEWLINE, ord(" "): KEPT_SPACE, ord("\t"): KEPT_TAB}
_GIVE_SPACE = {ord(KEPT_NEWLINE): "\n", ord(KEPT_SPACE): " ", ord(KEPT_TAB): "\t"}
MARKS = re.compile("[\ufdd0-\ufdd5]")
MARK_REFERENCES = re.compile(r"&#(?:0*6497[6-9]|0*6498[01]|[xX]0*[fF][dD][dD][0-5])(?![0-9a-fA-F])")


class TooDeepError(Exception):
    """More elements are open than the writer was told to bear."""


class TextWriter:
    """A target for ``lxml``'s HTML parser, or for any reader that calls it with balanced events."""

    def __init__(self, hidden: str, links: bool, alt: bool, max_depth: int, last: str = "") -> None:
        self.complete = False
        self._keep = hidden == "keep"
        self._links = links
        self._alt = alt
        self._max_depth = max_depth
        self._last = last
        self._flags = 0
        self._outer: list[int] = []
        self._seen: list[str] = []
        self._unseen: list[str] = []
        self._anchors: list[tuple[int, int, str]] = []
        self._styles: dict[str, tuple[int, int]] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        outer = self._flags
        self._outer.append(outer)
        if len(self._outer) > self._max_depth:
            raise TooDeepError
        if tag in GONE_ELEMENTS:
            self._flags |= GONE
        elif tag in PREFORMATTED_ELEMENTS:
            self._flags |= PREFORMATTED
        elif tag in NOT_SHOWN_ELEMENTS:
            self._flags |= NOT_DISPLAYED
        if attributes:
            self._flags = self._with_own(attributes)
        if self._flags & HIDDEN and not outer & HIDDEN:
            self._unseen.append(BLOCK)
        mark = START_MARKS.get(tag)
        if mark is not None:
            self._mark(mark)
        if attributes:
            if self._links and tag == "a" and attributes.get("href"):
                self._anchors.append((len(self._outer), len(self._here()), attributes["href"]))
            elif tag in _WITH_TEXT_IN_ATTRIBUTES:
                self._stand_in(tag, attributes)

    def end(self, tag: str) -> None:
        """The element that began last ends."""
        if self._anchors and self._anchors[-1][0] == len(self._outer):
            self._link(*self._anchors.pop()[1:])
        mark = END_MARKS.get(tag)
        if mark is not None:
            self._mark(mark)
        self._flags = self._outer.pop()

    def data(self, text: str) -> None:
        """Text, its entities decoded."""
        flags = self._flags
        if not flags:
            self._seen.append(text)
        elif not flags & GONE:
            if flags & PREFORMATTED:
                text = text.translate(_KEEP_SPACE)
            if flags & HIDDEN:
                self._unseen.append(text)
            if self._keep or not flags & HIDDEN:
                self._seen.append(text)

    def comment(self, text: str) -> None:
        """A comment. The one that ``last`` names tells that nothing swallowed the end of the text."""
        self.complete = text == self._last

    def close(self) -> tuple[str, str]:
        """The visible and the hidden text."""
        return lay_out(self._seen), lay_out(self._unseen)

    def _with_own(self, attributes: Mapping[str, str]) -> int:
        style = attributes.get("style")
        if style is None:
            return self._flags | NOT_DISPLAYED if "hidden" in attributes else self._flags
        if style not in self._styles:
            self._styles[style] = style_flags(style)
        on, off = self._styles[style]
        if "hidden" in attributes and not off & NOT_DISPLAYED:
            on |= NOT_DISPLAYED
        return (self._flags & ~(off & ~NOT_DISPLAYED)) | on

    def _mark(self, mark: str) -> None:
        flags = self._flags
        if not flags & (GONE | NOT_DISPLAYED) or (self._keep and not flags & GONE):
            self._seen.append(mark)
        if flags & HIDDEN and not flags & GONE:
            self._unseen.append(mark)

    def _here(self) -> list[str]:
        return self._unseen if self._flags & HIDDEN and not self._keep else self._seen

    def _stand_in(self, tag: str, attributes: Mapping[str, str]) -> None:
        """The text of what is no text: an image's alternative, a button's value."""
        kind = attributes.get("type", "").lower() if tag == "input" else "image"
        if kind == "hidden":
            return
        if tag == "input":
            self._mark(" ")
        name = {"image": "alt", "submit": "value", "button": "value", "reset": "value"}.get(kind)
        text = attributes.get(name, "") if self._alt and name else ""
        if text.strip():
            self.data(f" {text} ")

    def _link(self, begin: int, target: str) -> None:
        target = "".join(target.split())
        # Who shows an address does not need more pieces.
        if self.tells_more(target, self._here()[begin : begin + 50]):
            self.data(f" <{target}>")

    def tells_more(self, target: str, pieces: list[str]) -> bool:
        """Does the target of a link say what its text does not?"""
        if target.lower().startswith(("#", "javascript:", "data:", "cid:")):
            return False
        short = sum(map(len, pieces)) < 2 * len(target) + 100
        return not short or _bare(lay_out(pieces)) != _bare(target)


def lay_out(pieces: list[str]) -> str:
    """Pieces of text with marks between them, as one text with a browser's white space.

    >>> lay_out(["a  b", BLOCK, BLOCK, " c", CELL, "d", LINE, LINE, LINE, "e", BLOCK])
    'a b\\nc\\td\\n\\ne'
    """
    text = _BREAK.sub(_line_break, _SPACES.sub(" ", "".join(pieces)))
    return text.strip(f" \t\n{KEPT_NEWLINE}").translate(_GIVE_SPACE)


def _line_break(match: re.Match[str]) -> str:
    marks = match[0]
    lines = marks.count(LINE)
    if lines > 1:
        return "\n\n"
    return "\n" if lines or BLOCK in marks else "\t"


def _bare(address: str) -> str:
    address = address.strip().lower()
    for scheme in ("http://", "https://", "mailto:"):
        address = address.removeprefix(scheme)
    return address.rstrip("/")


def without_marks(markup: str) -> str:
    """The mark-up without the six noncharacters that :class:`TextWriter` puts between pieces.

    They, and references to them, become U+FFFD, as in every text that is not to be trusted.
    """
    if not markup.isascii():
        markup = MARKS.sub("\ufffd", markup)
    return MARK_REFERENCES.sub("&#65533", markup) if "&#" in markup else markup
