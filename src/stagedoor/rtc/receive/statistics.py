"""What is counted of one incoming stream, and its share of a receiver report (RFC 3550 section 6.4.1)."""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from aiortc.rtp import RtcpReceiverInfo

WINDOW = 2.0
"""Seconds over which rates and loss are reported."""


class _Sample(NamedTuple):
    when: float
    frames: int
    bytes: int
    given_up: int
    expected: int


class Interval(NamedTuple):
    """What came since the last look.

    Attributes:
        lost: Packets that are missing, or came only when asked for again.
        due: Packets that should have come.
        bytes: Payload that came.
        delay: Arrival minus time stamp of the fastest frame's first packet, in seconds with a constant error;
            None if nothing came.
    """

    lost: int
    due: int
    bytes: int
    delay: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Over the last two seconds: frames a second, bits a second, fraction of packets lost 0…1."""

    frame_rate: float
    bitrate: int
    loss: float


class Statistics:
    """Counters of one stream; `given_up` are the packets that never came, set by who waited for them."""

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self.received = 0
        self.bytes = 0
        self.frames = 0
        self.gaps = 0
        self.given_up = 0
        self.jitter = 0.0
        self.last_frame: float | None = None
        self._base: int | None = None
        self._highest = 0
        self._transit: float | None = None
        self._last_timestamp: int | None = None
        self._reported = (0, 0)
        self._interval = (0, 0, 0)
        self._fastest: float | None = None
        self._samples: deque[_Sample] = deque(maxlen=16)

    def packet(self, highest: int, timestamp: int, size: int, now: float) -> None:
        """Count a packet; `highest` is the extended highest sequence number so far."""
        self.received += 1
        self.bytes += size
        if self._base is None:
            self._base = highest
        self._highest = highest
        if timestamp != self._last_timestamp:
            self._last_timestamp = timestamp
            self._time(now * self._clock_rate - timestamp)

    def _time(self, transit: float) -> None:
        """Take the first packet of a frame: ticks from its time stamp to its arrival."""
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self._clock_rate:
                self.jitter += (change - self.jitter) / 16
            else:
                self._fastest = None
        self._transit = transit
        if self._fastest is None or transit < self._fastest:
            self._fastest = transit

    def frame(self, now: float, *, gap: bool) -> None:
        """Count a frame that was passed on."""
        self.frames += 1
        self.gaps += gap
        self.last_frame = now

    @property
    def highest(self) -> int:
        """The extended highest sequence number received."""
        return self._highest

    @property
    def expected(self) -> int:
        """Packets that should have come so far."""
        return 0 if self._base is None else self._highest - self._base + 1

    @property
    def lost(self) -> int:
        """Packets that did not come by themselves, repaired ones among them."""
        return max(0, self.expected - self.received)

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter in ms."""
        return round(self.jitter * 1000 / self._clock_rate, 1)

    def fraction_lost(self) -> int:
        """Fraction lost since the last call, in 1/256, for a report block."""
        expected, received = self._reported
        self._reported = (self.expected, self.received)
        due, got = self.expected - expected, self.received - received
        return 0 if due <= 0 else max(0, min(255, (due - got) * 256 // due))

    def report_block(self, ssrc: int, last_report: tuple[int, float] | None, now: float) -> RtcpReceiverInfo:
        """The stream's part of a receiver report.

        Args:
            ssrc: Of the stream.
            last_report: NTP time and arrival of the newest sender report.
            now: Of the same clock as the arrival.
        """
        lsr, dlsr = 0, 0
        if last_report is not None:
            ntp, when = last_report
            lsr, dlsr = (ntp >> 16) & 0xFFFFFFFF, min(int((now - when) * 65536), 0xFFFFFFFF)
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=self.fraction_lost(),
            packets_lost=min(self.lost, 0x7FFFFF),
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self.jitter),
            lsr=lsr,
            dlsr=dlsr,
        )

    def interval(self) -> Interval:
        """What came since the last call."""
        expected, received, size = self._interval
        self._interval = (self.expected, self.received, self.bytes)
        due, got = self.expected - expected, self.received - received
        fastest, self._fastest = self._fastest, None
        delay = None if fastest is None else fastest / self._clock_rate
        return Interval(max(0, due - got), due, self.bytes - size, delay)

    def sample(self, now: float) -> None:
        """Remember the counters; called about twice a second."""
        self._samples.append(_Sample(now, self.frames, self.bytes, self.given_up, self.expected))

    def rates(self, now: float) -> Rates:
        """Rates between now and the oldest sample of the window."""
        while len(self._samples) > 1 and now - self._samples[0].when > WINDOW + 0.25:
            self._samples.popleft()
        if not self._samples or now - self._samples[0].when < 0.2:
            return Rates(0.0, 0, 0.0)
        then = self._samples[0]
        span = now - then.when
        due = self.expected - then.expected
        loss = min(1.0, (self.given_up - then.given_up) / due) if due > 0 else 0.0
        return Rates(
            round((self.frames - then.frames) / span, 1),
            int((self.bytes - then.bytes) * 8 / span),
            round(loss, 4),
        )
