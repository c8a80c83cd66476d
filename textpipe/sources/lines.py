"""Lines of a stream as text, each decoded by itself, so that one bad line spoils no other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from textpipe.documents import Region
from textpipe.encoding import decode, known_codec, marked
from textpipe.sources.record import Item, Origin, Record


def decoded_lines(stream: io.BufferedReader, declared: str | None) -> Iterator[tuple[str, str]]:
    """Each line with its line end (LF, CRLF or CR), and the encoding it was read by.

    >>> stream = io.BufferedReader(io.BytesIO(b"a\\r\\nb\\xfc"))
    >>> list(decoded_lines(stream, None))
    [('a\\r\\n', 'utf-8'), ('bü', 'cp1252')]
    """
    mark = marked(stream.peek(4)[:4])
    name = mark[0] if mark else known_codec(declared)
    if name is not None and "\n".encode(name) != b"\n":  # UTF-16 and UTF-32 have no lines of bytes
        stream.read(mark[1] if mark else 0)
        wide = io.TextIOWrapper(stream, name, errors="replace", newline="")
        yield from ((line, name) for line in wide)
        wide.detach()
        return
    # Latin-1 maps each byte to a character and back: a fast splitter of bytes at all line ends.
    lines = io.TextIOWrapper(stream, "latin-1", newline="")
    for line in lines:
        yield decode(line.encode("latin-1"), declared)
    lines.detach()


def read_lines(stream: io.BufferedReader, origin: Origin) -> Iterator[Item]:
    """Each line is a document, an empty line too."""
    for number, (line, encoding) in enumerate(decoded_lines(stream, origin.encoding), 1):
        text = line.rstrip("\r\n")
        place = f"{origin.place}:{number}"
        yield Record(f"{origin.name}:{number}", (Region("", text),), origin.label, place, encoding)


def read_text(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """The whole file is one document."""
    text, encoding = decode(stream.read(), origin.encoding)
    yield Record(origin.name, (Region("", text),), origin.label, origin.place, encoding)
