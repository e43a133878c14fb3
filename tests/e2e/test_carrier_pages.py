"""What the pages say of carriers, in a browser, in front of a relay without media."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from stagedoor.carriers.cloudflare import failures
from stagedoor.domain.carrier import CarrierKind, PullState
from stagedoor.domain.errors import CarrierRefusedError, NegotiationError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import CarrierStatus, CarrierUsage, PullStatus
from stagedoor.media.packets import Kind
from tests.kit.accessibility import violations
from tests.kit.browser import chromium, visitor
from tests.kit.control_app import OPERATOR, House, listening_house
from tests.kit.pages import join, seat_tile
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SEATS = ["guest1", {"name": "guest2", "carrier": "cloudflare"}]
WAITING = CarrierStatus(
    publish_session="0123abcd",
    tracks=tuple(PullStatus(kind=kind, state=PullState.WAITING, retries=3) for kind in Kind),
)
REFUSED = CarrierRefusedError("Cloudflare does not know the app", hint="Look at carrier.cloudflare.app_id.")


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[tuple[House, str]]:
    account = {"app_id": "app", "app_secret": "an-app-secret"}
    parts: dict[str, dict[str, Any]] = {"carrier": {"cloudflare": account}, "guests": {"seats": SEATS}}
    async with listening_house(tmp_path, **parts) as (house, port):
        yield house, f"http://127.0.0.1:{port}"


async def come(house: House, seat: str, name: str) -> str:
    """Have somebody join and publish by hand; return the session's id, or the last one's if refused."""
    token = await house.invite(seat=seat)
    assert (await house.join(token, name)).status_code == 200
    await house.whip(seat, token, "page-1")
    return house.relay.newest() if house.relay.requests else ""


async def open_desk(page: Page, url: str) -> None:
    await page.goto(f"{url}/switcher?token={OPERATOR}")
    await expect(page.get_by_role("heading", name="Seats")).to_be_visible()


async def test_the_desk_says_how_far_each_guest_has_come_and_switches(
    listening: tuple[House, str],
) -> None:
    house, url = listening
    house.relay.usage = CarrierUsage(
        since_ms=1_772_000_000_000, pulled_bytes=8_000_000_000, returned_bytes=2_345_678_901
    )
    built_in = await come(house, "guest1", "Ada")
    house.relay.media(built_in)
    house.relay.wait(await come(house, "guest2", "Grace"), WAITING)
    async with chromium() as browser, visitor(browser, "about:blank") as desk:
        page = desk.page
        await open_desk(page, url)
        cost = page.get_by_text("Cloudflare so far: $0.52")
        await expect(cost).to_have_attribute(
            "title", re.compile(r"^Feb 2[456], 2026, .* – .*: 10\.3 GB sent")
        )
        grace, ada = seat_tile(page, "Grace"), seat_tile(page, "Ada")
        await expect(grace).to_contain_text("By Cloudflare: waiting for sound and picture, tried 3 times")
        await expect(ada).to_contain_text("By the built-in carrier")
        assert await violations(page) == []
        await ada.get_by_role("button", name="Switch Ada to Cloudflare").click()
        await page.get_by_role("button", name="Switch", exact=True).click()
        await expect(ada).to_contain_text("By Cloudflare")
        await until(lambda: (built_in, EndReason.REPLACED) in house.relay.closed)
        await grace.get_by_role("button", name="Switch Grace to the built-in carrier").click()
        await expect(grace).to_contain_text("By the built-in carrier")
        assert len(house.relay.closed) == 2


async def test_the_desk_says_why_a_try_failed_and_an_invite_names_its_carrier(
    listening: tuple[House, str],
) -> None:
    house, url = listening
    house.relay.refusal = REFUSED
    await come(house, "guest2", "Grace")
    async with chromium() as browser, visitor(browser, "about:blank") as desk:
        page = desk.page
        await open_desk(page, url)
        await expect(seat_tile(page, "Grace")).to_contain_text(
            "Cloudflare does not know the app. Look at carrier.cloudflare.app_id."
        )
        await page.get_by_role("button", name="Invite a guest").click()
        await page.get_by_label("Carrier", exact=True).select_option("Cloudflare")
        await page.get_by_role("button", name="Make the link").click()
        await expect(page.get_by_text("Anybody · guest1 · Cloudflare").first).to_be_visible()
    invite = list(house.control.stage.house.invites.values())[-1]
    assert (invite.seat, invite.carrier) == ("guest1", CarrierKind.CLOUDFLARE)


async def test_without_an_account_the_desk_says_nothing_of_carriers(tmp_path: Path) -> None:
    async with listening_house(tmp_path) as (house, port):
        house.relay.media(await come(house, "guest1", "Ada"))
        async with chromium() as browser, visitor(browser, "about:blank") as desk:
            await open_desk(desk.page, f"http://127.0.0.1:{port}")
            await expect(seat_tile(desk.page, "Ada")).to_contain_text("Live")
            await expect(desk.page.get_by_text("carrier")).to_have_count(0)
            await expect(desk.page.get_by_text("Cloudflare")).to_have_count(0)
            await desk.page.get_by_role("button", name="Invite a guest").click()
            await expect(desk.page.get_by_label("Seat", exact=True)).to_be_visible()
            await expect(desk.page.get_by_label("Carrier", exact=True)).to_have_count(0)


async def test_a_guest_is_told_what_they_can_do_themselves(listening: tuple[House, str]) -> None:
    house, url = listening
    token = await house.invite(seat="guest2")
    house.relay.refusal = failures.TOO_LARGE.error("")
    async with chromium() as browser, visitor(browser, f"{url}/guest_join?invite={token}") as guest:
        await join(guest.page, "Hedy")
        await expect(guest.page.get_by_text("Open this link in another current browser")).to_be_visible()


async def test_a_guests_page_waits_until_the_operator_switches(listening: tuple[House, str]) -> None:
    house, url = listening
    token = await house.invite(seat="guest2")
    house.relay.refusal = REFUSED
    async with chromium() as browser, visitor(browser, f"{url}/guest_join?invite={token}") as guest:
        await join(guest.page, "Hedy")
        await expect(guest.page.get_by_text("Your line to the studio cannot be set up")).to_be_visible()
        assert (await house.guest("guest2"))["trouble"]["code"] == "carrier_refused"
        # The page's next offers come the other way, and are seen before one that ends its tries.
        house.relay.refusal = None
        answer = await house.operator("POST", "/api/guests/guest2/carrier", json={"carrier": "builtin"})
        assert answer.status_code == 200
        # One that was on its way may still come by the first.
        await until(
            lambda: any(each.carrier is CarrierKind.BUILTIN for each in house.relay.requests),
            15,
            what="an offer by the other carrier",
        )
        house.relay.refusal = NegotiationError("no codec in common")
        problem = guest.page.get_by_text("Your browser sends no picture that the studio can take")
        await expect(problem).to_be_visible(timeout=15_000)
