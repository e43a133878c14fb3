"""Responses that go on: they end as soon as whoever reads them has gone, also while nothing is to be sent."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from stagedoor.aio.race import until_first
from stagedoor.domain.errors import StagedoorError

log = logging.getLogger(__name__)


class Stream(Response):
    """A body made of chunks as they come; the next one is asked for when the last one is on its way.

    Args:
        open_chunks: Opens the chunks; entered when the response starts, left when it ends.
        content_type: Of the body.
        closing: Each ends the body when it is set.
        headers: More header fields.
    """

    def __init__(
        self,
        open_chunks: Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]],
        content_type: str,
        closing: Sequence[asyncio.Event],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(None, 200, {"Cache-Control": "no-store", **(headers or {})}, content_type)
        del self.headers["content-length"]
        self._open_chunks = open_chunks
        self._closing = closing
        self._started = self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the chunks until there are no more or the reader has gone.

        Raises:
            StagedoorError: There are none to be had; nothing is sent then.
        """
        closings = (_wait(event) for event in self._closing)
        await until_first(self._send_chunks(send), self._watch(receive), *closings)
        if self._started and not self._gone:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_chunks(self, send: Send) -> None:
        """Send the chunks; what breaks once they come only ends the body."""
        try:
            async with self._open_chunks() as chunks:
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                self._started = True
                async for chunk in chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except StagedoorError as error:
            if not self._started:
                raise
            log.debug("A stream ended: %s", error)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
