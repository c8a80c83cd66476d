"""The names in an archive: zip (PKWARE's APPNOTE), tar (POSIX ustar, pax, GNU), gzip (RFC 1952).

Nothing is extracted. Of a compressed tar as much is unpacked as the limit allows, to come to its names.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import NamedTuple

from textpipe.encoding import decode
from textpipe.mail.limits import Limits
from textpipe.printable import printable

_LONGEST = 255
"""Characters of a name that are told."""

_CENTRAL, _LOCAL, _END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
_OCTAL = re.compile(rb"[ 0]*([0-7]*)[ \0]*")
_BLOCK = 512


class Archive(NamedTuple):
    """The names in an archive, in their order, whether any of its files is encrypted, and its defects;
    and how many bytes were unpacked to come to them.
    """

    names: list[str]
    encrypted: bool
    defects: list[str]
    unpacked: int = 0


def listed(content: bytes, media: str, limits: Limits) -> Archive | None:
    """The names in an archive of this (sniffed) media type; None where it is no archive that is known.

    >>> import io, zipfile
    >>> with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
    ...     archive.writestr("a/b.txt", "hello")
    >>> listed(file.getvalue(), "application/zip", Limits()).names
    ['a/b.txt']
    """
    if media == "application/zip":
        return _zip(content, limits)
    if media == "application/x-tar":
        return _tar(content, limits)
    if media == "application/gzip":
        return _gzip(content, limits)
    return None


def _shown(name: bytes, charset: str | None = None) -> str:
    text, _ = decode(name[: 4 * _LONGEST], charset)
    return printable(text[:_LONGEST]).replace("\n", "␊").replace("\t", "␉")


def _zip(content: bytes, limits: Limits) -> Archive:
    """By the central directory; where it is missing or broken, by the files' own headers."""
    names: list[str] = []
    defects: list[str] = []
    encrypted = False
    end = content.rfind(_END, max(0, len(content) - 65_557))
    at = -1
    if end >= 0 and end + 22 <= len(content):
        size, offset = struct.unpack_from("<II", content, end + 12)
        # Something may stand before the archive, such as a program that unpacks it.
        at = next(
            (a for a in (end - size, offset) if content[a : a + 4] == _CENTRAL and a >= 0), -1
        )
        if at < 0 and size == 0:
            return Archive([], False, [])
    step, fixed = (46, "<8xH18xHHH") if at >= 0 else (30, "<6xH18xHH")
    if at < 0:
        defects.append("damaged archive")
        at = content.find(_LOCAL)
    magic = content[at : at + 4]
    while at >= 0 and content[at : at + 4] == magic and at + step <= len(content):
        if len(names) >= limits.archive_names:
            defects.append("too many names in an archive")
            break
        flags, length, *lengths = struct.unpack_from(fixed, content, at)
        name = content[at + step : at + step + length]
        names.append(_shown(name, None if flags & 0x800 or name.isascii() else "cp437"))
        encrypted = encrypted or bool(flags & 1)
        at += step + length + sum(lengths)
        if magic == _LOCAL:
            at = content.find(_LOCAL, at)
    return Archive(names, encrypted, defects)


def _tar(content: bytes, limits: Limits) -> Archive:
    names: list[str] = []
    long_name = b""
    at = headers = 0
    while at + _BLOCK <= len(content) and content[at] != 0:
        headers += 1
        block = content[at : at + _BLOCK]
        size = _number(block[124:136])
        if size is None or not is_tar_header(block):
            return Archive(names, False, ["damaged archive"])
        if len(names) >= limits.archive_names or headers > 4 * limits.archive_names:
            return Archive(names, False, ["too many names in an archive"])
        kind, data = block[156:157], content[at + _BLOCK : at + _BLOCK + min(size, 4096)]
        at += _BLOCK + (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if kind == b"L":
            long_name = data.rstrip(b"\0")
        elif kind == b"x":
            path = re.search(rb"\d+ path=([^\n]*+)\n", data)
            long_name = path[1] if path else b""
        elif kind != b"g":
            prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
            name = block[:100].split(b"\0")[0]
            names.append(_shown(long_name or (prefix + b"/" + name if prefix else name)))
            long_name = b""
    broken = at > len(content) or content[at : at + 1].strip(b"\0") != b""
    return Archive(names, False, ["damaged archive"] if broken else [])


def _number(field: bytes) -> int | None:
    if field[0] & 0x80:  # GNU: binary, for large files
        return int.from_bytes(field[1:], "big")
    octal = _OCTAL.fullmatch(field)
    return None if octal is None else int(octal[1] or b"0", 8)


def is_tar_header(block: bytes) -> bool:
    """Is this the first block of a tar? By its checksum, which also tars from before POSIX have.

    >>> is_tar_header(bytes(512))
    False
    """
    if len(block) < _BLOCK:
        return False
    declared = _OCTAL.fullmatch(block[148:156])
    own = sum(block[:148]) + 8 * 0x20 + sum(block[156:_BLOCK])
    return declared is not None and bool(declared[1]) and int(declared[1], 8) == own


def _gzip(content: bytes, limits: Limits) -> Archive:
    """The names of a compressed tar; of another file, its own name if it is there."""
    unpacking = zlib.decompressobj(31)
    try:
        data = unpacking.decompress(content, _BLOCK)
        if is_tar_header(data) and limits.unpacked > _BLOCK:
            data += unpacking.decompress(unpacking.unconsumed_tail, limits.unpacked - _BLOCK)
    except zlib.error:
        return Archive([], False, ["damaged archive"], limits.unpacked)
    if is_tar_header(data[:_BLOCK]):
        found = _tar(data, limits)
        defects = found.defects if unpacking.eof else ["archive unpacked in part"]
        return Archive(found.names, False, defects, len(data))
    if len(content) > 10 and content[3] & 8 and not content[3] & 4:
        name = content[10 : 10 + 4 * _LONGEST].split(b"\0")[0]
        return Archive([_shown(name)] if name else [], False, [], len(data))
    return Archive([], False, [], len(data))
