"""Matroska as a live stream (RFC 9559; the EBML underneath is RFC 8794): a block goes out as it comes.

Segment and clusters have no size; a cluster begins at each key frame. Times are whole milliseconds.
"""

import struct
from typing import Final

from stagedoor.media.flv import milliseconds
from stagedoor.media.h264 import annexb_to_length_prefixed
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.records import configuration
from stagedoor.media.riff import bitmap_info, wave_format

_UNKNOWN_SIZE: Final = b"\x01" + b"\xff" * 7
_CODEC_IDS: Final = {
    Codec.H264: b"V_MPEG4/ISO/AVC",
    Codec.H265: b"V_MPEGH/ISO/HEVC",
    Codec.VP8: b"V_VP8",
    Codec.VP9: b"V_VP9",
    Codec.AV1: b"V_AV1",
    Codec.OPUS: b"A_OPUS",
    Codec.AAC: b"A_AAC",
    Codec.MPEG1: b"V_MPEG1",
    Codec.MPEG2: b"V_MPEG2",
    Codec.MPEG4: b"V_MPEG4/ISO/ASP",
    Codec.MJPEG: b"V_MJPEG",
    Codec.MP2: b"A_MPEG/L2",
    Codec.MP3: b"A_MPEG/L3",
    Codec.AC3: b"A_AC3",
    Codec.EAC3: b"A_EAC3",
    Codec.VORBIS: b"A_VORBIS",
    Codec.FLAC: b"A_FLAC",
    Codec.ALAW: b"A_MS/ACM",
    Codec.MULAW: b"A_MS/ACM",
    Codec.PCM_LE: b"A_PCM/INT/LIT",
    Codec.PCM_BE: b"A_PCM/INT/BIG",
    Codec.PCM_8: b"A_PCM/INT/LIT",
    Codec.PCM_24_LE: b"A_PCM/INT/LIT",
    Codec.PCM_24_BE: b"A_PCM/INT/BIG",
    Codec.PCM_32_LE: b"A_PCM/INT/LIT",
    Codec.PCM_32_BE: b"A_PCM/INT/BIG",
    Codec.PCM_FLOAT: b"A_PCM/FLOAT/IEEE",
    Codec.PCM_DOUBLE: b"A_PCM/FLOAT/IEEE",
    Codec.G722: b"A_MS/ACM",
    Codec.AAC_LATM: b"A_MS/ACM",
    Codec.DTS: b"A_DTS",
    Codec.PRORES: b"V_PRORES",
    Codec.FFV1: b"V_FFV1",
    Codec.DNXHD: b"V_MS/VFW/FOURCC",
    Codec.JPEG_2000: b"V_MS/VFW/FOURCC",
    Codec.H263: b"V_MS/VFW/FOURCC",
    Codec.FLV1: b"V_MS/VFW/FOURCC",
}
_WAVE_FORMATS: Final = {
    Codec.ALAW: (6, 8),
    Codec.MULAW: (7, 8),
    Codec.G722: (0x28F, 4),
    Codec.AAC_LATM: (0x1602, 16),
}
"""RIFF's number, and the bits of a coded sample."""
_FOUR_LETTERS: Final = {
    Codec.DNXHD: b"AVdn",
    Codec.JPEG_2000: b"MJ2C",
    Codec.H263: b"H263",
    Codec.FLV1: b"FLV1",
}
_PCM_BITS: Final = {
    Codec.PCM_8: 8,
    Codec.PCM_LE: 16,
    Codec.PCM_BE: 16,
    Codec.PCM_24_LE: 24,
    Codec.PCM_24_BE: 24,
    Codec.PCM_32_LE: 32,
    Codec.PCM_32_BE: 32,
    Codec.PCM_FLOAT: 32,
    Codec.PCM_DOUBLE: 64,
}
_PRORES_MARK: Final = b"icpf"
"""Follows on the size at the beginning of a ProRes frame; Matroska leaves both out."""
_CLUSTER_SPAN_MS: Final = 30_000
"""A block's time is 16 bits, signed, from its cluster's."""
_SEEK_PRE_ROLL_NS: Final = 80_000_000


DURATION: Final = bytes.fromhex("448988")
"""What stands before the eight bytes of a file's duration: a float of milliseconds."""


class MatroskaWriter:
    """Writes Matroska.

    Args:
        tracks: What there is.
        is_file: Whether the header has a duration, which is 0 until somebody writes another one over it.
    """

    def __init__(self, tracks: list[Track], *, is_file: bool = False) -> None:
        self._tracks = tracks
        self._is_file = is_file
        self._numbers = {track.kind: index + 1 for index, track in enumerate(tracks)}
        self._cluster_ms: int | None = None

    def header(self) -> bytes:
        """Return the EBML header, the opened segment, and the tracks."""
        ebml = element(
            0x1A45DFA3,
            element(0x4286, 1), element(0x42F7, 1), element(0x42F2, 4), element(0x42F3, 8),
            element(0x4282, b"matroska"), element(0x4287, 4), element(0x4285, 2),
        )  # fmt: skip
        info = element(
            0x1549A966,
            element(0x2AD7B1, 1_000_000), element(0x4D80, b"Stagedoor"), element(0x5741, b"Stagedoor"),
            element(0x4489, 0.0) if self._is_file else b"",
        )  # fmt: skip
        tracks = element(
            0x1654AE6B, *(_track_entry(self._numbers[track.kind], track) for track in self._tracks)
        )
        return ebml + bytes.fromhex("18538067") + _UNKNOWN_SIZE + info + tracks

    def write(self, packet: Packet) -> bytes:
        """Return a simple block, after a new cluster where one is due."""
        track = packet.track
        time = milliseconds(packet.pts, track.clock_rate)
        cluster = self._new_cluster(packet, time)
        relative = time - (self._cluster_ms or 0)
        data = packet.data
        if track.codec in (Codec.H264, Codec.H265):
            data = annexb_to_length_prefixed(data)
        elif track.codec is Codec.PRORES and data[4:8] == _PRORES_MARK:
            data = data[8:]
        head = struct.pack(">BhB", 0x80 | self._numbers[track.kind], relative, 0x80 if packet.key else 0)
        return b"".join((cluster, b"\xa3", _size(len(data) + 4), head, data))

    def close(self) -> bytes:
        """Return nothing: what has no size ends where the stream ends."""
        return b""

    def _new_cluster(self, packet: Packet, time: int) -> bytes:
        before = self._cluster_ms
        begins = packet.key and packet.track.kind is Kind.VIDEO
        if before is not None and not begins and abs(time - before) < _CLUSTER_SPAN_MS:
            return b""
        self._cluster_ms = time
        return bytes.fromhex("1F43B675") + _UNKNOWN_SIZE + element(0xE7, time)


def element(identity: int, *content: bytes | int | float) -> bytes:
    """Return an EBML element; an int is an unsigned integer, a float eight bytes, bytes are themselves."""
    body = b"".join(_value(part) for part in content)
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big") + _size(len(body)) + body


def _value(content: bytes | int | float) -> bytes:
    if isinstance(content, bytes):
        return content
    if isinstance(content, int):
        return content.to_bytes(max(1, (content.bit_length() + 7) // 8), "big")
    return struct.pack(">d", content)


def _size(size: int) -> bytes:
    """Return a size in as few bytes as hold it; all ones mean "unknown" and are left out (RFC 8794, 6.2)."""
    length = next(length for length in range(1, 9) if size < (1 << 7 * length) - 1)
    return (1 << 7 * length | size).to_bytes(length, "big")


def _track_entry(number: int, track: Track) -> bytes:
    parts = [
        element(0xD7, number), element(0x73C5, number), element(0x9C, 0),
        element(0x83, 2 if track.kind is Kind.AUDIO else 1), element(0x86, _CODEC_IDS[track.codec]),
    ]  # fmt: skip
    record = _private(track)
    if record:
        parts.append(element(0x63A2, record))
    if track.kind is Kind.VIDEO:
        parts.append(element(0xE0, element(0xB0, track.width), element(0xBA, track.height)))
    else:
        parts.append(element(0xE1, *_sound(track)))
    if track.codec is Codec.OPUS:
        parts.append(element(0x56AA, 0))
        parts.append(element(0x56BB, _SEEK_PRE_ROLL_NS))
    return element(0xAE, *parts)


def _private(track: Track) -> bytes:
    """Return what a decoder has to know before the first frame."""
    if track.codec is Codec.VP9:
        return b""
    if track.codec in _WAVE_FORMATS:
        number, bits = _WAVE_FORMATS[track.codec]
        return wave_format(number, track.clock_rate, track.channels, bits)
    if track.codec in _FOUR_LETTERS:
        return bitmap_info(_FOUR_LETTERS[track.codec], track.width, track.height, track.extradata)
    return configuration(track)


def _sound(track: Track) -> list[bytes]:
    parts = [element(0xB5, float(track.clock_rate)), element(0x9F, track.channels)]
    if track.codec in _PCM_BITS:
        parts.append(element(0x6264, _PCM_BITS[track.codec]))
    return parts
