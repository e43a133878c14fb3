"""The playout delay: when a source's media time is due, for its picture and its sound together.

Each packet says by how much its media time lags behind this machine's clock when it arrives. The smallest
lag of the last ten seconds is the *base*: the way without waiting, which also follows a sender whose clock
drifts. What packets lag behind it is jitter, and the playout delay covers 99 % of that, and the time for
which pictures are then held back until they can be shown. The time line moves slowly enough to be followed by
resampling, and jumps only where sound and picture would otherwise be lost for long.
"""

import threading
from collections import deque
from typing import Final

SHORTEST_S: Final = 0.06
LONGEST_S: Final = 0.4
MARGIN_S: Final = 0.03
"""Added to the jitter: sound is read ahead by a block of 20 ms and the limiter's 3; the rest is decoding."""
SLEW: Final = 0.005
"""Seconds that the time line moves in a second, at most."""
JUMP_S: Final = 0.08
"""It jumps where it is off by more than this."""
_SLEW_IN_S: Final = 2.0
"""What it is off by goes with this time constant, so that small corrections are slow ones."""
_WINDOW_S: Final = 10
_QUANTILE: Final = 0.99
_JITTER_PACKETS: Final = 1024
_LOOK_AGAIN_S: Final = 0.1
_SETTLED_S: Final = 0.5
"""A cache's burst is over by then; until then the time line follows at once."""
_NEW_LINE_S: Final = 2.0
_APART_S: Final = 5.0
"""Sound and picture may be sent so far apart; farther, they are of two time lines."""
_BACKWARDS_S: Final = 1.0
"""Further back than this in media time is a new time line; frames that are reordered go back by less."""


class Playout:
    """The time line of one source; written by whoever takes its packets, read by picture and sound.

    All times are seconds, and those of the program are `time.monotonic()`'s. Thread-safe.

    Args:
        fixed_ms: A fixed playout delay; None lets it follow the jitter.
    """

    def __init__(self, fixed_ms: int | None) -> None:
        self._fixed_s = None if fixed_ms is None else fixed_ms / 1000
        self._held_s = 0.0
        self._lock = threading.Lock()
        self._line: _Line | None = None

    def fix(self, fixed_ms: int | None) -> None:
        """Use this fixed playout delay from now on; None lets it follow the jitter again."""
        with self._lock:
            self._fixed_s = None if fixed_ms is None else fixed_ms / 1000
            if self._line is not None:
                self._line.fixed_s = self._fixed_s

    def hold(self, held_s: float) -> None:
        """Allow from now on for pictures that can be shown only so long after they have come."""
        with self._lock:
            self._held_s = held_s
            if self._line is not None:
                self._line.held_s = held_s

    def arrived(self, media_s: float, now_s: float, kind: str) -> None:
        """Take note of a packet as it arrives; `kind` is its track's, `audio` or `video`."""
        with self._lock:
            if self._line is None or self._line.is_left_by(media_s, now_s - media_s, kind):
                self._line = _Line(media_s, now_s, self._fixed_s, self._held_s)
            self._line.add(media_s, now_s, kind)

    def offset(self, now_s: float) -> float:
        """Return program time minus media time as it is now; 0 before the first packet."""
        with self._lock:
            return self._line.offset(now_s) if self._line else 0.0

    @property
    def delay_ms(self) -> int:
        """The playout delay as it is now; 0 before the first packet."""
        with self._lock:
            return self._line.delay_ms if self._line else 0


class _Line:
    """One time line, from its first packet until the source begins another.

    Attributes:
        fixed_s: The fixed playout delay, or None.
        held_s: For how long pictures are held back after they have come.
    """

    def __init__(self, media_s: float, now_s: float, fixed_s: float | None, held_s: float) -> None:
        self.fixed_s = fixed_s
        self.held_s = held_s
        self._settled_s = now_s + _SETTLED_S
        self._newest_s: dict[str, float] = {}
        self._base_of: dict[str, _Smallest] = {}
        self._base = _Smallest(now_s - media_s)
        self._spared = _Smallest(media_s - now_s)
        self._lags: deque[tuple[float, float]] = deque(maxlen=_JITTER_PACKETS)
        self._look_s = self._moved_s = now_s
        self._target = self._offset = now_s - media_s

    @property
    def delay_ms(self) -> int:
        return round(max(0.0, self._offset - self._base.value) * 1000)

    def is_left_by(self, media_s: float, lag: float, kind: str) -> bool:
        """Tell whether a packet belongs to a time line that has nothing to do with this one."""
        base = self._base_of.get(kind)
        if base is None:
            return abs(lag - self._base.value) > _APART_S
        return (
            abs(lag - base.value) > _NEW_LINE_S
            or media_s < self._newest_s[kind] - _BACKWARDS_S
            or base.newest > base.value + LONGEST_S
        )

    def add(self, media_s: float, now_s: float, kind: str) -> None:
        lag = now_s - media_s
        self._newest_s[kind] = max(self._newest_s.get(kind, media_s), media_s)
        self._base_of.setdefault(kind, _Smallest(lag)).add(lag, now_s)
        self._base.add(lag, now_s)
        self._lags.append((now_s, lag - self._base.value))
        if now_s >= self._look_s or now_s < self._settled_s:
            self._look_s = now_s + _LOOK_AGAIN_S
            self._aim(now_s)

    def offset(self, now_s: float) -> float:
        passed, self._moved_s = max(0.0, now_s - self._moved_s), max(now_s, self._moved_s)
        off = self._target - self._offset
        too_long = self._offset - self._base.value - LONGEST_S > JUMP_S
        if now_s < self._settled_s or off > JUMP_S or (off < -JUMP_S and too_long):
            self._offset = self._target
        else:
            step = off * min(1.0, passed / _SLEW_IN_S)
            self._offset += max(-SLEW * passed, min(SLEW * passed, step))
        return self._offset

    def _aim(self, now_s: float) -> None:
        """Find where the time line should be; what was needed within the last ten seconds stays."""
        needed = self._base.value + self._needed_delay(now_s)
        if now_s < self._settled_s or self.fixed_s is not None:
            self._target = needed
            return
        self._spared.add(-needed, now_s)
        self._target = min(-self._spared.value, self._base.value + LONGEST_S)

    def _needed_delay(self, now_s: float) -> float:
        if self.fixed_s is not None:
            return self.fixed_s
        while now_s - self._lags[0][0] > _WINDOW_S:
            self._lags.popleft()
        lags = sorted(lag for _, lag in self._lags)
        jitter = lags[int(_QUANTILE * (len(lags) - 1))]
        return min(LONGEST_S, max(SHORTEST_S, jitter + MARGIN_S) + self.held_s)


class _Smallest:
    """The smallest value of the last ten seconds, in buckets of one second.

    Attributes:
        value: The smallest of all buckets.
        newest: The smallest of the last whole bucket.
    """

    def __init__(self, value: float) -> None:
        self.value = self.newest = value
        self._buckets: deque[float] = deque(maxlen=_WINDOW_S)
        self._second: int | None = None

    def add(self, value: float, now_s: float) -> None:
        second = int(now_s)
        if self._second is None or second > self._second:
            if self._buckets:
                self.newest = self._buckets[-1]
            self._second = second
            self._buckets.append(value)
        else:
            self._buckets[-1] = min(self._buckets[-1], value)
        self.value = min(self._buckets)
