"""The publisher of the kit reaches our WHIP peer, and what it sends arrives whole."""

import pytest

from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.whip import WhipPeer
from tests.kit.publisher import Publisher
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = pytest.mark.media


class Sink:
    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.closed = ""

    def on_packet(self, packet: Packet) -> None:
        self.packets.append(packet)

    def on_closed(self, reason: str) -> None:
        self.closed = reason


async def test_what_is_published_arrives() -> None:
    show = Show(320, 180, seconds=2, bitrate=400_000)
    media, sink = encode(show), Sink()
    publisher = Publisher(media)
    peer = await WhipPeer.answer(
        await publisher.offer(), sink=sink, settings=PeerSettings(), max_bitrate=2_000_000
    )
    try:
        await publisher.accept(peer.answer_sdp)
        await publisher.connected()
        await until(lambda: sum(p.track.kind is Kind.VIDEO for p in sink.packets) > 30, 10)
        pictures = [packet for packet in sink.packets if packet.track.kind is Kind.VIDEO]
        assert (pictures[0].track.width, pictures[0].track.height) == (320, 180)
        assert any(packet.track.kind is Kind.AUDIO for packet in sink.packets)
        assert pictures[0].key
    finally:
        await publisher.close()
        await peer.aclose()
