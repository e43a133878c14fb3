"""Take a picture of each state of the switcher page, and of what a bad line makes of a guest's."""

import asyncio
import re
from typing import Final

from playwright.async_api import Locator, Page, expect

from stagedoor.media.packets import Kind
from tests.kit.app import App, running_app
from tests.kit.browser import NO_UDP
from tests.kit.files import clip, png
from tests.kit.pages import changes, payload, plays
from tests.kit.putting import putting
from tests.kit.show import Show, encode
from tests.kit.stand_in import StandIn, stand_in
from tests.kit.wait import until
from tests.pictures.desk import drawn, is_quick_enough, opened, runs, take
from tests.pictures.guest import on_a_bad_line
from tests.pictures.moments import (
    before_the_show,
    cannot_hear,
    goes_wrong,
    second_canvas,
    sound_waits,
    two_operators,
    under_way,
)
from tests.pictures.show import MIXER, SEATS, guests

SOURCES: Final = [
    {"id": "bars", "kind": "pattern", "label": "Bars"},
    {"id": "soon", "kind": "slate", "label": "Back soon", "color": "#2e4a62"},
    {"id": "hall", "kind": "url", "label": "Hall", "url": "rtsp://127.0.0.1:1/hall"},
    {"id": "stage", "kind": "hub", "label": "Stage", "url": "stage"},
]
STAGE: Final = Show(640, 360, color=(46, 74, 98), seconds=2, bitrate=500_000)


async def main() -> None:
    """Start a show with two guests, and take a picture of each state of the page."""
    await on_a_bad_line()
    await before_the_show()
    await second_canvas()
    async with (
        running_app(with_mixer=True, mixer=MIXER, guests={"seats": SEATS}) as app,
        guests(app) as (_, guest),
    ):
        await app.api.post("/api/mixer/cut", json={"scene": "two_up"})
        await app.api.post("/api/mixer/preview", json={"scene": "pip"})
        async with opened(app, 1280, 720) as desk:
            await runs(desk)
            await take(desk, "switcher")
            await under_way(app, desk)
            await two_operators(app, desk)
            await _sheets(desk)
            await _seats(desk)
            await cannot_hear(desk, guest)
            await _settings(desk)
            async with putting(app, "stage", encode(STAGE), Kind.VIDEO):
                await _sources(app, desk)
            await _backstage(app, desk)
            await goes_wrong(app, desk)
            await _lobby(app, desk)
            await _health(app, desk)
        async with opened(app, 1024, 768, touch=True) as tablet:
            await runs(tablet)
            await take(tablet, "switcher-tablet")
        await sound_waits(app)
        async with opened(app, 1280, 720, *NO_UDP) as desk:
            await expect(desk.get_by_text("By HTTP")).to_be_visible(timeout=30_000)
            await runs(desk)
            await take(desk, "switcher-http")


async def _sheets(desk: Page) -> None:
    await desk.get_by_role("button", name="New scene").click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Name").fill("Duel")
    for source in ("Host", "Guest"):
        await sheet.get_by_role("button", name=source, exact=True).click()
    await take(desk, "switcher-new-scene")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Edit Two Up").click()
    await until(lambda: drawn(sheet.locator(".thumbnail img")), what="the scene's picture")
    await sheet.get_by_label("Left (%)").first.fill("5")
    await desk.keyboard.press("Enter")
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_role("button", name="Change it on air")).to_be_visible()
    await sheet.evaluate("(each) => each.scrollTo(0, 0)")
    await take(desk, "switcher-scene")
    await desk.keyboard.press("Escape")
    await sheet.get_by_role("button", name="Close without saving").click()
    await desk.keyboard.press("?")
    await take(desk, "switcher-keys")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Add a text").click()
    await sheet.get_by_label("Text", exact=True).fill("Live from the harbour")
    await take(desk, "switcher-text")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Close without saving").click()


async def _seats(desk: Page) -> None:
    """Host and guest on their tiles, with a name on air."""
    seats = desk.get_by_role("region", name="Seats")
    await seats.get_by_role("button", name="Name on air").first.click()
    await seats.evaluate("(each) => each.scrollIntoView()")
    for seat in (0, 1):
        await changes(seats.locator("article").nth(seat).locator("canvas"), 30_000)
    await take(desk, "switcher-seats")


async def _settings(desk: Page) -> None:
    """What is set of a guest and of program in sheets of their own."""
    sheet, seats = desk.get_by_role("dialog"), desk.get_by_role("region", name="Seats")
    tile = seats.get_by_role("article", name="Guest", exact=True)
    await tile.get_by_role("button", name="Picture of").click()
    await until(lambda: drawn(sheet.locator("img"), 2), 30, what="the guest's picture")
    await sheet.get_by_label("Left (%)").fill("12")
    await sheet.get_by_label("Right (%)", exact=True).fill("12")
    await desk.keyboard.press("Tab")
    await take(desk, "switcher-framing")
    await _close_unsaved(desk)
    await tile.get_by_role("button", name="Key of").click()
    await sheet.get_by_label("What is see-through").select_option("A colour")
    await take(desk, "switcher-key")
    await _close_unsaved(desk)
    await desk.get_by_role("button", name="Invite a guest").click()
    await sheet.get_by_label("Name").first.fill("Nora")
    await expect(sheet.get_by_text("Links that work")).to_be_visible()
    await take(desk, "switcher-invite")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Add a timer").click()
    await take(desk, "switcher-timer")
    await desk.keyboard.press("Escape")


async def _sources(app: App, desk: Page) -> None:
    """A camera of the house that is added, and what is there already."""
    for source in SOURCES:
        (await app.api.post("/api/sources", json=source)).raise_for_status()
    sources = desk.get_by_role("region", name="Sources", exact=True)
    await expect(sources.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    await expect(sources.get_by_role("listitem", name="Hall").locator(".field-error")).to_be_visible()
    await sources.evaluate("(each) => each.scrollIntoView()")
    await take(desk, "switcher-sources")
    await sources.get_by_role("button", name="Add a source").click()
    sheet = desk.get_by_role("dialog", name="Add a source")
    await sheet.get_by_role("button", name="Stream", exact=True).click()
    await sheet.get_by_label("Address").fill("rtsp://camera.example:554/balcony")
    await sheet.get_by_label("Name").fill("Balcony")
    await take(desk, "switcher-add-source")
    await _close_unsaved(desk)
    for source in SOURCES:
        (await app.api.delete(f"/api/sources/{source['id']}")).raise_for_status()


async def _close_unsaved(desk: Page) -> None:
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Close without saving").click()


async def _lobby(app: App, desk: Page) -> None:
    """Somebody waits, is seen and can be brought in."""
    (guest,) = [each for each in await app.guests() if each["synthetic"] and each["reason"] is None]
    await app.api.post(f"/api/guests/{guest['id']}/hold")
    lobby = desk.get_by_role("region", name="Lobby")
    # What is not in sight is not asked for.
    await lobby.evaluate("(each) => each.scrollIntoView()")
    await plays(lobby.locator("video"), 30_000)
    await take(desk, "switcher-lobby")


async def _health(app: App, desk: Page) -> None:
    """An output that fails, in plain words."""
    output = {"url": "rtmp://127.0.0.1:1/live/program", "label": "Stream"}
    await app.api.post("/api/outputs", json=output)
    await desk.evaluate("scrollTo(0, 0)")
    await desk.get_by_role("button", name=re.compile("^Health")).click()
    drawer = desk.get_by_role("region", name="Health")
    await expect(drawer).to_contain_text("Start the server", timeout=30_000)
    await is_quick_enough(desk)
    await take(desk, "switcher-health")
    await desk.keyboard.press("Escape")


async def _backstage(app: App, desk: Page) -> None:
    """What goes on behind the show: a guest who was asked for something, words, media."""
    await desk.get_by_role("button", name="Bring in a test guest").click()
    async with stand_in(app, "guest4", "Nora") as studio:
        tile = desk.get_by_role("article", name="Nora", exact=True)
        await studio.post("hand", raised=True)
        await tile.get_by_role("button", name="Mic off at the guest").click()
        await studio.answers(await studio.asked("mute"), "refused", "I am speaking")
        await expect(tile).to_contain_text("refused")
        await changes(desk.get_by_role("article", name="Test guest 1", exact=True).locator("canvas"), 30_000)
        await tile.scroll_into_view_if_needed()
        await take(desk, "switcher-backstage")
        await _devices(desk, tile, studio)
        await desk.evaluate("scrollTo(0, 0)")
        await studio.says("Can you hear me?")
        await desk.get_by_role("button", name="Chat 1").click()
        drawer = desk.get_by_role("region", name="Chat")
        await drawer.get_by_label("With").select_option("Nora (1 unread)")
        await drawer.get_by_label("To Nora alone").fill("Loud and clear. You are on in two minutes.")
        await desk.keyboard.press("Enter")
        await expect(drawer.get_by_role("log")).to_contain_text("Loud and clear")
        await plays(desk.get_by_label("Multiview"), 30_000)
        await take(desk, "switcher-chat")
        await desk.keyboard.press("Escape")
    await _media(desk)


async def _devices(desk: Page, tile: Locator, studio: StandIn) -> None:
    """Another camera and another quality, of those that the guest's page tells."""
    devices = {
        "camera": {"names": ["Built-in camera", "Capture card"], "now": "Built-in camera"},
        "microphone": {"names": ["Built-in microphone", "Headset"], "now": "Headset"},
        "quality": "720p",
    }
    await studio.reports(mic="on", camera="on", devices=devices)
    await tile.get_by_role("button", name="Quality and devices: Nora").click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Camera", exact=True).select_option("Capture card")
    await sheet.get_by_role("button", name="Ask for it: Camera").click()
    await studio.answers(await studio.asked("device"), "refused", "it is in use")
    await expect(sheet).to_contain_text("it is in use")
    await take(desk, "switcher-devices")
    await desk.keyboard.press("Escape")


async def _media(desk: Page) -> None:
    """Two files that sources show, one that is refused, and the transport of the clip."""
    await desk.get_by_role("button", name="Media", exact=True).first.click()
    drawer = desk.get_by_role("region", name="Media", exact=True)
    files = {"opening.mp4": clip(12, 640, 360), "harbour.png": png(640, 360), "empty.mp4": b""}
    await drawer.locator("input").set_input_files([payload(name, data) for name, data in files.items()])
    await expect(drawer).to_contain_text("This file is empty.")
    for name in ("opening", "harbour"):
        await drawer.get_by_role("button", name=f"Make a source of {name}").click(timeout=30_000)
        await expect(drawer).to_contain_text(f"Used by source {name}", timeout=30_000)
    await desk.get_by_role("region", name="Clips and stills").evaluate("(each) => each.scrollIntoView()")
    await expect(desk.get_by_role("listitem", name="opening").get_by_role("timer")).to_be_visible()
    await take(desk, "switcher-media")
    await desk.keyboard.press("Escape")


if __name__ == "__main__":
    asyncio.run(main())
