"""HTML -> text in one pass over its bytes, for HTML that holds nothing out of the way.

That is most of it. Nothing may be hidden, left open or nested deeply, no element may be there whose inside
follows rules of its own (``pre``, ``textarea``, ``object`` ...). All else is read by libxml2's parser, at a
twentieth of the speed; what is read here has the same text.
"""

from __future__ import annotations

import functools

import numpy as np

from textpipe.clean.html_rules import LIBXML2, elements, entities, of_windows
from textpipe.kernels.worth import worth

DEEPEST = 500
"""More open elements are left to the parser."""

PER_CHARACTER = 46e-9
"""Seconds that the parser takes."""


def worth_compiling(characters: int) -> bool:
    """Is it quicker to read as many more characters here, with the loop loaded first?"""
    return worth(characters * PER_CHARACTER, "html.read_quickly")


@functools.cache
def rules_hold() -> bool:
    """Is this the libxml2 that the rules were found in?"""
    from lxml import etree  # type: ignore[import-untyped]  # it ships no types

    return bool(etree.LIBXML_VERSION[:2] == LIBXML2)


def read_quickly(markup: str, alt: bool, max_depth: int) -> str | None:
    """The text of HTML; None if it must be read by the parser.

    >>> read_quickly("<p>Hi &amp; bye,<p>buy <b>che</b>ap<br>pills!", True, 1000)
    'Hi & bye,\\nbuy cheap\\npills!'
    >>> read_quickly("<p hidden>Hi", True, 1000)
    """
    from textpipe.kernels import html

    try:
        encoded = np.frombuffer(markup.encode(), np.uint8)
    except UnicodeEncodeError:  # lone surrogates
        return None
    known, named = elements(), entities()
    stack = np.empty((min(max_depth, DEEPEST), 3), np.int64)
    out, result = np.empty(2 * len(encoded) + 16, np.uint8), np.empty(1, np.int64)
    html.read_quickly(
        encoded,
        alt,
        stack,
        *known.names,
        *known[1:],
        *named.names,
        *named[1:],
        of_windows(),
        out,
        result,
    )
    return None if result[0] < 0 else out[: result[0]].tobytes().decode()
