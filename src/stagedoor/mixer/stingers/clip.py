"""One playing of a stinger: decoded a little ahead of program, in a thread of its own."""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterator
from math import ceil, inf
from typing import Final

import av

from stagedoor.domain.errors import MediaError, StagedoorError, UnavailableError
from stagedoor.mixer.picture.masked import Masked, by_alpha
from stagedoor.mixer.picture.picture import Scaler, Size
from stagedoor.mixer.picture.planes import ALPHA_PIXELS, alpha_of
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sources.decoding import UNDECODABLE, delayed
from stagedoor.mixer.sources.tracks import AnyPacket
from stagedoor.mixer.stingers.file import Opened, duration_of, open_stinger
from stagedoor.precedence import aside, come_first_in_python

logger = logging.getLogger(__name__)

MOST_BYTES: Final = 96 * 1024 * 1024
"""Of decoded pictures that wait: at 1080p nine of them, at 720p twenty-one."""
BYTES_A_PIXEL: Final = 5
"""Planes with alpha, and the weights of luma and chroma."""
LEAST_PICTURES: Final = 2
MOST_S: Final = 1.5
"""Of small ones no more wait, for the sake of their sound."""
AHEAD_S: Final = 1.2
"""How much further sound is decoded than pictures; both together are less than what sound may wait."""
_ROUNDED: Final = 0.01
"""Of a frame; by so much a duration may be longer than its frames."""


class StingerClip:
    """A file that is ready to be played once; `start` begins to decode it, up to as much as may wait.

    Args:
        file: Its path.
        canvas: The size that its pictures are made, pixels.
        frame_rate: Program's.
        sound: Where its sound goes.
        line_s: The place of its beginning on the time line of that sound.

    Attributes:
        frames: How many program frames it lasts; 0 until that is known.
        has_sound: Whether it has any.
        late: Program frames for which no picture had been decoded in time.
    """

    def __init__(self, file: str, canvas: Size, frame_rate: int, sound: SourceSound, line_s: float) -> None:
        self.file = file
        self.line_s = line_s
        self.frames = 0
        self.has_sound = False
        self.late = 0
        self._canvas = canvas
        self._frame_rate = frame_rate
        self._sound = sound
        self._most = max(LEAST_PICTURES, MOST_BYTES // (canvas[0] * canvas[1] * BYTES_A_PIXEL))
        self._condition = threading.Condition()
        self._waiting: deque[tuple[float, Masked]] = deque()
        self._shown: Masked | None = None
        self._is_stopped = self._is_full = self._is_read = False
        self._failure: StagedoorError | None = None
        self._decoder, self._scaler = SoundDecoder(), Scaler()
        self._thread = threading.Thread(target=self._run, name="stinger", daemon=True)

    def start(self) -> None:
        """Begin to decode."""
        self._thread.start()

    def close(self) -> None:
        """Call it off, and return at once; idempotent."""
        with self._condition:
            self._is_stopped = True
            self._waiting.clear()
            self._condition.notify_all()

    def join(self, within_s: float) -> bool:
        """Wait until the thread has ended; returns whether it has."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Decoded pictures that wait for their frame."""
        return len(self._waiting)

    @property
    def failure(self) -> StagedoorError | None:
        """Why it could not be read to its end."""
        return self._failure

    @property
    def is_good(self) -> bool:
        """Whether it can still be played, as far as is known; one that was played cannot."""
        return self._failure is None and not self._is_stopped

    def ready(self, within_s: float) -> None:
        """Return once it can be played.

        Raises:
            StagedoorError: It cannot be.
            UnavailableError: It takes longer than this to decode its beginning, or it is called off.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._is_settled, within_s)
            if self._failure is not None:
                raise self._failure
            if self._is_stopped:
                raise UnavailableError("it was called off", code="stinger_not_ready")
            if not self._is_settled:
                raise UnavailableError("it takes too long to read", code="stinger_not_ready")

    @property
    def _is_settled(self) -> bool:
        """Whether it is known if it can be played."""
        return self._is_full or self._is_read or self._is_stopped or self._failure is not None

    def at(self, step: int) -> Masked | None:
        """Return what lies over program at its `step`th frame, from 0; steps only grow. For one thread."""
        due_s = (step + 0.5) / self._frame_rate
        with self._condition:
            before = self._shown
            while self._waiting and self._waiting[0][0] < due_s:
                self._shown = self._waiting.popleft()[1]
            self._condition.notify_all()
            if self._shown is before and not self._waiting and not self._is_read:
                self.late += 1
            if self._failure is not None and not self._waiting:
                self._shown = None
            return self._shown

    # Its thread.

    def _run(self) -> None:
        come_first_in_python()
        failure: StagedoorError | None = None
        try:
            seconds = duration_of(self.file)
            self.frames = max(1, ceil(seconds * self._frame_rate - _ROUNDED))
            # A file may have a second of pictures before a second of sound: each is read by itself.
            with open_stinger(self.file) as stinger, open_stinger(self.file) as beside:
                self.has_sound = stinger.audio is not None
                self._read(stinger, self._sounds(beside), seconds)
        except StagedoorError as error:
            failure = error
        except Exception:
            logger.exception("A stinger failed")
            failure = StagedoorError("an error of ours, see the log")
        with self._condition:
            self._is_read, self._failure = failure is None, failure
            self._condition.notify_all()

    def _read(self, stinger: Opened, sounds: Iterator[float], seconds: float) -> None:
        at_s = heard_s = -inf
        for packet in stinger.container.demux(stinger.video.stream):
            for frame in _decoded(stinger.decoder, packet):
                if not isinstance(frame, av.VideoFrame):
                    continue
                at_s = stinger.video.frame_at(frame) - stinger.start_s
                while heard_s < min(at_s + AHEAD_S, seconds):
                    heard_s = next(sounds, inf)
                if not self._show(frame, at_s):
                    return
        if at_s == -inf:
            raise MediaError("none of its pictures can be decoded", code="source_unreadable")

    def _sounds(self, beside: Opened) -> Iterator[float]:
        """Have its sound heard, piece by piece; yields how far that has come, seconds from its beginning."""
        if beside.audio is None:
            return
        for packet in beside.container.demux(beside.audio.stream):
            self._hear(packet, beside)
            if packet.size:
                yield beside.audio.packet_at(packet)[0] - beside.start_s

    def _show(self, frame: av.VideoFrame, at_s: float) -> bool:
        """Have a picture wait for its frame; returns False once it is called off."""
        planes = self._scaler.scale(frame, self._canvas, ALPHA_PIXELS)
        with aside:
            picture = by_alpha(planes, alpha_of(planes.frame))
        with self._condition:
            while self._has_enough(at_s) and not self._is_stopped:
                self._is_full = True
                self._condition.notify_all()
                self._condition.wait()
            self._waiting.append((at_s, picture))
            return not self._is_stopped

    def _has_enough(self, at_s: float) -> bool:
        """Whether a picture that is shown then has to wait until others are over."""
        waiting = self._waiting
        return len(waiting) >= self._most or (bool(waiting) and at_s - waiting[0][0] > MOST_S)

    def _hear(self, packet: AnyPacket, stinger: Opened) -> None:
        for frame in _decoded(packet.stream.codec_context, packet):
            if isinstance(frame, av.AudioFrame):
                delayed(frame, self.line_s - stinger.start_s)
                for at, samples in self._decoder.feed(frame):
                    self._sound.write(samples, at)


def _decoded(decoder: av.CodecContext, packet: AnyPacket) -> list[av.VideoFrame | av.AudioFrame]:
    """Return what a packet makes; what the decoder cannot make sense of is left out."""
    with contextlib.suppress(*UNDECODABLE), aside:
        return list(decoder.decode(packet))  # type: ignore[attr-defined]
    return []
