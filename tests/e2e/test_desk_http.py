"""The multiview where no UDP gets through: by HTTP, a little late, until WebRTC connects."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import changes, open_switcher
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

NO_UDP = ("--force-webrtc-ip-handling-policy", "--webrtc-ip-handling-policy=disable_non_proxied_udp")
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
NOTE = "By HTTP, up to a second late"


async def test_the_multiview_comes_by_http_while_udp_is_blocked() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app:
        await asyncio.gather(_where_it_is_blocked(app), _until_it_is_not(app))


async def _where_it_is_blocked(app: App) -> None:
    async with chromium(*NO_UDP, whole=True) as browser, visitor(browser, "about:blank") as operator:
        await open_switcher(operator.page, app)
        await _comes_by_http(operator.page)
        assert operator.errors == []


async def _until_it_is_not(app: App) -> None:
    async with chromium() as browser, visitor(browser, "about:blank") as operator:
        desk = operator.page
        await desk.add_init_script(f"({GATE})()")
        await open_switcher(desk, app)
        await _comes_by_http(desk)
        await desk.evaluate("gate.open = true")
        await expect(desk.get_by_text(NOTE)).to_have_count(0, timeout=30_000)
        await expect(desk.locator(".program-picture video[data-way=http]")).to_have_count(0)
        await changes(desk.get_by_label("Multiview"))


async def _comes_by_http(desk: Page) -> None:
    await expect(desk.get_by_text(NOTE)).to_be_visible(timeout=20_000)
    video = desk.locator(".program-picture video[data-way=http]")
    await changes(video)
    assert await video.evaluate("each => [each.videoWidth, each.videoHeight]") == [640, 360]

    async def is_near() -> bool:
        behind = await video.evaluate(
            "each => each.buffered.end(each.buffered.length - 1) - each.currentTime"
        )
        return bool(0 <= behind < BEHIND_S)

    await until(is_near, what="a picture that is hardly late")
