"""Moments of a show: what is asked first, what is under way, what goes wrong."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, Route, expect

from tests.kit.app import App, running_app
from tests.kit.asked import asked, mixer_is
from tests.kit.pages import changes, held, plays, scene_tile
from tests.kit.rtmp_server import rtmp_server
from tests.kit.standing_still import stopped
from tests.kit.told import Told
from tests.kit.wait import until
from tests.kit.withheld import STRICT, TELL_PLAYING, is_too_slow_for_a_touch
from tests.pictures.desk import drawn, opened, runs, take
from tests.pictures.show import MIXER, SEATS, guests


async def before_the_show() -> None:
    """A first start, and one where another program mixes."""
    async with running_app(with_mixer=True, mixer=MIXER) as app, opened(app, 1280, 720) as desk:
        await until(lambda: drawn(desk.locator(".scene img"), 6), 60, what="the scenes' pictures")
        await take(desk, "switcher-first")
    async with running_app() as app, opened(app, 1280, 720) as desk:
        await expect(desk.get_by_text("Another program is the mixer").first).to_be_visible()
        await take(desk, "switcher-another-mixer")


async def under_way(app: App, desk: Page) -> None:
    """Recorded and sent, spoken, faded; what was asked and is not done yet."""
    await _is_recorded_and_sent(app, desk)
    await desk.evaluate("scrollTo(0, 0)")
    async with held(desk.get_by_role("button", name="Hold to talk to Guest", exact=True)):
        await expect(desk.get_by_text("Guest hears you. The audience does not.")).to_be_visible(
            timeout=20_000
        )
        await take(desk, "switcher-talk")
    await asked(app, "POST", "/api/mixer/fade-to-black", frames=1)
    await until(lambda: mixer_is(app, black=1.0), 10, what="black")
    await desk.evaluate("scrollTo(0, 0)")
    await changes(desk.get_by_label("Multiview"))
    await take(desk, "switcher-black")
    await asked(app, "POST", "/api/mixer/fade-to-black", black=False, frames=1)
    await _is_pending(desk)
    await desk.locator(".strip-open").first.click()
    await expect(desk.get_by_role("dialog")).to_be_visible()
    await take(desk, "switcher-strip")
    await desk.keyboard.press("Escape")


async def _is_recorded_and_sent(app: App, desk: Page) -> None:
    part = desk.get_by_role("region", name="Recording")
    with TemporaryDirectory() as folder:
        async with rtmp_server(Path(folder)) as server:
            await asked(app, "POST", "/api/outputs", id="live", label="Stream", url=f"{server.url}/live/show")
            await part.get_by_role("button", name="Start recording").click()
            await expect(part).to_contain_text("pieces", timeout=30_000)
            outputs = desk.get_by_role("region", name="Outputs")
            await expect(outputs.get_by_role("listitem")).to_contain_text("live for", timeout=30_000)
            await part.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
            await take(desk, "switcher-recording")
            await part.get_by_role("button", name="Stop recording").click()
            await expect(desk.get_by_role("dialog")).to_be_visible()
            await take(desk, "switcher-stop")
            await desk.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
            await expect(part).to_contain_text("Nothing is recorded")
            (await app.api.delete("/api/outputs/live")).raise_for_status()


async def _is_pending(desk: Page) -> None:
    """A scene that was asked for on preview, and nothing was said of it yet."""
    may_go_on = asyncio.Event()

    async def wait(route: Route) -> None:
        await may_go_on.wait()
        await route.continue_()

    await desk.route("**/api/mixer/preview", wait, times=1)
    await scene_tile(desk, "Quad").click()
    await expect(scene_tile(desk, "Quad")).to_contain_text("…")
    await take(desk, "switcher-pending")
    may_go_on.set()
    await expect(scene_tile(desk, "Quad")).to_contain_text("NEXT")


async def two_operators(app: App, desk: Page) -> None:
    """Another one has changed the scene that is being edited."""
    scene = "/api/scenes/pip"
    theirs = {key: value for key, value in (await app.api.get(scene)).json().items() if key != "id"}
    await desk.get_by_role("button", name=f"Edit {theirs['label']}", exact=True).click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Name", exact=True).fill("Guest in a corner")
    (await app.api.put(scene, json={**theirs, "label": "Host in a corner"})).raise_for_status()
    await expect(sheet.get_by_text("Somebody else has changed this scene")).to_be_visible()
    await sheet.get_by_role("button", name="Save", exact=True).click()
    await expect(sheet.get_by_role("button", name="Save mine")).to_be_visible()
    await take(desk, "switcher-conflict")
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="Close without saving").click()
    (await app.api.put(scene, json=theirs)).raise_for_status()


async def goes_wrong(app: App, desk: Page) -> None:
    """A guest who drops on air, and a mixer that hangs."""
    await desk.evaluate("scrollTo(0, 0)")
    await asked(app, "POST", "/api/mixer/cut", scene="full-guest3")
    await asked(app, "POST", "/api/mixer/preview", scene="two_up")
    (guest,) = app.test_guests()
    with stopped(guest):
        line = desk.get_by_role("button", name="Test guest 1 is lost on air")
        await expect(line).to_be_visible(timeout=30_000)
        await take(desk, "switcher-lost")
    await expect(line).to_have_count(0, timeout=30_000)
    await asked(app, "POST", "/api/mixer/cut", scene="two_up")
    with stopped(app.child("mixer")):
        await expect(desk.get_by_text("This picture stands still").first).to_be_visible(timeout=10_000)
        await take(desk, "switcher-still")
    await changes(desk.get_by_label("Multiview"), 30_000)


async def cannot_hear(desk: Page, guest: Page) -> None:
    """A guest has turned the studio's sound down to nothing."""
    volume = guest.get_by_role("slider", name="Volume of the studio")
    await volume.fill("0")
    seats = desk.get_by_role("region", name="Seats")
    tile = seats.get_by_role("article", name="Guest", exact=True)
    await expect(tile).to_contain_text("Cannot hear you", timeout=15_000)
    await seats.evaluate("(each) => each.scrollIntoView()")
    await changes(tile.locator("canvas"), 30_000)
    await take(desk, "switcher-cannot-hear")
    await volume.fill("1")
    await expect(tile).not_to_contain_text("Cannot hear you", timeout=15_000)


async def sound_waits(app: App) -> None:
    """Program is listened to in a browser that starts no sound once a touch is over."""
    async with opened(app, 1280, 720, STRICT) as desk:
        await desk.add_init_script(f"({TELL_PLAYING})()")
        await desk.reload()
        await runs(desk)
        told = Told(desk)
        await is_too_slow_for_a_touch(desk, told, "**/whep/monitor-*")
        await desk.get_by_role("button", name="Listen to Program", exact=True).click()
        await told.says("play: NotAllowedError")
        await expect(desk.get_by_role("button", name="Click to hear Program", exact=True)).to_be_visible()
        await take(desk, "switcher-click-to-hear")


async def second_canvas() -> None:
    """Scenes on both canvases, what goes out on the second one, and a scene that is arranged for it."""
    second = {"enabled": True, "width": 360, "height": 640, "preset": "ultrafast", "bitrate": 800_000}
    async with (
        running_app(
            with_mixer=True, mixer={**MIXER, "second_canvas": second}, guests={"seats": SEATS}
        ) as app,
        guests(app),
        opened(app, 1280, 720) as desk,
    ):
        await asked(app, "POST", "/api/mixer/cut", scene="two_up")
        await asked(app, "POST", "/api/mixer/preview", scene="pip")
        await runs(desk)
        await until(lambda: drawn(desk.locator(".scene img"), 12), 60, what="the scenes on both canvases")
        await desk.get_by_role("button", name="Second canvas", exact=True).click()
        drawer = desk.get_by_role("region", name="Second canvas")
        await plays(drawer.get_by_label("Second canvas"), 30_000)
        await take(desk, "switcher-second-canvas")
        await desk.keyboard.press("Escape")
        await desk.get_by_role("button", name="Edit Two Up").click()
        sheet = desk.get_by_role("dialog")
        await sheet.get_by_role("radio", name="Second canvas").check()
        await sheet.get_by_role("button", name="Arrange by hand").click()
        await until(lambda: drawn(sheet.locator(".thumbnail img")), what="the scene's picture")
        await take(desk, "switcher-second-scene")
