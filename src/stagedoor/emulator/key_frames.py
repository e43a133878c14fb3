"""Whether a packet begins a key frame: where a subscription may go on with another source."""

from stagedoor.emulator.formats import Identity

_H264_KEYS = (5, 7)
_H265_KEYS = (16, 17, 18, 19, 20, 21, 32, 33)


def begins_key_frame(carries: Identity, payload: bytes) -> bool:
    """Whether a decoder can begin here; true of all sound."""
    if carries.name not in _READERS:
        return True
    try:
        return _READERS[carries.name](payload)
    except IndexError:
        return False


def _h264(payload: bytes) -> bool:
    """RFC 6184 section 5: a parameter set or an IDR slice, alone, in a STAP-A or at the start of an FU-A."""
    kind = payload[0] & 0x1F
    if kind == 24:
        return payload[3] & 0x1F in _H264_KEYS
    if kind == 28:
        return bool(payload[1] & 0x80) and payload[1] & 0x1F in _H264_KEYS
    return kind in _H264_KEYS


def _h265(payload: bytes) -> bool:
    """RFC 7798 section 4.4: the same, with an AP or an FU."""
    kind = payload[0] >> 1 & 0x3F
    if kind == 48:
        return payload[4] >> 1 & 0x3F in _H265_KEYS
    if kind == 49:
        return bool(payload[2] & 0x80) and payload[2] & 0x3F in _H265_KEYS
    return kind in _H265_KEYS


def _vp8(payload: bytes) -> bool:
    """RFC 7741 section 4: the first packet of the first partition, with the key frame bit clear."""
    at = 1
    if payload[0] & 0x80:
        flags = payload[1]
        at = 2
        if flags & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return payload[0] & 0x17 == 0x10 and not payload[at] & 1


def _vp9(payload: bytes) -> bool:
    """RFC 9628 section 4: the begin of a frame that is not predicted from another."""
    return payload[0] & 0x48 == 0x08


def _av1(payload: bytes) -> bool:
    """The N bit of the aggregation header: the first packet of a coded video sequence."""
    return bool(payload[0] & 0x08)


_READERS = {"h264": _h264, "h265": _h265, "vp8": _vp8, "vp9": _vp9, "av1": _av1}
