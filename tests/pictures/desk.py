"""A desk whose pictures are taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, expect

from tests.kit.app import App
from tests.kit.browser import chromium
from tests.kit.pages import open_switcher, plays, scene_tile
from tests.kit.wait import until

IMAGES: Final = Path(__file__).resolve().parents[2] / "docs/images"


@asynccontextmanager
async def opened(app: App, width: int, height: int, *flags: str, touch: bool = False) -> AsyncIterator[Page]:
    """The page in a window of its own."""
    async with chromium(*flags, whole=True) as browser:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, has_touch=touch, reduced_motion="reduce"
        )
        await context.grant_permissions(["microphone"])
        desk = await context.new_page()
        await open_switcher(desk, app)
        yield desk
        await context.close()


async def runs(desk: Page) -> None:
    """Wait until the show is seen, its scenes as well."""
    await plays(desk.get_by_label("Multiview"), 30_000)
    await expect(scene_tile(desk, "Two Up")).to_contain_text("ON AIR")
    await until(lambda: drawn(desk.locator(".scene img"), 6), 60, what="the scenes' pictures")
    await is_quick_enough(desk)


async def is_quick_enough(desk: Page) -> None:
    """Wait until this machine is not called too slow: starting all at once keeps its cores busy."""
    now = desk.locator(".warnings-line, .notice:not(.notice-good)")
    await expect(now.filter(has_text="too slow")).to_have_count(0, timeout=60_000)


async def drawn(pictures: Locator, least: int = 1) -> bool:
    """Tell whether so many pictures are there and drawn."""
    return bool(
        await pictures.evaluate_all(
            "(all, least) => all.filter((each) => each.naturalWidth > 0).length >= least", least
        )
    )


async def take(page: Page, name: str) -> None:
    """Take a picture of what is in sight."""
    await page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
