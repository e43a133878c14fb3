"""The `codecs` parameter of a media type (RFC 6381): Media Source must be told it before the first byte."""

from stagedoor.media.packets import Codec, Track
from stagedoor.media.records import configuration


def codecs_parameter(track: Track) -> str:
    """Return a track's codec with profile and level; empty while its parameters are not known.

    Raises:
        MediaError: the track's extradata is malformed.
    """
    record = configuration(track)
    if not record:
        return ""
    match track.codec:
        case Codec.H264:
            return f"avc1.{record[1:4].hex()}"
        case Codec.H265:
            return _hevc(record)
        case Codec.VP9:
            return f"vp09.{record[0]:02}.{record[1]:02}.{record[2] >> 4:02}"
        case Codec.AV1:
            return _av1(record)
        case Codec.AAC:
            return f"mp4a.40.{record[0] >> 3}"
        case codec:
            return codec.value


def _hevc(record: bytes) -> str:
    """ISO/IEC 14496-15, annex E.3: the compatibility flags in reverse order of bits."""
    space = ("", "A", "B", "C")[record[1] >> 6]
    compatible = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
    tier = "H" if record[1] & 0x20 else "L"
    constraints = record[6:12].rstrip(b"\0")
    rest = "".join(f".{byte:X}" for byte in constraints)
    return f"hvc1.{space}{record[1] & 31}.{compatible:X}.{tier}{record[12]}{rest}"


def _av1(record: bytes) -> str:
    """AV1 Codec ISO Media File Format Binding, section 5."""
    profile, level, tier = record[1] >> 5, record[1] & 31, "H" if record[2] & 0x80 else "M"
    depth = (12 if record[2] & 0x20 else 10) if record[2] & 0x40 else 8
    return f"av01.{profile}.{level:02}{tier}.{depth:02}"
