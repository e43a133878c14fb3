"""A test guest walks in as any other publisher does, and is seen and heard."""

from itertools import pairwise

import pytest

from stagedoor.synthetic.loop import FRAMES, LOOKS
from tests.kit.app import App, running_app
from tests.kit.wait import until
from tests.kit.watch import near, watch

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

HERE_WITHIN_S = 30.0


async def names(app: App) -> list[str]:
    guests = [guest for guest in await app.guests() if guest["reason"] is None]
    return [guest["name"] for guest in guests if any(s["state"] == "live" for s in guest["sessions"])]


async def test_two_come_are_told_apart_come_back_and_end_with_control() -> None:
    async with running_app() as app:
        first = (await app.api.post("/api/test-guest")).json()["id"]
        await app.api.post("/api/test-guest", json={"seat": "guest3"})

        async def both() -> bool:
            return await names(app) == ["Test guest 1", "Test guest 2"]

        await until(both, HERE_WITHIN_S, interval=0.1, what="both are live")
        for seat, look in (("guest1", LOOKS[0]), ("guest3", LOOKS[1])):
            seen = await watch(f"{app.hub_url}/live/{seat}.nut?token={app.token}", 1.2)
            assert near(seen.color, look.color)
            assert abs(seen.tone - look.tone) < 5
            assert all((after - before) % FRAMES == 1 for before, after in pairwise(seen.numbers))
        await app.kill("relay")

        async def nobody() -> bool:
            return await names(app) == []

        await until(nobody, HERE_WITHIN_S, what="the relay's death is seen")
        await until(both, HERE_WITHIN_S, interval=0.1, what="both are live again")
        await app.api.delete(f"/api/test-guest/{first}")
        assert await names(app) == ["Test guest 2"]
        await app.kill("control")
        await app.ready(HERE_WITHIN_S)
        assert (await app.api.get("/api/test-guest")).json() == {"guests": []}
        assert await names(app) == []
