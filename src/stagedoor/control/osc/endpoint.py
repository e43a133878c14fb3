"""The UDP socket of OSC: nothing waits on it for long, and nothing piles up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

from stagedoor.control.osc.controllers import Where
from stagedoor.settings import OscSettings

UNSENT: Final = 64 * 1024
"""Bytes that may wait for the system; more is not sent, and comes with the next repetition."""
CLOSE_WITHIN_S: Final = 1.0


class Endpoint(asyncio.DatagramProtocol):
    """An open socket; made by `Endpoint.open`.

    Args:
        on_packet: Called with each packet and where it came from.
    """

    def __init__(self, on_packet: Callable[[bytes, Where], None]) -> None:
        self._on_packet = on_packet
        self._transport: asyncio.DatagramTransport | None = None
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Take the socket."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Where) -> None:
        """Hand a packet on."""
        self._on_packet(data, addr)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the socket is closed."""
        self._transport = None
        if not self._lost.done():
            self._lost.set_result(None)

    async def lost(self) -> None:
        """Return once the socket is closed."""
        await asyncio.shield(self._lost)

    def send(self, packets: Iterable[bytes], to: Iterable[Where]) -> None:
        """Send each packet to each of these, as far as the system takes them."""
        ready = list(packets)
        for where in to:
            for packet in ready:
                if self._transport is None or _unsent(self._transport) > UNSENT:
                    return
                self._transport.sendto(packet, where)

    async def aclose(self) -> None:
        """Close the socket, within `CLOSE_WITHIN_S`; idempotent."""
        if self._transport is None:
            return
        transport = self._transport
        transport.close()
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.lost()
        except TimeoutError:
            transport.abort()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: OscSettings, on_packet: Callable[[bytes, Where], None]
    ) -> AsyncIterator["Endpoint"]:
        """Listen while the block lasts.

        Raises:
            OSError: The port cannot be had.
        """
        _, endpoint = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: cls(on_packet), local_addr=(settings.host, settings.port)
        )
        try:
            yield endpoint
        finally:
            await endpoint.aclose()


def _unsent(transport: asyncio.DatagramTransport) -> int:
    """Return the bytes that wait; asyncio's and uvloop's transports tell, and the type leaves it out."""
    size: int = transport.get_write_buffer_size()  # type: ignore[attr-defined]
    return size
