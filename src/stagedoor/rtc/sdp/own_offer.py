"""Writing an offer of our own (RFC 8829 section 5.2), to an SFU that takes what we send."""

from dataclasses import dataclass

from stagedoor.domain.errors import NegotiationError
from stagedoor.media.packets import Codec, Kind, Track
from stagedoor.rtc.sdp.answer import LocalSource, LocalTransport, source_lines
from stagedoor.rtc.sdp.formats import Choice, format_lines
from stagedoor.rtc.sdp.offer import Format

OPUS_TYPE = 111
VIDEO_TYPE = 102
RTX_TYPE = 103
_FEEDBACK = ["nack", "nack pli", "ccm fir", "goog-remb"]
_BASELINE = "42e01f"


@dataclass(frozen=True, slots=True)
class OwnSection:
    """A section of our offer: one track that we send."""

    mid: str
    choice: Choice
    source: LocalSource


def own_choice(track: Track) -> Choice:
    """Return the one format that a track is offered in.

    Raises:
        NegotiationError: It is sound that WebRTC does not carry.
    """
    if track.kind is Kind.AUDIO and track.codec is not Codec.OPUS:
        raise NegotiationError(f"{track.codec} cannot be sent by WebRTC", hint="Publish Opus.")
    if track.codec is Codec.OPUS:
        parameters = {"minptime": "10", "useinbandfec": "1"}
        if track.channels > 1:
            parameters |= {"stereo": "1", "sprop-stereo": "1"}
        return Choice(track.codec, Format(OPUS_TYPE, "opus", 48_000, 2, parameters, []))
    parameters = {}
    if track.codec is Codec.H264:
        parameters = {
            "level-asymmetry-allowed": "1",
            "packetization-mode": "1",
            "profile-level-id": _profile(track),
        }
    video = Format(VIDEO_TYPE, track.codec.value, 90_000, 1, parameters, list(_FEEDBACK))
    return Choice(track.codec, video, Format(RTX_TYPE, "rtx", 90_000, 1, {"apt": str(VIDEO_TYPE)}, []))


def _profile(track: Track) -> str:
    """The profile and level of a track's own parameter set (RFC 6184 section 8.1)."""
    at = track.extradata.find(b"\0\0\1\x67")
    return track.extradata[at + 4 : at + 7].hex() if at >= 0 else _BASELINE


def write_own_offer(
    session_id: int, version: int, transport: LocalTransport, sections: list[OwnSection]
) -> str:
    """The SDP offer: every section bundled over one transport, complete with candidates."""
    lines = ["v=0", f"o=- {session_id} {version} IN IP4 0.0.0.0", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(section.mid for section in sections))
    lines.append("a=msid-semantic:WMS *")
    for section in sections:
        lines += _section(section, transport)
    return "\r\n".join(lines) + "\r\n"


def _section(section: OwnSection, transport: LocalTransport) -> list[str]:
    choice = section.choice
    numbers = " ".join(str(number) for number in choice.payload_types)
    lines = [f"m={choice.codec.kind} 9 UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0"]
    lines += ["a=sendonly", f"a=mid:{section.mid}", "a=rtcp-mux", "a=rtcp-rsize"]
    lines += format_lines(choice, choice.format.parameters)
    lines += source_lines(section.source)
    lines += [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.pwd}"]
    lines += [f"a=fingerprint:{algorithm} {digest}" for algorithm, digest in transport.fingerprints]
    lines.append("a=setup:actpass")
    lines += [f"a=candidate:{candidate}" for candidate in transport.candidates]
    return [*lines, "a=end-of-candidates"]
