"""Arithmetic of sequence numbers: unwrapping, holes, and the numbers that a subscriber sees."""

import secrets
from collections import deque

MOST_HOLES = 512
"""Packets that may be missing at once; a longer jump is a new beginning."""
FIRST_ASKED_AFTER = 0.01
ASKED_AGAIN_AFTER = 0.06
GIVEN_UP_AFTER = 0.5
"""Seconds after which a hole is left as it is."""
_SEGMENTS = 32


class Unwrapper:
    """Makes 16-bit sequence numbers into ones that never wrap."""

    def __init__(self) -> None:
        self._last: int | None = None

    def unwrap(self, sequence: int) -> int:
        """The extended number closest to the last one."""
        if self._last is None:
            self._last = sequence + (1 << 16)
            return self._last
        step = (sequence - self._last) & 0xFFFF
        extended = self._last + (step if step < 0x8000 else step - 0x10000)
        self._last = max(self._last, extended)
        return extended


class Holes:
    """What of one incoming stream is missing, and when to ask for it again."""

    def __init__(self) -> None:
        self.highest: int | None = None
        self._missing: dict[int, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        return bool(self._missing)

    def add(self, extended: int, now: float) -> bool:
        """Note a packet; False if it was there before, or nobody waits for it any more."""
        if self.highest is None:
            self.highest = extended
            return True
        if extended <= self.highest:
            return self._missing.pop(extended, None) is not None
        if extended - self.highest > MOST_HOLES:
            self._missing.clear()
        else:
            for number in range(self.highest + 1, extended):
                self._missing[number] = (now, now + FIRST_ASKED_AFTER)
        self.highest = extended
        while len(self._missing) > MOST_HOLES:
            del self._missing[next(iter(self._missing))]
        return True

    def due(self, now: float) -> list[int]:
        """The numbers to ask for now, in order; old ones are given up."""
        wanted = []
        for number, (since, ask_at) in list(self._missing.items()):
            if now - since > GIVEN_UP_AFTER:
                del self._missing[number]
            elif now >= ask_at:
                self._missing[number] = (since, now + ASKED_AGAIN_AFTER)
                wanted.append(number)
        return sorted(wanted)


class Sequencer:
    """Turns a source's numbers and time stamps into a subscription's, which go on when the source changes."""

    def __init__(self) -> None:
        self._highest_out = secrets.randbits(15)
        self._highest_in = 0
        self._segments: deque[tuple[int, int]] = deque(maxlen=_SEGMENTS)
        self._timestamps = 0
        self._last_timestamp: int | None = None

    def begin(self, extended: int, timestamp: int, elapsed: int, *, hole: bool = False) -> None:
        """A source begins with this packet.

        Args:
            extended: Its number.
            timestamp: Its RTP time stamp.
            elapsed: Ticks since the last packet of the source before.
            hole: Whether a number is left out.
        """
        self._highest_out += hole
        self._segments.clear()
        self._segments.append((extended, self._highest_out + 1 - extended))
        self._highest_in = extended - 1
        if self._last_timestamp is None:
            self._timestamps = secrets.randbits(31)
        else:
            self._timestamps = self._last_timestamp + elapsed - timestamp

    def number(self, extended: int) -> int | None:
        """What the subscriber sees for a number; None for what was before its time."""
        offset = next((offset for first, offset in reversed(self._segments) if extended >= first), None)
        if offset is None:
            return None
        self._highest_in = max(self._highest_in, extended)
        self._highest_out = max(self._highest_out, extended + offset)
        return (extended + offset) & 0xFFFF

    def insert(self) -> int:
        """A number for a packet of ours, after everything so far."""
        _first, offset = self._segments[-1]
        self._highest_out += 1
        self._segments.append((self._highest_in + 1, offset + 1))
        return self._highest_out & 0xFFFF

    def timestamp(self, timestamp: int) -> int:
        """What the subscriber sees for a time stamp."""
        self._last_timestamp = (timestamp + self._timestamps) & 0xFFFFFFFF
        return self._last_timestamp

    def peek_timestamp(self, timestamp: int) -> int:
        """The same, for a report."""
        return (timestamp + self._timestamps) & 0xFFFFFFFF

    @property
    def last_timestamp(self) -> int:
        """Of the newest packet."""
        return self._last_timestamp or 0
