"""What a mail is made of: MIME parts (RFC 2045, 2046), walked without recursion and with limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from textpipe.mail.headers import Head, content_type, split_head
from textpipe.mail.limits import Limits
from textpipe.mail.transfer import transfer_decoded

_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*+(?:(?=\r|\n)|\Z)")
_FALSE = 100_000
"""Lines of a mail's multiparts that hold a boundary and are none. One is soon passed over, but in parts
within parts millions of them are met again and again.
"""
_LINE_END = re.compile(rb"[\r\n]")


class Entity(NamedTuple):
    """A mail or a part of it: its header, and where in ``data`` its body ends. (``head.body`` is where
    it begins.) ``above`` is the position of what it lies in; -1 for the mail itself.
    """

    head: Head
    data: bytes
    end: int
    depth: int
    above: int
    media: str
    parameters: dict[str, bytes]

    @property
    def body(self) -> bytes:
        """Its body, still in its transfer encoding."""
        return self.data[self.head.body : self.end]

    @property
    def holds_parts(self) -> bool:
        """Is it a multipart, or a mail within the mail?"""
        return self.media.startswith("multipart/") or self.media in _MAILS

    @property
    def is_text(self) -> bool:
        """Is it shown as a text? A report of a mail system is (RFC 3464: message/delivery-status)."""
        return self.media.startswith(("text/", "message/")) and self.media not in _MAILS

    def content(self, defects: list[str]) -> bytes:
        """Its body without the transfer encoding."""
        return transfer_decoded(self.body, self.head.first(b"content-transfer-encoding"), defects)


_MAILS = ("message/rfc822", "message/global")


@dataclass
class Structure:
    """All entities of a mail, each before what lies in it, the texts that stand outside of parts, and the
    defects; and what the walk has cost: ``decoded`` bytes to come to inner parts, ``false`` boundaries.
    """

    entities: list[Entity] = field(default_factory=list)
    outside: list[bytes] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    decoded: int = 0
    false: int = 0


def structure(data: bytes, head: Head, limits: Limits) -> Structure:
    """The parts of a mail. Never raises: what cannot be taken apart becomes one plain text."""
    found = Structure()
    waiting = [_entity(head, data, len(data), 0, -1)]
    n_parts = 1
    while waiting:
        entity = waiting.pop()
        found.entities.append(entity)
        if not entity.holds_parts:
            continue
        try:
            inner = _within(entity, limits.parts - n_parts, limits, found)
        except Exception as error:
            # A mail is hostile input, and its reader promises a result. An error that nobody
            # foresaw costs the structure of this one part, not its text, and not the run.
            found.defects.append(f"unreadable part: {type(error).__name__}")
            inner = [_as_it_stands(entity, len(found.entities) - 1)]
        n_parts += len(inner)
        waiting += reversed(inner)
    return found


def _entity(
    head: Head, data: bytes, end: int, depth: int, above: int, default: bytes = b"text/plain"
) -> Entity:
    media, parameters = content_type(head.first(b"content-type") or default)
    return Entity(head, data, end, depth, above, media, parameters)


def _as_it_stands(entity: Entity, at: int, start: int | None = None) -> Entity:
    """What could not be taken apart, as a plain text."""
    head = Head.none(entity.head.body if start is None else start)
    return Entity(head, entity.data, entity.end, entity.depth + 1, at, "text/plain", {})


def _within(entity: Entity, room: int, limits: Limits, found: Structure) -> list[Entity]:
    """The parts that this one is made of, and what stands outside of them."""
    at, depth = len(found.entities) - 1, entity.depth + 1
    if entity.depth >= limits.depth or room <= 0:
        found.defects.append("parts nested too deep" if room > 0 else "too many parts")
        return [_as_it_stands(entity, at)]
    data, start, end = entity.data, entity.head.body, entity.end
    if entity.media in _MAILS:
        data, start, end = _decoded(entity, limits, found)
        head = split_head(data, found.defects, limits, start, end)
        return [_entity(head, data, end, depth, at)]
    boundary = entity.parameters.get("boundary", b"").rstrip()
    if not boundary:
        found.defects.append("multipart without a boundary")
        return [_as_it_stands(entity, at)]
    way = entity.head.first(b"content-transfer-encoding").strip().lower()
    if way.startswith((b"base64", b"quoted")) and data.find(b"--" + boundary, start, end) < 0:
        found.defects.append("multipart with a transfer encoding")
        data, start, end = _decoded(entity, limits, found)
    default = b"message/rfc822" if entity.media == "multipart/digest" else b"text/plain"
    parts: list[Entity] = []
    for kind, begin, stop in _between(data, start, end, boundary, room, found):
        if kind == "outside":
            if text := data[begin:stop].strip():
                found.outside.append(text)
        elif kind == "rest":
            parts.append(Entity(Head.none(begin), data, stop, depth, at, "text/plain", {}))
        else:
            own: list[str] = []  # a part needs no header, so that it lacks one is no defect
            head = split_head(data, own, limits, begin, stop)
            found.defects.extend(defect for defect in own if defect == "too many header lines")
            parts.append(_entity(head, data, stop, depth, at, default))
    if parts:
        return parts
    return [Entity(Head.none(start), data, end, depth, at, "text/plain", {})]


def _decoded(entity: Entity, limits: Limits, found: Structure) -> tuple[bytes, int, int]:
    """Where to look for what lies in this entity: a buffer, and the beginning and end in it."""
    as_it_stands = entity.data, entity.head.body, entity.end
    size = entity.end - entity.head.body
    if found.decoded + size > limits.size:  # decoded again and again, a mail fills the memory
        found.defects.append("mails within mails too large")
        return as_it_stands
    body = entity.body
    data = transfer_decoded(body, entity.head.first(b"content-transfer-encoding"), found.defects)
    if data is body:
        return as_it_stands
    found.decoded += len(data)
    return data, 0, len(data)


def _between(
    data: bytes, first: int, end: int, boundary: bytes, room: int, found: Structure
) -> Iterator[tuple[str, int, int]]:
    """What the delimiter lines of a multipart part (RFC 2046, section 5.1.1): each stretch and whether
    it is a ``part``, stands ``outside``, or is the ``rest`` that is not taken apart.
    """
    # What is looked for is a literal; whether it begins a line, and what follows, is seen then.
    delimiter = b"--" + boundary
    start, at = None, data.find(delimiter, first, end)
    while at >= 0:
        here = at
        begins = here == first or data[here - 1] in b"\r\n"
        after = _AFTER_BOUNDARY.match(data, here + len(delimiter), end) if begins else None
        if after is None:
            found.false += 1
            if found.false > _FALSE:
                found.defects.append("too many false boundaries")
                break
            line_end = _LINE_END.search(data, here, end)
            at = -1 if line_end is None else data.find(delimiter, line_end.end(), end)
            continue
        at = data.find(delimiter, after.end(), end)
        if start is None and after[1] is not None:
            break
        if start is None:
            yield "outside", first, here
        elif room <= 1:
            found.defects.append("too many parts")
            yield "rest", start, end
            return
        else:
            room -= 1
            yield "part", start, max(start, _without_newline(data, here))
            if after[1] is not None:
                yield "outside", after.end(), end
                return
        start = after.end() + (2 if data[after.end() : after.end() + 2] == b"\r\n" else 1)
        start = min(start, end)
    if start is None:
        found.defects.append("multipart whose boundary never comes")
    else:
        found.defects.append("multipart that is not closed")
        yield "part", start, end


def _without_newline(data: bytes, end: int) -> int:
    """Where a part ends: the line end before a delimiter belongs to the delimiter."""
    return end - 2 if data[end - 2 : end] == b"\r\n" else end - 1
