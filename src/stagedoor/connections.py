"""Connections to our HTTP servers: who sends no request is not waited for, who sends too much reads why."""

import asyncio
from typing import ClassVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

REST_MOST = 16 * 1024 * 1024
"""Bytes of a body that are read and thrown away after its request was answered."""


class PromptProtocol(H11Protocol):
    """Ends connections on which no whole request head comes in time, first or later.

    After a request was answered, uvicorn's own `timeout_keep_alive` waits for the first byte of the next.
    What the answer left of the body is read and thrown away before: a connection that is closed while bytes
    lie unread in it is reset, and a client that still sends may never read the answer (RFC 9112 section 9.6).

    Attributes:
        head_within_s: Seconds that a request head may take, and the rest of a body after the answer.
        waits_since: When the wait for the present one began, seconds of the loop's clock.
        discards: Whether the request at work has its answer, and only the rest of its body is read.
    """

    head_within_s: ClassVar[float] = 10.0
    waits_since = 0.0
    discards = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.app = _to_the_end(self.app, self)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request; of a WebSocket, another protocol takes what comes after the head."""
        super().data_received(data)
        if not self.waits or self.transport.get_protocol() is not self:
            self._expect_nothing()
        elif self._deadline is None:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._expect_nothing()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End after the request at work, at once if it has its answer."""
        if self.discards:
            self.transport.abort()
        else:
            super().shutdown()

    @property
    def waits(self) -> bool:
        """Whether no request is at work."""
        return self.discards or self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    async def discard(self, body: "_Body") -> None:
        """Read the rest of a body; who has not sent it in time, or sends without end, is cut off."""
        self.discards = True
        self._expect_head()
        try:
            left = REST_MOST
            while not body.is_over and left > 0:
                left -= len((await body.receive()).get("body", b""))
            if not body.is_over:
                self.transport.abort()
        finally:
            self._expect_nothing()
            self.discards = False

    def _expect_head(self) -> None:
        self._expect_nothing()
        self.waits_since = self.loop.time()
        self._deadline = self.loop.call_later(self.head_within_s, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()


class PromptWebSocket(WebSocketsSansIOProtocol):
    """Ends with whoever answers no ping: what was sent to them before is not waited for.

    uvicorn's own waits until it is taken, perhaps for ever, and tells the application nothing meanwhile.
    """

    def keepalive_timeout(self) -> None:
        """End: the application is told so, and what it still sends goes nowhere."""
        super().keepalive_timeout()
        self.disconnected = True
        self.transport.abort()


class _Body:
    """A request's body on its way to the application.

    Attributes:
        is_over: Nothing more of it will come.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        announced = dict(scope["headers"])
        self.is_over = (
            b"transfer-encoding" not in announced and announced.get(b"content-length", b"0") == b"0"
        )
        self._receive = receive

    async def receive(self) -> Message:
        """Return the next message of the server's."""
        message = await self._receive()
        self.is_over = self.is_over or not message.get("more_body", False)
        return message


def _to_the_end(app: ASGIApp, protocol: PromptProtocol) -> ASGIApp:
    """Let each answer end only when the request's body has; a client has all of the answer before."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(scope, receive)

        async def send_to_the_end(message: Message) -> None:
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if is_last and not body.is_over:
                await send({**message, "more_body": True})
                await protocol.discard(body)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await app(scope, body.receive, send_to_the_end)

    return run
