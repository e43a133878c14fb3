"""Pages that stay open over an upgrade: they say so, and are replaced where nothing is lost by it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.kit.accessibility import violations
from tests.kit.app import App, running_app
from tests.kit.asked import asked
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, open_switcher, plays, seated, tally_line
from tests.kit.pictures import looked_at, picture
from tests.kit.portraits import HOST, portrait_file
from tests.kit.upgrading import installed, upgrade_pages

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

MIXER: Mapping[str, Any] = {
    "width": 640,
    "height": 360,
    "preset": "ultrafast",
    "bitrate": 800_000,
    "multiview": {"width": 1280, "height": 720, "frame_rate": 15},
    "returns": {"width": 640, "height": 360, "frame_rate": 15},
}
DRAFT = "You are on in two minutes."
NEWER = "There is a newer version of this page"
OLD = "This page is older than the server"
_STAYS = "window.stays = true"
_STAYED = "'stays' in window"


async def test_a_desk_and_a_guest_over_an_upgrade(tmp_path: Path) -> None:
    python = await asyncio.to_thread(installed, tmp_path)
    async with (
        running_app(
            python=str(python), with_mixer=True, mixer=MIXER, guests={"production": "Evening Talk"}
        ) as app,
        chromium(camera=Path(portrait_file(HOST))) as browser,
        visitor(browser, (await app.invite("guest1"))["url"]) as guest,
        visitor(browser, "about:blank") as operator,
    ):
        await _is_on_air(app, guest.page)
        await _writes(app, operator.page)
        session = await app.sessions()
        for page in (guest.page, operator.page):
            await page.evaluate(_STAYS)
        await upgrade_pages(app, tmp_path)
        await _desk_waits_for_its_operator(operator.page)
        await _guest_goes_on(guest.page)
        assert await app.sessions() == session
        await _who_waits_is_offered_it(app, guest.page)


async def _is_on_air(app: App, page: Page) -> None:
    await join(page, "Nora")
    await seated(page)
    await asked(app, "POST", "/api/mixer/cut", scene="full-guest1")
    await expect(tally_line(page)).to_contain_text("ON AIR")
    await plays(page.get_by_label("From the studio").locator("video"), 30_000)


async def _writes(app: App, desk: Page) -> None:
    await open_switcher(desk, app)
    await plays(desk.get_by_label("Multiview"), 30_000)
    await desk.get_by_role("button", name="Chat").click()
    await desk.get_by_role("region", name="Chat").get_by_label("To everyone").fill(DRAFT)


async def _desk_waits_for_its_operator(desk: Page) -> None:
    """What is being written is not lost; once it is sent and its drawer closed, the page is the new one."""
    old = desk.get_by_text(OLD)
    await expect(old).to_be_visible(timeout=30_000)
    await plays(desk.get_by_label("Multiview"), 30_000)
    assert await violations(desk) == []
    await picture(desk, "switcher-old-page", phone=False)
    drawer = desk.get_by_role("region", name="Chat")
    await expect(drawer.get_by_label("To everyone")).to_have_value(DRAFT)
    await drawer.get_by_label("To everyone").press("Enter")
    await expect(drawer.get_by_role("log")).to_contain_text(DRAFT)
    assert await desk.evaluate(_STAYED)
    async with desk.expect_event("load"):
        await desk.keyboard.press("Escape")
    await expect(old).to_have_count(0)


async def _guest_goes_on(page: Page) -> None:
    """Told, and neither reloaded nor asked: they are on air."""
    await expect(page.get_by_text(NEWER)).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("button", name="Reload now")).to_have_count(0)
    await expect(tally_line(page)).to_contain_text("ON AIR")
    await plays(page.get_by_label("From the studio").locator("video"), 30_000)
    await looked_at(page, "guest-old-page")
    assert await page.evaluate(_STAYED)


async def _who_waits_is_offered_it(app: App, page: Page) -> None:
    """One press, and they are back in the lobby with the new page."""
    (guest,) = await app.guests()
    await asked(app, "POST", f"/api/guests/{guest['id']}/hold")
    async with page.expect_event("load"):
        await page.get_by_role("button", name="Reload now").click()
    await expect(page.get_by_text("You are waiting in the lobby")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text(NEWER)).to_have_count(0)
    assert [(each["id"], each["state"]) for each in await app.guests()] == [(guest["id"], "lobby")]
