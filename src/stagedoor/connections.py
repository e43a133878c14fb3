"""Connections to our HTTP servers: nobody is waited for who sends no request."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


class PromptProtocol(H11Protocol):
    """Ends connections on which no whole request head comes in time, first or later.

    After a request was answered, uvicorn's own `timeout_keep_alive` waits for the first byte of the next.

    Attributes:
        head_within_s: Seconds that a request head may take.
        waits_since: When the wait for the present one began, seconds of the loop's clock.
    """

    head_within_s: ClassVar[float] = 10.0
    waits_since = 0.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
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

    @property
    def waits(self) -> bool:
        """Whether no request is at work."""
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def _expect_head(self) -> None:
        self.waits_since = self.loop.time()
        self._deadline = self.loop.call_later(self.head_within_s, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()
