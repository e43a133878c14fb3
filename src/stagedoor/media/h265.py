"""H.265: parameter sets (ITU-T H.265, ISO/IEC 14496-15)."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from stagedoor.domain.errors import MediaError
from stagedoor.media.bits import BitReader, unescape
from stagedoor.media.h264 import MAX_SET, MAX_SIZE, ActiveSets, to_annexb


class NalType(IntEnum):
    """The NAL unit types that are told apart (H.265 table 7-1)."""

    FIRST_IRAP = 16
    LAST_IRAP = 21
    VPS = 32
    SPS = 33
    PPS = 34
    DELIMITER = 35


@dataclass(frozen=True, slots=True)
class Sps:
    """What a sequence parameter set says of the picture.

    Attributes:
        id: sps_seq_parameter_set_id.
        vps_id: The video parameter set that it belongs to.
        profile_tier_level: The twelve general bytes: profile, compatibility, constraints and level.
        width: Pixels in the conformance window.
        height: Pixels in the conformance window.
        chroma_format: chroma_format_idc; 1 is 4:2:0.
        bit_depth_luma: Bits.
        bit_depth_chroma: Bits.
        sub_layers: Temporal sub-layers, at least 1.
        nested: sps_temporal_id_nesting_flag.
    """

    id: int
    vps_id: int
    profile_tier_level: bytes
    width: int
    height: int
    chroma_format: int
    bit_depth_luma: int
    bit_depth_chroma: int
    sub_layers: int
    nested: bool

    @property
    def profile(self) -> int:
        """general_profile_idc; 1 is Main, 2 is Main 10."""
        return self.profile_tier_level[0] & 0x1F

    @property
    def level(self) -> int:
        """general_level_idc; thirty times the level."""
        return self.profile_tier_level[11]


def nal_type(nal: bytes) -> int:
    """Read the type of a NAL unit that is not empty (H.265 §7.3.1.2)."""
    return nal[0] >> 1 & 0x3F


def parse_sps(sps: bytes) -> Sps:
    """Read a sequence parameter set NAL unit (H.265 §7.3.2.2.1).

    Raises:
        MediaError: It is not one, is cut off, or its picture has no possible size.
    """
    if len(sps) < 3 or nal_type(sps) != NalType.SPS:
        raise MediaError("not an H.265 sequence parameter set")
    reader = BitReader(unescape(sps[2:MAX_SET]))
    vps_id, sub_layers, nested = reader.bits(4), reader.bits(3) + 1, reader.flag()
    general = reader.bits(96).to_bytes(12, "big")
    _skip_sub_layers(reader, sub_layers - 1)
    sps_id, chroma = reader.ue(), reader.ue()
    if sps_id > 15 or chroma > 3:
        raise MediaError("an H.265 sequence parameter set with impossible numbers")
    planes = chroma == 3 and reader.flag()
    width, height = _read_size(reader, 0 if planes else chroma)
    luma_depth, chroma_depth = 8 + reader.ue(), 8 + reader.ue()
    if luma_depth > 16 or chroma_depth > 16:
        raise MediaError("an H.265 picture with an impossible bit depth")
    return Sps(
        id=sps_id,
        vps_id=vps_id,
        profile_tier_level=general,
        width=width,
        height=height,
        chroma_format=chroma,
        bit_depth_luma=luma_depth,
        bit_depth_chroma=chroma_depth,
        sub_layers=sub_layers,
        nested=nested,
    )


def hvcc(vps_list: list[bytes], sps_list: list[bytes], pps_list: list[bytes]) -> bytes:
    """Build an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1).

    Raises:
        MediaError: A kind of set is missing, or the first sequence parameter set cannot be read.
    """
    if not (vps_list and sps_list and pps_list):
        raise MediaError("no H.265 parameter sets to describe the video with")
    sps = parse_sps(sps_list[0])
    parts = [
        b"\1",
        sps.profile_tier_level,
        struct.pack(
            ">HBBBBHBB",
            0xF000,  # min_spatial_segmentation_idc: not told
            0xFC,  # parallelismType: not told
            0xFC | sps.chroma_format,
            0xF8 | sps.bit_depth_luma - 8,
            0xF8 | sps.bit_depth_chroma - 8,
            0,  # avgFrameRate: not told
            sps.sub_layers << 3 | sps.nested << 2 | 3,
            3,
        ),
    ]
    for kind, units in ((NalType.VPS, vps_list), (NalType.SPS, sps_list), (NalType.PPS, pps_list)):
        parts.append(struct.pack(">BH", kind, len(units)))  # array_completeness 0: sets come in band too
        parts += [part for unit in units for part in (struct.pack(">H", len(unit)), unit)]
    return b"".join(parts)


class ParameterSets:
    """The parameter sets of a stream by their numbers; at most 16, 16 and 64 of them."""

    def __init__(self) -> None:
        self._vps: dict[int, bytes] = {}
        self._sps: dict[int, tuple[bytes, Sps]] = {}
        self._pps: dict[int, tuple[bytes, int]] = {}

    def add(self, nal: bytes) -> None:
        """Remember one set in place of the one with its number; other NAL units are passed over.

        Raises:
            MediaError: It cannot be read, or is too long; the one with its number stays.
        """
        if len(nal) > MAX_SET:
            raise MediaError(f"an H.265 NAL unit of {len(nal)} bytes where a parameter set belongs")
        kind = nal_type(nal)
        if kind == NalType.VPS:
            self._vps[BitReader(nal[2:3]).bits(4)] = nal
        elif kind == NalType.SPS:
            if all(nal != known for known, _ in self._sps.values()):
                sps = parse_sps(nal)
                self._sps[sps.id] = (nal, sps)
        elif kind == NalType.PPS:
            reader = BitReader(unescape(nal[2:16]))
            pps_id, sps_id = reader.ue(), reader.ue()
            if pps_id > 63 or sps_id > 15:
                raise MediaError("an H.265 picture parameter set with an impossible number")
            self._pps[pps_id] = (nal, sps_id)

    def activate(self, head: bytes) -> ActiveSets | None:
        """Find the sets that the IRAP slice beginning with `head` is decoded with (H.265 §7.3.6.1).

        Returns:
            `None` where they never came.

        Raises:
            MediaError: The slice header is cut off.
        """
        reader = BitReader(unescape(head[2:]))
        reader.skip(2)
        _, sps_id = self._pps.get(reader.ue(), (b"", -1))
        nal, sps = self._sps.get(sps_id, (b"", None))
        if sps is None or sps.vps_id not in self._vps:
            return None
        pictures = [pps for _, (pps, of) in sorted(self._pps.items()) if of == sps_id]
        return ActiveSets(sps.width, sps.height, to_annexb([self._vps[sps.vps_id], nal, *pictures]))


def _skip_sub_layers(reader: BitReader, count: int) -> None:
    present = [(reader.flag(), reader.flag()) for _ in range(count)]
    if count:
        reader.skip(2 * (8 - count))
    for profile, level in present:
        reader.skip(88 * profile + 8 * level)


def _read_size(reader: BitReader, chroma: int) -> tuple[int, int]:
    width, height = reader.ue(), reader.ue()
    if reader.flag():
        left, right, top, bottom = reader.ue(), reader.ue(), reader.ue(), reader.ue()
        width -= (left + right) * (2 if chroma in (1, 2) else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1)
    if not (0 < width <= MAX_SIZE and 0 < height <= MAX_SIZE):
        raise MediaError(f"an H.265 picture of {width}x{height} pixels")
    return width, height
