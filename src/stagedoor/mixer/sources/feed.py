"""What one source has to show and to say now; written by its thread, read by the mixer's."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from stagedoor.domain.geometry import Part
from stagedoor.domain.key import Key
from stagedoor.domain.source import SourceState
from stagedoor.ipc.clips import ClipStatus
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.playout import Playout
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.mixing import USUAL_FRAME_RATE
from stagedoor.mixer.sources.pulse import Pulse
from stagedoor.mixer.sources.transport import Transport
from stagedoor.mixer.sources.waiting import Waiting

EARLY_S: Final = 0.5
"""By how much more than the playout delay a picture may come before it is due."""
KEYED_BYTES: Final = 3
"""Of each pixel that is keyed: the weights of luma and chroma, and colours without spill."""


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


class Feed:
    """One source's pictures and sound on their way to program.

    Args:
        playout_ms: A fixed playout delay; None lets it follow the source's jitter.
        sound: The source's sound.
        transport: Of a clip.
        program_rate: Program frames a second.

    Attributes:
        program_rate: More pictures a second than this nobody would see.
        playout: How long both are held back; a clip's own time line instead.
        transport: Of a clip.
        sound: The source's sound.
        facts: What is known of the stream.
        wanted: The parts and sizes that are made of pictures before they are due.
        key: What is made see-through of its pictures.
        dark: Whether the camera is said to be off: the slate is shown at once, the sound goes on.
        repeated: Program frames that showed an old picture of a live source for want of a new one.
        rebuilt_s: Sound that was lost on the way and rebuilt.
    """

    def __init__(
        self,
        playout_ms: int | None,
        sound: SourceSound,
        transport: Transport | None = None,
        program_rate: int = USUAL_FRAME_RATE,
    ) -> None:
        self.program_rate = program_rate
        self.playout = Playout(playout_ms) if transport is None else transport
        self.transport = transport
        self.sound = sound
        self.facts = Facts()
        self.wanted: frozenset[Part] = frozenset()
        self.key: Key | None = None
        self.dark = False
        self.repeated = 0
        self.rebuilt_s = 0.0
        self._waiting = Waiting()
        self._pulse = Pulse()
        self._shown: Picture | None = None
        self._over = True
        self._streams = 0
        self._shifts: Mapping[int, float] = {}

    # The source's thread.

    def began(self) -> None:
        """Its stream was opened: what comes now belongs to a new time line."""
        self._streams += 1
        self._waiting.clear()
        self.playout.hold(0.0)
        self.sound.began()
        self._pulse.began()

    def begin_place(self) -> None:
        """Of a clip: what comes now belongs to another place of the file."""
        self._waiting.clear()

    def place(self, shift_s: float | None) -> None:
        """Say how much later a time of its stream is on the line of its path; None: nobody knows."""
        if shift_s is not None and self._shifts.get(self._streams) == shift_s:
            return
        # The last picture of the stream before stands until another is due.
        before = {stream: shift for stream, shift in self._shifts.items() if stream == self._streams - 1}
        self._shifts = before if shift_s is None else {**before, self._streams: shift_s}

    def ended(self, code: str, reason: str) -> None:
        """Its stream has ended or failed; it will be tried again."""
        self._pulse.ended()
        self.facts.code, self.facts.reason = code, reason

    @property
    def key_ahead(self) -> Key | None:
        """What is made see-through of a picture before it is due; nothing where so many wait already.

        It would take the room of others: program keys that one itself.
        """
        return None if self._waiting.is_half_full else self.key

    def show(self, picture: Picture) -> None:
        """Take a decoded picture."""
        picture.stream = self._streams
        now_s = time.monotonic()
        made = sum(part.at.width * part.at.height for part in self.wanted)
        size = (picture.width * picture.height + made) * 3 // 2
        if self.key_ahead is not None:
            size += made * KEYED_BYTES
        self._waiting.put(picture, size, before_s=self._latest_s(now_s))
        self._pulse.picture(now_s)
        self.facts.code = self.facts.reason = ""
        self.facts.width, self.facts.height = picture.width, picture.height

    def _latest_s(self, now_s: float) -> float:
        """Which time a picture may have at most; a clip's reader keeps to that by itself."""
        if self.transport is not None:
            return inf
        return now_s - self.playout.offset(now_s) + self.playout.delay_ms / 1000 + EARLY_S

    def heard(self) -> None:
        """Some sound has come."""
        self._pulse.sound(time.monotonic())
        self.facts.code = self.facts.reason = ""

    # The mixer's threads.

    def advance(self, due_s: float) -> None:
        """Go on to the newest picture that is due at this time of `time.monotonic()`; one thread only."""
        taken = self._waiting.due(due_s - self.playout.offset(due_s))
        if taken is not None:
            self._shown = taken
        elif self.state is SourceState.LIVE and not self._stands:
            self.repeated += 1
        self._over = self._pulse.is_over(due_s)
        if (self._over or self.dark) and self.transport is None:
            # What comes next may be of somebody else, and is not due at once: until then the slate stands.
            self._shown = None

    @property
    def picture(self) -> Picture | None:
        """What it shows now; None for its slate."""
        return None if self.dark or self._over else self._shown

    def path_s(self, picture: Picture) -> float | None:
        """Return a picture's time on the line of its path, where that is another and known; else None."""
        shift_s = self._shifts.get(picture.stream)
        return None if shift_s is None else picture.media_s + shift_s

    def end(self, *, over: bool) -> None:
        """Say whether whoever sent it has ended it: then it is gone at once, until it begins again."""
        self._pulse.is_ended = over

    def judge(self, now_s: float) -> bool:
        """Move the state to what the frames say; one thread only. Returns whether it changed."""
        # What a file has is there: a picture in it may stand for as long as it likes.
        self._pulse.hold(now_s, on=self.transport is not None and self.transport.state is not None)
        return self._pulse.judge(now_s)

    @property
    def _stands(self) -> bool:
        return self.transport is not None and self.transport.stands

    @property
    def sounds(self) -> bool:
        """Whether there is anything to be heard now."""
        return self.has_sound and (self.transport is None or self.transport.moves)

    @property
    def clip(self) -> ClipStatus | None:
        """Of a clip whose file is open, where it is."""
        if self.transport is None:
            return None
        return self.transport.status(None if self._shown is None else self._shown.media_s)

    @property
    def state(self) -> SourceState:
        """What its frames said when it was last judged."""
        return self._pulse.state

    @property
    def waiting(self) -> Waiting:
        """Its pictures that are not due yet, for their numbers."""
        return self._waiting

    @property
    def dropped(self) -> int:
        """Pictures that were never shown, for want of room or because newer ones were due."""
        return self._waiting.dropped

    def frame_rate(self, now_s: float) -> float:
        """Pictures a second that come."""
        return self._pulse.rate(now_s)

    @property
    def has_sound(self) -> bool:
        """Whether sound has come."""
        return self._pulse.sound_s is not None

    def is_unheard(self, now_s: float) -> bool:
        """Whether sound comes, but too late to be heard; a clip's comes when it is due."""
        return self.transport is None and self.sound.is_unheard and self._pulse.is_sounding(now_s)

    def age_ms(self, now_s: float) -> int | None:
        """Since the last picture came; None before the first."""
        came_s = self._pulse.picture_s
        return None if came_s is None else round((now_s - came_s) * 1000)
