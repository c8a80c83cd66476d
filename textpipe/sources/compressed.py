"""Compressed files as streams, with a cap on what they may grow to."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

MAX_BYTES = 2 << 30
"""An archive that expands beyond this is cut there."""

MAX_RATIO, RATIO_FROM = 1000, 100_000_000
"""An archive that expanded to more than ``RATIO_FROM`` bytes may have grown by ``MAX_RATIO`` at most."""

MAX_WINDOW = 1 << 27
"""How far back an archive may refer, in bytes: the memory that a decoder needs."""

ENDINGS = (".gz", ".zst", ".xz", ".bz2")

SIGNATURES = {
    b"\x1f\x8b\x08": ".gz",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"\xfd7zXZ\x00": ".xz",
    **{b"BZh%d1AY&SY" % level: ".bz2" for level in range(1, 10)},
}
"""How archives begin (RFC 1952, RFC 8878, the .xz format 1.2; bzip2: its first block)."""

SIGNATURE_LENGTH = max(map(len, SIGNATURES))

_FEED = 1024
"""Bytes fed at once. Zstandard expands by 32,000 at most, so that a step stays below 32 MiB."""


class Expanded(io.RawIOBase):
    """What an archive holds, as a stream of bytes that never raises because of the archive.

    A damaged or truncated archive, or one that grows beyond the caps, ends where the damage begins;
    ``defect`` then says what was wrong.
    """

    def __init__(self, source: BinaryIO, ending: str, size: int | None = None) -> None:
        self.defect: str | None = None
        self._source = source
        self._size = size
        self._grown = 0
        self._chunk = memoryview(b"")
        self._chunks = _chunks(source, ending)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._chunk and self.defect is None:
            try:
                found = next(self._chunks, None)
            except (
                OSError,
                EOFError,
                ValueError,
                zlib.error,
                lzma.LZMAError,
                _zstd_error(),
            ) as error:
                self.defect = f"the archive is damaged or ends early: {error}"
                break
            if found is None:
                return 0
            self._chunk = memoryview(self._within_caps(found))
        n = min(len(buffer), len(self._chunk))
        buffer[:n] = self._chunk[:n]
        self._chunk = self._chunk[n:]
        return n

    def close(self) -> None:
        self._source.close()
        super().close()

    def _within_caps(self, chunk: bytes) -> bytes:
        """As much of the chunk as the caps leave room for."""
        cap = MAX_BYTES
        if self._size is not None:
            cap = min(cap, max(RATIO_FROM, MAX_RATIO * self._size))
        room = cap - self._grown
        self._grown += len(chunk)
        if self._grown > cap:
            self.defect = f"the archive grew beyond {cap:,} bytes; the rest was not read"
        return chunk[:room] if len(chunk) > room else chunk


class Borrowed(io.RawIOBase):
    """A stream of bytes that belongs to somebody else: closing this one does not close it.

    Its first bytes come at once, however slowly they are written, so that they can be looked at.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._head = memoryview(source.read(SIGNATURE_LENGTH))

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._source.fileno()

    def readinto(self, buffer: Any) -> int:
        found: Any = self._head
        if self._head:
            self._head = self._head[len(buffer) :]
        else:
            found = self._source.read1(len(buffer))  # type: ignore[attr-defined]  # of all buffered ones
        n = min(len(buffer), len(found))
        buffer[:n] = found[:n]
        return n


def ending_of(head: bytes) -> str | None:
    """The ending of archives that begin with these bytes; None if it is no archive.

    >>> ending_of(gzip.compress(b"a")), ending_of(b"a,b\\n")
    ('.gz', None)
    """
    return next((end for mark, end in SIGNATURES.items() if head.startswith(mark)), None)


def expand(source: BinaryIO, ending: str) -> Expanded:
    """The content of an archive whose file name ends in ``ending``."""
    try:
        size = os.fstat(source.fileno()).st_size
    except OSError:  # no file behind it
        size = 0
    return Expanded(source, ending, size or None)


def _chunks(source: BinaryIO, ending: str) -> Iterator[bytes]:
    if ending == ".gz":
        with gzip.GzipFile(fileobj=source) as archive:
            yield from iter(lambda: archive.read1(1 << 16), b"")
    elif ending == ".bz2":
        with bz2.BZ2File(source) as archive_bz2:
            yield from iter(lambda: archive_bz2.read1(1 << 16), b"")
    elif ending == ".xz":
        yield from _members(source, lambda: lzma.LZMADecompressor(memlimit=2 * MAX_WINDOW))
    else:
        import zstandard

        yield from _members(
            source, zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).decompressobj
        )


def _members(source: BinaryIO, new_decoder: Callable[[], Any]) -> Iterator[bytes]:
    """The members of an archive, one after the other. Raises EOFError where one is cut off."""
    decoder, begun = new_decoder(), False
    while chunk := source.read(_FEED):
        while chunk:
            if not begun:  # xz pads with zeros between members
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    break
            begun = True
            yield decoder.decompress(chunk)
            chunk = b""
            if decoder.eof:
                chunk = decoder.unused_data
                decoder, begun = new_decoder(), False
    if begun:
        raise EOFError("the last part is incomplete")


def _zstd_error() -> type[Exception]:
    import zstandard

    return zstandard.ZstdError
