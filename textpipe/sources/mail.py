"""One mail: its subject, its texts, its headers, and what is broken in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from textpipe.documents import Region, clean_surrogates
from textpipe.sources.mail_headers import header_text, split_head
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
    defects: list[str] = []
    if len(raw) > MAX_SIZE:
        defects.append("larger than 50 MB")
        raw = raw[:MAX_SIZE]
    if not raw.strip():
        defects.append("empty mail")
    head = split_head(raw, defects)
    headers = []
    for name, value in head.fields:
        try:
            text = clean_surrogates(header_text(value, defects))
        except Exception as error:
            # One header is as hostile as the next; see text_regions for why this is so broad.
            defects.append(f"unreadable header: {type(error).__name__}")
            text = value.decode("latin-1")
        headers.append((name.decode("latin-1"), text))
    subject = next((text for name, text in headers if name == "subject"), "")
    body, encoding = text_regions(head, raw[head.body :], defects)
    regions = [Region("subject", subject)] if subject else []
    return ParsedMail(subject, regions + body, defects, headers, encoding)


def mail_record(raw: bytes, name: str, place: str, label: str | None) -> Record:
    """A mail as a document."""
    mail = parse_mail(raw)
    return Record(name, tuple(mail.regions), label, place, mail.encoding, tuple(mail.defects))


def read_mail(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """The whole file is one mail."""
    yield mail_record(stream.read(MAX_SIZE + 1), origin.name, origin.place, origin.label)
