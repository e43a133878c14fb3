"""The first minute of somebody alone: a fresh start, a test guest, and the whole chain to ON AIR."""

import asyncio
import time
from functools import partial

import pytest
from playwright.async_api import Page, expect

from stagedoor.synthetic.loop import LOOKS
from tests.kit.app import SMALL_MIXER, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.hearing import hears
from tests.kit.pages import changes, is_covered, open_switcher, plays, scene_tile
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

MINUTE_S = 60.0
MINUTE_MS = 60_000


async def test_the_whole_chain_is_seen_within_a_minute() -> None:
    async with (
        chromium() as browser,
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await open_switcher(desk, app)
        begun = time.monotonic()
        for step in (_is_not_empty, _brings_in_a_test_guest, _goes_on_air, _is_seen_and_heard):
            left_s = begun + MINUTE_S - time.monotonic()
            try:
                async with asyncio.timeout(left_s):
                    await step(desk)
            except TimeoutError as late:
                raise AssertionError(f"{step.__name__} had {left_s:.1f} s left and took longer") from late
        assert operator.errors == []


async def _is_not_empty(desk: Page) -> None:
    """Seats, scenes, and a way to somebody."""
    await expect(desk.get_by_role("region", name="Seats").get_by_role("article")).to_have_count(4)
    await expect(scene_tile(desk, "Two Up")).to_be_visible(timeout=MINUTE_MS)
    await expect(desk.get_by_text("Nobody is here yet.")).to_be_visible()


async def _brings_in_a_test_guest(desk: Page) -> None:
    """One press, and somebody sits there with picture and sound."""
    await desk.get_by_role("button", name="Bring in a test guest").click()
    tile = desk.get_by_role("region", name="Seats").get_by_role("article", name="Test guest 1", exact=True)
    await expect(tile.get_by_text("Live", exact=True)).to_be_visible(timeout=MINUTE_MS)


async def _goes_on_air(desk: Page) -> None:
    """First next, then on air, each as the mixer says."""
    scene = scene_tile(desk, "guest1")
    await scene.click()
    await expect(scene).to_contain_text("NEXT", timeout=MINUTE_MS)
    await desk.get_by_role("button", name="Take", exact=True).click()
    await expect(scene).to_contain_text("ON AIR", timeout=MINUTE_MS)


async def _is_seen_and_heard(desk: Page) -> None:
    """The picture moves, program's meter shows sound, and it is the guest's."""
    multiview = desk.get_by_label("Multiview")
    await plays(multiview, MINUTE_MS)
    await changes(multiview)
    program = desk.get_by_label("Level of Program")
    await until(partial(is_covered, program, below=0.8), MINUTE_S, interval=0.1, what="program's meter")
    await desk.get_by_role("button", name="Listen to Program").click()
    await hears(desk, LOOKS[0].tone, without=(LOOKS[1].tone,))
