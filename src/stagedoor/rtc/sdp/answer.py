"""Writing an answer (RFC 8829 section 5.3): a section for each of the offer, refused ones with port 0."""

from dataclasses import dataclass, field

from stagedoor.rtc.sdp.formats import Choice, answer_lines
from stagedoor.rtc.sdp.offer import Offer, Section

MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid"
SEND_TIME_EXTENSION = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Our side of one transport: ICE credentials, candidates, certificate and role."""

    ufrag: str
    pwd: str
    candidates: tuple[str, ...]
    fingerprints: tuple[tuple[str, str], ...]
    setup: str


@dataclass(frozen=True, slots=True)
class LocalSource:
    """A stream of ours, announced to a viewer."""

    ssrc: int
    rtx_ssrc: int | None
    cname: str
    stream: str


@dataclass(slots=True)
class Accepted:
    """A section that the answer takes."""

    section: Section
    choice: Choice
    transport: LocalTransport
    extensions: tuple[str, ...] = (MID_EXTENSION,)
    source: LocalSource | None = None
    start_bitrate: int | None = None
    lines: list[str] = field(default_factory=list)


def write_answer(offer: Offer, accepted: list[Accepted], session_id: int) -> str:
    """The SDP answer, complete with candidates.

    `urn:3gpp:video-orientation` is never among the extensions, so a phone turns its own pixels.
    """
    by_section = {id(each.section): each for each in accepted}
    bundled = [each.section.mid for each in accepted if each.section.mid in offer.bundle]
    lines = ["v=0", f"o=- {session_id} 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    if bundled:
        lines.append("a=group:BUNDLE " + " ".join(bundled))
    lines.append("a=msid-semantic:WMS *")
    for section in offer.sections:
        taken = by_section.get(id(section))
        lines += _taken(taken) if taken else _refused(section)
    return "\r\n".join(lines) + "\r\n"


def _refused(section: Section) -> list[str]:
    kind, _port, rest = section.first_line.split(" ", 2)
    lines = [f"m={kind} 0 {rest}", "c=IN IP4 0.0.0.0", "a=inactive"]
    return [*lines, f"a=mid:{section.mid}"] if section.mid else lines


def _taken(accepted: Accepted) -> list[str]:
    section, transport = accepted.section, accepted.transport
    numbers = " ".join(str(number) for number in accepted.choice.payload_types)
    lines = [f"m={section.kind} 9 {section.protocol} {numbers}", "c=IN IP4 0.0.0.0"]
    lines.append("a=sendonly" if accepted.source else "a=recvonly")
    if section.mid:
        lines.append(f"a=mid:{section.mid}")
    lines += ["a=rtcp-mux", "a=rtcp-rsize"]
    lines += [
        f"a=extmap:{section.extensions[uri]} {uri}"
        for uri in accepted.extensions
        if uri in section.extensions
    ]
    lines += answer_lines(accepted.choice, accepted.start_bitrate)
    if accepted.source:
        lines += source_lines(accepted.source)
    lines += [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.pwd}", "a=ice-options:trickle"]
    lines += [f"a=fingerprint:{algorithm} {digest}" for algorithm, digest in transport.fingerprints]
    lines.append(f"a=setup:{transport.setup}")
    lines += [f"a=candidate:{candidate}" for candidate in transport.candidates]
    return [*lines, "a=end-of-candidates"]


def source_lines(source: LocalSource) -> list[str]:
    """The lines that announce a stream of ours.

    The stream itself comes first: Chromium takes the first SSRC of a section for it.
    """
    lines = [f"a=msid:{source.stream} {source.stream}-{source.ssrc}"]
    if source.rtx_ssrc is not None:
        lines.append(f"a=ssrc-group:FID {source.ssrc} {source.rtx_ssrc}")
    ssrcs = (source.ssrc, source.rtx_ssrc)
    return lines + [f"a=ssrc:{each} cname:{source.cname}" for each in ssrcs if each is not None]
