"""One part of a mail, as it is shown to who asks for ``Mail.parts``."""

from __future__ import annotations

from typing import NamedTuple

from textpipe.mail.attachments import declared_name
from textpipe.mail.entities import Entity
from textpipe.mail.headers import header_text
from textpipe.mail.limits import Limits


class Part(NamedTuple):
    """One part of a mail; the mail itself is the first.

    media_type         in lower case; ``text/plain`` where none, or none that can be read, is declared
    charset            as declared, in lower case; empty if none is
    transfer_encoding  as declared, in lower case; empty if none is
    depth              0 is the mail itself
    text               its text, line ends as ``\\n``; None for what is no text and for what holds parts
    file_name          as declared, decoded; empty if none is. Not safe to show: see ``Attachment.name``
    size               bytes without the transfer encoding; with it, for what holds parts
    headers            (name in lower case, decoded value), in their order
    above              the position of what it lies in among the parts; -1 for the mail itself
    """

    media_type: str
    charset: str
    transfer_encoding: str
    depth: int
    text: str | None
    file_name: str
    size: int
    headers: list[tuple[str, str]]
    above: int


def part_of(entity: Entity, text: str | None, size: int, limits: Limits) -> Part:
    """What is told of a part."""
    way = entity.head.first(b"content-transfer-encoding")[:80].strip().lower()
    return Part(
        entity.media[:200],
        entity.parameters.get("charset", b"")[:80].strip().lower().decode("latin-1"),
        way.decode("latin-1"),
        entity.depth,
        text,
        declared_name(entity),
        size,
        [
            (name.decode("latin-1"), header_text(value, [], limits.header_value))
            for name, value in entity.head.fields
        ],
        entity.above,
    )
