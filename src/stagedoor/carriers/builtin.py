"""The built-in carrier: guests publish straight to this process."""

from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.carriers.base import MediaSink, Offer, Report, TrackMeasures
from stagedoor.media.packets import Kind
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.whip import WhipPeer


@dataclass(frozen=True, slots=True)
class BuiltinPeer:
    """A publisher's connection to this process."""

    peer: WhipPeer

    @property
    def answer_sdp(self) -> str:
        """Our answer to the offer."""
        return self.peer.answer_sdp

    @property
    def etag(self) -> str:
        """The entity tag of the ICE session in force."""
        return self.peer.etag

    async def patch(self, fragment: str, if_match: str | None) -> tuple[str | None, str]:
        """Take candidates or an ICE restart."""
        return await self.peer.patch(fragment, if_match)

    def sending(self, _kinds: Iterable[Kind]) -> None:
        """What leaves the page comes here, where it is seen."""

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame."""
        self.peer.request_key_frame()

    def report(self) -> Report:
        """What is known now."""
        known = self.peer.report()
        return Report(
            connected=known.connected,
            tracks={
                kind: TrackMeasures(track.rates.loss, track.lost, track.jitter_ms)
                for kind, track in known.tracks.items()
            },
            round_trip_ms=known.round_trip_ms,
            av_offset_ms=known.av_offset_ms,
            allowed_bitrate=known.allowed_bitrate,
        )

    async def aclose(self) -> None:
        """End the connection; idempotent, within a second."""
        await self.peer.aclose()


@dataclass(frozen=True, slots=True)
class BuiltinCarrier:
    """Answers offers with peers of this process."""

    settings: PeerSettings
    name: str = "Built-in"
    created: str = "Session created"

    async def open(self, offer: Offer, sink: MediaSink) -> BuiltinPeer:
        """Answer an offer; see `Carrier.open` for the errors."""
        peer = await WhipPeer.answer(
            offer.sdp, sink=sink, settings=self.settings, max_bitrate=offer.max_bitrate
        )
        return BuiltinPeer(peer)
