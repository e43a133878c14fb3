"""A whole show from the pages: two operators' desks, two guests' pages, and what each guest hears."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import Watched, chromium, visitor
from tests.kit.pages import join, open_switcher, plays, scene_tile, seat_tile, seated
from tests.kit.publisher import publishing
from tests.kit.sfu_account import Account, sfu_account
from tests.kit.show import Show, camera_file, encode, microphone_file
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ADA = Show(320, 180, color=(200, 40, 40), tone=500, seconds=2)
BEN = Show(320, 180, color=(40, 60, 200), tone=1300, seconds=2)
VOICE = Show(320, 180, tone=2300, seconds=2)
"""Of the operator who speaks; no tone lies on a harmonic of another."""
SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""
HEARD_DB = -55
APART_DB = 25
"""A tone that is mixed in lies within a few dB of the others; what coding leaves of another, below."""
TONES = """async (hertz) => {
  const player = document.querySelector(".studio audio, .sound audio");
  if (!player?.srcObject?.getAudioTracks().length || player.paused || player.muted) return null;
  const context = new AudioContext();
  const meter = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(player.srcObject).connect(meter);
  const bins = new Float32Array(meter.frequencyBinCount);
  const ranges = hertz.map(() => [0, -200]);
  for (let window = 0; window < 3; window += 1) {
    await new Promise((done) => setTimeout(done, 400));
    meter.getFloatFrequencyData(bins);
    hertz.forEach((tone, index) => {
      const at = Math.round((tone * meter.fftSize) / context.sampleRate);
      const level = Math.max(-200, ...bins.slice(at - 4, at + 5));
      ranges[index] = [Math.min(ranges[index][0], level), Math.max(ranges[index][1], level)];
    });
  }
  await context.close();
  return ranges;
}"""
"""Of each tone in what the page plays of the studio, or its operator listens to: the least and the most in
dB over a second."""


async def hears(page: Page, *there: Show, without: tuple[Show, ...]) -> None:
    """Return once a page plays these tones all of a second, and none of those."""
    seen: Any = None

    async def does() -> bool:
        nonlocal seen
        seen = await page.evaluate(TONES, [each.tone for each in (*there, *without)])
        if seen is None:
            return False
        least = min(low for low, _ in seen[: len(there)])
        most = max((high for _, high in seen[len(there) :]), default=-200)
        return bool(least > HEARD_DB and most < least - APART_DB)

    try:
        await until(does, SLOW / 1000, interval=0.1)
    except AssertionError as error:
        raise AssertionError(f"{[each.tone for each in (*there, *without)]} Hz: {seen} dB") from error


async def test_two_operators_bring_two_guests_through_a_show() -> None:
    seats = {"seats": ["guest1", "guest2"]}
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER, guests=seats) as app,
        chromium(microphone=microphone_file(VOICE)) as studio,
        visitor(studio, "about:blank") as one,
        visitor(studio, "about:blank") as two,
        knocking(app, "Ada", ADA) as ada,
        knocking(app, "Ben", BEN) as ben,
    ):
        for desk in (one.page, two.page):
            await open_switcher(desk, app)
        await are_brought_in(one.page, two.page, ada.page, ben.page)
        await go_on_air(one.page, two.page, ada.page, ben.page)
        await hears(ada.page, BEN, without=(ADA, VOICE))
        await hears(ben.page, ADA, without=(BEN, VOICE))
        await is_spoken_to(one.page, ada.page, ben.page)
        await is_recorded(two.page, ada.page)
        await suits_themselves(app, ada.page)
        await are_removed(app, one.page, two.page, ada.page, ben.page)
        assert "Exception" not in app.log(), "an offer that is taken back is no bug of the house"
        # What is watched is closed when its guest moves or is removed, before the pages can.
        errors = [each for page in (one, two, ada, ben) for each in page.errors]
        assert [each for each in errors if "/whep/" not in each] == []


@contextlib.asynccontextmanager
async def knocking(app: App, name: str, show: Show) -> AsyncIterator[Watched]:
    """Somebody with a browser of their own, who waits in the lobby."""
    invite = await app.invite(None)
    async with (
        chromium(camera=camera_file(show), microphone=microphone_file(show)) as browser,
        visitor(browser, invite["url"]) as guest,
    ):
        await join(guest.page, name)
        await expect(guest.page.get_by_text("You are waiting in the lobby")).to_be_visible(timeout=SLOW)
        yield guest


async def are_brought_in(one: Page, two: Page, ada: Page, ben: Page) -> None:
    """Each by another operator; both desks show who waits and who sits."""
    for desk, name, seat, guest in ((one, "Ada", "guest1", ada), (two, "Ben", "guest2", ben)):
        waiting = desk.get_by_role("region", name="Lobby").get_by_role("article", name=name)
        await waiting.get_by_role("button", name=seat, exact=True).click(timeout=SLOW)
        await seated(guest, seat)
        for each in (one, two):
            seats = each.get_by_role("region", name="Seats")
            await expect(seats.get_by_role("article", name=name)).to_contain_text("Live", timeout=SLOW)


def line(guest: Page) -> Locator:
    return guest.locator(".tally-line")


async def go_on_air(one: Page, two: Page, ada: Page, ben: Page) -> None:
    """One operator takes, the other lets Auto do it; both desks and both guests see what is on program."""
    await scene_tile(one, "guest1").click()
    await expect(line(ada)).to_contain_text("NEXT")
    await expect(scene_tile(two, "guest1")).to_contain_text("NEXT")
    await one.get_by_role("button", name="Take", exact=True).click()
    await expect(line(ada)).to_contain_text("ON AIR")
    await expect(scene_tile(two, "guest1")).to_contain_text("ON AIR")
    await expect(line(ben)).to_contain_text("Not on air")
    await scene_tile(two, "guest2").click()
    await expect(line(ben)).to_contain_text("NEXT")
    await two.get_by_role("button", name="Auto", exact=True).click()
    await expect(line(ben)).to_contain_text("ON AIR")
    await expect(scene_tile(one, "guest2")).to_contain_text("ON AIR")
    await expect(line(ada)).not_to_contain_text("ON AIR")
    await scene_tile(one, "Two Up").dblclick()
    for guest in (ada, ben):
        await expect(line(guest)).to_contain_text("ON AIR")
        await plays(guest.get_by_label("From the studio").locator("video"), SLOW)


async def is_spoken_to(desk: Page, ada: Page, ben: Page) -> None:
    """The operator's own microphone, while the button is held, to her alone; her answer is heard there."""
    says = ada.get_by_text("The producer speaks to you")
    button = desk.get_by_role("button", name="Hold to talk to Ada", exact=True)
    await button.hover()
    await desk.mouse.down()
    await expect(desk.get_by_text("Ada hears you. The audience does not.")).to_be_visible(timeout=SLOW)
    await expect(says).to_be_visible()
    await expect(desk.get_by_label("Level of your microphone")).to_be_visible()
    await hears(ada, VOICE, without=(ADA,))
    await hears(ben, ADA, without=(BEN, VOICE))
    await hears(desk, ADA, without=(BEN, VOICE))
    await expect(desk.get_by_text("You hear Ada. Nothing on air changes.")).to_be_visible()
    await desk.mouse.up()
    await expect(says).to_be_hidden(timeout=SLOW)
    await hears(ada, BEN, without=(ADA, VOICE))
    await expect(desk.locator(".sound audio")).to_have_count(0, timeout=SLOW)


async def is_recorded(desk: Page, guest: Page) -> None:
    """The guest's light goes on, and out again."""
    lights, part = guest.get_by_label("What the studio does"), desk.get_by_role("region", name="Recording")
    await part.get_by_role("button", name="Start recording").click()
    await expect(lights).to_contain_text("REC", timeout=SLOW)
    await part.get_by_role("button", name="Stop recording").click()
    await desk.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
    await expect(lights).to_be_empty(timeout=SLOW)


async def suits_themselves(app: App, page: Page) -> None:
    """The studio quieter and without its picture, and another microphone; they go on hearing."""
    studio = page.get_by_label("From the studio")
    volume = studio.get_by_role("slider", name="Volume of the studio")
    await volume.fill("0.5")
    assert await page.locator(".studio audio").evaluate("(each) => each.volume") == 0.5
    await studio.get_by_role("button", name="Picture off").click()
    await expect(studio).to_contain_text("You hear the studio. Its picture is off.", timeout=SLOW)
    await expect(studio.locator("video")).to_have_count(0)
    await hears(page, BEN, without=(ADA, VOICE))
    assert await page.locator(".studio audio").evaluate("(each) => each.volume") == 0.5
    await studio.get_by_role("button", name="Picture on").click()
    await plays(studio.locator("video"), SLOW)
    await page.get_by_role("button", name="Settings").click()
    microphone = page.get_by_role("dialog").get_by_label("Microphone", exact=True)
    chosen = await microphone.evaluate("(each) => each.options[each.options.length - 1].text")
    await microphone.select_option(chosen)
    await until(lambda: _microphone_is(app, chosen), 15, what="the page's own word of its microphone")
    await page.keyboard.press("Escape")


async def _microphone_is(app: App, name: str) -> bool:
    (guest,) = [each for each in await app.guests() if each["seat"] == "guest1"]
    return bool((guest["devices"] or {}).get("microphone", {}).get("now") == name)


async def are_removed(app: App, one: Page, two: Page, ada: Page, ben: Page) -> None:
    """Each by another operator's button; whose link is blocked cannot come again, and the other can."""
    for desk, name, guest, button in (
        (one, "Ben", ben, "Remove and block the link"),
        (two, "Ada", ada, "Remove"),
    ):
        await seat_tile(desk, name).get_by_role("button", name="Remove", exact=True).click()
        await desk.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
        await expect(guest.get_by_text("The producer has ended your visit")).to_be_visible(timeout=SLOW)
        for each in (one, two):
            await expect(seat_tile(each, name)).to_have_count(0)
    invites = (await app.api.get("/api/invites")).json()["invites"]
    assert len(invites) == 1, "the blocked one works no more"


async def test_a_guest_by_cloudflare_hears_the_others_and_not_themselves() -> None:
    async with (
        sfu_account() as sfu,
        running_app(with_mixer=True, mixer=SMALL_MIXER, carrier=by(sfu)) as app,
        knocking(app, "Ada", ADA) as ada,
    ):
        ben = await app.invite("guest2", carrier="builtin")
        async with publishing(app.whip("guest2"), ben["token"], encode(BEN)):
            (guest,) = [each["id"] for each in await app.guests() if each["state"] == "lobby"]
            answer = await app.api.post(f"/api/guests/{guest}/seat", json={"seat": "guest1"})
            assert answer.is_success, answer.text
            await seated(ada.page)
            assert (await app.api.post("/api/mixer/cut", json={"scene": "two_up"})).is_success
            await expect(line(ada.page)).to_contain_text("ON AIR", timeout=SLOW)
            await plays(ada.page.get_by_label("From the studio").locator("video"), SLOW)
            await hears(ada.page, BEN, without=(ADA,))
            (seen,) = [each for each in await app.guests() if each["id"] == guest]
            assert [each["carrier"] for each in seen["sessions"]] == ["cloudflare"]
            assert (await app.api.get("/api/carrier/cost")).json()["returned_bytes"] > 0


def by(sfu: Account) -> dict[str, Any]:
    """The settings of a program whose guests come by this SFU."""
    account = {"app_id": sfu.app_id, "app_secret": sfu.app_secret, "base_url": sfu.base_url}
    return {"kind": "cloudflare", "cloudflare": account}
