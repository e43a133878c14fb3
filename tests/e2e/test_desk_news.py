"""What a desk tells of, and puts right: knocks, outputs, a guest's destination and name on air."""

from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.asked import asked
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.stand_in import knocker
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient, pytest.mark.timeout(240)]

SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""
COMES = 90_000
"""Milliseconds for a test guest, who lets everything else on the machine go first."""
NAME = "lower-third-guest1"


async def test_what_is_news_to_the_desk(tmp_path: Path) -> None:
    async with (
        rtmp_server(tmp_path) as server,
        running_app(
            with_mixer=True, mixer=SMALL_MIXER, relay={"destinations": [f"{server.url}/live/{{path}}"]}
        ) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await open_switcher(desk, app)
        await _a_knock(desk, app)
        await asked(app, "POST", "/api/test-guest", seat="guest1")
        tile = desk.get_by_role("article", name="Test guest 1", exact=True)
        await expect(tile.get_by_text("Live", exact=True)).to_be_visible(timeout=COMES)
        await _a_name_on_air(tile, app)
        await _a_destination_that_fails(desk, tile, app, server)
        await _an_output_that_stops(desk, app, server)
        assert [each for each in operator.errors if "/whep/" not in each] == []


async def _title_has(desk: Page, words: str, wanted: bool = True) -> None:
    async def is_so() -> bool:
        return (words in await desk.title()) is wanted

    await until(is_so, SLOW / 1000, interval=0.05, what=f"{'' if wanted else 'no '}{words!r} in the title")


async def _a_knock(desk: Page, app: App) -> None:
    """In the title until somebody looks at the lobby, and how many wait for as long as they do."""
    lobby = desk.get_by_role("region", name="Lobby")
    await expect(lobby).not_to_be_in_viewport()
    async with knocker(app, "Ada"):
        await _title_has(desk, "1 knock · (1) Switcher")
        await lobby.get_by_role("article", name="Ada").scroll_into_view_if_needed()
        await _title_has(desk, "knock", False)
        assert (await desk.title()).startswith("(1) Switcher")
        await desk.evaluate("scrollTo(0, 0)")
        async with knocker(app, "Ben"):
            await _title_has(desk, "1 knock · (2) Switcher")
    for guest in await app.guests():
        await asked(app, "POST", f"/api/guests/{guest['id']}/remove")
    await _title_has(desk, "knock", False)
    assert (await desk.title()).startswith("Switcher")


async def _a_name_on_air(tile: Locator, app: App) -> None:
    """One click from the tile, and another takes it off again; red is what the mixer shows."""
    button = tile.get_by_role("button", name="Name on air")
    for is_shown in (True, False):
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true" if is_shown else "false", timeout=SLOW)
        await until(partial(_is_shown, app, is_shown), 15, what=f"the name is on air: {is_shown}")
    (overlay,) = (await asked(app, "GET", "/api/overlays"))["overlays"]
    assert (overlay["id"], overlay["text"]) == (NAME, "Test guest 1")


async def _is_shown(app: App, wanted: bool) -> bool:
    overlays = (await asked(app, "GET", "/api/overlays"))["overlays"]
    return [each["shown"] for each in overlays if each["id"] == NAME] == [wanted]


async def _a_destination_that_fails(desk: Page, tile: Locator, app: App, server: RtmpServer) -> None:
    """At the tile with its reason, in the title until somebody looks; one press begins it anew at once."""
    row = tile.get_by_role("list", name="Destinations").get_by_role("listitem")
    restart = row.get_by_role("button", name=f"Restart publishing to {server.url}/live/guest1")
    await expect(row.locator(".chip")).to_have_text("live", timeout=SLOW)
    await expect(restart).to_be_visible()
    await server.kill()
    await expect(row.locator(".chip")).to_have_text("retrying", timeout=SLOW)
    await expect(row.locator(".destinations-reason")).not_to_be_empty()
    await _title_has(desk, "Output down · Switcher")
    await _looked_at(desk)
    assert "Restarting relay for guest1" not in app.log()
    # While it fails: what does well is asked about first where somebody may watch.
    await restart.click()
    await app.logged("Restarting relay for guest1")
    await server.start()
    await expect(row.locator(".chip")).to_have_text("live", timeout=SLOW)
    await expect(row.locator(".destinations-reason")).to_have_count(0)
    # The first try after the press may have come before the server did, and is news as well.
    await _looked_at(desk)


async def _looked_at(desk: Page) -> None:
    """What is wrong, or was; while it is open, whatever comes has been looked at."""
    panel = desk.get_by_role("region", name="Health")
    await _health(desk).click()
    await expect(panel).to_be_visible()
    await _title_has(desk, "Output down", False)
    await desk.keyboard.press("Escape")
    await expect(panel).to_be_hidden()


def _health(desk: Page) -> Locator:
    return desk.get_by_role("navigation").get_by_role("button", name="Health")


async def _an_output_that_stops(desk: Page, app: App, server: RtmpServer) -> None:
    """In the title until somebody looks at what is wrong."""
    await asked(app, "POST", "/api/outputs", id="live", label="Main stream", url=f"{server.url}/live/program")
    row = desk.get_by_role("region", name="Outputs").get_by_role("listitem").filter(has_text="Main stream")
    await expect(row.locator(".chip")).to_have_text("live", timeout=SLOW)
    await _title_has(desk, "down", False)
    await server.kill()
    # The guest's destination is at the same server: one that fails in another way than before is news too.
    await _title_has(desk, "down · Switcher")
    await _health(desk).click()
    health = desk.get_by_role("region", name="Health")
    await expect(health).to_contain_text(f"Program does not reach {server.url}/live/program")
    await _title_has(desk, "down", False)
