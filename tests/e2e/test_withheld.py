"""What a browser withholds on its own: sound before a touch, and a screen that goes on."""

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import plays
from tests.kit.pictures import looked_at
from tests.kit.portraits import HOST, portrait_file
from tests.kit.told import Told
from tests.kit.wait import until
from tests.kit.withheld import STRICT, goes_in_untouched

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

AS_USUAL = "--autoplay-policy=document-user-activation-required"
TELL = """() => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
        const played = play.call(this);
        if (this.tagName === "AUDIO") played.catch(({ name }) => console.info(`sound: ${name}`));
        return played;
    };
    const { request } = WakeLock.prototype;
    WakeLock.prototype.request = async function (kind) {
        const lock = await request.call(this, kind);
        console.info(`${kind}: kept on`);
        lock.addEventListener("release", () => console.info(`${kind}: let go`));
        return lock;
    };
}"""
TELL_CHIME = """() => {
    const { resume } = AudioContext.prototype;
    AudioContext.prototype.resume = function () {
        setTimeout(() => console.info(`chime: ${this.state}`), 1000);
        return resume.call(this);
    };
}"""
"""A page is only listened to at first: to look into it counts as a touch."""


async def test_sound_waits_for_a_touch_and_a_guests_screen_stays_on() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER, guests={"production": "Evening Talk"}) as app,
        chromium(STRICT, camera=Path(portrait_file(HOST))) as strict,
        visitor(strict, "about:blank") as guest,
        chromium(AS_USUAL) as usual,
        visitor(usual, "about:blank") as operator,
    ):
        async with asyncio.TaskGroup() as group:
            group.create_task(_guest(app, guest.page))
            group.create_task(_operator(app, operator.page))
        # What is watched is closed when its guest leaves, before the pages can.
        errors = [*guest.errors, *operator.errors]
        assert [each for each in errors if "/whep/" not in each] == []


async def _guest(app: App, page: Page) -> None:
    """The studio is heard after a click, and the screen is kept on for as long as the guest is in."""
    told = Told(page)
    # What people's browsers grant unasked.
    await page.context.grant_permissions(["camera", "microphone", "screen-wake-lock"])
    await page.add_init_script(f"({TELL})()")
    await goes_in_untouched(page, app, (await app.invite("guest1"))["url"])
    await told.says("screen: kept on")
    await told.says("sound: NotAllowedError")
    button = page.get_by_role("button", name="Click to hear the studio")
    await until(lambda: _hears(app, "blocked"), 15, what="the operators are told that nothing is heard")
    await plays(page.get_by_label("From the studio").locator("video"))
    await looked_at(page, "guest-click-to-hear")
    await button.click()
    await expect(button).to_have_count(0)
    assert await page.locator("audio").evaluate("(audio) => !audio.paused")
    await until(lambda: _hears(app, "yes"), 15, what="the operators are told that the studio is heard")
    await page.get_by_role("button", name="Leave", exact=True).click()
    await page.get_by_role("button", name="Leave now").click()
    await told.says("screen: let go")


async def _operator(app: App, page: Page) -> None:
    """An output that fails chimes once the page was touched; the page says so until then."""
    heard: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(frame))

    told = Told(page)
    page.on("websocket", listen)
    await page.add_init_script(f"({TELL_CHIME})()")
    await page.goto(f"{app.url}/switcher?{urlencode({'token': app.token})}")
    await until(lambda: heard, 20, what="the desk hears from control")
    await app.api.post("/api/outputs", json={"url": "rtmp://127.0.0.1:1/live/program"})
    await told.says("chime: suspended")
    button = page.get_by_role("button", name="Click to hear the chime")
    await expect(button).to_be_visible()
    await button.click()
    await expect(button).to_have_count(0)


async def _hears(app: App, word: str) -> bool:
    """Whether the only guest's page says so of the studio's sound."""
    (guest,) = await app.guests()
    return bool(guest["readiness"] and guest["readiness"]["hears"] == word)
