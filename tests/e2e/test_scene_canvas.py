"""The scene editor's canvas by mouse, and all that a picture is given by numbers, as the scene is saved."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from stagedoor.domain.scene import Rect
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.asked import add_duel, asked
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

FIRST, OTHER = Rect(0.1, 0.1, 0.3, 0.2), Rect(0.62, 0.55, 0.3, 0.4)
CUT_OFF = {"Left": "10", "Above": "5", "Right": "20", "Below": "15"}
"""Hundredths of the source's picture, by the side."""
NEAR_PX = 5
"""So near it is drawn to a line."""
EXACT = 1e-6
"""What is left of a fraction after it was written in decimals."""


async def test_a_slot_is_dragged_and_dressed() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await add_duel(app, FIRST, OTHER)
        await open_switcher(desk, app)
        await desk.get_by_role("button", name="Edit Duel").click()
        sheet = desk.get_by_role("dialog")
        await _is_drawn_to_the_other(desk, app, sheet)
        await _is_free_with_alt(desk, app, sheet)
        await _is_dressed(app, sheet)
        assert operator.errors == []


async def _is_drawn_to_the_other(desk: Page, app: App, sheet: Locator) -> None:
    """Its right edge to the other's left one, its middle to the canvas's: shown while it is held."""
    across, down = sheet.locator(".canvas-guide-across"), sheet.locator(".canvas-guide-down")
    width, height = await _canvas(sheet)
    await _take_hold(desk, sheet)
    await _pull(desk, 0.22 * width - NEAR_PX, 0.3 * height + NEAR_PX)
    await expect(across).to_have_count(1)
    await expect(down).to_have_count(1)
    await desk.mouse.up()
    await expect(sheet.locator(".canvas-guide")).to_have_count(0)
    slot, other = await _saved(app, sheet)
    assert (slot["x"] + slot["width"], slot["y"] + slot["height"] / 2) == pytest.approx(
        (0.62, 0.5), abs=EXACT
    )
    assert (other["x"], other["y"]) == (0.62, 0.55)


async def _is_free_with_alt(desk: Page, app: App, sheet: Locator) -> None:
    """Near the same lines, and drawn to none."""
    width, height = await _canvas(sheet)
    await desk.keyboard.down("Alt")
    await _take_hold(desk, sheet)
    await _pull(desk, NEAR_PX, -NEAR_PX)
    await expect(sheet.get_by_text("Not saved yet")).to_be_visible()
    await expect(sheet.locator(".canvas-guide")).to_have_count(0)
    await desk.mouse.up()
    await desk.keyboard.up("Alt")
    slot, _ = await _saved(app, sheet)
    beside = (0.62 + NEAR_PX / width, 0.5 - NEAR_PX / height)
    assert (slot["x"] + slot["width"], slot["y"] + slot["height"] / 2) == pytest.approx(beside, abs=0.002)


async def _is_dressed(app: App, sheet: Locator) -> None:
    """Border and its colour, what is cut off, round corners."""
    crop, look = sheet.get_by_role("group", name="Cut off"), sheet.get_by_role("group", name="Look")
    numbers = [
        *((crop.get_by_label(side), value) for side, value in CUT_OFF.items()),
        (look.get_by_label("Border (%)"), "1.5"),
        (look.get_by_label("Round corners (%)"), "4"),
    ]
    for field, value in numbers:
        await field.fill(value)
        await field.press("Tab")
    await look.get_by_label("Colour of the border").fill("#ff8800")
    slot, other = await _saved(app, sheet)
    assert slot["crop"] == {"left": 0.1, "top": 0.05, "right": 0.2, "bottom": 0.15}
    assert slot["border"] == {"width": 0.015, "color": "#ff8800"}
    assert slot["radius"] == 0.04
    assert (other["border"]["width"], other["radius"], set(other["crop"].values())) == (0, 0, {0})


async def _canvas(sheet: Locator) -> tuple[float, float]:
    """Width and height in the page's pixels."""
    box = await sheet.get_by_label("Canvas", exact=True).bounding_box()
    assert box is not None
    return box["width"], box["height"]


async def _take_hold(desk: Page, sheet: Locator) -> None:
    await sheet.get_by_role("button", name="guest1: ").hover()
    await desk.mouse.down()


async def _pull(desk: Page, x: float, y: float) -> None:
    """Pull what is held by so many pixels."""
    box = await desk.locator(".canvas-slot-selected").bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await desk.mouse.move(left + x, top + y, steps=4)


async def _saved(app: App, sheet: Locator) -> list[dict[str, Any]]:
    """The scene's slots once it is saved."""
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_text("Saved.")).to_be_visible()
    return list((await asked(app, "GET", "/api/scenes/duel"))["slots"])
