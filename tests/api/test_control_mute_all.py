"""Mute all: one memory for all operators, kept over a restart, and nobody heard who was muted on purpose."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.board_rows import TABLES, changed_rows, read_board
from tests.kit.control_app import AS_OPERATOR, House, mixing_house
from tests.kit.fake_mixer import FakeMixer

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
SEATS = ["guest1", "guest2", "guest3"]


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": SEATS}) as made:
        yield made


async def mute_all(client: httpx.AsyncClient, *, muted: bool) -> dict[str, Any]:
    answer = await client.post("/api/audio/mute-all", json={"muted": muted}, headers=AS_OPERATOR)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def mute(house: House, source: str, *, muted: bool) -> None:
    answer = await house.operator("PUT", f"/api/audio/{source}", json={"muted": muted})
    assert answer.status_code == 200, answer.text


def muted(mixer: FakeMixer) -> set[str]:
    """The seats that the mixer was told not to let through."""
    return {source for source, strip in mixer.wanted.strips.items() if strip.muted and source in SEATS}


async def test_what_one_operator_mutes_another_takes_back(mixing: Mixing) -> None:
    house, mixer = mixing
    await mute(house, "guest2", muted=True)
    saved = await mute_all(house.client, muted=True)
    assert (muted(mixer), saved["frame"]) == (set(SEATS), mixer.state.frame)
    assert {"guest1", "guest3"} <= set(saved["muted_by_all"])
    assert "guest2" not in saved["muted_by_all"]
    async with httpx.AsyncClient(transport=house.transport, base_url="http://testserver") as second:
        assert (await mute_all(second, muted=False))["muted_by_all"] == []
    assert muted(mixer) == {"guest2"}
    assert not mixer.wanted.strips["guest1"].muted


async def test_nobody_is_heard_who_was_muted_one_by_one(mixing: Mixing) -> None:
    house, mixer = mixing
    for source in SEATS:
        await mute(house, source, muted=True)
    for change in (True, False):
        await mute_all(house.client, muted=change)
        assert muted(mixer) == set(SEATS), change


async def test_pressed_again_it_still_knows_the_first(mixing: Mixing) -> None:
    house, mixer = mixing
    await mute(house, "guest2", muted=True)
    await mute_all(house.client, muted=True)
    await mute(house, "guest3", muted=False)
    await mute_all(house.client, muted=True)
    await mute_all(house.client, muted=False)
    assert muted(mixer) == {"guest2"}


async def test_who_is_opened_and_muted_again_by_hand_stays_muted(mixing: Mixing) -> None:
    house, mixer = mixing
    await mute_all(house.client, muted=True)
    await mute(house, "guest1", muted=False)
    await mute(house, "guest1", muted=True)
    await mute_all(house.client, muted=False)
    assert muted(mixer) == {"guest1"}


async def test_it_is_told_to_every_desk_and_kept(mixing: Mixing) -> None:
    house, _ = mixing
    saved = await mute_all(house.client, muted=True)
    board = (await house.operator("GET", "/api/events/next")).json()["events"][0]["data"]["board"]
    assert board["muted_by_all"] == saved["muted_by_all"]
    now = house.control.mixing.board
    rows: dict[str, list[Any]] = {table: [] for table in TABLES}
    for table, _key, row in changed_rows(Board(), now):
        rows[table].append(row)
    assert read_board(rows).muted_by_all == now.muted_by_all


async def test_only_those_who_say_which(mixing: Mixing) -> None:
    house, _ = mixing
    for body in ({}, {"muted": "perhaps"}, {"muted": True, "more": 1}):
        assert (await house.operator("POST", "/api/audio/mute-all", json=body)).status_code == 422
