"""VP9: superframes and the uncompressed header (VP9 bitstream specification, §6.2, §7.2 and annex B)."""

from typing import NamedTuple

from stagedoor.domain.errors import MediaError
from stagedoor.media.bits import BitReader

_HEADER_BYTES = 24  # no header reaches further before its size
_SYNC_CODE = 0x498342
_SRGB = 7


class Vp9Header(NamedTuple):
    """The beginning of one frame.

    Attributes:
        profile: 0 to 3.
        key: Whether it is a key frame.
        shown: Whether it is shown when it has been decoded.
        intra_only: Whether it refers to no other frame, without being a key frame.
        width: Pixels; 0 where the frame takes its size from another one.
        height: Pixels; 0 where the frame takes its size from another one.
        bit_depth: Bits; 8 where the header does not say.
    """

    profile: int
    key: bool = False
    shown: bool = True
    intra_only: bool = False
    width: int = 0
    height: int = 0
    bit_depth: int = 8


def frames(data: bytes) -> list[bytes]:
    """Cut a superframe into its frames; a frame alone is given back as it is (annex B).

    Raises:
        MediaError: The index does not fit the data.
    """
    if not data:
        raise MediaError("an empty VP9 frame")
    marker = data[-1]
    count, width = (marker & 7) + 1, (marker >> 3 & 3) + 1
    size = 2 + count * width
    if marker & 0xE0 != 0xC0 or len(data) < size or data[-size] != marker:
        return [data]
    found: list[bytes] = []
    start = 0
    for at in range(len(data) - size + 1, len(data) - 1, width):
        end = start + int.from_bytes(data[at : at + width], "little")
        if end > len(data) - size:
            raise MediaError("a VP9 superframe that is cut off")
        if end > start:
            found.append(data[start:end])
        start = end
    if not found:
        raise MediaError("a VP9 superframe without frames")
    return found


def superframe(parts: list[bytes]) -> bytes:
    """Join the frames of one picture, with an index where there are several (annex B).

    Raises:
        MediaError: There are none, or more than eight.
    """
    if not 0 < len(parts) <= 8:
        raise MediaError(f"a VP9 picture of {len(parts)} frames")
    if len(parts) == 1:
        return parts[0]
    width = (max(map(len, parts)).bit_length() + 7) // 8
    marker = bytes((0xC0 | width - 1 << 3 | len(parts) - 1,))
    return b"".join((*parts, marker, *(len(part).to_bytes(width, "little") for part in parts), marker))


def parse_header(data: bytes) -> Vp9Header:
    """Read the beginning of one frame's uncompressed header.

    Raises:
        MediaError: It is none, or is cut off.
    """
    reader = BitReader(data[:_HEADER_BYTES])
    if reader.bits(2) != 2:
        raise MediaError("not a VP9 frame")
    profile = reader.bits(1) | reader.bits(1) << 1
    if profile == 3:
        reader.skip(1)
    if reader.flag():
        reader.skip(3)
        return Vp9Header(profile)
    key = not reader.flag()
    shown = reader.flag()
    resilient = reader.flag()
    if key:
        _expect_sync(reader)
        depth = _read_color(reader, profile)
        width, height = _read_size(reader)
        return Vp9Header(profile, True, shown, width=width, height=height, bit_depth=depth)
    intra_only = not shown and reader.flag()
    if not resilient:
        reader.skip(2)
    if intra_only:
        _expect_sync(reader)
        depth = _read_color(reader, profile) if profile else 8
        reader.skip(8)
        width, height = _read_size(reader)
        return Vp9Header(profile, False, shown, True, width, height, depth)
    reader.skip(8 + 3 * 4)
    if any(reader.flag() for _ in range(3)):
        return Vp9Header(profile, False, shown)
    width, height = _read_size(reader)
    return Vp9Header(profile, False, shown, width=width, height=height)


def _expect_sync(reader: BitReader) -> None:
    if reader.bits(24) != _SYNC_CODE:
        raise MediaError("a VP9 key frame without its sync code")


def _read_color(reader: BitReader, profile: int) -> int:
    """Read the colour configuration as far as the bit depth matters (§7.2.2)."""
    depth = 8
    if profile >= 2:
        depth = 12 if reader.flag() else 10
    if reader.bits(3) != _SRGB:
        reader.skip(1)
        if profile & 1:
            reader.skip(3)
    elif profile & 1:
        reader.skip(1)
    else:
        raise MediaError("a VP9 frame in RGB of a profile that has none")
    return depth


def _read_size(reader: BitReader) -> tuple[int, int]:
    return reader.bits(16) + 1, reader.bits(16) + 1
