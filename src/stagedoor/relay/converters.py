"""How the hub's converted forms are made: AAC in one thread for all paths, H.264 in a thread for each."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from stagedoor.media.aac import AacStream, AacWorker
from stagedoor.media.packets import Packet
from stagedoor.media.transcode import H264Transcoder
from stagedoor.relay.hub import Converter, Converters


class _Aac:
    def __init__(self, worker: AacWorker, emit: Callable[[Packet], None]) -> None:
        self._emit = emit
        self._stream: AacStream = worker.open(self._deliver)

    def _deliver(self, packets: list[Packet]) -> None:
        for packet in packets:
            self._emit(packet)

    @property
    def failed(self) -> bool:
        return self._stream.failed

    def feed(self, packet: Packet) -> None:
        self._stream.write(packet)

    async def aclose(self) -> None:
        self._stream.close()


class _H264:
    def __init__(self, emit: Callable[[Packet], None], want_key_frame: Callable[[], None]) -> None:
        self._transcoder = H264Transcoder(emit, want_key_frame)

    @property
    def failed(self) -> bool:
        return self._transcoder.failed

    def feed(self, packet: Packet) -> None:
        self._transcoder.write(packet)

    async def aclose(self) -> None:
        await self._transcoder.aclose()


@asynccontextmanager
async def converting() -> AsyncIterator[Converters]:
    """Run the shared thread; inside, paths may convert."""
    async with AacWorker() as worker:

        def aac(emit: Callable[[Packet], None], _want_key_frame: Callable[[], None]) -> Converter:
            return _Aac(worker, emit)

        yield Converters(aac=aac, h264=_H264)
