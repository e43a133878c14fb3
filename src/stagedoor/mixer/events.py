"""The mixer's events for control: the whole state on every change and once a second, meters at 10 Hz."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from stagedoor.aio.channel import Channel
from stagedoor.ipc.mixer import MixerEvent
from stagedoor.mixer.engine import Engine
from stagedoor.mixer.outlets.again import again_and_again

QUEUE: Final = 64
"""Lines that wait for one subscriber; of one that is further behind the oldest go, since each is whole."""
METERS_EVERY_S: Final = 0.1
STATE_EVERY_S: Final = 1.0


class Events:
    """Tells every subscriber how the mixer is; a line is made once for all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._channels: set[Channel[bytes]] = set()

    async def run(self) -> None:
        """Tell until cancelled; after a mistake of ours the whole state is told anew."""
        await again_and_again("What tells control", self._tell_on)

    async def _tell_on(self) -> None:
        loop = asyncio.get_running_loop()
        told_s, measured, number = 0.0, b"", -1
        while True:
            changed = await self._engine.changes(METERS_EVERY_S)
            if not self._channels:
                continue
            if self._engine.levels.number != number:
                number = self._engine.levels.number
                measured = _line(MixerEvent(type="meters", meters=self._engine.levels.meters))
                self._tell(measured)
            if changed or loop.time() - told_s >= STATE_EVERY_S:
                told_s = loop.time()
                self._tell(self._state())

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield one JSON line for each event, the whole state first, until `close`."""
        channel: Channel[bytes] = Channel(QUEUE)
        self._channels.add(channel)
        try:
            yield self._state()
            async for line in channel:
                yield line
        finally:
            self._channels.discard(channel)

    def close(self) -> None:
        """End every subscriber's stream."""
        for channel in self._channels:
            channel.close()

    def _state(self) -> bytes:
        return _line(MixerEvent(type="state", state=self._engine.state()))

    def _tell(self, line: bytes) -> None:
        for channel in self._channels:
            channel.put(line)


def _line(event: MixerEvent) -> bytes:
    return event.model_dump_json(exclude_none=True).encode() + b"\n"
