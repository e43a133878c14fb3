"""From a guest's camera to a reader of program, and to the operator's screen: a real page at both ends."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import av
import numpy as np
from playwright.async_api import Browser, Locator
from tests.kit.app import App, running_app
from tests.kit.browser import NO_UDP, chromium, visitor
from tests.kit.flashes import decode
from tests.kit.mixer_state import mixer_state
from tests.kit.pages import join, open_switcher, plays, seated
from tests.kit.painted import Row, in_multiview, late_s, look, looked, painter

from bench.machine import AS_PEOPLE_HAVE_IT
from bench.mixer.production import RATE, SETTLE, address, command, spread
from bench.report import Result

Size = tuple[int, int]
SECONDS = 30.0
"""Of each measurement."""
ENOUGH = 0.9
"""Of the pictures that are due."""
LARGE, SMALL = (1280, 720), (640, 360)
"""Of the guest's picture and of program; the multiview has its usual size. Beside a second browser, which
decodes that by the processor, two cores have time for the small one."""
BY_WEBRTC, BY_HTTP = (
    ".program-picture video:not([data-way=http])",
    ".program-picture video[data-way=http]",
)


async def glass() -> list[Result]:
    """A guest alone on program, read at the hub, then watched by an operator, with UDP and without."""
    async with _production(LARGE) as app:
        rows = [await _program(app)]
    async with _production(SMALL) as app:
        return [*rows, *[row async for row in _multiviews(app)]]


@asynccontextmanager
async def _production(size: Size) -> AsyncIterator[App]:
    shape = {"width": size[0], "height": size[1]}
    async with (
        running_app(with_mixer=True, mixer={**AS_PEOPLE_HAVE_IT, **shape}) as app,
        _guest(app, size),
    ):
        yield app


@asynccontextmanager
async def _guest(app: App, size: Size) -> AsyncIterator[None]:
    link = (await app.invite("guest1"))["url"]
    async with chromium() as browser, painter(browser, link, *size) as guest:
        await join(guest.page)
        await seated(guest.page)
        scene = {"id": "alone", "slots": [{"source": "guest1", "label": False}]}
        (await app.api.post("/api/scenes", json=scene)).raise_for_status()
        await command(app, "cut", scene="alone")
        await asyncio.sleep(SETTLE)
        yield


async def _program(app: App) -> Result:
    late: list[float] = []

    def see(frame: object, _now: float) -> None:
        if isinstance(frame, av.VideoFrame):
            luma = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            seconds = late_s(Row().number(luma), time.time())
            late.extend([] if seconds is None else [seconds])

    stop = threading.Event()
    reading = asyncio.create_task(asyncio.to_thread(decode, address(app, "program"), stop, see))
    try:
        await asyncio.sleep(SETTLE)
        late.clear()
        await asyncio.sleep(SECONDS)
    finally:
        stop.set()
        await reading
    return await _row(app, LARGE, "glass → program, decoded by a reader at the hub", late, "p95 ≤ 250 ms")


async def _multiviews(app: App) -> AsyncIterator[Result]:
    """One after the other; where no UDP comes through, the page goes over to HTTP by itself."""
    ways = (
        ("WebRTC", BY_WEBRTC, chromium(), "< 400 ms"),
        ("HTTP", BY_HTTP, chromium(*NO_UDP, whole=True), "≤ 1.5 s"),
    )
    for way, video, opening, aim in ways:
        async with opening as browser:
            late = await _watched(app, browser, video)
        seen = ", the multiview 1280×720"
        yield await _row(app, SMALL, f"glass → the operator's multiview, by {way}", late, aim, seen)


async def _watched(app: App, browser: Browser, way: str) -> list[float]:
    async with visitor(browser, "about:blank") as operator:
        await open_switcher(operator.page, app)
        video: Locator = operator.page.locator(way)
        await plays(video, 30_000)
        await asyncio.sleep(SETTLE)
        await look(video, in_multiview())
        await asyncio.sleep(SECONDS)
        return await looked(video)


async def _row(app: App, size: Size, name: str, late: list[float], aim: str, seen: str = "") -> Result:
    (delay,) = (each.playout_ms for each in (await mixer_state(app)).sources if each.id == "guest1")
    due = round(SECONDS * RATE)
    void = "" if len(late) >= ENOUGH * due else ": **void**, too few"
    method = (
        f"{len(late)} of {due} pictures read in {SECONDS:.0f} s{void}; {size[0]}×{size[1]}{seen}, "
        f"playout delay shown {delay} ms; load {os.getloadavg()[0]:.1f}"
    )
    value = f"{spread(late)}, most {1000 * max(late):.0f} ms" if late else "nothing"
    return Result(name, value, aim, method)
