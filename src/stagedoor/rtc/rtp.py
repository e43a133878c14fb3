"""RTP packets (RFC 3550 section 5.1) and their header extensions (RFC 8285), read and written for speed."""

import struct
from typing import NamedTuple

_FIXED = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_ONE_BYTE = 0xBEDE


class Rtp(NamedTuple):
    """One packet; `extension` is the raw header extension with its profile."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    profile: int
    extension: bytes


def parse_rtp(data: bytes) -> Rtp | None:
    """Read a packet; None if it is not one."""
    size = len(data)
    if size < 12:
        return None
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(data)
    start = 12 + 4 * (first & 0x0F)
    profile, extension = 0, b""
    if first & 0x10:
        if size < start + 4:
            return None
        profile, words = _EXTENSION.unpack_from(data, start)
        start += 4
        extension = data[start : start + 4 * words]
        start += 4 * words
    if first & 0x20:
        size -= data[-1]
    if size < start:
        return None
    return Rtp(second & 0x7F, second > 0x7F, sequence, timestamp, ssrc, data[start:size], profile, extension)


def extension_value(packet: Rtp, number: int) -> bytes | None:
    """The value of header extension `number`, one-byte or two-byte form."""
    raw, at = packet.extension, 0
    one_byte = packet.profile == _ONE_BYTE
    while at < len(raw):
        if raw[at] == 0:
            at += 1
            continue
        if one_byte:
            found, length, at = raw[at] >> 4, (raw[at] & 0x0F) + 1, at + 1
        else:
            if at + 1 >= len(raw):
                return None
            found, length, at = raw[at], raw[at + 1], at + 2
        if found == number:
            return raw[at : at + length]
        at += length
    return None


def write_rtp(  # noqa: PLR0913
    payload_type: int,
    marker: bool,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    extension: bytes = b"",
) -> bytes:
    """A packet; `extension` is a whole header extension, as `write_extension` makes it."""
    first = 0x90 if extension else 0x80
    second = payload_type | (0x80 if marker else 0)
    header = _FIXED.pack(first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + extension + payload


def write_padding(payload_type: int, sequence: int, timestamp: int, ssrc: int, size: int) -> bytes:
    """A packet of nothing but 1 to 255 bytes of padding: its payload is empty."""
    header = _FIXED.pack(0xA0, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + bytes(size - 1) + bytes([size])


def write_extension(number: int, value: bytes) -> bytes:
    """A header extension with one element of 1 to 16 bytes, in the one-byte form."""
    element = bytes([number << 4 | (len(value) - 1)]) + value
    element += bytes(-len(element) % 4)
    return _EXTENSION.pack(_ONE_BYTE, len(element) // 4) + element


def is_rtcp(data: bytes) -> bool:
    """RFC 5761 section 4: the second byte of RTCP is 192 to 223."""
    return len(data) > 1 and 192 <= data[1] <= 223
