"""Puts RTP packets in order and releases each frame with its last packet; says what is missing."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

CAPACITY = 2048
"""Packets kept behind a hole; more than that is a new beginning."""
FRAME_MOST = 4096
"""Packets of one frame; more than that is no frame."""
NACK_AFTER = 0.010
NACK_AGAIN = 0.060
"""Seconds from the discovery of a hole to the first request, and from one to the next on a short way."""
NACK_MOST = 200
"""Sequence numbers in one request, so that it fits into a packet."""
ROUNDS = 2.5
"""Round trips that a missing packet is waited for at least: time for a second request."""
PATIENCE_MOST = 0.6
"""Seconds that it is waited for at most, however long the way."""


class Frame(NamedTuple):
    """The payloads of one frame in order.

    Attributes:
        timestamp: The RTP time stamp as sent, 32 bits.
        began: When its first packet came, seconds of the monotonic clock.
        arrived: When its last packet came.
        gap: Something between the frame before and this one was lost for good.
    """

    payloads: list[bytes]
    timestamp: int
    began: float
    arrived: float
    gap: bool


class _Waiting(NamedTuple):
    timestamp: int
    marker: bool
    payload: bytes
    arrived: float


class Assembler:
    """One per stream.

    A frame ends with the marker bit, or where the time stamp changes. A hole that is not repaired within
    `patience` is given up: the frames that it touches are dropped, the next one carries `gap`.

    Args:
        patience: Seconds to wait for a missing packet, more on a long way.
        each_packet: Every packet is a frame of its own (sound).
    """

    def __init__(self, patience: float, *, each_packet: bool) -> None:
        self._least_patience = self._patience = patience
        self._again = NACK_AGAIN
        self._each_packet = each_packet
        self._next: int | None = None
        self._highest = 0
        self._waiting: dict[int, _Waiting] = {}
        self._missing: dict[int, tuple[float, float]] = {}
        self._payloads: list[bytes] = []
        self._timestamp: int | None = None
        self._began = 0.0
        self._damaged: int | None = None
        self._gap = False
        self.lost = 0
        self.late = 0

    def adapt(self, round_trip: float) -> None:
        """Ask no faster than an answer can come, and wait for it; `round_trip` in seconds."""
        self._again = max(NACK_AGAIN, round_trip * 1.1)
        self._patience = max(self._least_patience, min(PATIENCE_MOST, ROUNDS * round_trip))

    @property
    def has_holes(self) -> bool:
        """Whether a packet is being waited for."""
        return bool(self._missing)

    @property
    def highest(self) -> int:
        """The highest sequence number, extended beyond 16 bits (RFC 3550 appendix A.1)."""
        return self._highest

    def add(self, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float) -> Sequence[Frame]:
        """Take one packet; the frames that it completes, usually none or one."""
        number = self._extend(sequence)
        if number == self._next and not self._waiting:
            self._next = number + 1
            return self._take(timestamp, marker, payload, now)
        return self._add_out_of_order(number, _Waiting(timestamp, marker, payload, now), now)

    def _extend(self, sequence: int) -> int:
        if self._next is None:
            self._next = self._highest = sequence + 0x10000
            return self._next
        number = self._highest + ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
        if number == self._highest + 1:
            self._highest = number
        return number

    def _add_out_of_order(self, number: int, packet: _Waiting, now: float) -> Sequence[Frame]:
        expected = self._next or 0
        if abs(number - expected) > CAPACITY:
            self._begin_anew(number)
            self._waiting[number] = packet
            return self._drain()
        if number < expected or number in self._waiting:
            self.late += number < expected
            return ()
        self._waiting[number] = packet
        self._missing.pop(number, None)
        for missing in range(self._highest + 1, number):
            self._missing[missing] = (now, now + NACK_AFTER)
        self._highest = max(self._highest, number)
        return self._drain() if number == expected else ()

    def _begin_anew(self, number: int) -> None:
        self._waiting.clear()
        self._missing.clear()
        self._drop_partial()
        self._next = self._highest = number
        self._gap = True

    def _drain(self) -> list[Frame]:
        frames: list[Frame] = []
        while self._next is not None and (packet := self._waiting.pop(self._next, None)) is not None:
            self._next += 1
            frames += self._take(*packet)
        return frames

    def _take(self, timestamp: int, marker: bool, payload: bytes, now: float) -> Sequence[Frame]:
        """The next packet in order."""
        if not payload:
            return ()
        if timestamp == self._damaged:
            return ()
        if self._each_packet:
            self._began = now
            return (self._release([payload], timestamp, now),)
        ended: list[Frame] = []
        if timestamp != self._timestamp and self._payloads:
            ended.append(self._release(self._payloads, self._timestamp or 0, now))
            self._payloads = []
        self._timestamp = timestamp
        if len(self._payloads) >= FRAME_MOST:
            self._drop_partial()
            self._damaged, self._gap = timestamp, True
            return ended
        if not self._payloads:
            self._began = now
        self._payloads.append(payload)
        if marker:
            ended.append(self._release(self._payloads, timestamp, now))
            self._payloads = []
        return ended

    def _release(self, payloads: list[bytes], timestamp: int, now: float) -> Frame:
        gap, self._gap, self._damaged = self._gap, False, None
        return Frame(payloads, timestamp, self._began, now, gap)

    def _drop_partial(self) -> None:
        self._payloads, self._timestamp = [], None

    def expire(self, now: float) -> list[Frame]:
        """Give up on what has been missing for too long; the frames that this sets free."""
        frames: list[Frame] = []
        while self._next is not None and self._waiting and self._next in self._missing:
            if now - self._missing[self._next][0] < self._patience:
                break
            first = min(self._waiting)
            for number in range(self._next, first):
                self._missing.pop(number, None)
            self.lost += first - self._next
            self._next = first
            self._gap = True
            if not self._each_packet:
                self._drop_partial()
                self._damaged = self._waiting[first].timestamp
            frames += self._drain()
        return frames

    def to_request(self, now: float) -> list[int]:
        """The 16-bit sequence numbers to ask for again now (RFC 4585 section 6.2.1)."""
        found = (number for number, (_, when) in self._missing.items() if when <= now)
        due = list(islice(found, NACK_MOST))
        for number in due:
            self._missing[number] = (self._missing[number][0], now + self._again)
        return [number & 0xFFFF for number in due]
