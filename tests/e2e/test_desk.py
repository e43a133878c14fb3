"""The operator's desk in a browser: a guest walks in and is put on air by a double-click."""

import contextlib
import os
import signal

import pytest
from playwright.async_api import Page, expect

from tests.kit.accessibility import violations
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import changes, join, open_switcher, plays, scene_tile, seated
from tests.kit.wait import until

pytestmark = pytest.mark.e2e


NEW_FRAMES = """async (video) => {
  const count = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const before = count();
  await new Promise((resolve) => setTimeout(resolve, 300));
  return count() - before;
}"""


async def test_a_double_click_puts_a_guest_on_air() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app, chromium() as browser:
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest, visitor(browser, "about:blank") as operator:
            await join(guest.page)
            await seated(guest.page)
            desk = operator.page
            await open_switcher(desk, app)
            tile, other = scene_tile(desk, "guest1"), scene_tile(desk, "guest2")
            await expect(tile).to_be_enabled(timeout=10_000)
            await desk.keyboard.press("3")
            await expect(other).to_contain_text("NEXT")
            on_air = guest.page.locator(".tally-line")
            await expect(on_air).not_to_contain_text("ON AIR")

            await tile.dblclick()

            await expect(on_air).to_contain_text("ON AIR")
            await expect(tile).to_contain_text("ON AIR")
            await expect(other).to_contain_text("NEXT")
            program = (await app.api.get("/api/mixer")).json()["program"]
            assert program == "full-guest1"
            multiview = desk.get_by_label("Multiview")
            assert await plays(multiview) == (640, 360)
            await changes(multiview)
            await plays(guest.page.get_by_label("From the studio").locator("video"))
            await _stands_still(desk, app)
            assert await violations(desk) == []
            await _records(desk, app)
            await _speaks_norwegian(desk, app)
            async with visitor(browser, f"{app.url}/guest_join?lang=nb") as norwegian:
                await expect(norwegian.page.get_by_label("Navnet ditt")).to_be_visible(timeout=15_000)
                await expect(norwegian.page.locator("html")).to_have_attribute("lang", "nb")
                assert await violations(norwegian.page) == []
                assert norwegian.errors == []
            assert guest.errors == operator.errors == []


async def _stands_still(desk: Page, app: App) -> None:
    """A mixer that hangs is seen and said, by its frozen picture, and no longer once it goes on."""
    multiview = desk.get_by_label("Multiview")
    words = desk.get_by_role("region", name="Program").get_by_text("This picture stands still")
    await expect(words).to_have_count(0)
    hung = app.child("mixer")
    os.kill(hung, signal.SIGSTOP)
    try:
        await expect(words).to_be_visible()
        assert await multiview.evaluate(NEW_FRAMES) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(hung, signal.SIGCONT)
    await expect(words).to_have_count(0, timeout=15_000)
    await changes(multiview)


async def _records(desk: Page, app: App) -> None:
    """Begin a take on the page and end it there."""
    part = desk.get_by_role("region", name="Recording")
    await part.get_by_role("button", name="Start recording").click()
    await expect(part).to_contain_text("GB left")
    await expect(part).to_contain_text("pieces")
    await part.get_by_role("button", name="Stop recording").click()
    await desk.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
    await expect(part).to_contain_text("Nothing is recorded")

    async def is_written() -> bool:
        # The page knows that it has ended before the note of it is on the disk.
        (take,) = (await app.api.get("/api/recordings")).json()["takes"]
        return take["stopped"] is not None and take["code"] == ""

    await until(is_written, 8, what="the end of the take")


async def _speaks_norwegian(desk: Page, app: App) -> None:
    """By the link, after a reload too, and English again by the menu."""
    await desk.goto(f"{app.url}/switcher?lang=nb")
    await expect(desk.get_by_role("heading", name="Plasser")).to_be_visible(timeout=15_000)
    await expect(desk.locator("html")).to_have_attribute("lang", "nb")
    await expect(scene_tile(desk, "guest1")).to_contain_text("PÅ LUFTA")
    assert await violations(desk) == []
    await desk.goto(f"{app.url}/switcher")
    await desk.get_by_label("Språk").select_option("English")
    await expect(desk.get_by_role("heading", name="Seats")).to_be_visible(timeout=15_000)
    await expect(scene_tile(desk, "guest1")).to_contain_text("ON AIR")
