"""Waiting until a guest's tracks are on one clock."""

from tests.kit.app import App
from tests.kit.wait import until

HOLE_MS = 100
"""Less than this is mended slowly, without a step."""


async def dated(app: App, *seats: str, timeout: float = 15.0) -> None:
    """Return once the tracks of every seat (`guest1` if none is named) are dated by the sender's own clock.

    Until then arrivals date them, and a sender who began late on a busy machine makes one step.
    """
    wanted = set(seats or ("guest1",))

    async def are_dated() -> bool:
        known = {
            guest["seat"]
            for guest in await app.guests()
            for session in guest["sessions"]
            if session.get("av_offset_ms") is not None and abs(session["av_offset_ms"]) < HOLE_MS
        }
        return wanted <= known

    await until(are_dated, timeout, interval=0.1, what=f"{wanted} dated")
