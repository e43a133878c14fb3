"""What goes wrong with real media at the emulator, and what clients are told of it."""

from collections.abc import AsyncIterator

import pytest
from aiortc import RTCSessionDescription

from stagedoor.emulator.options import Options, Timers
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.media.packets import Kind
from tests.kit.cloudflare import Client, Pushed, client, flowing, pulling, pushing, remote, status
from tests.kit.show import Show, encode
from tests.kit.wait import until

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


async def test_a_track_that_has_sent_nothing_is_empty_and_the_other_one_is_offered(api: Client) -> None:
    async with (
        pushing(api, encode(SHOW), video_after=1000.0) as guest,
        pulling(api, guest.remote("video"), guest.remote("audio")) as puller,
    ):
        empty, good = puller.added["tracks"]
        assert (empty["mid"], empty["errorCode"]) == ("", "empty_track_error")
        assert (good["mid"], "errorCode" in good) == ("0", False)
        assert "a=group:BUNDLE 0\r\n" in puller.added["sessionDescription"]["sdp"]
        await until(lambda: puller.of(Kind.AUDIO), 15)


async def test_a_pull_waits_for_the_first_packet() -> None:
    options = Options(timers=Timers(empty_track=10.0))
    async with (
        emulator(options) as it,
        client(it) as api,
        pushing(api, encode(SHOW), video_after=1.0) as guest,
        pulling(api, guest.remote("video")) as puller,
    ):
        assert puller.mids == ["0"]
        await until(lambda: puller.of(Kind.VIDEO), 15)


async def test_a_mid_that_was_closed_by_force_and_pushed_again_stays_empty(it: Emulator, api: Client) -> None:
    async with pushing(api, encode(SHOW)) as guest:
        await flowing(it, guest.session_id)
        path = f"/sessions/{guest.session_id}/tracks"
        mid = next(each.mid for each in guest.connection.getTransceivers() if each.kind == "video")
        await api.ok("PUT", f"{path}/close", {"tracks": [{"mid": mid}], "force": True})
        await guest.connection.setLocalDescription(await guest.connection.createOffer())
        offer = {"type": "offer", "sdp": guest.connection.localDescription.sdp}
        track = {"location": "local", "mid": mid, "trackName": "again"}
        added = await api.ok("POST", f"{path}/new", {"sessionDescription": offer, "tracks": [track]})
        assert "errorCode" not in added["tracks"][0]
        answer = RTCSessionDescription(added["sessionDescription"]["sdp"], "answer")
        await guest.connection.setRemoteDescription(answer)
        session = await api.session()
        pulled = await api.ok(
            "POST", f"/sessions/{session}/tracks/new", {"tracks": [remote(guest.session_id, "again")]}
        )
        assert pulled["tracks"][0]["errorCode"] == "empty_track_error"


async def test_a_silent_track_is_inactive_for_all_and_not_found_any_more() -> None:
    options = Options(timers=Timers(silence=0.6, empty_track=0.1))
    async with emulator(options) as it, client(it) as api, pushing(api, encode(SHOW)) as guest:
        await flowing(it, guest.session_id)
        async with pulling(api, guest.remote("audio"), guest.remote("video")) as puller:
            await until(lambda: puller.of(Kind.VIDEO), 15)
            assert guest.video is not None
            guest.video.silent = True
            video = it.engine.sessions[guest.session_id].published(guest.names["video"])
            assert video is not None
            await until(lambda: video.closed, 10)
            assert await status(api, puller.session_id) == {"0": "active", "1": "inactive"}
            session = await api.session()
            body = {"tracks": [guest.remote("video")]}
            pulled = await api.ok("POST", f"/sessions/{session}/tracks/new", body)
            assert pulled["tracks"][0]["errorCode"] == "not_found_track_error"


async def test_a_publisher_that_vanishes_is_gone_after_a_while() -> None:
    options = Options(timers=Timers(lost=0.8))
    async with emulator(options) as it, client(it) as api:
        guest = Pushed(encode(SHOW))
        try:
            await guest.push(api)
            await guest.connected()
            await flowing(it, guest.session_id)
        finally:
            await guest.vanish()
        await until(lambda: not it.engine.live(), 10)
        assert (await api.refused("GET", f"/sessions/{guest.session_id}"))[0] == 410


async def test_a_publisher_that_says_goodbye_is_gone_at_once(it: Emulator, api: Client) -> None:
    async with pushing(api, encode(SHOW)) as guest:
        await flowing(it, guest.session_id)
    await until(lambda: not it.engine.live(), 5)


@pytest.mark.parametrize(("fault", "says_goodbye"), [("expire", True), ("vanish", False)])
async def test_a_session_that_is_made_to_end_takes_its_media_with_it(
    it: Emulator, api: Client, fault: str, says_goodbye: bool
) -> None:
    async with pushing(api, encode(SHOW)) as guest, pulling(api, guest.remote("audio")) as puller:
        await until(lambda: puller.of(Kind.AUDIO), 15)
        await api.faults(**{fault: [puller.session_id]})
        assert (await api.refused("GET", f"/sessions/{puller.session_id}"))[0] == 410
        ended = it.engine.sessions[puller.session_id]
        await until(lambda: not ended.connection.is_open, 5)
        if says_goodbye:
            await until(lambda: puller.closed == "the other side hung up", 5)
        else:
            count = len(puller.packets)
            await until(lambda: puller.closed == "the other side has vanished", 20)
            assert len(puller.packets) <= count + 5
        assert await status(api, guest.session_id) == {"0": "active", "1": "active"}
