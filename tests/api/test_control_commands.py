"""Commands to guests' pages and raised hands: who may, what is refused, what becomes of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.backstage.commands import KEPT, MAX_PENDING, TOLD_MS
from stagedoor.control.backstage.hands import EVERY_MS
from stagedoor.domain.command import ANSWER_MS, PERSON_MS
from tests.kit.control_app import House, bearer, running_house
from tests.kit.guest_page import GuestPage, desk_hears, guest_page

pytestmark = pytest.mark.api

MUTE = {"kind": "mute"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as made:
        yield made


@pytest.fixture
async def ann(house: House) -> AsyncIterator[GuestPage]:
    async with guest_page(house, "guest1") as page:
        yield page


async def command(house: House, guest: str, **body: Any) -> httpx.Response:
    return await house.operator("POST", f"/api/guests/{guest}/commands", json=body)


async def test_a_command_comes_to_the_page_and_its_answers_to_the_operators(
    house: House, ann: GuestPage
) -> None:
    with desk_hears(house) as desk:
        sent = await command(house, "guest1", **MUTE)
        assert sent.status_code == 202
        asked = await ann.heard.next("command")
        assert (asked["id"], asked["command"], asked["state"]) == (sent.json()["id"], MUTE, "sent")
        assert (await ann.snapshot())["commands"] == [asked]
        for state in ("delivered", "done"):
            answer = await ann.post(f"commands/{asked['id']}", state=state)
            assert answer.json()["state"] == state
        assert [(await desk.next("command"))["state"] for _ in range(3)] == ["sent", "delivered", "done"]
    assert (await ann.snapshot())["commands"] == []
    again = await ann.post(f"commands/{asked['id']}", state="done")
    assert (again.status_code, again.json()["code"]) == (409, "command_over")
    listed = (await house.operator("GET", "/api/guests/guest1/commands")).json()["commands"]
    assert [each["state"] for each in listed] == ["done"]


async def test_a_refusal_says_why_and_silence_is_a_timeout(house: House, ann: GuestPage) -> None:
    with desk_hears(house) as desk:
        refused = (await command(house, ann.guest, kind="device", device="camera")).json()["id"]
        await command(house, ann.guest, kind="camera_off")
        await ann.post(f"commands/{refused}", state="refused", reason="There is one camera only")
        states = [await desk.next("command") for _ in range(3)]
        assert (states[2]["state"], states[2]["reason"]) == ("refused", "There is one camera only")
        house.late_ms = ANSWER_MS
        late = await desk.next("command")
        assert (late["command"]["kind"], late["state"]) == ("camera_off", "timeout")


async def test_a_person_has_time_to_switch_the_microphone_on(house: House, ann: GuestPage) -> None:
    with desk_hears(house) as desk:
        asked = (await command(house, ann.guest, kind="unmute_request")).json()["id"]
        await ann.post(f"commands/{asked}", state="delivered")
        house.late_ms = PERSON_MS - 1000
        await command(house, ann.guest, **MUTE)
        house.late_ms += ANSWER_MS
        over = [(await desk.next("command")) for _ in range(5)][3:]
        assert {(each["command"]["kind"], each["state"]) for each in over} == {
            ("unmute_request", "timeout"),
            ("mute", "timeout"),
        }


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "quality", "quality": "1080p"},
        {"kind": "device", "device": "speaker", "label": "Headphones"},
        {"kind": "message", "text": "Two minutes\nLook into the camera"},
        {"kind": "countdown", "seconds": 30},
        {"kind": "prompter", "text": "x" * 20_000, "speed": 140, "size": 8},
    ],
)
async def test_what_a_page_can_be_asked_for(house: House, ann: GuestPage, body: dict[str, Any]) -> None:
    assert (await command(house, ann.guest, **body)).status_code == 202
    assert (await ann.heard.next("command"))["command"] == body


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "explode"},
        {"kind": "mute", "loudly": True},
        {"kind": "quality", "quality": "8k"},
        {"kind": "message", "text": "x" * 501},
        {"kind": "message", "text": "\x07"},
        {"kind": "countdown", "seconds": -1},
        {"kind": "prompter", "text": "x" * 20_001},
    ],
)
async def test_what_is_no_command_is_refused(house: House, ann: GuestPage, body: dict[str, Any]) -> None:
    answer = await command(house, ann.guest, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert all(each["rule"] for each in answer.json()["errors"])


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [("message", "text", "\x07"), ("countdown", "seconds", 90_000), ("prompter", "speed", 900)],
)
async def test_a_field_that_is_refused_is_named(
    house: House, ann: GuestPage, kind: str, field: str, value: str | int
) -> None:
    answer = await command(house, ann.guest, **{"kind": kind, "text": "Hi", field: value})
    assert f"body.{kind}.{field}" in [each["at"] for each in answer.json()["errors"]]


async def test_a_guest_who_is_away_has_no_page_and_is_refused_at_once(house: House) -> None:
    async with guest_page(house, "guest1"):
        pass
    away = await command(house, "guest1", **MUTE)
    assert (away.status_code, away.json()["code"]) == (409, "guest_away")
    await house.whip("guest2", await house.invite(seat="guest2"))
    bare = await command(house, "guest2", **MUTE)
    assert (bare.status_code, bare.json()["code"]) == (409, "guest_without_page")


async def test_what_waits_is_bounded(house: House, ann: GuestPage) -> None:
    for _ in range(MAX_PENDING):
        assert (await command(house, ann.guest, **MUTE)).status_code == 202
    answer = await command(house, ann.guest, **MUTE)
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_commands")


async def test_a_desk_that_asks_now_and_then_is_told_what_became_of_a_command(
    house: House, ann: GuestPage
) -> None:
    asked = (await command(house, ann.guest, **MUTE)).json()["id"]
    await ann.post(f"commands/{asked}", state="refused", reason="No")
    assert [(each.id, each.reason) for each in house.control.snapshot().commands] == [(asked, "No")]
    house.late_ms = TOLD_MS
    assert house.control.snapshot().commands == ()


async def test_one_that_is_not_answered_is_never_forgotten_for_newer_ones(
    house: House, ann: GuestPage
) -> None:
    asked = waiting = (await command(house, ann.guest, **MUTE)).json()["id"]
    for _ in range(KEPT + 1):
        asked = (await command(house, ann.guest, **MUTE)).json()["id"]
        await ann.post(f"commands/{asked}", state="done")
    listed = (await house.operator("GET", f"/api/guests/{ann.guest}/commands")).json()["commands"]
    assert (len(listed), listed[0]["id"], listed[-1]["id"]) == (KEPT, waiting, asked)
    assert (await ann.post(f"commands/{waiting}", state="done")).status_code == 200


async def test_what_is_no_news_is_told_to_nobody(house: House, ann: GuestPage) -> None:
    await ann.post("hand", raised=True)
    await ann.post("report", camera="on", mic="off")
    with desk_hears(house) as desk:
        await ann.post("hand", raised=True)
        await ann.post("report", camera="on", mic="off")
        assert desk.waiting == 0
        await ann.post("report", camera="on", mic="on")
        assert (await desk.next("guest"))["mic"] == "on"


async def test_only_operators_command_and_only_the_guest_answers(house: House, ann: GuestPage) -> None:
    assert (await ann.post("commands", **MUTE)).status_code == 403
    asked = (await command(house, ann.guest, **MUTE)).json()["id"]
    url, done = f"/api/guests/{ann.guest}/commands/{asked}", {"state": "done"}
    stranger = bearer(await house.invite(seat="guest2"))
    assert (await house.client.post(url, json=done, headers=stranger)).status_code == 403
    assert (await house.operator("POST", url, json=done)).status_code == 401
    unknown = await ann.post("commands/0", state="done")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "command_unknown")


async def test_a_hand_is_raised_by_the_guest_and_lowered_by_either_side(house: House, ann: GuestPage) -> None:
    with desk_hears(house) as desk:
        raised = (await ann.post("hand", raised=True)).json()["hand_raised"]
        assert (await desk.next("guest"))["hand_raised"] == raised
        house.late_ms = 60_000
        assert (await ann.post("hand", raised=True)).json()["hand_raised"] == raised
        lowered = await house.operator("POST", f"/api/guests/{ann.guest}/hand", json={"raised": False})
        assert lowered.json()["hand_raised"] is None
        await ann.post("hand", raised=True)
        too_fast = await ann.post("hand", raised=False)
        assert (too_fast.status_code, too_fast.json()["code"]) == (503, "hand_too_fast")
        house.late_ms += EVERY_MS
        assert (await ann.post("hand", raised=False)).json()["hand_raised"] is None
    by_us = await house.operator("POST", f"/api/guests/{ann.guest}/hand", json={"raised": True})
    assert by_us.status_code == 403
