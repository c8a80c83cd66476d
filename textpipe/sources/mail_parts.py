"""The texts in a mail's body: MIME parts (RFC 2045, 2046), walked without recursion and with caps."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from textpipe.documents import Region
from textpipe.sources.encoding import decode, known_codec
from textpipe.sources.mail_headers import NOT_BASE64, Head, content_type, split_head

MAX_DEPTH = 50
"""Parts that lie deeper are taken as they stand, as one plain text."""

MAX_PARTS = 1000
"""Parts of one mail. What follows is taken as it stands, as one plain text."""

_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*+(?:(?=\r|\n)|\Z)")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.I)


class Part(NamedTuple):
    """A part that is still to be read: its head, its body, and how deep it lies."""

    head: Head
    body: bytes
    depth: int
    default: bytes = b"text/plain"

    def media(self) -> tuple[str, dict[str, bytes]]:
        """Its media type and parameters."""
        return content_type(self.head.first(b"content-type") or self.default)


def text_regions(head: Head, body: bytes, defects: list[str]) -> tuple[list[Region], str]:
    """The texts of a mail in their order, and the encoding of the first.

    ``text/html`` becomes a region of kind ``html``, any other text one of kind ``plain``. What is no
    text is passed over.
    """
    regions: list[Region] = []
    encodings: list[str] = []
    waiting = [Part(head, body, 0)]
    n_parts = 1
    while waiting:
        part = waiting.pop()
        try:
            inner = _parts_within(part, MAX_PARTS - n_parts, defects)
            found = _text(part, defects) if inner is None else None
        except Exception as error:
            # A mail is hostile input, and its reader promises a result. An error that nobody
            # foresaw costs the structure of this one part, not its text, and not the run.
            defects.append(f"unreadable part: {type(error).__name__}")
            inner, found = None, _as_it_stands(part.body)
        if inner:
            n_parts += len(inner)
            waiting += reversed(inner)
        if found:
            regions.append(found[0])
            encodings.append(found[1])
    return regions, encodings[0] if encodings else "utf-8"


def _as_it_stands(body: bytes) -> tuple[Region, str]:
    text, encoding = decode(body)
    return Region("plain", _newlines(text)), encoding


def _parts_within(part: Part, room: int, defects: list[str]) -> list[Part] | None:
    """The parts that this one is made of; None if it is a leaf."""
    media, parameters = part.media()
    holds_mail = media in ("message/rfc822", "message/global")
    if not holds_mail and not media.startswith("multipart/"):
        return None
    if part.depth >= MAX_DEPTH:
        defects.append("parts nested too deep")
        return [_raw(part.body, part.depth)]
    if holds_mail:
        body = _transfer_decoded(part, defects)
        head = split_head(body, defects)
        return [Part(head, body[head.body :], part.depth + 1)]
    boundary = parameters.get("boundary", b"").rstrip()
    if not boundary:
        defects.append("multipart without a boundary")
        return [_raw(part.body, part.depth)]
    default = b"message/rfc822" if media == "multipart/digest" else b"text/plain"
    parts = []
    for raw in _between(part.body, boundary, room, defects):
        head = split_head(raw, [])
        parts.append(Part(head, raw[head.body :], part.depth + 1, default))
    return parts or [_raw(part.body, part.depth)]


def _raw(body: bytes, depth: int) -> Part:
    """What could not be taken apart, as a plain text."""
    return Part(Head([], 0), body, depth + 1)


def _between(body: bytes, boundary: bytes, room: int, defects: list[str]) -> Iterator[bytes]:
    """What lies between the delimiter lines of a multipart (RFC 2046, section 5.1.1)."""
    # What is looked for is a literal; whether it begins a line, and what follows, is seen then.
    delimiter = b"--" + boundary
    start, at = None, body.find(delimiter)
    while at >= 0:
        found = _AFTER_BOUNDARY.match(body, at + len(delimiter))
        here, at = at, body.find(delimiter, at + 1 if found is None else found.end())
        if found is None or (here > 0 and body[here - 1] not in b"\r\n"):
            continue
        if start is not None and room <= 1:
            defects.append("too many parts")
            yield b"\n" + body[start:]
            return
        if start is not None:
            room -= 1
            yield body[start : max(start, _without_newline(body, here))]
        if found[1] is not None and start is not None:
            return
        if found[1] is not None:
            break
        start = found.end() + (2 if body[found.end() : found.end() + 2] == b"\r\n" else 1)
    if start is None:
        defects.append("multipart whose boundary never comes")
    else:
        defects.append("multipart that is not closed")
        yield body[start:]


def _without_newline(body: bytes, end: int) -> int:
    """Where a part ends: the line end before a delimiter belongs to the delimiter."""
    if body[end - 2 : end] == b"\r\n":
        return end - 2
    return end - 1


def _text(part: Part, defects: list[str]) -> tuple[Region, str] | None:
    """The text of a leaf, and how it was decoded; None if it is no text."""
    media, parameters = part.media()
    if not media.startswith("text/"):
        return None
    kind = "html" if media == "text/html" else "plain"
    data = _transfer_decoded(part, defects)
    declared = parameters.get("charset", b"").strip().decode("latin-1").lower()
    if not declared and kind == "html" and (meta := _META_CHARSET.search(data, 0, 5000)):
        declared = meta[1].decode()
    codec = known_codec(declared)
    text, encoding = decode(data, declared)
    if declared and codec is None:
        defects.append(f"unknown charset: {declared[:40]}")
    elif not data.isascii():
        if not declared:
            defects.append("8-bit text without a charset")
        elif not f"{encoding}-".startswith(f"{codec}-") or known_as_ascii(declared):
            defects.append("text that does not fit its charset")
    if "\0" in text:
        defects.append("NUL bytes")
    return Region(kind, _newlines(text)), encoding


def known_as_ascii(declared: str) -> bool:
    """Was ASCII declared, which bytes beyond 127 contradict?"""
    return declared in ("us-ascii", "ascii")


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _transfer_decoded(part: Part, defects: list[str]) -> bytes:
    """The body without its transfer encoding (RFC 2045, section 6)."""
    way = part.head.first(b"content-transfer-encoding").split(b";")[0].strip().lower()
    if way == b"base64":
        return _from_base64(part.body, defects)
    if way == b"quoted-printable":
        return binascii.a2b_qp(part.body)
    if way not in (b"", b"7bit", b"8bit", b"binary"):
        defects.append(f"unknown transfer encoding: {way[:40].decode('latin-1')}")
    return part.body


def _from_base64(body: bytes, defects: list[str]) -> bytes:
    """Decoded base64. What follows its end and is no base64, such as a list's footer, is kept."""
    data, padding, rest = body.partition(b"=")
    rest = rest.lstrip(b"=\r\n \t")
    letters = data.translate(None, NOT_BASE64)
    if len(letters) % 4 == 1 or (padding and len(letters) % 4 == 0) or rest:
        defects.append("damaged base64")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    decoded = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return decoded + (b"\n" + rest if rest else b"")
