"""Publishers that choose other roles, profiles, sections and codecs than a browser, over real transports."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from stagedoor.domain.errors import BadOfferError, CapacityError, NegotiationError, PreconditionError
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.rtc.ice import IceTransport, PeerSettings
from stagedoor.rtc.whip import WhipPeer
from tests.kit.publisher import Publisher
from tests.kit.show import Show, encode
from tests.kit.wait import until

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
HIGH = Show(320, 180, seconds=2, bitrate=400_000, profile="high")
CHANGE_CIPHER_SPEC = 20
"""The DTLS record right before the last one of a handshake (RFC 5246 section 6.2.1)."""
RECEIVER_REPORT, NACK, RESYNC, PICTURE_LOSS, REMB = (201, 0), (205, 1), (205, 5), (206, 1), (206, 15)
Change = Callable[[str], str]


class Sink:
    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.closed = ""

    def on_packet(self, packet: Packet) -> None:
        self.packets.append(packet)

    def on_closed(self, reason: str) -> None:
        self.closed = reason

    def count(self, kind: Kind) -> int:
        return sum(packet.track.kind is kind for packet in self.packets)


@contextlib.asynccontextmanager
async def published(
    show: Show = SHOW, change: Change = str, change_back: Change = str, **tracks: float | None
) -> AsyncIterator[tuple[Publisher, WhipPeer, Sink]]:
    publisher, sink = Publisher(encode(show), **tracks), Sink()  # type: ignore[arg-type]
    offer = change(await publisher.offer())
    try:
        peer = await WhipPeer.answer(offer, sink=sink, settings=PeerSettings(), max_bitrate=2_000_000)
        try:
            await publisher.accept(change_back(peer.answer_sdp))
            await publisher.connected()
            yield publisher, peer, sink
        finally:
            await peer.aclose()
    finally:
        await publisher.close()


def _records(datagram: bytes) -> Iterator[int]:
    """Where the DTLS records of a datagram begin (RFC 6347 section 4.1)."""
    at = 0
    while at < len(datagram):
        yield at
        at += 13 + int.from_bytes(datagram[at + 11 : at + 13])


def _kinds(compound: bytes) -> Iterator[tuple[int, int]]:
    """Packet type and, of feedback, format (RFC 4585 section 6.1) of the packets of an RTCP compound."""
    at = 0
    while at < len(compound):
        kind = compound[at + 1]
        yield kind, compound[at] & 31 if kind in (205, 206) else 0
        at += 4 + 4 * int.from_bytes(compound[at + 2 : at + 4])


async def both(sink: Sink, most: float = 10) -> None:
    await until(lambda: sink.count(Kind.VIDEO) > 20 and sink.count(Kind.AUDIO) > 20, most)


@pytest.mark.parametrize("role", ["actpass", "active", "passive"])
async def test_any_dtls_role(role: str) -> None:
    expected = "active" if role == "passive" else "passive"

    def insist(offer: str) -> str:
        return offer.replace("a=setup:actpass", f"a=setup:{role}")

    async with published(change=insist) as (_, peer, sink):
        assert f"a=setup:{expected}" in peer.answer_sdp
        await both(sink)


@pytest.mark.parametrize("google", [True, False])
async def test_estimates_and_reports_are_only_for_who_knows_them(google: bool) -> None:
    def without(offer: str) -> str:
        return re.sub("a=rtcp-fb:.* goog-remb\r\n", "", offer)

    async with published(change=str if google else without) as (publisher, peer, sink):
        dtls = publisher.connection.getSenders()[0].transport
        handle = dtls._handle_rtcp_data
        heard: set[tuple[int, int]] = set()

        async def listen(data: bytes) -> None:
            heard.update(_kinds(data))
            await handle(data)

        dtls._handle_rtcp_data = listen  # type: ignore[method-assign]
        await both(sink)
        peer.request_key_frame()
        more = {REMB} if google else set()
        await until(lambda: {RECEIVER_REPORT, PICTURE_LOSS} | more <= heard, 5)
        assert heard <= {RECEIVER_REPORT, PICTURE_LOSS, NACK} | ({REMB, RESYNC} if google else set())


async def test_who_misses_the_first_hello_hears_it_again_soon() -> None:
    def passive(offer: str) -> str:
        return offer.replace("a=setup:actpass", "a=setup:passive")

    publisher, sink = Publisher(encode(SHOW)), Sink()
    offer = passive(await publisher.offer())
    dtls = publisher.connection.getSenders()[0].transport
    hear = dtls.transport._recv
    heard: list[bytes] = []

    async def hard_of_hearing() -> bytes:
        heard.append(bytes(await hear()))
        if len(heard) == 1:
            heard.append(bytes(await hear()))
        return heard[-1]

    dtls.transport._recv = hard_of_hearing
    peer = await WhipPeer.answer(offer, sink=sink, settings=PeerSettings(), max_bitrate=2_000_000)
    try:
        await publisher.accept(peer.answer_sdp)
        await publisher.connected()
        assert heard[0] in heard[1:], "ours; OpenSSL counts its own repetitions, and makes them later"
    finally:
        await peer.aclose()
        await publisher.close()


async def test_media_that_overtakes_the_end_of_the_handshake_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def passive(offer: str) -> str:
        return offer.replace("a=setup:actpass", "a=setup:passive")

    hear = IceTransport._recv

    async def late(ice: IceTransport) -> bytes:
        data = await hear(ice)
        if CHANGE_CIPHER_SPEC in (data[at] for at in _records(data)):
            await asyncio.sleep(0.3)
        return data

    monkeypatch.setattr(IceTransport, "_recv", late)
    async with published(change=passive) as (_, _, sink):
        await both(sink)
        ends = [sample.data[-40:] for sample in encode(SHOW).video]
        first = next(packet for packet in sink.packets if packet.track.kind is Kind.VIDEO)
        assert ends.index(first.data[-40:]) == 0


async def test_an_offer_with_high_profile_only() -> None:
    def only_high(offer: str) -> str:
        return re.sub("profile-level-id=42[0-9a-f]{4}", "profile-level-id=640032", offer)

    def as_it_was(answer: str) -> str:
        return answer.replace("profile-level-id=640032", "profile-level-id=42001f")

    async with published(HIGH, only_high, as_it_was) as (_, peer, sink):
        assert "profile-level-id=640032" in peer.answer_sdp
        await both(sink)
        picture = next(packet for packet in sink.packets if packet.track.kind is Kind.VIDEO)
        assert picture.key
        assert picture.track.extradata[5] == 100, "High profile, as it was sent"


async def test_streams_that_are_not_announced_by_ssrc() -> None:
    def silent(offer: str) -> str:
        return "\r\n".join(line for line in offer.split("\r\n") if not line.startswith("a=ssrc"))

    async with published(change=silent) as (_, _, sink):
        await both(sink)


async def test_a_second_video_section_is_refused_and_costs_nothing() -> None:
    def two(offer: str) -> str:
        lines = [line for line in offer.split("\r\n") if not line.startswith("a=ssrc")]
        head = "\r\n".join(lines)
        section = head[head.index("m=video") :].replace("a=mid:1", "a=mid:7")
        return head.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0 1 7") + section

    def first_only(answer: str) -> str:
        assert "m=video 0" in answer
        return answer[: answer.index("m=video 0")]

    async with published(change=two, change_back=first_only) as (_, _, sink):
        await both(sink)


async def test_an_offer_without_a_bundle_gets_a_transport_for_each_section() -> None:
    def apart(offer: str) -> str:
        return re.sub("a=group:BUNDLE.*\r\n", "", offer)

    async with published(change=apart) as (_, peer, sink):
        ports = set(re.findall(r"a=candidate:\S+ 1 udp \d+ \S+ (\d+)", peer.answer_sdp))
        assert len(ports) >= 2
        await both(sink)


async def test_sound_alone_picture_alone() -> None:
    async with published(video_after=None) as (_, _, sink):
        await until(lambda: sink.count(Kind.AUDIO) > 20, 10)
    async with published(audio_after=None) as (_, _, sink):
        await until(lambda: sink.count(Kind.VIDEO) > 20, 10)


@pytest.mark.parametrize(
    ("late", "kind"), [({"audio_after": 1.5}, Kind.AUDIO), ({"video_after": 1.5}, Kind.VIDEO)]
)
async def test_a_track_that_comes_second_is_on_the_same_clock(late: dict[str, Any], kind: Kind) -> None:
    async with published(**late) as (_, _, sink):
        await both(sink, 15)
        first = {k: next(p for p in sink.packets if p.track.kind is k) for k in Kind}
        at = {k: packet.pts / packet.track.clock_rate for k, packet in first.items()}
        other = Kind.VIDEO if kind is Kind.AUDIO else Kind.AUDIO
        came = first[kind].arrived - first[other].arrived
        assert at[kind] - at[other] == pytest.approx(came, abs=0.08)


async def test_vp8_arrives_as_it_is() -> None:
    async with published(Show(320, 180, seconds=2, codec=Codec.VP8, bitrate=400_000)) as (_, _, sink):
        await both(sink)
        assert {p.track.codec for p in sink.packets} == {Codec.VP8, Codec.OPUS}


async def test_a_goodbye_is_noticed_at_once() -> None:
    async with published() as (publisher, _, sink):
        await both(sink)
        await publisher.close()
        await until(lambda: sink.closed, 2)
        assert sink.closed == "the other side hung up"


async def test_who_vanishes_is_gone_in_ten_seconds() -> None:
    async with published() as (publisher, _, sink):
        await both(sink)
        await publisher.vanish()
        await until(lambda: sink.closed, 10)


async def test_codecs_that_nobody_carries_are_refused() -> None:
    publisher = Publisher(encode(SHOW))
    offer = (await publisher.offer()).replace("H264/90000", "H262/90000").replace("VP8/90000", "VP7/90000")
    offer = re.sub("opus/48000/2", "speex/16000", offer)
    with pytest.raises(NegotiationError):
        await WhipPeer.answer(offer, sink=Sink(), settings=PeerSettings(), max_bitrate=2_000_000)
    await publisher.close()


async def test_a_used_up_port_range_says_so() -> None:
    offers = [Publisher(encode(SHOW)) for _ in range(3)]
    settings = PeerSettings(host_addresses=("127.0.0.1",), udp_ports=(19_871, 19_872))
    peers = []
    try:
        for publisher in offers[:2]:
            offer = await publisher.offer()
            peers.append(await WhipPeer.answer(offer, sink=Sink(), settings=settings, max_bitrate=2_000_000))
        used = {re.findall(r"127\.0\.0\.1 (\d+) typ host", peer.answer_sdp)[0] for peer in peers}
        assert used == {"19871", "19872"}
        with pytest.raises(CapacityError) as caught:
            await WhipPeer.answer(
                await offers[2].offer(), sink=Sink(), settings=settings, max_bitrate=2_000_000
            )
        assert caught.value.code == "ports_used_up"
        assert "webrtc.udp_ports" in caught.value.hint
    finally:
        for peer in peers:
            await peer.aclose()
        for publisher in offers:
            await publisher.close()


async def test_an_address_that_is_not_ours_is_announced_in_place_of_our_own() -> None:
    publisher = Publisher(encode(SHOW))
    settings = PeerSettings(host_addresses=("203.0.113.7",))
    peer = await WhipPeer.answer(
        await publisher.offer(), sink=Sink(), settings=settings, max_bitrate=2_000_000
    )
    try:
        addresses = set(re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+)", peer.answer_sdp))
        assert addresses == {"203.0.113.7"}
    finally:
        await peer.aclose()
        await publisher.close()


async def test_of_several_streams_of_one_section_the_first_is_taken() -> None:
    async with published() as (publisher, _, sink):
        await both(sink)
        sender = next(each for each in publisher.connection.getSenders() if each.kind == "video")
        send = sender.transport._send_rtp

        async def twice(data: bytes) -> None:
            await send(data)
            if data[1] & 0x7F < 64 and data[8:12] == sender._ssrc.to_bytes(4, "big"):
                await send(data[:8] + b"\x01\x02\x03\x04" + data[12:])

        sender.transport._send_rtp = twice  # type: ignore[method-assign]
        before = sink.count(Kind.VIDEO)
        await until(lambda: sink.count(Kind.VIDEO) > before + 30, 10)
        pictures = [packet for packet in sink.packets if packet.track.kind is Kind.VIDEO]
        steps = {b.pts - a.pts for a, b in zip(pictures, pictures[1:], strict=False)}
        assert max(steps) < 2 * 3000


RESTART = "a=ice-ufrag:abcdef\r\na=ice-pwd:0123456789012345678901\r\na=end-of-candidates\r\n"


async def test_a_restart_that_finds_no_way_leaves_the_old_one_in_use() -> None:
    async with published() as (publisher, peer, sink):
        await both(sink)
        before = peer.etag
        fragment, during = await peer.patch(RESTART, "*")
        assert fragment is not None
        assert during != before
        await until(lambda: peer.etag == before, 8)
        came = sink.count(Kind.VIDEO)
        await until(lambda: sink.count(Kind.VIDEO) > came + 10, 5)
        await publisher.vanish()
        await until(lambda: sink.closed, 10)


async def test_an_entity_tag_of_another_time_is_refused() -> None:
    async with published() as (_, peer, _sink):
        for fragment in (RESTART, "a=candidate:1 1 udp 1 192.0.2.1 50000 typ host"):
            with pytest.raises(PreconditionError):
                await peer.patch(fragment, '"old"')
        assert (await peer.patch("a=end-of-candidates", f'"{peer.etag}"'))[0] is None


async def test_candidates_without_end_cost_nothing() -> None:
    async with published() as (_, peer, _sink):
        for round_ in range(5):
            lines = [f"a=candidate:1 1 udp 1 192.0.2.{round_} {port} typ host" for port in range(5000, 5060)]
            await peer.patch("\r\n".join(lines), "*")
        (transport,) = peer._peer._order
        assert isinstance(transport._ice, IceTransport)
        assert len(transport._ice.current.remote_candidates) <= 64
        with pytest.raises(BadOfferError):
            await peer.patch("a=candidate:nonsense", "*")
