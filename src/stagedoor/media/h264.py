"""H.264: NAL units, parameter sets and the two ways of writing them down (ITU-T H.264, ISO/IEC 14496-15)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from stagedoor.domain.errors import MediaError
from stagedoor.media.bits import BitReader, unescape

START_CODE = b"\0\0\0\1"
MAX_SIZE = 16384  # pixels a side; what is larger is garbage
MAX_SET = 4096  # bytes of a parameter set; real ones have less than 300

_CHROMA_PROFILES = frozenset((44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244))
_EXTENDED_SAR = 255


class NalType(IntEnum):
    """The NAL unit types that are told apart (H.264 table 7-1)."""

    SLICE = 1
    IDR = 5
    SEI = 6
    SPS = 7
    PPS = 8
    DELIMITER = 9


@dataclass(frozen=True, slots=True)
class Sps:
    """What a sequence parameter set says of the picture.

    Attributes:
        id: seq_parameter_set_id.
        profile: profile_idc.
        constraints: The constraint flags, as the byte after the profile.
        level: level_idc; ten times the level.
        width: Pixels after cropping.
        height: Pixels after cropping.
        chroma_format: chroma_format_idc; 1 is 4:2:0.
        bit_depth_luma: Bits.
        bit_depth_chroma: Bits.
        fps: Frames a second by the VUI; `None` where it says nothing, or nothing possible.
    """

    id: int
    profile: int
    constraints: int
    level: int
    width: int
    height: int
    chroma_format: int = 1
    bit_depth_luma: int = 8
    bit_depth_chroma: int = 8
    fps: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ActiveSets:
    """The parameter sets that a key frame is decoded with.

    Attributes:
        width: Pixels.
        height: Pixels.
        annexb: The sets, each after a start code.
    """

    width: int
    height: int
    annexb: bytes


def nalus(data: bytes) -> list[bytes]:
    """Cut an Annex B byte stream into its NAL units, without start codes (H.264 annex B).

    Raises:
        MediaError: It does not begin with a start code.
    """
    pieces = data.split(b"\0\0\1")
    if len(pieces) < 2 or pieces[0].strip(b"\0"):
        raise MediaError("the video is not in Annex B form")
    # A NAL unit never ends with a zero byte, so zeros at its end belong to the next start code.
    return [nal for piece in pieces[1:] if (nal := piece.rstrip(b"\0"))]


def to_annexb(units: list[bytes]) -> bytes:
    """Join NAL units, each after a start code of four bytes."""
    return START_CODE + START_CODE.join(units) if units else b""


def length_prefixed_to_annexb(data: bytes, length_size: int) -> bytes:
    """Write an access unit whose NAL units have lengths of so many bytes as Annex B.

    Raises:
        MediaError: It is cut off.
    """
    units, at = [], 0
    while at < len(data):
        begin = at + length_size
        at = begin + int.from_bytes(data[at:begin], "big")
        if at > len(data):
            raise MediaError("the video's NAL units are longer than the video")
        units.append(data[begin:at])
    return to_annexb(units)


def annexb_to_length_prefixed(data: bytes) -> bytes:
    """Write an Annex B access unit with four-byte lengths (ISO/IEC 14496-15 §5.3.4.2).

    Raises:
        MediaError: It does not begin with a start code.
    """
    return b"".join(part for nal in nalus(data) for part in (len(nal).to_bytes(4, "big"), nal))


def parse_sps(sps: bytes) -> Sps:
    """Read a sequence parameter set NAL unit (H.264 §7.3.2.1.1).

    Raises:
        MediaError: It is not one, is cut off, or its picture has no possible size.
    """
    if len(sps) < 4 or sps[0] & 0x1F != NalType.SPS:
        raise MediaError("not an H.264 sequence parameter set")
    profile, constraints, level = sps[1:4]
    reader = BitReader(unescape(sps[4:MAX_SET]))
    sps_id = reader.ue()
    if sps_id > 31:
        raise MediaError("an H.264 sequence parameter set with an impossible number")
    chroma, planes, luma_depth, chroma_depth = 1, False, 8, 8
    if profile in _CHROMA_PROFILES:
        chroma, planes, luma_depth, chroma_depth = _read_chroma(reader)
    _skip_picture_order(reader)
    width, height = _read_size(reader, 0 if planes else chroma)
    return Sps(
        id=sps_id,
        profile=profile,
        constraints=constraints,
        level=level,
        width=width,
        height=height,
        chroma_format=chroma,
        bit_depth_luma=luma_depth,
        bit_depth_chroma=chroma_depth,
        fps=_read_fps(reader),
    )


def avcc(sps_list: list[bytes], pps_list: list[bytes]) -> bytes:
    """Build an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).

    Raises:
        MediaError: There is no set, there are too many, or the first one cannot be read.
    """
    if not sps_list or len(sps_list) > 31 or not pps_list or len(pps_list) > 255:
        raise MediaError("no H.264 parameter sets to describe the video with")
    sps = parse_sps(sps_list[0])
    parts = [struct.pack("6B", 1, sps.profile, sps.constraints, sps.level, 0xFF, 0xE0 | len(sps_list))]
    parts += [part for unit in sps_list for part in (struct.pack(">H", len(unit)), unit)]
    parts.append(bytes((len(pps_list),)))
    parts += [part for unit in pps_list for part in (struct.pack(">H", len(unit)), unit)]
    if sps.profile in _CHROMA_PROFILES:
        depths = (0xF8 | sps.bit_depth_luma - 8, 0xF8 | sps.bit_depth_chroma - 8)
        parts.append(bytes((0xFC | sps.chroma_format, *depths, 0)))
    return b"".join(parts)


class ParameterSets:
    """The parameter sets of a stream by their numbers; at most 32 and 256 of them."""

    def __init__(self) -> None:
        self._sps: dict[int, tuple[bytes, Sps]] = {}
        self._pps: dict[int, tuple[bytes, int]] = {}

    def add(self, nal: bytes) -> None:
        """Remember one set in place of the one with its number; other NAL units are passed over.

        Raises:
            MediaError: It cannot be read, or is too long; the one with its number stays.
        """
        if len(nal) > MAX_SET:
            raise MediaError(f"an H.264 NAL unit of {len(nal)} bytes where a parameter set belongs")
        if nal[0] & 0x1F == NalType.SPS:
            if all(nal != known for known, _ in self._sps.values()):
                sps = parse_sps(nal)
                self._sps[sps.id] = (nal, sps)
        elif nal[0] & 0x1F == NalType.PPS:
            reader = BitReader(unescape(nal[1:16]))
            pps_id, sps_id = reader.ue(), reader.ue()
            if pps_id > 255 or sps_id > 31:
                raise MediaError("an H.264 picture parameter set with an impossible number")
            self._pps[pps_id] = (nal, sps_id)

    def activate(self, head: bytes) -> ActiveSets | None:
        """Find the sets that the slice beginning with `head` is decoded with (H.264 §7.3.3).

        Returns:
            `None` where they never came.

        Raises:
            MediaError: The slice header is cut off.
        """
        reader = BitReader(unescape(head[1:]))
        reader.ue()
        reader.ue()
        _, sps_id = self._pps.get(reader.ue(), (b"", -1))
        if sps_id not in self._sps:
            return None
        nal, sps = self._sps[sps_id]
        pictures = [pps for _, (pps, of) in sorted(self._pps.items()) if of == sps_id]
        return ActiveSets(sps.width, sps.height, to_annexb([nal, *pictures]))


def _read_chroma(reader: BitReader) -> tuple[int, bool, int, int]:
    chroma = reader.ue()
    if chroma > 3:
        raise MediaError("an H.264 picture with an impossible chroma format")
    planes = chroma == 3 and reader.flag()
    luma_depth, chroma_depth = 8 + reader.ue(), 8 + reader.ue()
    if luma_depth > 14 or chroma_depth > 14:
        raise MediaError("an H.264 picture with an impossible bit depth")
    reader.skip(1)
    if reader.flag():
        for index in range(12 if chroma == 3 else 8):
            if reader.flag():
                _skip_scaling_list(reader, 16 if index < 6 else 64)
    return chroma, planes, luma_depth, chroma_depth


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + reader.se()) % 256
        last = following or last


def _skip_picture_order(reader: BitReader) -> None:
    reader.ue()  # log2_max_frame_num_minus4
    kind = reader.ue()
    if kind == 0:
        reader.ue()
    elif kind == 1:
        reader.skip(1)
        reader.ue()
        reader.ue()
        cycle = reader.ue()
        if cycle > 255:
            raise MediaError("an H.264 picture order that is too long")
        for _ in range(cycle):
            reader.ue()
    elif kind > 2:
        raise MediaError("an unknown H.264 picture order")
    reader.ue()  # max_num_ref_frames
    reader.skip(1)


def _read_size(reader: BitReader, chroma: int) -> tuple[int, int]:
    columns, rows = reader.ue() + 1, reader.ue() + 1
    frames_only = reader.flag()
    if not frames_only:
        reader.skip(1)
    reader.skip(1)
    fields = 1 if frames_only else 2
    width, height = columns * 16, rows * 16 * fields
    if reader.flag():
        unit_x = 2 if chroma in (1, 2) else 1
        unit_y = (2 if chroma == 1 else 1) * fields
        left, right, top, bottom = reader.ue(), reader.ue(), reader.ue(), reader.ue()
        width -= (left + right) * unit_x
        height -= (top + bottom) * unit_y
    if not (0 < width <= MAX_SIZE and 0 < height <= MAX_SIZE):
        raise MediaError(f"an H.264 picture of {width}x{height} pixels")
    return width, height


def _read_fps(reader: BitReader) -> Fraction | None:
    """Read the VUI as far as its timing (H.264 §E.1.1)."""
    if not reader.flag():
        return None
    if reader.flag() and reader.bits(8) == _EXTENDED_SAR:
        reader.skip(32)
    if reader.flag():
        reader.skip(1)
    if reader.flag():
        reader.skip(4)
        if reader.flag():
            reader.skip(24)
    if reader.flag():
        reader.ue()
        reader.ue()
    if not reader.flag():
        return None
    units, scale = reader.bits(32), reader.bits(32)
    return Fraction(scale, 2 * units) if units and scale else None
