"""Chromium as a viewer of the hub (WHEP), at the hub's own port and at control's origin."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from stagedoor.media.packets import Kind, Packet
from tests.kit.app import running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher
from tests.kit.publisher import publishing
from tests.kit.show import Show, encode
from tests.kit.viewing import Studio, Told, View, kill, playing, studio, view
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

LONG = Show(640, 360, seconds=8, key_every=240, bitrate=600_000)
SMALL = Show(320, 180, seconds=2, bitrate=300_000)
TALL = Show(180, 320, seconds=2, bitrate=300_000)
KEY_FRAMES_APART = 0.5
GONE_SECONDS = 10.0


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Studio]:
    async with studio(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def blank(browser: Browser, origin: str) -> Page:
    """A page of that origin."""
    page = await browser.new_page()
    await page.goto(f"{origin}/nothing-is-here")
    return page


async def shows(viewer: View, frames: int = 1, timeout: float = 10.0) -> Told:
    """Return what it tells once it has decoded so many pictures."""
    told: list[Told] = []

    async def enough() -> bool:
        told.append(await viewer.tell())
        return told[-1].frames >= frames and told[-1].first_ms is not None

    await until(enough, timeout, interval=0.05, what=f"{frames} pictures")
    return told[-1]


async def test_it_starts_at_the_cached_key_frame_and_follows_every_size(
    here: Studio, browser: Browser
) -> None:
    asked: list[float] = []
    page = await blank(browser, here.origin)
    async with playing(here, "cam", encode(LONG), asked=lambda: asked.append(time.monotonic())):
        await asyncio.sleep(1.5)
        told = await shows(await view(page, here.whep("cam")))
        assert told.status == 201
        assert told.first_ms is not None
        assert told.first_ms < 1500, "the next key frame is five seconds away"
        assert told.sizes == ["640x360"]
        assert not asked
    async with playing(here, "turning", encode(SMALL), encode(TALL)):
        viewer = await view(page, here.whep("turning"))
        await shows(viewer, 130)
        sizes = (await viewer.tell()).sizes
        assert sizes[:3] in (["320x180", "180x320", "320x180"], ["180x320", "320x180", "180x320"])


async def test_sound_that_comes_late_is_in_sync_by_the_paths_clock(here: Studio, browser: Browser) -> None:
    """Chromium slews: it is told of 300 ms at once, and takes some seconds to follow."""
    page = await blank(browser, here.origin)
    async with playing(here, "late", encode(SMALL), sound_late=0.3):
        viewer = await view(page, here.whep("late"))
        await shows(viewer, 30)
        apart: list[float] = []

        async def together() -> bool:
            now = (await viewer.tell()).apart_ms
            apart.extend([now] if now is not None else [])
            return bool(apart) and apart[-1] < 60

        await until(together, 40, interval=0.25, what=f"sound and picture together: {apart}")
        assert max(apart) > 150, "the picture came first, and Chromium was told"


async def test_requests_for_key_frames_are_one_for_all_in_half_a_second(
    here: Studio, browser: Browser
) -> None:
    asked: list[float] = []
    page = await blank(browser, here.origin)
    async with playing(
        here, "broken", encode(SMALL), change=_spoil, asked=lambda: asked.append(time.monotonic())
    ):
        views = [await view(page, here.whep("broken")) for _ in range(3)]
        await until(lambda: len(asked) >= 2, 10)

        async def begged() -> bool:
            return sum([int((await each.tell()).video.get("pliCount", 0)) for each in views]) >= 30

        await until(begged, 20, interval=0.1, what="many requests")
    steps = [after - before for before, after in zip(asked, asked[1:], strict=False)]
    assert min(steps) >= KEY_FRAMES_APART - 0.02


def _spoil(packet: Packet) -> Packet:
    """A picture that is cut off, unless it is a key frame."""
    if packet.track.kind is Kind.AUDIO or packet.key:
        return packet
    return replace(packet, data=packet.data[:6])


async def test_a_codec_that_is_not_offered_gets_406(here: Studio, browser: Browser) -> None:
    page = await blank(browser, here.origin)
    async with playing(here, "cam", encode(SMALL)):
        refused = await view(page, here.whep("cam"), "video/VP8")
        assert (await refused.tell()).status == 406
        assert len(here.parts.viewers) == 0


async def test_another_publisher_of_the_path_is_seen_without_reconnecting(
    here: Studio, browser: Browser
) -> None:
    page = await blank(browser, here.origin)
    async with playing(here, "cam", encode(SMALL)) as first:
        viewer = await view(page, here.whep("cam"))
        await shows(viewer, 15)
        async with playing(here, "cam", encode(TALL)):
            assert first.replaced
            before = await viewer.tell()
            after = await shows(viewer, before.frames + 30)
            assert after.state == "connected"
            assert after.sizes == ["320x180", "180x320"]
            assert len(here.parts.viewers) == 1


async def test_a_killed_viewer_is_gone_in_ten_seconds(here: Studio, browser: Browser) -> None:
    page = await blank(browser, here.origin)
    async with playing(here, "cam", encode(SMALL)):
        await shows(await view(page, here.whep("cam")), 15)
        assert len(here.parts.viewers) == 1
        await kill(browser)
        await until(lambda: len(here.parts.viewers) == 0, GONE_SECONDS)


@pytest.mark.patient
async def test_the_operators_page_may_watch_by_controls_origin() -> None:
    async with running_app() as app, chromium() as browser, visitor(browser, app.url) as operator:
        invite = await app.invite("guest1")
        async with publishing(app.whip("guest1"), invite["token"], encode(SMALL)):
            await app.logged("guest1 is live after")
            stranger = await view(operator.page, f"{app.url}/whep/guest1")
            assert (await stranger.tell()).status == 401
            await open_switcher(operator.page, app)
            told = await shows(await view(operator.page, f"{app.url}/whep/guest1"), 30)
            assert told.sizes == ["320x180"]
