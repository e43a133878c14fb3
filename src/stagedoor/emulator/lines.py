"""One media line of a session: what both sides have agreed on for one `m=` section, and how it is written."""

from dataclasses import dataclass, field

from stagedoor.emulator.formats import Identity, format_lines, identities
from stagedoor.rtc.sdp.offer import Format

PROTOCOL = "UDP/TLS/RTP/SAVPF"
MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid"


@dataclass(frozen=True, slots=True)
class Source:
    """A stream that we announce to a subscriber."""

    ssrc: int
    rtx_ssrc: int
    cname: str
    stream: str
    track: str


@dataclass(slots=True)
class Line:
    """One media line.

    Attributes:
        receives: Whether the client may send in it.
        sends: Whether we send in it.
        can_send: Whether the client's offer lets us.
        stopped: Whether it is switched off for good (port 0).
        ssrcs: Streams that the client has announced.
        first_line: Of a section that carries no media: its own `m=` line after the port.
    """

    mid: str
    kind: str
    formats: list[Format] = field(default_factory=list)
    extensions: dict[str, int] = field(default_factory=dict)
    receives: bool = False
    sends: bool = False
    can_send: bool = False
    stopped: bool = False
    source: Source | None = None
    ssrcs: list[int] = field(default_factory=list)
    retransmissions: dict[int, int] = field(default_factory=dict)
    first_line: str = ""
    meaning: dict[int, Identity] = field(init=False)

    def __post_init__(self) -> None:
        self.agree(self.formats)

    def agree(self, formats: list[Format]) -> None:
        """Take the formats that both sides know; `meaning` tells what each payload type carries."""
        self.formats = formats
        self.meaning = identities(self.kind, formats)

    def stop(self) -> None:
        """Switch off for good."""
        self.stopped, self.receives, self.sends, self.can_send = True, False, False, False

    @property
    def direction(self) -> str:
        """Ours."""
        return {
            (True, True): "sendrecv",
            (True, False): "recvonly",
            (False, True): "sendonly",
            (False, False): "inactive",
        }[self.receives, self.sends]


@dataclass(frozen=True, slots=True)
class Transport:
    """Our side of a session's one transport."""

    ufrag: str
    pwd: str
    fingerprint: tuple[str, str]
    candidates: tuple[str, ...]


def write_description(lines: list[Line], transport: Transport, setup: str, origin: tuple[int, int]) -> str:
    """An offer or answer of the SFU's shape: candidates in the first section that is not stopped, only there.

    Args:
        lines: All of the session's, in order.
        transport: Ours.
        setup: `passive` in an answer, `actpass` in an offer.
        origin: Session id and version of the `o=` line.
    """
    alive = [line for line in lines if not line.stopped]
    algorithm, digest = transport.fingerprint
    text = [
        "v=0",
        f"o=- {origin[0]} {origin[1]} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=msid-semantic:WMS*",
        f"a=fingerprint:{algorithm} {digest}",
        "a=ice-lite",
        *(["a=extmap-allow-mixed"] if setup == "actpass" else []),
        " ".join(["a=group:BUNDLE", *(line.mid for line in alive)]),
    ]
    for line in lines:
        text += _section(line, transport, setup)
        if alive and line is alive[0]:
            text += [f"a=candidate:{each}" for each in transport.candidates]
            text.append("a=end-of-candidates")
    return "\r\n".join(text) + "\r\n"


def _section(line: Line, transport: Transport, setup: str) -> list[str]:
    port = 0 if line.stopped else 9
    numbers = " ".join(str(each.payload_type) for each in line.formats) or "0"
    rest = line.first_line or f"{PROTOCOL} {numbers}"
    lines = [f"m={line.kind} {port} {rest}", "c=IN IP4 0.0.0.0"]
    if line.stopped:
        return [*lines, f"a=mid:{line.mid}", "a=inactive"]
    lines += [f"a=setup:{setup}", f"a=mid:{line.mid}"]
    lines += [f"a=ice-ufrag:{transport.ufrag}", f"a=ice-pwd:{transport.pwd}"]
    if line.kind == "application":
        return [*lines, "a=sctp-port:5000"]
    lines += ["a=rtcp-mux", "a=rtcp-rsize"]
    for each in line.formats:
        lines += format_lines(each)
    lines += [f"a=extmap:{number} {uri}" for uri, number in line.extensions.items()]
    if line.sends and line.source is not None:
        lines += _source(line)
    return [*lines, f"a={line.direction}"]


def _source(line: Line) -> list[str]:
    source = line.source
    if source is None:
        return []
    ssrcs = [source.ssrc]
    lines = [f"a=msid:{source.stream} {source.track}"]
    if any(each.name == "rtx" for each in line.formats):
        ssrcs.append(source.rtx_ssrc)
        lines.append(f"a=ssrc-group:FID {source.ssrc} {source.rtx_ssrc}")
    for ssrc in ssrcs:
        lines += [f"a=ssrc:{ssrc} cname:{source.cname}", f"a=ssrc:{ssrc} msid:{source.stream} {source.track}"]
    return lines
