"""What dies comes back by itself, and takes nobody else with it."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.dated import dated
from tests.kit.pages import join, seated
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.show import Show, encode
from tests.kit.wait import until
from tests.kit.watch import Watched, near, watch

pytestmark = pytest.mark.e2e

SHOW = Show(640, 360, seconds=2, bitrate=600_000)
LONGEST_GAP_SECONDS = 0.1
BACK_SECONDS = 5.0


def to(server: RtmpServer) -> dict[str, list[str]]:
    return {"destinations": [f"{server.url}/live/{{path}}"]}


async def live_states(app: App) -> set[str]:
    """The states of all sessions of all guests."""
    return {session["state"] for guest in await app.guests() for session in guest["sessions"]}


async def watch_from_now(server: RtmpServer, seconds: float) -> Watched:
    return await watch(f"{server.url}/live/guest1", seconds, timeout=seconds + 10)


async def test_a_killed_control_costs_the_program_nothing(tmp_path: Path) -> None:
    async with rtmp_server(tmp_path) as server, running_app(relay=to(server)) as app:
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(SHOW)) as publisher:
            await app.logged("RTMP relay started successfully")
            await dated(app)
            before = await app.sessions()
            watching = asyncio.create_task(watch_from_now(server, 8))
            await until(lambda: publisher.video and publisher.video.sent > 60)
            await app.kill("control")
            await app.ready()
            seen = await watching
            assert seen.longest_gap("video") <= LONGEST_GAP_SECONDS
            assert seen.longest_gap("audio") <= LONGEST_GAP_SECONDS
            assert len(seen.video_times) > 7 * SHOW.frame_rate
            assert not seen.errors
            assert await app.sessions() == before


async def test_after_a_killed_relay_the_guest_is_back_without_a_hand(tmp_path: Path) -> None:
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay=to(server)) as app,
        chromium() as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            await app.logged("RTMP relay started successfully")
            before = await app.sessions()
            begun = time.monotonic()
            await app.kill("relay")

            async def is_back() -> bool:
                sessions = await app.sessions()
                return bool(sessions) and sessions != before and await live_states(app) == {"live"}

            await until(is_back, 15, interval=0.05, what="the guest in its seat again")
            assert time.monotonic() - begun <= BACK_SECONDS
            await seated(guest.page)
            seen = await watch_from_now(server, 2)
            assert seen.codecs == {"video": "h264", "audio": "aac"}


async def test_a_destination_comes_back_after_its_server_did(tmp_path: Path) -> None:
    async with rtmp_server(tmp_path) as server, running_app(relay=to(server)) as app:
        invite = await app.invite("guest1")
        async with publishing(app.whip(), invite["token"], encode(SHOW)):
            await app.logged("RTMP relay started successfully")
            session = await app.sessions()
            await server.kill()

            async def state() -> str:
                (guest,) = await app.guests()
                return str(guest["sessions"][0]["destinations"][0]["state"])

            async def is_live() -> bool:
                return await state() == "live"

            async def is_not_live() -> bool:
                return await state() != "live"

            await until(is_not_live, 10, interval=0.05)
            await server.start()
            await until(is_live, 20, interval=0.05)
            seen = await watch_from_now(server, 2)
            assert near(seen.color, SHOW.color)
            assert await app.sessions() == session
