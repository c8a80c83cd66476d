"""spamd's tongue: the protocol of SpamAssassin's daemon, for spamc, Exim, amavis and others.

https://svn.apache.org/repos/asf/spamassassin/trunk/spamd/PROTOCOL (SPAMC/1.2 to 1.5)
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from textpipe.serving.core import Core
from textpipe.serving.limits import CODES, RefusedError, inflated, too_large
from textpipe.serving.points import REQUIRED, points
from textpipe.serving.spam_headers import (
    headers_only,
    marked,
    nothing,
    report,
    report_if_spam,
    symbols,
)
from textpipe.serving.verdict import Verdict, ascii_safe

PROTOCOL = "SPAMD/1.1"
MOST_HEADERS = 50

_FIRST = re.compile(rb"([A-Z_]{2,20}) SPAMC/(\d{1,3}\.\d{1,3})\r?\n?")


@dataclass(frozen=True)
class Asked:
    """What a client asks: a command, headers by lower-case name, and a mail."""

    command: str
    headers: dict[str, str] = field(default_factory=dict)
    mail: bytes = b""


@dataclass(frozen=True)
class Said:
    """An answer: its code, headers in order, and a body; or a code that is not 0, and why."""

    code: int = 0
    name: str = "EX_OK"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    why: str = ""

    def as_bytes(self) -> bytes:
        r"""The answer on the wire.

        >>> Said(0, "PONG").as_bytes()
        b'SPAMD/1.1 0 PONG\r\n'
        """
        if self.name == "PONG":
            return f"{PROTOCOL} 0 PONG\r\n".encode()
        if (
            self.code
        ):  # no header and no empty line, as spamd has it: spamc takes any answer to TELL
            # that is whole for a success, whatever its code is
            return f"{PROTOCOL} {self.code} {self.name}: {self.why}\r\n".encode("ascii")
        lines = [f"{PROTOCOL} {self.code} {self.name}"]
        lines += [f"Content-length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + self.body


async def read(
    reader: asyncio.StreamReader, core: Core, hold: Callable[[int], None] = lambda more: None
) -> Asked:
    """What a client asks. Raises RefusedError where it is malformed, too large or too slow.

    ``hold`` is told of bytes before they are read, and may refuse them.
    """
    limits = core.limits
    try:
        async with asyncio.timeout(limits.read):
            command, headers = await _head(reader, limits.head)
            if command in ("PING", "SKIP"):
                return Asked(command, headers)
        async with asyncio.timeout(limits.read):
            if command == "TELL":  # before the mail is read
                core.must_be_allowed(_name_and_token(headers)[1])
            body = await _body(reader, headers, limits.body, hold)
    except TimeoutError as error:
        raise RefusedError(
            "slow", f"the request did not arrive within {limits.read:g} s"
        ) from error
    packing = headers.get("compress", "").lower()
    if packing and packing != "zlib":
        raise RefusedError("malformed", "Compress must be zlib")
    return Asked(command, headers, inflated(body, limits.body) if packing else body)


async def _head(reader: asyncio.StreamReader, limit: int) -> tuple[str, dict[str, str]]:
    """The command and the headers."""
    first = await _line(reader)
    found = _FIRST.fullmatch(first)
    if found is None:
        raise RefusedError("malformed", "the first line must be such as: CHECK SPAMC/1.5")
    headers: dict[str, str] = {}
    size = len(first)
    while (line := await _line(reader)).strip():
        size += len(line)
        if size > limit or len(headers) >= MOST_HEADERS:
            raise RefusedError("too_large", f"the headers are larger than {limit:,} bytes")
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise RefusedError("malformed", "a header has no colon")
        headers[name.strip().lower()] = value.strip()
    return found[1].decode("ascii"), headers


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError as error:  # longer than the reader's limit
        raise RefusedError("too_large", "a line of the request's head is too long") from error


async def _body(
    reader: asyncio.StreamReader, headers: dict[str, str], limit: int, hold: Callable[[int], None]
) -> bytes:
    declared = headers.get("content-length")
    if declared is None:  # then all until the client closes its side
        body = bytearray()
        while more := await reader.read(65536):
            hold(len(more))
            body += more
            if len(body) > limit:
                raise too_large(limit)
        return bytes(body)
    if not (declared.isascii() and declared.isdigit() and len(declared) < 16):
        raise RefusedError("malformed", "Content-length must be a number")
    if int(declared) > limit:
        raise too_large(limit)
    hold(int(declared))
    try:
        return await reader.readexactly(int(declared))
    except asyncio.IncompleteReadError as error:
        raise RefusedError(
            "malformed", f"Content-length is {declared}, and {len(error.partial)} bytes came"
        ) from error


async def answer(asked: Asked, core: Core) -> Said:
    """What is said to it. Raises RefusedError where there is no result."""
    if asked.command == "PING":
        return Said(0, "PONG")
    if asked.command == "TELL":
        with core.metrics.asked("spamd", "tell"):
            return await _tell(asked, core)
    way = WAYS.get(asked.command)
    if way is None:
        raise RefusedError("malformed", f"{asked.command} is no command of this server")
    with core.metrics.asked("spamd", asked.command.lower()):
        (verdict,) = await core.judge("spamd", [asked.mail])
    flag = "True" if verdict.is_spam else "False"
    spam = ("Spam", f"{flag} ; {points(verdict):.1f} / {REQUIRED:.1f}")
    return Said(headers=(spam,), body=way(verdict, asked.mail))


async def _tell(asked: Asked, core: Core) -> Said:
    """Learn, or take out."""
    name, token = _name_and_token(asked.headers)
    core.must_be_allowed(token)
    given, removed = asked.headers.get("set", ""), asked.headers.get("remove", "")
    kind = asked.headers.get("message-class", "").lower()
    state = core.state
    if "local" in given:
        labels = {"spam": state.positive, "ham": state.ham}
        if kind not in labels:
            raise RefusedError("malformed", "Message-class must be spam or ham")
        if (label := labels[kind]) is None:
            raise RefusedError("unknown_label", "the model has several labels that mean no spam")
    elif "local" in removed:
        label = None
    else:
        raise RefusedError("malformed", "Set or Remove must name local: nothing else is kept here")
    source = f"spamc {name[:100]}" if name else "spamc"
    outcome = await core.learn("spamd", asked.mail, label, source)
    if outcome.happened in ("learned", "relabelled"):
        return Said(headers=(("DidSet", "local"),))
    if outcome.happened == "removed":
        return Said(headers=(("DidRemove", "local"),))
    return Said()


def _name_and_token(headers: Mapping[str, str]) -> tuple[str, str]:
    """The header User is ``NAME:TOKEN``, or the token alone."""
    name, _, token = headers.get("user", "").rpartition(":")
    return name, token


WAYS: dict[str, Callable[[Verdict, bytes], bytes]] = {
    "CHECK": nothing,
    "SYMBOLS": symbols,
    "REPORT": report,
    "REPORT_IFSPAM": report_if_spam,
    "PROCESS": marked,
    "HEADERS": headers_only,
}


class Spamd:
    """Listens on a socket and answers, one request for each connection."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        core.metrics.connections.labels("spamd").set_function(lambda: len(self._open))

    async def start(self, **where: object) -> None:
        """Listen: ``sock=...``."""
        self._server = await asyncio.start_server(
            self._connected,
            limit=min(self.core.limits.head, 8192),
            **where,  # type: ignore[arg-type]
        )

    async def stop(self, seconds: float) -> None:
        """Take no more connections; wait so long for those that are open, then cut them off."""
        if self._server:
            self._server.close()
        if self._open:
            await asyncio.wait(self._open, timeout=seconds)
        for task in set(self._open):
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # for mypy
        full = len(self._open) >= self.core.limits.connections
        self._open.add(task)
        try:
            await self._serve(reader, writer, full)
        except (ConnectionError, TimeoutError):
            pass  # the client went away, or did not take its answer
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, full: bool
    ) -> None:
        try:
            if full:
                raise RefusedError("busy", "there are too many connections")
            with self.core.room.holding() as hold:
                asked = await read(reader, self.core, hold)
                if asked.command == "SKIP":
                    return
                said = await answer(asked, self.core)
        except RefusedError as refused:
            self.core.metrics.rejected.labels("spamd", refused.reason).inc()
            said = refusal(refused)
        writer.write(said.as_bytes())
        async with asyncio.timeout(self.core.limits.read):
            await writer.drain()
            with contextlib.suppress(OSError, NotImplementedError):
                writer.write_eof()
            writer.close()
            await writer.wait_closed()


def refusal(refused: RefusedError) -> Said:
    """A refusal; its words are ours, in one line of ASCII.

    >>> refusal(RefusedError("busy", "try again")).as_bytes()
    b'SPAMD/1.1 75 EX_TEMPFAIL: try again\\r\\n'
    """
    codes = CODES[refused.reason]
    return Said(codes.exit, codes.name, why=ascii_safe(str(refused), 200))
