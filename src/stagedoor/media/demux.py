"""NUT that somebody publishes, as packets: FFmpeg's demuxer in a thread of its own, bounded on both sides."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Final, Self

import av
from av.bitstream import BitStreamFilterContext

from stagedoor.domain.errors import ClosedError, MediaError
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import PASSED, Codec, Kind, Packet, Track
from stagedoor.precedence import come_first_in_python

NUT_ID: Final = b"nut/multimedia container\0"
MAX_BYTES: Final = 1 << 20
"""Most bytes that wait for the thread; `feed` waits while there are more."""
MAX_PACKETS: Final = 256
"""Most packets that wait for the reader; the thread waits while there are more."""
VIDEO_RATE: Final = 90_000
_ANNEX_B_FILTERS: Final = {Codec.H264: "h264_mp4toannexb", Codec.H265: "hevc_mp4toannexb"}
_OPTIONS: Final = {"probesize": "32", "analyzeduration": "0"}


class NutDemuxer:
    """Fed with chunks by one task, read by another; `async with` owns the thread.

    Reading ends after `finish`, when everything has come out, and raises `MediaError` where the bytes are not
    NUT or a codec is not one of ours. Of each kind the first track counts. A frame that is broken in itself
    is left out, and the next one of its track says so in `gap`.
    """

    def __init__(self) -> None:
        self._input = _Pipe()
        self._packets: deque[Packet] = deque()
        self._room = threading.Semaphore(MAX_PACKETS)
        self._changed = asyncio.Event()
        self._space = asyncio.Event()
        self._running: asyncio.Future[None] | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        executor = ThreadPoolExecutor(1, thread_name_prefix="demux")
        self._input.on_space = lambda: loop.call_soon_threadsafe(self._space.set)
        self._running = loop.run_in_executor(executor, self._run, loop)
        self._running.add_done_callback(self._ended)
        executor.shutdown(wait=False)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        running = self._running
        if running is None:
            return
        self._closing = True
        self._input.close()
        self._room.release(MAX_PACKETS)
        await asyncio.wait([running])

    async def feed(self, chunk: bytes) -> None:
        """Take the next bytes; waits while too many are there already.

        Raises:
            ClosedError: reading has ended.
        """
        while self._input.size >= MAX_BYTES and not self._done():
            self._space.clear()
            if self._input.size >= MAX_BYTES:
                await self._space.wait()
        if self._done():
            raise ClosedError("the publisher's stream has ended")
        self._input.put(chunk)

    async def finish(self) -> None:
        """Say that no more bytes come."""
        self._input.finish()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Packet:
        while not self._packets:
            if self._running is None:
                raise ClosedError("the demuxer was not opened")
            if self._running.done():
                self._running.result()
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        self._room.release()
        return self._packets.popleft()

    def _done(self) -> bool:
        return self._running is None or self._running.done()

    def _ended(self, running: asyncio.Future[None]) -> None:
        if not running.cancelled():
            running.exception()  # the reader raises it; here it is only marked as seen
        self._changed.set()
        self._space.set()

    def _append(self, packet: Packet) -> None:
        self._packets.append(packet)
        self._changed.set()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Demux until the end; the thread's whole life."""
        come_first_in_python()
        if not self._input.starts_with(NUT_ID):
            if self._closing:
                return
            raise MediaError("what is published is not NUT")
        try:
            with av.open(self._input, "r", format="nut", options=_OPTIONS) as container:
                self._demux(container, loop)
        except av.error.FFmpegError as error:
            if not self._closing:
                raise MediaError(f"what is published cannot be read: {error.strerror}") from error

    def _demux(self, container: av.container.InputContainer, loop: asyncio.AbstractEventLoop) -> None:
        tracks = _tracks(container)
        for raw in container.demux(*(track.stream for track in tracks.values())):
            for packet in tracks[raw.stream.index].packets(raw) if raw.size else ():
                self._room.acquire()
                if self._closing:
                    return
                loop.call_soon_threadsafe(self._append, packet)


class _Track:
    """One elementary stream: its times in ticks of ours, its frames looked at."""

    def __init__(self, stream: av.VideoStream | av.AudioStream, codec: Codec) -> None:
        self.stream = stream
        extradata = bytes(stream.codec_context.extradata or b"")
        rate, channels = VIDEO_RATE, 0
        if isinstance(stream, av.AudioStream):
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        self._scale = (stream.time_base or Fraction(1, rate)) * rate
        self._inspector = FrameInspector(codec, rate, channels)
        self._filter: BitStreamFilterContext | None = None
        if codec in _ANNEX_B_FILTERS and extradata:
            if extradata.startswith(b"\0\0"):
                self._inspector.prime(extradata)
            else:
                self._filter = BitStreamFilterContext(_ANNEX_B_FILTERS[codec], stream)
        self._described = Track(codec, rate, channels=channels, extradata=extradata)
        self._gap = False

    def packets(self, raw: "av.Packet[av.stream.Stream]") -> list[Packet]:
        """Return what is to be passed on of a packet: it, or nothing."""
        raws = self._filter.filter(raw) if self._filter else [raw]
        return [packet for each in raws if (packet := self._packet(each)) is not None]

    def _packet(self, raw: "av.Packet[av.stream.Stream]") -> Packet | None:
        if raw.pts is None or raw.pts < 0:
            return None
        try:
            inspected = self._inspector.inspect(bytes(raw))
        except MediaError:
            self._gap = True
            return None
        if not inspected.data:
            return None
        pts = self._ticks(raw.pts)
        dts = pts if raw.dts is None else self._ticks(raw.dts)
        duration = inspected.duration or self._ticks(raw.duration or 0)
        gap, self._gap = self._gap, False
        track = self._described if self._described.codec is Codec.AAC else inspected.track
        return Packet(track, inspected.data, pts, dts, duration, inspected.key, gap, arrived=time.monotonic())

    def _ticks(self, value: int) -> int:
        return round(value * self._scale)


def _tracks(container: av.container.InputContainer) -> dict[int, _Track]:
    """Return the first stream of each kind, by its index."""
    tracks: dict[int, _Track] = {}
    kinds: set[Kind] = set()
    for stream in container.streams:
        if not isinstance(stream, av.VideoStream | av.AudioStream) or stream.codec_context is None:
            continue
        name = stream.codec.canonical_name
        if name not in PASSED:
            raise MediaError(f"{name} is not a codec that can be published")
        codec = Codec(name)
        if codec is Codec.AAC and not stream.codec_context.extradata:
            raise MediaError("AAC is published without its configuration (ADTS)")
        if codec.kind not in kinds:
            kinds.add(codec.kind)
            tracks[stream.index] = _Track(stream, codec)
    if not tracks:
        raise MediaError("what is published has neither picture nor sound")
    return tracks


class _Pipe:
    """Bytes from the loop to the thread; to FFmpeg it is a file that cannot seek."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._condition = threading.Condition()
        self._finished = False
        self.size = 0
        self.on_space: Callable[[], object] = lambda: None

    def put(self, chunk: bytes) -> None:
        """Add bytes."""
        if chunk:
            with self._condition:
                self._chunks.append(chunk)
                self.size += len(chunk)
                self._condition.notify()

    def finish(self) -> None:
        """No more bytes come."""
        with self._condition:
            self._finished = True
            self._condition.notify()

    def close(self) -> None:
        """No more bytes come, and those that are there are of no interest."""
        with self._condition:
            self._finished = True
            self._chunks.clear()
            self.size = 0
            self._condition.notify()

    def starts_with(self, wanted: bytes) -> bool:
        """Wait for as many bytes as `wanted` has, and compare; they stay to be read."""
        head = b""
        while len(head) < len(wanted) and (more := self.read(len(wanted) - len(head))):
            head += more
        with self._condition:
            self._chunks.appendleft(head)
            self.size += len(head)
        return head == wanted

    def read(self, size: int) -> bytes:
        """Return what is there, at most `size`; waits for the first byte, empty at the end."""
        with self._condition:
            while not self._chunks:
                if self._finished:
                    return b""
                self._condition.wait()
            was_full = self.size >= MAX_BYTES
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            self.size -= len(chunk)
            has_room = was_full and self.size < MAX_BYTES
        if has_room:
            self.on_space()
        return chunk
