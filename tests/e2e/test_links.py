"""Links for guests as a desk makes them: until when each is good, and one for each free seat."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.kit.accessibility import violations
from tests.kit.browser import chromium, visitor
from tests.kit.control_app import OPERATOR, House, bearer, listening_house

pytestmark = [pytest.mark.e2e, pytest.mark.patient]

SEATS = ["guest1", "guest2", {"name": "host", "label": "The host"}]
HOUR_S, DAY_S, WEEK_S = 3600, 86_400, 604_800
LATE_S = 60


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[tuple[House, str]]:
    async with listening_house(tmp_path, guests={"seats": SEATS}) as (house, port):
        yield house, f"http://127.0.0.1:{port}"


async def open_sheet(page: Page, url: str) -> Locator:
    """The sheet that makes links."""
    await page.goto(f"{url}/switcher?token={OPERATOR}")
    await page.get_by_role("button", name="Invite a guest").click()
    return page.get_by_role("dialog")


async def invites(house: House) -> list[dict[str, Any]]:
    """Those that work."""
    return list((await house.operator("GET", "/api/invites")).json()["invites"])


def good_for_s(invite: dict[str, Any], house: House) -> float:
    """For how many seconds from now on."""
    return datetime.fromisoformat(invite["expires_at"]).timestamp() - house.now_ms() / 1000


async def test_a_link_is_good_for_as_long_as_was_chosen(listening: tuple[House, str]) -> None:
    house, url = listening
    async with chromium() as browser, visitor(browser, "about:blank") as operator:
        sheet = await open_sheet(operator.page, url)
        expiry = sheet.get_by_label("Link works for")
        for words, seconds in (
            ("1 hour", HOUR_S),
            (None, DAY_S),
            ("1 week", WEEK_S),
            ("Until revoked", None),
        ):
            if words is not None:
                await expiry.select_option(words)
            await sheet.get_by_label("Guest's name (may stay empty)").fill(words or "Usual")
            await sheet.get_by_role("button", name="Make the link").click()
            await expect(sheet.get_by_label("Link for the guest")).to_be_visible()
            (made,) = [each for each in await invites(house) if each["name"] == (words or "Usual")]
            if seconds is None:
                assert made["expires_at"] is None
            else:
                assert seconds - LATE_S < good_for_s(made, house) <= seconds
            await sheet.get_by_role("button", name="Another one").click()
        assert operator.errors == []


async def test_one_press_makes_a_link_for_each_free_seat(listening: tuple[House, str]) -> None:
    house, url = listening
    assert (await house.join(await house.invite(seat="guest2"), "Grace")).status_code == 200
    async with chromium() as browser, visitor(browser, "about:blank") as operator:
        await operator.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sheet = await open_sheet(operator.page, url)
        await sheet.get_by_label("Link works for").select_option("1 hour")
        await sheet.get_by_role("button", name="A link for each free seat").click()
        links = sheet.get_by_role("region", name="A link for each free seat")
        await expect(links.get_by_role("textbox")).to_have_count(2)
        assert await violations(operator.page) == []
        made = {each["seat"]: each for each in await invites(house) if each["seat"] != "guest2"}
        shown = {
            seat: await links.get_by_label(f"Anybody · {label}").input_value()
            for seat, label in {"guest1": "guest1", "host": "The host"}.items()
        }
        tokens = {seat: url.partition("?invite=")[2] for seat, url in shown.items()}
        assert tokens == {seat: invite["token"] for seat, invite in made.items()}
        for each in shown:
            assert HOUR_S - LATE_S < good_for_s(made[each], house) <= HOUR_S
            assert made[each]["admit"] == "direct"
            joined = await house.client.get("/api/join", headers=bearer(made[each]["token"]))
            assert joined.json()["invite"]["seat"] == each
        await links.get_by_role("button", name="Copy all").click()
        await expect(links.get_by_role("button", name="Copied")).to_be_visible()
        copied = await operator.page.evaluate("navigator.clipboard.readText()")
        assert all(url in copied for url in shown.values())
        assert operator.errors == []
