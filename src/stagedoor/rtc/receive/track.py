"""One incoming stream: packets in, frames on the guest's clock out, with repair and key-frame requests."""

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiortc.rtp import RtcpReceiverInfo

from stagedoor.domain.errors import MediaError
from stagedoor.media.inspect import FrameInspector, Inspected
from stagedoor.media.key_frame_pace import KeyFramePace
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.rtp import payload_format
from stagedoor.rtc.receive.assembler import Assembler, Frame
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.receive.statistics import Rates, Statistics
from stagedoor.rtc.rtp import Rtp
from stagedoor.rtc.sdp.formats import Choice, sprop_parameter_sets

logger = logging.getLogger(__name__)

PATIENCE = {Kind.AUDIO: 0.150, Kind.VIDEO: 0.250}
"""Seconds that a missing packet is waited for on a short way."""
UNREPAIRED = 0.040
"""Seconds that missing sound is waited for where nobody sends it again: it may have been overtaken."""
SILENT_AFTER = 0.5
"""Seconds without a packet after which another SSRC may take a stream's place."""
KEY_FRAME_AGAIN = 0.5
"""Seconds from one request for a key frame to the next, until it comes; more where one took longer."""
TICK = 0.010
"""Seconds between looks at what is missing, while something is."""


@dataclass(frozen=True, slots=True)
class TrackReport:
    """What is known of one stream; see `ipc.messages.TrackStatus` for the units."""

    track: Track
    rates: Rates
    lost: int
    gaps: int
    frames: int
    jitter_ms: float
    last_frame: float | None


class TrackReceiver:
    """Takes the packets of one accepted section.

    Args:
        choice: The codec and payload types of the answer.
        clock: The guest's clock.
        deliver: Takes each packet; called on the loop.
    """

    def __init__(
        self,
        choice: Choice,
        clock: GuestClock,
        deliver: Callable[[Packet], None],
    ) -> None:
        self.choice = choice
        self.kind = choice.codec.kind
        self.ssrc: int | None = None
        self.last_report: tuple[int, float] | None = None
        self._clock = clock
        self._deliver = deliver
        self._format = payload_format(choice.codec)
        self._begin(None)
        self._gap = False
        self._heard = 0.0

    def _begin(self, ssrc: int | None) -> None:
        choice = self.choice
        self.ssrc = ssrc
        self.last_report = None
        is_sound = self.kind is Kind.AUDIO
        self._waits = choice.repairs or not is_sound
        self._assembler = Assembler(PATIENCE[self.kind] if self._waits else UNREPAIRED, each_packet=is_sound)
        self.statistics = Statistics(choice.clock_rate)
        channels = choice.format.channels if self.kind is Kind.AUDIO else 0
        self._inspector = FrameInspector(choice.codec, choice.clock_rate, channels)
        if choice.codec is Codec.H264 and (sets := sprop_parameter_sets(choice.format)):
            with contextlib.suppress(MediaError):
                self._inspector.prime(sets)
        self._track = Track(choice.codec, choice.clock_rate, channels=channels)
        self._wants_key = self.kind is Kind.VIDEO
        self._key_requested: float | None = None
        self._pace = KeyFramePace(KEY_FRAME_AGAIN)

    def bind(self, ssrc: int, now: float) -> bool:
        """Take `ssrc` for the stream from now on, and forget everything about the one before.

        Returns:
            False while the one before is still heard: of several streams of one section the first is taken.
        """
        if self.ssrc is not None:
            if now - self._heard < SILENT_AFTER:
                return False
            self._clock.restart(self.kind)
            self._begin(ssrc)
        self.ssrc = ssrc
        return True

    def packet(self, packet: Rtp, now: float) -> None:
        """Take a packet of the stream itself."""
        self._heard = now
        statistics, assembler = self.statistics, self._assembler
        frames = assembler.add(packet.sequence, packet.timestamp, packet.marker, packet.payload, now)
        statistics.packet(assembler.highest, packet.timestamp, len(packet.payload), now)
        for frame in frames:
            self._frame(frame, now)

    def repaired(self, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float) -> None:
        """Take a retransmitted packet (RFC 4588), its original sequence number restored."""
        for frame in self._assembler.add(sequence, timestamp, marker, payload, now):
            self._frame(frame, now)

    @property
    def needs_tick(self) -> bool:
        """Whether `tick` has something to wait for."""
        return self._assembler.has_holes or (self._wants_key and self.ssrc is not None)

    def tick(self, now: float) -> tuple[Sequence[int], bool]:
        """Give up on old holes; what to ask for now: missing sequence numbers, and whether a key frame."""
        for frame in self._assembler.expire(now):
            self._frame(frame, now)
        self.statistics.given_up = self._assembler.lost
        missing = self._assembler.to_request(now) if self._assembler.has_holes else ()
        return missing, self._key_frame_due(now)

    def adapt(self, round_trip: float) -> None:
        """Fit the requests for repair to the way's round trip, in seconds."""
        if self._waits:
            self._assembler.adapt(round_trip)

    def _key_frame_due(self, now: float) -> bool:
        if not self._wants_key or self.ssrc is None:
            return False
        if self._key_requested is not None and now - self._key_requested < self._pace.again_s:
            return False
        self._key_requested = now
        self._pace.asked(now)
        return True

    def _frame(self, frame: Frame, now: float) -> None:
        self._gap = self._gap or frame.gap
        try:
            inspected = self._inspector.inspect(self._format.join(frame.payloads))
        except MediaError as error:
            logger.debug("a frame of %s was dropped: %s", self.choice.codec, error.message)
            self._gap = True
            self._wants_key = self.kind is Kind.VIDEO
            return
        if not inspected.data:
            return
        if self.kind is Kind.VIDEO and not self._may_pass(inspected.key, now):
            self._clock.notice(self.kind, self.choice.clock_rate, frame.timestamp, frame.began)
            return
        self._track = inspected.track
        self._pass_on(frame, inspected, now)

    def _may_pass(self, is_key: bool, now: float) -> bool:
        """Nothing that depends on a lost frame leaves: after a gap only a key frame does."""
        if is_key:
            self._pace.came(now)
            self._wants_key, self._key_requested = False, None
            return True
        if self._gap:
            self._wants_key = True
        return not self._wants_key

    def _pass_on(self, frame: Frame, inspected: Inspected, now: float) -> None:
        rate, data = self.choice.clock_rate, inspected.data
        # A large frame takes long to come; its first packet says how long the way is.
        pts = self._clock.pts(self.kind, rate, frame.timestamp, frame.began)
        gap, self._gap = self._gap, False
        self.statistics.frame(now, gap=gap)
        self._deliver(
            Packet(self._track, data, pts, pts, inspected.duration, inspected.key, gap, frame.arrived)
        )

    def report_blocks(self, now: float) -> list[RtcpReceiverInfo]:
        """The stream's part of a receiver report; nothing before its first packet."""
        if self.ssrc is None:
            return []
        return [self.statistics.report_block(self.ssrc, self.last_report, now)]

    def report(self, now: float) -> TrackReport:
        """What is known now."""
        counted = self.statistics
        return TrackReport(
            self._track,
            counted.rates(now),
            self._assembler.lost,
            counted.gaps,
            counted.frames,
            counted.jitter_ms,
            counted.last_frame,
        )
