"""AV1: open bitstream units and the sequence header (AV1 bitstream specification, §5.3 to §5.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from stagedoor.domain.errors import MediaError
from stagedoor.media.bits import BitReader, leb128, to_leb128

MAX_UNITS = 256  # in a temporal unit; no level allows more than 128 tiles (annex A.3)

_HAS_SIZE = 2
_HAS_EXTENSION = 4
_SEQUENCE_BYTES = 512  # 32 operating points with all there is to say of them


class ObuType(IntEnum):
    """The OBU types that are told apart (§6.2.2)."""

    SEQUENCE_HEADER = 1
    TEMPORAL_DELIMITER = 2
    FRAME_HEADER = 3
    TILE_GROUP = 4
    METADATA = 5
    FRAME = 6
    REDUNDANT_FRAME_HEADER = 7
    TILE_LIST = 8
    PADDING = 15


class Obu(NamedTuple):
    """One open bitstream unit.

    Attributes:
        type: obu_type.
        header: One byte, or two with the extension; says that no size follows.
        payload: What follows.
    """

    type: int
    header: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class SequenceHeader:
    """What a sequence header says (§5.5).

    Attributes:
        profile: seq_profile.
        level: seq_level_idx of the first operating point.
        tier: seq_tier of the first operating point.
        width: Pixels, the most that a frame may have.
        height: Pixels, the most that a frame may have.
        reduced: Whether it is a still picture with a reduced header.
        bit_depth: 8, 10 or 12.
        monochrome: Whether there is no colour.
        subsampling: Whether colour is halved in x, and in y.
        sample_position: chroma_sample_position.
    """

    profile: int
    level: int
    tier: int
    width: int
    height: int
    reduced: bool = False
    bit_depth: int = 8
    monochrome: bool = False
    subsampling: tuple[bool, bool] = (True, True)
    sample_position: int = 0


class TemporalUnit(NamedTuple):
    """A temporal unit, looked at.

    Attributes:
        data: The unit without temporal delimiters.
        key: Whether it has a sequence header and a key frame that is shown.
        sequence: Its sequence header, read.
        sequence_obu: Its sequence header with its size.
    """

    data: bytes
    key: bool = False
    sequence: SequenceHeader | None = None
    sequence_obu: bytes = b""


def obus(data: bytes) -> list[Obu]:
    """Cut a temporal unit in the low-overhead format into its units (§5.3).

    Raises:
        MediaError: A unit is cut off, or there are more than `MAX_UNITS`.
    """
    found: list[Obu] = []
    start = 0
    while start < len(data):
        header = data[start]
        if header & 0x80:
            raise MediaError("an AV1 unit with a broken header")
        body = start + (2 if header & _HAS_EXTENSION else 1)
        extension = data[start + 1 : body]
        size = len(data) - body
        if header & _HAS_SIZE:
            size, body = leb128(data, body)
        if size < 0 or body + size > len(data):
            raise MediaError("an AV1 unit that is cut off")
        if len(found) == MAX_UNITS:
            raise MediaError(f"an AV1 temporal unit of more than {MAX_UNITS} units")
        found.append(
            Obu(header >> 3 & 15, bytes((header & ~_HAS_SIZE,)) + extension, data[body : body + size])
        )
        start = body + size
    return found


def to_bytes(units: Iterable[Obu]) -> bytes:
    """Join units in the low-overhead format, each with its size."""
    return b"".join(
        part
        for unit in units
        for part in (
            bytes((unit.header[0] | _HAS_SIZE,)),
            unit.header[1:],
            to_leb128(len(unit.payload)),
            unit.payload,
        )
    )


def parse_unit(data: bytes) -> TemporalUnit:
    """Look at a temporal unit; one that begins with a frame is no key, and is not read further.

    Raises:
        MediaError: It is empty, cut off, or its sequence header cannot be read.
    """
    if not data or data[0] & 0x80:
        raise MediaError("not an AV1 temporal unit")
    if data[0] >> 3 in (ObuType.FRAME, ObuType.FRAME_HEADER):
        return TemporalUnit(data)
    units = obus(data)
    kept = [unit for unit in units if unit.type != ObuType.TEMPORAL_DELIMITER]
    if len(kept) < len(units):
        data = to_bytes(kept)
    sequences = [unit for unit in kept if unit.type == ObuType.SEQUENCE_HEADER]
    if not sequences:
        return TemporalUnit(data)
    sequence = parse_sequence_header(sequences[0].payload)
    frame = next((u for u in kept if u.type in (ObuType.FRAME, ObuType.FRAME_HEADER)), None)
    key = frame is not None and (sequence.reduced or _is_shown_key(frame.payload))
    return TemporalUnit(data, key, sequence, to_bytes(sequences[:1]))


def parse_sequence_header(payload: bytes) -> SequenceHeader:
    """Read a sequence header's payload (§5.5.1).

    Raises:
        MediaError: It is cut off, or of an unknown profile.
    """
    reader = BitReader(payload[:_SEQUENCE_BYTES])
    profile = reader.bits(3)
    if profile > 2:
        raise MediaError("an AV1 stream of an unknown profile")
    reader.skip(1)
    reduced = reader.flag()
    level, tier = (reader.bits(5), 0) if reduced else _read_operating_points(reader)
    width_bits, height_bits = reader.bits(4) + 1, reader.bits(4) + 1
    width, height = reader.bits(width_bits) + 1, reader.bits(height_bits) + 1
    _skip_tools(reader, reduced)
    bit_depth, monochrome, subsampling, position = _read_color(reader, profile)
    return SequenceHeader(
        profile=profile,
        level=level,
        tier=tier,
        width=width,
        height=height,
        reduced=reduced,
        bit_depth=bit_depth,
        monochrome=monochrome,
        subsampling=subsampling,
        sample_position=position,
    )


def av1c(sequence_obu: bytes) -> bytes:
    """Build an AV1CodecConfigurationRecord from a sequence header with its size (AV1 in ISOBMFF §2.3).

    Raises:
        MediaError: It is not a sequence header, or cannot be read.
    """
    units = obus(sequence_obu)
    if not units or units[0].type != ObuType.SEQUENCE_HEADER:
        raise MediaError("no AV1 sequence header to describe the video with")
    header = parse_sequence_header(units[0].payload)
    flags = header.tier << 7 | (header.bit_depth > 8) << 6 | (header.bit_depth == 12) << 5
    flags |= header.monochrome << 4 | header.subsampling[0] << 3 | header.subsampling[1] << 2
    head = (0x81, header.profile << 5 | header.level, flags | header.sample_position, 0)
    return bytes(head) + to_bytes(units[:1])


def _is_shown_key(payload: bytes) -> bool:
    """Read the first bits of a frame header that is not reduced (§5.9.2)."""
    reader = BitReader(payload[:1])
    return not reader.flag() and reader.bits(2) == 0 and reader.flag()


def _read_operating_points(reader: BitReader) -> tuple[int, int]:
    """Read from the timing to the last operating point; gives the first one's level and tier."""
    delay_bits = 0
    if reader.flag():
        reader.skip(64)
        if reader.flag():
            reader.ue()
        if reader.flag():
            delay_bits = reader.bits(5) + 1
            reader.skip(32 + 5 + 5)
    display_delay = reader.flag()
    points = []
    for _ in range(reader.bits(5) + 1):
        reader.skip(12)
        level = reader.bits(5)
        points.append((level, reader.bits(1) if level > 7 else 0))
        if delay_bits and reader.flag():
            reader.skip(2 * delay_bits + 1)
        if display_delay and reader.flag():
            reader.skip(4)
    return points[0]


def _skip_tools(reader: BitReader, reduced: bool) -> None:
    """Pass over what the sequence may use, up to the colour."""
    if not reduced and reader.flag():
        reader.skip(4 + 3)
    reader.skip(3)
    if not reduced:
        reader.skip(4)
        order_hint = reader.flag()
        if order_hint:
            reader.skip(2)
        screen_content = reader.flag() or reader.flag()
        if screen_content and not reader.flag():
            reader.skip(1)
        if order_hint:
            reader.skip(3)
    reader.skip(3)


def _read_color(reader: BitReader, profile: int) -> tuple[int, bool, tuple[bool, bool], int]:
    """Read bit depth, monochrome, subsampling and sample position (§5.5.2)."""
    depth = 10 if reader.flag() else 8
    if profile == 2 and depth == 10 and reader.flag():
        depth = 12
    monochrome = profile != 1 and reader.flag()
    described = (reader.bits(8), reader.bits(8), reader.bits(8)) if reader.flag() else None
    if monochrome:
        reader.skip(1)
        return depth, True, (True, True), 0
    if described == (1, 13, 0):  # BT.709 primaries, sRGB transfer, identity matrix
        return depth, False, (False, False), 0
    reader.skip(1)
    if profile == 0:
        subsampling = (True, True)
    elif profile == 1:
        subsampling = (False, False)
    elif depth == 12:
        across = reader.flag()
        subsampling = (across, across and reader.flag())
    else:
        subsampling = (True, False)
    return depth, False, subsampling, reader.bits(2) if all(subsampling) else 0
