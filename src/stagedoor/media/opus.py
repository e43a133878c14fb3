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


def frame_duration(packet: bytes) -> int:
    """Tell how long each frame of a packet lasts, in samples at 48 kHz (RFC 6716 §3.1).

    Raises:
        MediaError: It is empty.
    """
    if not packet:
        raise MediaError("an empty Opus packet")
    return _FRAME_DURATION[packet[0]]


def carries_repair(packet: bytes) -> bool:
    """Tell whether a packet carries a rough copy of the frame before it (in-band FEC, RFC 6716 §2.1.7).

    The linear-prediction layer begins with one bit for each 20 ms, whether it has speech, and one for the
    copy; first those of the middle channel, then those of the side (§4.2.3). Bits of even odds lie in the
    open.
    """
    if not packet or packet[0] >> 7:
        return False
    at = _first_frame(packet)
    if at is None:
        return False
    speech = max(1, _FRAME_DURATION[packet[0]] // 960)
    flags = 1 << (7 - speech)
    if packet[0] & 4:
        flags |= 1 << (6 - 2 * speech)
    return bool(packet[at] & flags)


def _first_frame(packet: bytes) -> int | None:
    """Return where the first frame begins (RFC 6716 §3.2); None where it is empty or not there."""
    code, at = packet[0] & 3, 1
    if code == 2 and packet[1:]:
        at = 2 if packet[1] < 252 else 3
        return at if packet[1] and at < len(packet) else None
    if code == 3 and packet[1:]:
        at = _after_padding(packet)
        if packet[1] & 0x80:
            lengths = packet[1] & 0x3F
            empty = lengths > 1 and packet[at : at + 1] == b"\0"
            for _ in range(lengths - 1):
                at += 2 if packet[at : at + 1] >= b"\xfc" else 1
            return at if not empty and at < len(packet) else None
    return at if at < len(packet) else None


def _after_padding(packet: bytes) -> int:
    """Return what follows the count of frames and the length of the padding (§3.2.5)."""
    at = 2
    if packet[1] & 0x40:
        while packet[at : at + 1] == b"\xff":
            at += 1
        at += 1
    return at


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
