"""A source's state: what the times say at which its pictures and its sound came."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from stagedoor.domain.source import LAST_PICTURE_MS, SourceState, moved

STALLED_AFTER_S: Final = 0.5
"""Without a new picture (or sound, where the stream has no picture) for this long a source is stalled."""
STALLED_AT_LAST_S: Final = 3.0
"""The same for a source that sends pictures rarely: three times its own interval, and this at most."""
_INTERVALS: Final = 3
GONE_AFTER_S: Final = 10.0
"""A source from which neither picture nor sound has come for this long is gone."""
LAST_PICTURE_S: Final = LAST_PICTURE_MS / 1000
_KEPT: Final = 240
_RECENT: Final = 5
"""Pictures between which the longest interval counts."""


@dataclass(slots=True)
class Pulse:
    """Written by a source's thread, judged by program's.

    Attributes:
        state: What was judged last.
        picture_s: When the last picture came, `time.monotonic()`; None before the first.
        sound_s: The same of sound.
        is_ended: Whether it is said to have been ended: then it is gone, whatever has come.
    """

    state: SourceState = SourceState.CONNECTING
    picture_s: float | None = None
    sound_s: float | None = None
    is_ended: bool = False
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _has_picture: bool = False
    _ended: bool = False
    _is_held: bool = False

    def began(self) -> None:
        """A stream was opened."""
        self._times.clear()
        self._has_picture = self._ended = False

    def ended(self) -> None:
        """It has ended, or could not be opened."""
        self._ended = True

    def picture(self, now_s: float) -> None:
        """A picture has come."""
        self._times.append(now_s)
        self.picture_s, self._has_picture = now_s, True

    def sound(self, now_s: float) -> None:
        """Some sound has come."""
        self.sound_s = now_s

    def hold(self, now_s: float, *, on: bool) -> None:
        """Say whether what it shows is what it has to show: then it is live, and its picture is not over."""
        if self._is_held and not on:
            self.picture_s = None if self.picture_s is None else now_s
            self.sound_s = None if self.sound_s is None else now_s
        self._is_held = on

    def judge(self, now_s: float) -> bool:
        """Move the state to what has come; returns whether it changed."""
        state = self._judged(now_s)
        if state is self.state:
            return False
        self.state = moved(self.state, state)
        return True

    def is_over(self, now_s: float) -> bool:
        """Whether even the last picture has stood long enough."""
        last = self.picture_s
        if self.is_ended:
            return True
        if self._is_held:
            return last is None
        return last is None or now_s - last > max(LAST_PICTURE_S, self._stalled_after_s())

    def is_sounding(self, now_s: float) -> bool:
        """Whether sound comes."""
        return self.sound_s is not None and now_s - self.sound_s <= STALLED_AFTER_S

    def rate(self, now_s: float) -> float:
        """Pictures a second over the last two."""
        recent = [each for each in tuple(self._times) if now_s - each <= 2.0]
        return 0.0 if len(recent) < 2 else (len(recent) - 1) / max(recent[-1] - recent[0], 1e-3)

    def _judged(self, now_s: float) -> SourceState:
        if self.is_ended:
            return SourceState.GONE
        came = [each for each in (self.picture_s, self.sound_s) if each is not None]
        if self._is_live(now_s) or (self._is_held and came):
            return SourceState.LIVE
        if not came:
            return SourceState.GONE if self._ended else self.state
        # Who is heard without being seen is there: nobody else shall stand in.
        if now_s - max(came) > (LAST_PICTURE_S if self._ended else GONE_AFTER_S):
            return SourceState.GONE
        return SourceState.STALLED if self.state is SourceState.LIVE else self.state

    def _is_live(self, now_s: float) -> bool:
        if self._has_picture and self.picture_s is not None:
            return now_s - self.picture_s <= self._stalled_after_s()
        return self.is_sounding(now_s)

    def _stalled_after_s(self) -> float:
        recent = tuple(self._times)[-_RECENT:]
        longest = max((later - earlier for earlier, later in pairwise(recent)), default=0.0)
        return min(STALLED_AT_LAST_S, max(STALLED_AFTER_S, _INTERVALS * longest))
