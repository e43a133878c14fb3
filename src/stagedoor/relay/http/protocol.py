"""The HTTP protocol of the relay: what uvicorn's own does not do for a port that anybody can reach."""

import asyncio
from typing import ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from stagedoor.connections import PromptProtocol
from stagedoor.relay.http.live import ABORT


class AbortableProtocol(H11Protocol):
    """Lets an application end its connection although bytes are waiting that nobody takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.app = _with_abort(self.app, transport)


class GuardedProtocol(PromptProtocol, AbortableProtocol):
    """Ends connections on which nobody asks anything.

    Where there are as many connections as the server may have, the one that has waited longest for a request
    makes room for a new one; requests that come although all others are at work get a 503.
    """

    head_within_s: ClassVar[float] = 5.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and make room if need be."""
        super().connection_made(transport)
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def _make_room(self) -> None:
        others = (each for each in self.connections if isinstance(each, GuardedProtocol) and each is not self)
        idle = min((each for each in others if each.waits), key=lambda each: each.waits_since, default=None)
        if idle is not None:
            # It is told of its end only later, and must not be counted until then.
            self.connections.discard(idle)
            idle.transport.abort()


def _with_abort(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = transport.abort
        await app(scope, receive, send)

    return run
