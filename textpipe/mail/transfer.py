"""Transfer encodings undone: base64 and quoted-printable (RFC 2045, section 6), uuencode (POSIX)."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from textpipe.mail.headers import NOT_BASE64

_WAYS = {
    b"base64": b"base64",
    b"quoted-printable": b"quoted-printable",
    b"": b"",
    b"7bit": b"",
    b"8bit": b"",
    b"binary": b"",
    b"uuencode": b"uuencode",
    b"x-uuencode": b"uuencode",
    b"x-uue": b"uuencode",
    b"uue": b"uuencode",
}
_BASE64_LINES = re.compile(rb"(?:[A-Za-z0-9+/]*+={0,2}+[ \t]*+(?:\r\n|\r|\n|\Z))*+")
_BEGIN = re.compile(rb"(?:\A|(?<=[\r\n]))begin [0-7]{3,4} ([^\r\n]{1,1000})(?:\r\n|\n|\r)")
_LINE = re.compile(rb"([^\r\n]*+)(?:\r\n|\n|\r|\Z)")
_UU_LETTERS = bytes(range(0x20, 0x61))
_CONTROLS = bytes([*range(9), *range(14, 32), 127])
_SEGMENTS = 1000
"""Pieces of base64, each padded at its end, that are decoded one by one."""

_SHORT = 60
"""Letters that may be the word or two that a text begins with, and no base64."""


def transfer_decoded(body: bytes, declared: bytes, defects: list[str]) -> bytes:
    """The body without its transfer encoding; ``declared`` is the header's value.

    What is declared as base64 and is none is given as it stands.

    >>> transfer_decoded(b"R3LDvMOfZQ==", b"BASE64", []).decode()
    'Grüße'
    """
    name = declared.split(b";")[0].split(b"(")[0].strip(b" \t\r\n\"'").lower()
    way = _WAYS.get(name)
    if way is None:
        defects.append(f"unknown transfer encoding: {name[:40].decode('latin-1')}")
        return body
    if way == b"base64":
        return from_base64(body, defects)
    if way == b"quoted-printable":
        return binascii.a2b_qp(body)
    if way == b"uuencode":
        _, files = without_uuencoded(body, 1)
        if not files:
            defects.append("transfer encoding that is none: uuencode")
            return body
        if not files[0].closed:
            defects.append("uuencoded file that is not closed")
        return files[0].content
    return body


def from_base64(body: bytes, defects: list[str]) -> bytes:
    """Decoded base64, or the body as it stands where it is plainly a text.

    Characters that mean nothing in base64 are passed over, as RFC 2045 has it; but a text that follows,
    such as a mailing list's footer, is kept as it stands.
    """
    lines = _BASE64_LINES.match(body)
    assert lines is not None  # noqa: S101  # the pattern matches the empty body too
    data, rest = body[: lines.end()], body[lines.end() :]
    if rest and not _is_text(rest):
        data, rest = body, b""
    segments = [segment.translate(None, NOT_BASE64) for segment in data.split(b"=", _SEGMENTS)]
    letters = sum(map(len, segments))
    if rest and letters < _SHORT and (letters == 0 or (letters + data.count(b"=")) % 4):
        defects.append("transfer encoding that is none: base64")
        return body
    segments = [segment for segment in segments if segment] or [b""]
    even = len(segments[-1]) % 4 == 0
    if rest or len(segments) > 1 or len(segments[-1]) % 4 == 1 or (even and b"=" in data):
        defects.append("damaged base64")
    decoded = b"".join(map(_bytes_of, segments))
    return decoded + (b"\n" + rest if rest else b"")


def _is_text(rest: bytes) -> bool:
    """Is this what comes after base64, and not base64 with a few characters damaged or blanks put in?

    Words are short: a twelfth and more of a text are blanks and other characters beyond base64. And
    what is decoded of it is no text.
    """
    sample = rest[:4000].translate(None, b"\r\n=")
    letters = sample.translate(None, NOT_BASE64)
    beyond = len(sample) - len(letters)
    if beyond < 2 or 12 * beyond <= len(letters):
        return False
    decoded = _bytes_of(letters)
    broken = decoded.decode("utf-8", "replace").count("\ufffd")
    return 10 * (broken + len(decoded) - len(decoded.translate(None, _CONTROLS))) >= len(decoded)


def _bytes_of(letters: bytes) -> bytes:
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


class UuFile(NamedTuple):
    """A uuencoded file: its name as it stands, its bytes, and whether its end came."""

    name: bytes
    content: bytes
    closed: bool


def without_uuencoded(data: bytes, room: int) -> tuple[bytes, list[UuFile]]:
    """The text around uuencoded files, and these files, at most ``room``.

    >>> without_uuencoded(b"see\\nbegin 644 a.txt\\n#86)C\\n`\\nend\\nbye", 10)
    (b'see\\nbye', [UuFile(name=b'a.txt', content=b'abc', closed=True)])
    """
    files: list[UuFile] = []
    around: list[bytes] = []
    kept = at = 0
    while len(files) < room and (begin := _BEGIN.search(data, at)):
        pieces: list[bytes] = []
        at = begin.end()
        closed = False
        empty = 0  # a line of no bytes, and after it perhaps a blank one, come before the end
        while at < len(data):
            line = _LINE.match(data, at)
            assert line is not None  # noqa: S101  # the pattern matches the empty rest too
            if line[1].rstrip() == b"end":
                closed = True
                at = line.end()
                break
            piece = _uu_bytes(line[1])
            empty += piece == b""
            if piece is None or empty > 2 or (piece and empty):
                break
            if piece:
                pieces.append(piece)
            at = line.end()
        content = b"".join(pieces)
        if content:
            files.append(UuFile(begin[1].strip(), content, closed))
            around.append(data[kept : begin.start()])
            kept = at
    return b"".join(around) + data[kept:] if files else data, files


def _uu_bytes(line: bytes) -> bytes | None:
    """The bytes that a uuencoded line holds; None if it is none."""
    if line.strip() in (b"", b"`"):
        return b""
    length = (line[0] - 32) & 63
    letters = (length + 2) // 3 * 4
    if not 32 < line[0] < 97 or line.translate(None, _UU_LETTERS):
        return None
    if not letters - 4 <= len(line) - 1 <= letters + 2:  # blanks cut off, or a checksum at the end
        return None
    return binascii.a2b_uu(line[: letters + 1])
