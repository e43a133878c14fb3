"""What a guest's page weighs on its way, and in which order it comes: one language, beside all the rest."""

import pytest
from playwright.async_api import Page, expect

from tests.kit.app import running_app
from tests.kit.browser import chromium, visitor

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

MOST_BYTES = 60_000
SAYS = {"en": "I have read this and agree", "nb": "Jeg har lest dette"}

_LOADED = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => /\\.(js|css)$/.test(name))
    .map(({ name, encodedBodySize }) => [name, encodedBodySize])"""


async def test_a_page_brings_one_language_and_no_more_than_it_may_weigh() -> None:
    async with running_app(guests={"open": True}) as app, chromium() as browser:
        for language, other in (("en", "nb"), ("nb", "en")):
            async with visitor(browser, f"{app.url}/guest_join?lang={language}") as guest:
                await expect(guest.page.get_by_text(SAYS[language])).to_be_visible(timeout=15_000)
                files = await _files(guest.page)
                loaded = "".join(files.values())
                assert SAYS[language] in loaded
                assert SAYS[other] not in loaded
                assert 0 < sum(size for _, size in await guest.page.evaluate(_LOADED)) <= MOST_BYTES
                assert _first_with(files, SAYS[language]) > _first_with(files, "createElement")


async def test_a_page_of_which_a_part_does_not_come_says_so() -> None:
    async with (
        running_app(guests={"open": True}) as app,
        chromium() as browser,
        visitor(browser, "about:blank") as guest,
    ):
        await guest.page.route("**/assets/start-*.js", lambda route: route.abort())
        await guest.page.goto(f"{app.url}/guest_join")
        await expect(guest.page.get_by_text("This page did not load completely")).to_be_visible()


async def _files(page: Page) -> dict[str, str]:
    """Scripts and styles by name, in the order in which the page asked for them."""
    loaded = await page.evaluate(_LOADED)
    return {name: await (await page.context.request.get(name)).text() for name, _ in loaded}


def _first_with(files: dict[str, str], text: str) -> int:
    return next(place for place, content in enumerate(files.values()) if text in content)
