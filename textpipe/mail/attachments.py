"""What is attached to a mail: name, declared and sniffed type, size, and an archive's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from textpipe.encoding import decode
from textpipe.mail.archives import Archive, listed
from textpipe.mail.entities import Entity
from textpipe.mail.headers import header_text, parameters
from textpipe.mail.limits import USUAL, Limits
from textpipe.mail.sniff import of_zip, sniffed
from textpipe.mail.texts import Text
from textpipe.printable import printable

_LONGEST = 200
"""Characters of a name that are shown; of a longer one, its beginning and its end."""

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Attachment:
    """A file in a mail. It was never opened beyond an archive's list of names.

    name           safe to show: without a path, control and invisible characters written out
    declared_type  media type as the part says; empty for a uuencoded file, which says none
    sniffed_type   media type by the first bytes; ``text/plain`` or ``application/octet-stream`` where
                   they tell no more, empty for an empty file
    size           bytes, without the transfer encoding
    listing        the names in a zip, tar, compressed tar or gzip; empty for all others
    encrypted      are files in the archive encrypted?
    inline         is it to be shown within the text, such as a picture in HTML?
    declared_name  the name as it came, decoded; not safe to show
    part           position of its part in ``Mail.parts``
    """

    name: str
    declared_type: str
    sniffed_type: str
    size: int
    listing: list[str] = field(default_factory=list)
    encrypted: bool = False
    inline: bool = False
    declared_name: str = ""
    part: int = 0

    @property
    def extension(self) -> str:
        """What follows the last dot of its name, in lower case; empty without a dot.

        >>> Attachment("Invoice.PDF.exe", "application/pdf", "", 0).extension
        'exe'
        """
        _, dot, ending = self.name.rstrip(" .").rpartition(".")
        return ending.strip().lower() if dot else ""


def disposition(entity: Entity) -> tuple[str, dict[str, bytes]]:
    """How a part is to be shown (RFC 2183): ``attachment``, ``inline`` or empty; and its parameters."""
    value = entity.head.first(b"content-disposition")[: USUAL.header_value]
    kind, _, rest = value.partition(b";")
    return kind.strip().lower().decode("latin-1"), parameters(rest) if rest else {}


def declared_name(entity: Entity) -> str:
    """A part's file name, decoded (RFC 2231, and RFC 2047 as many write it); empty if there is none."""
    _, given = disposition(entity)
    for found, key in ((given, "filename"), (entity.parameters, "name")):
        if key in found:
            charset = found.get(f"{key}*")
            if charset is not None:
                return decode(found[key], charset.decode("latin-1"))[0]
            return header_text(found[key], [])
    return ""


def is_attached(entity: Entity) -> bool:
    """Is the part a file of its own? What holds parts is one only if it is declared to be."""
    if entity.media.startswith("multipart/"):
        return False
    if not entity.is_text and not entity.holds_parts:
        return True
    return disposition(entity)[0] == "attachment" or bool(declared_name(entity))


def safe_name(name: str, defects: list[str]) -> str:
    """A file name as it can be shown.

    >>> safe_name("../../bin/\u202egnp.exe", defects := []), defects
    ('<202E>gnp.exe', ['path in an attachment name', 'bidi override in an attachment name'])
    """
    last = next((piece for piece in reversed(re.split(r"[/\\]", name)) if piece.strip()), "")
    if last != name:
        defects.append("path in an attachment name")
    if _BIDI.search(name):
        defects.append("bidi override in an attachment name")
    if _CONTROL.search(name):
        defects.append("control character in an attachment name")
    if len(last) > _LONGEST:
        defects.append("attachment name too long")
        last = f"{last[: _LONGEST - 41]}…{last[-40:]}"
    return printable(last).replace("\n", "␊").replace("\t", "␉")


class Attached(NamedTuple):
    """The attachments of a mail, their defects, and the sizes of the parts that they are."""

    attachments: list[Attachment]
    defects: list[str]
    sizes: dict[int, int]


def attached(entities: list[Entity], texts: Mapping[int, Text], limits: Limits) -> Attached:
    """What is attached to a mail; ``texts`` are those of its parts, with the uuencoded files in them."""
    found = Attached([], [], {})
    for at, entity in enumerate(entities):
        try:
            if is_attached(entity):
                own: list[str] = []
                content = entity.content(own)
                if not entity.is_text and not entity.holds_parts:  # else it was found before
                    found.defects.extend(own)
                found.sizes[at] = len(content)
                inline = disposition(entity)[0] == "inline" or entity.head.has(b"content-id")
                name, declared = declared_name(entity), entity.media[:200]
                limits = _add(found, name, declared, content, limits, inline, at)
            for file in texts[at].files if at in texts else ():
                limits = _add(
                    found, header_text(file.name, []), "", file.content, limits, False, at
                )
        except Exception as error:
            # Nobody foresaw it: see structure() for why this is so broad.
            found.defects.append(f"unreadable attachment: {type(error).__name__}")
    return found


def _add(
    found: Attached,
    name: str,
    declared: str,
    content: bytes,
    limits: Limits,
    inline: bool,
    part: int,
) -> Limits:
    """Put in what these bytes are; what may be unpacked from now on."""
    media = sniffed(content)
    archive = listed(content, media, limits) or Archive([], False, [])
    found.defects.extend(archive.defects)
    if archive.encrypted:
        found.defects.append("encrypted archive")
    if media == "application/zip":
        media = of_zip(content, archive.names)
    found.attachments.append(
        Attachment(
            safe_name(name, found.defects),
            declared,
            media,
            len(content),
            archive.names,
            archive.encrypted,
            inline,
            name,
            part,
        )
    )
    return replace(limits, unpacked=max(0, limits.unpacked - archive.unpacked))
