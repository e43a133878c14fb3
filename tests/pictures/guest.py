"""A guest on air whose line carries little, and then nothing."""

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect

from tests.kit.app import running_app
from tests.kit.asked import asked
from tests.kit.browser import chromium, visitor
from tests.kit.net import Namespace, namespace
from tests.kit.pages import join, plays, seated, tally_line
from tests.kit.pictures import looked_at
from tests.kit.portraits import HOST, portrait_file
from tests.kit.show import Show, microphone_file
from tests.pictures.show import MIXER

_VOICE = Show(tone=180, seconds=2)


async def on_a_bad_line() -> None:
    """The line loses a fifth of what it carries, then all of it."""
    camera, voice = Path(portrait_file(HOST, 720)), microphone_file(_VOICE)
    with namespace() as far:
        async with (
            running_app(
                "--lan",
                with_mixer=True,
                server={"tls": "self-signed"},
                mixer=MIXER,
                guests={"production": "Evening Talk"},
            ) as app,
            chromium(camera=camera, microphone=voice, inside=far) as browser,
        ):
            link = (await app.invite("guest1"))["url"].replace("127.0.0.1", far.near)
            async with visitor(browser, link) as guest:
                await join(guest.page, "Nora")
                await seated(guest.page)
                await asked(app, "POST", "/api/mixer/cut", scene="full-guest1")
                await expect(tally_line(guest.page)).to_contain_text("ON AIR")
                await plays(guest.page.get_by_label("From the studio").locator("video"), 30_000)
                await _carries_little(guest.page, far)
                await _carries_nothing(guest.page, far)


async def _carries_little(page: Page, far: Namespace) -> None:
    await asyncio.to_thread(far.impair, loss=0.2)
    await expect(page.get_by_text("a smaller picture is sent")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("Your connection loses too much for a picture")).to_be_visible(
        timeout=60_000
    )
    await expect(page.locator(".arrival")).to_contain_text("640×360", timeout=60_000)
    await looked_at(page, "guest-low-band")


async def _carries_nothing(page: Page, far: Namespace) -> None:
    await asyncio.to_thread(far.impair, loss=1.0)
    await expect(page.get_by_text("Connection lost")).to_be_visible(timeout=60_000)
    await expect(tally_line(page)).to_contain_text("On air or not?", timeout=30_000)
    await looked_at(page, "guest-lost")
