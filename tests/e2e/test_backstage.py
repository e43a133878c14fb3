"""What goes on behind the show, at the desk: test guests, commands and their refusals, media, incidents."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from stagedoor.media.packets import Kind
from tests.kit.accessibility import violations
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.files import clip, png
from tests.kit.pages import open_switcher, payload
from tests.kit.putting import putting
from tests.kit.show import Show, encode
from tests.kit.stand_in import StandIn, stand_in
from tests.kit.standing_still import stopped
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

CLIP_S = 8
STAGE = Show(320, 180, seconds=2, bitrate=300_000)
SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""


async def test_what_goes_on_behind_the_show() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await desk.set_viewport_size({"width": 1280, "height": 720})
        await open_switcher(desk, app)
        await _a_test_guest_comes(desk)
        async with stand_in(app, "guest2", "Ada") as ada:
            await _asks(desk, ada)
            await _asks_for_devices(desk, ada)
            await _lets_go(desk, app)
        await _media(desk, app)
        async with putting(app, "stage", encode(STAGE), Kind.VIDEO):
            await _stream(desk, app)
        await _transport(desk, app)
        await _key(desk, app)
        await _is_lost_on_air(desk, app)
        await _leaves(desk)


async def _a_test_guest_comes(desk: Page) -> None:
    """One button brings somebody to an empty desk; they are marked, and have no page to be asked."""
    await expect(desk.get_by_text("Nobody is here yet.")).to_be_visible()
    await desk.get_by_role("button", name="Bring in a test guest").press("Enter")
    await expect(desk.get_by_text("Test guest 1 is on the way…")).to_be_visible()
    tile = _tile(desk, "Test guest 1")
    await expect(tile.get_by_text("Test guest", exact=True)).to_be_visible(timeout=SLOW)
    await expect(tile.get_by_text("Live", exact=True)).to_be_visible(timeout=SLOW)
    await expect(desk.get_by_text("Nobody is here yet.")).to_have_count(0)
    await expect(tile.get_by_role("button", name="Mic off at the guest")).to_have_count(0)
    await expect(tile).to_contain_text("has no page that could be asked")


async def _asks(desk: Page, ada: StandIn) -> None:
    """Two mutes by their own words: one is asked for and waits for the page's word, the other asks nobody."""
    tile = _tile(desk, "Ada")
    mic = tile.get_by_role("button", name="Mic off at the guest")
    await expect(mic).to_be_enabled(timeout=SLOW)
    await mic.press("Enter")
    first = await ada.asked("mute")
    await expect(tile).to_contain_text("Mic off at the guest: asked for…")
    await expect(mic).to_have_attribute("aria-busy", "true")
    await ada.answers(first, "refused", "I am speaking")
    await expect(tile).to_contain_text("Mic off at the guest: refused, I am speaking.")
    assert await violations(desk) == []
    await tile.get_by_role("button", name="Dismiss").click()
    await expect(tile).not_to_contain_text("refused")
    await mic.click()
    await ada.answers(await ada.asked("mute"), "done")
    await ada.reports(mic="off", camera="on")
    await expect(tile.get_by_text("Mic off at the guest", exact=True)).to_be_visible()
    await tile.get_by_role("button", name="Ask for mic on").click()
    await ada.answers(await ada.asked("unmute_request"), "delivered")
    await expect(tile).to_contain_text("Only they can switch it on.")
    fader = tile.get_by_role("button", name="Fader mute")
    await fader.click()
    await expect(fader).to_have_attribute("aria-pressed", "true")
    await tile.get_by_role("button", name="Camera off").click()
    await ada.asked("camera_off")
    await expect(tile).to_contain_text("Camera off: their page has not answered.", timeout=SLOW)


async def _asks_for_devices(desk: Page, ada: StandIn) -> None:
    """Another quality and another camera, of those that the guest's page has told; refused, and done."""
    tile, sheet = _tile(desk, "Ada"), desk.get_by_role("dialog")
    await tile.get_by_role("button", name="Quality and devices: Ada").press("Enter")
    await expect(sheet).to_contain_text("Their page has not told its devices.")
    cameras = {"names": ["Desk", "Roof"], "now": "Desk"}
    await ada.reports(mic="off", camera="on", devices={"camera": cameras, "quality": "720p"})
    await expect(sheet.get_by_label("Camera", exact=True)).to_have_value("Desk")
    assert await violations(desk) == []
    await sheet.get_by_label("Camera", exact=True).select_option("Roof")
    await sheet.get_by_role("button", name="Ask for it: Camera").click()
    asked = await ada.asked("device")
    assert asked["command"] == {"kind": "device", "device": "camera", "label": "Roof"}
    await ada.answers(asked, "refused", "it is in use")
    await expect(sheet).to_contain_text("Device: refused, it is in use.")
    await sheet.get_by_label("Quality of their picture", exact=True).select_option("360p")
    await sheet.get_by_role("button", name="Ask for it: Quality").click()
    await ada.answers(await ada.asked("quality"), "done")
    await ada.reports(mic="off", camera="on", devices={"camera": cameras, "quality": "360p"})
    await expect(sheet).to_contain_text("Quality: 360p now.")
    await expect(sheet.get_by_label("Quality of their picture", exact=True)).to_have_value("360p")
    await desk.keyboard.press("Escape")


async def _lets_go(desk: Page, app: App) -> None:
    """Space takes after a click on a tile, and presses the button after it was reached by keys."""
    fader = _tile(desk, "Ada").get_by_role("button", name="Fader mute")
    await app.api.post("/api/mixer/cut", json={"scene": "full-guest1"})
    await app.api.post("/api/mixer/preview", json={"scene": "full-guest3"})
    await fader.click()
    await expect(fader).to_have_attribute("aria-pressed", "false")
    await expect(fader).not_to_be_focused()
    await desk.keyboard.press("Space")
    await until(lambda: _program(app, "full-guest3"), what="the scene from preview on program")
    await expect(fader).to_have_attribute("aria-pressed", "false")
    # What is still under way is pressed in vain.
    await expect(fader).to_have_attribute("aria-busy", "false")
    await fader.focus()
    await desk.keyboard.press("Space")
    await expect(fader).to_have_attribute("aria-pressed", "true")
    await expect(fader).to_be_focused()
    assert await _program(app, "full-guest3")


async def _media(desk: Page, app: App) -> None:
    """Files go up, what is none is refused in words, one click makes sources, and those hold their files."""
    await desk.get_by_role("button", name="Media", exact=True).first.click()
    drawer = desk.get_by_role("region", name="Media", exact=True)
    await expect(drawer).to_contain_text("2.00 GB a file")
    good = [payload("intro.mp4", clip(CLIP_S)), payload("logo.png", png())]
    await drawer.locator("input").set_input_files(
        [*good, payload("broken.mp4", b"x" * 5000), payload("none.png", b"")]
    )
    await expect(drawer).to_contain_text("This file is empty.")
    await expect(drawer).to_contain_text("it is neither an image nor a clip", timeout=SLOW)
    for name in ("intro", "logo"):
        await drawer.get_by_role("button", name=f"Make a source of {name}").click()
        await expect(drawer).to_contain_text(f"Used by source {name}")
    await until(lambda: _drawn(drawer.locator("img"), 2), what="two thumbnails")
    await drawer.get_by_role("button", name="Delete logo.png").click()
    await expect(
        drawer.get_by_role("alert").filter(has_text="logo.png is used by source logo")
    ).to_be_visible()
    assert await violations(desk) == []
    await desk.keyboard.press("Escape")
    clips = desk.get_by_role("region", name="Clips and stills")
    await clips.get_by_role("button", name="Remove the source logo").click()
    await expect(clips.get_by_role("listitem", name="logo")).to_have_count(0)
    await _slate(desk)
    await desk.get_by_role("button", name="Media", exact=True).first.click()
    await drawer.get_by_role("button", name="Delete logo.png").click()
    await expect(drawer.get_by_text("logo.png", exact=True)).to_have_count(0)
    await desk.keyboard.press("Escape")
    assert [each["id"] for each in (await app.api.get("/api/media")).json()["media"]] == ["intro.mp4"]


async def _slate(desk: Page) -> None:
    """A slate is made with a still of the media, stands among the sources, and lets go of its file."""
    sources = desk.get_by_role("region", name="Sources", exact=True)
    sheet = await _adds(desk, sources, "Slate")
    await sheet.get_by_label("Text").fill("Back at eight")
    await sheet.get_by_label("Still").select_option("logo.png")
    assert await violations(desk) == []
    await sheet.get_by_role("button", name="Add", exact=True).click()
    await expect(sources.get_by_role("listitem", name="Back at eight")).to_contain_text("Slate")
    await sources.get_by_role("button", name="Remove Back at eight").click()
    await expect(sources.get_by_role("listitem", name="Back at eight")).to_have_count(0)


async def _adds(desk: Page, sources: Locator, kind: str) -> Locator:
    await sources.get_by_role("button", name="Add a source").click()
    sheet = desk.get_by_role("dialog", name="Add a source")
    await sheet.get_by_role("button", name=kind, exact=True).click()
    return sheet


async def _stream(desk: Page, app: App) -> None:
    """A stream is added by its address, which is refused at its field, and is live by the mixer's word."""
    sources = desk.get_by_role("region", name="Sources", exact=True)
    sheet = await _adds(desk, sources, "Stream")
    address = sheet.get_by_label("Address")
    await address.fill("srt://camera.example")
    await sheet.get_by_label("Name").fill("Stage")
    await sheet.get_by_role("button", name="Add", exact=True).click()
    await expect(sheet.get_by_text("is not a URL of")).to_have_count(1)
    await expect(address).to_have_attribute("aria-invalid", "true")
    assert await violations(desk) == []
    await address.fill(f"{app.hub_url}/live/stage.nut?token={app.token}")
    await sheet.get_by_role("button", name="Add", exact=True).click()
    row = sources.get_by_role("listitem", name="Stage")
    await expect(row).to_contain_text("Live", timeout=SLOW)
    await expect(row).to_contain_text("held back")
    assert await sources.evaluate("(each) => each.scrollWidth <= each.clientWidth"), (
        "it hides what is beside it"
    )
    assert app.token not in await desk.content()
    await _into_a_scene(desk)
    await _changes(desk, sources)


async def _changes(desk: Page, sources: Locator) -> None:
    """What was added is renamed and held back on its row, and goes once that is asked."""
    await sources.get_by_role("button", name="Change Stage").click()
    changed = desk.get_by_role("dialog", name="Change Stage")
    await changed.get_by_label("Name").fill("Balcony")
    await changed.get_by_label("Fixed playout delay").check()
    await changed.get_by_role("button", name="Save").click()
    row = sources.get_by_role("listitem", name="Balcony")
    await expect(row).to_contain_text("held back 300 ms, fixed", timeout=SLOW)
    assert await violations(desk) == []
    await row.get_by_role("button", name="Remove Balcony").click()
    await desk.get_by_role("dialog", name="Remove Balcony?").get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)


async def _into_a_scene(desk: Page) -> None:
    """A new scene takes it as any other source."""
    await desk.get_by_role("button", name="New scene").click()
    sheet = desk.get_by_role("dialog", name="New scene")
    await sheet.get_by_role("button", name="Stage", exact=True).click()
    await expect(sheet.get_by_role("button", name="1 Stage")).to_have_attribute("aria-pressed", "true")
    await desk.keyboard.press("Escape")


async def _transport(desk: Page, app: App) -> None:
    """A clip is cued, sought by keys, played, paused and looped; times and states are the mixer's."""
    row = desk.get_by_role("region", name="Clips and stills").get_by_role("listitem", name="intro")
    left, place = row.get_by_role("timer"), row.get_by_role("slider", name="Place in intro")
    await expect(row).to_contain_text("Cued", timeout=SLOW)
    await expect(left).to_have_text(f"−0:0{CLIP_S}.0")
    await place.press("PageUp")
    await expect(left).not_to_have_text(f"−0:0{CLIP_S}.0")
    assert 0 < (await _clip(app))["at_s"] < CLIP_S
    await row.get_by_role("button", name="Cue intro").click()
    await expect(left).to_have_text(f"−0:0{CLIP_S}.0")
    await row.get_by_role("button", name="Loop intro").click()
    await expect(row.get_by_role("button", name="Loop intro")).to_have_attribute("aria-pressed", "true")
    await row.get_by_role("button", name="Play intro").press("Enter")
    await expect(row).to_contain_text("Playing")
    await expect(left).not_to_have_text(f"−0:0{CLIP_S}.0")
    await row.get_by_role("button", name="Pause intro").press("Enter")
    await expect(row).to_contain_text("Paused")
    assert (await _clip(app))["state"] == "paused"


async def _key(desk: Page, app: App) -> None:
    """A key is set on a clip's row, and goes again; what cannot be is said at its field."""
    row = desk.get_by_role("region", name="Clips and stills").get_by_role("listitem", name="intro")
    await row.get_by_role("button", name="Key of intro").press("Enter")
    sheet = desk.get_by_role("dialog", name="Key of intro")
    kind, tolerance = sheet.get_by_label("What is see-through"), sheet.get_by_label("Tolerance (%)")
    await kind.select_option("A colour")
    await sheet.get_by_label("Colour", exact=True).fill("#0000ff")
    await tolerance.fill("140")
    await sheet.get_by_role("button", name="Set").click()
    await expect(tolerance).to_have_attribute("aria-invalid", "true")
    assert await violations(desk) == []
    await tolerance.fill("40")
    await sheet.get_by_role("button", name="Set").click()
    await until(lambda: _has_key(app, {"kind": "chroma", "color": "#0000ff", "tolerance": 0.4}), what="a key")
    await kind.select_option("Nothing")
    await sheet.get_by_role("button", name="Set").click()
    await until(lambda: _has_key(app, None), what="no key")
    # Before the page has its answer, it asks whether to close over what was changed.
    await expect(sheet).to_contain_text("It is set.")
    await desk.keyboard.press("Escape")
    await expect(row.get_by_role("button", name="Key of intro")).to_be_focused()


async def _has_key(app: App, wanted: dict[str, Any] | None) -> bool:
    key = (await app.api.get("/api/sources/intro")).json()["key"]
    return key is None if wanted is None else key is not None and wanted.items() <= key.items()


async def _is_lost_on_air(desk: Page, app: App) -> None:
    """Who drops on air is the first line, with the way out beside it; then it is listed as over."""
    await app.api.post("/api/mixer/cut", json={"scene": "full-guest1"})
    await app.api.post("/api/mixer/preview", json={"scene": "full-guest3"})
    (guest,) = app.test_guests()
    with stopped(guest):
        line = desk.get_by_role("button", name="Test guest 1 is lost on air")
        await expect(line).to_be_visible(timeout=SLOW)
        assert "Lost on air" in await desk.title()
        await line.press("Enter")
        drawer = desk.get_by_role("region", name="Health")
        await expect(drawer).to_contain_text("guest1 is held")
        await until(lambda: _says_title(desk, "Lost on air", False), what="a title without who was looked at")
        await expect(drawer).to_contain_text("Cut to another scene.")
        assert await violations(desk) == []
        await expect(drawer.get_by_role("button", name="Cut to guest3")).to_be_visible()
        # All that is behind a sheet cannot be reached: the way out is in it, too.
        await desk.get_by_role("button", name="? Keys").click()
        sheet = desk.get_by_role("dialog")
        await expect(sheet).to_contain_text("Lost on air: Test guest 1")
        await sheet.get_by_role("button", name="Cut to guest3").click()
        await until(lambda: _program(app, "full-guest3"), what="the other scene on program")
    over = drawer.locator(".notice-good").filter(has_text="Test guest 1 is lost")
    await expect(sheet).not_to_contain_text("Lost on air")
    await desk.keyboard.press("Escape")
    await expect(over.first).to_be_visible(timeout=SLOW)
    await desk.keyboard.press("Escape")


async def _leaves(desk: Page) -> None:
    await desk.get_by_role("button", name="Have Test guest 1 leave").press("Enter")
    await expect(_tile(desk, "Test guest 1")).to_have_count(0)


def _tile(desk: Page, name: str) -> Locator:
    return desk.get_by_role("article", name=name, exact=True)


async def _says_title(desk: Page, words: str, wanted: bool) -> bool:
    return (words in await desk.title()) is wanted


async def _drawn(pictures: Locator, count: int) -> bool:
    drawn = await pictures.evaluate_all("all => all.filter((each) => each.naturalWidth > 0).length")
    return bool(drawn == count)


async def _clip(app: App) -> dict[str, Any]:
    return dict((await app.api.get("/api/sources/intro")).json()["clip"])


async def _program(app: App, scene: str) -> bool:
    return bool((await app.api.get("/api/mixer")).json()["program"] == scene)
