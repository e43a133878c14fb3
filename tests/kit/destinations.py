"""A destination at work, with a path of made packets behind it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from stagedoor.domain.destination import DestinationState
from stagedoor.ipc.messages import AudioMode, DestinationSpec, DestinationStatus, VideoMode
from stagedoor.media.packets import Packet
from stagedoor.outputs.destination import Destination
from stagedoor.outputs.mediamtx import MediaMtxApi
from tests.kit.playing import Playing, seconds
from tests.kit.wait import until

Path = Callable[[AudioMode, VideoMode], Sequence[Packet]]


class Live:
    """A path that goes on whether or not somebody reads: a new reader starts at the last key frame.

    Args:
        packets: What is published, from the moment that the path is made.
        h264: The same transcoded, for readers that ask for it.
    """

    def __init__(self, packets: Sequence[Packet], *, h264: Sequence[Packet] = ()) -> None:
        self._forms = {VideoMode.COPY: packets, VideoMode.H264: h264 or packets}
        self._begun = asyncio.get_running_loop().time()
        self.readers: list[Playing] = []

    def open(self, audio: AudioMode, video: VideoMode) -> Playing:
        packets = [p for p in self._forms[video] if audio is not AudioMode.NONE or p.track.kind == "video"]
        now = asyncio.get_running_loop().time() - self._begun
        keys = [seconds(p) for p in packets if p.key and p.track.kind == "video" and seconds(p) <= now]
        since = max(keys, default=0.0 if now < 1 else now)
        # What is older than now comes at once, as it does from the hub's cache.
        self.readers.append(Playing([p for p in packets if seconds(p) >= since], begun=self._begun))
        return self.readers[-1]


class Running:
    """A running destination and all that it has said."""

    def __init__(self, url: str, path: Live, *, audio: AudioMode, api: MediaMtxApi | None) -> None:
        spec = DestinationSpec(id="1", url=url, audio=audio)
        self.history: list[DestinationStatus] = []
        self.destination = Destination(spec, path.open, self._note, "guest1", api=api)

    @property
    def status(self) -> DestinationStatus:
        return self.destination.status

    async def becomes(self, state: DestinationState, within: float = 8.0) -> DestinationStatus:
        """Wait for a state."""
        await until(lambda: self.status.state is state, within, what=f"{state}, but {self.status}")
        return self.status

    def _note(self) -> None:
        status = self.destination.status
        if not self.history or self.history[-1].state is not status.state:
            self.history.append(status)


@contextlib.asynccontextmanager
async def running(
    url: str, path: Live, *, audio: AudioMode = AudioMode.AAC, api: MediaMtxApi | None = None
) -> AsyncIterator[Running]:
    """Run a destination; at the end it is cancelled, must end within 2 s and be stopped."""
    found = Running(url, path, audio=audio, api=api)
    task = asyncio.create_task(found.destination.run())
    try:
        yield found
        assert not task.done() or task.exception() is None
    finally:
        task.cancel()
        async with asyncio.timeout(2):
            with contextlib.suppress(asyncio.CancelledError):
                await task
    assert found.status.state is DestinationState.STOPPED
    assert all(reader.closed for reader in path.readers)
