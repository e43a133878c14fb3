"""The second canvas by the API: scenes' own slots for it, its outputs, and where there is none."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.mixer.board_rows import TABLES, changed_rows, read_board
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.ids import Canvas
from stagedoor.domain.scene import Rect, Slot
from stagedoor.ipc.messages import DestinationStatus, PathStatus, ReaderStatus
from stagedoor.ipc.mixer import CanvasSize
from tests.kit.control_app import House, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
SLOT = {"source": "guest1", "height": 0.5, "label": True}
ELSEWHERE = {"url": "rtmp://live.example.org/app/{path}", "id": "phones", "canvas": "second"}


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    mixer = {"second_canvas": {"enabled": True, "width": 180, "height": 320}}
    async with mixing_house(tmp_path, mixer=mixer, guests={"seats": ["guest1"]}) as made:
        yield made


@pytest.fixture
async def without(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1"]}) as made:
        yield made


async def ask(house: House, method: str, url: str, body: object = None) -> dict[str, Any]:
    answer = await house.operator(method, url, **({} if body is None else {"json": body}))
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_a_scene_may_have_slots_of_its_own_for_it(mixing: Mixing) -> None:
    house, mixer = mixing
    made = await ask(house, "POST", "/api/scenes", {"id": "duel", "slots": [{"source": "guest1"}]})
    assert made["scene"]["second"] is None
    saved = await ask(house, "PUT", "/api/scenes/duel", {**without_id(made["scene"]), "second": [SLOT]})
    assert saved["tag"] != made["tag"]
    assert (saved["scene"]["second"][0]["height"], len(saved["scene"]["slots"])) == (0.5, 1)
    told = next(scene for scene in mixer.wanted.scenes if scene.id == "duel")
    assert told.second == (Slot("guest1", Rect(height=0.5), label=True),)
    assert told.slots == (Slot("guest1"),)
    empty = await ask(house, "PUT", "/api/scenes/duel", {**without_id(saved["scene"]), "second": []})
    assert empty["scene"]["second"] == [], "nothing there is not the same as packed anew"
    by_layout = await ask(house, "POST", "/api/scenes", {"layout": "quad", "second": [SLOT]})
    assert len(by_layout["scene"]["second"]) == 1


def without_id(scene: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in scene.items() if key != "id"}


async def test_it_is_exported_imported_and_kept(mixing: Mixing) -> None:
    house, _ = mixing
    await ask(house, "POST", "/api/scenes", {"id": "duel", "second": [SLOT]})
    await ask(house, "POST", "/api/outputs", ELSEWHERE)
    exported = await ask(house, "GET", "/api/scenes/export")
    board = house.control.mixing.board
    await ask(house, "PUT", "/api/scenes/duel", {"label": "Changed"})
    await ask(house, "POST", "/api/scenes/import", exported)
    assert house.control.mixing.board.scenes == board.scenes
    rows: dict[str, list[Any]] = {table: [] for table in TABLES}
    for table, _, row in changed_rows(type(board)(), board):
        rows[table].append(row)
    assert read_board(rows) == board
    # What was exported or kept before there was a second canvas.
    for scene in exported["scenes"]:
        del scene["second"]
    await ask(house, "POST", "/api/scenes/import", exported)
    assert house.control.mixing.board.scenes["duel"].second is None
    old = [(key, place, json.dumps(without_second(text))) for key, place, text in rows["scenes"]]
    assert read_board({**rows, "scenes": old}).scenes["duel"].second is None


def without_second(text: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(text).items() if key != "second"}


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ([{**SLOT, "x": float("nan")}], "body.second.0.x"),
        ([SLOT, {**SLOT, "width": -1}], "body.second.1.width"),
        ([SLOT, SLOT, SLOT, {**SLOT, "x": 1.5, "width": 3.0}], "second[3].rect.width"),
        ([{**SLOT, "crop": {"left": 0.6, "right": 0.6}}], "second[0].crop.right"),
        ([{**SLOT, "source": "second"}], "body.second.0.source"),
        ([{**SLOT, "source": "talkback-main"}], "body.second.0.source"),
        ([{"source": "a"}] * 10_000, "body.second"),
        ("all", "body.second"),
    ],
    ids=["nan", "negative", "too far", "nothing left", "itself", "talkback", "too many", "no list"],
)
async def test_slots_that_cannot_be(mixing: Mixing, second: Any, field: str) -> None:
    house, mixer = mixing
    asked = len(mixer.asked)
    headers = {"Authorization": f"Bearer {house.control.secrets.operator_token}"}
    headers["Content-Type"] = "application/json"
    text = json.dumps({"second": second})
    answer = await house.client.put("/api/scenes/holding", content=text, headers=headers)
    assert (answer.status_code, field in answer.json()["detail"]) == (422, True), answer.text
    assert len(mixer.asked) == asked


async def test_outputs_say_which_canvas_they_get(mixing: Mixing) -> None:
    house, mixer = mixing
    usual = await ask(house, "POST", "/api/outputs", {"url": "rtmp://live.example.org/app/{path}"})
    assert usual["output"]["canvas"] == "program"
    made = await ask(house, "POST", "/api/outputs", ELSEWHERE)
    assert (made["output"]["canvas"], made["output"]["url"]) == (
        "second",
        "rtmp://live.example.org/app/second",
    )
    assert [(each.canvas, each.url.rpartition("/")[2]) for each in mixer.wanted.destinations] == [
        (Canvas.PROGRAM, "program"),
        (Canvas.SECOND, "second"),
    ]
    wrong = await house.operator("POST", "/api/outputs", json={**ELSEWHERE, "canvas": "third"})
    assert (wrong.status_code, "body.canvas" in wrong.json()["detail"]) == (422, True)


async def test_health_says_which_canvas_does_not_arrive(mixing: Mixing) -> None:
    house, mixer = mixing
    await ask(house, "POST", "/api/outputs", ELSEWHERE)
    lost = DestinationStatus(id="phones", url="rtmp://h/***", state=DestinationState.RETRYING, reason="gone")
    mixer.say(destinations=(lost,))
    await until(lambda: house.control.stage.health.outputs == ((Canvas.SECOND, lost),))
    warnings = (await ask(house, "GET", "/api/health"))["warnings"]
    assert "second does not reach rtmp://h/***: gone" in {each["message"] for each in warnings}


async def test_the_mixer_says_its_size_and_draws_scenes_for_it(mixing: Mixing) -> None:
    house, mixer = mixing
    mixer.say(second_canvas=CanvasSize(width=180, height=320))
    await until(lambda: house.control.mixing.require_state().second_canvas is not None)
    assert (await ask(house, "GET", "/api/mixer"))["second_canvas"] == {"width": 180, "height": 320}
    for query in ("", "?canvas=program", "?canvas=second"):
        assert (await house.operator("GET", f"/api/scenes/holding/thumbnail.jpg{query}")).is_success
    assert [scene for _, scene in mixer.commands] == ["holding", "holding", "holding on second"]
    wrong = await house.operator("GET", "/api/scenes/holding/thumbnail.jpg?canvas=third")
    assert wrong.status_code == 422


async def test_its_readers_are_told_to_the_mixer(mixing: Mixing) -> None:
    house, mixer = mixing
    reader = ReaderStatus(id="r", kind="http", queued=0, dropped=0)
    house.control.mixing.relay_path(PathStatus(path="second", owner=None, readers=(reader,)))
    await until(lambda: "second" in mixer.wanted.watched)


async def test_where_there_is_none(without: Mixing) -> None:
    house, mixer = without
    assert (await ask(house, "GET", "/api/mixer"))["second_canvas"] is None
    for method, url, body in (
        ("POST", "/api/outputs", ELSEWHERE),
        ("GET", "/api/scenes/holding/thumbnail.jpg?canvas=second", None),
    ):
        answer = await house.operator(method, url, **({} if body is None else {"json": body}))
        assert (answer.status_code, answer.json()["code"]) == (409, "second_canvas_disabled")
        assert "mixer.second_canvas.enabled" in answer.json()["hint"]
    # Scenes may be prepared for it all the same.
    await ask(house, "PUT", "/api/scenes/holding", {"second": [SLOT]})
    assert mixer.wanted.destinations == ()


async def test_an_output_of_one_that_is_no_more_waits(without: Mixing) -> None:
    house, mixer = without
    mixing = house.control.mixing
    await ask(house, "POST", "/api/outputs", {**ELSEWHERE, "canvas": "program", "start": False})
    output = mixing.board.output("phones")
    mixing.commit(mixing.board.with_output(replace(output, canvas=Canvas.SECOND)))
    started = await house.operator("POST", "/api/outputs/phones/start")
    assert (started.status_code, started.json()["code"]) == (409, "second_canvas_disabled")
    outputs = (await ask(house, "POST", "/api/mixer/start"))["outputs"]
    assert [(each["id"], each["running"]) for each in outputs] == [("phones", False)]
    mixing.commit(mixing.board.running("phones", on=True))
    await ask(house, "PUT", "/api/scenes/holding", {"label": "Told again"})
    assert mixer.wanted.destinations == ()
