"""Which section of the offer an RTP packet belongs to."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.media.packets import Kind
from stagedoor.rtc.receive.track import TrackReceiver
from stagedoor.rtc.rtp import Rtp, extension_value
from stagedoor.rtc.sdp.answer import MID_EXTENSION
from stagedoor.rtc.sdp.offer import Section

_ORIGINAL_SEQUENCE = struct.Struct("!H")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A section that the answer has taken, and who takes its packets."""

    section: Section
    receiver: TrackReceiver


class Streams:
    """Tells streams apart by SSRC, else by MID (RFC 9143 section 9.2), else by payload type.

    Args:
        incoming: What the answer has taken.
    """

    def __init__(self, incoming: dict[Kind, Incoming]) -> None:
        self._incoming: dict[Kind, Incoming] = {}
        self._by_ssrc: dict[int, Incoming] = {}
        self._rtx: dict[int, int] = {}
        self.merge(incoming)

    def merge(self, incoming: dict[Kind, Incoming]) -> None:
        """Take what a later answer has taken, in place of what there was of the same kind."""
        gone = [self._incoming[kind] for kind in incoming if kind in self._incoming]
        self._by_ssrc = {ssrc: each for ssrc, each in self._by_ssrc.items() if each not in gone}
        self._incoming |= incoming
        for each in incoming.values():
            self._rtx.update(each.section.retransmissions)
            ssrcs = set(each.section.ssrcs) - each.section.retransmissions.keys()
            if each.receiver.ssrc is not None:
                ssrcs.add(each.receiver.ssrc)
            self._by_ssrc |= dict.fromkeys(ssrcs, each)

    def __iter__(self) -> Iterator[Incoming]:
        return iter(self._incoming.values())

    def of_kind(self, kind: Kind) -> Incoming | None:
        """What takes the sound, or the picture."""
        return self._incoming.get(kind)

    def of_ssrc(self, ssrc: int) -> Incoming | None:
        """What takes a stream that is known by its SSRC."""
        return self._by_ssrc.get(ssrc)

    def take(self, packet: Rtp, now: float) -> Incoming | None:
        """Return what takes a packet of a stream itself; a retransmission (RFC 4588) is passed on here."""
        incoming = self._by_ssrc.get(packet.ssrc) or self._find(packet)
        if incoming is None:
            return None
        choice = incoming.receiver.choice
        if packet.payload_type == choice.format.payload_type:
            return incoming
        is_repair = choice.rtx is not None and packet.payload_type == choice.rtx.payload_type
        if is_repair and len(packet.payload) > _ORIGINAL_SEQUENCE.size:
            (sequence,) = _ORIGINAL_SEQUENCE.unpack_from(packet.payload)
            payload = packet.payload[_ORIGINAL_SEQUENCE.size :]
            incoming.receiver.repaired(sequence, packet.timestamp, packet.marker, payload, now)
        return None

    def _find(self, packet: Rtp) -> Incoming | None:
        primary = self._rtx.get(packet.ssrc)
        if primary is not None:
            return self._by_ssrc.get(primary)
        for incoming in self._incoming.values():
            number = incoming.section.extensions.get(MID_EXTENSION)
            mid = extension_value(packet, number) if number is not None else None
            if mid is not None and mid.decode("ascii", "replace") == incoming.section.mid:
                return incoming
            if mid is None and packet.payload_type in incoming.receiver.choice.payload_types:
                return incoming
        return None

    def bind(self, incoming: Incoming, ssrc: int, now: float) -> bool:
        """Let a stream be the one of its section; False while another one is."""
        if not incoming.receiver.bind(ssrc, now):
            return False
        self._by_ssrc = {known: each for known, each in self._by_ssrc.items() if each is not incoming}
        self._by_ssrc[ssrc] = incoming
        return True

    def all_in(self, ssrcs: list[int]) -> bool:
        """Whether every stream that has come is among `ssrcs`."""
        bound = {each.receiver.ssrc for each in self if each.receiver.ssrc is not None}
        return bool(bound) and bound <= set(ssrcs)
