"""A small HTML reader whose time is linear in its input, whatever the input is.

It takes over where the real parser gives up or loses text. It follows the tokenizer of the HTML
standard (https://html.spec.whatwg.org/multipage/parsing.html#tokenization) with one difference:
what is never closed (a comment, a tag, a quoted attribute) does not swallow the rest of the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Protocol

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
NAME = re.compile(r"[A-Za-z][^\s/>]*")
ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")
_ZEROS = re.compile(r"&#([xX]?)0+(?=[0-9a-fA-F])")
_TOO_LARGE = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{8,});?")

_RAW = "iframe noembed noframes script style textarea title xmp"
_VOID = "area base br col embed frame hr img input link meta param source track wbr"
_END_A_PARAGRAPH = "blockquote div dl form h1 h2 h3 h4 h5 h6 hr ol pre table ul"
RAW = frozenset(_RAW.split())
DROPPED_IF_UNCLOSED = frozenset(("script", "style"))
VOID = frozenset(_VOID.split())
_IMPLIED_ENDS = {
    **dict.fromkeys(("li", "option", "p", "tr"), ()),
    **dict.fromkeys(("td", "th"), ("td", "th")),
    **dict.fromkeys(("dd", "dt"), ("dd", "dt")),
    **dict.fromkeys(_END_A_PARAGRAPH.split(), ("p",)),
}
"""Which element a start tag ends if it is the innermost (with its own name in the first line)."""


class Target(Protocol):
    """Who is told what was read."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...
    def end(self, tag: str, /) -> None: ...
    def data(self, text: str, /) -> None: ...


def read_tags(markup: str, target: Target) -> None:
    """Tell ``target`` the text and the elements of ``markup``; each start has its end.

    >>> class Shout:
    ...     def start(self, tag, attributes): print("start", tag, attributes)
    ...     def end(self, tag): print("end", tag)
    ...     def data(self, text): print("data", text)
    >>> read_tags("<p id=x>a &lt; b <!-- c", Shout())
    start p {'id': 'x'}
    data a < b
    data  c
    end p
    """
    Reading(markup.replace("\0", "\ufffd"), target).run()


def decode(text: str) -> str:
    """The text with its character references decoded, once; no number is too long.

    >>> decode("&amp;lt; &#" + "9" * 5000 + ";")
    '&lt; \ufffd'
    """
    if "&" not in text:
        return text
    if "&#" in text:
        text = _TOO_LARGE.sub("\ufffd", _ZEROS.sub(r"&#\1", text))
    return html.unescape(text)


class Reading:
    """One pass over one text, which tells ``target`` what it finds."""

    def __init__(self, markup: str, target: Target) -> None:
        self.markup = markup
        self.target = target
        self.last = {mark: markup.rfind(mark) for mark in (">", "-->", '"', "'")}
        self.quotes_count = True
        self.never_closed: set[str] = set()
        self.open: list[str] = []
        self.times_open: dict[str, int] = {}

    def run(self) -> None:
        at = 0
        text_from = 0
        while found := _TAG.search(self.markup, at):
            here = found.start()
            after = self.end_of_tag(here)
            if after < 0:
                at = here + 1  # a "<" that is only text
                continue
            self.tell(text_from, here)
            at = text_from = self.read_tag(here, after)
        self.tell(text_from, len(self.markup))
        while self.open:
            self.close_innermost()

    def tell(self, begin: int, end: int) -> None:
        if begin < end:
            self.target.data(decode(self.markup[begin:end]))

    def end_of_tag(self, here: int) -> int:
        """Where reading goes on after the tag that begins here; -1 if none does."""
        markup = self.markup
        if markup.startswith("<!--", here):
            if markup.startswith((">", "->"), here + 4):
                return markup.index(">", here) + 1
            end = markup.index("-->", here) if here < self.last["-->"] else -1
            return here + 4 if end < 0 else end + 3
        if here > self.last[">"]:
            return -1
        first_close = markup.index(">", here) + 1
        if markup[here + 1] in "!?/" or not self.quotes_count:
            return first_close
        return self.end_of_start_tag(here, first_close)

    def end_of_start_tag(self, here: int, first_close: int) -> int:
        """Past the first ">" that stands in no quotes; past the first at all if a quote never ends."""
        markup, at, close = self.markup, here, first_close
        while True:
            equals = markup.find("=", at, close)
            if equals < 0:
                return close
            at = equals + 1
            while at < len(markup) and markup[at] in " \t\n\r\f":
                at += 1
            quote = markup[at : at + 1]
            if not quote or quote not in "\"'":
                continue
            if at < self.last[quote]:
                at = markup.index(quote, at + 1) + 1
                if at <= close:
                    continue
                if at <= self.last[">"]:
                    close = markup.index(">", at) + 1
                    continue
            self.quotes_count = False  # else each later tag could look for its end in vain again
            return first_close

    def read_tag(self, here: int, after: int) -> int:
        """Tell of the tag; where reading goes on."""
        markup = self.markup
        if markup[here + 1] in "!?":
            return after
        closing = markup[here + 1] == "/"
        name = NAME.match(markup, here + 1 + closing, after)
        if name is None:
            return after
        tag = name[0].lower()
        if closing:
            if self.times_open.get(tag):
                while self.close_innermost() != tag:
                    pass
            return after
        if tag in self.never_closed:
            return after
        inside = markup[name.end() : after - 1]
        self.begin(tag, _attributes(inside) if inside and not inside.isspace() else {})
        if tag in RAW:
            return self.read_raw(tag, after)
        if tag == "plaintext":
            self.target.data(markup[after:])
            return len(markup)
        return after

    def read_raw(self, tag: str, begin: int) -> int:
        """Tell of the text up to the end tag of an element in which nothing else is mark-up."""
        end = re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE).search(self.markup, begin)
        if end is not None:
            text = self.markup[begin : end.start()]
            self.target.data(decode(text) if tag in ("textarea", "title") else text)
            return end.start()
        if tag in DROPPED_IF_UNCLOSED:
            return len(self.markup)
        self.never_closed.add(tag)
        self.close_innermost()  # else what follows would count as the text of a title
        return begin

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        implied = _IMPLIED_ENDS.get(tag)
        if implied is not None and self.open and self.open[-1] in (implied or (tag,)):
            self.close_innermost()
        self.open.append(tag)
        self.times_open[tag] = self.times_open.get(tag, 0) + 1
        self.target.start(tag, attributes)
        if tag in VOID:
            self.close_innermost()

    def close_innermost(self) -> str:
        tag = self.open.pop()
        self.times_open[tag] -= 1
        self.target.end(tag)
        return tag


def _attributes(inside: str) -> dict[str, str]:
    """The attributes of a tag; of several with one name the first counts."""
    found: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(inside):
        value = match[2] or ""
        if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
            value = value[1:-1]
        found.setdefault(match[1].lower(), decode(value))
    return found
