"""A source's own packets as they came, for its recording: nothing is decoded for it, nothing waits for it."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from fractions import Fraction
from typing import Final, Protocol

import av

from stagedoor.domain.errors import MediaError
from stagedoor.media import adts
from stagedoor.media.h264 import length_prefixed_to_annexb, to_annexb
from stagedoor.media.inspect import FrameInspector
from stagedoor.media.packets import PASSED, Codec, Kind, Packet, Track
from stagedoor.media.records import parameter_sets
from stagedoor.mixer.sources.tracks import AnyPacket, Tracks

logger = logging.getLogger(__name__)

VIDEO_RATE: Final = 90_000
SAMPLE_RATE: Final = 48_000
"""Of sound whose own rate is not known yet."""
PICTURE_WITHIN_S: Final = 10.0
"""How long sound waits for the first key frame, so that both are in one piece."""
BACKWARDS_S: Final = 1.0
FORWARD_S: Final = 10.0
"""Where a track's time goes back or forward by more than this, another piece begins."""
TOGETHER_S: Final = 2.0
"""Within this time the other track's time follows, if it does."""
_RECORDED: Final = frozenset(Codec)
_LENGTHS_AT: Final = {Codec.H264: 4, Codec.H265: 21}
"""Where a decoder configuration record says how long the lengths of NAL units are (ISO/IEC 14496-15)."""


class Tap(Protocol):
    """Whoever may want a source's own packets; called by the source's thread."""

    @property
    def wanted(self) -> bool:
        """Whether it wants them now."""

    def began(self) -> Callable[[Packet], None]:
        """Be told that the source's stream was opened anew; returns what takes its packets."""

    def ended(self) -> None:
        """Be told that the stream is over."""


class OwnPackets:
    """Gives one opened stream's packets away in the form of `media.packets`, while they are wanted.

    A track whose codec cannot be recorded is left out.

    Args:
        tap: Who wants them.
        tracks: Of the stream.
        arrived_s: Says when a packet came, seconds of `time.monotonic()`.
    """

    def __init__(self, tap: Tap, tracks: Tracks, arrived_s: Callable[[], float]) -> None:
        self._tap = tap
        self._give = tap.began()
        self._arrived_s = arrived_s
        self._opened = tracks
        self._tracks: dict[int, _OwnTrack] | None = None
        self._has_picture = False
        self._failed = self._runs = False
        self._since_s = arrived_s()
        self._line = _Line()

    def take(self, raw: AnyPacket, media_s: float) -> None:
        """Take a packet that is shown at this media time, before anything decodes it."""
        if not self._tap.wanted:
            self._wait_for_key_frame()
            return
        if self._failed:
            return
        try:
            packet = self._packet(raw, media_s)
            if packet is not None and self._goes_on(packet) and self._may_begin(packet):
                self._give(replace(packet, arrived=self._arrived_s()))
        except MediaError as error:
            # What is broken in itself is left out; the next key frame mends it.
            logger.debug("A packet is not recorded: %s", error.message)
        except Exception:
            # A mistake of ours costs the recording of this stream, and never its picture.
            logger.exception("A source is not recorded any more")
            self._failed = True

    def _packet(self, raw: AnyPacket, media_s: float) -> Packet | None:
        """Return a packet in the form of ours; None where it is none to be recorded."""
        if self._tracks is None:
            # Not before anybody wants them: a mistake of ours here is no matter to anybody else.
            self._tracks = {
                index: made for index, each in self._opened.items() if (made := _made(each.stream))
            }
            self._has_picture = any(self._opened[index].kind == "video" for index in self._tracks)
        track = self._tracks.get(raw.stream.index)
        return None if track is None else track.packet(raw, media_s)

    def _goes_on(self, packet: Packet) -> bool:
        """Begin another stream where the times break off; returns whether a packet belongs to the newest."""
        match self._line.step(packet, self._arrived_s()):
            case _Step.BREAKS:
                self._tap.ended()
                self._give = self._tap.began()
                self._wait_for_key_frame()
                self._line.breaks(packet, self._arrived_s())
            case _Step.LAGS:
                return False
            case _Step.FOLLOWS:
                pass
        return True

    def _wait_for_key_frame(self) -> None:
        self._runs, self._since_s = False, self._arrived_s()

    def _may_begin(self, packet: Packet) -> bool:
        """Whether what is kept may begin with a packet, or has begun: pictures come first, if they come."""
        if not self._runs:
            is_picture = packet.track.kind is Kind.VIDEO
            waits = self._has_picture and self._arrived_s() - self._since_s < PICTURE_WITHIN_S
            self._runs = packet.key and (is_picture or not waits)
        return self._runs

    def close(self) -> None:
        """Say that the stream is over."""
        self._tap.ended()


class _Step(Enum):
    """How a packet's time lies to those before."""

    FOLLOWS = auto()
    BREAKS = auto()
    LAGS = auto()


class _Line:
    """Notices where a stream's times break off; a piece has one line of times, which only goes forward."""

    def __init__(self) -> None:
        self._lasts: dict[Kind, tuple[float, float]] = {}
        self._broke_s = float("-inf")
        self._moved: set[Kind] = set()

    def step(self, packet: Packet, arrived_s: float) -> _Step:
        """Look at the next packet, which came at this time of `time.monotonic()`.

        Tracks break off one after the other: what comes of another between is still of the time before.
        """
        kind, at_s = packet.track.kind, packet.dts / packet.track.clock_rate
        last_s, came_s = self._lasts.get(kind, (at_s, arrived_s))
        self._lasts[kind] = at_s, arrived_s
        # A stream that paused goes on with the time that it is then.
        is_even = -BACKWARDS_S <= at_s - last_s <= FORWARD_S + arrived_s - came_s
        if kind in self._moved or arrived_s - self._broke_s > TOGETHER_S:
            return _Step.FOLLOWS if is_even else _Step.BREAKS
        if is_even:
            return _Step.LAGS
        self._moved.add(kind)
        return _Step.FOLLOWS

    def breaks(self, packet: Packet, arrived_s: float) -> None:
        """Say that with a packet another piece begins."""
        self._broke_s, self._moved = arrived_s, {packet.track.kind}


class _OwnTrack:
    """One track that is recorded as it is: what FFmpeg gives."""

    def __init__(self, track: Track) -> None:
        self._track = track

    def packet(self, raw: AnyPacket, media_s: float) -> Packet | None:
        """Return a packet in the form of ours; None where there is nothing in it to keep."""
        return self._timed(raw, media_s, bytes(raw), raw.is_keyframe)

    def _timed(self, raw: AnyPacket, media_s: float, data: bytes, key: bool, lasts: int = 0) -> Packet | None:
        rate, base = self._track.clock_rate, raw.time_base or Fraction(0)
        pts = round(media_s * rate)
        if pts < 0:
            return None
        later = 0 if raw.pts is None or raw.dts is None else round((raw.pts - raw.dts) * base * rate)
        duration = lasts or round((raw.duration or 0) * base * rate)
        return Packet(self._track, data, pts, pts - later, duration, key)


class _InspectedTrack(_OwnTrack):
    """One whose frames say themselves what they are, in whatever form the container carries them."""

    def __init__(self, track: Track, extradata: bytes) -> None:
        super().__init__(track)
        self._inspector = FrameInspector(track.codec, track.clock_rate, track.channels)
        self._length_size = 0
        self._learn(extradata)

    def packet(self, raw: AnyPacket, media_s: float) -> Packet | None:
        """See `_OwnTrack.packet`."""
        if raw.has_sidedata("new_extradata"):
            self._learn(bytes(raw.get_sidedata("new_extradata")))
        data = bytes(raw)
        if self._length_size:
            data = length_prefixed_to_annexb(data, self._length_size)
        seen = self._inspector.inspect(data)
        if not seen.data:
            return None
        self._track = seen.track
        return self._timed(raw, media_s, seen.data, seen.key, seen.duration)

    def _learn(self, extradata: bytes) -> None:
        """Take note of what comes outside the frames: parameter sets, and the form of NAL units."""
        at = _LENGTHS_AT.get(self._track.codec)
        if at is None or len(extradata) <= at:
            return
        is_annexb = extradata.startswith((b"\0\0\1", b"\0\0\0\1"))
        self._length_size = 0 if is_annexb else (extradata[at] & 3) + 1
        sets = extradata if is_annexb else to_annexb(parameter_sets(extradata, self._track.codec))
        # Sets that cannot be read may still come within the frames.
        with contextlib.suppress(MediaError):
            self._inspector.prime(sets)


class _AacTrack(_OwnTrack):
    """AAC, whose frames may have headers, which then say what its record would."""

    def packet(self, raw: AnyPacket, media_s: float) -> Packet | None:
        """See `_OwnTrack.packet`."""
        data = bytes(raw)
        if adts.is_adts(data):
            config, data = adts.unwrap(data)
            if config != self._track.extradata:
                self._track = replace(self._track, extradata=config)
        return self._timed(raw, media_s, data, True)


def can_record(codec: str) -> bool:
    """Tell whether a piece can have a track of this codec, by FFmpeg's name."""
    return codec in _RECORDED


def _made(stream: "av.VideoStream | av.AudioStream") -> _OwnTrack | None:
    context = stream.codec_context
    name = context.codec.canonical_name
    if not can_record(name):
        return None
    codec, extradata = Codec(name), bytes(context.extradata or b"")
    if isinstance(context, av.VideoCodecContext):
        if codec in PASSED:
            return _InspectedTrack(Track(codec, VIDEO_RATE), extradata)
        if codec is Codec.PRORES:
            extradata = context.codec_tag.encode()
        return _OwnTrack(Track(codec, VIDEO_RATE, context.width, context.height, extradata=extradata))
    rate, channels = context.sample_rate or SAMPLE_RATE, context.channels or 2
    if codec is Codec.OPUS:
        return _InspectedTrack(Track(codec, SAMPLE_RATE, channels=channels), b"")
    kind = _AacTrack if codec is Codec.AAC else _OwnTrack
    return kind(Track(codec, rate, channels=channels, extradata=extradata))
