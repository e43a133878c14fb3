"""FLV tags, which are RTMP's messages too (Adobe, "Video File Format Specification", version 10.1, annex E).

H.264 and AAC are written as every reader knows them; H.265, VP9, AV1 and Opus by the four-character codes of
Enhanced RTMP version 2 (Veovera, "ExVideoTagHeader" and "ExAudioTagHeader").
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from stagedoor.domain.errors import MediaError, NegotiationError
from stagedoor.media.amf import EcmaArray, Value, encode_values
from stagedoor.media.h264 import annexb_to_length_prefixed
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.records import configuration

FLV_CODECS: Final = frozenset({Codec.H264, Codec.H265, Codec.VP9, Codec.AV1, Codec.AAC, Codec.OPUS})
"""What FLV and RTMP can carry."""

_FOURCC: Final = {Codec.H265: b"hvc1", Codec.VP9: b"vp09", Codec.AV1: b"av01", Codec.OPUS: b"Opus"}
_AVC_ID, _AAC_ID, _EX_AUDIO_ID = 7, 10, 9
_AAC_TAG: Final = 0xAF
"""AAC; the rate, size and channel bits are constants that readers ignore (E.4.2.1)."""
_VPCC_VERSION: Final = b"\1\0\0\0"
"""FFmpeg and MediaMTX keep the version and flags of the vpcC box before its record."""
_EX_VIDEO: Final = 0x80
_KEY_FRAME, _INTER_FRAME = 0x10, 0x20
_SEQUENCE_START, _CODED_FRAMES, _CODED_FRAMES_X = 0, 1, 3


class TagType(IntEnum):
    """The kind of a tag; the same numbers are RTMP's message types."""

    AUDIO = 8
    VIDEO = 9
    SCRIPT = 18


@dataclass(frozen=True, slots=True)
class FlvTag:
    """One tag: its body, and when it is decoded.

    Attributes:
        type: Sound, picture or metadata.
        timestamp_ms: Decoding time in milliseconds; written modulo 2**32.
        payload: The body.
    """

    type: TagType
    timestamp_ms: int
    payload: bytes


def flv_header(*, video: bool, audio: bool) -> bytes:
    """Return the file header and the zero size of the tag before the first (E.2, E.3)."""
    return struct.pack(">3sBBII", b"FLV", 1, (4 if audio else 0) | (1 if video else 0), 9, 0)


def serialize(tag: FlvTag) -> bytes:
    """Return the tag as it stands in a file, with the size that follows it (E.4.1)."""
    size, time = len(tag.payload), tag.timestamp_ms & 0xFFFFFFFF
    head = struct.pack(">IIHB", tag.type << 24 | size, (time & 0xFFFFFF) << 8 | time >> 24, 0, 0)
    return b"".join((head, tag.payload, struct.pack(">I", size + 11)))


def milliseconds(ticks: int, clock_rate: int) -> int:
    """Return the nearest millisecond; from the ticks each time, so that no error adds up."""
    return (2000 * ticks + clock_rate) // (2 * clock_rate)


class FlvWriter:
    """Turns the packets of a path into tags.

    Video starts at its first key frame; a packet before the origin is left out. Decoding times of a track
    never go back.

    Args:
        video: The track as it is known so far; None where there is no picture (yet).
        audio: The same for sound.
        origin_ms: The time of the path that becomes 0.

    Raises:
        NegotiationError: FLV has no way to carry the codec.
    """

    def __init__(self, video: Track | None, audio: Track | None, *, origin_ms: int = 0) -> None:
        for track in (video, audio):
            if track is not None and track.codec not in FLV_CODECS:
                raise NegotiationError(f"FLV and RTMP cannot carry {track.codec}")
        self._first = {Kind.VIDEO: video, Kind.AUDIO: audio}
        self._announced: dict[Kind, bytes] = {}
        self._track: dict[Kind, Track] = {}
        self._last: dict[Kind, int] = {}
        self._origin = origin_ms

    def start(self) -> list[FlvTag]:
        """Return the metadata, and the sequence header of each track that is known."""
        video, audio = self._first[Kind.VIDEO], self._first[Kind.AUDIO]
        metadata = encode_values("onMetaData", EcmaArray(_metadata(video) | _metadata(audio)))
        tags = [FlvTag(TagType.SCRIPT, 0, metadata)]
        for track in (video, audio):
            if track is not None:
                tags += self._announce(track, 0)
        return tags

    def tags(self, packet: Packet) -> list[FlvTag]:
        """Return the tags of one packet: a new sequence header where its track changed, then the frame.

        Raises:
            MediaError: the track has another codec than it began with.
        """
        track, kind = packet.track, packet.track.kind
        time = milliseconds(packet.dts, track.clock_rate) - self._origin
        shown = milliseconds(packet.pts, track.clock_rate) - self._origin
        if shown < 0 or (kind not in self._last and not packet.key):
            return []
        time = max(time, self._last.get(kind, 0))
        tags = self._announce(track, time) if packet.key else []
        if kind not in self._announced:
            return []
        self._last[kind] = time
        payload = _audio_body(packet) if kind is Kind.AUDIO else _video_body(packet, shown - time)
        tags.append(FlvTag(TagType.AUDIO if kind is Kind.AUDIO else TagType.VIDEO, time, payload))
        return tags

    def _announce(self, track: Track, time: int) -> list[FlvTag]:
        """Return a sequence header unless the reader has it already."""
        before = self._track.get(track.kind)
        if before is track:
            return []
        if before is not None and before.codec is not track.codec:
            raise MediaError(f"the codec changed from {before.codec} to {track.codec}")
        record = configuration(track)
        if not record:
            return []
        self._track[track.kind] = track
        known = self._announced.get(track.kind)
        # VP9's record differs by level only, and a second one within two seconds makes MediaMTX hang up.
        if known == record or (known and track.codec is Codec.VP9):
            return []
        self._announced[track.kind] = record
        return [_sequence_header(track, time, record)]


def _metadata(track: Track | None) -> dict[str, Value]:
    if track is None:
        return {}
    fourcc = _FOURCC.get(track.codec)
    if track.kind is Kind.VIDEO:
        code = float(int.from_bytes(fourcc, "big") if fourcc else _AVC_ID)
        size: dict[str, Value] = {"width": track.width, "height": track.height} if track.width else {}
        return size | {"videocodecid": code}
    code = float(int.from_bytes(fourcc, "big") if fourcc else _AAC_ID)
    return {
        "audiocodecid": code,
        "audiosamplerate": track.clock_rate,
        "audiochannels": track.channels,
        "stereo": track.channels == 2,
    }


def _sequence_header(track: Track, time: int, record: bytes) -> FlvTag:
    fourcc = _FOURCC.get(track.codec)
    if track.kind is Kind.AUDIO:
        head = bytes((_EX_AUDIO_ID << 4 | _SEQUENCE_START,)) + fourcc if fourcc else bytes((_AAC_TAG, 0))
        return FlvTag(TagType.AUDIO, time, head + record)
    if fourcc:
        head = bytes((_EX_VIDEO | _KEY_FRAME | _SEQUENCE_START,)) + fourcc
        if track.codec is Codec.VP9:
            head += _VPCC_VERSION
    else:
        head = bytes((_KEY_FRAME | _AVC_ID, 0, 0, 0, 0))
    return FlvTag(TagType.VIDEO, time, head + record)


def _audio_body(packet: Packet) -> bytes:
    fourcc = _FOURCC.get(packet.track.codec)
    if fourcc:
        return bytes((_EX_AUDIO_ID << 4 | _CODED_FRAMES,)) + fourcc + packet.data
    return bytes((_AAC_TAG, 1)) + packet.data


def _video_body(packet: Packet, offset_ms: int) -> bytes:
    """`offset_ms` is the composition time: how much later than it is decoded a frame is shown (E.4.3.2)."""
    frame = _KEY_FRAME if packet.key else _INTER_FRAME
    composition = (offset_ms & 0xFFFFFF).to_bytes(3, "big")
    match packet.track.codec:
        case Codec.H264:
            head = bytes((frame | _AVC_ID, 1)) + composition
            return head + annexb_to_length_prefixed(packet.data)
        case Codec.H265 if offset_ms:
            head = bytes((_EX_VIDEO | frame | _CODED_FRAMES,)) + b"hvc1" + composition
            return head + annexb_to_length_prefixed(packet.data)
        case Codec.H265:
            return (
                bytes((_EX_VIDEO | frame | _CODED_FRAMES_X,))
                + b"hvc1"
                + annexb_to_length_prefixed(packet.data)
            )
        case codec:
            return bytes((_EX_VIDEO | frame | _CODED_FRAMES,)) + _FOURCC[codec] + packet.data
