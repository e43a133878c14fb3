"""The whole way, as the description of the product walks it: join, log lines, server, switcher."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.kit.app import running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, leave, open_switcher, plays, seat_tile, seated
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, camera_file, microphone_file
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = pytest.mark.e2e

SHOW = Show(1280, 720, color=(180, 60, 60), tone=600, seconds=2)
SOUND_AND_PICTURE = {"video": "h264", "audio": "aac"}


async def test_a_guest_walks_in(tmp_path: Path) -> None:
    async with (
        rtmp_server(tmp_path) as server,
        running_app(relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
        chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW), whole=True) as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest, visitor(browser, "about:blank") as operator:
            await join(guest.page)
            await seated(guest.page)

            for line in (
                "Session created for guest1",
                "Starting relay for guest1",
                "Relay started for guest1",
                "RTMP relay started successfully",
            ):
                await app.logged(line)
            sessions = (await app.api.get("/api/calls/sessions")).json()["sessions"]
            assert list(sessions) == ["guest1"]

            seen = await watch(f"{server.url}/live/guest1", 4)
            assert seen.codecs == SOUND_AND_PICTURE
            assert seen.sizes[-1] == (1280, 720)
            assert near(seen.color, SHOW.color)
            assert seen.tone == pytest.approx(SHOW.tone, abs=5)
            assert not seen.errors

            await open_switcher(operator.page, app)
            tile = seat_tile(operator.page, "Ada")
            assert await plays(tile.locator("video")) == (1280, 720)
            await guest.page.get_by_role("button", name="Mute").click()
            await expect(tile).to_contain_text("Not ready: muted")
            await expect(tile.locator(".tile-figures")).to_contain_text(re.compile(r"Chrome \d+, Linux"))

            assert operator.errors == []
            await leave(guest.page)

            async def is_over() -> bool:
                return not (await app.api.get("/api/calls/sessions")).json()["sessions"]

            await until(is_over, 5)
            assert guest.errors == []
