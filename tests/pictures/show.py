"""The show of the pictures: seats, a mixer that leaves the cores to the browsers, and who speaks."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tests.kit.app import App
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, seated
from tests.kit.portraits import GUEST, HOST, portrait_file
from tests.kit.show import Show, microphone_file

SEATS: Final = [
    {"name": f"guest{number}", "label": label, "color": color}
    for number, (label, color) in enumerate(
        (("Host", "#e4572e"), ("Guest", "#2e86ab"), ("Phone", "#f5a623"), ("Studio", "#3cb371")), 1
    )
]
MIXER: Final = {
    "realtime": True,
    "width": 640,
    "height": 360,
    "preset": "ultrafast",
    "multiview": {"width": 1280, "height": 720, "frame_rate": 15},
    "returns": {"width": 320, "height": 180, "frame_rate": 15},
}


@asynccontextmanager
async def guests(app: App) -> AsyncIterator[tuple[Page, Page]]:
    """A host and a guest who are there and speak."""
    async with AsyncExitStack() as stack:
        pages = []
        for seat, (portrait, tone) in enumerate(((HOST, 180), (GUEST, 230)), 1):
            sound = microphone_file(Show(tone=tone, seconds=2))
            camera = Path(portrait_file(portrait))
            browser = await stack.enter_async_context(chromium(camera=camera, microphone=sound, whole=True))
            invite = await app.invite(f"guest{seat}")
            person = await stack.enter_async_context(visitor(browser, invite["url"]))
            await join(person.page, SEATS[seat - 1]["label"])
            await seated(person.page, SEATS[seat - 1]["label"])
            pages.append(person.page)
        host, guest = pages
        yield host, guest
