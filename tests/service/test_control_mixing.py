"""Control leads and follows the mixer, also when either begins anew; what pages and guests are told."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from stagedoor.control.mixer import courier, watchers
from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.ready_made import completed
from stagedoor.control.registry import Session
from stagedoor.control.store import MIGRATIONS, Store
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.clip import ClipState
from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.domain.hearing import Place
from stagedoor.domain.scene import Crop
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.domain.strip import Strip
from stagedoor.ipc import mixer_client
from stagedoor.ipc.clips import ClipStart, ClipStatus
from stagedoor.ipc.messages import PathStatus, ReaderStatus, RelayEvent
from stagedoor.ipc.mixer import SourceStatus, Wanted
from stagedoor.ipc.multiview import MultiviewCell
from stagedoor.ipc.tickers import TickerPlace
from stagedoor.settings import GuestsSettings
from tests.kit.control_app import (
    AS_OPERATOR,
    OPERATOR,
    House,
    bearer,
    listening,
    make_settings,
    mixing_house,
    running_control,
)
from tests.kit.fake_mixer import FakeMixer
from tests.kit.fake_relay import FakeRelay
from tests.kit.wait import until

pytestmark = pytest.mark.service

ACCOUNT = {"cloudflare": {"app_id": "app", "app_secret": "secret"}}


class Rig:
    """Control and a mixer that can be stopped and started apart, in front of a relay that stays."""

    def __init__(self, tmp_path: Path) -> None:
        self.settings = make_settings(tmp_path, mixer={"enabled": True})
        self.settings.server.run_dir.mkdir()
        self.relay = FakeRelay()
        self.mixer = FakeMixer()
        self.house = House(self.relay)
        self._mixer_stack = AsyncExitStack()
        self._control_stack = AsyncExitStack()

    async def start_mixer(self) -> None:
        """Start a mixer that knows nothing."""
        self.mixer = FakeMixer()
        await self._mixer_stack.enter_async_context(self.mixer.serving(self.settings.server.mixer_socket))

    async def stop_mixer(self) -> None:
        await self._mixer_stack.aclose()

    async def start_control(self) -> None:
        await self._control_stack.enter_async_context(running_control(self.settings, self.house))

    async def stop_control(self) -> None:
        await self._control_stack.aclose()

    async def post(self, url: str, body: Any, status: int = 200) -> dict[str, Any]:
        answer = await self.house.operator("POST", url, json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json())


@asynccontextmanager
async def rig(tmp_path: Path, *, mixer: bool = True) -> AsyncIterator[Rig]:
    """Everything runs, unless `mixer` says that there is none yet."""
    made = Rig(tmp_path)
    async with made.relay.serving(made.settings.server.relay_socket):
        if mixer:
            await made.start_mixer()
        await made.start_control()
        try:
            await until(lambda: not mixer or made.mixer.wanted.revision)
            yield made
        finally:
            await made.stop_control()
            await made.stop_mixer()


async def heard(socket: ClientConnection, kind: str, within: float = 5.0) -> Any:
    """Return the data of the next event of a type."""
    async with asyncio.timeout(within):
        while True:
            event: dict[str, Any] = json.loads(await socket.recv())
            if event["type"] == kind:
                return event["data"]


@asynccontextmanager
async def operator_listening(tmp_path: Path) -> AsyncIterator[tuple[House, FakeMixer, ClientConnection]]:
    """An operator's page listens."""
    async with (
        mixing_house(tmp_path) as (house, mixer),
        listening(house) as port,
        connect(f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}") as socket,
    ):
        yield house, mixer, socket


class TestRestarts:
    async def test_a_mixer_that_begins_anew_is_told_everything(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            await made.post("/api/mixer/cut", {"scene": "quad"})
            await made.post("/api/mixer/preview", {"scene": "two_up"})
            await made.post("/api/outputs", {"url": "rtmp://h/x"}, 201)
            before = made.mixer.wanted
            await made.stop_mixer()
            await until(lambda: not made.house.control.stage.health.mixer_up)
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            assert (made.mixer.state.program, made.mixer.state.preview) == ("quad", "two_up")
            told = made.mixer.wanted.model_copy(update={"revision": 0})
            assert told == before.model_copy(update={"revision": 0, "program": "quad", "preview": "two_up"})

    async def test_control_that_begins_anew_ends_nothing_that_is_watched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "TOGETHER_S", 0)
        monkeypatch.setattr(watchers, "KNOWN_WITHIN_S", 60)
        async with rig(tmp_path) as made:
            made.relay.watched = {"multiview", "return-guest1"}
            await made.stop_control()
            gate = made.relay.state_gate = asyncio.Event()
            told = len(made.mixer.asked)
            await made.start_control()
            await until(lambda: made.house.control.stage.health.mixer_up)
            # The mixer answers, and would have been told, were it not for the relay that says nothing yet.
            await made.post("/api/mixer/take", None)
            gate.set()
            await until(lambda: len(made.mixer.asked) > told)
            assert made.mixer.asked[told].watched == ("multiview", "return-guest1")

    async def test_a_mixer_is_told_though_the_relay_says_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watchers, "KNOWN_WITHIN_S", 0.05)
        async with rig(tmp_path) as made:
            await made.stop_control()
            gate = made.relay.state_gate = asyncio.Event()
            told = len(made.mixer.asked)
            await made.start_control()
            await until(lambda: len(made.mixer.asked) > told)
            gate.set()

    async def test_a_tbar_that_stands_in_between_brings_nothing_on_air(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            await made.post("/api/mixer/cut", {"scene": "quad"})
            await made.post("/api/mixer/preview", {"scene": "two_up"})
            await made.post("/api/mixer/tbar", {"position": 0.1})
            mixing = made.house.control.mixing
            await until(lambda: mixing.require_state().position == 0.1)
            assert mixing.require_state().program == "two_up"
            for scene in ("quad", "two_up"):
                refused = await made.house.operator("DELETE", f"/api/scenes/{scene}")
                assert (refused.status_code, refused.json()["code"]) == (409, "scene_in_use")
            await made.stop_mixer()
            await until(lambda: mixing.state is None)
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            assert (made.mixer.wanted.program, made.mixer.wanted.preview) == ("quad", "two_up")

    async def test_a_fade_to_black_outlasts_the_mixer_and_control(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            await made.post("/api/mixer/fade-to-black", {})
            assert made.mixer.wanted.black_is_silent is None
            await made.house.operator("PUT", "/api/mixer/black", json={"is_silent": False})
            await until(lambda: made.house.control.mixing.board.black)
            await made.stop_mixer()
            await made.stop_control()
            await made.start_control()
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            assert made.mixer.wanted.black
            assert made.mixer.wanted.black_is_silent is False
            await until(lambda: made.house.control.mixing.require_state().black == 1)
            await made.post("/api/mixer/fade-to-black", {"black": False})
            await until(lambda: not made.house.control.mixing.board.black)

    async def test_clips_go_on_where_they_were(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            media = made.settings.server.media_dir
            media.mkdir(exist_ok=True)
            for name in ("one.mp4", "other.mp4"):
                (media / name).write_bytes(b"film")
            for key in ("played", "changed", "fresh"):
                await made.post("/api/sources", {"kind": "url", "id": key, "url": "one.mp4"}, 201)
            now = ClipStatus(state=ClipState.PLAYING, at_s=2.5)
            told = [SourceStatus(id=key, state=SourceState.LIVE, clip=now) for key in ("played", "changed")]
            made.mixer.say(sources=tuple(told))
            mixing = made.house.control.mixing
            await until(lambda: mixing.require_state().sources and mixing.require_state().sources[0].clip)
            body = {"kind": "url", "url": "other.mp4"}
            await made.house.operator("PUT", "/api/sources/changed", json=body)
            await made.stop_mixer()
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            assert made.mixer.wanted.clips == {"played": ClipStart(state=ClipState.PLAYING, at_s=2.5)}

    async def test_tickers_that_are_seen_go_on(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            for key in ("seen", "hidden", "gone"):
                body = {"kind": "ticker", "id": key, "items": ["News"], "on": True}
                await made.post("/api/overlays", body, 201)
            places = [TickerPlace(id=key, entered=2.5, day_ns=10**18) for key in ("seen", "hidden", "gone")]
            made.mixer.say(tickers=tuple(places))
            mixing = made.house.control.mixing
            await until(lambda: mixing.require_state().tickers)
            await made.house.operator("POST", "/api/overlays/hidden/hide")
            await made.house.operator("DELETE", "/api/overlays/gone")
            assert made.mixer.wanted.tickers == (places[0],)
            await made.stop_mixer()
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            # One that has just begun shows none yet, and takes nothing back.
            made.mixer.say(tickers=())
            await made.post("/api/mixer/cut", {"scene": "quad"})
            assert made.mixer.wanted.tickers == (places[0],)

    async def test_a_mixer_that_has_just_begun_is_no_word_about_black(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            await made.post("/api/mixer/fade-to-black", {})
            mixing = made.house.control.mixing
            await until(lambda: mixing.board.black)
            await made.stop_mixer()
            await until(lambda: mixing.state is None)
            await made.start_mixer()
            made.mixer.gate = asyncio.Event()
            await until(lambda: made.mixer.in_flight)
            made.mixer.say(frame=1, program="holding", black=0.0)
            await until(lambda: mixing.state is not None and mixing.state.program == "holding")
            assert mixing.board.black
            made.mixer.gate.set()
            await until(lambda: made.mixer.wanted.black)

    async def test_half_a_fade_is_no_word_about_black(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            mixing = made.house.control.mixing
            made.mixer.say(black=0.5)
            await until(lambda: mixing.require_state().black == 0.5)
            assert not mixing.board.black
            made.mixer.say(black=1.0)
            await until(lambda: mixing.board.black)
            made.mixer.say(black=0.5)
            await until(lambda: mixing.require_state().black == 0.5)
            assert mixing.board.black

    async def test_control_that_begins_anew_changes_nothing_on_air(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            await made.post("/api/mixer/cut", {"scene": "quad"})
            frame, before = made.mixer.state.frame, made.mixer.wanted
            await made.stop_control()
            await made.start_control()
            await until(lambda: made.mixer.wanted.revision > before.revision)
            assert made.mixer.state.program == "quad"
            assert (
                made.mixer.wanted.model_copy(update={"revision": before.revision, "program": before.program})
                == before
            )
            assert made.mixer.commands[1:] == []
            assert made.mixer.state.frame >= frame

    async def test_what_is_set_without_a_mixer_waits_for_it(self, tmp_path: Path) -> None:
        async with rig(tmp_path, mixer=False) as made:
            saved = await made.post("/api/scenes", {"id": "later"}, 201)
            assert saved["frame"] is None
            refused = await made.post("/api/mixer/cut", {"scene": "later"}, 503)
            assert (refused["code"], bool(refused["hint"])) == ("mixer_unavailable", True)
            for url in ("/api/mixer", "/api/scenes/later/thumbnail.jpg"):
                assert (await made.house.operator("GET", url)).status_code == 503
            await made.start_mixer()
            await until(lambda: made.mixer.wanted.revision)
            assert "later" in {scene.id for scene in made.mixer.wanted.scenes}
            await made.post("/api/mixer/cut", {"scene": "later"})

    async def test_ready_does_not_wait_for_the_mixer_and_health_says_so(self, tmp_path: Path) -> None:
        async with rig(tmp_path, mixer=False) as made:
            await until(lambda: made.house.control.stage.health.relay_up)
            assert (await made.house.client.get("/readyz")).status_code == 200
            health = (await made.house.operator("GET", "/api/health")).json()
            assert (health["status"], health["parts"]["mixer"]) == ("critical", "down")
            assert [warning["code"] for warning in health["warnings"]] == ["mixer_unavailable"]
            await made.start_mixer()
            await until(lambda: made.house.control.stage.health.mixer_up)
            health = (await made.house.operator("GET", "/api/health")).json()
            assert (health["status"], health["parts"]["mixer"]) == ("ok", "ok")

    async def test_a_mixer_that_hangs_is_not_believed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mixer_client, "SILENT_AFTER_S", 1.5)
        async with rig(tmp_path) as made:
            await until(lambda: made.house.control.stage.tallies.of("guest1") == "preview")
            made.mixer.hangs = True
            await until(lambda: made.house.control.stage.tallies.of("guest1") == "unknown")
            assert not made.house.control.stage.health.mixer_up


class TestCourier:
    async def test_one_at_a_time_and_the_newest_last(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "LONG_S", 60.0)
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.gate = asyncio.Event()
            begun = len(mixer.asked)
            changes = [
                asyncio.create_task(house.operator("PUT", "/api/audio/guest1", json={"gain_db": -gain}))
                for gain in range(20)
            ]
            await until(lambda: len(mixer.asked) > begun)
            mixer.gate.set()
            assert {(await change).status_code for change in changes} == {200}
            assert mixer.most_in_flight == 1
            assert len(mixer.asked) - begun < 5
            kept = house.control.mixing.board.strips["guest1"]
            assert mixer.wanted.strips["guest1"] == kept
            same = await house.operator("PUT", "/api/audio/guest1", json={"gain_db": kept.gain_db})
            assert same.json()["frame"] == mixer.state.frame
            revisions = [body.revision for body in mixer.asked]
            assert revisions == sorted(set(revisions))

    async def test_what_takes_long_is_overtaken_and_few_are_under_way(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            control = house.control.mixing
            async with held(house, mixer) as gate:
                begun = len(mixer.asked)
                for gain in range(1, 2 * courier.MOST_UNDER_WAY):
                    control.commit(control.board.with_strip("guest1", Strip(gain_db=-gain)))
                    await until(partial(lambda count: len(mixer.asked) == count, begun + gain))
                    assert mixer.asked[-1].strips["guest1"].gain_db == -gain
                under_way = [task for task in asyncio.all_tasks() if task.get_name() == "wanted"]
                assert len(under_way) == courier.MOST_UNDER_WAY
                gate.set()
                await until(lambda: mixer.wanted.strips.get("guest1") == Strip(gain_db=-gain))

    async def test_what_the_mixer_refuses_is_said(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.refusal = InvalidError("scenes: too strange", code="bad_value")
            answer = await house.operator("PUT", "/api/scenes/new", json={})
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_value")
            assert "The mixer refuses what is wanted" in caplog.text
            assert "new" not in house.control.mixing.board.scenes
            cut = await house.operator("POST", "/api/mixer/cut", json={"scene": "quad"})
            assert (cut.status_code, cut.json()["program"]) == (200, "quad")
            mixer.refusal = None
            assert (await house.operator("PUT", "/api/scenes/new", json={})).status_code == 200

    async def test_a_failure_of_the_mixer_is_tried_again_though_nobody_waits(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.refusal = StagedoorError("a mistake of the mixer's")
            failed = await house.operator("PUT", "/api/scenes/new", json={})
            assert (failed.status_code, failed.json()["code"]) == (500, "internal")
            await house.join(await house.invite(seat="guest1"))
            begun = len(mixer.asked)
            await until(lambda: len(mixer.asked) > begun + 1 and mixer.asked[-1].listeners)
            mixer.refusal = None
            await until(lambda: [each.name for each in mixer.wanted.listeners] == ["guest1"])

    async def test_what_is_refused_is_not_tried_again_by_itself(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.refusal = InvalidError("scenes: too strange")
            house.control.mixing.monitors.put("desk", (), ())
            house.control.mixing.look()
            await until(lambda: mixer.asked[-1].monitors[-1].operator == "desk")
            asked = len(mixer.asked)
            mixer.say(frame=99)
            await until(lambda: house.control.mixing.require_state().frame == 99)
            assert len(mixer.asked) == asked

    async def test_no_command_waits_for_what_is_set_meanwhile(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer), held(house, mixer):
            sent = [
                await house.operator("POST", f"/api/mixer/{name}", json=body)
                for name, body in (
                    ("cut", {"scene": "quad"}),
                    ("preview", {"scene": "two_up"}),
                    ("take", None),
                    ("fade-to-black", None),
                )
            ]
            assert {answer.status_code for answer in sent} == {200}
            assert [name for name, _ in mixer.commands] == ["cut", "preview", "take", "fade"]
            picture = await house.operator("GET", "/api/scenes/quad/thumbnail.jpg")
            assert picture.status_code == 200
            assert mixer.in_flight == 1

    async def test_a_scene_goes_before_the_command_that_names_it(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer), held(house, mixer) as gate:
            made = replace(house.control.mixing.board.scene("quad"), id="new")
            house.control.mixing.commit(house.control.mixing.board.with_scenes([made]))
            cut = asyncio.create_task(house.operator("POST", "/api/mixer/cut", json={"scene": "new"}))
            gate.set()
            assert (await cut).json()["program"] == "new"

    async def test_outputs_that_are_slow_to_stop_refuse_no_cut(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "SETTLED_WITHIN_S", 0.1)
        async with mixing_house(tmp_path) as (house, mixer), held(house, mixer):
            board = house.control.mixing.board
            changed = replace(board.scene("quad"), label="As it is now")
            house.control.mixing.commit(board.with_scenes([changed, replace(changed, id="new")]))
            cut = await house.operator("POST", "/api/mixer/cut", json={"scene": "quad"})
            assert (cut.status_code, cut.json()["program"]) == (200, "quad")
            early = await house.operator("POST", "/api/mixer/cut", json={"scene": "new"})
            assert (early.status_code, early.json()["code"]) == (503, "mixer_unavailable")
            assert mixer.in_flight


@asynccontextmanager
async def held(house: House, mixer: FakeMixer) -> AsyncIterator[asyncio.Event]:
    """The mixer is still at work on what it was told, until the event is set or the block ends."""
    gate = mixer.gate = asyncio.Event()
    board = house.control.mixing.board
    house.control.mixing.commit(board.with_strip("guest1", Strip(gain_db=-3)))
    await until(lambda: mixer.in_flight)
    try:
        yield gate
    finally:
        gate.set()


class TestAudience:
    async def test_who_gets_a_return(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path, carrier=ACCOUNT, mixer={"lobby_hears": "silence"}) as (
            house,
            mixer,
        ):
            assert not mixer.wanted.listeners
            await house.join(await house.invite(seat="guest1"))
            by_cloudflare = await house.invite(seat="guest2", carrier="cloudflare")
            await house.join(by_cloudflare, instance="page-2")
            token = await house.invite(admit="lobby")
            guest = (await house.join(token, instance="page-3")).json()["guest"]["id"]
            lobby = f"lobby-{guest}"
            await until(lambda: [each.place for each in mixer.wanted.listeners].count(Place.LOBBY))
            told = {each.name: each for each in mixer.wanted.listeners}
            assert told["guest1"].sources == ("guest1", "guest1-screen")
            assert told[lobby].sources == (lobby, f"{lobby}-screen")
            assert {name: each.place for name, each in told.items()} == {
                "guest1": Place.SEATED,
                "guest2": Place.SEATED,
                lobby: Place.LOBBY,
            }
            assert {name: each.split for name, each in told.items()} == {
                "guest1": False,
                "guest2": True,
                lobby: False,
            }
            assert not told[lobby].hears_program
            assert mixer.wanted.watched == ("return-audio-guest2", "return-video")
            await house.operator("POST", "/api/guests/guest1/hold")
            await until(lambda: "guest1" not in {each.name for each in mixer.wanted.listeners})
            await house.operator("POST", f"/api/guests/{guest}/remove")
            await until(lambda: lobby not in {each.name for each in mixer.wanted.listeners})

    async def test_a_guest_who_tests_is_a_source_for_their_own_return(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            token = await house.invite(admit="lobby")
            await house.client.get("/api/join", headers=bearer(token))
            (guest,) = (each["id"] for each in await house.guests())
            stage, lobby = house.control.stage, f"lobby-{guest}"
            await until(lambda: [each.place for each in mixer.wanted.listeners] == [Place.CHECKING])
            assert lobby not in {source.id for source in mixer.wanted.sources}
            stage.sessions.add(Session("s" * 32, guest, False, "page-1", lobby, CarrierKind.BUILTIN))
            stage.on_change()
            await until(lambda: lobby in {source.id for source in mixer.wanted.sources})
            (listener,) = mixer.wanted.listeners
            assert (listener.name, lobby in listener.sources) == (lobby, True)

    async def test_what_is_watched(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            reader = ReaderStatus(id="r", kind="http", queued=0, dropped=0)

            def tell(path: str, *readers: ReaderStatus) -> None:
                event = RelayEvent(type="path", path=PathStatus(path=path, owner=None, readers=readers))
                for queue in house.relay.queues:
                    queue.put_nowait(event)

            tell("multiview", reader)
            tell("return-guest1", reader)
            await until(lambda: mixer.wanted.watched == ("multiview", "return-guest1"))
            tell("multiview")
            await until(lambda: mixer.wanted.watched == ("return-guest1",))


class TestEvents:
    async def test_operators_hear_what_changes(self, tmp_path: Path) -> None:
        async with operator_listening(tmp_path) as (house, mixer, socket):
            snapshot = await heard(socket, "snapshot")
            assert snapshot["mixer"]["program"] == "holding"
            assert {scene["id"] for scene in snapshot["board"]["scenes"]} >= {"holding", "quad"}
            await house.operator("POST", "/api/mixer/cut", json={"scene": "quad"})
            while (said := await heard(socket, "mixer"))["program"] != "quad":
                continue
            assert said["tally"]["guest1"] == "program"
            await house.operator("PUT", "/api/audio/guest1", json={"muted": True})
            change = await heard(socket, "board")
            assert change["strips"]["guest1"]["muted"]
            assert change["scenes"] is None
            mixer.say(multiview=(MultiviewCell(source="guest1", x=0, y=0.5, width=0.25, height=0.25),))
            while not (said := await heard(socket, "mixer"))["multiview"]:
                continue
            assert said["multiview"] == [
                {"source": "guest1", "x": 0, "y": 0.5, "width": 0.25, "height": 0.25}
            ]
            mixer.say(timing=mixer.state.timing.model_copy(update={"late_frames": 7}))
            while (said := await heard(socket, "mixer"))["timing"]["late_frames"] != 7:
                continue

    async def test_a_stream_of_states_is_thinned_out_but_the_last_one_comes(self, tmp_path: Path) -> None:
        async with operator_listening(tmp_path) as (house, mixer, socket):
            await heard(socket, "snapshot")
            for frame in range(1000, 1100):
                mixer.say(frame=frame)
            frames: list[int] = []
            while not frames or frames[-1] != 1099:
                frames.append((await heard(socket, "mixer"))["frame"])
            assert len(frames) < 10

    async def test_meters_are_asked_for_where_no_stream_brings_them(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):

            async def levels() -> Any:
                return (await house.operator("GET", "/api/audio/meters")).json()

            mixer.loud(program=-12.0)
            await until(lambda: house.control.stage.events.loudness)
            assert (await levels())["program"] == {
                "peak": [-12.0],
                "rms": [-22.0],
                "lufs": None,
                "reduced_db": 0.0,
            }
            mixer.hangs = True
            for queue in mixer.queues:
                queue.put_nowait(None)
            await until(lambda: not house.control.stage.events.loudness)
            assert await levels() == {}
            assert (await house.client.get("/api/audio/meters")).status_code == 401

    async def test_meters_are_for_those_who_ask(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer), listening(house) as port:
            url = f"ws://127.0.0.1:{port}/api/events?token={OPERATOR}"
            async with connect(url) as plain, connect(f"{url}&meters=1") as asking:
                await heard(plain, "snapshot")
                await heard(asking, "snapshot")
                mixer.loud(program=-12.0)
                assert (await heard(asking, "meters"))["program"]["peak"] == [-12.0]
                await house.operator("PUT", "/api/audio/guest1", json={"muted": True})
                async with asyncio.timeout(5):
                    while (event := json.loads(await plain.recv()))["type"] != "board":
                        assert event["type"] != "meters"
            sse = f"http://127.0.0.1:{port}/api/events?meters=1"
            async with (
                httpx.AsyncClient() as client,
                client.stream("GET", sse, headers=AS_OPERATOR) as stream,
            ):
                lines = stream.aiter_lines()
                async with asyncio.timeout(5):
                    async for line in lines:
                        if line.startswith("data:"):
                            mixer.loud(program=-20.0)
                        if '"meters"' in line and line.startswith("data:") and "-20" in line:
                            break

    async def test_a_guest_hears_the_own_tally_and_unknown_once_the_mixer_is_gone(
        self, tmp_path: Path
    ) -> None:
        async with rig(tmp_path) as made, listening(made.house) as port:
            token = await made.house.invite(seat="guest1")
            guest = (await made.house.join(token)).json()["guest"]["id"]
            url = f"ws://127.0.0.1:{port}/api/guests/{guest}/events?invite={token}&instance=page-1"
            async with connect(url) as socket:
                assert (await heard(socket, "snapshot"))["guest"]["tally"] == "preview"
                await made.post("/api/mixer/cut", {"scene": "quad"})
                while (await heard(socket, "guest"))["tally"] != "program":
                    continue
                await made.stop_mixer()
                while (await heard(socket, "guest"))["tally"] != "unknown":
                    continue


class TestStore:
    async def test_the_board_of_an_earlier_version(self, tmp_path: Path) -> None:
        path = tmp_path / "control.db"
        early = sqlite3.connect(path)
        early.executescript(f"{''.join(MIGRATIONS[:3])} PRAGMA user_version = 3;")
        early.close()
        async with Store.open(path, lambda _failing: None) as store:
            empty = await store.load_board()
            assert empty == Board()
            store.put_board(empty, completed(empty, GuestsSettings()))
        async with Store.open(path, lambda _failing: None) as store:
            kept = await store.load_board()
        assert kept == completed(Board(), GuestsSettings())
        assert list(kept.scenes) == list(completed(Board(), GuestsSettings()).scenes)

    async def test_everything_lasts(self, tmp_path: Path) -> None:
        async with rig(tmp_path) as made:
            for url, body in (
                ("/api/scenes", {"id": "mine", "label": "Mine", "slots": [{"source": "guest1", "x": 0.25}]}),
                ("/api/sources", {"kind": "url", "id": "roof", "url": "rtsp://u:p@h/x", "playout_ms": 90}),
                ("/api/outputs", {"id": "lan", "url": "rtsp://h/{path}", "start": False}),
            ):
                await made.post(url, body, 201)
            await made.house.operator("PUT", "/api/audio/roof", json={"gain_db": -4.5, "follow": "open"})
            await made.house.operator("PUT", "/api/mixer/transition", json={"kind": "dip", "frames": 9})
            await made.house.operator("DELETE", "/api/scenes/pip")
            await made.house.operator("DELETE", "/api/sources/test-pattern")
            before = made.house.control.mixing.board
            await made.stop_control()
            await made.start_control()
            assert made.house.control.mixing.board == before

    def test_seats_come_go_and_keep_what_was_set(self) -> None:
        first = completed(Board(), GuestsSettings.model_validate({"seats": ["a", "b"]}))
        board = first.with_source(_held(first))
        seats = [{"name": "a", "label": "Anna", "color": "#010203"}, "c"]
        then = completed(board, GuestsSettings.model_validate({"seats": seats}))
        assert [key for key, source in then.sources.items() if source.kind is SourceKind.GUEST] == [
            *("a", "a-screen", "c", "c-screen")
        ]
        assert (then.sources["a"].label, then.sources["a"].playout_ms) == ("Anna", 300)
        assert (then.sources["a"].crop, then.sources["a"].zoom) == (Crop(left=0.1), 2.0)
        assert then.scenes == board.scenes
        assert completed(then, GuestsSettings.model_validate({"seats": seats})) == then
        camera = Source("d", SourceKind.URL, url="rtsp://h/x")
        later = completed(then.with_source(camera), GuestsSettings.model_validate({"seats": ["d"]}))
        assert later.sources["d"].kind is SourceKind.GUEST


def _held(board: Board) -> Source:
    return replace(board.sources["a"], playout_ms=300, crop=Crop(left=0.1), zoom=2.0)


async def test_nothing_is_wanted_of_a_mixer_that_is_not_ours(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    settings.server.run_dir.mkdir()
    relay, mixer = FakeRelay(), FakeMixer()
    async with (
        relay.serving(settings.server.relay_socket),
        mixer.serving(settings.server.mixer_socket),
        running_control(settings, House(relay)) as house,
    ):
        await until(lambda: house.control.stage.health.relay_up)
        await house.join(await house.invite(seat="guest1"))
        assert "mixer" not in (await house.operator("GET", "/api/health")).json()["parts"]
    assert (mixer.asked, mixer.wanted, mixer.queues) == ([], Wanted(), set())
