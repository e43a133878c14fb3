"""The relay's events for control: a snapshot, then every change."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from stagedoor.aio.channel import Channel
from stagedoor.ipc.messages import PathStatus, RelayEvent, RelayState, SessionStatus
from stagedoor.ipc.recording import RecordingStatus

logger = logging.getLogger(__name__)

QUEUE = 4096
"""Lines that wait for one subscriber; one that is further behind starts over with a snapshot."""


class Events:
    """Tells every subscriber what changes; a line is made once for all."""

    def __init__(self, snapshot: Callable[[], RelayState], path_status: Callable[[str], PathStatus]) -> None:
        self._snapshot = snapshot
        self._path_status = path_status
        self._channels: set[Channel[bytes]] = set()
        self._paths: set[str] = set()
        self._flush: asyncio.Handle | None = None

    def session(self, status: SessionStatus) -> None:
        """A session changed, or its second is over."""
        if self._channels:
            self._tell(RelayEvent(type="session", session=status))

    def path(self, name: str) -> None:
        """A path changed; several changes in one turn of the loop are told once."""
        if not self._channels:
            return
        self._paths.add(name)
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_soon(self._tell_paths)

    def recording(self, status: RecordingStatus) -> None:
        """The recording changed, or its second is over."""
        if self._channels:
            self._tell(RelayEvent(type="recording", recording=status))

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield one JSON line for each event, the whole state first, until `close`."""
        channel: Channel[bytes] = Channel(QUEUE)
        self._channels.add(channel)
        try:
            yield _line(RelayEvent(type="state", state=self._snapshot()))
            async for line in channel:
                yield line
        finally:
            self._channels.discard(channel)

    def close(self) -> None:
        """End every subscriber's stream."""
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        for channel in self._channels:
            channel.close()

    def _tell_paths(self) -> None:
        self._flush = None
        names, self._paths = self._paths, set()
        for name in sorted(names):
            self._tell(RelayEvent(type="path", path=self._path_status(name)))

    def _tell(self, event: RelayEvent) -> None:
        line = _line(event)
        for channel in self._channels:
            if not channel.closed and not channel.put(line):
                logger.warning("A subscriber of the relay's events is too slow and starts over")
                channel.close()


def _line(event: RelayEvent) -> bytes:
    return event.model_dump_json().encode() + b"\n"
