"""Guests by way of Cloudflare Realtime, played by the emulator: page, SFU, relay, hub, RTMP server."""

from pathlib import Path

import pytest

from stagedoor.emulator.serve import Emulator, emulator
from tests.kit.app import running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, seated
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, camera_file, microphone_file
from tests.kit.watch import near, watch

pytestmark = pytest.mark.e2e

SHOW = Show(1280, 720, color=(180, 60, 60), tone=600, seconds=2)
SOUND_AND_PICTURE = {"video": "h264", "audio": "aac"}


def by(it: Emulator) -> dict[str, object]:
    """The settings of a program whose guests come by this emulator."""
    account = {"app_id": it.app_id, "app_secret": it.app_secret, "base_url": it.base_url}
    return {"kind": "cloudflare", "cloudflare": account}


async def test_a_guest_walks_in_by_cloudflare(tmp_path: Path) -> None:
    async with (
        emulator() as it,
        rtmp_server(tmp_path) as server,
        running_app(carrier=by(it), relay={"destinations": [f"{server.url}/live/{{path}}"]}) as app,
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
