"""What a guest's page tells of its devices and of how ready it is, and who is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.control_app import House, bearer, running_house
from tests.kit.guest_page import desk_hears

pytestmark = pytest.mark.api

ON = {"camera": "on", "mic": "on"}
OWN = {
    "camera": {"names": ["Roof", "Desk"], "now": "Desk"},
    "microphone": {"names": ["Headset"], "now": "Headset"},
    "speaker": {"names": [], "now": ""},
    "quality": "540p",
}


READY = {
    "faults": ["silent", "dark"],
    "checked": True,
    "hears": "blocked",
    "limited_by": "cpu",
    "system": "Firefox 128, Windows",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as made:
        yield made


async def report(house: House, token: str, guest: str = "guest1", **body: Any) -> int:
    answer = await house.client.post(
        f"/api/guests/{guest}/report", json={**ON, **body}, headers=bearer(token)
    )
    return answer.status_code


async def test_operators_and_the_guest_are_told_and_nobody_else(house: House) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    assert (await house.guest("guest1"))["devices"] is None
    assert await report(house, token, devices=OWN) == 200
    assert (await house.guest("guest1"))["devices"] == OWN
    own = (await house.client.get("/api/guests/guest1", headers=bearer(token))).json()
    assert own["devices"] == OWN
    other = await house.invite(seat="guest2")
    await house.join(other, "Bob", "page-2")
    assert (await house.client.get("/api/guests/guest1", headers=bearer(other))).status_code == 403
    assert await report(house, other, devices=OWN) == 403
    opened = (await house.client.get("/api/join", headers=bearer(token))).json()
    assert (opened["guest"]["name"], opened["guest"]["devices"]) == ("Ann", None)


async def test_it_stays_until_the_page_says_otherwise_or_the_guest_is_forgotten(house: House) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    await report(house, token, devices=OWN)
    await report(house, token, mic="off")
    assert (await house.guest("guest1"))["devices"] == OWN
    await report(house, token, devices={})
    assert (await house.guest("guest1"))["devices"]["camera"] == {"names": [], "now": ""}


async def test_who_is_only_checking_is_not_told_of(house: House) -> None:
    token = await house.invite()
    name = (await house.join(token, checks=True)).json()["guest"]["id"]
    assert await report(house, token, name, devices=OWN) == 200
    assert [guest["devices"] for guest in await house.guests()] == [None]
    await house.join(token)
    assert [guest["devices"] for guest in await house.guests()] == [OWN]


async def test_what_is_off_during_a_check_is_told_once_its_guest_is_in(house: House) -> None:
    token = await house.invite()
    name = (await house.join(token, checks=True)).json()["guest"]["id"]
    with desk_hears(house) as desk:
        assert await report(house, token, name, camera="off", mic="off") == 200
        told = await desk.next("guest")
    for shown in (*await house.guests(), told):
        assert (shown["state"], shown["camera"], shown["mic"]) == ("checking", "on", "on")
    own = (await house.client.get(f"/api/guests/{name}", headers=bearer(token))).json()
    assert (own["camera"], own["mic"]) == ("off", "off")
    await house.join(token)
    assert [(guest["camera"], guest["mic"]) for guest in await house.guests()] == [("off", "off")]


@pytest.mark.parametrize(
    "devices",
    [
        {"camera": {"names": ["x"] * 17}},
        {"camera": {"names": ["x" * 81]}},
        {"speaker": {"now": "bell\a"}},
        {"quality": "4k"},
        {"printer": {}},
    ],
)
async def test_it_is_bounded(house: House, devices: dict[str, Any]) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    assert await report(house, token, devices=devices) == 422
    assert (await house.guest("guest1"))["devices"] is None


async def test_how_ready_a_guest_is_is_told_like_the_devices(house: House) -> None:
    token = await house.invite()
    name = (await house.join(token, checks=True)).json()["guest"]["id"]
    assert await report(house, token, name, readiness=READY) == 200
    assert [guest["readiness"] for guest in await house.guests()] == [None]
    await house.join(token)
    await report(house, token, name, devices=OWN)
    assert [guest["readiness"] for guest in await house.guests()] == [READY]
    opened = (await house.client.get("/api/join", headers=bearer(token))).json()
    assert opened["guest"]["readiness"] is None
    await report(house, token, name, readiness={"checked": True})
    (guest,) = await house.guests()
    assert (guest["readiness"]["faults"], guest["readiness"]["hears"], guest["devices"]) == ([], None, OWN)


@pytest.mark.parametrize(
    "readiness",
    [
        {"faults": ["silent"] * 17},
        {"faults": ["bored"]},
        {"hears": "no"},
        {"system": "x" * 81},
        {"system": "a\nb"},
        {"mood": "good"},
    ],
)
async def test_how_ready_a_guest_is_is_bounded(house: House, readiness: dict[str, Any]) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    assert await report(house, token, readiness=readiness) == 422
    assert (await house.guest("guest1"))["readiness"] is None


async def test_what_comes_without_a_page_has_no_camera_that_a_page_left_off(house: House) -> None:
    token = await house.invite(seat="guest1")
    await house.join(token)
    await report(house, token, camera="off", devices=OWN)
    assert (await house.guest("guest1"))["camera"] == "off"
    assert (await house.whip("guest1", token)).status_code == 201
    guest = await house.guest("guest1")
    assert (guest["camera"], guest["devices"]) == ("on", None)
