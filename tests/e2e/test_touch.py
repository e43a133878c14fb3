"""What fingers do: a desk on a tablet, and a guest's page on a phone from the check to on air."""

import pytest
from playwright.async_api import Page, expect

from stagedoor.domain.scene import Rect
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.asked import add_duel, asked, is_between, mixer_is
from tests.kit.browser import PHONE, TABLET, chromium, visitor
from tests.kit.fingers import Finger, finger, place
from tests.kit.pages import open_switcher, plays, scene_tile, seated, tally_line
from tests.kit.show import Show, camera_file, microphone_file
from tests.kit.stand_in import stand_in
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SHOW = Show(640, 360, color=(40, 90, 180), tone=700, seconds=2)
SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""
FIRST, OTHER = Rect(0, 0, 0.3, 0.4), Rect(0.6, 0.55, 0.3, 0.4)


async def test_a_desk_on_a_tablet() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        chromium(microphone=microphone_file(SHOW)) as browser,
        visitor(browser, "about:blank", TABLET, touch=True) as operator,
    ):
        desk = operator.page
        await add_duel(app, FIRST, OTHER)
        await open_switcher(desk, app)
        async with finger(desk) as hand:
            await _double_taps_a_scene(desk, app, hand)
            await _pulls_the_t_bar(desk, app, hand)
            await _pulls_a_fader(desk, app, hand)
            await _holds_to_talk(desk, app, hand)
            await _drags_a_slot(desk, app, hand)
        assert operator.errors == []


async def _double_taps_a_scene(desk: Page, app: App, hand: Finger) -> None:
    """A tap is preview; two are a cut, which leaves preview as it was."""
    await expect(desk.get_by_role("button", name="Take", exact=True)).to_be_enabled(timeout=SLOW)
    await hand.tap(scene_tile(desk, "guest1"))
    await expect(scene_tile(desk, "guest1")).to_contain_text("NEXT")
    await hand.tap(scene_tile(desk, "guest2"), times=2)
    await expect(scene_tile(desk, "guest2")).to_contain_text("ON AIR")
    await expect(scene_tile(desk, "guest1")).to_contain_text("NEXT")
    assert await mixer_is(app, program="full-guest2", preview="full-guest1")


async def _pulls_the_t_bar(desk: Page, app: App, hand: Finger) -> None:
    """Half of the way is a transition on its way; all of it is the other scene."""
    bar = desk.get_by_label("T-bar")
    box = await bar.bounding_box()
    assert box is not None
    await hand.press(await place(bar, 0.03))
    await hand.pull(box["width"] / 2, 0)
    await until(lambda: is_between(app), 15, what="half a transition")
    await expect(scene_tile(desk, "guest1")).to_contain_text("ON AIR")
    await hand.pull(box["width"] / 2, 0)
    swapped = {"program": "full-guest1", "preview": "full-guest2", "position": None}
    await until(lambda: mixer_is(app, **swapped), 15, what="the other scene on program")
    await hand.lift()
    await expect(bar).to_have_value("0")
    assert await mixer_is(app, **swapped)


async def _pulls_a_fader(desk: Page, app: App, hand: Finger) -> None:
    """It goes with the finger, and the page below it stays where it is."""
    fader = desk.get_by_label("Fader of guest1")
    box = await fader.bounding_box()
    assert box is not None
    gains: list[float] = []

    async def is_lower() -> bool:
        strip = (await asked(app, "GET", "/api/audio"))["strips"].get("guest1", {})
        gains.append(strip.get("gain_db", 0.0))
        return gains[-1] < gains[0] - 20

    assert not await is_lower()
    await hand.press(await place(fader, 0.5, 0.2))
    top = await desk.evaluate("scrollY")
    await hand.pull(0, box["height"] * 0.6)
    await until(is_lower, 15, what=f"a fader pulled down: {gains}")
    await hand.lift()
    assert await desk.evaluate("scrollY") == top


async def _holds_to_talk(desk: Page, app: App, hand: Finger) -> None:
    """For as long as the finger is down, and not when it is up."""
    async with stand_in(app, "guest3", "Ada") as ada:
        button = desk.get_by_role("button", name="Hold to talk to Ada", exact=True)
        hears = desk.get_by_text("Ada hears you. The audience does not.")
        await hand.press(await place(button))
        await expect(hears).to_be_visible(timeout=SLOW)
        assert await _spoken_to(app) == [ada.guest]
        await hand.pull(0, 8)
        await expect(button).to_have_attribute("aria-pressed", "true")
        await hand.lift()
        await expect(hears).to_be_hidden()
        await until(lambda: _nobody_is_spoken_to(app), 15, what="nobody is spoken to")


async def _spoken_to(app: App) -> list[str]:
    talkbacks = (await asked(app, "GET", "/api/talkback"))["talkbacks"]
    return [guest for each in talkbacks.values() for guest in each["to"]]


async def _nobody_is_spoken_to(app: App) -> bool:
    return await _spoken_to(app) == []


async def _drags_a_slot(desk: Page, app: App, hand: Finger) -> None:
    """Drawn to the edge that it nearly meets, and kept once it is saved."""
    await hand.tap(desk.get_by_role("button", name="Edit Duel"))
    sheet = desk.get_by_role("dialog")
    canvas = await sheet.get_by_label("Canvas", exact=True).bounding_box()
    assert canvas is not None
    slot = sheet.get_by_role("button", name="guest1: 0 % from the left")
    await hand.press(await place(slot))
    await hand.pull(canvas["width"] * 0.7 - 4, canvas["height"] * 0.3)
    await expect(sheet.locator(".canvas-guide-across")).to_have_count(1)
    await hand.lift()
    await expect(sheet.locator(".canvas-guide")).to_have_count(0)
    await hand.tap(sheet.get_by_role("button", name="Save", exact=True))
    await expect(sheet.get_by_text("Saved.")).to_be_visible()
    first, other = (await asked(app, "GET", "/api/scenes/duel"))["slots"]
    assert (first["x"] + first["width"], first["y"]) == pytest.approx((1, 0.3), abs=0.01)
    assert first["x"] + first["width"] == pytest.approx(1)
    assert (other["x"], other["y"]) == (0.6, 0.55)


async def test_a_guest_on_a_phone_from_the_check_to_on_air() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW)) as browser,
    ):
        invite = await app.invite("guest1", name="Ada")
        async with visitor(browser, invite["url"], PHONE, touch=True) as guest:
            page = guest.page
            async with finger(page) as hand:
                await _joins(page, hand)
                await seated(page)
                await asked(app, "POST", "/api/mixer/cut", scene="full-guest1")
                await _is_on_air(page)
                await _presses_what_is_there(app, page, hand)
            assert guest.errors == []


async def _joins(page: Page, hand: Finger) -> None:
    """Through the checks, each press with a finger."""
    await hand.tap(page.get_by_label("I have read this and agree"))
    await hand.tap(page.get_by_role("button", name="Join", exact=True))
    rows = page.get_by_label("Checks").get_by_role("listitem")
    await expect(rows.filter(has_text="Microphone")).to_contain_text("Good", timeout=SLOW)
    await hand.tap(rows.get_by_role("button", name="I heard them"))


async def _is_on_air(page: Page) -> None:
    """What matters is on the screen without a finger: whether one is on air, the studio, oneself."""
    line, studio = tally_line(page), page.get_by_label("From the studio").locator("video")
    await expect(line).to_contain_text("ON AIR", timeout=SLOW)
    await plays(studio, SLOW)
    await plays(page.locator(".self-view video"))
    for each in (line, studio, page.locator(".guest-bar").get_by_role("button", name="Mute")):
        await expect(each).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it goes sideways"


async def _presses_what_is_there(app: App, page: Page, hand: Finger) -> None:
    """Muted on air is told, and mended by the button beside it."""
    await hand.tap(page.locator(".guest-bar").get_by_role("button", name="Mute"))
    status = page.locator(".notice")
    await expect(status).to_contain_text("You are on air and muted")
    await hand.tap(status.get_by_role("button", name="Be heard again"))
    await expect(status).to_contain_text("The producer can see and hear you.")
    await hand.tap(page.get_by_role("button", name="Raise hand"))
    await expect(page.get_by_role("button", name="Lower hand")).to_be_visible()
    (found,) = await app.guests()
    assert found["hand_raised"] is not None
