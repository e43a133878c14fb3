"""Writes headers bit by bit, for tests of those that read them."""


class BitWriter:
    """The inverse of `stagedoor.media.bits.BitReader`; methods chain."""

    def __init__(self) -> None:
        self._bits = ""

    def bits(self, count: int, value: int) -> "BitWriter":
        """Write `value` in `count` bits."""
        assert 0 <= value < 1 << count
        self._bits += format(value, f"0{count}b") if count else ""
        return self

    def ue(self, *values: int) -> "BitWriter":
        """Write unsigned Exp-Golomb codes."""
        for value in values:
            length = (value + 1).bit_length()
            self.bits(2 * length - 1, value + 1)
        return self

    def se(self, *values: int) -> "BitWriter":
        """Write signed Exp-Golomb codes."""
        return self.ue(*(2 * value - 1 if value > 0 else -2 * value for value in values))

    def to_bytes(self, *, stop: bool = True) -> bytes:
        """Give the bytes, ended by a stop bit and zeros."""
        text = self._bits + ("1" if stop else "")
        text += "0" * (-len(text) % 8)
        return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))

    def to_nal(self, *header: int) -> bytes:
        """Give a NAL unit with emulation prevention."""
        out = bytearray(header)
        zeros = 0
        for byte in self.to_bytes():
            if zeros >= 2 and byte <= 3:
                out.append(3)
                zeros = 0
            out.append(byte)
            zeros = zeros + 1 if byte == 0 else 0
        return bytes(out)
