"""How far a path that is recorded has come."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Final

from stagedoor.media.packets import Kind, Packet
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.reader import Reader

SETTLE_S: Final = 0.5
"""After the first packet, the other kind of track may take this long to be announced in the file."""


@dataclass(slots=True)
class Running:
    """One path that is recorded now."""

    source: Recorded
    task: asyncio.Task[None] | None = None
    reader: Reader | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        """Let it end with what has come until now."""
        self.over.set()
        if self.reader is not None:
            self.reader.end()


async def first_packets(reader: Reader) -> list[Packet]:
    """Wait for the first packets, and a moment for the other kind; empty if the path ends before."""
    found = await reader.batch()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            while found and {packet.track.kind for packet in found} != set(Kind):
                more = await reader.batch()
                if not more:
                    break
                found += more
    return found


async def pause(running: Running, seconds: float) -> None:
    """Wait, but not once it is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await running.over.wait()
