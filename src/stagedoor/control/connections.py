"""Connections to control: nobody is waited for who sends no request."""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S: Final = 10.0
"""Who has not sent a whole request head by then is not waited for."""


class PromptProtocol(H11Protocol):
    """Ends connections on which no whole request head comes in time, first or later.

    After a request was answered, uvicorn's own `timeout_keep_alive` waits for the first byte of the next.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request; of a WebSocket, another protocol takes what comes after the head."""
        super().data_received(data)
        is_waiting = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]
        if not is_waiting or self.transport.get_protocol() is not self:
            self._expect_nothing()
        elif self._deadline is None:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()
