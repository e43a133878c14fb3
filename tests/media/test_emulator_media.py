"""The emulator carries real media between peers of ours, without decoding."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import av
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.publication import KEY_FRAME_EVERY
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.media.packets import Kind
from stagedoor.rtc.sdp.offer import parse_description
from tests.kit.cloudflare import Client, client, flowing, pulling, pushing, remote, status
from tests.kit.publisher import Playout
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.media.test_rtc_loss import decoded

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
BUSY = Show(640, 360, seconds=4, bitrate=1_000_000, noise=True, key_every=15)
TIMERS = Timers(empty_track=0.1, transport=5.0)


@pytest.fixture
async def it() -> AsyncIterator[Emulator]:
    async with emulator(Options(timers=TIMERS, calls_per_second=1000, padding_every=40)) as running:
        yield running


@pytest.fixture
async def api(it: Emulator) -> AsyncIterator[Client]:
    async with client(it) as made:
        yield made


async def take_candidates(connection: RTCPeerConnection, sdp: str) -> None:
    """aiortc looks for candidates in the last section of a bundle; the SFU lists them in the first."""
    (transport,) = {each.receiver.transport.transport for each in connection.getTransceivers()}
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            await transport.addRemoteCandidate(candidate_from_sdp(line.removeprefix("a=candidate:")))


# Forwarding


async def test_what_is_pushed_is_pulled_in_whole_frames_with_empty_packets_between(
    it: Emulator, api: Client
) -> None:
    async with (
        pushing(api, encode(SHOW)) as guest,
        pulling(api, guest.remote("audio"), guest.remote("video")) as puller,
    ):
        await until(lambda: len(puller.of(Kind.VIDEO)) > 30 and len(puller.of(Kind.AUDIO)) > 90, 20)
        assert decoded(puller.packets) == len(puller.of(Kind.VIDEO))
        assert puller.of(Kind.VIDEO)[0].track.width == 320
        session = it.engine.sessions[puller.session_id]
        assert all(each.empty > 0 for each in session.subscriptions.values())
        assert not any(packet.gap for packet in puller.packets[1:]), "an empty packet is no hole"


async def test_sound_and_picture_stay_together_by_the_publishers_reports(api: Client) -> None:
    async with (
        pushing(api, encode(SHOW)) as guest,
        pulling(api, guest.remote("audio"), guest.remote("video")) as puller,
    ):
        peer = puller.peer
        assert peer is not None
        await until(lambda: puller.of(Kind.VIDEO) and puller.of(Kind.AUDIO), 15)

        def together() -> bool:
            offset = peer.report().av_offset_ms
            return offset is not None and abs(offset) < 100

        await until(together, 15, what="sound and picture in step")


async def test_lost_packets_are_asked_for_upstream_and_repeated_downstream(it: Emulator, api: Client) -> None:
    async with (
        pushing(api, encode(BUSY)) as guest,
        pulling(api, guest.remote("video")) as puller,
    ):
        await until(lambda: puller.of(Kind.VIDEO), 15)
        await api.faults(loss={"fraction": 0.05, "seed": 3})
        before = len(puller.packets)
        await until(lambda: len(puller.packets) > before + 90, 30)
        assert decoded(puller.packets) == len(puller.of(Kind.VIDEO))
        subscription = it.engine.sessions[puller.session_id].subscriptions[puller.mids[0]]
        assert subscription.repeated > 5
        assert puller.peer is not None
        report = puller.peer.report().tracks[Kind.VIDEO]
        assert report.lost < 10, "most of what was lost was sent again"


async def test_requests_for_key_frames_go_upstream_but_not_all_of_them(api: Client) -> None:
    async with (
        pushing(api, encode(SHOW)) as guest,
        pulling(api, guest.remote("video")) as puller,
    ):
        await until(lambda: puller.of(Kind.VIDEO), 15)
        asked, peer = guest.key_frames_asked, puller.peer
        assert peer is not None
        for _ in range(20):
            peer.request_key_frame()
        await until(lambda: guest.key_frames_asked > asked, 5)
        await asyncio.sleep(KEY_FRAME_EVERY)
        assert guest.key_frames_asked <= asked + 3


async def test_payload_types_are_numbered_anew_and_the_offer_has_the_sfus_shape(api: Client) -> None:
    async with pushing(api, encode(SHOW)) as guest, pulling(api, guest.remote("video")) as puller:
        text = puller.added["sessionDescription"]["sdp"]
        offer = parse_description(text)
        pushed = parse_description(guest.connection.localDescription.sdp)
        used = {number for section in pushed.sections for number in section.formats}
        assert not used & set(offer.sections[0].formats)
        assert offer.ice_lite
        assert offer.sections[0].transport.setup == "actpass"
        assert text.count("a=candidate:") == 2
        assert "a=extmap-allow-mixed" in text
        assert "a=ssrc:" in text


# Pulling in other ways


async def test_a_pull_by_the_clients_offer_goes_where_its_mid_says(api: Client) -> None:
    async with pushing(api, encode(SHOW)) as guest:
        connection = RTCPeerConnection()
        got: dict[str, Any] = {}
        try:
            connection.on("track", lambda track: got.setdefault(track.id, track))
            first = connection.addTransceiver("video", direction="recvonly")
            second = connection.addTransceiver("video", direction="recvonly")
            await connection.setLocalDescription(await connection.createOffer())
            session = await api.session()
            body = {
                "sessionDescription": {"type": "offer", "sdp": connection.localDescription.sdp},
                "tracks": [guest.remote("video", mid=second.mid), guest.remote("audio")],
            }
            added = await api.ok("POST", f"/sessions/{session}/tracks/new", body)
            assert added["requiresImmediateRenegotiation"] is False
            assert added["tracks"][0]["mid"] == second.mid
            assert added["tracks"][1]["mid"] == ""
            answer = RTCSessionDescription(added["sessionDescription"]["sdp"], "answer")
            await connection.setRemoteDescription(answer)
            await take_candidates(connection, answer.sdp)
            assert (first.currentDirection, second.currentDirection) == ("inactive", "recvonly")
            frame = await asyncio.wait_for(second.receiver.track.recv(), 15)
            assert isinstance(frame, av.VideoFrame)
            assert frame.width == 320
        finally:
            await connection.close()


async def test_the_sfu_may_offer_to_receive(it: Emulator, api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}"
    track = {"location": "local", "trackName": "mic", "kind": "audio"}
    added = await api.ok("POST", f"{path}/tracks/new", {"tracks": [track]})
    connection = RTCPeerConnection()
    try:
        offer = RTCSessionDescription(added["sessionDescription"]["sdp"], "offer")
        await connection.setRemoteDescription(offer)
        connection.addTrack(Playout("audio", [encode(SHOW)]))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = {"type": "answer", "sdp": connection.localDescription.sdp}
        assert await api.ok("PUT", f"{path}/renegotiate", {"sessionDescription": answer}) == {}
        await until(lambda: it.engine.sessions[session].publications["0"].packets > 5, 15)
        async with pulling(api, remote(session, "mic")) as puller:
            await until(lambda: len(puller.of(Kind.AUDIO)) > 10, 15)
    finally:
        await connection.close()


async def test_a_bidirectional_line_sends_back_what_is_pulled_to_its_name(it: Emulator, api: Client) -> None:
    session = await api.session()
    path = f"/sessions/{session}"
    track = {"location": "local", "trackName": "mic", "kind": "audio", "bidirectionalMediaStream": True}
    added = await api.ok("POST", f"{path}/tracks/new", {"tracks": [track]})
    assert "a=sendrecv" in added["sessionDescription"]["sdp"]
    connection = RTCPeerConnection()
    try:
        offer = RTCSessionDescription(added["sessionDescription"]["sdp"], "offer")
        await connection.setRemoteDescription(offer)
        connection.addTrack(Playout("audio", [encode(SHOW)]))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = {"type": "answer", "sdp": connection.localDescription.sdp}
        await api.ok("PUT", f"{path}/renegotiate", {"sessionDescription": answer})
        await until(lambda: it.engine.sessions[session].publications["0"].packets, 15)
        async with pushing(api, encode(SHOW), video_after=None) as other:
            await flowing(it, other.session_id)
            pull = {"tracks": [other.remote("audio", mid="#mic"), other.remote("audio", mid="#none")]}
            pulled = await api.ok("POST", f"{path}/tracks/new", pull)
            assert pulled["requiresImmediateRenegotiation"] is False
            assert [each["mid"] for each in pulled["tracks"]] == ["0", ""]
            heard = connection.getTransceivers()[0].receiver.track
            frame = await asyncio.wait_for(heard.recv(), 15)
            assert isinstance(frame, av.AudioFrame)
    finally:
        await connection.close()


async def test_a_line_that_was_closed_by_force_carries_the_next_pull_without_negotiation(api: Client) -> None:
    async with (
        pushing(api, encode(SHOW)) as one,
        pushing(api, encode(Show(640, 360, seconds=2, bitrate=400_000))) as other,
        pulling(api, one.remote("video")) as puller,
    ):
        await until(lambda: puller.of(Kind.VIDEO), 15)
        path = f"/sessions/{puller.session_id}/tracks"
        await api.ok("PUT", f"{path}/close", {"tracks": [{"mid": "0"}], "force": True})
        assert await status(api, puller.session_id) == {"0": "inactive"}
        added = await api.ok("POST", f"{path}/new", {"tracks": [other.remote("video")]})
        assert added["requiresImmediateRenegotiation"] is False
        assert "sessionDescription" not in added
        assert added["tracks"][0]["mid"] == "0"
        await until(lambda: puller.of(Kind.VIDEO)[-1].track.width == 640, 15)
        assert decoded(puller.packets) == len(puller.of(Kind.VIDEO))


async def test_an_update_switches_what_a_line_carries(api: Client) -> None:
    async with (
        pushing(api, encode(SHOW)) as one,
        pushing(api, encode(Show(640, 360, seconds=2, bitrate=400_000))) as other,
        pulling(api, one.remote("video")) as puller,
    ):
        await until(lambda: puller.of(Kind.VIDEO), 15)
        path = f"/sessions/{puller.session_id}/tracks/update"
        refused = {"tracks": [one.remote("video", mid="0", simulcast={"preferredRid": "h"})]}
        updated = await api.ok("PUT", path, refused)
        assert updated["tracks"][0]["errorCode"] == "update_track_error"
        updated = await api.ok("PUT", path, {"tracks": [other.remote("video", mid="0")]})
        assert updated["requiresImmediateRenegotiation"] is False
        assert updated["tracks"] == [
            {"mid": "0", "sessionId": other.session_id, "trackName": other.names["video"]}
        ]
        await until(lambda: puller.of(Kind.VIDEO)[-1].track.width == 640, 15)
