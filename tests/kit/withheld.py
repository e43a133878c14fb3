"""Browsers that start no sound by themselves, and what comes too late for a touch that would have let it."""

import json
from typing import Final

from playwright.async_api import Page, Route

from tests.kit.app import App
from tests.kit.told import Told

STRICT: Final = "--autoplay-policy=user-gesture-required"
"""Sound starts while a touch lasts, and not later, as elsewhere: Chromium lets a page with a camera sound."""
TELL_PLAYING: Final = """() => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
        const played = play.call(this);
        played.catch(({ name }) => console.info(`play: ${name}`));
        return played;
    };
    let was = false;
    setInterval(() => {
        const { isActive } = navigator.userActivation;
        if (was && !isActive) console.info("touch: over");
        was = isActive;
    }, 20);
}"""
"""For a page that is only listened to (`Told`): to look into it counts as a touch."""
_INSIDE: Final = {"checking": False, "cameraOn": True, "muted": False}
"""What a tab keeps of a guest who was inside."""


async def goes_in_untouched(page: Page, app: App, url: str, name: str = "Ada") -> None:
    """Open a guest's link in a tab that was inside before, so that the page goes in without a touch."""
    consent = (await app.api.get("/api/join")).json()["notice_version"]
    kept = json.dumps(json.dumps({**_INSIDE, "name": name, "consent": consent}))
    await page.add_init_script(f"sessionStorage['stagedoor.inside'] ??= {kept}")
    await page.goto(url)


async def is_too_slow_for_a_touch(page: Page, told: Told, url: str) -> None:
    """Hold what is asked of `url` (a pattern) back until nothing of the touch is left (`TELL_PLAYING`)."""

    async def wait(route: Route) -> None:
        await told.says("touch: over")
        await route.continue_()

    await page.route(url, wait)
