"""One reader's container."""

from enum import StrEnum
from typing import Final, Protocol

from stagedoor.domain.errors import MediaError, NegotiationError
from stagedoor.media.flv import FLV_CODECS, FlvWriter, flv_header, serialize
from stagedoor.media.mux.matroska import MatroskaWriter
from stagedoor.media.mux.mime import codecs_parameter
from stagedoor.media.mux.mp4 import FragmentWriter
from stagedoor.media.mux.mpegts import TransportWriter
from stagedoor.media.mux.nut import NutWriter
from stagedoor.media.packets import PASSED, Codec, Kind, Packet, Track
from stagedoor.media.records import configuration


class Container(StrEnum):
    """What a path is read in; the values are the endings of its addresses."""

    NUT = "nut"
    MKV = "mkv"
    TS = "ts"
    FLV = "flv"
    MP4 = "mp4"

    @property
    def content_type(self) -> str:
        """The media type of a response."""
        return _CONTENT_TYPES[self]

    @property
    def codecs(self) -> frozenset[Codec]:
        """What it can carry."""
        return _CODECS[self]


_CONTENT_TYPES: Final = {
    Container.NUT: "video/x-nut",
    Container.MKV: "video/x-matroska",
    Container.TS: "video/mp2t",
    Container.FLV: "video/x-flv",
    Container.MP4: "video/mp4",
}
_CODECS: Final = {
    Container.NUT: PASSED,
    Container.MKV: frozenset(Codec),
    Container.TS: frozenset({Codec.H264, Codec.H265, Codec.OPUS, Codec.AAC}),
    Container.FLV: FLV_CODECS,
    Container.MP4: PASSED - {Codec.VP8},
}
_NO_RECORD_NEEDED: Final = frozenset({Container.NUT, Container.TS})


class Writer(Protocol):
    """What each container's own file provides."""

    def header(self) -> bytes:
        """Return what comes before the first packet."""

    def write(self, packet: Packet) -> bytes:
        """Return what can go out once this packet is there."""

    def close(self) -> bytes:
        """Return what was held back, and the end."""


class FlvStream:
    """FLV as a container; the tags are `media.flv`'s."""

    def __init__(self, video: Track | None, audio: Track | None) -> None:
        self._video, self._audio = video is not None, audio is not None
        self._writer = FlvWriter(video, audio)

    def header(self) -> bytes:
        """Return the file header, the metadata and the sequence headers."""
        start = b"".join(serialize(tag) for tag in self._writer.start())
        return flv_header(video=self._video, audio=self._audio) + start

    def write(self, packet: Packet) -> bytes:
        """Return the packet's tags."""
        return b"".join(serialize(tag) for tag in self._writer.tags(packet))

    def close(self) -> bytes:
        """Return nothing: a stream ends where it ends."""
        return b""


class Muxer:
    """Turns the packets of a path into one container's bytes.

    The header comes with the first packet that can be shown: video starts at a key frame, and nothing starts
    before the parameters of all tracks are known, where the container puts them first. Packets of a kind that
    was not named are left out. A size change goes through.

    Args:
        container: Which.
        video: The track as it is known; None for a reader without picture.
        audio: The same for sound.

    Raises:
        NegotiationError: the container cannot carry one of the codecs, or there is no track.
    """

    def __init__(self, container: Container, video: Track | None, audio: Track | None) -> None:
        self._container = container
        self._tracks = {track.kind: track for track in (video, audio) if track is not None}
        if not self._tracks:
            raise NegotiationError("there is neither picture nor sound to read")
        for track in self._tracks.values():
            if track.codec not in container.codecs:
                raise NegotiationError(f"{container} cannot carry {track.codec}")
        self._writer: Writer | None = None
        self._video_runs = False

    @property
    def content_type(self) -> str:
        """The media type; for MP4 with the codecs, as Media Source wants it."""
        names = [codecs_parameter(track) for track in self._tracks.values()]
        if self._container is not Container.MP4 or not all(names):
            return self._container.content_type
        return f'{self._container.content_type}; codecs="{",".join(names)}"'

    def write(self, packet: Packet) -> bytes:
        """Return what can be sent now; empty while nothing can be shown yet.

        Raises:
            MediaError: the codec of a track changed: the reader has to come anew.
        """
        kind = packet.track.kind
        known = self._tracks.get(kind)
        if known is None or (kind is Kind.VIDEO and not (self._video_runs or packet.key)):
            return b""
        if packet.track is not known:
            if packet.track.codec is not known.codec:
                raise MediaError(f"the codec changed from {known.codec} to {packet.track.codec}")
            self._tracks[kind] = packet.track
        head = b""
        if self._writer is None:
            if not self._ready():
                return b""
            self._writer = self._open()
            head = self._writer.header()
        self._video_runs = self._video_runs or kind is Kind.VIDEO
        body = self._writer.write(packet)
        return head + body if head else body

    def close(self) -> bytes:
        """Return what was held back."""
        return self._writer.close() if self._writer else b""

    def _ready(self) -> bool:
        if self._container in _NO_RECORD_NEEDED:
            return True
        return all(track.codec is Codec.VP8 or configuration(track) for track in self._tracks.values())

    def _open(self) -> Writer:
        tracks = list(self._tracks.values())
        match self._container:
            case Container.NUT:
                return NutWriter(tracks)
            case Container.MKV:
                return MatroskaWriter(tracks)
            case Container.TS:
                return TransportWriter(tracks)
            case Container.FLV:
                return FlvStream(self._tracks.get(Kind.VIDEO), self._tracks.get(Kind.AUDIO))
            case Container.MP4:
                return FragmentWriter(tracks)
