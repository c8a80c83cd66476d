"""Many mails in one file: the mbox format (RFC 4155)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from textpipe.errors import SourceError
from textpipe.sources.mail import MAX_SIZE, mail_record
from textpipe.sources.record import Item, Origin

_FROM = re.compile(rb"From ")
_TIMED = re.compile(rb"From .*\d:\d\d")
_QUOTED = re.compile(rb">+From ")
_PIECE = 1 << 20


def read_mbox(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each mail is a document.

    A mail begins with a "From " line after an empty line. If the first such line of the file names a
    time of day, as all programs write it, the others must too: sentences begin with "From" as well.
    A ">" before "From " at the start of a line is taken off.

    Raises SourceError if the file does not begin with a "From " line.
    """
    for number, raw in enumerate(split_mbox(stream, origin.place), 1):
        place = f"{origin.place}: message {number}"
        yield mail_record(raw, f"{origin.name}:{number}", place, origin.label)


def split_mbox(stream: io.BufferedReader, place: str) -> Iterator[bytes]:
    """The mails of a mailbox as bytes, without their "From " lines."""
    first = b"\n"
    while first.strip() == b"" and first:
        first = stream.readline(_PIECE)
    if not first.startswith(b"From "):
        raise SourceError(
            f'{place} is no mbox file: it begins with {first[:40]!r}, not with "From ". '
            'For a file that is one mail give format="mail" (--format mail)'
        )
    timed = _TIMED.match(first) is not None
    lines: list[bytes] = []
    size = 0
    new_line = after_empty = True
    while line := stream.readline(_PIECE):
        if new_line and after_empty and (_TIMED if timed else _FROM).match(line):
            yield b"".join(lines)
            lines, size = [], 0
            continue
        if new_line and _QUOTED.match(line):
            line = line[1:]
        if size <= MAX_SIZE:  # one byte more than fits tells the parser that there was more
            lines.append(line)
            size += len(line)
        after_empty = new_line and not line.strip(b"\r\n")
        new_line = line.endswith(b"\n")
    yield b"".join(lines)
