"""Pictures to H.264."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from typing import Final

import av
from av.video.frame import PictureType
from av.video.reformatter import VideoReformatter

from stagedoor.domain.errors import MediaError
from stagedoor.ipc.queues import QueueKind, QueueStatus
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import Codec, Packet
from stagedoor.mixer.encode.encoders import ENCODERS, SOFTWARE, VideoFormat, open_encoder, words
from stagedoor.mixer.encode.place import Place
from stagedoor.mixer.picture.picture import Scaler
from stagedoor.mixer.picture.planes import PIXELS
from stagedoor.precedence import aside
from stagedoor.settings.mixer import EncoderName

logger = logging.getLogger(__name__)

CLOCK_RATE: Final = 90_000
FAILURES_A_LINE: Final = 300
"""Of pictures that fail one after the other so many make one line in the log."""
QUEUE: Final = 8
"""Pictures that wait for the encoder; when there are more, the oldest goes. Those that came too late come
several at once, and cost little where they are the same."""
SILENT_S: Final = 2
"""An encoder that takes pictures for so long and gives none has failed."""


class VideoEncoder:
    """Encodes pictures in a thread of its own.

    A picture that another has overtaken in the queue is left out: its number is missing, and the next one's
    time says so. An encoder that fails is opened anew with the next picture; one in hardware is given up for
    good, and x264 goes on with the very picture that it failed on, as a key frame.

    Args:
        name: For the thread and the log.
        form: How to encode.
        on_packet: Gets each packet, in the encoder's thread.
        is_first: Whether the pictures are this encoder's own to mark; others of the same size copy them.
        gives_way: By how much to program (`stagedoor.mixer.precedence`).
        comes_first: Whether to encode before everything else on the machine, where the system lets it and
            for as long as that keeps up: what does not would leave no time for anything else.

    Attributes:
        dropped: Pictures that were left out.
        failures: Times that the encoder had to be opened anew.
        encoder: What encodes now.
        fault: Why that is x264, where something else was wanted; None where it was not, or works.
    """

    def __init__(
        self,
        name: str,
        form: VideoFormat,
        on_packet: Callable[[Packet], None],
        *,
        is_first: bool = False,
        gives_way: int = 0,
        comes_first: bool = False,
    ) -> None:
        self._name = name
        self._form = form
        self._is_first = is_first
        self._place = Place(name, first=comes_first, gives_way=gives_way)
        self._on_packet = on_packet
        self._queue: deque[tuple[av.VideoFrame, int]] = deque()
        self._condition = threading.Condition()
        self._opened: H264 | None = None
        self._closed = False
        self._key_wanted = False
        self._thread = threading.Thread(target=self._run, name=f"encode {name}"[:15], daemon=True)
        self.dropped = 0
        self.failures = 0
        self.encoder: EncoderName = form.encoder
        self.fault: MediaError | None = None

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

    @property
    def queue(self) -> QueueStatus:
        """How many wait, and how many went."""
        return QueueStatus(
            kind=QueueKind.ENCODER, name=self._name, waiting=self.queued, most=QUEUE, dropped=self.dropped
        )

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
        self._place.take()
        while (taken := self._take()) is not None:
            if self._place.moves(is_behind=self.queued >= QUEUE // 2):
                self._opened = None
            try:
                # Hardware takes time, and no core.
                with self._place.working() if self.encoder == SOFTWARE else nullcontext():
                    packets = self._encode(*taken)
                for packet in packets:
                    self._on_packet(packet)
            except Exception:
                # Whatever it was: the next picture is tried with a new one.
                self._opened = None
                if self.failures % FAILURES_A_LINE == 0:
                    logger.exception("The encoder of %s starts anew", self._name)
                self.failures += 1

    def _encode(self, frame: av.VideoFrame, number: int) -> list[Packet]:
        if self.encoder != SOFTWARE:
            try:
                return self._encode_by(self.encoder, frame, number)
            except Exception as error:  # noqa: BLE001 - whatever a driver does, program goes on
                self._give_up(error)
        return self._encode_by(SOFTWARE, frame, number)

    def _encode_by(self, encoder: EncoderName, frame: av.VideoFrame, number: int) -> list[Packet]:
        if self._opened is None:
            threads = self._place.threads
            form = self._form if threads is None else replace(self._form, threads=threads)
            self._opened = H264(encoder, form, copies=not self._is_first)
        wanted, self._key_wanted = self._key_wanted, False
        return self._opened.encode(frame, number, key=wanted)

    def _give_up(self, error: Exception) -> None:
        fault = error if isinstance(error, MediaError) else MediaError(f"it failed: {words(error)}")
        reason = fault.message
        logger.warning("%s is encoded by x264: mixer.encoder = %s: %s", self._name, self.encoder, reason)
        self._opened, self.fault, self.encoder = None, fault, SOFTWARE

    def _take(self) -> tuple[av.VideoFrame, int] | None:
        with self._condition:
            while not self._queue and not self._closed:
                self._condition.wait()
            return None if self._closed else self._queue.popleft()


class H264:
    """An encoder without reordering, so that a picture leaves as soon as it is encoded.

    Raises:
        MediaError: It cannot be opened.
    """

    def __init__(self, encoder: EncoderName, form: VideoFormat, *, copies: bool) -> None:
        self._form = form
        self._copies = copies
        self._pixels = ENCODERS[encoder].pixels
        self._scaler = Scaler()
        self._reformatter = VideoReformatter()
        self._inspector = FrameInspector(Codec.H264, CLOCK_RATE)
        with aside:
            self._context = open_encoder(encoder, form)
        self._unanswered = 0
        if sets := bytes(self._context.extradata or b""):
            self._inspector.prime(sets)

    def encode(self, frame: av.VideoFrame, number: int, *, key: bool) -> list[Packet]:
        """Return the packets that come out once this picture has gone in.

        Raises:
            MediaError: None has come for too long, or one is not H.264.
        """
        mine = self._fitted(frame)
        mine.pts = number
        mine.time_base = Fraction(1, self._form.frame_rate)
        mine.pict_type = PictureType.I if key else PictureType.NONE
        with aside:
            made = self._context.encode(mine)
        packets = [self._packet(raw) for raw in made]
        self._unanswered = 0 if packets else self._unanswered + 1
        if self._unanswered > SILENT_S * self._form.frame_rate:
            raise MediaError(f"it has given no picture for {SILENT_S} s")
        # Hardware may give parameter sets by themselves, which are remembered and are no picture.
        return [packet for packet in packets if packet.data]

    def _fitted(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return a picture at the size and in the form that are wanted, whose marks are ours."""
        scaled = self._scaler.scale(frame, (self._form.width, self._form.height))
        if self._pixels != PIXELS:
            with aside:
                return self._reformatter.reformat(scaled.frame, format=self._pixels)
        return (scaled.copy() if self._copies and scaled.frame is frame else scaled).frame

    def _packet(self, raw: "av.Packet[av.stream.Stream]") -> Packet:
        inspected = self._inspector.inspect(bytes(raw))
        number = raw.pts or 0
        pts = number * CLOCK_RATE // self._form.frame_rate
        duration = (number + 1) * CLOCK_RATE // self._form.frame_rate - pts
        return Packet(inspected.track, inspected.data, pts, pts, duration, inspected.key)
