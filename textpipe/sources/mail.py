"""Mails as documents; see :mod:`textpipe.mail` for what is read of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from textpipe.mail import Limits, Mail
from textpipe.sources.record import Item, Origin, Record

MAX_SIZE = Limits().size
"""What a mail holds beyond this many bytes is not read."""

USUAL_SIZE = 1 << 16
"""Most mails have fewer bytes."""


def parse_mail(raw: bytes) -> Mail:
    """The texts and headers of a mail. Never raises and never loses text because of a defect.

    >>> mail = parse_mail(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\\n\\nBis morgen")
    >>> mail.regions
    [Region(kind='subject', text='Grüße'), Region(kind='plain', text='Bis morgen')]
    """
    return Mail.of(raw)


def mail_record(raw: bytes, name: str, place: str, label: str | None) -> Record:
    """A mail as a document: its texts, its bytes, and what is broken on the way to the texts."""
    mail = Mail.of(raw)
    regions, defects = tuple(mail.regions), tuple(mail.text_defects)
    return Record(name, regions, label, place, mail.encoding, defects, raw)


def read_mail(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """The whole file is one mail."""
    raw = stream.read(USUAL_SIZE)
    if len(raw) == USUAL_SIZE:  # Python makes room for all that it is asked for
        raw += stream.read(MAX_SIZE + 1 - USUAL_SIZE)
    yield mail_record(raw, origin.name, origin.place, origin.label)
