"""Is a text of unknown kind HTML? And what of HTML is in plain text all the same.

The signs are chosen so that plain text with a "<" in it (comparisons, addresses in angle brackets,
type parameters, hearts) is left alone. All patterns are linear: each stops at the next "<".
"""

from __future__ import annotations

import html
import re

_LONE = (
    "br hr p li td th tr div span html body ul ol font img center wbr pre blockquote tbody h[1-6]"
)
_ELEMENTS = (
    "a abbr acronym address area article aside b base big blockquote body br button caption center"
    " cite code col colgroup dd del details dfn dir div dl dt em embed fieldset figcaption figure"
    " font footer form frame frameset h[1-6] head header hr html i iframe img input ins kbd label"
    " legend li link main map marquee mark meta nav noscript object ol optgroup option p param pre q"
    " s samp script section select small span strike strong style sub summary sup table tbody td"
    " template textarea tfoot th thead time title tr tt u ul var video wbr"
)
_FLAGS = "checked|disabled|hidden|noshade|nowrap|selected"


def _any_of(names: str) -> str:
    return "(?:" + "|".join(names.split()) + ")"


_SIGNS = re.compile(
    rf"<(?=/?[a-z]|!d|!--)(?:!doctype\s+html|/{_any_of(_ELEMENTS)}\s*>|{_any_of(_LONE)}\s*/?>"
    rf"""|{_any_of(_ELEMENTS)}\s+(?:[a-z:-]+\s*=\s*["'\w#/.]|(?:{_FLAGS})\b)[^<>]*>"""
    r"|!--[^<>]*-->)",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
NO_TAG = re.compile(r"<(?=[^\s<>\"'=/@]*+@[^\s<>]*+>|[A-Za-z][A-Za-z0-9+.-]*:/|www\.)")


def looks_like_html(text: str) -> bool:
    """Does the text hold what only HTML holds?

    An end tag or a start tag with attributes of an element that exists, a start tag that needs no
    end (``<br>``, ``<p>``), a comment, a document type.

    >>> looks_like_html("<b>Free</b>"), looks_like_html("Buy <a href=x>here"), looks_like_html("a<br>b")
    (True, True, True)
    >>> any(map(looks_like_html, ["if a < b and c > d", "<me@x.de>", "List<String> a", "I <3 you"]))
    False
    """
    return "<" in text and _SIGNS.search(text) is not None


def decode_entities(text: str) -> str:
    """Plain text with its whole references decoded: known names and numbers, each with its semicolon.

    >>> decode_entities("&lt;#&gt; costs &pound;5 &amp; AT&T; &copy &unknown;")
    '<#> costs £5 & AT&T; &copy &unknown;'
    """
    return ENTITY.sub(decode_entity, text) if "&" in text else text


def decode_entity(match: re.Match[str]) -> str:
    """What one reference stands for."""
    return html.unescape(match[0])


def keep_addresses(markup: str) -> str:
    """Mark-up in which ``<me@x.de>`` and ``<http://x.de>`` are text, not tags of unknown elements.

    >>> keep_addresses("<b>Bob</b> <bob@x.de> <http://x.de/a> <o:p></o:p>")
    '<b>Bob</b> &lt;bob@x.de> &lt;http://x.de/a> <o:p></o:p>'
    """
    return NO_TAG.sub("&lt;", markup) if "<" in markup else markup
