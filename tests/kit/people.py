"""Guests with browsers of their own, each with a colour and a tone."""

import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.kit.browser import Watched, chromium, visitor
from tests.kit.net import Namespace
from tests.kit.pages import join, seated
from tests.kit.show import Show, camera_file, microphone_file

_SLOW_MS = 40_000
"""For what a busy machine may take its time over."""


@contextlib.asynccontextmanager
async def _joining(url: str, name: str, show: Show, inside: Namespace | None) -> AsyncIterator[Watched]:
    async with (
        chromium(camera=camera_file(show), microphone=microphone_file(show), inside=inside) as browser,
        visitor(browser, url) as guest,
    ):
        await join(guest.page, name)
        yield guest


@contextlib.asynccontextmanager
async def waiting(url: str, name: str, show: Show, inside: Namespace | None = None) -> AsyncIterator[Watched]:
    """Somebody who waits in the lobby."""
    async with _joining(url, name, show, inside) as guest:
        await expect(guest.page.get_by_text("You are waiting in the lobby")).to_be_visible(timeout=_SLOW_MS)
        yield guest


@contextlib.asynccontextmanager
async def sitting(url: str, name: str, show: Show, seat: str = "guest1") -> AsyncIterator[Watched]:
    """Somebody whose link is one to a seat."""
    async with _joining(url, name, show, None) as guest:
        await seated(guest.page, seat)
        yield guest
