"""The operator switches a guest to the other carrier: the page comes back by itself, to the same seat."""

from typing import Any

import pytest
from playwright.async_api import Page, Response, expect

from stagedoor.emulator.faults import CallFault, FaultSettings, Kind
from stagedoor.emulator.serve import Emulator, emulator
from tests.kit.app import App, running_app
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, seated
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SFU_HANGS = CallFault(operation="sessions/new", kind=Kind.HANG)
SFU_DOWN = CallFault(operation="sessions/new", kind=Kind.FAIL, status=503)


def account(it: Emulator) -> dict[str, Any]:
    return {"app_id": it.app_id, "app_secret": it.app_secret, "base_url": it.base_url}


async def switch(app: App, carrier: str) -> None:
    answer = await app.api.post("/api/guests/guest1/carrier", json={"carrier": carrier})
    assert answer.is_success, answer.text


async def live_by(app: App, carrier: str) -> str:
    """Return the id of the guest's session once it is live by this carrier."""
    found = ""

    async def is_live() -> bool:
        nonlocal found
        (guest,) = await app.guests()
        for session in guest["sessions"]:
            if (session["carrier"], session["state"]) == (carrier, "live"):
                assert guest["seat"] == "guest1"
                found = str(session["id"])
        return bool(found)

    await until(is_live, 20, what=f"a live session by {carrier}: {app.log()[-3000:]}")
    return found


def answers_to_offers(page: Page) -> list[int]:
    """Return a list that gets the status of each answer to an offer of this page."""
    statuses: list[int] = []

    def take(response: Response) -> None:
        if response.request.method == "POST" and "/whip/" in response.url:
            statuses.append(response.status)

    page.on("response", take)
    return statuses


async def test_there_and_back() -> None:
    async with (
        emulator() as it,
        running_app(carrier={"cloudflare": account(it)}) as app,
        chromium() as browser,
    ):
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await seated(guest.page)
            first = await live_by(app, "builtin")
            await switch(app, "cloudflare")
            second = await live_by(app, "cloudflare")
            await seated(guest.page)
            await switch(app, "builtin")
            third = await live_by(app, "builtin")
            await seated(guest.page)
            assert len({first, second, third}) == 3
            assert not guest.errors


async def test_when_the_chosen_one_does_not_get_anywhere() -> None:
    async with (
        emulator() as it,
        running_app(carrier={"kind": "cloudflare", "cloudflare": account(it)}) as app,
        chromium() as browser,
    ):
        it.engine.faults.set(FaultSettings(calls=[SFU_DOWN]))
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            await join(guest.page)
            await expect(guest.page.get_by_text("Your line to the studio cannot be set up")).to_be_visible()
            (seen,) = await app.guests()
            assert seen["trouble"]["code"] == "carrier_failed"
            await switch(app, "builtin")
            await live_by(app, "builtin")
            (seen,) = await app.guests()
            assert seen["trouble"] is None


async def test_when_the_chosen_one_hangs() -> None:
    async with (
        emulator() as it,
        running_app(carrier={"kind": "cloudflare", "cloudflare": account(it)}) as app,
        chromium() as browser,
    ):
        it.engine.faults.set(FaultSettings(calls=[SFU_HANGS]))
        invite = await app.invite("guest1")
        async with visitor(browser, invite["url"]) as guest:
            answers = answers_to_offers(guest.page)
            await join(guest.page)
            await until(lambda: it.engine.faults.hits, 20, what="the offer hangs")
            await switch(app, "builtin")
            await live_by(app, "builtin")
            await seated(guest.page)
            assert answers == [409, 201]
            (seen,) = await app.guests()
            assert seen["trouble"] is None
