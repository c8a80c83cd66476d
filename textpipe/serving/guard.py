"""What stands before the web application: limits on body, time and host, and headers for safety."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from importlib import resources
from typing import Any, TypeAlias

from textpipe.serving.limits import Limits, RefusedError, Room, too_large
from textpipe.serving.metrics import Metrics

LOG = logging.getLogger("textpipe.serving")

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


def safe_headers() -> list[tuple[bytes, bytes]]:
    """On every answer: what a page from here may load, which is only what comes from here.

    A page that shows an explanation in a frame hands its own policy down to it, so that this one names
    the style sheet of explanations by its hash (CSP level 3, section 2.3.1).
    """
    style = resources.files("textpipe.explanation").joinpath("page.css").read_bytes()
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{digest}'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"cache-control", b"no-store"),
    ]


class Guard:
    """An ASGI application before another one.

    A body must arrive within ``limits.read`` seconds and hold ``limits.body`` bytes at most; an answer
    is taken by the client within the same time. Where the client goes away before it is answered, the
    application is told so by being cancelled.

    A server that is bound to loopback answers only to names of loopback and those in ``hosts``: else any
    web page could have its own name point here and read what comes back. Where a browser says that
    another site asks (``Sec-Fetch-Site``), only GET is answered: such a page cannot read the answer, but
    it could keep the server busy.

    ``may_ask`` is told of each POST before its body is read, and raises RefusedError for one that is
    not allowed. The bodies of all requests share a ``room``.
    """

    def __init__(
        self,
        app: App,
        limits: Limits,
        metrics: Metrics,
        loopback: bool,
        hosts: Sequence[str] = (),
        may_ask: Callable[[str, Mapping[bytes, bytes]], None] = lambda path, headers: None,
        room: Room | None = None,
    ) -> None:
        self.app = app
        self.limits = limits
        self.metrics = metrics
        self.loopback = loopback
        self.safe = safe_headers()
        self.hosts = {host.lower() for host in hosts}
        self.may_ask = may_ask
        self.room = room or Room(limits.held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        begun = ended = False

        async def answer(message: Message) -> None:
            nonlocal begun, ended
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.start":
                begun = True
                own = list(message.get("headers", ()))
                named = {name for name, _ in own}
                message["headers"] = own + [pair for pair in self.safe if pair[0] not in named]
            async with asyncio.timeout(self.limits.read):
                await send(message)

        try:
            self._must_be_ours(scope["method"], headers)
            if scope["method"] == "POST":
                self.may_ask(scope["path"], headers)
            with self.room.holding() as hold:
                body = await self._body(headers, receive, hold)
                await self._answered(scope, body, receive, answer, lambda: ended)
        except RefusedError as refused:
            self.metrics.rejected.labels("http", refused.reason).inc()
            if not begun:
                await _refuse(answer, refused)
        except TimeoutError:  # the client does not take its answer
            self.metrics.rejected.labels("http", "slow").inc()
            raise ConnectionAbortedError("a client did not take its answer in time") from None
        except Exception as error:  # what it says may hold a mail's text, so it is not logged
            LOG.error("a request failed: %s", type(error).__name__)
            if not begun:
                await _refuse(answer, RefusedError("failed", "the server failed on this request"))

    def _must_be_ours(self, method: str, headers: Mapping[bytes, bytes]) -> None:
        """Raises RefusedError for a request by a page of another site."""
        host = host_name(headers.get(b"host", b"").decode("latin-1"))
        if self.loopback and host and host not in self.hosts and not is_loopback(host):
            raise RefusedError("not_allowed", "this host name is none of this server's")
        asking = headers.get(b"sec-fetch-site", b"none")
        if method not in ("GET", "HEAD") and asking not in (b"none", b"same-origin"):
            raise RefusedError("not_allowed", "a page of another site may not ask this server")

    async def _answered(
        self, scope: Scope, body: bytes, receive: Receive, send: Send, ended: Callable[[], bool]
    ) -> None:
        """Let the application answer, for as long as the client is there."""
        gone = asyncio.ensure_future(_gone(receive))
        answering = asyncio.ensure_future(self.app(scope, _given(body, gone), send))
        try:
            await asyncio.wait({gone, answering}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and not ended():
                answering.cancel()
                await asyncio.wait({answering})
                raise RefusedError("gone", "the client went away before it was answered")
            await answering
        finally:
            gone.cancel()
            answering.cancel()

    async def _body(
        self, headers: Mapping[bytes, bytes], receive: Receive, hold: Callable[[int], None]
    ) -> bytes:
        limit = self.limits.body
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise RefusedError("malformed", "a body must not be packed: Content-Encoding")
        if b"content-length" in headers and b"transfer-encoding" in headers:
            # a proxy before this server may have read another end of the body (RFC 9112, section 6.1)
            raise RefusedError("malformed", "a body has either Content-Length or Transfer-Encoding")
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            raise too_large(limit)
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.limits.read):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise RefusedError("gone", "the client went away before it had asked")
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    hold(len(parts[-1]))
                    if size > limit:
                        raise too_large(limit)
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError as error:
            raise RefusedError(
                "slow", f"the body did not arrive within {self.limits.read:g} s"
            ) from error


def host_name(host: str) -> str:
    """The name in a Host header, without its port, in lower case.

    >>> host_name("LOCALHOST:80"), host_name("[::1]:80"), host_name("")
    ('localhost', '::1', '')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Is it a name or an address of this machine alone?

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _gone(receive: Receive) -> Message:
    """Waits until the client is gone, or has its answer."""
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message


def _given(body: bytes, gone: asyncio.Future[Message]) -> Receive:
    """A ``receive`` that gives the body at once, and then waits for the client to go away."""
    rest = [body]

    async def given() -> Message:
        if rest:
            return {"type": "http.request", "body": rest.pop(), "more_body": False}
        return await asyncio.shield(gone)

    return given


async def _refuse(send: Send, refused: RefusedError) -> None:
    """The refusal as JSON; the connection ends, as what else the client sends is not read."""
    content = json.dumps({"error": str(refused), "reason": refused.reason}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    if refused.codes.status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": refused.codes.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
