"""The guests' tiles on the operator's page: parts of the multiview's one picture."""

import contextlib
import os
import signal

import pytest
from playwright.async_api import Locator, expect

from stagedoor.synthetic.loop import LOOKS
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher, plays
from tests.kit.peers import count_peers, has_peers
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

COLOR = """(canvas) => {
    const context = canvas.getContext("2d");
    return [...context.getImageData(canvas.width * 0.3, canvas.height * 0.25, 1, 1).data].slice(0, 3);
}"""
"""Beside the test guest's name and numbers, where its ground is seen."""


async def test_tiles_show_their_guests_from_one_connection() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app, chromium() as browser:
        for seat in ("guest1", "guest2"):
            await app.api.post("/api/test-guest", json={"seat": seat})
        async with visitor(browser, "about:blank") as operator:
            desk = operator.page
            await count_peers(desk)
            await open_switcher(desk, app)
            first, second = (desk.get_by_role("article", name=f"Test guest {n}", exact=True) for n in (1, 2))
            await first.scroll_into_view_if_needed()
            await _shows(first, LOOKS[0].color)
            await _shows(second, LOOKS[1].color)
            await expect(desk.get_by_text("stands still")).to_have_count(0)
            await has_peers(desk, 1)
            await first.get_by_role("button", name="Listen").click()
            await has_peers(desk, 2)
            await plays(first.locator("video"))
            await first.get_by_role("button", name="Stop listening").click()
            await has_peers(desk, 1)
            await _says_who_stands_still(app, first, second)
            assert operator.errors == []


async def _shows(tile: Locator, color: tuple[int, int, int]) -> None:
    async def is_seen() -> bool:
        return near(tuple(await tile.locator("canvas").evaluate(COLOR)), color)

    await until(is_seen, 20, interval=0.2, what="the guest's colour")


async def _says_who_stands_still(app: App, first: Locator, second: Locator) -> None:
    """Of one guest alone, whose page hangs, though the multiview goes on."""
    hung = app.test_guests()[0]
    os.kill(hung, signal.SIGSTOP)
    try:
        await expect(first.get_by_text("This picture stands still")).to_be_visible()
        await expect(second.get_by_text("stands still")).to_have_count(0)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(hung, signal.SIGCONT)
    await expect(first.get_by_text("stands still")).to_have_count(0, timeout=15_000)
