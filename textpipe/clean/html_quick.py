"""HTML -> text in one pass over its bytes, for HTML that holds nothing out of the way.

That is most of it. Nothing may be hidden, left open or nested deeply, no element may be there whose inside
follows rules of its own (``xmp``, ``listing``, ``plaintext``, frames). All else is read by libxml2's parser,
at a twentieth of the speed; what is read here has the same text.
"""

from __future__ import annotations

import functools

import numpy as np

from textpipe.clean.html_rules import LIBXML2, elements, entities, of_windows
from textpipe.kernels.worth import worth

DEEPEST = 500
"""More open elements are left to the parser."""

SHALLOWEST = 4
"""The loop may open so many at a time before it looks whether there is room."""

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


def read_quickly(markups: list[str], alt: bool, max_depth: int) -> list[str | None]:
    """The text of each HTML; None for one that must be read by the parser.

    >>> read_quickly(["<p>Hi &amp; bye,<p>buy <b>che</b>ap<br>pills!", "<p hidden>Hi"], True, 1000)
    ['Hi & bye,\\nbuy cheap\\npills!', None]
    """
    from textpipe.kernels import html

    if max_depth < SHALLOWEST:
        return [None] * len(markups)
    encoded = [_encoded(markup) for markup in markups]
    offsets = np.cumsum([0, *map(len, encoded)])
    known, named = elements(), entities()
    stack = np.empty((min(max_depth, DEEPEST), 3), np.int64)
    out = np.empty(2 * offsets[-1] + 16 * len(encoded), np.uint8)
    sizes = np.empty(len(encoded), np.int64)
    html.read_quickly(
        np.frombuffer(b"".join(encoded), np.uint8),
        offsets,
        alt,
        stack,
        *known.names,
        *known[1:],
        *named.names,
        *named[1:],
        of_windows(),
        out,
        sizes,
    )
    written, at = out.data, 0
    found: list[str | None] = []
    for size in sizes.tolist():
        found.append(None if size < 0 else str(written[at : at + size], "utf-8"))
        at += max(size, 0)
    return found


def _encoded(markup: str) -> bytes:
    try:
        return markup.encode()
    except UnicodeEncodeError:  # lone surrogates
        return b"\0"  # which is refused
