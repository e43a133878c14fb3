"""Decoder configuration records: what containers say about a track before its first frame.

avcC and hvcC are of ISO/IEC 14496-15 (5.3.3.1, 8.3.3.1), vpcC of "VP Codec ISO Media File Format Binding",
av1C of "AV1 Codec ISO Media File Format Binding" (2.3), OpusHead of RFC 7845 (5.1).
"""

import struct
from typing import Final

from stagedoor.media import av1, h265
from stagedoor.media.h264 import NalType, avcc, nalus
from stagedoor.media.packets import Codec, Track

_VP9_LEVELS: Final = (
    (36864, 10), (73728, 11), (122880, 20), (245760, 21), (552960, 30), (983040, 31), (2228224, 40),
    (8912896, 50), (35651584, 60),
)  # fmt: skip
"""Largest picture in luma samples, and the level that allows it."""


def configuration(track: Track) -> bytes:
    """Return the record of a track; empty while the track does not say enough, and for VP8, which has none.

    Raises:
        MediaError: the track's extradata is malformed.
    """
    match track.codec:
        case Codec.H264:
            return _avcc(track.extradata)
        case Codec.H265:
            return _hvcc(track.extradata)
        case Codec.VP9:
            return _vpcc(track) if track.width else b""
        case Codec.AV1:
            return av1.av1c(track.extradata) if track.extradata else b""
        case Codec.OPUS:
            return opus_head(track.channels)
        case Codec.AAC:
            return track.extradata
        case Codec.VP8:
            return b""
        case _:
            return track.extradata


def parameter_sets(record: bytes, codec: Codec) -> list[bytes]:
    """Return the parameter sets of an avcC or, for H.265, an hvcC; of one that is cut off what there is."""
    if codec is Codec.H265:
        sets, at = [], 23
        for _ in range(record[22] if len(record) > 22 else 0):
            count = int.from_bytes(record[at + 1 : at + 3], "big")
            found, at = _units(record, at + 3, count)
            sets += found
        return sets
    of_sequence, at = _units(record, 6, record[5] & 31 if len(record) > 5 else 0)
    of_pictures, _ = _units(record, at + 1, record[at] if at < len(record) else 0)
    return of_sequence + of_pictures


def _units(record: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """Return NAL units that have their lengths before them, and where they end."""
    units = []
    for _ in range(count):
        begin = at + 2
        at = begin + int.from_bytes(record[at:begin], "big")
        if begin < at <= len(record):
            units.append(record[begin:at])
    return units, at


def opus_head(channels: int) -> bytes:
    """Return OpusHead with no pre-skip: a reader joins a stream that runs, and no time is shifted."""
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, 0, 48000, 0, 0)


def _avcc(extradata: bytes) -> bytes:
    units = nalus(extradata) if extradata else []
    sps = [unit for unit in units if unit[0] & 31 == NalType.SPS]
    pps = [unit for unit in units if unit[0] & 31 == NalType.PPS]
    return avcc(sps, pps) if sps and pps else b""


def _hvcc(extradata: bytes) -> bytes:
    units = nalus(extradata) if extradata else []
    kinds = (h265.NalType.VPS, h265.NalType.SPS, h265.NalType.PPS)
    vps, sps, pps = ([unit for unit in units if h265.nal_type(unit) == kind] for kind in kinds)
    return h265.hvcc(vps, sps, pps) if vps and sps and pps else b""


def _vpcc(track: Track) -> bytes:
    """Profile 0, eight bits, 4:2:0 and the colours unspecified, as every browser sends VP9."""
    level = next((level for pixels, level in _VP9_LEVELS if track.width * track.height <= pixels), 62)
    return struct.pack(">BBBBBBH", 0, level, 8 << 4 | 1 << 1, 2, 2, 2, 0)
