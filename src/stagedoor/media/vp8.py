"""VP8: the frame header (RFC 6386 §9.1)."""

from typing import NamedTuple

from stagedoor.domain.errors import MediaError


class Vp8Header(NamedTuple):
    """The beginning of a frame; sizes in pixels, 0 where the frame is not a key frame."""

    key: bool
    width: int = 0
    height: int = 0


def parse_header(data: bytes) -> Vp8Header:
    """Read a frame's header.

    Raises:
        MediaError: The frame is cut off before the end of its first partition, or has no possible size.
    """
    if len(data) < 3:
        raise MediaError("a VP8 frame that is cut off")
    tag = int.from_bytes(data[:3], "little")
    key = not tag & 1
    if (tag >> 5) + (10 if key else 3) > len(data):
        raise MediaError("a VP8 frame that is cut off")
    if not key:
        return Vp8Header(key=False)
    if data[3:6] != b"\x9d\x01\x2a":
        raise MediaError("a VP8 key frame without its start code")
    # The two highest bits of each are how a player should scale, not the size.
    width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    if not width or not height:
        raise MediaError("a VP8 key frame without a size")
    return Vp8Header(True, width, height)
