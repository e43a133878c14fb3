"""A controller that speaks OSC: buttons that it presses, lights that it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import build_msg

from tests.kit.wait import until

PREFIX = "/stagedoor/"


class Panel(asyncio.DatagramProtocol):
    """What a test needs of one.

    Attributes:
        lights: The values that came last, by address without `/stagedoor/`.
        packets: How many came.
        port: Its own.
    """

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self.lights: dict[str, tuple[Any, ...]] = {}
        self.packets = 0
        self.port = 0
        self.closed = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        message = OscMessage(data)
        self.packets += 1
        self.lights[message.address.removeprefix(PREFIX)] = tuple(message.params)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def send(self, name: str, *values: str | float | bool) -> None:
        """Press a button."""
        self.raw(build_msg(PREFIX + name, list(values)).dgram)

    def raw(self, packet: bytes) -> None:
        """Send anything."""
        assert self._transport is not None
        self._transport.sendto(packet, self._to)

    async def sees(self, name: str, *values: str | int) -> None:
        """Wait until a light is so."""
        await until(lambda: self.lights.get(name) == values, 8, what=f"{name} {values}: {self.lights}")

    async def aclose(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()
            await self.closed.wait()


@asynccontextmanager
async def panel(port: int = 0) -> AsyncIterator[Panel]:
    """A controller that sends to this port of loopback, and hears whoever sends to its own."""
    _, made = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Panel(("127.0.0.1", port)), local_addr=("127.0.0.1", 0)
    )
    try:
        yield made
    finally:
        await made.aclose()
