"""The operator's desk by hand and by keys: scenes, keys of one's own, overlays, and how it fits screens."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from stagedoor.domain.layout import LAYOUTS
from tests.kit.accessibility import unreasoned, violations
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.asked import strip_has
from tests.kit.browser import chromium, visitor
from tests.kit.pages import open_switcher, scene_tile
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

SCENE = "/api/scenes/duel"
FINGER = 44
"""The least side of what a finger presses, in the page's pixels."""


async def test_the_desk_by_hand_and_by_keys() -> None:
    async with running_app(with_mixer=True, mixer=SMALL_MIXER) as app, chromium() as browser:
        async with visitor(browser, "about:blank") as operator:
            desk = operator.page
            await desk.set_viewport_size({"width": 1280, "height": 720})
            await open_switcher(desk, app)
            await expect(desk.get_by_role("button", name="Take", exact=True)).to_be_enabled(timeout=10_000)
            await _is_on_one_screen(desk, 720)
            assert await violations(desk) == []
            await _beside_a_drawer(desk)
            await _makes_a_scene(desk, app)
            await _edits_it(desk, app)
            await _is_refused_and_mended(desk, app)
            await _is_beaten_by_another_operator(desk, app)
            await _edits_what_is_on_air(desk, app)
            await _frames_a_source(desk, app)
            await _mutes_all(desk, app)
            await _shapes_sound(desk, app)
            await _keys(desk)
            await _overlays(desk, app)
            await _running_overlays(desk, app)
        await _on_a_tablet(browser, app)


async def _is_on_one_screen(desk: Page, height: int, least: int = 0) -> None:
    """What a hand needs during a show lies above the screen's lower edge, and is large enough."""
    needed = [desk.get_by_role("button", name=name, exact=True) for name in ("Take", "Auto", "Fade to black")]
    needed += [desk.get_by_role("button", name="Fader mute all"), desk.get_by_label("Fader of guest1")]
    for each in needed:
        box = await each.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height, await each.inner_text()
        assert min(box["width"], box["height"]) >= least, await each.inner_text()


async def _beside_a_drawer(desk: Page) -> None:
    """Nothing of the show lies under an open drawer: program, preview, their bar, scenes, sound."""
    needed = [desk.get_by_label("Multiview"), desk.get_by_label("Fader of guest1")]
    needed += [
        desk.get_by_role("button", name=name, exact=True) for name in ("Take", "Auto", "Fade to black")
    ]
    needed += [scene_tile(desk, name) for name in ("Holding", "guest1", "guest4", "Two Up")]
    for name in ("Media", "Chat", "Health"):
        await desk.get_by_role("navigation").get_by_role("button", name=name).click()
        drawer = await desk.get_by_role("region", name=name, exact=True).bounding_box()
        assert drawer is not None
        for each in needed:
            box = await each.first.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= drawer["x"], (name, await each.first.inner_text())
            assert box["y"] + box["height"] <= drawer["height"], (name, await each.first.inner_text())
        await desk.keyboard.press("Escape")
    assert await violations(desk) == []


async def _on_a_tablet(browser: Browser, app: App) -> None:
    context = await browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True)
    tablet = await context.new_page()
    await open_switcher(tablet, app)
    await _is_on_one_screen(tablet, 768, FINGER)
    assert await violations(tablet) == []
    await scene_tile(tablet, "Two Up").tap()
    await expect(scene_tile(tablet, "Two Up")).to_contain_text("NEXT")
    await context.close()


async def _makes_a_scene(desk: Page, app: App) -> None:
    """A template of the server's and two sources make a scene; its picture is the mixer's."""
    await desk.get_by_role("button", name="New scene").click()
    sheet = desk.get_by_role("dialog")
    template = sheet.get_by_label("Template")
    offered = await template.evaluate("(each) => [...each.options].map(({ value, text }) => [value, text])")
    assert dict(offered) == {name: each.label for name, each in LAYOUTS.items()} | {"": "Empty"}
    await sheet.get_by_label("Name").fill("Duel")
    await template.select_option("Interview")
    for source in ("guest1", "Test pattern"):
        await sheet.get_by_role("button", name=source, exact=True).click()
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Make the scene").click()
    await expect(sheet.get_by_role("heading", name="Scene: Duel")).to_be_visible()
    assert [slot["source"] for slot in (await _scene(app))["slots"]] == ["guest1", "test-pattern"]
    await until(lambda: _width(sheet.get_by_role("figure").locator("img")), what="a picture of the mixer's")
    assert await _width(sheet.get_by_role("figure").locator("img")) == 320


async def _edits_it(desk: Page, app: App) -> None:
    """By keys and by hand; nothing is kept before it is saved."""
    sheet = desk.get_by_role("dialog")
    before = await _scene(app)
    await sheet.get_by_role("button", name="guest1: 0 % from the left").focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        await desk.keyboard.press(key)
    await expect(sheet.get_by_label("Left (%)").first).to_have_value("2")
    await expect(sheet.get_by_label("Height (%)")).to_have_value("99")
    await _pull(desk, sheet.locator(".canvas-handle-e"), by=-0.18)
    await expect(sheet.get_by_label("Width (%)")).to_have_value("31.3")
    await expect(sheet.get_by_text("Not saved yet")).to_be_visible()
    assert await _scene(app) == before
    await desk.keyboard.press("Control+z")
    await expect(sheet.get_by_label("Width (%)")).to_have_value("50")
    await sheet.get_by_role("button", name="Redo").click()
    await expect(sheet.get_by_label("Width (%)")).to_have_value("31.3")


async def _is_refused_and_mended(desk: Page, app: App) -> None:
    """A refusal stands at its field; what is mended is kept whole."""
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Width (%)").fill("400")
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_label("Width (%)")).to_be_focused()
    await expect(sheet.get_by_label("Width (%)")).to_have_accessible_description(
        "Input should be less than or equal to 300 %"
    )
    assert await violations(desk) == []
    await sheet.get_by_label("Width (%)").fill("40")
    await desk.keyboard.press("Enter")
    await sheet.get_by_label("Fit").select_option("Whole picture")
    await sheet.get_by_label("Name on the picture").check()
    await sheet.get_by_role("button", name="guest1 higher").click()
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_text("Saved.")).to_be_visible()
    slot, other = (await _scene(app))["slots"]
    assert (slot["x"], slot["width"], slot["height"]) == (0.02, 0.4, 0.99)
    assert (slot["fit"], slot["label"], slot["z"] > other["z"]) == ("contain", True, True)


async def _is_beaten_by_another_operator(desk: Page, app: App) -> None:
    """Theirs comes between the page's last word and its own change: nothing of it is lost unasked."""
    sheet = desk.get_by_role("dialog")
    theirs = {key: value for key, value in (await _scene(app)).items() if key != "id"}

    async def overtake(route: Route) -> None:
        await app.api.put(SCENE, json={**theirs, "label": "Theirs"})
        await route.continue_()

    await desk.route(f"**{SCENE}", overtake, times=1)
    await sheet.get_by_label("Name", exact=True).fill("Rematch")
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_role("button", name="Save mine")).to_be_visible()
    assert (await _scene(app))["label"] == "Theirs"
    await sheet.get_by_role("button", name="Save mine").click()
    await expect(sheet.get_by_text("Saved.")).to_be_visible()
    assert (await _scene(app))["label"] == "Rematch"


async def _edits_what_is_on_air(desk: Page, app: App) -> None:
    """Asked once before the audience sees it, and once more where another operator was quicker."""
    sheet = desk.get_by_role("dialog")
    await app.api.post("/api/mixer/cut", json={"scene": "duel"})
    await expect(sheet.get_by_text("This scene is on air.")).to_be_visible()
    await sheet.get_by_label("Name", exact=True).fill("Mine")
    theirs = {key: value for key, value in (await _scene(app)).items() if key != "id"}
    await app.api.put(SCENE, json={**theirs, "label": "Theirs"})
    await expect(sheet.get_by_text("Somebody else has changed this scene")).to_be_visible()
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await sheet.get_by_role("button", name="Save mine").click()
    assert (await _scene(app))["label"] == "Theirs"
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Change it on air").click()
    await expect(sheet.get_by_text("Saved.")).to_be_visible()
    assert (await _scene(app))["label"] == "Mine"

    await sheet.get_by_role("button", name="Delete", exact=True).click()
    await sheet.get_by_role("button", name="Delete", exact=True).click()
    await expect(sheet.get_by_text("This scene is on program")).to_be_visible()
    await sheet.get_by_label("Name", exact=True).fill("Lost")
    await desk.keyboard.press("Escape")
    await sheet.get_by_role("button", name="Close without saving").click()
    await expect(sheet).to_have_count(0)
    await expect(scene_tile(desk, "Mine")).to_contain_text("ON AIR")


async def _frames_a_source(desk: Page, app: App) -> None:
    """What a source cuts off in every scene: by hand, by keys and by numbers; refused at its field."""
    await desk.get_by_role("button", name="Edit Mine").click()
    editor = desk.get_by_role("dialog")
    await editor.get_by_role("button", name="Test pattern", exact=True).click()
    await editor.get_by_role("button", name="Picture of Test pattern").click()
    sheet = desk.get_by_role("dialog", name="Picture of Test pattern")
    await until(lambda: _width(sheet.locator(".framing-all img")), what="all of the source's picture")
    await _pull(desk, sheet.locator(".canvas-handle-e"), by=-0.2, over="All of the picture")
    await expect(sheet.get_by_label("Right (%)", exact=True)).to_have_value("20")
    part = sheet.get_by_role("button", name="Shown: 0 % from the left")
    await part.focus()
    await desk.keyboard.press("+")
    await desk.keyboard.press("ArrowRight")
    await expect(sheet.get_by_label("Enlarged (times)")).to_have_value("1.1")
    await expect(sheet.get_by_label("To the right (%)")).not_to_have_value("0")
    await sheet.get_by_label("Left (%)", exact=True).fill("85")
    await sheet.get_by_role("button", name="Change it on air").click()
    await expect(sheet.locator("[aria-invalid]")).not_to_have_count(0)
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Reset").click()
    await sheet.get_by_label("Enlarged (times)").fill("2")
    await sheet.get_by_role("button", name="Change it on air").click()
    await expect(sheet).to_have_count(0)
    source = (await app.api.get("/api/sources/test-pattern")).json()
    assert (source["zoom"], source["crop"]["right"], source["offset"]["x"]) == (2, 0, 0)
    await desk.keyboard.press("Escape")


async def _mutes_all(desk: Page, app: App) -> None:
    """One key mutes all guests and gives back what was."""
    await app.api.put("/api/audio/guest2", json={"muted": True})
    strip = desk.get_by_role("region", name="Sound").get_by_role("article", name="guest2")
    await expect(strip).to_contain_text("Muted")
    mute_all = desk.get_by_role("button", name="Fader mute all")
    await desk.keyboard.press("m")
    await expect(mute_all).to_have_attribute("aria-pressed", "true", timeout=15_000)
    await expect(mute_all).to_have_attribute("aria-busy", "false", timeout=15_000)
    assert await _muted(app, guest1=True, guest2=True, guest3=True)
    await desk.keyboard.press("m")
    await until(lambda: _muted(app, guest1=False, guest2=True, guest3=False), 15)
    assert await unreasoned(desk) == []


async def _shapes_sound(desk: Page, app: App) -> None:
    """A source's gate and compressor are set by keys alone, and what is refused is said at its field."""
    strip = desk.get_by_role("region", name="Sound").get_by_role("article", name="guest1")
    await strip.get_by_role("button", name="guest1", exact=True).press("Enter")
    sheet = desk.get_by_role("dialog", name="Sound of guest1")
    gate = sheet.get_by_label("Gate (dBFS)")
    await gate.press("ArrowUp")
    await gate.press("ArrowUp")
    await until(lambda: strip_has(app, "guest1", gate_db=-78), 15)
    await sheet.get_by_label("Threshold (dBFS)").fill("-30")
    ratio = sheet.get_by_label("Ratio (: 1)")
    await ratio.fill("300")
    await ratio.press("Enter")
    await expect(ratio).to_have_attribute("aria-invalid", "true")
    assert await violations(desk) == []
    await ratio.fill("3")
    await ratio.press("Enter")
    compressor = {"threshold_db": -30, "ratio": 3, "makeup_db": 0}
    await until(lambda: strip_has(app, "guest1", compressor=compressor), 15)
    await expect(ratio).not_to_have_attribute("aria-invalid", "true")
    await desk.keyboard.press("Escape")
    await expect(strip.get_by_role("button", name="guest1", exact=True)).to_be_focused()
    await expect(strip.get_by_role("img", name="By how much guest1 is turned down")).to_be_visible()


async def _keys(desk: Page) -> None:
    """Whatever a double-click does, keys do; another key can be had, if it is free, and stays."""
    await scene_tile(desk, "Test pattern").press("Shift+Enter")
    await expect(scene_tile(desk, "Test pattern")).to_contain_text("ON AIR")

    await desk.keyboard.press("?")
    keys = desk.get_by_role("dialog")
    change = keys.get_by_role("button", name="Change the key of: Fade to black")
    await change.press("Enter")
    await desk.keyboard.press("m")
    await expect(keys.get_by_role("alert")).to_contain_text("That key is taken: Fader mute of all guests")
    assert await violations(desk) == []
    await change.press("Enter")
    await desk.keyboard.press("Shift+Digit3")
    await expect(keys.get_by_role("alert")).to_contain_text("That key is taken: Scene 3")
    await change.press("Enter")
    await desk.keyboard.press("b")
    await expect(keys.get_by_text("B", exact=True)).to_be_visible()
    await keys.get_by_role("button", name="Change the key of: Scene 2").press("Enter")
    await desk.keyboard.press("q")
    await expect(keys.get_by_text("Q", exact=True)).to_be_visible()
    await desk.keyboard.press("Escape")
    await desk.reload()
    await expect(desk.get_by_role("button", name="Fade to black")).to_be_enabled(timeout=10_000)
    second = desk.locator(".scene").nth(1)
    await expect(second.locator(".scene-key")).to_have_text("Q")
    await desk.keyboard.press("q")
    await expect(second).to_contain_text("NEXT")
    await desk.keyboard.press("Shift+q")
    await expect(second).to_contain_text("ON AIR")
    await scene_tile(desk, "Test pattern").press("Shift+Enter")
    await expect(scene_tile(desk, "Test pattern")).to_contain_text("ON AIR")
    await desk.keyboard.press("f")
    await desk.keyboard.press("b")
    await expect(desk.get_by_role("button", name="Back from black")).to_be_visible()
    await desk.keyboard.press("b")
    await expect(desk.get_by_role("button", name="Fade to black")).to_be_visible()


async def _overlays(desk: Page, app: App) -> None:
    """A text comes and goes at its place; what the server refuses of a logo stands at its field."""
    part = desk.get_by_role("region", name="Overlays")
    sheet = desk.get_by_role("dialog")
    await part.get_by_role("button", name="Add a text").click()
    await sheet.get_by_label("Text", exact=True).fill("Live from the harbour")
    await sheet.get_by_role("button", name="Top left").click()
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Save").click()
    await part.get_by_role("button", name="Show Live from the harbour").click()
    await expect(part.get_by_text("on air")).to_be_visible()
    (overlay,) = (await app.api.get("/api/overlays")).json()["overlays"]
    assert (overlay["anchor"], overlay["shown"]) == ("top_left", True)
    await part.get_by_role("button", name="Change Live from the harbour").click()
    theirs = {key: value for key, value in overlay.items() if key not in ("id", "shown")}
    await app.api.put(f"/api/overlays/{overlay['id']}", json={**theirs, "anchor": "bottom"})
    await expect(sheet.get_by_role("alert")).to_contain_text("Somebody else has changed")
    await sheet.get_by_role("button", name="Save mine").click()
    await expect(sheet).to_have_count(0)
    (overlay,) = (await app.api.get("/api/overlays")).json()["overlays"]
    assert (overlay["anchor"], overlay["shown"]) == ("top_left", True)
    await part.get_by_role("button", name="Hide Live from the harbour").click()
    await expect(part.get_by_text("on air")).to_have_count(0)
    await part.get_by_role("button", name="Delete Live from the harbour").click()
    await expect(desk.get_by_text("Deleted: Live from the harbour")).to_be_visible()
    assert (await app.api.get("/api/overlays")).json()["overlays"] == []
    assert await violations(desk) == []
    await desk.keyboard.press("Control+z")
    await expect(desk.get_by_text("Live from the harbour is back.")).to_be_attached()
    assert (await app.api.get("/api/overlays")).json()["overlays"] == [
        {**overlay, "on": False, "shown": False}
    ]

    await part.get_by_role("button", name="Add a logo").click()
    await sheet.get_by_label("File").fill("missing.png")
    await sheet.get_by_role("button", name="Save").click()
    await expect(sheet.get_by_label("File")).to_have_attribute("aria-invalid", "true")
    await desk.keyboard.press("Escape")
    await expect(sheet.get_by_role("button", name="Back")).to_be_focused()
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Close without saving").click()
    await expect(sheet).to_have_count(0)


async def _running_overlays(desk: Page, app: App) -> None:
    """A timer runs and stands, a scoreboard shows it, and scores change, all by keys."""
    part = desk.get_by_role("region", name="Overlays")
    sheet = desk.get_by_role("dialog")
    add = part.get_by_role("button", name="Add a timer")
    await add.press("Enter")
    await sheet.get_by_label("Minutes").fill("1")
    await sheet.get_by_label("At zero").select_option("Goes")
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Save").click()
    await expect(add).to_be_focused()
    await expect(part.get_by_role("button", name="Reset countdown")).to_be_disabled()
    await part.get_by_role("button", name="Start countdown").press("Enter")
    await expect(part.get_by_label("countdown shows")).to_have_text(re.compile("0:[1-5][0-9]"))
    await part.get_by_role("button", name="Pause countdown").press("Enter")
    await expect(part.get_by_role("button", name="Start countdown")).to_be_enabled()

    add = part.get_by_role("button", name="Add a scoreboard")
    await add.press("Enter")
    await sheet.get_by_label("Home: name").fill("Ada")
    await sheet.get_by_label("Time").select_option("countdown")
    await sheet.get_by_role("button", name="Save").click()
    await expect(add).to_be_focused()
    less = part.get_by_role("button", name="One point less for Ada")
    await expect(less).to_be_disabled()
    await expect(less).to_have_attribute("title", "It is 0.")
    await part.get_by_role("button", name="One point for Ada").press("Enter")
    await expect(less).to_be_enabled()
    assert await violations(desk) == []
    game = (await app.api.get("/api/overlays/ada")).json()
    timer = (await app.api.get("/api/overlays/countdown")).json()
    assert (game["home"]["score"], game["away"]["score"], game["timer"]) == (1, 0, "countdown")
    assert (timer["running"], timer["at_zero"]) == (False, "hide")
    assert timer["elapsed_ms"] > 0


async def _pull(desk: Page, handle: Locator, *, by: float, over: str = "Canvas") -> None:
    """Pull a handle of a canvas to the side, by a fraction of the canvas."""
    box, canvas = await handle.bounding_box(), await desk.get_by_label(over, exact=True).bounding_box()
    assert box is not None
    assert canvas is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await desk.mouse.move(x, y)
    await desk.mouse.down()
    await desk.mouse.move(x + by * canvas["width"] / 2, y)
    await desk.mouse.move(x + by * canvas["width"], y)
    await desk.mouse.up()


async def _scene(app: App) -> dict[str, Any]:
    return dict((await app.api.get(SCENE)).json())


async def _width(picture: Locator) -> int:
    return int(await picture.evaluate_all("all => all[0]?.naturalWidth ?? 0"))


async def _muted(app: App, **wanted: bool) -> bool:
    strips = (await app.api.get("/api/audio")).json()["strips"]
    return all(strips.get(name, {}).get("muted", False) is muted for name, muted in wanted.items())
