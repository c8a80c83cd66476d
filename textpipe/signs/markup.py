"""The tags of HTML in their order, in time linear in the text, whatever the text is. No tree is built.

It follows the tokenizer of the HTML standard
(https://html.spec.whatwg.org/multipage/parsing.html#tokenization), but that what is never closed (a
comment, a quoted attribute) does not swallow the rest of the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_START = re.compile(r"<(?:(!--)|(/?)([A-Za-z][^\s/>]*+)|[!?/])")
_TO_THE_END = re.compile(r"""[^>=]*+(?:=[ \t\n\r\f]*+(?:"[^"]*+"|'[^']*+'|(?!["']))[^>=]*+)*+>""")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>]*+))?""")
_LEADING_ZEROS = re.compile(r"&#([xX]?)0++(?=[0-9a-fA-F])")
_TOO_LARGE = re.compile(r"&#(?:[0-9]{9,}+|[xX][0-9a-fA-F]{8,}+);?")

COMMENT = "!--"
DECLARATION = "!"

_RAW = "iframe noembed noframes script style textarea title xmp"
RAW = frozenset(_RAW.split())
"""Elements in which nothing but their end is mark-up."""

SWALLOWING = frozenset(("script", "style"))
"""What is never closed of these hides all that follows."""

NEVER_CLOSED = "never closed"
"""What stands as the inside of a comment that has no end."""

_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}

_OF_HTML = (
    "a abbr address area article b base blockquote body br button caption center cite code col dd div"
    " dl dt em font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input"
    " label li link map meta nav object ol option p pre script section select small span strike strong"
    " style sub sup table tbody td textarea tfoot th thead title tr tt u ul video"
)
_LOOKS_LIKE_HTML = re.compile(rf"</?(?:{'|'.join(_OF_HTML.split())})(?=[\s/>])", re.IGNORECASE)


class Tag(NamedTuple):
    """One tag, comment or declaration: ``markup[begin:end]``.

    ``name`` is in lower case, of a comment ``COMMENT`` and of a declaration ``DECLARATION``;
    ``inside`` is what stands after the name, for :func:`attributes_of`.
    """

    begin: int
    end: int
    name: str
    closing: bool
    inside: str


def tags_of(markup: str) -> Iterator[Tag]:
    """The tags in their order; what lies between two of them is text.

    The inside of a raw element (script, style, title ...) has no tags.

    >>> [tag.name for tag in tags_of("<P class='a>b'>1 < 2<!-- <b> --><script>'<i>'</script><br/>")]
    ['p', '!--', 'script', 'script', 'br']
    """
    at, quotes_count = 0, True
    last_close, last_comment_end = markup.rfind(">"), markup.rfind("-->")
    unclosed: set[str] = set()
    while (found := _START.search(markup, at)) is not None:
        begin = found.start()
        comment, slash, name = found.groups()
        if comment:
            end, inside = _past_comment(markup, begin, last_comment_end)
            yield Tag(begin, end, COMMENT, False, inside)
            at = end
            continue
        if begin > last_close:
            return
        if name is None or slash:
            end = markup.index(">", begin) + 1
            yield Tag(begin, end, (name or DECLARATION).lower(), bool(slash), "")
            at = end
            continue
        end = markup.index(">", found.end()) + 1
        if "=" in (inside := markup[found.end() : end - 1]) and quotes_count:
            to_the_end = _TO_THE_END.match(markup, found.end())
            if to_the_end is None:  # a quote that never ends: each later tag would look for it too
                quotes_count = False
            else:
                end = to_the_end.end()
                inside = markup[found.end() : end - 1]
        at, name = end, name.lower()
        if name in RAW and name not in unclosed:
            close = _RAW_END[name].search(markup, end)
            if close is not None:
                at = close.start()
            else:
                unclosed.add(name)
                at = len(markup) if name in SWALLOWING else end
        yield Tag(begin, end, name, False, inside)


def _past_comment(markup: str, begin: int, last_end: int) -> tuple[int, str]:
    """Where reading goes on after a comment; and whether it has no end."""
    if markup.startswith((">", "->"), begin + 4):
        return markup.index(">", begin) + 1, ""
    if begin > last_end:
        return begin + 4, NEVER_CLOSED
    return markup.index("-->", begin) + 3, ""


def attributes_of(inside: str) -> dict[str, str]:
    """Attributes by name in lower case, decoded; of two with one name the first.

    >>> attributes_of(' HREF="a&amp;b" checked width = 5 href=c')
    {'href': 'a&b', 'checked': '', 'width': '5'}
    """
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inside):
        name, value = match.groups()
        name = name.lower()
        if name in found:
            continue
        if value and value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
            value = value[1:-1]
        found[name] = decoded(value) if value else ""
    return found


def decoded(text: str) -> str:
    """The text with its character references decoded, once; no number is too long.

    >>> decoded("&lt;&#0000000065;&#" + "9" * 5000 + ";")
    '<A\\ufffd'
    """
    if "&" not in text:
        return text
    if "&#" in text:
        text = _TOO_LARGE.sub("\ufffd", _LEADING_ZEROS.sub(r"&#\1", text))
    return html.unescape(text)


def is_html(kind: str, text: str) -> bool:
    """Is a region read as HTML? One of unknown kind is if it holds a tag of an element that exists.

    >>> is_html("html", ""), is_html("", "a <b>c</b>"), is_html("", "a < b"), is_html("plain", "<b>")
    (True, True, False, False)
    """
    if kind == "html":
        return True
    return kind == "" and "<" in text and _LOOKS_LIKE_HTML.search(text) is not None
