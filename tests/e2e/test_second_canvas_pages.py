"""The second canvas on the switcher page: scenes there, what goes out, slots by hand, an output of it."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from stagedoor.control.mixer.schemas import NamedSceneBody
from stagedoor.control.mixer.views import scene_of
from stagedoor.domain.layout import packed
from tests.kit.accessibility import violations
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher, plays, scene_tile
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

WIDTH, HEIGHT = 180, 320
SECOND = {
    "enabled": True,
    "width": WIDTH,
    "height": HEIGHT,
    "preset": "ultrafast",
    "bitrate": 300_000,
}
MIXER = {**SMALL_MIXER, "second_canvas": SECOND}
TALL = "all => all.map((each) => each.naturalHeight > each.naturalWidth)"


async def test_the_second_canvas_from_the_scene_to_the_output() -> None:
    async with (
        running_app(with_mixer=True, mixer=MIXER) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await open_switcher(desk, app)
        await _shows_scenes_on_both(desk)
        await _plays_what_goes_out(desk)
        await _is_arranged_by_hand(desk, app)
        await _goes_to_an_output(desk, app)
        # The relay hears of a look's end by the connection too, and may have ended it before the page asks.
        assert [error for error in operator.errors if "/whep/second" not in error] == []


async def _shows_scenes_on_both(desk: Page) -> None:
    pictures = scene_tile(desk, "Two Up").locator("img")

    async def are_both() -> bool:
        return bool(await pictures.evaluate_all(TALL) == [False, True])

    await until(are_both, 30, what="the scene on both canvases")


async def _plays_what_goes_out(desk: Page) -> None:
    button = desk.get_by_role("button", name="Second canvas", exact=True)
    await button.press("Enter")
    drawer = desk.get_by_role("region", name="Second canvas")
    assert await plays(drawer.get_by_label("Second canvas"), 30_000) == (WIDTH, HEIGHT)
    await expect(drawer).to_contain_text(f"{WIDTH} × {HEIGHT}")
    assert await violations(desk) == []
    await desk.keyboard.press("Escape")
    await expect(drawer).to_have_count(0)
    await expect(button).to_be_focused()


async def _is_arranged_by_hand(desk: Page, app: App) -> None:
    await desk.get_by_role("button", name="Edit Two Up").click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_role("radio", name="Program").focus()
    await desk.keyboard.press("ArrowRight")
    await expect(sheet.get_by_text("Automatic", exact=True)).to_be_visible()
    await sheet.get_by_role("button", name="Arrange by hand").click()
    await expect(sheet.get_by_role("button", name="100 % wide, 50 % high")).to_have_count(2)
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_text("Saved.", exact=True)).to_be_visible()
    await _is_as_the_mixer_packs_it(app)
    await sheet.get_by_role("button", name="Back to automatic").click()
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_text("Saved.", exact=True)).to_be_visible()
    assert (await _scene(app))["second"] is None
    await desk.keyboard.press("Escape")


async def _is_as_the_mixer_packs_it(app: App) -> None:
    """The page has the mixer's rule: what a hand begins with is what was seen before."""
    scene = scene_of("", NamedSceneBody.model_validate(await _scene(app)))
    assert scene.second == packed(scene.slots, WIDTH / HEIGHT)


async def _goes_to_an_output(desk: Page, app: App) -> None:
    outputs = desk.get_by_role("region", name="Outputs")
    await outputs.get_by_role("button", name="Add an output").click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Address").fill("rtmp://127.0.0.1:9/live/phones")
    await sheet.get_by_label("Canvas").select_option("Second canvas")
    await sheet.get_by_label("Start at once").uncheck()
    await sheet.get_by_role("button", name="Add", exact=True).click()
    await expect(outputs.get_by_role("listitem")).to_contain_text("Second canvas")
    (output,) = (await app.api.get("/api/outputs")).json()["outputs"]
    assert output["canvas"] == "second"


async def _scene(app: App) -> dict[str, Any]:
    return dict((await app.api.get("/api/scenes/two_up")).json())
