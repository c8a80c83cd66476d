"""One mail: its subject, its texts, its headers, and what is broken in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textpipe.documents import Region, clean_surrogates
from textpipe.sources.mail_headers import header_text, is_plain, split_head
from textpipe.sources.mail_parts import text_regions
from textpipe.sources.record import Item, Origin, Record

MAX_SIZE = 50_000_000
"""What a mail holds beyond this many bytes is not read."""


@dataclass(frozen=True)
class ParsedMail:
    """What was found in a mail.

    subject   decoded; empty if there is none
    regions   the subject, if there is one, and the texts of the body in their order, each of kind
              ``subject``, ``plain`` or ``html`` (markup as it came)
    defects   what is broken, in words; ``kind`` or ``kind: detail``
    headers   (name in lower case, decoded value), in their order
    encoding  how the first text was decoded
    """

    subject: str
    regions: list[Region]
    defects: list[str]
    headers: list[tuple[str, str]]
    encoding: str = "utf-8"


def parse_mail(raw: bytes) -> ParsedMail:
    """The texts and headers of a mail. Never raises and never loses text because of a defect.

    Line ends become ``\\n``. A leading mbox line ("From ...") is dropped. Attachments that are no
    text are passed over; an attached mail is walked too.

    >>> mail = parse_mail(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\\n\\nBis morgen")
    >>> mail.regions
    [Region(kind='subject', text='Grüße'), Region(kind='plain', text='Bis morgen')]
    """
    return _parse(raw, lambda name, value: True)


def _parse(raw: bytes, wanted: Callable[[bytes, bytes], bool]) -> ParsedMail:
    """A mail of whose headers only those are decoded that are ``wanted``."""
    defects: list[str] = []
    if len(raw) > MAX_SIZE:
        defects.append("larger than 50 MB")
        raw = raw[:MAX_SIZE]
    if not raw.strip():
        defects.append("empty mail")
    head = split_head(raw, defects)
    headers = []
    for name, value in head.fields:
        if not wanted(name, value):
            continue
        try:
            text = header_text(value, defects)
            text = text if text.isascii() else clean_surrogates(text)
        except Exception as error:
            # One header is as hostile as the next; see text_regions for why this is so broad.
            defects.append(f"unreadable header: {type(error).__name__}")
            text = value.decode("latin-1")
        headers.append((name.decode("latin-1"), text))
    subject = next((text for name, text in headers if name == "subject"), "")
    body, encoding = text_regions(head, raw[head.body :], defects)
    regions = [Region("subject", subject)] if subject else []
    return ParsedMail(subject, regions + body, defects, headers, encoding)


def _tells(name: bytes, value: bytes) -> bool:
    """Is this header part of the document, or may something be broken in it?"""
    return name == b"subject" or not is_plain(value)


def mail_record(raw: bytes, name: str, place: str, label: str | None) -> Record:
    """A mail as a document."""
    mail = _parse(raw, _tells)
    return Record(name, tuple(mail.regions), label, place, mail.encoding, tuple(mail.defects))


def read_mail(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """The whole file is one mail."""
    yield mail_record(stream.read(MAX_SIZE + 1), origin.name, origin.place, origin.label)
