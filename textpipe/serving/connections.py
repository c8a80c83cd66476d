"""HTTP connections that end in time: uvicorn itself waits for a slow client without limit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from textpipe.serving.limits import Limits
from textpipe.serving.metrics import Metrics

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def protocol(limits: Limits, metrics: Metrics) -> type[H11Protocol]:
    """uvicorn's protocol with three more limits.

    The head of a request must have arrived within ``limits.read`` seconds. What is written is taken by
    the client within the same time, also at the end of a connection. At most ``limits.connections`` are
    open; one more is told 503 and closed.
    """

    class Limited(H11Protocol):
        def __init__(
            self, config: Config, server_state: ServerState, app_state: dict[str, Any], **more: Any
        ) -> None:
            super().__init__(config, server_state, app_state, **more)
            self._head_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                metrics.rejected.labels("http", "busy").inc()
                transport.write(FULL)
                transport.close()
                self.loop.call_later(limits.read, transport.abort)
            else:
                self._expect_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget_head()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            metrics.rejected.labels("http", "malformed").inc()
            super().send_400_response(msg)

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            super().data_received(data)
            if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
                self._expect_head()
            else:
                self._forget_head()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.transport.is_closing() or self.transport.get_write_buffer_size():
                self.loop.call_later(limits.read, self._end_if_stuck)

        def _expect_head(self) -> None:
            if self._head_timer is None:
                self._head_timer = self.loop.call_later(limits.read, self._head_is_late)

        def _forget_head(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

        def _head_is_late(self) -> None:
            metrics.rejected.labels("http", "slow").inc()
            self.transport.abort()

        def _end_if_stuck(self) -> None:
            if self.transport.get_write_buffer_size():
                metrics.rejected.labels("http", "slow").inc()
                self.transport.abort()

    return Limited
