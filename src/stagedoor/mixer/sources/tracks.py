"""The tracks of an opened stream that are read, and when each of their packets and frames is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.stream import Disposition

from stagedoor.domain.errors import MediaError
from stagedoor.domain.media import MAX_PICTURE_PIXELS
from stagedoor.media.opus import CLOCK_RATE
from stagedoor.media.opus_sound import OpusSound
from stagedoor.mixer.sources.lost_sound import rebuilder
from stagedoor.precedence import aside

AnyPacket: TypeAlias = "av.Packet[av.stream.Stream]"
AnyFrame: TypeAlias = av.VideoFrame | av.AudioFrame

FURTHEST_S: Final = 1e10
"""A media time is no further from 0 than this; one that counts from 1970 is at 1.8e9."""
DECODABLE: Final = {"max_pixels": str(MAX_PICTURE_PIXELS)}
"""Of a decoder: what a picture says of its size is looked at before there is memory for it."""
_USUAL_RATE: Final = 25
"""Pictures a second of a stream that says nothing about time."""


@dataclass(slots=True)
class Track:
    """One track; times are seconds on the stream's own time line.

    What has no time of its own, as in a raw bit stream, follows on what was before it.

    Attributes:
        stream: What is read.
        opus: Decodes it in place of FFmpeg, where sound that was lost can be rebuilt.
    """

    stream: av.VideoStream | av.AudioStream
    opus: OpusSound | None = None
    _packet_s: float = 0.0
    _frame_s: float = 0.0

    @property
    def kind(self) -> str:
        """`video` or `audio`."""
        return self.stream.type

    @property
    def codec(self) -> str:
        """The codec's name, whatever decodes it."""
        return self.stream.codec_context.codec.canonical_name

    def packet_at(self, packet: AnyPacket) -> tuple[float, float, float]:
        """Return when a packet is shown, when it is decoded, and for how long it lasts.

        Raises:
            MediaError: Its time makes no sense.
        """
        base = packet.time_base or Fraction(0)
        lasts_s = float((packet.duration or 0) * base) or self._usual_s
        stamps = [stamp for stamp in (packet.pts, packet.dts) if stamp is not None]
        shown_s = float(stamps[0] * base) if stamps else self._packet_s
        if abs(shown_s) > FURTHEST_S:
            raise MediaError("its times make no sense", code="source_unreadable")
        self._packet_s = shown_s + lasts_s
        return shown_s, float(stamps[-1] * base) if stamps else shown_s, lasts_s

    def decode(self, packet: AnyPacket) -> Iterable[AnyFrame]:
        """Return what a packet makes; an empty one makes a decoder give what it still holds.

        Raises:
            MediaError: It makes no sense as Opus.
            av.error.FFmpegError: The same of other codecs.
        """
        if self.opus is None:
            with aside:
                return self.stream.codec_context.decode(packet)
        return self.opus.decode(bytes(packet), _samples_at(packet)) if packet.size else ()

    def rebuilt_s(self, packet: AnyPacket) -> float:
        """Return how much sound that was lost just before a packet is rebuilt when it is decoded next."""
        if self.opus is None:
            return 0.0
        return self.opus.rebuilt(bytes(packet), _samples_at(packet)) / CLOCK_RATE

    def flush(self) -> None:
        """Forget what came before: what is decoded next comes from somewhere else."""
        self.stream.codec_context.flush_buffers()
        if self.opus is not None:
            self.opus.flush()

    def last_packet(self) -> AnyPacket:
        """Return what makes a decoder give what it still holds."""
        packet = av.Packet()
        packet.stream = self.stream
        if self.stream.time_base is not None:
            packet.time_base = self.stream.time_base
        return packet

    def frame_at(self, frame: av.VideoFrame) -> float:
        """Return when a picture is shown."""
        stamp = frame.dts if frame.pts is None else frame.pts
        at_s = self._frame_s if stamp is None else float(stamp * (frame.time_base or Fraction(0)))
        self._frame_s = at_s + self._usual_s
        return at_s

    def begin(self, at_s: float) -> None:
        """Count from this time on what has no time of its own."""
        self._packet_s = self._frame_s = at_s

    @property
    def aspect(self) -> Fraction:
        """The width of its pixels divided by their height."""
        if not isinstance(self.stream, av.VideoStream):
            return Fraction(1)
        return self.stream.codec_context.sample_aspect_ratio or self.stream.sample_aspect_ratio or Fraction(1)

    @property
    def lasts_s(self) -> float:
        """How long one of its pictures is shown."""
        return self._usual_s

    @property
    def _usual_s(self) -> float:
        if not isinstance(self.stream, av.VideoStream):
            return 0.0
        return 1 / float(self.stream.guessed_rate or self.stream.average_rate or _USUAL_RATE)


def _samples_at(packet: AnyPacket) -> int | None:
    base = packet.time_base
    return None if packet.pts is None or base is None else round(packet.pts * base * CLOCK_RATE)


Tracks = dict[int, Track]


def tracks_of(container: InputContainer, *, low_delay: bool) -> Tracks:
    """Return the first track of each kind, by its index, with its decoder set up; cover art is none.

    Raises:
        MediaError: Its pictures are too large, as far as it says how large they are.
    """
    tracks: Tracks = {}
    for stream in container.streams:
        if not isinstance(stream, av.VideoStream | av.AudioStream) or stream.codec_context is None:
            continue
        if stream.type in kinds(tracks) or stream.disposition & Disposition.attached_pic:
            continue
        tracks[stream.index] = Track(stream, rebuilder(stream))
        # Threads of a decoder hold pictures back, and there are as many sources as there are cores.
        stream.codec_context.thread_count = 1
        if isinstance(stream, av.VideoStream):
            _bound(stream)
            if low_delay:
                stream.codec_context.flags |= Flags.low_delay
    return tracks


def _bound(stream: av.VideoStream) -> None:
    if stream.codec_context.width * stream.codec_context.height > MAX_PICTURE_PIXELS:
        raise too_large()
    stream.codec_context.options = DECODABLE


def too_large() -> MediaError:
    """Return what is said of a stream whose pictures are too large."""
    return MediaError("its pictures are too large", code="source_too_large")


def codecs(tracks: Tracks) -> dict[str, str]:
    """Return the codecs of these tracks by kind."""
    return {track.kind: track.codec for track in tracks.values()}


def kinds(tracks: Tracks) -> frozenset[str]:
    """Return which kinds of tracks these are."""
    return frozenset(track.kind for track in tracks.values())
