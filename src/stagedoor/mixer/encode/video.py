"""Pictures to H.264."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec, Packet
from stagedoor.mixer.picture.picture import Scaler
from stagedoor.mixer.picture.planes import PIXELS
from stagedoor.mixer.precedence import give_way

logger = logging.getLogger(__name__)

CLOCK_RATE: Final = 90_000
FAILURES_A_LINE: Final = 300
"""Of pictures that fail one after the other so many make one line in the log."""
QUEUE: Final = 8
"""Pictures that wait for the encoder; when there are more, the oldest goes. Those that came too late come
several at once, and cost little where they are the same."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """How a picture is encoded.

    Attributes:
        width: Pixels.
        height: Pixels.
        frame_rate: Pictures a second.
        bitrate: Bits a second; the peak is a tenth above it.
        key_interval: Pictures from one key frame to the next.
        preset: x264's name for how much time a picture gets.
        profile: `high`, or `baseline` for browsers that know nothing else.
        threads: That share a picture, each a slice of it; 0 for as many as x264 finds right.
    """

    width: int
    height: int
    frame_rate: int
    bitrate: int
    key_interval: int
    preset: str = "veryfast"
    profile: str = "high"
    threads: int = 0


class VideoEncoder:
    """Encodes pictures in a thread of its own.

    A picture that another has overtaken in the queue is left out: its number is missing, and the next one's
    time says so. An encoder that fails is opened anew with the next picture.

    Args:
        name: For the thread and the log.
        form: How to encode.
        on_packet: Gets each packet, in the encoder's thread.
        is_first: Whether the pictures are this encoder's own to mark; others of the same size copy them.
        gives_way: By how much to program (`stagedoor.mixer.precedence`).

    Attributes:
        dropped: Pictures that were left out.
        failures: Times that the encoder had to be opened anew.
    """

    def __init__(
        self,
        name: str,
        form: VideoFormat,
        on_packet: Callable[[Packet], None],
        *,
        is_first: bool = False,
        gives_way: int = 0,
    ) -> None:
        self._name = name
        self._form = form
        self._is_first = is_first
        self._gives_way = gives_way
        self._on_packet = on_packet
        self._queue: deque[tuple[av.VideoFrame, int]] = deque()
        self._condition = threading.Condition()
        self._closed = False
        self._key_wanted = False
        self._thread = threading.Thread(target=self._run, name=f"encode {name}"[:15], daemon=True)
        self.dropped = 0
        self.failures = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def put(self, frame: av.VideoFrame, number: int) -> None:
        """Take a picture, which nobody may change any more; `number` counts pictures at the frame rate."""
        with self._condition:
            if len(self._queue) >= QUEUE:
                self._queue.popleft()
                self.dropped += 1
            self._queue.append((frame, number))
            self._condition.notify()

    def want_key_frame(self) -> None:
        """Make the next picture one that can be decoded without those before."""
        self._key_wanted = True

    @property
    def queued(self) -> int:
        """Pictures that wait."""
        return len(self._queue)

    def stop(self) -> None:
        """Call it off, and return at once; what waits is not encoded."""
        with self._condition:
            self._closed = True
            self._queue.clear()
            self._condition.notify()

    def join(self, within_s: float) -> bool:
        """Wait until the thread has ended; returns whether it has."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        give_way(self._gives_way)
        encoder: _H264 | None = None
        while (taken := self._take()) is not None:
            frame, number = taken
            try:
                if encoder is None:
                    encoder = _H264(self._form, copies=not self._is_first)
                wanted, self._key_wanted = self._key_wanted, False
                for packet in encoder.encode(frame, number, key=wanted):
                    self._on_packet(packet)
            except Exception:
                # Whatever it was: the next picture is tried with a new one.
                encoder = None
                if self.failures % FAILURES_A_LINE == 0:
                    logger.exception("The encoder of %s starts anew", self._name)
                self.failures += 1

    def _take(self) -> tuple[av.VideoFrame, int] | None:
        with self._condition:
            while not self._queue and not self._closed:
                self._condition.wait()
            return None if self._closed else self._queue.popleft()


class _H264:
    """x264 without reordering, so that a picture leaves as soon as it is encoded."""

    def __init__(self, form: VideoFormat, *, copies: bool) -> None:
        self._form = form
        self._copies = copies
        self._scaler = Scaler()
        self._inspector = FrameInspector(Codec.H264, CLOCK_RATE)
        self._context = _context(form)

    def encode(self, frame: av.VideoFrame, number: int, *, key: bool) -> list[Packet]:
        """Return the packets that come out once this picture has gone in."""
        form = self._form
        scaled = self._scaler.scale(frame, (form.width, form.height))
        if self._copies and scaled.frame is frame:
            scaled = scaled.copy()
        mine = scaled.frame
        mine.pts = number
        mine.time_base = Fraction(1, form.frame_rate)
        mine.pict_type = PictureType.I if key else PictureType.NONE
        return [self._packet(raw) for raw in self._context.encode(mine)]

    def _packet(self, raw: "av.Packet[av.stream.Stream]") -> Packet:
        inspected = self._inspector.inspect(bytes(raw))
        number = raw.pts or 0
        pts = number * CLOCK_RATE // self._form.frame_rate
        duration = (number + 1) * CLOCK_RATE // self._form.frame_rate - pts
        return Packet(inspected.track, inspected.data, pts, pts, duration, inspected.key)


def _context(form: VideoFormat) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = form.width, form.height
    context.pix_fmt = PIXELS
    context.time_base = Fraction(1, form.frame_rate)
    context.framerate = Fraction(form.frame_rate)
    context.bit_rate = form.bitrate
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.gop_size = form.key_interval
    context.max_b_frames = 0
    context.thread_count = form.threads
    context.options = {
        "preset": form.preset,
        "tune": "zerolatency",
        "profile": form.profile,
        "maxrate": str(form.bitrate * 11 // 10),
        "bufsize": str(form.bitrate // 2),
        "forced-idr": "1",
        "x264-params": "scenecut=0:repeat-headers=1:aud=0:nal-hrd=none",
    }
    return context
