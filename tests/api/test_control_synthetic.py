"""Test guests: who may have them, where they go, how many there may be, how they end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.domain.guest import Guest, GuestState
from stagedoor.domain.invite import SYNTHETIC, Invite, Origin
from tests.kit.control_app import House, bearer, make_settings, running_control, running_house
from tests.kit.fake_relay import FakeRelay
from tests.kit.ports import free_ports
from tests.kit.wait import until

pytestmark = pytest.mark.api

SEATS = {"seats": ["guest1", "guest2"]}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (port,) = free_ports(1)
    async with running_house(tmp_path, guests=SEATS, server={"port": port}) as made:
        yield made


async def make(house: House, **body: Any) -> dict[str, Any]:
    answer = await house.operator("POST", "/api/test-guest", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_has_a_seat_and_an_invite_of_its_own_and_four_are_the_most(house: House) -> None:
    made = [await make(house), await make(house), await make(house), await make(house, admit="lobby")]
    assert [guest["name"] for guest in made] == [f"Test guest {number}" for number in (1, 2, 3, 4)]
    assert all(guest["synthetic"] for guest in made)
    invites = [house.control.stage.house.invites[guest.invite] for guest in house.control.synthetic.list()]
    assert [invite.seat for invite in invites] == ["guest1", "guest2", None, None]
    assert (await house.operator("GET", "/api/invites")).json() == {"invites": []}
    answer = await house.operator("POST", "/api/test-guest")
    assert (answer.status_code, answer.json()["code"]) == (503, "test_guests_full")

    first, second = made[0]["id"], made[1]["id"]
    assert (await house.operator("DELETE", f"/api/test-guest/{first}")).status_code == 204
    await house.operator("POST", f"/api/guests/{second}/remove")
    await until(lambda: len(house.control.synthetic.list()) == 2, what="who was removed is gone")
    listed = (await house.operator("GET", "/api/test-guest")).json()["guests"]
    assert [guest["id"] for guest in listed] == [made[2]["id"], made[3]["id"]]
    assert (await make(house))["name"] == "Test guest 1"


async def test_a_seat_that_is_taken_or_not_there_is_refused(house: House) -> None:
    await house.join(await house.invite(seat="guest1"))
    taken = await house.operator("POST", "/api/test-guest", json={"seat": "guest1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "seat_taken")
    coming = await make(house, seat="guest2")
    second = await house.operator("POST", "/api/test-guest", json={"seat": "guest2"})
    assert (second.status_code, second.json()["code"]) == (409, "seat_taken")
    await house.operator("DELETE", f"/api/test-guest/{coming['id']}")
    unknown = await house.operator("POST", "/api/test-guest", json={"seat": "guest9"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "seat_unknown")
    assert house.control.synthetic.list() == ()


async def test_only_operators_have_them_and_only_they_end_so(house: House) -> None:
    token = await house.invite(seat="guest1")
    ann = (await house.join(token)).json()["guest"]
    assert (await house.client.post("/api/test-guest", headers=bearer(token))).status_code == 403
    answer = await house.operator("DELETE", f"/api/test-guest/{ann['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "guest_unknown")
    assert ann["synthetic"] is False


async def test_those_of_the_last_run_have_left(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    settings.server.run_dir.mkdir()
    async with running_control(settings, House(FakeRelay())) as before:
        stage = before.control.stage
        invite = Invite(SYNTHETIC + "of-the-last-run", "guest1", origin=Origin.KNOCK)
        here = Guest("g_here", invite.id, "Test guest 1", GuestState.SEATED, seat="guest1", arrived=True)
        await stage.apply(stage.house.with_invite(invite).with_guest(here))
    async with running_control(settings, House(FakeRelay())) as after:
        assert after.control.stage.house.guest("g_here").state is GuestState.LEFT
