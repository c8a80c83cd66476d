"""A mail, whole: its headers, its texts, its parts and attachments, and what is broken in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from textpipe.documents import Region
from textpipe.encoding import decode
from textpipe.kept import kept
from textpipe.mail.alternatives import in_common
from textpipe.mail.attachments import Attached, Attachment, attached, is_attached
from textpipe.mail.entities import Structure, structure
from textpipe.mail.headers import Head, header_text, is_plain, media_type, split_head
from textpipe.mail.limits import USUAL, Limits
from textpipe.mail.part import Part, part_of
from textpipe.mail.texts import Text, as_it_stands, newlines, text_of

_ONCE = (
    b"from sender reply-to to cc date subject message-id in-reply-to references mime-version "
    b"content-type content-transfer-encoding content-disposition"
).split()
"""Headers that stand once in a mail (RFC 5322, section 3.6; RFC 2045)."""


@dataclass(frozen=True)
class Mail:
    """A mail, whole, from its bytes. Total: no bytes make it raise or hang, and each defect is named.

    What is asked for is worked out then, and kept. Line ends become ``\\n``; a leading mbox line
    ("From ...") is dropped.

    >>> mail = Mail.of(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\\n\\nBis morgen")
    >>> mail.subject, mail.defects
    ('Grüße', [])
    >>> mail.regions
    [Region(kind='subject', text='Grüße'), Region(kind='plain', text='Bis morgen')]
    """

    raw: bytes = field(repr=False)
    limits: Limits = USUAL

    @classmethod
    def of(cls, raw: bytes | bytearray | memoryview, limits: Limits = USUAL) -> Mail:
        """The mail that these bytes are."""
        return cls(bytes(raw), limits)

    @kept
    def headers(self) -> list[tuple[str, str]]:
        """(name in lower case, decoded value), in their order. Lines that were folded are joined."""
        names = self._head.names
        return [(name.decode("latin-1"), self._value(at)) for at, name in enumerate(names)]

    def header(self, name: str) -> str:
        """The value of the first header of this name; empty if there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """The values of all headers of this name."""
        name = name.lower()
        return [value for field, value in self.headers if field == name]

    @kept
    def subject(self) -> str:
        """The subject, decoded; empty if there is none."""
        names = self._head.names
        return self._value(names.index(b"subject")) if b"subject" in names else ""

    @kept
    def regions(self) -> list[Region]:
        """The subject, if there is one, and the texts in their order, each of kind ``subject``, ``plain``
        or ``html`` (markup as it came). Texts of attached mails and attached texts are among them;
        uuencoded files are not.
        """
        found = [Region("subject", self.subject)] if self.subject else []
        for at, text in self._texts[0].items():
            html = self._structure.entities[at].media == "text/html"
            found.append(Region("html" if html else "plain", text.text))
        return found

    @kept
    def encoding(self) -> str:
        """How the first text was decoded."""
        return next((text.encoding for text in self._texts[0].values()), "utf-8")

    @kept
    def parts(self) -> list[Part]:
        """The mail itself and all its parts, each before what lies in it."""
        texts, sizes = self._texts[0], self._attached.sizes
        found = []
        for at, entity in enumerate(self._structure.entities):
            text = texts[at].text if at in texts else None
            size = texts[at].size if at in texts else sizes.get(at, entity.end - entity.head.body)
            found.append(part_of(entity, text, size, self.limits))
        return found

    @kept
    def attachments(self) -> list[Attachment]:
        """What is no text, what has a file name or is declared to be an attachment, uuencoded files."""
        return self._attached.attachments

    @kept
    def outside(self) -> list[str]:
        """Texts before the first and after the last part of multiparts; mail programs don't show them."""
        return [newlines(decode(text)[0]) for text in self._structure.outside]

    @kept
    def alternatives_in_common(self) -> float | None:
        """How many of their words plain text and HTML have in common where one may stand for the other,
        from 0 to 1 (see :func:`textpipe.mail.alternatives.in_common`): the lowest where there are
        several such pairs, and None where there is none.
        """
        shares = (in_common(*pair, self.limits.compared) for pair in self._alternatives())
        return min(shares, default=None)

    @kept
    def alternatives_differ(self) -> bool | None:
        """Do plain text and HTML say different things: is ``alternatives_in_common`` below one half?
        None where there is no such pair.
        """
        share = self.alternatives_in_common
        return None if share is None else share < 0.5

    @kept
    def defects(self) -> list[str]:
        """What is broken, as ``kind`` or ``kind: detail``; the kinds are in :mod:`textpipe.mail`."""
        names = self._head.names
        found = [
            f"repeated header: {name.decode()}"
            for name in _ONCE
            if name in names and names.count(name) > 1
        ]
        for entity in self._structure.entities:
            declared = entity.head.first(b"content-type")
            if declared and media_type(declared) is None:
                found.append("content type that is none")
        return self.text_defects + found + self._attached.defects

    @kept
    def text_defects(self) -> list[str]:
        """Those of ``defects`` that are met on the way to the texts, before any attachment is looked at."""
        return [
            *self._opened[2],
            *self._special[1],
            *self._structure.defects,
            *self._texts[1],
        ]

    @kept
    def _opened(self) -> tuple[bytes, Head, list[str]]:
        """The bytes that are read, the header, and what is broken so far."""
        raw, defects = self.raw, []
        if len(raw) > self.limits.size:
            defects.append("mail too large")
            raw = raw[: self.limits.size]
        if not raw.strip():
            defects.append("empty mail")
        return raw, split_head(raw, defects, self.limits), defects

    @property
    def _head(self) -> Head:
        return self._opened[1]

    @kept
    def _special(self) -> tuple[dict[int, str], list[str]]:
        """Header values, by their position, that do not say what they say letter by letter."""
        values: dict[int, str] = {}
        defects: list[str] = []
        longest = self.limits.header_value
        raw, head, _ = self._opened
        if is_plain(raw[: head.body], longest):  # all at once: most mails
            return values, defects
        for at, (_, value) in enumerate(self._head.fields):
            if is_plain(value, longest):
                continue
            try:
                values[at] = header_text(value, defects, longest)
            except Exception as error:
                # One header is as hostile as the next; see structure() for why this is so broad.
                defects.append(f"unreadable header: {type(error).__name__}")
                values[at] = value[:longest].decode("latin-1")
        return values, defects

    def _value(self, at: int) -> str:
        special = self._special[0]
        return special[at] if at in special else self._head.value(at).decode("ascii")

    @kept
    def _structure(self) -> Structure:
        raw, head, _ = self._opened
        return structure(raw, head, self.limits)

    @kept
    def _texts(self) -> tuple[dict[int, Text], list[str]]:
        """The texts by the position of their part, and their defects."""
        texts: dict[int, Text] = {}
        defects: list[str] = []
        room = self.limits.parts - len(self._structure.entities)
        for at, entity in enumerate(self._structure.entities):
            if not entity.is_text:
                continue
            try:
                texts[at] = text_of(entity, room, defects)
            except Exception as error:
                defects.append(f"unreadable text: {type(error).__name__}")
                texts[at] = as_it_stands(entity)
            room -= len(texts[at].files)
        return texts, defects

    @kept
    def _attached(self) -> Attached:
        return attached(self._structure.entities, self._texts[0], self.limits)

    def _alternatives(self) -> Iterator[tuple[str, str]]:
        """Plain text and HTML of each multipart/alternative; the HTML may lie in a multipart of its own."""
        entities = self._structure.entities
        pairs: dict[int, dict[str, list[str]]] = {}
        for at, text in self._texts[0].items():
            entity = entities[at]
            if entity.media not in ("text/plain", "text/html") or is_attached(entity):
                continue
            above = entity.above
            while above >= 0 and entities[above].media in ("multipart/related", "multipart/mixed"):
                above = entities[above].above
            if above >= 0 and entities[above].media == "multipart/alternative":
                pairs.setdefault(above, {}).setdefault(entity.media, []).append(text.text)
        for pair in pairs.values():
            if len(pair) == 2:
                yield "\n".join(pair["text/plain"]), "\n".join(pair["text/html"])
