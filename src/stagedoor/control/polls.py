"""Pages that can hold no connection open, and ask for news again and again instead."""

import asyncio
import hashlib
from collections.abc import Callable

from pydantic import BaseModel

from stagedoor.control.events import Listener

EXPECTED_MS = 8000
"""For so long after an answer a page counts as open: longer than a page pauses before it asks again."""


class Pollers:
    """Guests' pages that were answered a moment ago and will ask again; for each guest the one that speaks.

    Args:
        now_ms: Milliseconds since the epoch.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._until: dict[str, tuple[str | None, int]] = {}

    def answered(self, guest: str, instance: str | None) -> None:
        """Expect a page to ask again."""
        self._until[guest] = (instance, self._now_ms() + EXPECTED_MS)

    def expects(self, guest: str, instance: str | None) -> bool:
        """Tell whether this page of a guest is one that will ask again."""
        known, until_ms = self._until.get(guest, (None, 0))
        return known == instance and self._now_ms() < until_ms

    def overdue(self) -> list[str]:
        """Return the guests whose pages have not asked again, and forget them."""
        found = [guest for guest, (_, until_ms) in self._until.items() if self._now_ms() >= until_ms]
        for guest in found:
            del self._until[guest]
        return found


def tag_of(*events: BaseModel) -> str:
    """Return a short text that is another one as soon as something in the events has changed."""
    text = "".join(event.model_dump_json() for event in events)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def any_event(listener: Listener, within_s: float) -> None:
    """Return at the next event after the snapshot, at the stream's end, or when the time is over.

    Raises:
        ClosedError: The listener did not keep up.
    """
    await listener.next()
    try:
        async with asyncio.timeout(within_s):
            await listener.next()
    except TimeoutError:
        return
