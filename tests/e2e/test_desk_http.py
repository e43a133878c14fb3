"""The multiview where no UDP gets through: by HTTP, a little late, until WebRTC connects."""

import asyncio
import statistics

import pytest
from playwright.async_api import Locator, Page, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import NO_UDP, chromium, visitor
from tests.kit.pages import changes, join, open_switcher, seated
from tests.kit.painted import Row, in_multiview, look, looked, painter
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

GATE = """() => {
    const Peer = RTCPeerConnection;
    window.gate = { open: false };
    window.RTCPeerConnection = class extends Peer {
        constructor(how) { super(window.gate.open ? how : { ...how, iceTransportPolicy: "relay" }); }
    };
}"""
"""Without a relay, a peer that may use nothing else finds no way, as where UDP is blocked."""
BEHIND_S = 1.0
"""How far the picture may be behind the newest frame that has come."""
NOTE = "By HTTP, about a second late: "
LATE_S, LATE_BY_HTTP_S = 1.0, 1.5
"""From the guest's camera to the screen, beside other tests; how late it is by itself is measured."""
ENOUGH = 15
"""Pictures of which a median is taken."""
FALLEN_S = 1.5
IS_KEPT = "(video, by) => video.buffered.length && video.currentTime - video.buffered.start(0) > by"
FALL = """(video, by) => {
    const newest = video.buffered.end(video.buffered.length - 1);
    video.currentTime = newest - by;
    return newest - video.currentTime;
}"""


async def test_the_multiview_comes_by_http_while_udp_is_blocked() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app:
        await app.api.post("/api/test-guest", json={"seat": "guest2"})
        await asyncio.gather(_where_it_is_blocked(app), _until_it_is_not(app))


async def _where_it_is_blocked(app: App) -> None:
    async with chromium(*NO_UDP, whole=True) as browser, visitor(browser, "about:blank") as operator:
        await open_switcher(operator.page, app)
        await _comes_by_http(operator.page)
        # Which is scrolled out of view by then.
        tile = operator.page.get_by_role("article", name="Test guest 1", exact=True)
        await tile.scroll_into_view_if_needed()
        await changes(tile.locator("canvas"))
        assert operator.errors == []


async def _until_it_is_not(app: App) -> None:
    link = (await app.invite("guest1"))["url"]
    async with chromium() as browser, visitor(browser, "about:blank") as operator:
        desk = operator.page
        await desk.add_init_script(f"({GATE})()")
        async with painter(browser, link, 640, 360) as guest:
            await join(guest.page)
            await seated(guest.page)
            (await app.api.post("/api/mixer/cut", json={"scene": "full-guest1"})).raise_for_status()
            await open_switcher(desk, app)
            by_http = await _comes_by_http(desk)
            await _covers_nothing(by_http, desk)
            take = await _below_the_picture(desk)
            await _is_late_by(by_http, LATE_BY_HTTP_S, in_multiview())
            await _catches_up(by_http)
            await _waits_in_the_lobby(app, desk)
            await desk.evaluate("gate.open = true")
            await expect(desk.get_by_text(NOTE)).to_have_count(0, timeout=30_000)
            await expect(desk.locator(".program-picture video[data-way=http]")).to_have_count(0)
            multiview = desk.get_by_label("Multiview")
            await changes(multiview)
            assert await _below_the_picture(desk) == take
            await _is_late_by(multiview, LATE_S, in_multiview())


async def _comes_by_http(desk: Page) -> Locator:
    await expect(desk.get_by_text(NOTE)).to_be_visible(timeout=20_000)
    video = desk.locator(".program-picture video[data-way=http]")
    await changes(video)
    assert await video.evaluate("each => [each.videoWidth, each.videoHeight]") == [640, 360]
    await _is_near(video)
    return video


async def _is_near(video: Locator) -> None:
    async def is_near() -> bool:
        behind = await video.evaluate(
            "each => each.buffered.end(each.buffered.length - 1) - each.currentTime"
        )
        return bool(0 <= behind < BEHIND_S)

    await until(is_near, what="a picture that is hardly late")


async def _catches_up(video: Locator) -> None:
    """A picture that was held up, by whatever, goes forward to what is new."""
    await until(lambda: video.evaluate(IS_KEPT, FALLEN_S), 10.0, interval=0.1, what="something to go back to")
    assert await video.evaluate(FALL, FALLEN_S) > BEHIND_S
    await _is_near(video)


async def _covers_nothing(video: Locator, desk: Page) -> None:
    """The note stands below the picture, whose lowest row has names."""
    picture = await video.bounding_box()
    note = await desk.get_by_text(NOTE).bounding_box()
    assert picture is not None
    assert note is not None
    assert note["y"] >= picture["y"] + picture["height"]


async def _below_the_picture(desk: Page) -> float:
    """How far below the picture's upper edge TAKE is, in pixels: no note moves it from under the hand."""
    picture = await desk.locator(".program-picture").bounding_box()
    take = await desk.locator(".take-button-take").bounding_box()
    assert picture is not None
    assert take is not None
    return take["y"] - picture["y"]


async def _waits_in_the_lobby(app: App, desk: Page) -> None:
    """Where the guest is seen alone, no later, until there is a seat again."""
    (guest,) = [each["id"] for each in await app.guests() if each["seat"] == "guest1"]
    (await app.api.post(f"/api/guests/{guest}/hold")).raise_for_status()
    lobby = desk.get_by_role("region", name="Lobby")
    await lobby.evaluate("(each) => each.scrollIntoView()")
    video = lobby.locator("video[data-way=http]")
    await changes(video)
    await _is_near(video)
    await _is_late_by(video, LATE_BY_HTTP_S, Row())
    (await app.api.post(f"/api/guests/{guest}/seat", json={"seat": "guest1"})).raise_for_status()


async def _is_late_by(video: Locator, most_s: float, row: Row) -> None:
    """Return once as many pictures as are enough were not later, from the camera to the screen."""
    await look(video, row)
    late: list[float] = []

    async def is_so() -> bool:
        late[:] = (await looked(video))[-ENOUGH:]
        return len(late) == ENOUGH and statistics.median(late) < most_s

    try:
        await until(is_so, 20.0, interval=0.2)
    except AssertionError:
        pytest.fail(f"the last pictures were late by {late} s")
