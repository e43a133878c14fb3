"""What stands on a guest's screen: by the word of their page, for as long as that is there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.control_app import House, bearer, running_house
from tests.kit.guest_page import GuestPage, desk_hears, guest_page

pytestmark = pytest.mark.api

NOTHING: dict[str, Any] = {"message": None, "countdown": None, "prompter": None}
CLOSER = {"id": "c1", "text": "Closer,\nplease", "read_at": None}
SHOWN = {
    "message": CLOSER,
    "countdown": {"id": "c2", "ends_at": "2026-11-27T10:00:30Z"},
    "prompter": {"id": "c3"},
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as made:
        yield made


@pytest.fixture
async def ann(house: House) -> AsyncIterator[GuestPage]:
    async with guest_page(house, "guest1") as page:
        yield page


async def shows(page: GuestPage, on_screen: dict[str, Any]) -> None:
    answer = await page.post("report", camera="on", mic="on", on_screen=on_screen)
    assert answer.status_code == 200, answer.text


def on_desk(house: House) -> list[dict[str, Any] | None]:
    """What a desk is told that has just come."""
    return [guest["on_screen"] for guest in house.control.snapshot().model_dump(mode="json")["guests"]]


async def test_every_desk_is_told_at_once_also_one_that_comes_later(house: House, ann: GuestPage) -> None:
    assert on_desk(house) == [None]
    with desk_hears(house) as desk:
        await shows(ann, SHOWN)
        assert (await desk.next("guest"))["on_screen"] == SHOWN
        await shows(ann, {**SHOWN, "message": {**CLOSER, "read_at": "2026-11-27T10:03:00Z"}})
        assert (await desk.next("guest"))["on_screen"]["message"]["read_at"] == "2026-11-27T10:03:00Z"
    assert on_desk(house) == [{**SHOWN, "message": {**CLOSER, "read_at": "2026-11-27T10:03:00Z"}}]
    await shows(ann, NOTHING)
    assert on_desk(house) == [NOTHING]


async def test_it_is_nothing_that_a_command_was_answered_with(house: House, ann: GuestPage) -> None:
    sent = await house.operator(
        "POST", "/api/guests/guest1/commands", json={"kind": "message", "text": "Closer"}
    )
    await ann.post(f"commands/{sent.json()['id']}", state="done")
    assert on_desk(house) == [None]


async def test_a_report_that_leaves_it_out_changes_nothing(house: House, ann: GuestPage) -> None:
    await shows(ann, SHOWN)
    await ann.post("report", camera="off", mic="on")
    assert on_desk(house) == [SHOWN]


async def test_a_page_that_is_gone_shows_nothing_until_it_says_so_again(house: House) -> None:
    async with guest_page(house, "guest1") as page:
        await shows(page, SHOWN)
        with desk_hears(house) as desk:
            house.control.stage.events.pages(page.guest)[0].guest = None
            house.control.stage.notice(page.guest)
            gone = await desk.next("guest")
            assert (gone["on_screen"], gone["mic"]) == (None, "on")
        await shows(page, SHOWN)
        assert on_desk(house) == [SHOWN]


async def test_another_page_of_the_same_guest_shows_nothing_of_it(house: House, ann: GuestPage) -> None:
    await shows(ann, SHOWN)
    with desk_hears(house) as desk:
        assert (await house.join(ann.token, "Ann", "another-device", takeover=True)).status_code == 200
        assert (await desk.next("guest"))["on_screen"] is None
    assert on_desk(house) == [None]


async def test_whoever_opens_the_link_is_told_nothing_and_the_guest_everything(
    house: House, ann: GuestPage
) -> None:
    await shows(ann, SHOWN)
    assert (await ann.get("/api/join")).json()["guest"]["on_screen"] is None
    assert (await ann.get(f"/api/guests/{ann.guest}")).json()["on_screen"] == SHOWN
    stranger = bearer(await house.invite(seat="guest2"))
    body = {"camera": "on", "mic": "on", "on_screen": NOTHING}
    url = f"/api/guests/{ann.guest}/report"
    assert (await house.client.post(url, json=body, headers=stranger)).status_code == 403


@pytest.mark.parametrize(
    "on_screen",
    [
        {"message": {**CLOSER, "text": "x" * 501}},
        {"message": {**CLOSER, "text": "bell\a"}},
        {"message": {**CLOSER, "id": "x" * 81}},
        {"message": {**CLOSER, "id": "<b>"}},
        {"message": {**CLOSER, "read_at": "soon"}},
        {"countdown": {"id": "c2", "ends_at": "2026-11-27T10:00:30"}},
        {"countdown": {"id": "c2"}},
        {"prompter": {"id": "c3", "text": "x"}},
        {"poster": {"id": "c4"}},
    ],
)
async def test_it_is_bounded(house: House, ann: GuestPage, on_screen: dict[str, Any]) -> None:
    answer = await ann.post("report", camera="off", mic="on", on_screen=on_screen)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert on_desk(house) == [None]


async def test_what_came_by_a_command_that_is_not_known_any_more_is_shown_all_the_same(
    house: House, ann: GuestPage
) -> None:
    """As after a restart of control, which keeps no commands."""
    await shows(ann, {"message": {**CLOSER, "id": "of-another-life"}})
    assert on_desk(house) == [{**NOTHING, "message": {**CLOSER, "id": "of-another-life"}}]
