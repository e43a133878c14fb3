"""The records of Microsoft's RIFF, by which Matroska names codecs that have no name of their own there.

WAVEFORMATEX and its numbers are of RFC 2361; that both stand where Matroska has what a decoder must know is
of draft-ietf-cellar-codec (`A_MS/ACM`, `V_MS/VFW/FOURCC`).
"""

import struct


def wave_format(number: int, rate: int, channels: int, bits: int) -> bytes:
    """Return a WAVEFORMATEX.

    Args:
        number: The codec's.
        rate: Hz.
        channels: How many.
        bits: Of each coded sample.
    """
    block = max(1, channels * bits // 8)
    return struct.pack("<HHIIHHH", number, channels, rate, rate * channels * bits // 8, block, bits, 0)


def bitmap_info(letters: bytes, width: int, height: int, extradata: bytes) -> bytes:
    """Return a BITMAPINFOHEADER, with what a decoder has to know behind it.

    Args:
        letters: The codec's four.
        width: Pixels.
        height: Pixels.
        extradata: What a decoder has to know.
    """
    sizes = struct.pack("<IiiHH", 40 + len(extradata), width, height, 1, 24)
    return sizes + letters + struct.pack("<IiiII", width * height * 3, 0, 0, 0, 0) + extradata
