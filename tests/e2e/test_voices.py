"""Who is heard where: lobby and program at the desk, the operator by one guest in the lobby, and by all."""

import pytest
from playwright.async_api import Page, expect

from tests.kit.app import SMALL_MIXER, running_app
from tests.kit.asked import asked
from tests.kit.browser import chromium, visitor
from tests.kit.hearing import hears
from tests.kit.pages import held, open_switcher
from tests.kit.people import sitting, waiting
from tests.kit.show import Show, microphone_file

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ADA = Show(320, 180, color=(200, 40, 40), tone=500, seconds=2)
BEN = Show(320, 180, color=(40, 60, 200), tone=1300, seconds=2)
VOICE = Show(320, 180, tone=2300, seconds=2)
"""Of the operator who speaks; no tone lies on a harmonic of another."""
SLOW = 40_000
"""Milliseconds for what a busy machine may take its time over."""
LOBBY = ".desk-lobby audio"
SAYS = "The producer speaks to you"


async def test_the_lobby_and_program_are_heard_and_everybody_is_spoken_to() -> None:
    async with (
        running_app(with_mixer=True, mixer=SMALL_MIXER) as app,
        chromium(microphone=microphone_file(VOICE)) as studio,
        visitor(studio, "about:blank") as operator,
        waiting((await app.invite(None))["url"], "Ada", ADA) as ada,
        sitting((await app.invite("guest2"))["url"], "Ben", BEN, "guest2") as ben,
    ):
        desk = operator.page
        await open_switcher(desk, app)
        await asked(app, "POST", "/api/mixer/cut", scene="full-guest2")
        await _listens_in_the_lobby(desk)
        await _speaks_to_the_lobby(desk, ada.page, ben.page)
        await _speaks_to_all(desk, ada.page, ben.page)
        await _listens_to_program(desk)
        # What is watched is closed when nobody listens any more, before the page can; one release was lost.
        others = [each for each in operator.errors if "/whep/" not in each]
        assert ["/api/talkback" in each for each in others] == [True], others


async def _listens_in_the_lobby(desk: Page) -> None:
    """To her who waits, alone, until it is pressed again."""
    tile = desk.get_by_role("region", name="Lobby").get_by_role("article", name="Ada")
    await tile.get_by_role("button", name="Listen", exact=True).click(timeout=SLOW)
    await hears(desk, ADA.tone, without=(BEN.tone,), player=LOBBY)
    await tile.get_by_role("button", name="Stop listening").click()
    await expect(tile.get_by_role("button", name="Listen", exact=True)).to_be_visible()
    await expect(tile.locator("audio")).to_have_count(0)


async def _speaks_to_the_lobby(desk: Page, ada: Page, ben: Page) -> None:
    """She who waits hears the operator, who hears her answer; he who is on air does not."""
    async with held(desk.get_by_role("button", name="Hold to talk to Ada", exact=True)):
        await expect(desk.get_by_text("Ada hears you. The audience does not.")).to_be_visible(timeout=SLOW)
        await expect(ada.get_by_text(SAYS)).to_be_visible(timeout=SLOW)
        await hears(ada, VOICE.tone, without=(ADA.tone,))
        await hears(desk, ADA.tone, without=(BEN.tone, VOICE.tone))
        await hears(ben, without=(ADA.tone, VOICE.tone))
        await expect(ben.get_by_text(SAYS)).to_have_count(0)
    await expect(ada.get_by_text(SAYS)).to_be_hidden(timeout=SLOW)
    await hears(ada, without=(ADA.tone, VOICE.tone))


async def _speaks_to_all(desk: Page, ada: Page, ben: Page) -> None:
    """In the lobby and in a seat alike; where the release is lost on the way, it is said again."""
    async with held(desk.get_by_role("button", name="Hold to talk to all")):
        hearing = "All guests hear you. The audience does not."
        await expect(desk.get_by_text(hearing)).to_be_visible(timeout=SLOW)
        for guest, own in ((ada, ADA.tone), (ben, BEN.tone)):
            await expect(guest.get_by_text(SAYS)).to_be_visible(timeout=SLOW)
            await hears(guest, VOICE.tone, without=(own,))
        await desk.route("**/api/talkback", lambda route: route.abort(), times=1)
    for guest, own in ((ada, ADA.tone), (ben, BEN.tone)):
        await expect(guest.get_by_text(SAYS)).to_be_hidden(timeout=SLOW)
        await hears(guest, without=(own, VOICE.tone))


async def _listens_to_program(desk: Page) -> None:
    """To what the audience hears, until it is pressed again."""
    listen = desk.get_by_role("button", name="Listen to Program")
    await listen.click()
    await expect(desk.get_by_text("You hear Program. Nothing on air changes.")).to_be_visible(timeout=SLOW)
    await hears(desk, BEN.tone, without=(ADA.tone, VOICE.tone))
    await listen.click()
    await expect(desk.locator(".sound audio")).to_have_count(0)
