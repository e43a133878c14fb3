"""Knowing a coded picture again that has come by another way: by what no server on the way changes of it."""

import zlib
from collections.abc import Iterable
from typing import Final, TypeAlias

from stagedoor.media import av1, h264, h265
from stagedoor.media.packets import Codec, Packet

Mark: TypeAlias = tuple[int, int]
"""A checksum of a picture's own data, and how many bytes they are."""

_SLICES: Final = frozenset(range(1, 6))
"""NAL unit types of H.264 (table 7-1)."""
_PICTURE_OBUS: Final = frozenset(
    {av1.ObuType.FRAME, av1.ObuType.FRAME_HEADER, av1.ObuType.TILE_GROUP, av1.ObuType.TILE_LIST}
)
_FIRST_NO_SLICE: Final = 32
"""NAL unit types of H.265 from here on are no slices (H.265 table 7-1)."""


def mark_of(packet: Packet) -> Mark | None:
    """Return what is the same of the same coded picture wherever it comes by, until somebody codes it anew.

    Parameter sets, delimiters and messages beside it do not count: servers add them and leave them out. None
    where there is nothing else.

    Args:
        packet: A picture, in the form of `stagedoor.media.packets`.

    Raises:
        MediaError: It cannot be read.
    """
    checksum = size = 0
    for part in _parts(packet):
        checksum, size = zlib.crc32(part, checksum), size + len(part)
    return (checksum, size) if size else None


def _parts(packet: Packet) -> Iterable[bytes]:
    match packet.track.codec:
        case Codec.H264:
            return (nal for nal in h264.nalus(packet.data) if nal[0] & 31 in _SLICES)
        case Codec.H265:
            return (nal for nal in h264.nalus(packet.data) if h265.nal_type(nal) < _FIRST_NO_SLICE)
        case Codec.AV1:
            return (unit.payload for unit in av1.obus(packet.data) if unit.type in _PICTURE_OBUS)
        case _:
            return (packet.data,)
