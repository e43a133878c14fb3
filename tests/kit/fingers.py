"""A finger on a page's screen, as the browser's own touch events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import CDPSession, Locator, Page

Place = tuple[float, float]
"""From the left and from the top of the screen, in the page's pixels."""
STEPS = 6
"""Of a way: browsers tell a pull from a tap by its first steps."""

RESTS_S = 0.3


class Finger:
    """One finger; `at` is where it is."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self.at: Place = (0, 0)

    async def press(self, place: Place) -> None:
        """Lay it down, and leave it there."""
        self.at = place
        await self._send("touchStart", place)

    async def pull(self, x: float, y: float) -> None:
        """Pull it by so much, and let it rest there.

        A finger that is lifted while it moves has thrown something, and the browser takes its next tap as the
        end of that.
        """
        left, top = self.at
        for step in range(1, STEPS + 1):
            self.at = (left + x * step / STEPS, top + y * step / STEPS)
            await self._send("touchMove", self.at)
        await asyncio.sleep(RESTS_S)

    async def lift(self) -> None:
        """Take it off the screen."""
        await self._send("touchEnd")

    async def tap(self, what: Locator, times: int = 1) -> None:
        """Tap on the middle of something, so many times in a row.

        Its events are sent all at once: what lies on the screen for half a second is no tap to a browser, and
        on a busy machine so long may pass until an event is answered.
        """
        await what.click(trial=True)
        at = await place(what)
        async with asyncio.TaskGroup() as events:
            for _ in range(times):
                events.create_task(self._send("touchStart", at))
                events.create_task(self._send("touchEnd"))

    async def _send(self, kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@asynccontextmanager
async def finger(page: Page) -> AsyncIterator[Finger]:
    """A finger for a page whose screen can be touched."""
    session = await page.context.new_cdp_session(page)
    try:
        yield Finger(session)
    finally:
        await session.detach()


async def place(what: Locator, x: float = 0.5, y: float = 0.5) -> Place:
    """A place on something, brought into view first, in fractions of its width and height."""
    await what.scroll_into_view_if_needed()
    box = await what.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y
