"""One clock for the tracks of a guest: RTP time stamps become times of one path.

Until both tracks have had a sender report (RFC 3550 section 6.4.1) a track's place on the path's time line is
the smallest difference between arrival and time stamp within the last minute. From then on it is what the sender's own
clock says, approached slowly: a correction never makes time run more than `SLEW` too fast or too slow, and
never backwards. Sound is the reference, so corrections are made to the picture. Time goes forward at once by
the first reports, and where a track has lost more than `HOLE` of its own time (a sound card that stopped for
a moment): two reports say so, and its frames come later by as much. Half a minute out of sync would be worse.

No two clocks run alike: what a sender's is too slow or too fast by adds up to seconds in a long show. So all of
a path follows, in step, how its reference arrives by this machine's clock, too slowly to be seen or heard.

All times are integers: nanoseconds inside, ticks of the track outside.
"""

from dataclasses import dataclass, field

from stagedoor.media.packets import Kind
from stagedoor.rtc.receive.reports import HOLE, SECOND, Reports, Verdict

SLEW = 5_000_000
"""Nanoseconds of correction in one second."""
LEAD = SECOND // 2
"""Where a path's time line begins, so that an early packet is not before its beginning."""
WINDOW = 30 * SECOND
"""The smallest difference is looked for in this one and the one before."""
DRIFT = SECOND // 2000
"""Nanoseconds in one second by which a path follows this machine's clock: more than clocks drift."""
DRIFTED = SECOND // 20
"""It does so where it is off by more: a way gets longer and shorter by less."""
LOST_TOUCH = 3 * SECOND
"""A time stamp this far from its arrival belongs to a new time line,"""
LASTS = SECOND
"""but only where frames are so late for this long: a line that stood still gives all that it held at once,"""
TOO_LATE = 10 * SECOND
"""or later than any line holds what it is to carry: then the sender slept."""


@dataclass(slots=True)
class TrackClock:
    """The time line of one stream.

    Attributes:
        offset: What is added to the stream's own time now, in ns.
        arrival_offset: What arrivals say it should be, those of the last half minute to a minute; None before the first.
        reports: What the sender says of its clock.
        may_leap: Whether it may go forward at once: by its first reports, and once it has lost time.
    """

    rate: int
    offset: int | None = None
    arrival_offset: int | None = None
    reports: Reports = field(default_factory=Reports)
    may_leap: bool = True
    last_pts: int = -1
    last_arrival: int = 0
    _first: int | None = field(default=None)
    _last: int = 0
    _window: int | None = None
    _window_before: int | None = None
    _window_since: int = 0
    _late_since: int | None = None

    def media_time(self, timestamp: int) -> int:
        """The stream's own time in ns, wraps undone; the first packet is at 0."""
        if self._first is None:
            self._first = self._last = timestamp + (1 << 32)
        number = self._last + ((timestamp - self._last + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        self._last = max(self._last, number)
        return (number - self._first) * SECOND // self.rate

    def arrived(self, by_arrival: int, arrival: int) -> None:
        """Take note of the offset that a frame's arrival speaks for."""
        if self._window is None or arrival - self._window_since >= WINDOW:
            self._window_before, self._window, self._window_since = self._window, by_arrival, arrival
        self._window = min(self._window, by_arrival)
        known = self._window if self._window_before is None else min(self._window, self._window_before)
        self.arrival_offset = known

    def has_lost_touch(self, by_arrival: int, arrival: int) -> bool:
        """Whether a frame is of a new time line; ask of each."""
        late = by_arrival - (self.offset or 0)
        if late <= LOST_TOUCH:
            self._late_since = None
            return late < -LOST_TOUCH
        if self._late_since is None:
            self._late_since = arrival
        return late > TOO_LATE or arrival - self._late_since >= LASTS

    def begin_anew(self, by_arrival: int) -> None:
        """Forget what arrivals said before; this is what they say now."""
        self.arrival_offset = self._window = by_arrival
        self._window_before = None


class GuestClock:
    """The clock that all tracks of one session share."""

    def __init__(self) -> None:
        self._tracks: dict[Kind, TrackClock] = {}
        self._origin: int | None = None
        self._ntp_to_path: int | None = None
        self._reference: Kind | None = None

    def restart(self, kind: Kind) -> None:
        """The stream of this kind is a new one (another SSRC): its time stamps begin anew."""
        old = self._tracks.pop(kind, None)
        if old is not None:
            self._tracks[kind] = TrackClock(old.rate, last_pts=old.last_pts)

    def pts(self, kind: Kind, rate: int, timestamp: int, arrived: float) -> int:
        """A packet's place on the path's time line, in ticks of its track; always later than the last.

        Args:
            kind: Sound or picture.
            rate: Ticks a second.
            timestamp: 32-bit RTP time stamp.
            arrived: Seconds of the monotonic clock.
        """
        arrival = int(arrived * SECOND)
        track, media, by_arrival = self._seen(kind, rate, timestamp, arrival)
        if track.offset is None:
            track.offset = self._target(track)
        elif track.has_lost_touch(by_arrival, arrival):
            self._anchor(kind, track, by_arrival)
        else:
            if kind is self._reference:
                self._follow(track, arrival)
            self._slew(track, arrival)
        track.last_arrival = arrival
        pts = (media + (track.offset or 0)) * rate // SECOND
        track.last_pts = max(pts, track.last_pts + 1, 0)
        return track.last_pts

    def notice(self, kind: Kind, rate: int, timestamp: int, arrived: float) -> None:
        """Learn the length of the way from a frame that goes no further, such as one before a key frame.

        Args:
            kind: Sound or picture.
            rate: Ticks a second.
            timestamp: 32-bit RTP time stamp.
            arrived: Seconds of the monotonic clock.
        """
        self._seen(kind, rate, timestamp, int(arrived * SECOND))

    def _seen(self, kind: Kind, rate: int, timestamp: int, arrival: int) -> tuple[TrackClock, int, int]:
        """The frame's track, its own time, and the offset that its arrival speaks for."""
        if self._origin is None:
            self._origin = arrival - LEAD
        track = self._tracks.get(kind)
        if track is None:
            track = self._tracks[kind] = TrackClock(rate)
        media = track.media_time(timestamp)
        by_arrival = arrival - self._origin - media
        track.arrived(by_arrival, arrival)
        track.reports.arrived(by_arrival - (by_arrival if track.offset is None else track.offset))
        return track, media, by_arrival

    def _anchor(self, kind: Kind, track: TrackClock, by_arrival: int) -> None:
        track.reports.forget()
        for each in self._tracks.values():
            each.may_leap = True
        if self._reference is kind:
            self._reference, self._ntp_to_path = None, None
        track.begin_anew(by_arrival)
        track.offset = self._target(track)

    def _target(self, track: TrackClock) -> int:
        by_arrival = track.arrival_offset or 0
        if track.reports.offset is None or self._ntp_to_path is None:
            return by_arrival
        wanted = track.reports.offset + self._ntp_to_path
        return wanted if abs(wanted - by_arrival) < LOST_TOUCH else by_arrival

    def _follow(self, reference: TrackClock, arrival: int) -> None:
        """Bring all tracks nearer to this machine's clock, where the sender's has gone away from it."""
        if self._ntp_to_path is None or reference.reports.offset is None:
            return
        wanted = (reference.arrival_offset or 0) - (reference.reports.offset + self._ntp_to_path)
        if abs(wanted) > DRIFTED:
            most = max(0, arrival - reference.last_arrival) * DRIFT // SECOND
            self._ntp_to_path += max(-most, min(most, wanted))

    def _slew(self, track: TrackClock, arrival: int) -> None:
        most = max(0, arrival - track.last_arrival) * SLEW // SECOND
        wanted = self._target(track) - (track.offset or 0)
        if track.reports.offset is not None and self._ntp_to_path is not None:
            if track.may_leap and wanted > HOLE:
                most = wanted
            track.may_leap = False
        track.offset = (track.offset or 0) + max(-most, min(most, wanted))

    def report(self, kind: Kind, rate: int, ntp: int, timestamp: int) -> None:
        """Take a sender report.

        Args:
            kind: Which stream it is of.
            rate: Ticks a second.
            ntp: 64-bit NTP time stamp; 0 from a sender that knows none (RFC 3550 section 6.4.1).
            timestamp: The RTP time stamp of the same moment.
        """
        if ntp == 0:
            return
        track = self._tracks.setdefault(kind, TrackClock(rate))
        before = track.reports.offset
        verdict = track.reports.take(ntp_ns(ntp) - track.media_time(timestamp))
        if verdict is Verdict.DOUBTED or track.reports.offset is None:
            return
        if verdict is Verdict.ANOTHER:
            self._forget_others(kind)
        track.may_leap = track.may_leap or verdict is Verdict.LOST
        is_better = self._reference is None or (kind is Kind.AUDIO and self._reference is not Kind.AUDIO)
        if is_better and track.offset is not None:
            self._refer_to(kind, track.offset - track.reports.offset)
        elif verdict is Verdict.EARLIER and self._reference is kind and self._ntp_to_path is not None:
            # The reference stays where it is: what was wrong is its relation to the sender's clock.
            self._ntp_to_path += (before or 0) - track.reports.offset

    def _refer_to(self, kind: Kind, ntp_to_path: int) -> None:
        """Have a track tell the others where they are; what was told them before may have been far off."""
        self._reference, self._ntp_to_path = kind, ntp_to_path
        for each, track in self._tracks.items():
            track.may_leap = track.may_leap or each is not kind

    def _forget_others(self, kind: Kind) -> None:
        """What the other track's reports said is of a clock that is no more."""
        self._reference, self._ntp_to_path = None, None
        for each, track in self._tracks.items():
            if each is not kind:
                track.reports.forget()
            if track.offset is not None:
                track.begin_anew(track.offset)

    def av_offset_ms(self) -> float | None:
        """Sound minus picture as they leave, by the sender's clock; None until both have had a report."""
        audio, video = self._tracks.get(Kind.AUDIO), self._tracks.get(Kind.VIDEO)
        if audio is None or video is None:
            return None
        if audio.reports.offset is None or video.reports.offset is None:
            return None
        audio_error = (audio.offset or 0) - audio.reports.offset
        video_error = (video.offset or 0) - video.reports.offset
        return round((audio_error - video_error) / 1_000_000, 1)


def ntp_ns(ntp: int) -> int:
    """A 64-bit NTP time stamp in ns."""
    return ntp * SECOND >> 32
