"""Opus: what the first bytes of a packet say (RFC 6716 §3)."""

from stagedoor.domain.errors import MediaError

CLOCK_RATE = 48000
MAX_DURATION = 5760  # 120 ms, the longest that a packet may be


def _frame_duration(toc: int) -> int:
    config = toc >> 3
    if config < 12:
        return (480, 960, 1920, 2880)[config & 3]
    if config < 16:
        return (480, 960)[config & 1]
    return (120, 240, 480, 960)[config & 3]


_FRAME_DURATION = tuple(_frame_duration(toc) for toc in range(256))


def duration(packet: bytes) -> int:
    """Tell how long a packet lasts, in samples at 48 kHz (RFC 6716 §3.1 and §3.2).

    Raises:
        MediaError: It is empty, cut off, or longer than 120 ms.
    """
    if not packet:
        raise MediaError("an empty Opus packet")
    toc = packet[0]
    code = toc & 3
    if code == 0:
        return _FRAME_DURATION[toc]
    if code == 3:
        return _many(packet)
    if code == 1:
        if not len(packet) & 1:
            raise MediaError("an Opus packet of two equal frames with an odd length")
    elif _length(packet) > len(packet) - 1:
        raise MediaError("an Opus packet that is cut off")
    return 2 * _FRAME_DURATION[toc]


def channels(packet: bytes) -> int:
    """Tell whether a packet codes one channel or two (RFC 6716 §3.1).

    Raises:
        MediaError: It is empty.
    """
    if not packet:
        raise MediaError("an empty Opus packet")
    return 2 if packet[0] & 4 else 1


def _many(packet: bytes) -> int:
    if len(packet) < 2:
        raise MediaError("an Opus packet that is cut off")
    total = (packet[1] & 0x3F) * _FRAME_DURATION[packet[0]]
    if not 0 < total <= MAX_DURATION:
        raise MediaError("an Opus packet of no possible duration")
    return total


def _length(packet: bytes) -> int:
    """Tell the bytes of the first frame and its length field (RFC 6716 §3.2.1)."""
    if len(packet) < 2:
        raise MediaError("an Opus packet that is cut off")
    if packet[1] < 252:
        return 1 + packet[1]
    if len(packet) < 3:
        raise MediaError("an Opus packet that is cut off")
    return 2 + packet[1] + 4 * packet[2]
