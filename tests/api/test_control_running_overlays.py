"""Timers, tickers and scoreboards by the API: made, run, scored, refused, and there again after a restart."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.mixer.timers import LEAD_NS
from stagedoor.domain.overlay import AnyOverlay, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.timer import AtZero, Run, TimerMode
from stagedoor.ipc.day import day_offset_ns
from tests.kit.control_app import House, mixing_house
from tests.kit.fake_mixer import FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
COUNTDOWN = {"kind": "timer", "id": "start", "seconds": 600}
TICKER = {"kind": "ticker", "id": "news", "items": ["Storm warning", "Ferries are late"]}
GAME = {"kind": "scoreboard", "id": "game", "home": {"name": "Ada"}, "away": {"name": "Bo", "score": 2}}
SECOND_NS = 1_000_000_000


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path) as made:
        yield made


async def call(house: House, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await house.operator(method, f"/api/overlays{url}", **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def told(mixer: FakeMixer, key: str) -> AnyOverlay:
    return next(each for each in mixer.wanted.overlays if each.id == key)


def run_of(mixer: FakeMixer, key: str) -> Run:
    timer = told(mixer, key)
    assert isinstance(timer, Timer)
    return timer.run


async def test_a_timer_starts_and_stands_at_the_edge_of_a_frame(mixing: Mixing) -> None:
    house, mixer = mixing
    mixer.say(started_ns=time.monotonic_ns() - 5 * SECOND_NS + 123_456, frame=140)
    made = (await call(house, "POST", "", COUNTDOWN, 201))["overlay"]
    assert (made["running"], made["elapsed_ms"]) == (False, 0)
    earliest_ns = time.time_ns()
    started = await call(house, "POST", "/start/start")
    run = run_of(mixer, "start")
    assert run.since_ns is not None
    assert earliest_ns + LEAD_NS - 1_000_000 < run.since_ns < time.time_ns() + LEAD_NS + SECOND_NS // 15
    offset_ns = day_offset_ns()
    due_ns = mixer.state.started_ns + started["frame"] * SECOND_NS // 30
    assert run.since_ns == pytest.approx(due_ns + offset_ns, abs=1_000_000)
    assert started["overlay"]["running"] is True
    await call(house, "POST", "/start/start")
    assert run_of(mixer, "start") == run
    started_ns = run.since_ns
    await until(lambda: time.time_ns() > started_ns + 1_000_000, what="the frame is there")
    assert (await call(house, "GET", "/start"))["elapsed_ms"] > 0

    paused = await call(house, "POST", "/start/pause")
    frames = paused["frame"] - started["frame"]
    assert frames >= 0
    assert run_of(mixer, "start").elapsed_ns(time.time_ns() + SECOND_NS) == pytest.approx(
        frames * SECOND_NS / 30, abs=1_000_000
    )
    assert paused["overlay"]["running"] is False
    assert paused["overlay"]["elapsed_ms"] == pytest.approx(frames * 1000 / 30, abs=2)
    reset = await call(house, "POST", "/start/reset")
    assert (reset["frame"], run_of(mixer, "start")) == (mixer.state.frame, Run())


async def test_a_timer_that_runs_is_changed_and_goes_on(mixing: Mixing) -> None:
    house, mixer = mixing
    await call(house, "POST", "", COUNTDOWN, 201)
    await call(house, "POST", "/start/start")
    run = run_of(mixer, "start")
    body = {key: value for key, value in COUNTDOWN.items() if key != "id"}
    await call(house, "PUT", "/start", {**body, "seconds": 900, "at_zero": "count_on", "on": True})
    assert told(mixer, "start") == Timer("start", on=True, seconds=900, at_zero=AtZero.COUNT_ON, run=run)
    await call(house, "PUT", "/start", {"kind": "timer", "mode": "count_up"})
    assert told(mixer, "start") == Timer("start", mode=TimerMode.COUNT_UP)


async def test_a_timer_outlives_control(tmp_path: Path) -> None:
    async with mixing_house(tmp_path) as (house, mixer):
        await call(house, "POST", "", COUNTDOWN, 201)
        await call(house, "POST", "", TICKER, 201)
        await call(house, "POST", "", {**GAME, "timer": "start"}, 201)
        await call(house, "POST", "/start/start")
        before = mixer.wanted.overlays
    async with mixing_house(tmp_path) as (_, mixer):
        assert mixer.wanted.overlays == before


async def test_without_a_mixer_a_timer_starts_at_once(mixing: Mixing) -> None:
    house, _ = mixing
    await call(house, "POST", "", COUNTDOWN, 201)
    house.control.mixing.state = None
    house.control.mixing._courier.lost()
    earliest_ns = time.time_ns()
    started = await call(house, "POST", "/start/start")
    assert (started["frame"], started["overlay"]["running"]) == (None, True)
    since_ns = house.control.mixing.board.timer("start").run.since_ns
    assert since_ns is not None
    assert earliest_ns <= since_ns <= time.time_ns()


HIDES = {**COUNTDOWN, "on": True, "at_zero": "hide"}


async def say_over(house: House, mixer: FakeMixer) -> Timer:
    """Have the mixer say that the timer has come to its zero, and control know of it; returns the timer."""
    timer = told(mixer, "start")
    assert isinstance(timer, Timer)
    mixer.say(over=(timer,))
    await until(lambda: (state := house.control.mixing.state) is not None and state.over == (timer,))
    return timer


async def test_one_that_goes_at_its_zero_is_off_once_the_mixer_says_so(mixing: Mixing) -> None:
    house, mixer = mixing
    await call(house, "POST", "", HIDES, 201)
    over = Run().started(time.time_ns() - 600 * SECOND_NS)
    board = house.control.mixing.board
    late = Timer("start", on=True, seconds=600, at_zero=AtZero.HIDE, run=over)
    await house.control.mixing.put(board.with_overlays(late))
    house.control.timers.look()
    assert house.control.mixing.board.overlay("start").on, "the time of day alone takes nothing off program"
    mixer.say(over=(late,))
    await until(lambda: not told(mixer, "start").on, what="control notices that it has gone")
    shown = await call(house, "POST", "/start/show")
    assert shown["overlay"]["on"] is True
    house.control.timers.look()
    assert house.control.mixing.board.overlay("start").on, "who shows it nevertheless sees it"


async def test_one_that_has_just_gone_is_shown_again(mixing: Mixing) -> None:
    house, mixer = mixing
    await call(house, "POST", "", HIDES, 201)
    await say_over(house, mixer)
    await call(house, "POST", "/start/show")
    house.control.timers.look()
    timer = told(mixer, "start")
    assert (timer.on, run_of(mixer, "start").taken_down_ns) == (True, 600 * SECOND_NS)


@pytest.mark.parametrize("change", ["reset", "more"])
async def test_one_with_another_zero_is_not_taken_down_for_the_old_one(mixing: Mixing, change: str) -> None:
    house, mixer = mixing
    await call(house, "POST", "", HIDES, 201)
    await call(house, "POST", "/start/start")
    # As if its zero came and control was told so after it was changed here.
    late = told(mixer, "start")
    if change == "reset":
        await call(house, "POST", "/start/reset")
    else:
        body = {key: value for key, value in HIDES.items() if key != "id"}
        await call(house, "PUT", "/start", {**body, "seconds": 900})
    mixer.say(over=(late,))
    await until(lambda: (state := house.control.mixing.state) is not None and state.over == (late,))
    house.control.timers.look()
    assert house.control.mixing.board.overlay("start").on


async def test_one_that_was_shown_after_its_zero_stays_when_control_begins_anew(tmp_path: Path) -> None:
    async with mixing_house(tmp_path) as (house, mixer):
        await call(house, "POST", "", HIDES, 201)
        await call(house, "POST", "/start/start")
        over = await say_over(house, mixer)
        await until(lambda: not told(mixer, "start").on, what="control notices that it has gone")
        await call(house, "POST", "/start/show")
    async with mixing_house(tmp_path) as (house, mixer):
        await until(lambda: any(each.id == "start" for each in mixer.wanted.overlays))
        mixer.say(over=(over,))
        await until(lambda: (state := house.control.mixing.state) is not None and state.over == (over,))
        house.control.timers.look()
        assert house.control.mixing.board.overlay("start").on
        assert run_of(mixer, "start").taken_down_ns == 600 * SECOND_NS


async def test_scores(mixing: Mixing) -> None:
    house, mixer = mixing
    await call(house, "POST", "", COUNTDOWN, 201)
    made = await call(house, "POST", "", {**GAME, "timer": "start", "label": "1st"}, 201)
    assert made["overlay"]["away"] == {"name": "Bo", "color": "#2e86ab", "score": 2}
    scored = await call(house, "POST", "/game/score", {"home": 3})
    assert (scored["frame"], scored["overlay"]["home"]["score"]) == (mixer.state.frame, 3)
    await call(house, "POST", "/game/score", {"home": -1, "away": 1})
    assert told(mixer, "game") == Scoreboard(
        "game", home=Team("Ada", score=2), away=Team("Bo", score=3), label="1st", timer="start", size=0.05
    )
    for body, field in (({"home": -3}, "home"), ({"away": 998}, "away"), ({"home": 0.5}, "body.home")):
        refused = await call(house, "POST", "/game/score", body, 422)
        assert refused["detail"].startswith(f"{field}: ")
    assert told(mixer, "game") == house.control.mixing.board.scoreboard("game")
    await call(house, "DELETE", "/start")
    await call(house, "POST", "/game/score", {"home": 1})


async def test_a_ticker_is_made_and_there_is_an_end_to_them(mixing: Mixing) -> None:
    house, mixer = mixing
    made = await call(house, "POST", "", {"kind": "ticker", "items": ["Storm warning"]}, 201)
    assert (made["overlay"]["id"], made["overlay"]["separator"]) == ("storm-warning", "•")
    assert told(mixer, "storm-warning") == Ticker("storm-warning", items=("Storm warning",), size=0.045)
    for number in range(7):
        await call(house, "POST", "", {**TICKER, "id": f"n{number}"}, 201)
    full = await call(house, "POST", "", TICKER, 503)
    assert full["code"] == "board_full"
    await call(house, "PUT", "/n3", {"kind": "ticker", "items": ["Another"], "speed": 0.1})


async def test_what_is_no_timer_is_not_started(mixing: Mixing) -> None:
    house, _ = mixing
    await call(house, "POST", "", TICKER, 201)
    await call(house, "POST", "", {"kind": "timer", "id": "clock", "mode": "clock", "format": "h:mm"}, 201)
    before = house.control.mixing.board
    for verb, body in (("start", None), ("pause", None), ("reset", None), ("score", {})):
        for key in ("news", "clock"):
            refused = await call(house, "POST", f"/{key}/{verb}", body, 409)
            assert refused["code"] == "overlay_kind"
        missing = await call(house, "POST", f"/nobody/{verb}", body, 404)
        assert missing["code"] == "overlay_unknown"
    assert house.control.mixing.board.overlays == before.overlays


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "timer"}, "overlay.seconds"),
    ({"kind": "timer", "seconds": -1}, "body.seconds"),
    ({"kind": "timer", "seconds": 360_000}, "body.seconds"),
    ({"kind": "timer", "seconds": 5, "mode": "egg"}, "body.mode"),
    ({"kind": "timer", "seconds": 5, "text": "a"}, "body.text"),
    ({"kind": "timer", "seconds": 5, "size": 0.3}, "body.size"),
    ({"kind": "timer", "mode": "clock"}, "overlay.format"),
    ({"kind": "timer", "seconds": 5, "run": {}}, "body.run"),
    ({"kind": "ticker"}, "body.items"),
    ({"kind": "ticker", "items": []}, "body.items"),
    ({"kind": "ticker", "items": ["ok", "x" * 501]}, "body.items.1"),
    ({"kind": "ticker", "items": ["x" * 450] * 5}, "overlay.items"),
    ({"kind": "ticker", "items": ["a\nb"]}, "overlay.items[0]"),
    ({"kind": "ticker", "items": ["a"], "speed": 5}, "body.speed"),
    ({"kind": "scoreboard", "home": {"score": -1}}, "body.home.score"),
    ({"kind": "scoreboard", "away": {"color": "red"}}, "body.away.color"),
    ({"kind": "scoreboard", "timer": "nobody"}, "overlay.timer"),
    ({"kind": "scoreboard", "timer": "../x"}, "body.timer"),
    ({"kind": "text", "seconds": 5}, "body.seconds"),
    ({"kind": ["timer"]}, "body.kind"),
    ({}, "body.kind"),
]


async def test_what_is_refused(mixing: Mixing) -> None:
    house, _ = mixing
    before = house.control.mixing.board
    for body, field in REFUSED:
        refused = await call(house, "POST", "", body, 422)
        assert field in [each.partition(": ")[0] for each in refused["detail"].split("; ")], refused
    assert house.control.mixing.board.overlays == before.overlays


async def test_a_kind_that_is_none_is_told_which_there_are(mixing: Mixing) -> None:
    house, _ = mixing
    refused = await call(house, "POST", "", {"kind": "marquee"}, 422)
    assert "timer, ticker, scoreboard" in refused["detail"]
