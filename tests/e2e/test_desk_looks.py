"""Who waits in the lobby, on the operator's page: a few are seen at a time, also where UDP is blocked."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from stagedoor.media.packets import Codec
from stagedoor.synthetic.loop import LOOKS
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import NO_UDP, Watched, chromium, visitor
from tests.kit.pages import changes, open_switcher, plays
from tests.kit.peers import count_peers, has_peers
from tests.kit.show import Show, encode
from tests.kit.stand_in import sender
from tests.kit.told import Told
from tests.kit.wait import until
from tests.kit.withheld import STRICT, TELL_PLAYING, is_too_slow_for_a_touch

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

H264 = Show(320, 180, seconds=2, bitrate=300_000, tone=440)
VP8 = Show(320, 180, seconds=2, bitrate=300_000, tone=550, codec=Codec.VP8)
ALL_IN_VIEW: ViewportSize = {"width": 600, "height": 7000}
"""In one column, which is as long as it gets."""
MOST_LOOKS = 4
WHEP = "**/whep/lobby-*"
SLOW_MS = 30_000
SOON_S = 4.0
"""A stream that is heard only later was lost at first: that takes five seconds to be noticed."""
BEHIND_S = 1.0
"""How far the sound may be behind the newest of it that has come."""
LISTEN = """(player) => {
    if (player.muted || player.paused) return 0;
    if (!player.ear) {
        const audio = new AudioContext();
        player.ear = new AnalyserNode(audio, { fftSize: 16384 });
        audio.createMediaStreamSource(player.captureStream()).connect(player.ear);
    }
    const { ear } = player;
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    return bins[loudest] > -70 ? loudest * ear.context.sampleRate / ear.fftSize : 0;
}"""
"""The loudest frequency, in hertz; 0 in silence."""
NEAR_HZ = 12


async def test_a_few_of_those_who_wait_are_looked_at() -> None:
    names = dict.fromkeys(("Ada", "Bea", "Cleo", "Dora", "Eve"), H264)
    async with _waiting(names, STRICT) as (_, operator):
        desk = operator.page
        await _all_but_one_are_seen(desk)
        last = await _unseen(desk)
        await _look(last).click()
        await plays(last.locator("video"), SLOW_MS)
        await _all_but_one_are_seen(desk)
        oldest = await _unseen(desk)
        await _is_heard_after_a_click(desk, oldest)
        await _is_heard(oldest.locator("audio"), H264.tone)
        assert await oldest.locator("video").evaluate("(video) => video.muted")
        await _all_but_one_are_seen(desk)
        assert operator.errors == []


async def test_who_waits_is_seen_and_heard_where_udp_is_blocked() -> None:
    async with _waiting({"Ada": H264, "Vera": VP8}, *NO_UDP) as (app, operator):
        desk = operator.page
        await app.api.post("/api/test-guest", json={"seat": "guest1"})
        ada, vera = _tile(desk, "Ada"), _tile(desk, "Vera")
        for tile in (ada, vera):
            await plays(tile.locator("video[data-way=http]"), SLOW_MS)
            await expect(tile.get_by_text("By HTTP, about a second late.")).to_be_visible(timeout=SLOW_MS)
        await ada.get_by_role("button", name="Listen", exact=True).click()
        await _is_heard(ada.locator("video"), H264.tone, SOON_S)
        await ada.get_by_role("button", name="Stop listening").click()
        await _says_why_it_cannot_talk(desk)
        await _monitors(desk)


@asynccontextmanager
async def _waiting(shows: Mapping[str, Show], *flags: str) -> AsyncIterator[tuple[App, Watched]]:
    """An operator with a tall screen, and who waits, with what they send."""
    media = {name: encode(show) for name, show in shows.items()}
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app, AsyncExitStack() as guests:
        for name, sent in media.items():
            await guests.enter_async_context(sender(app, name, sent))
        async with chromium(*flags, whole=True) as browser, _operator(browser) as operator:
            await open_switcher(operator.page, app)
            yield app, operator


@asynccontextmanager
async def _operator(browser: Browser) -> AsyncIterator[Watched]:
    async with visitor(browser, "about:blank") as operator:
        await operator.page.set_viewport_size(ALL_IN_VIEW)
        await operator.page.add_init_script(f"({TELL_PLAYING})()")
        await count_peers(operator.page)
        yield operator


def _tile(desk: Page, name: str) -> Locator:
    return desk.get_by_role("article", name=name, exact=True)


def _look(place: Page | Locator) -> Locator:
    return place.get_by_role("button", name=re.compile("^Look: "))


async def _all_but_one_are_seen(desk: Page) -> None:
    """And no picture stays that stands still."""
    tiles = desk.get_by_role("region", name="Lobby").get_by_role("article")
    await expect(_look(desk)).to_have_count(1, timeout=SLOW_MS)
    unseen = await _unseen(desk)
    await expect(unseen).to_contain_text(f"{MOST_LOOKS} pictures are open, as many as may be.")
    await expect(unseen.locator("video")).to_have_count(0)
    await expect(tiles.locator("video")).to_have_count(MOST_LOOKS, timeout=SLOW_MS)
    for video in await tiles.locator("video").all():
        await changes(video, SLOW_MS)
    await has_peers(desk, 1 + MOST_LOOKS)


async def _unseen(desk: Page) -> Locator:
    """The tile of the one guest who is not looked at."""
    tile = desk.get_by_role("article").filter(has=_look(desk))
    return _tile(desk, await tile.get_attribute("aria-label") or "")


async def _is_heard_after_a_click(desk: Page, tile: Locator) -> None:
    """The line is so slow that nothing of the touch is left once there is something to hear."""
    told = Told(desk)
    await is_too_slow_for_a_touch(desk, told, WHEP)
    await tile.get_by_role("button", name="Listen", exact=True).click()
    await told.says("play: NotAllowedError")
    button = tile.get_by_role("button", name="Click to hear", exact=True)
    await button.click()
    await expect(button).to_have_count(0)
    await desk.unroute(WHEP)


async def _is_heard(player: Locator, hertz: int, within_s: float = 30.0) -> None:
    heard: list[float] = []

    async def is_so() -> bool:
        heard.append(await player.evaluate(LISTEN))
        return abs(heard[-1] - hertz) < NEAR_HZ

    try:
        await until(is_so, within_s, interval=0.2)
    except AssertionError:
        pytest.fail(f"heard {heard[-10:]} Hz, not {hertz}")


async def _says_why_it_cannot_talk(desk: Page) -> None:
    button = _tile(desk, "Ada").get_by_role("button", name="Hold to talk to Ada")
    # Known once a session has tried for so long that no UDP can come.
    await expect(button).to_have_attribute("aria-disabled", "true", timeout=SLOW_MS)
    await expect(button).to_have_attribute("data-why", re.compile("needs WebRTC.*Let UDP through"))


async def _monitors(desk: Page) -> None:
    """One strip alone, and program."""
    await desk.get_by_role("button", name="Listen to guest1 · Test guest 1", exact=True).click()
    await expect(
        desk.get_by_text("You hear guest1 · Test guest 1 by HTTP, about a second late.")
    ).to_be_visible(timeout=SLOW_MS)
    player = desk.locator(".sound audio[data-way=http]")
    await _is_heard(player, LOOKS[0].tone)
    behind = await player.evaluate("each => each.buffered.end(each.buffered.length - 1) - each.currentTime")
    assert 0 <= behind < BEHIND_S
    await desk.get_by_role("button", name="Listen to Program", exact=True).click()
    await expect(desk.get_by_text("You hear Program by HTTP, about a second late.")).to_be_visible(
        timeout=SLOW_MS
    )
