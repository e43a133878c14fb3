"""What one source has to show and to say now; written by its thread, read by the mixer's."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from stagedoor.domain.source import LAST_PICTURE_MS, SourceState, moved
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.playout import Playout
from stagedoor.mixer.sound.buffer import SourceSound

QUEUE: Final = 32
"""Pictures that wait until they are due: more than a second at 30 a second, and at most 100 MB at 1080p."""
SLACK_S: Final = 0.004
"""By how much a picture may be shown before or after its time to keep the rhythm."""
STALLED_AFTER_S: Final = 0.5
"""Without a new picture (or sound, where there never was a picture) for this long a source is stalled."""
GONE_AFTER_S: Final = 10.0
"""A source that has been stalled for this long is gone, as one is whose stream has ended."""


@dataclass(slots=True)
class Facts:
    """What is known of a source's stream; plain values that one thread sets and others read."""

    video_codec: str = ""
    audio_codec: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    code: str = ""
    reason: str = ""


@dataclass(slots=True)
class _Rate:
    """Pictures a second over the last two."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=240))

    def count(self, now_s: float) -> None:
        self.times.append(now_s)

    def value(self, now_s: float) -> float:
        recent = [each for each in tuple(self.times) if now_s - each <= 2.0]
        return 0.0 if len(recent) < 2 else (len(recent) - 1) / max(recent[-1] - recent[0], 1e-3)


class Feed:
    """One source's pictures and sound on their way to program.

    Attributes:
        playout: How long both are held back.
        sound: The source's sound.
        facts: What is known of the stream.
        wanted: The sizes that pictures are made in before they are due.
        state: What its frames said when it was last judged.
        dark: Whether the camera is said to be off: the slate is shown at once, the sound goes on.
        repeated: Program frames that showed an old picture of a live source for want of a new one.
        dropped: Pictures that were never shown because newer ones were due.
    """

    def __init__(self, playout_ms: int | None, sound: SourceSound) -> None:
        self.playout = Playout(playout_ms)
        self.sound = sound
        self.facts = Facts()
        self.wanted: frozenset[Size] = frozenset()
        self.dark = False
        self.repeated = 0
        self.dropped = 0
        self._pictures: deque[Picture] = deque()
        self._lock = threading.Lock()
        self._shown: Picture | None = None
        self._over = True
        self.state = SourceState.CONNECTING
        self._last_picture_s: float | None = None
        self._last_sound_s: float | None = None
        self._stalled_since_s = 0.0
        self._ended = False
        self._rate = _Rate()

    # The source's thread.

    def began(self) -> None:
        """Its stream was opened: what comes now belongs to a new time line."""
        with self._lock:
            self._pictures.clear()
            self._ended = False

    def ended(self, code: str, reason: str) -> None:
        """Its stream has ended or failed; it will be tried again."""
        self._ended = True
        self.facts.code, self.facts.reason = code, reason

    def show(self, picture: Picture) -> None:
        """Take a decoded picture."""
        now_s = time.monotonic()
        with self._lock:
            if len(self._pictures) >= QUEUE:
                self._pictures.popleft()
                self.dropped += 1
            self._pictures.append(picture)
            self._last_picture_s = now_s
        self._rate.count(now_s)
        self.facts.code = self.facts.reason = ""
        self.facts.width, self.facts.height = picture.width, picture.height

    def heard(self) -> None:
        """Some sound has come."""
        self._last_sound_s = time.monotonic()

    # The mixer's threads.

    def advance(self, due_s: float) -> None:
        """Go on to the newest picture that is due at this time of `time.monotonic()`; one thread only."""
        offset_s = self.playout.offset(due_s)
        with self._lock:
            taken = self._due(due_s - offset_s)
        if taken is not None:
            self._shown = taken
        elif self.state is SourceState.LIVE:
            self.repeated += 1
        self._over = self._is_over(due_s)

    def _due(self, media_s: float) -> Picture | None:
        """Take what is due from the queue, and return the picture to show.

        Where program and source have the same rate and pictures are due just about when frames are, a little
        jitter would show one picture twice and leave out the next: so one may come a little early or late.
        """
        waiting = self._pictures
        count = sum(1 for each in waiting if each.media_s <= media_s)
        if count == 0 and waiting and waiting[0].media_s <= media_s + SLACK_S:
            count = 1
        elif count > 1 and waiting[count - 1].media_s > media_s - SLACK_S:
            count -= 1
        self.dropped += max(0, count - 1)
        taken: Picture | None = None
        for _ in range(count):
            taken = waiting.popleft()
        return taken

    @property
    def picture(self) -> Picture | None:
        """What it shows now; None for its slate."""
        return None if self.dark or self._over else self._shown

    def _is_over(self, now_s: float) -> bool:
        """Whether even the last picture has stood long enough."""
        last = self._last_picture_s
        return last is None or now_s - last > LAST_PICTURE_MS / 1000

    def judge(self, now_s: float) -> bool:
        """Move the state to what the frames say; one thread only. Returns whether it changed."""
        state = self._judged(now_s)
        if state is self.state:
            return False
        if state is SourceState.STALLED:
            self._stalled_since_s = now_s
        self.state = moved(self.state, state)
        return True

    def _judged(self, now_s: float) -> SourceState:
        last = self._last_sound_s if self._last_picture_s is None else self._last_picture_s
        if last is None:
            return SourceState.GONE if self._ended else self.state
        if now_s - last <= STALLED_AFTER_S:
            return SourceState.LIVE
        if self.state is SourceState.LIVE:
            return SourceState.STALLED
        gone = self.state is SourceState.STALLED and now_s - self._stalled_since_s > GONE_AFTER_S
        return SourceState.GONE if gone else self.state

    def frame_rate(self, now_s: float) -> float:
        """Pictures a second that come."""
        return self._rate.value(now_s)

    @property
    def has_sound(self) -> bool:
        """Whether sound has come."""
        return self._last_sound_s is not None

    def age_ms(self, now_s: float) -> int | None:
        """Since the last picture came; None before the first."""
        return None if self._last_picture_s is None else round((now_s - self._last_picture_s) * 1000)
