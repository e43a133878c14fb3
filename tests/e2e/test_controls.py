"""What a hand does on the desk, and what became of it in the mixer: sound, transitions, outputs, guests."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.asked import are_live, asked, is_between, mixer_is, strip_has
from tests.kit.browser import chromium, visitor
from tests.kit.pages import is_covered, open_switcher, scene_tile
from tests.kit.rtmp_server import RtmpServer, rtmp_server
from tests.kit.stand_in import stand_in
from tests.kit.standing_still import stopped
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient, pytest.mark.timeout(240)]

SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""
NAMED = {f"guest{each}": f"guest{each} · Test guest {each}" for each in (1, 2)}
"""What people read of a seat and of who sits there."""
HEARD = """() => {
  const player = document.querySelector(".sound audio");
  return player && !player.paused && player.currentTime > 0;
}"""


async def test_what_is_done_by_hand_is_done_by_the_mixer(tmp_path: Path) -> None:
    seats = {"seats": ["guest1", "guest2", "guest3"]}
    async with (
        rtmp_server(tmp_path) as server,
        running_app(with_mixer=True, mixer=SMALL_MIXER, guests=seats) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as operator,
    ):
        desk = operator.page
        await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await desk.set_viewport_size({"width": 1280, "height": 720})
        await open_switcher(desk, app)
        for seat in NAMED:
            await asked(app, "POST", "/api/test-guest", seat=seat)
        await until(lambda: are_live(app, "guest1", "guest2"), 40, interval=0.2, what="both test guests live")
        await asked(app, "POST", "/api/mixer/cut", scene="two_up")
        await _fader(desk, app)
        await _meters(desk, app)
        await _follows(desk, app)
        await _listens(desk, app)
        await _transitions(desk, app)
        await _tbar(desk, app)
        await _keys(desk, app)
        await _outputs(desk, app, server)
        await _guests(desk, app)
        await _links(desk, app)
        assert [each for each in operator.errors if "/whep/" not in each] == []


def _strip(desk: Page, seat: str) -> Locator:
    """A seat's strip, which names who sits there as well."""
    name = NAMED[seat]
    return desk.get_by_role("region", name="Sound").get_by_role("article", name=name, exact=True)


async def _fader(desk: Page, app: App) -> None:
    """By keys, by mouse, and to 0 dB by a double-click."""
    fader = desk.get_by_label("Fader of guest1")
    await fader.press("ArrowUp")
    await fader.press("ArrowUp")
    await until(lambda: strip_has(app, "guest1", gain_db=1), 15, what="a fader moved by keys")
    await expect(_strip(desk, "guest1")).to_contain_text("1.0 dB")
    await fader.hover()
    await desk.mouse.down()
    box = await fader.bounding_box()
    assert box is not None
    await desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.9, steps=3)
    await desk.mouse.up()

    async def is_low() -> bool:
        return bool((await app.api.get("/api/audio")).json()["strips"]["guest1"]["gain_db"] < -30)

    await until(is_low, 15, what="a fader moved by the mouse")
    await fader.dblclick()
    await until(lambda: strip_has(app, "guest1", gain_db=0), 15, what="a fader at its usual place")


async def _meters(desk: Page, app: App) -> None:
    """What is drawn is what sounds: silent sources fall, muted ones are not in program."""
    source, program = desk.get_by_label("Level of guest1"), desk.get_by_label("Level of Program")
    loudness = desk.get_by_label("Loudness of program")
    for meter in (source, program):
        await until(partial(is_covered, meter, below=0.8), 15, interval=0.1, what="a meter that shows")
    await expect(loudness).to_contain_text("−")
    for name in ("guest1", "guest2"):
        await desk.get_by_role("button", name=f"Fader mute of {name}").click()
        await until(partial(strip_has, app, name, muted=True), 15, what="a strip muted")
    await until(lambda: is_covered(program, above=0.99), 20, interval=0.1, what="program's meter falls")
    await expect(loudness).to_have_text("–", timeout=SLOW)
    await until(partial(is_covered, source, below=0.8), 15, what="a muted source's meter shows what comes")
    for name in ("guest1", "guest2"):
        await desk.get_by_role("button", name=f"Fader mute of {name}").click()
        await until(partial(strip_has, app, name, muted=False), 15, what="a strip heard again")
    await expect(loudness).to_contain_text("−", timeout=SLOW)
    with stopped(*app.test_guests()):
        for meter in (source, program):
            await until(partial(is_covered, meter, above=0.99), 20, interval=0.1, what="a meter falls")
    await until(lambda: are_live(app, "guest1", "guest2"), 40, interval=0.2, what="both live again")
    await until(lambda: is_covered(source, below=0.8), 20, interval=0.1, what="a meter that shows again")


async def _follows(desk: Page, app: App) -> None:
    """Whether a source is heard only where it is seen."""
    strip, follow = _strip(desk, "guest1"), desk.get_by_label(f"When {NAMED['guest1']} is heard")
    await _chosen(follow, "Never")
    await until(lambda: strip_has(app, "guest1", follow="off"), 15, what="a source that is never heard")
    await expect(strip).to_contain_text("Not heard")
    await asked(app, "POST", "/api/mixer/cut", scene="full-guest2")
    await _chosen(follow, "Always")
    await until(lambda: strip_has(app, "guest1", follow="open"), 15, what="a source that is always heard")
    await expect(strip).not_to_contain_text("Not heard")
    await _chosen(follow, "In scene")
    await expect(strip).to_contain_text("Not heard")


async def _chosen(choice: Locator, option: str) -> None:
    """Choose once nothing else is under way, and wait for the server's word."""
    await expect(choice).to_have_attribute("aria-busy", "false", timeout=SLOW)
    await choice.select_option(option)
    await expect(choice).to_have_attribute("aria-busy", "false", timeout=SLOW)


async def _listens(desk: Page, app: App) -> None:
    """To one alone, which nobody else hears; a second press ends it."""
    listen = desk.get_by_role("button", name=f"Listen to {NAMED['guest1']}", exact=True)
    await listen.click()
    await expect(desk.get_by_text(f"You hear {NAMED['guest1']}. Nothing on air changes.")).to_be_visible(
        timeout=SLOW
    )
    await until(lambda: desk.evaluate(HEARD), 15, what="the sound plays")
    await expect(_strip(desk, "guest1")).to_contain_text("Not heard")
    assert await mixer_is(app, program="full-guest2")
    await listen.click()
    await expect(desk.get_by_text("You hear guest1")).to_have_count(0)


async def _transitions(desk: Page, app: App) -> None:
    """Take cuts; Auto does what was chosen, for as long as was chosen."""
    transition = desk.get_by_role("group", name="Transition")
    await transition.get_by_role("button", name="Wipe").click()
    await _chosen(desk.get_by_label("Direction", exact=True), "↑ up")
    await _chosen(desk.get_by_label("Duration", exact=True), "3 s")
    await desk.reload()
    await expect(transition.get_by_role("button", name="Wipe")).to_have_attribute(
        "aria-pressed", "true", timeout=SLOW
    )
    await expect(desk.get_by_label("Direction", exact=True)).to_have_value("up")
    await expect(desk.get_by_label("Duration", exact=True)).to_have_value("90")
    await scene_tile(desk, "guest1").click()
    await until(lambda: mixer_is(app, preview="full-guest1"), 15, what="a scene on preview")
    await desk.get_by_role("button", name="Auto", exact=True).click()
    bar = desk.get_by_label("T-bar")
    await asyncio.gather(
        until(lambda: is_between(app), 15, interval=0.02, what="a transition on its way"),
        until(lambda: _stands_between(bar), 15, interval=0.02, what="the bar goes with it"),
    )
    await until(
        lambda: mixer_is(app, program="full-guest1", preview="full-guest2", position=None), 15, what="its end"
    )
    await desk.get_by_role("button", name="Take", exact=True).click()
    await until(lambda: mixer_is(app, program="full-guest2", position=None), 15, what="a cut")


async def _is_at(app: App, place: float) -> bool:
    position = (await app.api.get("/api/mixer")).json()["position"]
    return bool(position == pytest.approx(place, abs=0.005))


async def _stands_between(bar: Locator) -> bool:
    return 0 < int(await bar.input_value()) < 1000


async def _tbar(desk: Page, app: App) -> None:
    """By the mouse half the way and back to nothing, then by keys: a held one a tenth, another to the end."""
    bar = desk.get_by_label("T-bar")
    await until(lambda: mixer_is(app, preview="full-guest1"), 15)
    box = await bar.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    await desk.mouse.move(box["x"] + 4, y)
    await desk.mouse.down()
    await desk.mouse.move(box["x"] + box["width"] / 2, y, steps=4)
    await until(lambda: is_between(app), 15, what="half a transition")
    await expect(scene_tile(desk, "guest1")).to_contain_text("ON AIR")
    await expect(scene_tile(desk, "guest1")).to_contain_text(NAMED["guest1"])
    await desk.mouse.move(box["x"], y, steps=4)
    await until(lambda: mixer_is(app, program="full-guest2", position=None), 15, what="nothing of it")
    await desk.mouse.up()
    for _ in range(5):
        await desk.keyboard.down("ArrowRight")
    await until(lambda: _is_at(app, 0.1), 15, what="a tenth of a transition")
    await desk.keyboard.up("ArrowRight")
    await bar.press("End")
    await until(lambda: mixer_is(app, program="full-guest1", preview="full-guest2", position=None), 15)
    # And back: each pull takes what is on preview then.
    await bar.press("End")
    await until(lambda: mixer_is(app, program="full-guest2", preview="full-guest1", position=None), 15)
    await bar.press("End")
    await until(lambda: mixer_is(app, program="full-guest1", preview="full-guest2", position=None), 15)


async def _keys(desk: Page, app: App) -> None:
    """What was chosen with the mouse leaves the keys to the desk."""
    duration = desk.get_by_label("Duration", exact=True)
    await duration.click()
    await _chosen(duration, "1 s")
    second = (await app.api.get("/api/scenes")).json()["scenes"][1]["id"]
    await desk.keyboard.press("2")
    await until(lambda: mixer_is(app, preview=second), 15, what="a scene on preview by its key")
    await desk.keyboard.press("Space")
    await until(lambda: mixer_is(app, program=second), 15, what="a take by its key")
    await expect(duration).to_have_value("30")


async def _outputs(desk: Page, app: App, server: RtmpServer) -> None:
    """Added, live at its server, stopped after one question, started, removed after another."""
    part, sheet = desk.get_by_role("region", name="Outputs"), desk.get_by_role("dialog")
    await part.get_by_role("button", name="Add an output").click()
    await sheet.get_by_label("Address").fill(f"{server.url}/live/program")
    await sheet.get_by_label("Name (may stay empty)").fill("Main stream")
    await sheet.get_by_role("button", name="Add", exact=True).click()
    row = part.get_by_role("listitem").filter(has_text="Main stream")
    await expect(row).to_contain_text("live", timeout=SLOW)
    for answer, is_running in (("Cancel", True), ("Stop", False)):
        await row.get_by_role("button", name="Stop", exact=True).click()
        await expect(sheet).to_contain_text("Whoever watches there sees program end.")
        await sheet.get_by_role("button", name=answer, exact=True).click()
        await expect(sheet).to_have_count(0)
        await until(partial(_runs, app, is_running), 15, what="as it was answered")
    await row.get_by_role("button", name="Start", exact=True).click()
    await until(lambda: _runs(app, True), 15, what="an output that runs again")
    await expect(row).to_contain_text("live", timeout=SLOW)
    await row.get_by_role("button", name="Remove", exact=True).click()
    await sheet.get_by_role("button", name="Remove", exact=True).click()
    await expect(row).to_have_count(0)
    assert (await app.api.get("/api/outputs")).json()["outputs"] == []


async def _runs(app: App, wanted: bool) -> bool:
    (output,) = (await app.api.get("/api/outputs")).json()["outputs"]
    return bool(output["running"] is wanted)


async def _guests(desk: Page, app: App) -> None:
    """Renamed, sent to the lobby, brought back, removed with their link blocked."""
    async with stand_in(app, "guest3", "Ada"):
        seats, lobby = (desk.get_by_role("region", name=name) for name in ("Seats", "Lobby"))
        sheet = desk.get_by_role("dialog")
        tile = seats.get_by_role("article", name="Ada", exact=True)
        await tile.get_by_role("button", name="Rename").click()
        await sheet.get_by_label("Name", exact=True).fill("Ada Byron")
        await desk.keyboard.press("Enter")
        tile = seats.get_by_role("article", name="Ada Byron", exact=True)
        await tile.get_by_role("button", name="To lobby").click()
        waiting = lobby.get_by_role("article", name="Ada Byron", exact=True)
        await waiting.get_by_role("button", name="guest3", exact=True).click()
        await tile.get_by_role("button", name="Remove", exact=True).click()
        await sheet.get_by_role("button", name="Remove and block the link").click()
        await expect(desk.get_by_role("article", name="Ada Byron", exact=True)).to_have_count(0)
        assert (await app.api.get("/api/invites")).json()["invites"] == []


async def _links(desk: Page, app: App) -> None:
    """Made, copied, shown again with its code, and revoked: it lets nobody in any more."""
    await desk.get_by_role("button", name="Invite a guest").click()
    sheet = desk.get_by_role("dialog")
    await sheet.get_by_label("Guest's name (may stay empty)").fill("Grace")
    await sheet.get_by_role("button", name="Make the link").click()
    link = sheet.get_by_label("Link for the guest")
    await expect(link).to_be_visible(timeout=SLOW)
    (invite,) = (await app.api.get("/api/invites")).json()["invites"]
    url = await link.input_value()
    await expect(sheet.get_by_label("QR code of the link").locator("svg")).to_be_visible()
    await sheet.get_by_role("button", name="Copy link").click()
    await expect(sheet.get_by_role("button", name="Copied")).to_be_visible()
    assert await desk.evaluate("navigator.clipboard.readText()") == url
    await sheet.get_by_role("button", name="Another one").click()
    await expect(link).to_have_count(0)
    row = sheet.get_by_role("listitem").filter(has_text="Grace")
    await row.get_by_role("button", name="Show").click()
    await expect(link).to_have_value(url)
    await row.get_by_role("button", name="Revoke").click()
    await expect(row).to_have_count(0)
    await expect(link).to_have_count(0)
    token = {"Authorization": f"Bearer {invite['token']}"}
    assert (await app.api.get("/api/join", headers=token)).status_code == 410
