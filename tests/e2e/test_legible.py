"""The desk's letters: large enough for where they are read, with room, on each screen, in each language."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium
from tests.kit.legible import cramped, too_small
from tests.kit.pages import open_switcher, scene_tile, seat_tile
from tests.kit.stand_in import stand_in
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

WINDOWS: Final[list[ViewportSize]] = [
    {"width": 1280, "height": 720},
    {"width": 1440, "height": 900},
    {"width": 1920, "height": 1080},
]
TABLET: Final[ViewportSize] = {"width": 1024, "height": 768}
_BELOW: Final = """(each) => each.getBoundingClientRect().bottom
    - each.closest(".scenes-grid").getBoundingClientRect().bottom"""
STILLS: Final = "**/thumbnail.jpg*"
_NONE_IS_OLD: Final = """() => [...document.querySelectorAll(".thumbnail-old")].every((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    const grid = each.closest(".scenes-grid").getBoundingClientRect();
    return bottom <= Math.max(0, grid.top) || top >= Math.min(innerHeight, grid.bottom);
})"""
"""Those that are scrolled out of view, or were pushed out of it by a warning, are not asked for."""
_ARE_OLD: Final = """() => [...document.querySelectorAll(".scene .thumbnail img")].every(
    (each) => each.parentElement.querySelector(".thumbnail-old"),
)"""
_COVERED: Final = """() => [...document.querySelectorAll(".scene .thumbnail-old")].flatMap((each) => {
    const old = each.getBoundingClientRect();
    const others = each.closest(".scene-place").querySelectorAll(".scene-key, .scene-word, .scene-edit");
    return [...others].filter((other) => {
        const { left, right, top, bottom } = other.getBoundingClientRect();
        return left < old.right && right > old.left && top < old.bottom && bottom > old.top;
    }).map((other) => `${other.className}: ${other.textContent}`);
})"""
SLOW_S: Final = 30.0
LARGE_PX: Final = 20.0
"""What is needed in a show, on a screen of 24 inches."""


@asynccontextmanager
async def _desk(
    browser: Browser, app: App, window: ViewportSize, *, touch: bool = False
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=window, has_touch=touch, reduced_motion="reduce")
    try:
        page = await context.new_page()
        await open_switcher(page, app)
        await expect(scene_tile(page, "Two Up")).to_contain_text("ON AIR")
        yield page
    finally:
        await context.close()


async def _looks(page: Page, windows: list[ViewportSize]) -> None:
    """One state in several windows."""
    for window in windows:
        await page.set_viewport_size(window)
        assert [window, *await too_small(page), *await cramped(page)] == [window]


async def _old(desk: Page, windows: list[ViewportSize]) -> None:
    """Scenes whose pictures have not come for a while say so, and cover nothing else by it."""
    await desk.unroute(STILLS)
    await desk.route(STILLS, lambda route: route.abort())
    await until(lambda: desk.evaluate(_ARE_OLD), SLOW_S, interval=0.1, what="old pictures of scenes")
    await expect(desk.locator(".scene .thumbnail-old").first).to_be_visible()
    for window in windows:
        await _looks(desk, [window])
        assert [window, *await desk.evaluate(_COVERED)] == [window]
    await desk.unroute(STILLS)


async def _fresh(app: App, desk: Page) -> None:
    """Each scene has a picture of now: the same one, which a busy machine need not draw again and again."""
    still = (await app.api.get("/api/scenes/two_up/thumbnail.jpg")).raise_for_status()
    await desk.route(STILLS, lambda route: route.fulfill(body=still.content, content_type="image/jpeg"))
    await until(lambda: desk.evaluate(_NONE_IS_OLD), SLOW_S, interval=0.1, what="new pictures of scenes")


async def _opened(page: Page, windows: list[ViewportSize]) -> None:
    """What is opened during a show, one after the other."""
    for name in ("Media", "Chat", "Health"):
        await page.locator(".desk-drawers").get_by_role("button", name=name).click()
        await expect(page.locator(".drawer")).to_be_visible()
        await _looks(page, windows)
        await page.keyboard.press("Escape")
    sheets = [
        page.get_by_role("button", name=name, exact=True)
        for name in ("Edit Two Up", "Invite a guest", "New scene", "Add a timer")
    ]
    for button in (*sheets, page.locator(".strip-open").first):
        await button.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await _looks(page, windows)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_desk_is_legible_on_each_screen() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app, chromium() as browser:
        (await app.api.post("/api/mixer/cut", json={"scene": "two_up"})).raise_for_status()
        (await app.api.post("/api/mixer/preview", json={"scene": "pip"})).raise_for_status()
        (await app.api.put("/api/audio/guest2", json={"muted": True})).raise_for_status()
        (await app.api.post("/api/test-guest")).raise_for_status()
        async with _desk(browser, app, WINDOWS[0]) as desk, stand_in(app, "guest2", "Nora") as studio:
            tile = desk.get_by_role("article", name="Nora", exact=True)
            await studio.post("hand", raised=True)
            await tile.get_by_role("button", name="Mic off at the guest").click()
            await studio.answers(await studio.asked("mute"), "refused", "I am speaking")
            await expect(tile).to_contain_text("refused")
            await expect(seat_tile(desk, "Test guest 1").locator(".tile-figures")).to_contain_text(
                "fps", timeout=30_000
            )
            await _fresh(app, desk)
            await _looks(desk, WINDOWS)
            await _old(desk, WINDOWS)
            await _opened(desk, WINDOWS)
            await desk.set_viewport_size(WINDOWS[-1])
            word = scene_tile(desk, "Two Up").locator(".scene-word")
            size = await word.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
            assert size >= LARGE_PX
            async with _desk(browser, app, TABLET, touch=True) as tablet:
                await _looks(tablet, [TABLET])
                await _whole(tablet, "Two Up")
                await _opened(tablet, [TABLET])
            await desk.goto(f"{app.url}/switcher?lang=nb")
            await expect(scene_tile(desk, "Two Up")).to_contain_text("PÅ LUFTA")
            await expect(desk.get_by_role("article", name="Nora", exact=True)).to_be_visible()
            await _looks(desk, WINDOWS)


async def _whole(page: Page, scene: str) -> None:
    """What is on air is seen with its name, without scrolling."""
    tile = scene_tile(page, scene)
    assert await tile.evaluate(_BELOW) <= 0
