"""What the relay needs of a carrier: the way by which a guest's media gets to the box."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from stagedoor.ipc.messages import CarrierStatus
from stagedoor.media.packets import Kind, Packet


class MediaSink(Protocol):
    """Takes what a peer sends; called on the loop."""

    def on_packet(self, packet: Packet) -> None:
        """Take an encoded frame."""

    def on_closed(self, reason: str) -> None:
        """The peer left, or vanished; nothing more comes."""


@dataclass(frozen=True, slots=True)
class TrackMeasures:
    """What the transport knows of one incoming track.

    Attributes:
        loss: Fraction 0…1 of packets that never came in the last seconds.
        lost: Packets that never came, in all.
        jitter_ms: Interarrival jitter (RFC 3550 section 6.4.1).
    """

    loss: float
    lost: int
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a connection.

    Attributes:
        connected: Whether the transport is up.
        tracks: Measures of each incoming track.
        round_trip_ms: By RTCP or STUN; None while unknown.
        av_offset_ms: Sound minus picture as they leave; None while unknown.
        allowed_bitrate: What the sender is told it may use, bits a second.
        cloudflare: How far the way through Cloudflare has come, where it leads there.
    """

    connected: bool
    tracks: Mapping[Kind, TrackMeasures]
    round_trip_ms: float | None
    av_offset_ms: float | None
    allowed_bitrate: int
    cloudflare: CarrierStatus | None = None


class Peer(Protocol):
    """A publisher's connection."""

    @property
    def answer_sdp(self) -> str:
        """Our answer to the offer."""

    @property
    def etag(self) -> str:
        """The entity tag of the ICE session in force."""

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        """Take candidates or an ICE restart; returns our fragment, if one is due, and the tag in force."""

    def sending(self, kinds: Iterable[Kind]) -> None:
        """The page says that packets of these kinds leave it."""

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame."""

    def report(self) -> Report:
        """What is known now."""

    async def aclose(self) -> None:
        """End the connection; idempotent, bounded."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a carrier is asked to connect.

    Attributes:
        sdp: The publisher's offer.
        label: What the log calls the guest.
        max_bitrate: Bits a second that the picture may use.
    """

    sdp: str
    label: str
    max_bitrate: int


class Carrier(Protocol):
    """Turns offers into connections."""

    @property
    def name(self) -> str:
        """What the log calls it: `Relay started for guest1: <name> -> server`."""

    @property
    def created(self) -> str:
        """What the log says of a new session, before `for guest1`."""

    async def open(self, offer: Offer, sink: MediaSink) -> Peer:
        """Answer an offer.

        Raises:
            BadOfferError: It cannot be understood.
            NegotiationError: Nothing in it can be received.
            CapacityError: There is no port left.
            CarrierError: Somebody else is asked, and says no or nothing.
        """
