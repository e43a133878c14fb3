"""CRC-32 with the polynomial 04C11DB7, most significant bit first, as NUT and MPEG-TS use it."""

from typing import Final


def _table() -> tuple[int, ...]:
    table = []
    for index in range(256):
        value = index << 24
        for _ in range(8):
            value = value << 1 ^ (0x104C11DB7 if value & 0x80000000 else 0)
        table.append(value)
    return tuple(table)


_TABLE: Final = _table()


def crc32(data: bytes, start: int = 0) -> bytes:
    """Return the four bytes of the checksum; NUT starts with 0, MPEG-TS with all ones."""
    value = start
    for byte in data:
        value = (value & 0xFFFFFF) << 8 ^ _TABLE[value >> 24 ^ byte]
    return value.to_bytes(4, "big")
