"""What flows: counters of one publisher's tracks, and rates out of them."""

from dataclasses import dataclass, field

from stagedoor.domain.session import STALLED_AFTER_MS
from stagedoor.ipc.messages import TrackState, TrackStatus
from stagedoor.media.packets import Kind, Packet, Track


@dataclass(slots=True)
class TrackFlow:
    """Counters of one track; the rates are those of the last `sample`.

    Attributes:
        kind: Sound or picture.
        track: The description in force; None before the first packet.
        frames: Packets passed on, in all.
        bytes: Their payload, in all.
        gaps: Packets that were marked as following a loss.
        last: When the newest came, seconds of `time.monotonic()`.
        frame_rate: Packets a second.
        bitrate: Bits a second.
    """

    kind: Kind
    track: Track | None = None
    frames: int = 0
    bytes: int = 0
    gaps: int = 0
    last: float = 0.0
    frame_rate: float = 0.0
    bitrate: int = 0
    _sampled: tuple[float, int, int] = (0.0, 0, 0)

    def count(self, packet: Packet) -> None:
        """Count one packet."""
        self.track = packet.track
        self.frames += 1
        self.bytes += len(packet.data)
        self.last = packet.arrived
        if packet.gap:
            self.gaps += 1

    def sample(self, now: float) -> None:
        """Work out the rates since the last call; calls less than half a second apart change nothing."""
        since, frames, size = self._sampled
        span = now - since
        if span < 0.5:
            return
        if since:
            self.frame_rate = (self.frames - frames) / span
            self.bitrate = round((self.bytes - size) * 8 / span)
        self._sampled = (now, self.frames, self.bytes)

    def age_ms(self, now: float) -> int | None:
        """Milliseconds since the newest packet; None before the first."""
        return None if self.track is None else max(0, round((now - self.last) * 1000))

    def state(self, now: float, *, off: bool = False) -> TrackState:
        """What the frames say; a track that is said to be `off` is never called stalled."""
        if self.track is None:
            return TrackState.OFF if off else TrackState.WAITING
        if off:
            return TrackState.OFF
        stalled = (now - self.last) * 1000 > STALLED_AFTER_MS
        return TrackState.STALLED if stalled else TrackState.LIVE

    def status(self, now: float, *, off: bool = False) -> TrackStatus:
        """What is known of it by the packets alone; it must have had one."""
        if self.track is None:
            raise ValueError("a track without packets has no status")
        return TrackStatus(
            kind=self.kind,
            codec=self.track.codec,
            state=self.state(now, off=off),
            width=self.track.width,
            height=self.track.height,
            channels=self.track.channels,
            frame_rate=round(self.frame_rate, 2),
            bitrate=self.bitrate,
            age_ms=self.age_ms(now),
            frames=self.frames,
            gaps=self.gaps,
        )


@dataclass(slots=True)
class Flow:
    """The two tracks of one publisher."""

    video: TrackFlow = field(default_factory=lambda: TrackFlow(Kind.VIDEO))
    audio: TrackFlow = field(default_factory=lambda: TrackFlow(Kind.AUDIO))

    @property
    def tracks(self) -> tuple[TrackFlow, ...]:
        """Those that have had a packet, picture first."""
        return tuple(flow for flow in (self.video, self.audio) if flow.track is not None)

    def sample(self, now: float) -> None:
        """Work out the rates of both."""
        self.video.sample(now)
        self.audio.sample(now)
