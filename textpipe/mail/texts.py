"""From the bytes of a textual part to its text."""

from __future__ import annotations

import re
from typing import NamedTuple

from textpipe.encoding import decode, known_codec
from textpipe.mail.entities import Entity
from textpipe.mail.transfer import UuFile, without_uuencoded

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.I)


class Text(NamedTuple):
    """A part's text, how it was decoded, its size in bytes, and the files that stood within it."""

    text: str
    encoding: str
    size: int
    files: list[UuFile]


def text_of(entity: Entity, room: int, defects: list[str]) -> Text:
    """The text of a part, line ends as ``\\n``; at most ``room`` uuencoded files are taken out of it.

    The charset is the declared one; for HTML without one, that of its ``meta`` element.
    """
    data = entity.content(defects)
    size = len(data)
    files: list[UuFile] = []
    html = entity.media == "text/html"
    if b"begin " in data and not html:
        data, files = without_uuencoded(data, room)
        if not all(file.closed for file in files):
            defects.append("uuencoded file that is not closed")
    declared = entity.parameters.get("charset", b"")[:200].strip().decode("latin-1").lower()
    if not declared and html and (meta := _META_CHARSET.search(data, 0, 5000)):
        declared = meta[1].decode()
    codec = known_codec(declared)
    text, encoding = decode(data, declared)
    if declared and codec is None:
        defects.append(f"unknown charset: {declared[:40]}")
    elif not data.isascii():
        if not declared:
            defects.append("8-bit text without a charset")
        elif not f"{encoding}-".startswith(f"{codec}-") or declared in ("us-ascii", "ascii"):
            defects.append("text that does not fit its charset")
    if "\0" in text:
        defects.append("NUL bytes")
    return Text(newlines(text), encoding, size, files)


def as_it_stands(entity: Entity) -> Text:
    """The text of a part that could not be read as what it says it is."""
    text, encoding = decode(entity.body)
    return Text(newlines(text), encoding, len(entity.body), [])


def newlines(text: str) -> str:
    """The text with all line ends as ``\\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
