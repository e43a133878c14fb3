"""The session description that a publisher announces (RFC 8866, RFC 2326 appendix C)."""

import base64
from collections.abc import Sequence
from typing import Final

from stagedoor.media.h264 import nalus
from stagedoor.media.packets import Codec, Track

FIRST_PAYLOAD_TYPE: Final = 96

VIDEO_CLOCK: Final = 90_000

_NAMES: Final = {
    Codec.H264: "H264",
    Codec.H265: "H265",
    Codec.VP8: "VP8",
    Codec.VP9: "VP9",
    Codec.AV1: "AV1",
    Codec.OPUS: "opus",
    Codec.AAC: "mpeg4-generic",
}
_H265_SETS: Final = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}


def rtp_clock(track: Track) -> int:
    """Return the rate of the track's RTP timestamps; 48000 for all Opus (RFC 7587 section 4.1)."""
    match track.codec:
        case Codec.OPUS:
            return 48_000
        case Codec.AAC:
            return track.clock_rate
        case _:
            return VIDEO_CLOCK


def control(number: int) -> str:
    """Return the last part of a track's URL."""
    return f"trackID={number}"


def describe(tracks: Sequence[Track], host: str) -> str:
    """Return the description of a publication; payload types count up from 96."""
    family = "IP6" if ":" in host else "IP4"
    anywhere = "::" if family == "IP6" else "0.0.0.0"  # noqa: S104
    lines = ["v=0", f"o=- 0 0 IN {family} {anywhere}", "s=Stagedoor", f"c=IN {family} {anywhere}", "t=0 0"]
    for number, track in enumerate(tracks):
        lines += _section(number, track)
    return "\r\n".join([*lines, ""])


def _section(number: int, track: Track) -> list[str]:
    kind = FIRST_PAYLOAD_TYPE + number
    channels = "/2" if track.codec is Codec.OPUS else f"/{track.channels}" if track.codec is Codec.AAC else ""
    lines = [
        f"m={track.kind} 0 RTP/AVP {kind}",
        f"a=rtpmap:{kind} {_NAMES[track.codec]}/{rtp_clock(track)}{channels}",
    ]
    parameters = _parameters(track)
    if parameters:
        lines.append(f"a=fmtp:{kind} {'; '.join(parameters)}")
    return [*lines, f"a=control:{control(number)}"]


def _parameters(track: Track) -> list[str]:
    match track.codec:
        case Codec.H264:
            return _h264(track)
        case Codec.H265:
            return _h265(track)
        case Codec.VP9:
            return ["profile-id=0"]
        case Codec.OPUS:
            return ["sprop-stereo=1"] if track.channels == 2 else []
        case Codec.AAC:
            return [
                *("streamtype=5", "profile-level-id=1", "mode=AAC-hbr"),
                *("sizelength=13", "indexlength=3", "indexdeltalength=3"),
                f"config={track.extradata.hex()}",
            ]
        case _:
            return []


def _sets(track: Track) -> list[bytes]:
    return nalus(track.extradata) if track.extradata else []


def _h264(track: Track) -> list[str]:
    """RFC 6184 section 8.2.1."""
    sets = [unit for unit in _sets(track) if unit[0] & 31 in (7, 8)]
    sps = [unit for unit in sets if unit[0] & 31 == 7 and len(unit) >= 4]
    if not sps:
        return ["packetization-mode=1"]
    sprop = ",".join(base64.b64encode(unit).decode() for unit in sets)
    return ["packetization-mode=1", f"profile-level-id={sps[0][1:4].hex()}", f"sprop-parameter-sets={sprop}"]


def _h265(track: Track) -> list[str]:
    """RFC 7798 section 7.1."""
    found: dict[str, list[str]] = {}
    for unit in _sets(track):
        name = _H265_SETS.get(unit[0] >> 1 & 63)
        if name:
            found.setdefault(name, []).append(base64.b64encode(unit).decode())
    return [f"{name}={','.join(values)}" for name, values in found.items()]
