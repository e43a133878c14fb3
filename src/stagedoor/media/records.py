"""Decoder configuration records: what containers say about a track before its first frame.

avcC and hvcC are of ISO/IEC 14496-15 (5.3.3.1, 8.3.3.1), vpcC of "VP Codec ISO Media File Format Binding",
av1C of "AV1 Codec ISO Media File Format Binding" (2.3), OpusHead of RFC 7845 (5.1).
"""

import struct
from typing import Final

from stagedoor.media.bits import BitReader, leb128, unescape
from stagedoor.media.h264 import NalType, avcc, nalus
from stagedoor.media.packets import Codec, Track

_SRGB: Final = 1 << 16 | 13 << 8
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
            return _av1c(track.extradata)
        case Codec.OPUS:
            return opus_head(track.channels)
        case Codec.AAC:
            return track.extradata
        case Codec.VP8:
            return b""


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
    arrays = {kind: [unit for unit in units if unit[0] >> 1 & 63 == kind] for kind in (32, 33, 34)}
    if not all(arrays.values()):
        return b""
    sps = unescape(arrays[33][0])
    bits = BitReader(sps[2:])
    bits.bits(4)
    sub_layers, nested = bits.bits(3), bits.bits(1)
    profile_tier_level = sps[3:15]
    bits.bits(96)
    _skip_sub_layers(bits, sub_layers)
    bits.ue()
    chroma = bits.ue()
    bits.bits(1 if chroma == 3 else 0)
    bits.ue()
    bits.ue()
    if bits.bits(1):
        for _ in range(4):
            bits.ue()
    depths = bits.ue(), bits.ue()
    out = bytearray((1,)) + profile_tier_level
    out += bytes((0xF0, 0, 0xFC, 0xFC | chroma, 0xF8 | depths[0], 0xF8 | depths[1], 0, 0))
    out += bytes((sub_layers + 1 << 3 | nested << 2 | 3, len(arrays)))
    for kind, units in arrays.items():
        out += struct.pack(">BH", kind, len(units))
        for unit in units:
            out += len(unit).to_bytes(2, "big") + unit
    return bytes(out)


def _skip_sub_layers(bits: BitReader, count: int) -> None:
    """Pass over the levels of the temporal sub-layers (Rec. ITU-T H.265, 7.3.3)."""
    present = [(bits.bits(1), bits.bits(1)) for _ in range(count)]
    if count:
        bits.bits(2 * (8 - count))
    for profile, level in present:
        bits.bits(88 * profile)
        bits.bits(8 * level)


def _vpcc(track: Track) -> bytes:
    """Profile 0, eight bits, 4:2:0 and the colours unspecified, as every browser sends VP9."""
    level = next((level for pixels, level in _VP9_LEVELS if track.width * track.height <= pixels), 62)
    return struct.pack(">BBBBBBH", 0, level, 8 << 4 | 1 << 1, 2, 2, 2, 0)


def _av1c(sequence_header: bytes) -> bytes:
    if not sequence_header:
        return b""
    bits = BitReader(_obu_payload(sequence_header))
    profile, _still, reduced = bits.bits(3), bits.bits(1), bits.bits(1)
    level, tier = (bits.bits(5), 0) if reduced else _av1_operating_points(bits)
    _skip_av1_tools(bits, reduced=bool(reduced))
    high = bits.bits(1)
    twelve = bits.bits(1) if profile == 2 and high else 0
    mono = 0 if profile == 1 else bits.bits(1)
    x, y, position = _av1_subsampling(bits, profile, mono=bool(mono), twelve=bool(twelve))
    flags = tier << 7 | high << 6 | twelve << 5 | mono << 4 | x << 3 | y << 2 | position
    return bytes((0x81, profile << 5 | level, flags, 0)) + sequence_header


def _obu_payload(obu: bytes) -> bytes:
    start = 2 if obu[0] & 4 else 1
    return obu[leb128(obu, start)[1] :] if obu[0] & 2 else obu[start:]


def _av1_operating_points(bits: BitReader) -> tuple[int, int]:
    """Return level and tier of the first operating point (AV1, 5.5.1)."""
    delay_bits = 0
    if bits.bits(1):
        bits.bits(64)
        if bits.bits(1):
            bits.ue()
        if bits.bits(1):
            delay_bits = bits.bits(5) + 1
            bits.bits(42)
    display_delay = bits.bits(1)
    points = []
    for _ in range(bits.bits(5) + 1):
        bits.bits(12)
        level = bits.bits(5)
        points.append((level, bits.bits(1) if level > 7 else 0))
        if delay_bits and bits.bits(1):
            bits.bits(2 * delay_bits + 1)
        if display_delay and bits.bits(1):
            bits.bits(4)
    return points[0]


def _skip_av1_tools(bits: BitReader, *, reduced: bool) -> None:
    width_bits, height_bits = bits.bits(4) + 1, bits.bits(4) + 1
    bits.bits(width_bits + height_bits)
    if not reduced and bits.bits(1):
        bits.bits(7)
    bits.bits(3)
    if not reduced:
        bits.bits(4)
        order_hint = bits.bits(1)
        bits.bits(2 * order_hint)
        screen_content = 2 if bits.bits(1) else bits.bits(1)
        if screen_content and not bits.bits(1):
            bits.bits(1)
        bits.bits(3 * order_hint)
    bits.bits(3)


def _av1_subsampling(bits: BitReader, profile: int, *, mono: bool, twelve: bool) -> tuple[int, int, int]:
    """Return both subsampling flags and the chroma sample position (AV1, 5.5.2)."""
    colours = bits.bits(24) if bits.bits(1) else 0
    if mono:
        return 1, 1, 0
    if colours == _SRGB:
        return 0, 0, 0
    bits.bits(1)
    if profile == 2 and twelve:
        x = bits.bits(1)
        y = bits.bits(1) if x else 0
    else:
        x, y = {0: (1, 1), 1: (0, 0)}.get(profile, (1, 0))
    return x, y, bits.bits(2) if x and y else 0
