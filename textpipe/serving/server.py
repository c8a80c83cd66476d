"""Start and stop: sockets, signals, and what runs between them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import uvicorn
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from textpipe.errors import SourceError
from textpipe.serving.connections import protocol
from textpipe.serving.core import Core
from textpipe.serving.guard import Guard, is_loopback
from textpipe.serving.http import must_be_allowed, web
from textpipe.serving.spamd import Spamd
from textpipe.serving.swapping import SECONDS, Watch

BACKLOG = 1024
KEEP_ALIVE = 15
"""Seconds that an HTTP connection may be idle between two requests."""


@dataclass(frozen=True)
class Where:
    """Where a server listens; port 0 is any free one, None is no such tongue.

    ``hosts`` are names by which it may be called besides those of loopback, where it is bound to that.
    ``shared``: other processes may listen on the same ports, and the system shares out connections.
    """

    host: str = "127.0.0.1"
    port: int = 8783
    spamd_port: int | None = 1783
    hosts: Sequence[str] = ()
    shared: bool = False


class _Uvicorn(uvicorn.Server):
    """Signals are the business of :func:`serve`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(core: Core, where: Where, tell: Callable[[str, str], None]) -> bool:
    """Serve until SIGTERM or SIGINT; SIGHUP looks for another model at once.

    ``tell`` is called with the tongue and its address as soon as it listens. What was begun when the
    signal came is answered, within ``limits.drain`` seconds. Returns False where something was still
    busy after them. Raises SourceError where it cannot listen.
    """
    limits = core.limits
    http_socket = _listen(where.host, where.port, where.shared)
    spamd_socket = None
    if where.spamd_port is not None:
        spamd_socket = _listen(where.host, where.spamd_port, where.shared)
    await core.start()
    stop = asyncio.Event()
    watch = Watch(core, SECONDS)
    guarded = Guard(
        web(core),
        limits,
        core.metrics,
        is_loopback(where.host),
        where.hosts,
        functools.partial(must_be_allowed, core),
        core.room,
    )
    config = uvicorn.Config(
        guarded,
        http=protocol(limits, core.metrics),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # else anybody could fill the log, a line for each broken request
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(limits.drain) or 1,
        h11_max_incomplete_event_size=limits.head,
    )
    server = _Uvicorn(config)
    core.metrics.connections.labels("http").set_function(
        lambda: len(server.server_state.connections)
    )
    spamd = Spamd(core)
    # BLAS in one thread: a mail's vectors are too short for more, and where the machine has other work its
    # threads wait for each other. With 5,000 mails known, on two busy cores: 9 ms a mail instead of 53.
    with threadpool_limits(1), _signals(stop.set, watch.look_now):
        watching = asyncio.create_task(watch.run())
        if spamd_socket is not None:
            await spamd.start(sock=spamd_socket, backlog=BACKLOG)
            tell("spamd", _address(spamd_socket))
        serving = asyncio.create_task(server.serve(sockets=[http_socket]))
        tell("http", f"http://{_address(http_socket)}")
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        core.ready = False
        server.should_exit = True
        watching.cancel()
        await asyncio.gather(serving, spamd.stop(limits.drain))
        stopping.cancel()
        return await core.stop(limits.drain)


def _listen(host: str, port: int, shared: bool) -> socket.socket:
    try:
        ((family, kind, proto, _, address), *_) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        listening = socket.socket(family, kind, proto)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
        except BaseException:
            listening.close()
            raise
    except OSError as error:
        raise SourceError(
            f"cannot listen on {host}:{port}: {error.strerror}. Give another --host or port, or end "
            "what listens there"
        ) from error
    listening.setblocking(False)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextlib.contextmanager
def _signals(stop: Callable[[], None], look: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT stop, SIGHUP looks for another model, while this is open."""
    loop = asyncio.get_running_loop()
    wanted = {signal.SIGTERM: stop, signal.SIGINT: stop}
    if hasattr(signal, "SIGHUP"):
        wanted[signal.SIGHUP] = look
    taken = []
    for number, job in wanted.items():
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, job)
            taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
