"""A whole show from the pages: two operators' desks, a guest by each carrier, and what each guest hears."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.test_cloudflare import by
from tests.kit.app import SMALL_MIXER, App, running_app
from tests.kit.browser import Watched, chromium, visitor
from tests.kit.hearing import hears
from tests.kit.net import Namespace, namespace
from tests.kit.pages import held, open_switcher, plays, scene_tile, seat_tile, seated, tally_line
from tests.kit.people import waiting
from tests.kit.sfu_process import sfu_process
from tests.kit.show import Show, microphone_file
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.netns, pytest.mark.timeout(300)]

ADA = Show(320, 180, color=(200, 40, 40), tone=500, seconds=2)
BEN = Show(320, 180, color=(40, 60, 200), tone=1300, seconds=2)
VOICE = Show(320, 180, tone=2300, seconds=2)
"""Of the operator who speaks; no tone lies on a harmonic of another."""
SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""


@dataclass(frozen=True)
class Person:
    """A guest of the walk, at the far end of a cable.

    Attributes:
        name: What the desks call them.
        carrier: What a desk says of how they come.
        heard: Their own tone in hertz.
    """

    name: str
    seat: str
    carrier: str
    heard: int
    cable: Namespace
    watched: Watched

    @property
    def page(self) -> Page:
        return self.watched.page


async def test_two_operators_bring_a_guest_by_each_carrier_through_a_show() -> None:
    seats = {"seats": ["guest1", "guest2"]}
    with namespace(1) as near, namespace(2) as far:
        async with (
            sfu_process(far.near) as sfu,
            running_app(
                "--lan",
                with_mixer=True,
                server={"tls": "self-signed"},
                mixer=SMALL_MIXER,
                guests=seats,
                carrier=by(sfu, "builtin"),
            ) as app,
            chromium(microphone=microphone_file(VOICE)) as studio,
            desks(studio, app) as (one, two),
            knocking(app, near) as ada,
            invited(app, far) as ben,
        ):
            await are_brought_in(one.page, two.page, ada, ben)
            await go_on_air(one.page, two.page, ada, ben)
            await hears(ada.page, BEN.tone, without=(ADA.tone, VOICE.tone))
            await hears(ben.page, ADA.tone, without=(BEN.tone, VOICE.tone))
            await is_spoken_to(one.page, ada, but_not=ben)
            await is_spoken_to(two.page, ben, but_not=ada)
            await is_recorded(two.page, ada.page)
            await suits_themselves(app, ada.page)
            await has_cost_something(app)
            # What is watched is closed when its guest moves, before the pages can.
            errors = [each for page in (one, two, ada.watched, ben.watched) for each in page.errors]
            assert [each for each in errors if "/whep/" not in each] == []
            for cut, other in ((ben, ada), (ada, ben)):
                await is_cut_off_and_comes_back(one.page, cut, other)
            await are_removed(app, one.page, two.page, ada, ben)
            assert "Exception" not in app.log(), "an offer that is taken back is no bug of the house"


@contextlib.asynccontextmanager
async def desks(browser: Browser, app: App) -> AsyncIterator[tuple[Watched, Watched]]:
    """Two operators, each with a page of their own."""
    async with visitor(browser, "about:blank") as one, visitor(browser, "about:blank") as two:
        for desk in (one.page, two.page):
            await open_switcher(desk, app)
        yield one, two


@contextlib.asynccontextmanager
async def knocking(app: App, cable: Namespace) -> AsyncIterator[Person]:
    """Ada has no link: she knocks, and comes by the built-in carrier, as the settings say."""
    page = f"{app.url}/guest_join".replace("127.0.0.1", cable.near)
    async with waiting(page, "Ada", ADA, cable) as watched:
        yield Person("Ada", "guest1", "By the built-in carrier", ADA.tone, cable, watched)


@contextlib.asynccontextmanager
async def invited(app: App, cable: Namespace) -> AsyncIterator[Person]:
    """Ben has a link, which says that he comes by Cloudflare."""
    invite = await app.invite(None, carrier="cloudflare")
    async with waiting(invite["url"].replace("127.0.0.1", cable.near), "Ben", BEN, cable) as watched:
        yield Person("Ben", "guest2", "By Cloudflare", BEN.tone, cable, watched)


async def are_brought_in(one: Page, two: Page, ada: Person, ben: Person) -> None:
    """Each by another operator; both desks show who waits and who sits, and by which carrier they come."""
    for desk in (one, two):
        lobby = desk.get_by_role("region", name="Lobby")
        for guest in (ada, ben):
            tile = lobby.get_by_role("article", name=guest.name)
            await expect(tile).to_contain_text("Live", timeout=SLOW)
            await expect(tile).to_contain_text(guest.carrier)
    for desk, guest in ((one, ada), (two, ben)):
        tile = desk.get_by_role("region", name="Lobby").get_by_role("article", name=guest.name)
        await tile.get_by_role("button", name=guest.seat, exact=True).click()
        await seated(guest.page, guest.seat)
        for each in (one, two):
            seats = each.get_by_role("region", name="Seats")
            await expect(seats.get_by_role("article", name=guest.name)).to_contain_text("Live", timeout=SLOW)


async def go_on_air(one: Page, two: Page, ada: Person, ben: Person) -> None:
    """One operator takes, the other lets Auto do it; both desks and both guests see what is on program."""
    hers, his = tally_line(ada.page), tally_line(ben.page)
    await scene_tile(one, "guest1").click()
    await expect(hers).to_contain_text("NEXT")
    await expect(scene_tile(two, "guest1")).to_contain_text("NEXT")
    await one.get_by_role("button", name="Take", exact=True).click()
    await expect(hers).to_contain_text("ON AIR")
    await expect(scene_tile(two, "guest1")).to_contain_text("ON AIR")
    await expect(his).to_contain_text("Not on air")
    await scene_tile(two, "guest2").click()
    await expect(his).to_contain_text("NEXT")
    await two.get_by_role("button", name="Auto", exact=True).click()
    await expect(his).to_contain_text("ON AIR")
    await expect(scene_tile(one, "guest2")).to_contain_text("ON AIR")
    await expect(hers).not_to_contain_text("ON AIR")
    await scene_tile(one, "Two Up").dblclick()
    for guest in (ada, ben):
        await expect(tally_line(guest.page)).to_contain_text("ON AIR")
        await plays(guest.page.get_by_label("From the studio").locator("video"), SLOW)


async def is_spoken_to(desk: Page, guest: Person, *, but_not: Person) -> None:
    """The operator's own microphone, while the button is held, to one alone, whose answer is heard there."""
    says = guest.page.get_by_text("The producer speaks to you")
    async with held(desk.get_by_role("button", name=f"Hold to talk to {guest.name}", exact=True)):
        hearing = f"{guest.name} hears you. The audience does not."
        await expect(desk.get_by_text(hearing)).to_be_visible(timeout=SLOW)
        await expect(says).to_be_visible(timeout=SLOW)
        await expect(desk.get_by_label("Level of your microphone")).to_be_visible()
        await hears(guest.page, VOICE.tone, without=(guest.heard,))
        await hears(but_not.page, guest.heard, without=(but_not.heard, VOICE.tone))
        await hears(desk, guest.heard, without=(but_not.heard, VOICE.tone))
        await expect(desk.get_by_text(f"You hear {guest.name}. Nothing on air changes.")).to_be_visible()
    await expect(says).to_be_hidden(timeout=SLOW)
    await hears(guest.page, but_not.heard, without=(guest.heard, VOICE.tone))
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
    await hears(page, BEN.tone, without=(ADA.tone, VOICE.tone))
    assert await page.locator(".studio audio").evaluate("(each) => each.volume") == 0.5
    await studio.get_by_role("button", name="Picture on").click()
    await plays(studio.locator("video"), SLOW)
    await page.get_by_role("button", name="Settings").click()
    microphone = page.get_by_role("dialog").get_by_label("Microphone", exact=True)
    chosen = await microphone.evaluate("(each) => each.options[each.options.length - 1].text")
    await microphone.select_option(chosen)
    await until(partial(_microphone_is, app, chosen), 15, what="the page's own word of its microphone")
    await page.keyboard.press("Escape")


async def _microphone_is(app: App, name: str) -> bool:
    (guest,) = [each for each in await app.guests() if each["seat"] == "guest1"]
    return bool((guest["devices"] or {}).get("microphone", {}).get("now") == name)


async def has_cost_something(app: App) -> None:
    """His return is counted as what Cloudflare sends."""
    assert (await app.api.get("/api/carrier/cost")).json()["returned_bytes"] > 0


async def is_cut_off_and_comes_back(desk: Page, cut: Person, other: Person) -> None:
    """Both know it; without a hand the guest is on air in the same seat again, hears and is heard."""
    lost = desk.get_by_role("button", name=f"{cut.name} is lost on air")
    gone = cut.page.get_by_text("Connection lost")
    await asyncio.to_thread(cut.cable.impair, loss=1.0)
    await expect(lost).to_be_visible(timeout=SLOW)
    await expect(gone).to_be_visible(timeout=SLOW)
    await expect(tally_line(cut.page)).to_contain_text("On air or not?", timeout=SLOW)
    await expect(cut.page.locator(".arrival")).to_contain_text("Not known at the moment")
    await hears(other.page, without=(cut.heard, other.heard, VOICE.tone))
    await asyncio.to_thread(cut.cable.impair)
    await expect(gone).to_be_hidden(timeout=SLOW)
    await expect(tally_line(cut.page)).to_contain_text("ON AIR", timeout=SLOW)
    await hears(other.page, cut.heard, without=(other.heard, VOICE.tone))
    await hears(cut.page, other.heard, without=(cut.heard, VOICE.tone))
    await plays(cut.page.get_by_label("From the studio").locator("video"), SLOW)
    await expect(lost).to_be_hidden(timeout=SLOW)


async def are_removed(app: App, one: Page, two: Page, ada: Person, ben: Person) -> None:
    """Each by another operator's button; whose link is blocked cannot come again."""
    for desk, guest, button in ((one, ben, "Remove and block the link"), (two, ada, "Remove")):
        await seat_tile(desk, guest.name).get_by_role("button", name="Remove", exact=True).click()
        await desk.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()
        await expect(guest.page.get_by_text("The producer has ended your visit")).to_be_visible(timeout=SLOW)
        for each in (one, two):
            await expect(seat_tile(each, guest.name)).to_have_count(0)
    assert (await app.api.get("/api/invites")).json()["invites"] == []
