"""ADTS: AAC with a header before each frame (ISO/IEC 14496-3, 1.A.3), as MPEG-TS carries it."""

from typing import Final

from stagedoor.domain.errors import MediaError

_SHORT, _LONG = 7, 9
"""Bytes of a header without and with a checksum."""
_SYNC: Final = 0xFFF0


def is_adts(data: bytes) -> bool:
    """Tell whether a packet of AAC begins with a header."""
    return len(data) > _SHORT and int.from_bytes(data[:2], "big") & 0xFFF6 == _SYNC


def unwrap(data: bytes) -> tuple[bytes, bytes]:
    """Return the AudioSpecificConfig that a header amounts to, and the raw frame behind it.

    Raises:
        MediaError: It is no header, or there are several frames in one.
    """
    if not is_adts(data):
        raise MediaError("AAC without the header that was there before")
    size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    begin = _SHORT if data[1] & 1 else _LONG
    if not begin < size <= len(data) or data[6] & 3:
        raise MediaError("AAC with a header that cannot be")
    kind, rate, channels = (data[2] >> 6) + 1, data[2] >> 2 & 15, (data[2] & 1) << 2 | data[3] >> 6
    return (kind << 11 | rate << 7 | channels << 3).to_bytes(2, "big"), data[begin:size]
