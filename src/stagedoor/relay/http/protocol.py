"""The HTTP protocol of the relay: what uvicorn's own does not do for a port that anybody can reach."""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from stagedoor.relay.http.live import ABORT

HEAD_WITHIN_S: Final = 5.0
"""Who has not sent a whole request head by then is not waited for."""


class AbortableProtocol(H11Protocol):
    """Lets an application end its connection although bytes are waiting that nobody takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.app = _with_abort(self.app, transport)


class GuardedProtocol(AbortableProtocol):
    """Ends connections on which nobody asks anything.

    One has `HEAD_WITHIN_S` for each request head. Where there are as many connections as the server may have,
    the one that has waited longest for a request makes room for a new one; requests that come although all
    others are at work get a 503.
    """

    _waits_since = 0.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and make room if need be."""
        super().connection_made(transport)
        self._expect_head()
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        super().data_received(data)
        if not self.waits:
            self._expect_nothing()
        elif self._deadline is None:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._expect_nothing()
        super().connection_lost(exc)

    @property
    def waits(self) -> bool:
        """Whether no request is at work."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def _make_room(self) -> None:
        others = (each for each in self.connections if isinstance(each, GuardedProtocol) and each is not self)
        idle = min((each for each in others if each.waits), key=lambda each: each._waits_since, default=None)
        if idle is not None:
            # It is told of its end only later, and must not be counted until then.
            self.connections.discard(idle)
            idle.transport.abort()

    def _expect_head(self) -> None:
        self._waits_since = self.loop.time()
        self._deadline = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()


def _with_abort(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = transport.abort
        await app(scope, receive, send)

    return run
