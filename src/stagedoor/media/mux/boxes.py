"""The boxes of an MP4 initialization segment (ISO/IEC 14496-12; sample entries: 14496-14, 14496-15, and the
bindings of Opus, VP9 and AV1).
"""

import struct
from typing import Final

from stagedoor.media.packets import Codec, Kind, Track
from stagedoor.media.records import configuration

_VIDEO_ENTRIES: Final = {
    Codec.H264: (b"avc1", b"avcC"),
    Codec.H265: (b"hvc1", b"hvcC"),
    Codec.VP9: (b"vp09", b"vpcC"),
    Codec.AV1: (b"av01", b"av1C"),
}
_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MOVIE_SCALE: Final = 1000


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box."""
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """Return a box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def movie(tracks: list[Track]) -> bytes:
    """Return `ftyp` and `moov`; the tracks are numbered from 1."""
    header = full_box(
        b"mvhd", 0, 0,
        struct.pack(">IIIIIH10x", 0, 0, _MOVIE_SCALE, 0, 0x10000, 0x100), _MATRIX, bytes(24),
        struct.pack(">I", len(tracks) + 1),
    )  # fmt: skip
    extends = (
        full_box(b"trex", 0, 0, struct.pack(">5I", number, 1, 0, 0, 0))
        for number in range(1, len(tracks) + 1)
    )
    entries = (_trak(number, track) for number, track in enumerate(tracks, 1))
    ftyp = box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6iso5mp41")
    return ftyp + box(b"moov", header, *entries, box(b"mvex", *extends))


def _trak(number: int, track: Track) -> bytes:
    audio = track.kind is Kind.AUDIO
    track_header = full_box(
        b"tkhd", 0, 3,
        struct.pack(">5I8xHHHH", 0, 0, number, 0, 0, 0, 0, 0x100 if audio else 0, 0), _MATRIX,
        struct.pack(">II", track.width << 16, track.height << 16),
    )  # fmt: skip
    media_header = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.clock_rate, 0, 0x55C4, 0))
    handler = full_box(
        b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"soun" if audio else b"vide"), b"Stagedoor\0"
    )
    kind_header = full_box(b"smhd", 0, 0, bytes(4)) if audio else full_box(b"vmhd", 0, 1, bytes(8))
    data_here = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    table = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), _audio_entry(track) if audio else _video_entry(track)),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    information = box(b"minf", kind_header, data_here, table)
    return box(b"trak", track_header, box(b"mdia", media_header, handler, information))


def _video_entry(track: Track) -> bytes:
    entry, record = _VIDEO_ENTRIES[track.codec]
    content = configuration(track)
    configured = full_box(record, 1, 0, content) if track.codec is Codec.VP9 else box(record, content)
    picture = struct.pack(
        ">6xH16xHHIII H32sHh", 1, track.width, track.height, 0x480000, 0x480000, 0, 1, b"", 24, -1
    )
    return box(entry, picture, configured)


def _audio_entry(track: Track) -> bytes:
    sound = struct.pack(">6xH8xHH4xI", 1, track.channels, 16, track.clock_rate << 16)
    if track.codec is Codec.OPUS:
        specific = struct.pack(">BBHIhB", 0, track.channels, 0, track.clock_rate, 0, 0)
        return box(b"Opus", sound, box(b"dOps", specific))
    decoder = _descriptor(4, struct.pack(">BB11x", 0x40, 0x15), _descriptor(5, configuration(track)))
    stream = _descriptor(3, struct.pack(">HB", 0, 0), decoder, _descriptor(6, b"\2"))
    return box(b"mp4a", sound, full_box(b"esds", 0, 0, stream))


def _descriptor(tag: int, *content: bytes) -> bytes:
    """Return an MPEG-4 descriptor (ISO/IEC 14496-1, 8.3.3)."""
    body = b"".join(content)
    return struct.pack(">BB", tag, len(body)) + body
