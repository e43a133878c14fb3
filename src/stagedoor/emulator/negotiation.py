"""A session's one state machine of offers and answers (RFC 8829), without any transport."""

import secrets
from collections.abc import Iterable, Sequence

from stagedoor.domain.errors import BadOfferError
from stagedoor.emulator.formats import Identity, Numbers, accepted, everything, identities
from stagedoor.emulator.lines import MID_EXTENSION, Line, Source, Transport, write_description
from stagedoor.emulator.refusal import decoding, gone, invalid_description
from stagedoor.rtc.sdp.offer import Format, Offer, RemoteTransport, Section, parse_description

MOST_LINES = 512
MID_NUMBER = 4
"""Of the MID header extension in offers of ours; Chromium's own offers have it there too."""


def read(sdp: str) -> Offer:
    """Read an offer or an answer.

    Raises:
        Refusal: It cannot be read, or has no ICE credentials.
    """
    try:
        description = parse_description(sdp, MOST_LINES)
    except BadOfferError as error:
        raise decoding(f"Invalid SDP: {error.message}") from error
    alive = [each for each in description.sections if _is_alive(each, description)]
    if not description.sections or (alive and not any(each.transport.ufrag for each in alive)):
        raise decoding("SDP contains no ice-ufrag")
    return description


def remote_transport(description: Offer) -> RemoteTransport:
    """The other side's one transport.

    Raises:
        Refusal: It has none that we can talk to.
    """
    alive = [each for each in description.sections if _is_alive(each, description)]
    found = next((each.transport for each in alive if each.transport.ufrag), None)
    if found is None or not found.fingerprints or found.setup not in ("actpass", "active", "passive"):
        raise invalid_description("The session description has no usable transport")
    return found


class Negotiation:
    """The media lines of a session, and whose turn it is.

    Args:
        transport: Ours.
        most_lines: After which the session takes no more.

    Attributes:
        lines: In the order of the session description.
        pending: Whether an offer of ours waits for its answer.
        answers_as: Our DTLS role in answers; once chosen it stays (RFC 8842 section 5.5).
    """

    def __init__(self, transport: Transport, most_lines: int = MOST_LINES) -> None:
        self.lines: list[Line] = []
        self.numbers = Numbers()
        self.pending = False
        self.answers_as = "passive"
        self._transport = transport
        self._most_lines = most_lines
        self._origin = secrets.randbits(62)
        self._version = 0

    def line(self, mid: str) -> Line | None:
        """The line of a mid that is not stopped."""
        return next((each for each in self.lines if each.mid == mid and not each.stopped), None)

    # Offers of the client

    def take_offer(self, offer: Offer) -> list[Line]:
        """Follow an offer: known lines change, new ones are added; returns those that were stopped.

        Raises:
            Refusal: It does not go on from what was agreed before.
        """
        self._check(offer.sections)
        if len([each for each in offer.sections if _is_alive(each, offer)]) > 1 and not offer.bundle:
            raise invalid_description("The offer must bundle all sections")
        stopped = []
        for index, section in enumerate(offer.sections):
            known = self.lines[index] if index < len(self.lines) else None
            if known is None or known.mid != section.mid:
                line = _new_line(section, alive=_is_alive(section, offer))
                self.lines[index : index + 1] = [line]
                self.numbers.learn(section.kind, line.formats)
            elif not _is_alive(section, offer):
                stopped += [] if known.stopped else [known]
                known.stop()
            else:
                _follow(known, section)
        return stopped

    def _check(self, sections: Sequence[Section]) -> None:
        if len(sections) > self._most_lines:
            raise gone()
        if len(sections) < len(self.lines):
            raise invalid_description("The offer leaves out sections that were negotiated before")
        for line, section in zip(self.lines, sections, strict=False):
            if line.mid != section.mid and not line.stopped:
                raise invalid_description(f"The offer has section {section.mid!r} in place of {line.mid!r}")
        mids = [section.mid for section in sections]
        if len(set(mids)) != len(mids) or not all(mids):
            raise invalid_description("Each section of the offer needs a mid of its own")

    def answer(self) -> str:
        """The answer to the offer that was taken last."""
        self._version += 1
        return write_description(self.lines, self._transport, self.answers_as, (self._origin, self._version))

    # Offers of ours

    def offer(self) -> str:
        """An offer of all lines; until its answer nothing else may be negotiated."""
        self.pending = True
        self._version += 1
        return write_description(self.lines, self._transport, "actpass", (self._origin, self._version))

    def add_sending(
        self, kind: str, wanted: Iterable[Identity], like: Sequence[Format], source: Source
    ) -> Line:
        """A new line in which we send, with numbers other than the publisher's.

        Raises:
            Refusal: The session has too many lines.
        """
        avoid = frozenset(each.payload_type for each in like)
        formats = self.numbers.offered(wanted, avoid, like)
        return self._add(Line(self._free_mid(), kind, formats, sends=True, source=source))

    def add_receiving(self, kind: str, *, source: Source | None = None) -> Line:
        """A new line in which the client sends; and we too, if it is given a source.

        Raises:
            Refusal: The session has too many lines.
        """
        formats = self.numbers.offered(everything(kind))
        line = Line(self._free_mid(), kind, formats, receives=True, sends=source is not None, source=source)
        return self._add(line)

    def _add(self, line: Line) -> Line:
        if len(self.lines) >= self._most_lines:
            raise gone()
        known = (each.extensions.get(MID_EXTENSION) for each in self.lines)
        line.extensions = {MID_EXTENSION: next(filter(None, known), MID_NUMBER)}
        self.lines.append(line)
        return line

    def _free_mid(self) -> str:
        taken = {line.mid for line in self.lines}
        return next(str(number) for number in range(MOST_LINES * 2) if str(number) not in taken)

    def take_answer(self, answer: Offer) -> list[Line]:
        """Take the answer to the offer of ours; returns the lines that the client did not take.

        Raises:
            Refusal: It is no answer to it.
        """
        mids = [section.mid for section in answer.sections]
        if mids != [line.mid for line in self.lines]:
            raise invalid_description("The answer does not have the sections of the offer")
        refused = []
        for line, section in zip(self.lines, answer.sections, strict=True):
            if line.stopped:
                continue
            if not _is_alive(section, answer):
                line.stop()
                refused.append(line)
            elif line.kind != "application":
                _narrow(line, section)
        self.pending = False
        return refused


def _is_alive(section: Section, description: Offer) -> bool:
    return section.port != 0 or section.mid in description.bundle


def _new_line(section: Section, *, alive: bool) -> Line:
    rest = section.first_line.split(" ", 2)[2]
    if section.kind not in ("audio", "video"):
        return Line(section.mid, section.kind, stopped=not alive, first_line=rest)
    line = Line(section.mid, section.kind, accepted(section.kind, section.formats.values()))
    line.stopped = not alive or not line.formats
    if not line.formats:
        line.first_line = rest
    line.extensions = {uri: n for uri, n in section.extensions.items() if uri == MID_EXTENSION}
    line.receives = section.sends and not line.stopped
    line.can_send = section.receives and not line.stopped
    line.ssrcs, line.retransmissions = section.ssrcs, section.retransmissions
    return line


def _follow(line: Line, section: Section) -> None:
    """What a later offer changes in a line; that we send in it is for whoever pulls to say."""
    formats = accepted(section.kind, section.formats.values()) if line.receives and not line.sends else []
    if formats:
        line.agree(formats)
    line.receives = section.sends and line.kind != "application"
    line.can_send = section.receives
    line.sends = line.sends and section.receives
    line.ssrcs, line.retransmissions = section.ssrcs, section.retransmissions


def _narrow(line: Line, section: Section) -> None:
    """Keep what an answer has taken of a line of ours."""
    taken = identities(section.kind, section.formats.values())
    line.agree([f for f in line.formats if taken.get(f.payload_type) == line.meaning.get(f.payload_type)])
    line.extensions = {
        uri: number for uri, number in line.extensions.items() if section.extensions.get(uri) == number
    }
    line.receives = line.receives and section.sends
    line.sends = line.sends and section.receives
    line.ssrcs, line.retransmissions = section.ssrcs, section.retransmissions
