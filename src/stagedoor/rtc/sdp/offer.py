"""Reading an SDP offer (RFC 8866, RFC 8829) into what an answer needs, and refusing what cannot be read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from stagedoor.domain.errors import BadOfferError

MOST_BYTES = 256 * 1024
MOST_SECTIONS = 32
MOST_CANDIDATES = 64
"""Of one offer or fragment; a browser on a machine with many networks sends about twenty."""
_TOKEN = re.compile(r"^[A-Za-z0-9+/\-_.~]{1,256}$")
_HINT = "Send the SDP offer of an RTCPeerConnection as the body."


@dataclass(slots=True)
class Format:
    """One payload type of a media section.

    Attributes:
        parameters: The `fmtp` line, keys in lower case.
        feedback: The `rtcp-fb` values, such as `nack pli`.
    """

    payload_type: int
    name: str = ""
    clock_rate: int = 0
    channels: int = 1
    parameters: dict[str, str] = field(default_factory=dict)
    feedback: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RemoteTransport:
    """The other side's ICE credentials, DTLS fingerprints and role.

    Attributes:
        setup: The DTLS role as it stands in the offer: actpass, active or passive (RFC 8842).
    """

    ufrag: str = ""
    pwd: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    setup: str = ""
    candidates: list[str] = field(default_factory=list)
    end_of_candidates: bool = False


@dataclass(slots=True)
class Section:
    """One `m=` section of an offer."""

    kind: str
    port: int
    protocol: str
    mid: str = ""
    direction: str = "sendrecv"
    rtcp_mux: bool = False
    formats: dict[int, Format] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)
    retransmissions: dict[int, int] = field(default_factory=dict)
    transport: RemoteTransport = field(default_factory=RemoteTransport)
    first_line: str = ""

    @property
    def sends(self) -> bool:
        """Whether the other side means to send in it."""
        return self.direction in ("sendrecv", "sendonly") and (self.port != 0 or bool(self.mid))

    @property
    def receives(self) -> bool:
        """Whether the other side means to receive in it."""
        return self.direction in ("sendrecv", "recvonly")


@dataclass(slots=True)
class Offer:
    """An offer as it was read.

    Attributes:
        bundle: The mids of the BUNDLE group (RFC 9143), empty where there is none.
        ice_lite: Whether the other side is an ICE lite agent, which makes us the controlling one.
    """

    sections: list[Section] = field(default_factory=list)
    bundle: list[str] = field(default_factory=list)
    ice_lite: bool = False


def parse_offer(text: str) -> Offer:
    """Read an offer.

    Raises:
        BadOfferError: It is not SDP, is too large, or lacks what WebRTC needs.
    """
    offer = parse_description(text)
    _check(offer)
    return offer


def parse_description(text: str, most_sections: int = MOST_SECTIONS) -> Offer:
    """Read an offer or an answer without looking whether it has what we need.

    Raises:
        BadOfferError: It is not SDP, or is too large.
    """
    if len(text) > MOST_BYTES:
        raise BadOfferError(f"the offer is longer than {MOST_BYTES // 1024} kB", hint=_HINT)
    lines = [line for line in (raw.rstrip("\r") for raw in text.split("\n")) if line]
    if not lines or lines[0] != "v=0":
        raise BadOfferError("the body is not a session description: it does not begin with v=0", hint=_HINT)
    try:
        return _Reader(most_sections).read(lines)
    except (ValueError, IndexError, KeyError) as error:
        raise BadOfferError("the session description has a line that cannot be read", hint=_HINT) from error


class _Reader:
    """Walks the lines; values on the session level are the defaults of every section."""

    def __init__(self, most_sections: int) -> None:
        self.offer = Offer()
        self.most_sections = most_sections
        self.defaults = Section("session", 9, "")

    def read(self, lines: list[str]) -> Offer:
        current = self.defaults
        for line in lines:
            if line[1:2] != "=":
                raise ValueError(line)
            if line.startswith("m="):
                current = self._begin_section(line[2:])
            elif line.startswith("a="):
                name, _, value = line[2:].partition(":")
                self._attribute(current, name, value.strip())
        for section in self.offer.sections:
            if not section.transport.fingerprints:
                section.transport.fingerprints = self.defaults.transport.fingerprints
        return self.offer

    def _begin_section(self, value: str) -> Section:
        if len(self.offer.sections) >= self.most_sections:
            raise ValueError("too many sections")
        kind, port, protocol, formats = value.split(" ", 3)
        section = Section(kind, int(port.split("/")[0]), protocol, first_line=value)
        section.direction = self.defaults.direction
        section.extensions.update(self.defaults.extensions)
        outer = self.defaults.transport
        section.transport = RemoteTransport(outer.ufrag, outer.pwd, [], outer.setup)
        if kind in ("audio", "video"):
            for payload_type in formats.split():
                number = int(payload_type)
                if not 0 <= number <= 127:
                    raise ValueError(payload_type)
                section.formats[number] = Format(number)
        self.offer.sections.append(section)
        return section

    def _attribute(self, section: Section, name: str, value: str) -> None:
        if name in _DIRECTIONS:
            section.direction = name
        elif name == "group":
            semantics, *mids = value.split()
            if semantics == "BUNDLE" and not self.offer.bundle:
                self.offer.bundle = mids
        elif name == "ice-lite":
            self.offer.ice_lite = True
        elif read := _ATTRIBUTES.get(name):
            read(section, value)


_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


def _read_ufrag(section: Section, value: str) -> None:
    section.transport.ufrag = ice_credential(value, UFRAG)


def _read_pwd(section: Section, value: str) -> None:
    section.transport.pwd = ice_credential(value, PWD)


def _read_fingerprint(section: Section, value: str) -> None:
    algorithm, digest = value.split()
    section.transport.fingerprints.append((algorithm.lower(), digest.upper()))


def _read_setup(section: Section, value: str) -> None:
    section.transport.setup = value


def _read_candidate(section: Section, value: str) -> None:
    section.transport.candidates.append(value)


def _read_end_of_candidates(section: Section, _value: str) -> None:
    section.transport.end_of_candidates = True


def _read_extmap(section: Section, value: str) -> None:
    number, uri = value.split()[:2]
    section.extensions[uri] = int(number.split("/")[0])


def _read_mid(section: Section, value: str) -> None:
    section.mid = _token(value)


def _read_rtcp_mux(section: Section, _value: str) -> None:
    section.rtcp_mux = True


def _read_rtpmap(section: Section, value: str) -> None:
    number, description = value.split(" ", 1)
    found = section.formats.get(int(number))
    if found is None:
        return
    name, clock_rate, *channels = description.strip().split("/")
    found.name, found.clock_rate = name.lower(), int(clock_rate)
    found.channels = int(channels[0]) if channels else 1


def _read_fmtp(section: Section, value: str) -> None:
    number, _, parameters = value.partition(" ")
    if found := section.formats.get(int(number)):
        found.parameters.update(_parameters(parameters))


def _read_feedback(section: Section, value: str) -> None:
    number, _, feedback = value.partition(" ")
    for each in section.formats.values():
        if number == "*" or each.payload_type == int(number):
            each.feedback.append(feedback.strip())


def _read_ssrc(section: Section, value: str) -> None:
    ssrc = _ssrc(value.split()[0])
    if ssrc not in section.ssrcs:
        section.ssrcs.append(ssrc)


def _read_ssrc_group(section: Section, value: str) -> None:
    semantics, *ssrcs = value.split()
    if semantics == "FID" and len(ssrcs) == 2:
        section.retransmissions[_ssrc(ssrcs[1])] = _ssrc(ssrcs[0])


_ATTRIBUTES: dict[str, Callable[[Section, str], None]] = {
    "ice-ufrag": _read_ufrag,
    "ice-pwd": _read_pwd,
    "fingerprint": _read_fingerprint,
    "setup": _read_setup,
    "candidate": _read_candidate,
    "end-of-candidates": _read_end_of_candidates,
    "extmap": _read_extmap,
    "mid": _read_mid,
    "rtcp-mux": _read_rtcp_mux,
    "rtpmap": _read_rtpmap,
    "fmtp": _read_fmtp,
    "rtcp-fb": _read_feedback,
    "ssrc": _read_ssrc,
    "ssrc-group": _read_ssrc_group,
}


UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}", re.ASCII)
PWD = re.compile(r"[A-Za-z0-9+/]{22,256}", re.ASCII)


def ice_credential(value: str, form: re.Pattern[str]) -> str:
    """Return a user fragment or password of the other side.

    Raises:
        ValueError: It is not of the `form` `UFRAG` or `PWD` (RFC 8839 section 5.4).
    """
    if not form.fullmatch(value):
        raise ValueError(value)
    return value


def _ssrc(text: str) -> int:
    number = int(text)
    if not 0 <= number < 1 << 32:
        raise ValueError(text)
    return number


def _token(value: str) -> str:
    if not _TOKEN.match(value):
        raise ValueError(value)
    return value


def _parameters(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(";"))
    return {key.strip().lower(): value.strip() for key, _, value in pairs if key.strip()}


def _check(offer: Offer) -> None:
    media = [section for section in offer.sections if section.kind in ("audio", "video")]
    if not media:
        raise BadOfferError(
            "the offer has neither sound nor picture", hint="Add a track before the offer is made."
        )
    if sum(len(section.transport.candidates) for section in offer.sections) > MOST_CANDIDATES:
        raise BadOfferError(f"the offer has more than {MOST_CANDIDATES} candidates", hint=_HINT)
    mids = [section.mid for section in offer.sections if section.mid]
    if len(mids) != len(set(mids)):
        raise BadOfferError("two sections of the offer have the same mid", hint=_HINT)
    for section in media:
        bundled = section.mid in offer.bundle
        is_refused = section.port == 0 and not bundled
        is_carried = bundled and section.mid != offer.bundle[0] and not section.transport.ufrag
        if not is_refused and not is_carried:
            _check_transport(section.transport)


def _check_transport(transport: RemoteTransport) -> None:
    if not transport.ufrag or not transport.pwd:
        raise BadOfferError("the offer has no ICE credentials", hint=_HINT)
    if not transport.fingerprints:
        raise BadOfferError("the offer has no DTLS fingerprint", hint="Only encrypted media is taken.")
    if transport.setup not in ("actpass", "active", "passive"):
        raise BadOfferError("the offer has no DTLS role (a=setup)", hint=_HINT)
