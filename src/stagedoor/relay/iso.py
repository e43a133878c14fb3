"""ISO recordings: each wanted path of the hub on its own, as it came, while somebody publishes it.

A new publisher, such as a guest who reconnects, begins a new piece: the path's times go on, but what came
between is not there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.media.mux import Container
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.recorder import Recorder
from stagedoor.outputs.reader import Reader
from stagedoor.relay.hub import Hub, Publisher

SOUND: Final = Track(Codec.OPUS, 48_000, channels=2)
"""Every guest's sound (RFC 7874), which may come after the picture."""


class IsoRecordings:
    """Follows the hub's paths.

    Args:
        hub: The hub.
        recorder: What writes.
    """

    def __init__(self, hub: Hub, recorder: Recorder) -> None:
        self._hub = hub
        self._recorder = recorder
        self._order = asyncio.Lock()
        self._spec: RecordingSpec | None = None
        self._publishers: dict[str, Publisher] = {}

    @property
    def status(self) -> RecordingStatus:
        """How it does now."""
        return self._recorder.status

    async def want(self, spec: RecordingSpec | None) -> RecordingStatus:
        """Record a take, or nothing; a take that goes on goes on."""
        async with self._order:
            if spec is None or self._spec is None or self._spec.take != spec.take:
                self._spec = None
                self._publishers.clear()
                await self._recorder.stop()
            if spec is not None:
                await self._recorder.start(spec)
                self._spec = spec
                for path in spec.paths:
                    self.look(path)
            return self.status

    def look(self, path: str) -> None:
        """Look who publishes a path; to be called whenever that may have changed."""
        if self._spec is None or path not in self._spec.paths:
            return
        publisher = self._hub.publisher(path)
        if publisher is self._publishers.get(path):
            return
        if publisher is None:
            del self._publishers[path]
            self._recorder.end(path)
        else:
            self._publishers[path] = publisher
            open_reader = partial(self._open_reader, path)
            self._recorder.begin(Recorded(path, Container.MKV, open_reader, _arrived_ns, SOUND))

    def _open_reader(self, path: str) -> Reader:
        return self._hub.subscribe(path, kind="recording")


@asynccontextmanager
async def iso_recordings(hub: Hub, on_change: Callable[[], None]) -> AsyncIterator[IsoRecordings]:
    """Record nothing yet; `on_change` is called whenever the status has changed."""
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, on_change)
        try:
            yield IsoRecordings(hub, recorder)
        finally:
            await recorder.aclose()


def _arrived_ns(packet: Packet) -> int:
    return round(packet.arrived * 1_000_000_000)
