"""HTTP as our servers speak it: what uvicorn's own does not do for a port that anybody can reach."""

import asyncio
from typing import ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from stagedoor.connections import PromptProtocol
from stagedoor.domain.errors import CapacityError
from stagedoor.serving.problems import problem

ABORT = "stagedoor.abort"
"""The ASGI extension that ends the connection without waiting for what is buffered."""


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
    _most: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and make room if need be."""
        # uvicorn's own refusal ends the connection before a client that still sends can read it.
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self.app = _or_busy(self.app, self)
        super().connection_made(transport)
        if self.is_crowded:
            self._make_room()

    @property
    def is_crowded(self) -> bool:
        """Whether there are as many connections as there may be."""
        return self._most is not None and len(self.connections) >= self._most

    def _make_room(self) -> None:
        others = (each for each in self.connections if isinstance(each, GuardedProtocol) and each is not self)
        idle = min((each for each in others if each.waits), key=lambda each: each.waits_since, default=None)
        if idle is not None:
            # It is told of its end only later, and must not be counted until then.
            self.connections.discard(idle)
            idle.transport.abort()


def _or_busy(app: ASGIApp, protocol: GuardedProtocol) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if protocol.is_crowded:
            refusal = CapacityError(
                "there are as many connections as there may be", code="too_many_connections"
            )
            await problem(refusal, {"Connection": "close"})(scope, receive, send)
        else:
            await app(scope, receive, send)

    return run


def _with_abort(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = transport.abort
        await app(scope, receive, send)

    return run
