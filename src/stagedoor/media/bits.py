"""Reading what codecs write bit by bit, and the variable lengths that they use."""

from stagedoor.domain.errors import MediaError


class BitReader:
    """Reads a short header, most significant bit first.

    Every method raises `MediaError` where the data ends before the value does.
    """

    __slots__ = ("_left", "_value")

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def bits(self, count: int) -> int:
        """Read an unsigned number of `count` bits."""
        self._left -= count
        if self._left < 0:
            raise MediaError("the media ends in the middle of a header")
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        """Read one bit."""
        return bool(self.bits(1))

    def skip(self, count: int) -> None:
        """Pass over `count` bits."""
        self.bits(count)

    def ue(self) -> int:
        """Read an unsigned Exp-Golomb code (H.264 §9.1; AV1 names it uvlc, §4.10.3)."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 32:
                raise MediaError("an Exp-Golomb code of more than 32 bits")
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        """Read a signed Exp-Golomb code (H.264 §9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def unescape(nal: bytes) -> bytes:
    """Take the emulation prevention bytes out of a NAL unit (H.264 §7.3.1, H.265 §7.3.1.1)."""
    return nal.replace(b"\0\0\3", b"\0\0")


def leb128(data: bytes, start: int) -> tuple[int, int]:
    """Read a little-endian base 128 number (AV1 §4.10.5).

    Returns:
        The number, and where the byte after it is.

    Raises:
        MediaError: It is cut off, or longer than 32 bits.
    """
    value = 0
    for index, byte in enumerate(data[start : start + 8]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            if value >= 1 << 32:
                break
            return value, start + index + 1
    raise MediaError("a length that is cut off or too large")


def to_leb128(value: int) -> bytes:
    """Write `value` in as few base 128 bytes as it needs (AV1 §4.10.5)."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
