"""What the desk's page sends is on the guest's, and what the guest does there is said at the desk."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.kit.accessibility import violations
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, open_switcher, plays, seated
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

CLOSER = "Shown on their screen: “Closer, please”"
READ = re.compile(r"Read at \d\d:\d\d: “Closer, please”")
COUNTDOWN = re.compile(r"Shown on their screen: a countdown to \d\d:\d\d:\d\d\.")
PROMPTER = "Shown on their screen: a text to read."
NEWS = "Good evening. This is the news. " * 40


async def test_what_one_page_sends_the_other_shows() -> None:
    async with running_app() as app, chromium() as browser:
        invite = await app.invite("guest1", name="Ada")
        async with visitor(browser, invite["url"]) as guest, visitor(browser, "about:blank") as operator:
            page, desk = guest.page, operator.page
            await join(page)
            await seated(page)
            await open_switcher(desk, app)
            await _reads_a_message(desk, page)
            await _counts_down(browser, app, desk, page)
            await _reads_from_the_prompter(desk, page)
            await _is_switched_off(desk, page)
            await _raises_a_hand(desk, page)
            await _chats(desk, page)
            await _closes_the_page(desk, page)
            assert [*guest.errors, *operator.errors] == []


async def _reads_a_message(desk: Page, page: Page) -> None:
    """It stands there for the desk until it is read, and then when that was, over reloads of either page."""
    sheet = await _to_their_screen(desk)
    await sheet.get_by_label("Message").fill("Closer, please")
    await desk.keyboard.press("Enter")
    message = page.locator(".cue-message")
    await expect(message).to_contain_text("Closer, please")
    await expect(sheet).to_contain_text(CLOSER)
    assert await violations(desk) == []
    await desk.reload()
    tile = _tile(desk)
    await expect(tile).to_contain_text(CLOSER)
    await page.reload()
    await seated(page)
    await expect(message).to_contain_text("Closer, please")
    await expect(tile).to_contain_text(CLOSER)
    await message.get_by_role("button", name="I have read it").click()
    await expect(message).to_have_count(0)
    await expect(tile).to_contain_text(READ)
    await expect(tile).not_to_contain_text(CLOSER)
    await desk.reload()
    await expect(tile).to_contain_text(READ)
    assert await violations(desk) == []
    await tile.get_by_role("button", name=re.compile("Dismiss: Read at")).click()
    await expect(tile).not_to_contain_text("Closer, please")


async def _counts_down(browser: Browser, app: App, desk: Page, page: Page) -> None:
    """Another operator, who comes later, sees it and takes it away."""
    sheet = await _to_their_screen(desk)
    await sheet.get_by_label("Countdown").fill("90")
    await desk.keyboard.press("Enter")
    clock = page.get_by_role("timer")
    await expect(clock).to_contain_text("1:")
    await expect(sheet).to_contain_text(COUNTDOWN)
    async with visitor(browser, "about:blank") as other:
        await open_switcher(other.page, app)
        tile = _tile(other.page)
        await expect(tile).to_contain_text(COUNTDOWN)
        await tile.get_by_role("button", name="Take it away: Shown on their screen: a countdown").click()
        await expect(clock).to_have_count(0)
        for each in (tile, sheet):
            await expect(each).not_to_contain_text("a countdown to")
        assert other.errors == []
    await desk.keyboard.press("Escape")


async def _reads_from_the_prompter(desk: Page, page: Page) -> None:
    """It runs as it was sent, until the guest closes it."""
    sheet = await _to_their_screen(desk)
    await sheet.get_by_label("Text to read").fill(NEWS)
    await sheet.get_by_label("Speed").fill("300")
    await sheet.get_by_label("Size").fill("9")
    await sheet.get_by_role("button", name="Show the text").click()
    text = page.get_by_role("region", name="Prompter")
    await expect(text).to_contain_text("This is the news.")
    await expect(text.locator("p")).to_have_attribute("style", re.compile("9dvh"))
    await expect(sheet).to_contain_text(PROMPTER)
    await page.get_by_role("button", name="Close the prompter").click()
    await expect(text).to_have_count(0)
    await expect(sheet).not_to_contain_text(PROMPTER)
    await desk.keyboard.press("Escape")


async def _is_switched_off(desk: Page, page: Page) -> None:
    """Microphone and camera are off at the guest, who alone switches them on."""
    tile = _tile(desk)
    await tile.get_by_role("button", name="Mic off at the guest: Ada").click()
    await expect(page.get_by_text("The producer has muted your microphone.")).to_be_visible()
    await expect(tile.get_by_text("Mic off at the guest", exact=True)).to_be_visible()
    await tile.get_by_role("button", name="Ask for mic on: Ada").click()
    await page.get_by_role("button", name="Stay muted").click()
    await expect(tile).to_contain_text("Mic on at the guest: refused, the guest stays muted.")
    await tile.get_by_role("button", name="Dismiss: Mic on at the guest").click()
    await tile.get_by_role("button", name="Ask for mic on: Ada").click()
    await page.get_by_role("alert").get_by_role("button", name="Unmute").click()
    await expect(tile.get_by_role("button", name="Mic off at the guest: Ada")).to_be_enabled()
    camera = tile.get_by_role("button", name="Camera off: Ada")
    await camera.click()
    await expect(page.get_by_text("The producer has switched your camera off.")).to_be_visible()
    await expect(tile.locator(".tile-chips").first).to_contain_text("Camera off")
    await expect(camera).to_have_attribute("data-why", "It is so already.")
    await page.locator(".guest-bar").get_by_role("button", name="Camera on").click()
    await plays(page.locator(".self-view video"))
    await expect(camera).to_be_enabled()


async def _raises_a_hand(desk: Page, page: Page) -> None:
    """A hand is in the desk's title until somebody looks, and up until it is lowered."""
    await page.get_by_role("button", name="Raise hand").click()
    counter = desk.get_by_role("button", name="1 hand up")
    await expect(counter).to_be_visible()
    await expect(page.get_by_text("Your hand is up.")).to_be_visible()
    assert "1 hand up" in await desk.title()
    await counter.press("Enter")
    lower = desk.get_by_role("button", name="Lower the hand of Ada")
    await expect(lower).to_be_focused()
    await until(lambda: _says_title(desk, "hand up", False), what="a title without the hand")
    await desk.keyboard.press("Enter")
    await expect(counter).to_have_count(0)
    await expect(page.get_by_text("Your hand is up.")).to_have_count(0)


async def _chats(desk: Page, page: Page) -> None:
    """What guests say is counted until its thread is read; operators answer to one or to all, by keys."""
    await page.locator(".guest-bar").get_by_role("button", name="Chat").click()
    theirs = page.get_by_role("region", name="Chat")
    await _says(theirs, "Is this on?")
    await theirs.get_by_role("button", name="Everyone").click()
    await _says(theirs, "Hello all")
    chat = desk.get_by_role("button", name="Chat 2")
    await expect(chat).to_be_visible()
    assert "2 messages" in await desk.title()
    await chat.press("Enter")
    drawer = desk.get_by_role("region", name="Chat")
    await expect(drawer).to_contain_text("Hello all")
    await expect(drawer).not_to_contain_text("Is this on?")
    await drawer.get_by_label("With").select_option("Ada (1 unread)")
    await expect(drawer).to_contain_text("Is this on?")
    assert await violations(desk) == []
    await drawer.get_by_label("To Ada alone").fill("It is.")
    await desk.keyboard.press("Enter")
    await expect(drawer.get_by_role("log")).to_contain_text("It is.")
    await expect(theirs).to_contain_text("It is.")
    await drawer.get_by_label("With").select_option("Everyone")
    await drawer.get_by_label("To everyone").fill("Five minutes")
    await desk.keyboard.press("Enter")
    await expect(theirs).to_contain_text("Five minutes")
    await desk.keyboard.press("Escape")
    await expect(desk.get_by_role("button", name="Chat", exact=True)).to_be_focused()
    await desk.reload()
    await expect(_tile(desk)).to_be_visible()
    await desk.get_by_role("button", name="Chat", exact=True).click()
    await expect(drawer).to_contain_text("Hello all")
    await desk.keyboard.press("Escape")
    await page.keyboard.press("Escape")


async def _closes_the_page(desk: Page, page: Page) -> None:
    """What stood on a page that is gone stands nowhere."""
    sheet = await _to_their_screen(desk)
    await sheet.get_by_label("Message").fill("Closer, please")
    await desk.keyboard.press("Enter")
    await expect(sheet).to_contain_text(CLOSER)
    await page.close()
    await expect(sheet).not_to_contain_text(CLOSER)


async def _says(chat: Locator, text: str) -> None:
    field = chat.get_by_label("Your message")
    await field.fill(text)
    await field.press("Enter")
    await expect(field).to_have_value("")


async def _to_their_screen(desk: Page) -> Locator:
    """The sheet from which things are put on the guest's screen."""
    await _tile(desk).get_by_role("button", name="To their screen: Ada").press("Enter")
    return desk.get_by_role("dialog")


def _tile(desk: Page) -> Locator:
    return desk.get_by_role("article", name="Ada", exact=True)


async def _says_title(desk: Page, words: str, wanted: bool) -> bool:
    return (words in await desk.title()) is wanted
