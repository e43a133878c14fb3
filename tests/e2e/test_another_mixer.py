"""Another program is the mixer: guests by both carriers get what it sends back, and are spoken to."""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from tests.e2e.test_cloudflare import by
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.listening import listen
from tests.kit.pages import join, plays, seated
from tests.kit.publisher import publishing
from tests.kit.sfu_account import sfu_account
from tests.kit.show import Show, camera_file, encode
from tests.kit.viewing import View, view
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

CAMERA = Show(320, 180, color=(40, 160, 60), seconds=2, bitrate=400_000)
STUDIO = Show(640, 360, color=(20, 60, 200), tone=880, profile="high", bitrate=400_000)
VOICE = Show(160, 90, tone=2000, bitrate=50_000)
ALONE = {"enabled": False, "returns": {"without_mixer": True}}
SEATS = ["guest1", "guest2", "studio"]
CARRIERS = {"guest1": "builtin", "guest2": "cloudflare"}


async def from_studio(app: App, seat: str) -> None:
    """Have a seat get what the other program sends, which is at a path of the hub here."""
    url = f"{app.hub_url}/live/studio.mkv?token={app.token}"
    answer = await app.api.patch(f"/api/seats/{seat}", json={"return_url": url})
    assert answer.is_success, answer.text
    assert app.token not in answer.text


async def hears(mine: View, tone: int) -> None:
    async def is_heard() -> bool:
        return abs(await mine.tone() - tone) < 10

    await until(is_heard, 30, what=f"{tone} Hz in the return")


async def is_spoken_to(app: App, seat: str) -> None:
    """An operator's voice is in the return, over what the other program sends."""
    async with publishing(f"{app.url}/whip/talkback", app.token, encode(VOICE), video_after=None):

        async def is_held() -> bool:
            return (await app.api.post("/api/talkback", json={"to": [seat]})).is_success

        await until(is_held, what="the operator can be heard")
        url = f"{app.hub_url}/live/return-{seat}.nut?token={app.token}"

        async def is_heard() -> bool:
            return (await listen(url, 0.6)).level_db(VOICE.tone) > -20

        await until(is_heard, 20, what="the operator's voice")


async def test_guests_get_what_another_program_sends_by_both_carriers() -> None:
    async with AsyncExitStack() as stack:
        sfu = await stack.enter_async_context(sfu_account())
        running = running_app(carrier=by(sfu, "builtin"), mixer=ALONE, guests={"seats": SEATS})
        app = await stack.enter_async_context(running)
        token = (await app.invite("studio"))["token"]
        await stack.enter_async_context(publishing(app.whip("studio"), token, encode(STUDIO)))
        browser = await stack.enter_async_context(chromium(camera=camera_file(CAMERA)))
        pages = {}
        for seat, carrier in CARRIERS.items():
            invite = await app.invite(seat, carrier=carrier)
            guest = await stack.enter_async_context(visitor(browser, invite["url"]))
            await join(guest.page)
            await seated(guest.page, seat)
            await expect(guest.page.get_by_text("It sends no picture")).to_be_visible(timeout=30_000)
            await expect(guest.page.get_by_text("On air or not?")).to_be_visible()
            pages[seat] = guest.page, invite["token"]
        for seat in CARRIERS:
            await from_studio(app, seat)
        for seat, (page, invite) in pages.items():
            await plays(page.locator(".studio video"), 30_000)
            await hears(await view(page, f"{app.url}/whep/return-{seat}?invite={invite}"), STUDIO.tone)
        assert (await app.api.put("/api/tally", json={"guest1": "program"})).is_success
        await expect(pages["guest1"][0].get_by_text("ON AIR", exact=True)).to_be_visible()
        await expect(pages["guest2"][0].get_by_text("On air or not?")).to_be_visible()
        await is_spoken_to(app, "guest1")
        assert (await app.api.get("/api/mixer")).json()["code"] == "mixer_disabled"
        assert "studio.mkv" not in app.log()
