"""VP8, VP9, AV1 and H.265 to H.264, for readers that take nothing else: the dearest thing a relay does."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.video.frame import PictureType

from stagedoor.domain.errors import Blame, MediaError
from stagedoor.domain.media import MAX_PICTURE_PIXELS
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec, Packet, Track
from stagedoor.precedence import aside, come_first_in_python

_log = logging.getLogger(__name__)

QUEUE_PACKETS: Final = 15
"""Half a second; what does not fit any more goes, up to the next key frame."""
ASK_AGAIN: Final = 30
"""Packets in vain after which a key frame is asked for again."""
BARREN_PACKETS: Final = 10
"""More packets than this without a picture are a failure: some decoders do not say that they are lost."""
_DECODERS: Final = {Codec.AV1: "libdav1d"}


@dataclass(frozen=True, slots=True)
class H264Settings:
    """How the picture is encoded.

    Attributes:
        bit_rate: Bits a second.
        preset: x264's name for how much time a frame gets.
        key_interval: Most frames from one key frame to the next.
    """

    bit_rate: int = 2_500_000
    preset: str = "ultrafast"
    key_interval: int = 60


class H264Transcoder:
    """Transcodes one path's picture in a thread of its own, which starts with the first key frame.

    The picture keeps its size (odd ones lose a row or a column) and its times; a key frame that comes makes a
    key frame. What the thread cannot follow is dropped up to the next key frame, which is asked for.

    Args:
        on_packet: Gets the H.264 packets, on the loop.
        want_key_frame: Asks the sender for a key frame; called on the loop.
        settings: How to encode.

    Attributes:
        dropped: Packets that were not decoded: too late, or of no use without the ones before.
        errors: Packets that could not be decoded.
    """

    def __init__(
        self,
        on_packet: Callable[[Packet], None],
        want_key_frame: Callable[[], None],
        settings: H264Settings | None = None,
    ) -> None:
        self._on_packet = on_packet
        self._want_key_frame = want_key_frame
        self._settings = settings or H264Settings()
        self._queue: deque[Packet] = deque()
        self._condition = threading.Condition()
        self._key_wanted = threading.Event()
        self._running: asyncio.Future[None] | None = None
        self._closed = False
        self._waits_for_key = True
        self._in_vain = 0
        self.dropped = 0
        self.errors = 0

    @property
    def queued(self) -> int:
        """Packets that wait for the thread."""
        return len(self._queue)

    @property
    def failed(self) -> bool:
        """Whether the thread has ended by a bug."""
        return self._running is not None and self._running.done() and not self._closed

    def write(self, packet: Packet) -> None:
        """Take a packet; called on the loop, never waits.

        Raises:
            MediaError: Its picture is larger than what is decoded.
        """
        if self._closed:
            return
        _check_size(packet.track)
        if packet.gap and not packet.key:
            self._waits_for_key = True
        if self._waits_for_key and not packet.key:
            self._drop(1)
            return
        if self._running is None:
            self._start()
        late = self._put(packet)
        self._waits_for_key = bool(late) and not packet.key
        if late:
            self._drop(late)
        else:
            self._in_vain = 0

    def request_key_frame(self) -> None:
        """Make the next frame a key frame, without asking the sender."""
        self._key_wanted.set()

    async def aclose(self) -> None:
        """Stop the thread; what waits is forgotten. Idempotent."""
        with self._condition:
            self._closed = True
            self._queue.clear()
            self._condition.notify()
        if self._running is not None:
            await asyncio.wait([self._running])

    def _put(self, packet: Packet) -> int:
        """Queue a packet; where the queue is full, empty it first. Returns how many packets that cost."""
        with self._condition:
            late = len(self._queue) if len(self._queue) >= QUEUE_PACKETS else 0
            if late:
                self._queue.clear()
            if late and not packet.key:
                return late + 1
            self._queue.append(packet)
            self._condition.notify()
            return late

    def _drop(self, count: int) -> None:
        self.dropped += count
        if self._in_vain % ASK_AGAIN == 0 and self._waits_for_key:
            self._want_key_frame()
        self._in_vain += 1

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        executor = ThreadPoolExecutor(1, thread_name_prefix="h264")
        self._running = loop.run_in_executor(executor, self._run, loop)
        self._running.add_done_callback(_report)
        executor.shutdown(wait=False)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Transcode until closed; the thread's whole life."""
        come_first_in_python()
        job = _Job(self._settings)
        while (packet := self._next()) is not None:
            if self._key_wanted.is_set():
                self._key_wanted.clear()
                job.make_key_frame()
            try:
                made = job.transcode(packet)
            except (MediaError, av.error.FFmpegError):
                job = _Job(self._settings)
                loop.call_soon_threadsafe(self._failed)
                continue
            for each in made:
                loop.call_soon_threadsafe(self._deliver, each)

    def _next(self) -> Packet | None:
        with self._condition:
            while not self._queue and not self._closed:
                self._condition.wait()
            return None if self._closed else self._queue.popleft()

    def _deliver(self, packet: Packet) -> None:
        if not self._closed:
            self._on_packet(packet)

    def _failed(self) -> None:
        """A packet could not be decoded: nothing after it can, until a key frame comes."""
        self.errors += 1
        if not self._closed and not any(packet.key for packet in self._queue):
            self._waits_for_key = True
            self._in_vain = 0
            self._drop(0)


def _report(running: asyncio.Future[None]) -> None:
    if not running.cancelled() and (failure := running.exception()):
        _log.error("the H.264 thread failed: %s", failure, exc_info=failure)


class _Job:
    """What the thread owns: a decoder, and an encoder for the size that the picture has now."""

    def __init__(self, settings: H264Settings) -> None:
        self._settings = settings
        self._decoder: av.VideoCodecContext | None = None
        self._encoder: av.VideoCodecContext | None = None
        self._inspector: FrameInspector | None = None
        self._codec: Codec | None = None
        self._key_wanted = False
        self._last_pts = -1
        self._barren = 0

    def make_key_frame(self) -> None:
        """Make the next frame a key frame."""
        self._key_wanted = True

    def transcode(self, packet: Packet) -> list[Packet]:
        """Return the H.264 packets that a packet makes."""
        codec, rate = packet.track.codec, packet.track.clock_rate
        if self._decoder is None or self._codec is not codec:
            if not packet.key:
                return []
            self._decoder, self._codec = _decoder(codec), codec
            self._inspector = FrameInspector(Codec.H264, rate)
        raw = av.Packet(packet.data)
        raw.pts, raw.dts, raw.time_base = packet.pts, packet.dts, Fraction(1, rate)
        self._key_wanted |= packet.key
        with aside:
            frames = self._decoder.decode(raw)
        self._barren = 0 if frames else self._barren + 1
        if self._barren > BARREN_PACKETS:
            raise MediaError(f"the {codec} decoder gives no picture")
        return [
            made
            for frame in frames
            if frame.pts is not None and frame.pts > self._last_pts
            for made in self._encoded(frame, rate, packet.arrived)
        ]

    def _encoded(self, frame: av.VideoFrame, rate: int, arrived: float) -> list[Packet]:
        if self._inspector is None or frame.pts is None:
            return []
        pts = self._last_pts = frame.pts
        width, height = frame.width & ~1, frame.height & ~1
        if (width, height, "yuv420p") != (frame.width, frame.height, frame.format.name):
            with aside:
                frame = frame.reformat(width, height, "yuv420p")
        frame.pts, frame.time_base = pts, Fraction(1, rate)
        encoder = self._encoder
        if encoder is None or (encoder.width, encoder.height) != (width, height):
            encoder = self._encoder = self._new_encoder(width, height, rate)
        frame.pict_type = PictureType.I if self._key_wanted else PictureType.NONE
        self._key_wanted = False
        out = []
        with aside:
            encoded = encoder.encode(frame)
        for raw in encoded:
            data, track, key, _ = self._inspector.inspect(bytes(raw))
            time = pts if raw.pts is None else raw.pts
            out.append(Packet(track, data, time, time, 0, key, arrived=arrived))
        return out

    def _new_encoder(self, width: int, height: int, rate: int) -> av.VideoCodecContext:
        settings = self._settings
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.time_base, encoder.framerate = Fraction(1, rate), Fraction(30)
        encoder.bit_rate, encoder.gop_size = settings.bit_rate, settings.key_interval
        encoder.max_b_frames, encoder.thread_count = 0, 1
        encoder.options = {
            "preset": settings.preset,
            "tune": "zerolatency",
            "profile": "main",
            "forced-idr": "1",
            "maxrate": str(settings.bit_rate),
            "bufsize": str(settings.bit_rate // 2),
            "x264-params": "repeat-headers=1:annexb=1:aud=0",
        }
        return encoder


def _decoder(codec: Codec) -> av.VideoCodecContext:
    """Return a decoder that gives each frame at once: with one thread none waits for the next."""
    context = av.CodecContext.create(_DECODERS.get(codec, codec.value), "r")
    if not isinstance(context, av.VideoCodecContext):
        raise MediaError(f"{codec} is not a codec of pictures")
    context.thread_count = 1
    # A frame can have another size than its track, whose size is that of the last key frame.
    context.options = {"max_pixels": str(MAX_PICTURE_PIXELS)}
    return context


def _check_size(track: Track) -> None:
    if track.width * track.height > MAX_PICTURE_PIXELS:
        raise MediaError(
            f"a picture of {track.width}×{track.height} pixels is not transcoded",
            code="picture_too_large",
            hint="Have the guest send a smaller picture, or H.264, which needs no transcoding.",
            blame=Blame.GUEST,
        )
