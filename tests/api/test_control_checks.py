"""Whoever checks camera and microphone before going in is seen by nobody, and can be shown the door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.control_app import AS_OPERATOR, OFFER, SDP, House, bearer, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

Checking = tuple[House, FakeMixer, str, str]


@pytest.fixture
async def checking(tmp_path: Path) -> AsyncIterator[Checking]:
    """A guest sends what is being checked; with the guest's id and token."""
    async with mixing_house(tmp_path) as (house, mixer):
        token = await house.invite(admit="lobby")
        guest = (await house.join(token, checks=True)).json()["guest"]["id"]
        assert (await house.whip(guest, token, "page-1")).status_code == 201
        yield house, mixer, guest, token


async def test_operators_get_nothing_of_a_check_by_any_way(checking: Checking) -> None:
    house, mixer, guest, token = checking
    lobby = f"lobby-{guest}"
    await until(lambda: lobby in {source.id for source in mixer.wanted.sources}, what="the guest's own test")
    listened = await house.operator("POST", "/api/audio/monitor", json={"listen": [lobby]})
    assert (listened.status_code, listened.json()["code"]) == (422, "source_unknown")
    for path in (lobby, f"{lobby}-screen", f"return-{lobby}", f"return-audio-{lobby}"):
        watched = await house.operator("GET", f"/live/{path}.mp4")
        viewed = await house.client.post(f"/whep/{path}", content=OFFER, headers={**SDP, **AS_OPERATOR})
        assert [each.json()["code"] for each in (watched, viewed)] == ["guest_checking"] * 2
    assert await house.sessions() == {}
    own = await house.client.post(f"/whep/return-{lobby}", content=OFFER, headers={**SDP, **bearer(token)})
    assert own.json()["code"] != "guest_checking"
    assert (await house.join(token)).json()["guest"]["state"] == "lobby"
    assert list(await house.sessions()) == [guest]
    viewed = await house.client.post(f"/whep/{lobby}", content=OFFER, headers={**SDP, **AS_OPERATOR})
    assert viewed.status_code == 201, viewed.text


async def test_what_operators_do_with_the_guest_shows_nothing_of_it(checking: Checking) -> None:
    house, _, guest, _ = checking
    renamed = await house.operator("POST", f"/api/guests/{guest}/rename", json={"name": "Bob"})
    carried = await house.operator("POST", f"/api/guests/{guest}/carrier", json={"carrier": "builtin"})
    assert [(each.json()["name"], each.json()["sessions"]) for each in (renamed, carried)] == [
        ("Bob", [])
    ] * 2


async def test_an_operator_ends_a_check(checking: Checking) -> None:
    house, _, guest, _ = checking
    ended = await house.operator("DELETE", f"/api/calls/session/{guest}")
    assert ended.json()["status"] == "closed"
    assert (await house.guest(guest))["state"] == "removed"
    assert not house.relay.sessions
