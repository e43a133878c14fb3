"""What a person does on our pages, in the pages' own words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.kit.app import App
from tests.kit.wait import until

_PIXELS = """(video) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, 320, 180);
    return context.getImageData(0, 0, 320, 180).data.join();
}"""

_COVERED = """(meter) => Math.min(...[...meter.querySelectorAll(".sound-meter-cover")]
    .map((cover) => new DOMMatrix(getComputedStyle(cover).transform).d))"""
"""The part of a meter that is dark: 1 in silence."""


async def join(page: Page, name: str = "Ada", *, checks: bool = False) -> None:
    """Enter a name, agree and press Join on the guest page, which `checks` devices and line first."""
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("I have read this and agree").check()
    await page.get_by_label("Check my camera").set_checked(checks)
    await page.get_by_role("button", name="Join", exact=True).click()


async def seated(page: Page, seat: str = "guest1") -> None:
    """Return once the guest page says that its guest has the seat."""
    await expect(page.get_by_text(f"You are in: {seat}")).to_be_visible(timeout=15_000)


async def leave(page: Page) -> None:
    """Leave and confirm it."""
    await page.get_by_role("button", name="Leave", exact=True).click()
    await page.get_by_role("button", name="Leave now").click()
    await expect(page.get_by_text("You have left")).to_be_visible()


async def open_switcher(page: Page, app: App) -> None:
    """Open the operator's page by its link."""
    await page.goto(f"{app.url}/switcher?{urlencode({'token': app.token})}")
    await expect(page.get_by_role("heading", name="Seats")).to_be_visible(timeout=15_000)
    assert "token" not in page.url


def seat_tile(page: Page, name: str) -> Locator:
    """A guest's tile on the switcher page."""
    return page.locator(".tile").filter(has_text=name)


def scene_tile(page: Page, label: str) -> Locator:
    """A scene's tile on the switcher page."""
    return page.locator(".scene").filter(has=page.get_by_text(label, exact=True))


def tally_line(page: Page) -> Locator:
    """Where a guest's page says whether they are on air."""
    return page.locator(".tally-line")


@asynccontextmanager
async def held(button: Locator) -> AsyncIterator[None]:
    """Hold a button down with the mouse while the block lasts."""
    await button.hover()
    await button.page.mouse.down()
    try:
        yield
    finally:
        await button.page.mouse.up()


def payload(name: str, data: bytes) -> FilePayload:
    """A file as somebody chooses it on a page."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


async def changes(video: Locator, timeout: float = 15_000) -> None:
    """Return once what a video element shows is not what it showed before."""
    before = await video.evaluate(_PIXELS)

    async def differs() -> bool:
        return bool(await video.evaluate(_PIXELS) != before)

    await until(differs, timeout / 1000, interval=0.2, what="another picture")


async def plays(video: Locator, timeout: float = 15_000) -> tuple[int, int]:
    """Return the size of a video element's picture once it moves; a page may put another in its place."""
    size: list[int] = []

    async def moves() -> bool:
        nonlocal size
        size = await video.evaluate_all(
            "all => all.filter((each) => each.videoWidth > 0 && each.currentTime > 0.5)"
            ".map((each) => [each.videoWidth, each.videoHeight]).flat()"
        )
        return len(size) >= 2

    await until(moves, timeout / 1000, interval=0.1, what="a picture that moves")
    return size[0], size[1]


async def is_covered(meter: Locator, *, below: float = 2, above: float = -1) -> bool:
    """Whether so much of a sound meter is dark."""
    return bool(above < await meter.evaluate(_COVERED) < below)
