"""What a server takes at most, and what it says where that is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from textpipe.errors import InputError, TextpipeError

Reason: TypeAlias = Literal[
    "malformed",
    "too_large",
    "slow",
    "gone",
    "busy",
    "late",
    "not_allowed",
    "unknown_label",
    "failed",
]


@dataclass(frozen=True)
class Limits:
    """What a server takes at most. All are above 0.

    body         bytes of a request's body, after unpacking
    head         bytes of its first line and headers
    read         seconds in which a request must have arrived, head and body apart
    answer       seconds in which it is answered, else it is refused as late
    connections  open connections, on each port
    waiting      mails that wait to be judged
    held         bytes of all bodies that are being read, wait or are judged, together
    mails        mails in one request
    drain        seconds that a stopping server gives to what it has begun

    >>> Limits(body=0)
    Traceback (most recent call last):
    ...
    textpipe.errors.InputError: the limit body must be above 0, and 0 was given
    """

    body: int = 16 * 1024 * 1024
    head: int = 16 * 1024
    read: float = 20.0
    answer: float = 30.0
    connections: int = 512
    waiting: int = 64
    held: int = 256 * 1024 * 1024
    mails: int = 100
    drain: float = 30.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise InputError(f"the limit {name} must be above 0, and {value} was given")


class Codes(NamedTuple):
    """What a reason is called: in HTTP, and in spamd's protocol (numbers as in sysexits.h)."""

    status: int
    exit: int
    name: str


CODES: dict[Reason, Codes] = {
    "malformed": Codes(400, 76, "EX_PROTOCOL"),
    "too_large": Codes(413, 65, "EX_DATAERR"),
    "slow": Codes(408, 79, "EX_TIMEOUT"),
    "gone": Codes(400, 76, "EX_PROTOCOL"),
    "busy": Codes(503, 75, "EX_TEMPFAIL"),
    "late": Codes(503, 75, "EX_TEMPFAIL"),
    "not_allowed": Codes(403, 77, "EX_NOPERM"),
    "unknown_label": Codes(422, 65, "EX_DATAERR"),
    "failed": Codes(500, 70, "EX_SOFTWARE"),
}


class RefusedError(TextpipeError):
    """A request that gets no result. ``reason`` is one of a few, for clients and for counting.

    >>> RefusedError("busy", "64 mails are waiting already").codes.status
    503
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason

    @property
    def codes(self) -> Codes:
        """What the reason is called in each protocol."""
        return CODES[self.reason]


def too_large(limit: int) -> RefusedError:
    """A body that is longer than ``limit`` bytes."""
    return RefusedError("too_large", f"the body is larger than {limit:,} bytes")


def inflated(packed: bytes, limit: int) -> bytes:
    """What zlib packed, if that is no more than ``limit`` bytes: nothing beyond them is unpacked.

    >>> import zlib
    >>> inflated(zlib.compress(b"Hello"), 5)
    b'Hello'

    Raises RefusedError for what is longer, broken or cut off.
    """
    import zlib

    unpacking = zlib.decompressobj()
    try:
        body = unpacking.decompress(packed, limit + 1)
    except zlib.error as error:
        raise RefusedError("malformed", f"the body is no zlib stream: {error}") from error
    if len(body) > limit:
        raise too_large(limit)
    if not unpacking.eof:
        raise RefusedError("malformed", "the zlib stream of the body is cut off")
    return body


def from_zstd(packed: bytes, limit: int) -> bytes:
    """The same for a Zstandard frame.

    >>> import zstandard
    >>> from_zstd(zstandard.compress(b"Hello"), 5)
    b'Hello'
    """
    import zstandard

    unpacking = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
    parts: list[bytes] = []
    size = 0
    for at in range(0, len(packed), ZSTD_PIECE):
        try:
            parts.append(unpacking.decompress(packed[at : at + ZSTD_PIECE]))
        except zstandard.ZstdError as error:
            raise RefusedError("malformed", f"the body is no Zstandard frame: {error}") from error
        size += len(parts[-1])
        if size > limit:
            raise too_large(limit)
        if unpacking.eof:
            return b"".join(parts)
    raise RefusedError("malformed", "the Zstandard frame of the body is cut off")


ZSTD_PIECE = 512
"""Bytes that are unpacked at a time: no more than 16 MB come of them (RFC 8878: 128 KB of each 4)."""


class Room:
    """How many bytes of requests are held in memory at the same time, over all connections.

    >>> room = Room(10)
    >>> with room.holding() as hold:
    ...     hold(10)
    ...     room.held
    10
    >>> room.held
    0
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    @contextmanager
    def holding(self) -> Iterator[Callable[[int], None]]:
        """Inside, what is given says that so many bytes more are held; outside, none is any more.

        It raises RefusedError where there is no room for them.
        """
        mine = 0

        def hold(more: int) -> None:
            nonlocal mine
            if self.held + more > self.most:
                raise RefusedError("busy", "too much is being read at once: try again")
            self.held += more
            mine += more

        try:
            yield hold
        finally:
            self.held -= mine
