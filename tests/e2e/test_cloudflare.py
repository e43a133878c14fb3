"""Guests by way of Cloudflare Realtime, played by the emulator: page, SFU, relay, hub, RTMP server."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from stagedoor.emulator.serve import emulator
from stagedoor.media.packets import Kind
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.dated import dated
from tests.kit.pages import join, seated
from tests.kit.publisher import publishing
from tests.kit.putting import putting
from tests.kit.rtmp_server import rtmp_server
from tests.kit.sfu_account import Account, sfu_account
from tests.kit.sfu_process import sfu_process
from tests.kit.show import Show, camera_file, encode, microphone_file
from tests.kit.viewing import View, view
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(150)]

SHOW = Show(1280, 720, color=(180, 60, 60), tone=600, seconds=2)
SMALL = Show(320, 180, seconds=2, bitrate=400_000)
RETURN = Show(640, 360, color=(20, 160, 60), tone=880, seconds=2, bitrate=700_000)
FLASH = Show(640, 360, seconds=4, flash=True)
SOUND_AND_PICTURE = {"video": "h264", "audio": "aac"}


def by(sfu: Account, kind: str = "cloudflare") -> dict[str, Any]:
    """The settings of a program whose guests come by this SFU."""
    account = {"app_id": sfu.app_id, "app_secret": sfu.app_secret, "base_url": sfu.base_url}
    return {"kind": kind, "cloudflare": account}


async def camera_session(app: App, seat: str = "guest1") -> dict[str, Any]:
    """What the API says of the session of a seat; empty while there is none."""
    for guest in await app.guests():
        if guest["seat"] == seat:
            for session in guest["sessions"]:
                if session["kind"] == "camera":
                    return dict(session)
    return {}


async def live(app: App, seat: str = "guest1", other_than: str = "", timeout: float = 30.0) -> dict[str, Any]:
    """Return a seat's session once it is live."""
    found: dict[str, Any] = {}

    async def is_live() -> bool:
        nonlocal found
        found = await camera_session(app, seat)
        return found.get("state") == "live" and found["id"] != other_than

    await until(is_live, timeout, interval=0.05, what=f"{seat} live")
    return found


@pytest.mark.cloudflare
async def test_a_guest_walks_in_by_cloudflare(tmp_path: Path) -> None:
    async with (
        sfu_account() as sfu,
        rtmp_server(tmp_path) as server,
        running_app(carrier=by(sfu), relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
        chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW)) as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            for line in (
                "Cloudflare Calls session created for guest1",
                "Starting relay for guest1",
                "Relay started for guest1: Cloudflare ->",
                "RTMP relay started successfully",
            ):
                await app.logged(line)
            seen = await watch(f"{server.url}/live/guest1", 4)
            assert seen.codecs == SOUND_AND_PICTURE
            assert seen.sizes[-1] == (1280, 720)
            assert near(seen.color, SHOW.color)
            assert seen.tone == pytest.approx(SHOW.tone, abs=5)
            assert not seen.errors
            told = await live(app)
            assert told["carrier"] == "cloudflare"
            assert {each["state"] for each in told["cloudflare"]["tracks"]} == {"pulled"}
            metrics = (await app.api.get("/metrics")).text
            assert 'stagedoor_cloudflare_calls_total{operation="renegotiate",outcome="ok"}' in metrics
            pulled = re.search(r"^stagedoor_cloudflare_pulled_bytes_total (\S+)$", metrics, re.MULTILINE)
            assert pulled is not None
            assert float(pulled[1]) > 0
            assert guest.errors == []


@pytest.mark.cloudflare
async def test_sound_and_picture_are_in_step(tmp_path: Path) -> None:
    async with (
        sfu_account() as sfu,
        rtmp_server(tmp_path) as server,
        running_app(carrier=by(sfu), relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(FLASH)):
            await app.logged("RTMP relay started successfully")
            await dated(app)
            seen = await watch(f"{server.url}/live/guest1", 5)
            offsets = sorted(abs(offset) for offset in seen.av_offsets())
            assert len(offsets) >= 3
            # One picture is 33 ms, one frame of AAC 21 ms: what a flash and a beep can be told apart by.
            assert offsets[len(offsets) // 2] <= 0.040
            assert abs((await live(app))["av_offset_ms"]) <= 20


@pytest.mark.cloudflare
async def test_a_guest_on_each_carrier_and_one_with_a_bad_network() -> None:
    async with AsyncExitStack() as stack:
        sfu = await stack.enter_async_context(sfu_account())
        app = await stack.enter_async_context(running_app(carrier=by(sfu, "builtin")))
        media = encode(SMALL)
        bad = await app.invite("guest1", carrier="cloudflare")
        good = await app.invite("guest2", carrier="cloudflare")
        direct = await app.invite("guest3")
        publishers = [
            await stack.enter_async_context(publishing(app.whip(seat), invite["token"], media))
            for seat, invite in (("guest1", bad), ("guest2", good), ("guest3", direct))
        ]
        sessions = {seat: await live(app, seat) for seat in ("guest1", "guest2", "guest3")}
        assert [sessions[seat]["carrier"] for seat in sorted(sessions)] == [
            "cloudflare",
            "cloudflare",
            "builtin",
        ]
        publishers[0].loss = 0.3
        sent = publishers[1].video.sent if publishers[1].video else 0
        await until(lambda: publishers[1].video and publishers[1].video.sent > sent + 150, 20)

        async def is_impaired() -> bool:
            tracks = (await camera_session(app, "guest1")).get("tracks", [])
            return any(track["gaps"] or track["loss"] for track in tracks)

        await until(is_impaired, 20, interval=0.1, what="loss is seen")
        for seat in ("guest2", "guest3"):
            now = await camera_session(app, seat)
            assert now["state"] == "live"
            assert now["id"] == sessions[seat]["id"]
            assert [track["lost"] for track in now["tracks"]] == [0, 0]


@pytest.mark.patient
@pytest.mark.cloudflare
async def test_a_screen_is_shared_and_the_camera_switched_off_by_cloudflare() -> None:
    async with (
        sfu_account() as sfu,
        running_app(carrier=by(sfu)) as app,
        chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW), whole=True) as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            camera = await live(app)
            await guest.page.get_by_role("button", name="Share screen").click()
            await app.logged("guest1-screen is live after", 20)
            assert set(await app.sessions()) == {"guest1", "guest1-screen"}
            await guest.page.get_by_role("button", name="Camera off").click()

            async def is_still() -> bool:
                told = await camera_session(app)
                (picture,) = (track for track in told["tracks"] if track["kind"] == "video")
                return bool(
                    told["state"] == "live" and picture["state"] == "off" and 3 < picture["frame_rate"] < 8
                )

            await until(is_still, 20, interval=0.2)
            await guest.page.get_by_role("button", name="Stop sharing").click()

            async def only_the_camera() -> bool:
                return await app.sessions() == {"guest1": camera["id"]}

            await until(only_the_camera, 10)


WITHOUT_MICROPHONE = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted.audio ? Promise.reject(new DOMException("none", "NotFoundError")) : open(wanted);
"""


@pytest.mark.patient
@pytest.mark.cloudflare
async def test_a_guest_without_a_microphone_sends_silence() -> None:
    """The SFU forgets a track that is silent on the wire, and a microphone may be plugged in later."""
    async with sfu_account() as sfu, running_app(carrier=by(sfu)) as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, "about:blank") as guest:
            await guest.page.add_init_script(WITHOUT_MICROPHONE)
            await guest.page.goto(invite["url"])
            await join(guest.page)

            async def both_are_pulled() -> bool:
                told = await camera_session(app)
                states = {each["kind"]: each["state"] for each in told.get("tracks", [])}
                return states == {"video": "live", "audio": "off"}

            await until(both_are_pulled, 20, interval=0.1)
            assert (await app.guests())[0]["mic"] == "off"
            url = f"{app.hub_url}/live/guest1.mkv?token={app.token}"
            seen = await watch(url, 2)
            assert (seen.codecs, seen.tone) == ({"video": "h264", "audio": "opus"}, 0.0)


@pytest.mark.cloudflare
async def test_the_picture_changes_its_size_without_anybody_reconnecting(tmp_path: Path) -> None:
    wide = Show(640, 360, seconds=2, bitrate=600_000)
    async with (
        sfu_account() as sfu,
        rtmp_server(tmp_path) as server,
        running_app(carrier=by(sfu), relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
    ):
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(SMALL), encode(wide)):
            await app.logged("RTMP relay started successfully")
            session = await live(app)
            seen = await watch(f"{server.url}/live/guest1", 5)
            assert {(320, 180), (640, 360)} == set(seen.sizes)
            assert not seen.errors
            assert (await camera_session(app))["id"] == session["id"]


@asynccontextmanager
async def returning(sfu: Account) -> AsyncIterator[tuple[App, View]]:
    """A guest by Cloudflare who watches the return."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(carrier=by(sfu)))
        browser = await stack.enter_async_context(chromium())
        media = encode(RETURN)
        await stack.enter_async_context(putting(app, "return-video", media, Kind.VIDEO))
        await stack.enter_async_context(putting(app, "return-audio-guest1", media, Kind.AUDIO))
        invite = await app.invite("guest1")
        guest = await stack.enter_async_context(visitor(browser, invite["url"]))
        await join(guest.page)
        await live(app)
        seen = await view(guest.page, f"/whep/return-guest1?invite={invite['token']}")
        await moves(seen)
        yield app, seen


@pytest.mark.cloudflare
async def test_the_return_reaches_the_guest_and_nobody_elses() -> None:
    async with sfu_account() as sfu, returning(sfu) as (app, seen):
        assert (await seen.tell()).sizes[-1] == "640x360"
        assert await seen.tone() == pytest.approx(RETURN.tone, abs=10)
        other = await view(seen.page, seen.url.replace("return-guest1", "return-guest2"))
        assert (await other.tell()).status == 403
        usage = (await app.api.get("/api/carrier/cost")).json()
        assert usage["returned_bytes"] > 0
        assert usage["pulled_bytes"] > 0


async def test_a_return_goes_on_after_the_way_to_the_sfu_was_lost() -> None:
    async with emulator() as sfu, returning(sfu) as (app, seen):
        pushing = next(
            session
            for session in sfu.engine.sessions.values()
            if any(each.name == "return-video" for each in session.publications.values())
        )
        sfu.engine.expire([pushing.session_id], silently=False)
        await app.logged("The way of the returns to Cloudflare was lost", 20)
        await moves(seen)
        assert await seen.tone() == pytest.approx(RETURN.tone, abs=10)


async def moves(seen: View, count: int = 30) -> None:
    """Return once a viewer has decoded so many more pictures."""
    before = (await seen.tell()).frames

    async def has_moved() -> bool:
        return (await seen.tell()).frames >= before + count

    await until(has_moved, 20, interval=0.1, what="the return moves")


@pytest.mark.patient
@pytest.mark.cloudflare
async def test_the_operator_switches_a_guest_to_the_other_carrier() -> None:
    async with sfu_account() as sfu, running_app(carrier=by(sfu)) as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            before = await live(app)
            answer = await app.api.post("/api/guests/guest1/carrier", json={"carrier": "builtin"})
            assert answer.is_success, answer.text
            after = await live(app, other_than=before["id"])
            assert (before["carrier"], after["carrier"]) == ("cloudflare", "builtin")
            await seated(guest.page)


@pytest.mark.patient
async def test_what_a_killed_relay_leaves_at_the_sfu_is_closed() -> None:
    async with emulator() as sfu, running_app(carrier=by(sfu)) as app:
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(SMALL)) as publisher:
            await live(app)
            left = dict(sfu.engine.sessions)
            await app.kill("relay")
            await app.ready()
            published = [each for session in left.values() for each in session.publications.values()]
            assert len(published) == 2
            await until(lambda: all(each.closed for each in published), 15)
            assert publisher.connection.connectionState == "connected", "it was not the guest who hung up"


@pytest.mark.patient
async def test_after_a_killed_relay_the_guest_is_back_by_cloudflare() -> None:
    async with emulator() as sfu, running_app(carrier=by(sfu)) as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            before = await live(app)
            await app.kill("relay")
            await live(app, other_than=before["id"])
            await seated(guest.page)


@pytest.mark.patient
async def test_the_sfu_dies_and_comes_back_in_the_middle_of_the_show() -> None:
    async with sfu_process() as sfu, running_app(carrier=by(sfu)) as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            before = await live(app)
            await sfu.kill()

            async def is_over() -> bool:
                return bool((await camera_session(app)).get("id") != before["id"])

            await until(is_over, 30, interval=0.1)
            await sfu.start()
            await live(app, other_than=before["id"], timeout=40)
            await seated(guest.page)
