"""A guest's page from the check to the end: what it says at each state, also on a phone held upright.

With `make pictures` the same walk takes the pictures of the documents.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.kit.accessibility import violations
from tests.kit.app import App, running_app
from tests.kit.asked import asked
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, plays, seated
from tests.kit.pictures import looked_at, plain_devices
from tests.kit.publisher import publishing
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, camera_file, encode, microphone_file
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

ADA = Show(1280, 720, color=(70, 120, 170), tone=0, seconds=2)
BEN = Show(640, 360, color=(150, 90, 60), tone=500, seconds=2, bitrate=400_000)
NIGHT = Show(360, 640, color=(16, 16, 20), tone=0, seconds=2)
MIXER: Mapping[str, Any] = {
    "width": 640,
    "height": 360,
    "preset": "ultrafast",
    "bitrate": 800_000,
    "returns": {"width": 640, "height": 360, "frame_rate": 15},
}
GUESTS = {"production": "Evening Talk", "notice": "The show is kept for a year."}


async def checked(page: Page) -> None:
    """From the form through the checks, which nobody sees."""
    await plain_devices(page)
    await looked_at(page, "guest-join")
    await join(page, checks=True)
    rows = page.get_by_label("Checks").get_by_role("listitem")
    await expect(rows.filter(has_text="Microphone")).to_contain_text("Good")
    await expect(rows.filter(has_text="line to the studio")).to_contain_text("of 5 seconds")
    speaker = rows.filter(has_text="Speaker")
    await expect(speaker).to_contain_text("Did you hear three notes?")
    await looked_at(page, "guest-check")
    await speaker.get_by_role("button", name="I heard them").click()
    await expect(speaker).to_contain_text("Good")


async def in_the_lobby(app: App, page: Page) -> str:
    """The same session, now with its guest waiting; the guest's id."""
    await expect(page.get_by_text("You are waiting in the lobby")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("The producer can see and hear you.")).to_be_visible()
    (guest,) = [each for each in await app.guests() if each["state"] == "lobby"]
    assert app.log().count("Session created for lobby-") == 1
    await looked_at(page, "guest-lobby")
    return str(guest["id"])


async def on_air(app: App, page: Page, server: str) -> None:
    """NEXT, ON AIR, recorded and live, spoken to: each from what is confirmed."""
    line = page.locator(".tally-line")
    await asked(app, "POST", "/api/mixer/preview", scene="full-guest1")
    await expect(line).to_contain_text("NEXT")
    await plays(page.get_by_label("From the studio").locator("video"))
    await looked_at(page, "guest-next")
    await asked(app, "POST", "/api/mixer/cut", scene="two_up")
    await expect(line).to_contain_text("ON AIR")
    assert "ON AIR" in await page.title()
    lights = page.get_by_label("What the studio does")
    await expect(lights).to_be_empty()
    await asked(app, "POST", "/api/recordings/start")
    await expect(lights).to_contain_text("REC")
    await asked(app, "POST", "/api/outputs", id="live", url=f"{server}/live/program")
    await expect(lights).to_contain_text("LIVE", timeout=15_000)
    await looked_at(page, "guest-on-air")
    await until(lambda: hears(app), 15, what="the page's word that the studio is heard")
    await seen_alone(app, page)
    await asked(app, "POST", "/api/outputs/live/stop")
    await expect(lights).to_have_text("REC", timeout=15_000)
    await asked(app, "POST", "/api/recordings/stop")
    await expect(lights).to_be_empty(timeout=15_000)


async def seen_alone(app: App, page: Page) -> None:
    """Who is in the picture and in nobody's ears is told so, for as long as that is so."""
    line = page.locator(".tally-line")
    await asked(app, "PUT", "/api/audio/guest1", follow="off")
    await expect(line).to_contain_text("you are not heard")
    await looked_at(page, "guest-unheard")
    await asked(app, "PUT", "/api/audio/guest1", follow="follow")
    await expect(line).not_to_contain_text("you are not heard")


async def hears(app: App) -> bool:
    """Their tile says ready, and that they hear the show."""
    (guest,) = [each for each in await app.guests() if each["seat"] == "guest1"]
    readiness = guest["readiness"]
    return bool(readiness["faults"] == [] and readiness["hears"] == "yes")


async def is_told_of(app: App) -> bool:
    """What the check found stays known once its guest is in all the same, the gravest first."""
    (guest,) = await app.guests()
    faults = guest["readiness"]["faults"]
    return bool(faults[:1] == ["silent"] and {"black", "speaker_silent"} <= set(faults))


async def spoken_to(app: App, page: Page) -> None:
    """Who speaks is said for as long as they do."""
    says = page.get_by_text("The producer speaks to you")
    talkback = f"{app.url}/whip/talkback"
    async with publishing(talkback, app.token, encode(BEN)):
        await asked(app, "POST", "/api/talkback", to=["guest1"], on=True)
        await expect(says).to_be_visible()
        await looked_at(page, "guest-spoken-to", phone=False)
    await expect(says).to_be_hidden(timeout=15_000)


async def one_thing_to_do(page: Page) -> None:
    """By keyboard alone: muted on air is told, and mended by the button beside it."""
    status = page.locator(".notice")
    await page.get_by_role("button", name="Mute").focus()
    await page.keyboard.press("Enter")
    await expect(status).to_contain_text("You are on air and muted")
    await looked_at(page, "guest-muted")
    await status.get_by_role("button", name="Be heard again").focus()
    await page.keyboard.press("Enter")
    await expect(status).to_contain_text("The producer can see and hear you.")
    await page.get_by_role("button", name="Settings").click()
    await expect(page.get_by_role("dialog").locator("video")).to_be_visible()
    await looked_at(page, "guest-settings")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("dialog")).to_contain_text("the audience will see you go")
    await looked_at(page, "guest-leave")
    await page.get_by_role("button", name="Leave now").click()
    await expect(page.get_by_text("You have left")).to_be_visible()
    assert await violations(page) == []


async def test_a_guest_from_the_check_to_the_end(tmp_path: Path) -> None:
    recording = {"dir": str(tmp_path / "takes")}
    async with (
        rtmp_server(tmp_path) as server,
        running_app(with_mixer=True, mixer=MIXER, guests=GUESTS, recording=recording) as app,
        chromium(camera=camera_file(ADA)) as browser,
    ):
        invite, other = await app.invite(None, name="Ada"), await app.invite("guest2", name="Ben")
        async with (
            visitor(browser, invite["url"]) as guest,
            publishing(app.whip("guest2"), other["token"], encode(BEN)),
        ):
            await checked(guest.page)
            guest_id = await in_the_lobby(app, guest.page)
            await asked(app, "POST", f"/api/guests/{guest_id}/seat", seat="guest1")
            await seated(guest.page)
            await on_air(app, guest.page, server.url)
            await spoken_to(app, guest.page)
            await one_thing_to_do(guest.page)
            # A return is closed when its guest moves or leaves, before the page can.
            assert [error for error in guest.errors if "/whep/return-" not in error] == []


async def test_what_is_wrong_is_said_and_keeps_nobody_out() -> None:
    async with (
        running_app(guests=GUESTS) as app,
        chromium(camera=camera_file(NIGHT), microphone=microphone_file(NIGHT)) as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            page = guest.page
            await plain_devices(page)
            await join(page, checks=True)
            rows = page.get_by_label("Checks").get_by_role("listitem")
            await expect(rows.filter(has_text="Light")).to_contain_text("Look at this")
            await rows.get_by_role("button", name="I heard nothing").focus()
            await page.keyboard.press("Enter")
            await expect(rows.filter(has_text="Speaker")).to_contain_text("Look at this")
            # One thing at a time, the gravest first.
            await expect(page.get_by_role("alert")).to_contain_text(
                "Nothing is heard from your microphone", timeout=30_000
            )
            await expect(page.locator(".self-view-upright")).to_contain_text("Turn your phone on its side")
            await looked_at(page, "guest-verdict")
            assert [each["sessions"] for each in await app.guests()] == [[]]
            session = app.log().count("Session created for")
            await page.get_by_role("button", name="Join anyway").click()
            await seated(page)
            assert app.log().count("Session created for") == session == 1
            await until(lambda: is_told_of(app), 15, what="the operators to be told what is wrong")
            await expect(page.locator(".notice")).to_contain_text(
                "Your microphone gives nothing", timeout=20_000
            )
            assert guest.errors == []
