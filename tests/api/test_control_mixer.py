"""The mixer's routes: every one of them, by whom, and what a mixer that is away or another program means."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.app import openapi_document
from stagedoor.control.http import MAX_BODY
from stagedoor.control.mixer import courier
from stagedoor.control.mixer.board import MAX_SCENES_BYTES, Board
from stagedoor.control.mixer.board_rows import TABLES, changed_rows, read_board
from stagedoor.control.mixer.devices import found_devices
from stagedoor.control.routes import sources
from stagedoor.control.rows import Row
from stagedoor.domain.clip import Autoplay, ClipState
from stagedoor.domain.device import Capture
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.key import ChromaKey, Key, LumaKey
from stagedoor.domain.scene import Crop, Fit, Offset, Scene, SceneSound
from stagedoor.domain.source import SourceKind, SourceState
from stagedoor.domain.strip import Compressor, Follow, Strip
from stagedoor.domain.transition import Direction, Transition, TransitionKind
from stagedoor.ipc.clips import ClipStatus
from stagedoor.ipc.mixer import SourceStatus
from stagedoor.ipc.queues import QueueKind, QueueStatus, SoundTiming
from tests.kit import files
from tests.kit.control_app import House, bearer, mixing_house, running_house
from tests.kit.fake_mixer import THUMBNAIL, FakeMixer
from tests.kit.wait import until

pytestmark = pytest.mark.api

Mixing = tuple[House, FakeMixer]
TAGS = {"Mixer", "Scenes", "Sources", "Audio", "Overlays", "Outputs"}
KEY = "rtmp://user:word@live.example.org/app/stream-key?token=hidden"


@pytest.fixture
async def mixing(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as made:
        yield made


@pytest.fixture
async def without(tmp_path: Path) -> AsyncIterator[House]:
    """Another program is the mixer."""
    async with running_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as made:
        yield made


async def post(house: House, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await house.operator("POST", url, **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def put(house: House, url: str, body: Any, status: int = 200) -> dict[str, Any]:
    answer = await house.operator("PUT", url, json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def get(house: House, url: str) -> dict[str, Any]:
    answer = await house.operator("GET", url)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def routes(*tags: str) -> list[tuple[str, str]]:
    paths = openapi_document()["paths"].items()
    found = [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in paths
        for method, route in methods.items()
        if set(route["tags"]) & set(tags)
    ]
    assert found
    return found


class TestWho:
    @pytest.mark.parametrize(("method", "path"), routes(*TAGS, "Tally"))
    async def test_operators_only(self, without: House, method: str, path: str) -> None:
        token = await without.invite(seat="guest1")
        for headers, status in (({}, 401), (bearer(token), 403)):
            assert (await without.client.request(method, path, headers=headers)).status_code == status

    @pytest.mark.parametrize(("method", "path"), routes(*TAGS))
    async def test_another_program_is_the_mixer(self, without: House, method: str, path: str) -> None:
        answer = await without.operator(method, path)
        assert (answer.status_code, answer.json()["code"]) == (409, "mixer_disabled")
        assert "mixer.enabled" in answer.json()["hint"]


class TestGuests:
    async def test_they_are_told_that_program_comes_back(self, mixing: Mixing) -> None:
        house, _ = mixing
        token = await house.invite(seat="guest1")
        assert (await house.client.get("/api/join", headers=bearer(token))).json()["returns"]


class TestCommands:
    async def test_a_first_start_is_on_air_with_a_picture(self, mixing: Mixing) -> None:
        house, mixer = mixing
        state = await get(house, "/api/mixer")
        assert (state["program"], state["preview"]) == ("holding", "full-guest1")
        (slot,) = next(scene for scene in mixer.wanted.scenes if scene.id == "holding").slots
        source = next(source for source in mixer.wanted.sources if source.id == slot.source)
        assert (source.kind, bool(source.label), slot.label) == (SourceKind.COLOR, True, True)
        assert state["tally"] == {"holding": "program", "guest1": "preview"}
        assert {"frame", "position", "black", "timing", "sources"} <= set(state)

    async def test_what_waits_and_what_is_missing_is_told(self, mixing: Mixing) -> None:
        house, mixer = mixing
        queue = QueueStatus(kind=QueueKind.ENCODER, name="program", waiting=3, most=8, dropped=1)
        source = SourceStatus(
            id="guest1", state=SourceState.LIVE, waiting=4, filled=0.5, dropped=2, sound_ms=60
        )
        mixer.say(queues=(queue,), sound=SoundTiming(skipped_blocks=5), sources=(source,))

        async def told() -> bool:
            return bool((await get(house, "/api/mixer"))["queues"])

        await until(told)
        state = await get(house, "/api/mixer")
        assert state["queues"] == [
            {"kind": "encoder", "name": "program", "waiting": 3, "most": 8, "dropped": 1}
        ]
        assert state["sound"] == {"skipped_blocks": 5, "failed_blocks": 0, "encoder_failures": 0}
        (measured,) = state["sources"]
        assert [measured[key] for key in ("waiting", "filled", "dropped", "sound_ms")] == [4, 0.5, 2, 60]

    async def test_cut_preview_take_and_auto_say_the_frame(self, mixing: Mixing) -> None:
        house, mixer = mixing
        frame = mixer.state.frame
        cut = await post(house, "/api/mixer/cut", {"scene": "two_up"})
        told = {"frame": frame + 1, "program": "two_up", "preview": "full-guest1"}
        assert cut == {**told, "to_black": False, "cut_frame": None, "trouble": None}
        previewed = await post(house, "/api/mixer/preview", {"scene": "full-guest2"})
        assert (previewed["program"], previewed["preview"]) == ("two_up", "full-guest2")
        taken = await post(house, "/api/mixer/take")
        assert (taken["program"], taken["preview"]) == ("full-guest2", "two_up")
        assert (await post(house, "/api/mixer/auto"))["program"] == "two_up"
        assert [name for name, _ in mixer.commands] == ["cut", "preview", "take", "auto"]
        assert (await get(house, "/api/mixer"))["program"] == "two_up"

    async def test_transitions(self, mixing: Mixing) -> None:
        house, mixer = mixing
        wipe = {"kind": "wipe", "frames": 30, "color": "#102030", "direction": "up", "file": "", "cut_at": 15}
        saved = await put(house, "/api/mixer/transition", wipe)
        assert saved["transition"] == wipe
        assert mixer.wanted.transition.kind is TransitionKind.WIPE
        assert mixer.wanted.transition.way is Direction.UP
        await post(house, "/api/mixer/auto", {})
        await post(house, "/api/mixer/auto", {"transition": {"kind": "dip", "frames": 5}})
        kinds = [body.transition.kind for name, body in mixer.commands if name == "auto"]
        assert kinds == [TransitionKind.WIPE, TransitionKind.DIP]
        assert (await put(house, "/api/mixer/transition", {"kind": "slide"}))["transition"][
            "direction"
        ] is None

    async def test_of_two_who_change_the_transition_at_once_neither_is_lost(self, mixing: Mixing) -> None:
        house, mixer = mixing

        async def patch(**change: Any) -> httpx.Response:
            return await house.operator("PATCH", "/api/mixer/transition", json=change)

        await put(house, "/api/mixer/transition", {"kind": "wipe", "color": "#102030", "direction": "up"})
        answers = await asyncio.gather(patch(kind="push"), patch(frames=45))
        assert [answer.status_code for answer in answers] == [200, 200]
        saved = Transition(TransitionKind.PUSH, 45, "#102030", Direction.UP)
        assert house.control.mixing.board.transition == mixer.wanted.transition == saved
        assert (await patch(direction=None)).json()["transition"]["direction"] is None
        # A stinger has no file that it could play.
        for refused in (await patch(frames=251), await patch(frames=None), await patch(kind="stinger")):
            assert refused.status_code == 422
        assert house.control.mixing.board.transition == replace(saved, direction=None)

    async def test_a_stinger_is_a_file_of_the_media_folder(self, mixing: Mixing) -> None:
        house, mixer = mixing
        folder = house.control.settings.server.media_dir
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread((folder / "swoosh.mp4").write_bytes, files.clip())
        sting = {"kind": "stinger", "file": "swoosh.mp4", "cut_at": 7}
        saved = await put(house, "/api/mixer/transition", sting)
        assert {name: saved["transition"][name] for name in sting} == sting
        assert mixer.wanted.transition.file == str(folder / "swoosh.mp4")
        await post(house, "/api/mixer/auto")
        assert mixer.commands[-1][1].transition == mixer.wanted.transition
        # One that is named anew is checked anew; another transition keeps it, so that it can be gone back to.
        answer = await house.operator("PATCH", "/api/mixer/transition", json={"file": "nowhere.webm"})
        assert answer.status_code == 422
        answer = await house.operator("PATCH", "/api/mixer/transition", json={"kind": "mix"})
        assert answer.json()["transition"] == {**saved["transition"], "kind": "mix"}

    @pytest.mark.parametrize(
        ("name", "content", "field"),
        [
            ("", None, "file"),
            ("nowhere.webm", None, "file"),
            ("../stagedoor.db", None, "file"),
            ("/etc/hostname", None, "file"),
            ("garbage.webm", b"no clip at all", "this file is not taken"),
            ("sound.wav", files.wav(), "file: is no clip with pictures"),
            ("long.mp4", files.clip(11.0), "file: is longer than 10 s"),
        ],
    )
    async def test_stingers_that_cannot_be(
        self, mixing: Mixing, name: str, content: bytes | None, field: str
    ) -> None:
        house, mixer = mixing
        folder = house.control.settings.server.media_dir
        if content is not None:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread((folder / name).write_bytes, content)
        asked = len(mixer.asked)
        answer = await house.operator("PUT", "/api/mixer/transition", json={"kind": "stinger", "file": name})
        assert (answer.status_code, field in answer.json()["detail"]) == (422, True), answer.text
        assert len(mixer.asked) == asked
        folder_left = await asyncio.to_thread(lambda: [*folder.glob(".stagedoor/*")])
        assert folder_left == []

    async def test_tbar_and_fade_to_black(self, mixing: Mixing) -> None:
        house, mixer = mixing
        await post(house, "/api/mixer/tbar", {"position": 0.4})
        await until(lambda: house.control.mixing.require_state().position == 0.4)
        fade = "/api/mixer/fade-to-black"
        assert (await post(house, fade))["to_black"] is True
        await until(lambda: house.control.mixing.require_state().to_black)
        assert (await get(house, "/api/mixer"))["to_black"] is True
        assert (await post(house, fade, {"black": False, "frames": 50}))["to_black"] is False
        bodies = [body for name, body in mixer.commands if name in ("tbar", "fade")]
        assert bodies[0].position == 0.4
        assert [(body.black, body.frames) for body in bodies[1:]] == [(True, 15), (False, 50)]

    async def test_a_command_waits_for_the_scene_that_it_is_about(
        self, mixing: Mixing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "LONG_S", 60.0)
        house, mixer = mixing
        for number in range(20):
            key = f"new{number}"
            house.control.mixing.commit(
                house.control.mixing.board.with_scenes([_renamed(house, "two_up", key)])
            )
            assert (await post(house, "/api/mixer/cut", {"scene": key}))["program"] == key
        assert mixer.most_in_flight == 1

    @pytest.mark.parametrize(
        ("path", "body", "status", "field"),
        [
            ("cut", {"scene": "nowhere"}, 404, "nowhere"),
            ("preview", {"scene": "nowhere"}, 404, "nowhere"),
            ("cut", {}, 422, "body.scene"),
            ("cut", {"scene": "../x"}, 422, "body.scene"),
            ("tbar", {"position": 1.5}, 422, "body.position"),
            ("tbar", {"position": "NaN"}, 422, "body.position"),
            ("fade-to-black", {"frames": 0}, 422, "body.frames"),
            ("auto", {"transition": {"frames": 251}}, 422, "body.transition.frames"),
            ("auto", {"transition": {"kind": "star"}}, 422, "body.transition.kind"),
            ("auto", {"transition": {"kind": "push", "direction": "in"}}, 422, "body.transition.direction"),
        ],
    )
    async def test_what_is_refused(
        self, mixing: Mixing, path: str, body: Any, status: int, field: str
    ) -> None:
        house, mixer = mixing
        answer = await house.operator("POST", f"/api/mixer/{path}", json=body)
        assert (answer.status_code, field in answer.json()["detail"]) == (status, True), answer.text
        assert mixer.commands == []


def _renamed(house: House, scene: str, key: str) -> Scene:
    return replace(house.control.mixing.board.scene(scene), id=key)


class TestScenes:
    async def test_ready_scenes(self, mixing: Mixing) -> None:
        house, _ = mixing
        found = [scene["id"] for scene in (await get(house, "/api/scenes"))["scenes"]]
        assert found[0] == "holding"
        assert {"full-guest1", "full-guest2", "two_up", "pip", "screen-guest1", "test-pattern"} <= set(found)

    async def test_made_changed_and_deleted(self, mixing: Mixing) -> None:
        house, mixer = mixing
        slot = {"source": "guest1", "x": 0.5, "width": 0.5, "z": 2, "fit": "contain", "label": True}
        made = await post(house, "/api/scenes", {"label": "Très right", "slots": [slot]}, 201)
        key = made["scene"]["id"]
        assert (key, made["frame"]) == ("tres-right", mixer.state.frame)
        kept = next(scene for scene in mixer.wanted.scenes if scene.id == key)
        assert (kept.slots[0].rect.x, kept.slots[0].fit, kept.slots[0].label) == (0.5, Fit.CONTAIN, True)
        assert (await post(house, "/api/scenes", {"label": "Très right"}, 201))["scene"]["id"] == f"{key}-2"
        assert (await get(house, f"/api/scenes/{key}")) == made["scene"]
        assert made["scene"]["audio"] == []
        rules = [{"source": "film", "follow": None, "gain_db": -12.0}, {"source": "host", "follow": "open"}]
        changed = {"label": "Left", "background": "color", "slots": [{"source": "nobody"}], "audio": rules}
        assert (await put(house, f"/api/scenes/{key}", changed))["scene"]["background"] == "color"
        kept = next(scene for scene in mixer.wanted.scenes if scene.id == key)
        assert (kept.label, kept.audio) == (
            "Left",
            (SceneSound("film", None, -12.0), SceneSound("host", Follow.OPEN)),
        )
        twice = {**changed, "audio": [rules[0], rules[0]]}
        refused = await house.operator("PUT", f"/api/scenes/{key}", json=twice)
        assert (refused.status_code, refused.json()["detail"][:21]) == (422, "scene.audio[1].source")
        gone = await house.operator("DELETE", f"/api/scenes/{key}")
        assert (gone.status_code, key in {scene.id for scene in mixer.wanted.scenes}) == (200, False)
        assert (await house.operator("GET", f"/api/scenes/{key}")).json()["code"] == "scene_unknown"
        taken = await house.operator("POST", "/api/scenes", json={"id": "holding"})
        assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")

    async def test_made_of_a_layout(self, mixing: Mixing) -> None:
        house, mixer = mixing
        body = {"layout": "pip", "sources": ["guest2", "guest1"], "corner": "top_left"}
        scene = (await post(house, "/api/scenes", body, 201))["scene"]
        assert (scene["label"], [slot["source"] for slot in scene["slots"]]) == (
            "Picture in Picture",
            ["guest2", "guest1"],
        )
        assert scene["slots"][1]["x"] < 0.1
        unknown = await house.operator("POST", "/api/scenes", json={"layout": "pyramid"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "layout_unknown")
        assert scene["id"] in {scene.id for scene in mixer.wanted.scenes}

    @pytest.mark.parametrize("where", ["program", "preview"])
    async def test_what_is_on_air_stays(self, mixing: Mixing, where: str) -> None:
        house, mixer = mixing
        scene = getattr(mixer.state, where)
        answer = await house.operator("DELETE", f"/api/scenes/{scene}")
        assert (answer.status_code, answer.json()["code"]) == (409, "scene_in_use")
        assert where in answer.json()["detail"]

    async def test_exported_and_imported(self, mixing: Mixing) -> None:
        house, mixer = mixing
        exported = await house.operator("GET", "/api/scenes/export")
        assert "scenes.json" in exported.headers["content-disposition"]
        document = exported.json()
        before = (await get(house, "/api/scenes"))["scenes"]
        await put(house, "/api/scenes/two_up", {"label": "Changed"})
        assert (await post(house, "/api/scenes/import", document))["scenes"] == before
        assert (await get(house, "/api/scenes"))["scenes"] == before
        document["scenes"][1]["slots"] = [{"source": "guest1", "width": -1}]
        document["scenes"][0]["label"] = "Half"
        answer = await house.operator("POST", "/api/scenes/import", json=document)
        assert (answer.status_code, "scenes.1.slots.0.width" in answer.json()["detail"]) == (422, True)
        document["scenes"][1]["slots"] = [{"source": "guest1", "crop": {"left": 0.5, "right": 0.5}}]
        answer = await house.operator("POST", "/api/scenes/import", json=document)
        assert (answer.status_code, "scenes[1].slots[0].crop.right" in answer.json()["detail"]) == (422, True)
        assert (await get(house, "/api/scenes"))["scenes"] == before
        assert next(scene.label for scene in mixer.wanted.scenes if scene.id == "holding") == "Holding"

    async def test_a_slot_says_what_it_shows_while_its_source_is_gone(self, mixing: Mixing) -> None:
        """Also what there is not, or no more: then the source's own slate or stand-in is shown."""
        house, mixer = mixing
        slots = [{"source": "guest1-screen", "if_gone": "holding"}, {"source": "guest1", "if_gone": "none"}]
        made = await post(house, "/api/scenes", {"id": "talk", "slots": slots, "second": slots[:1]}, 201)
        told = next(scene for scene in mixer.wanted.scenes if scene.id == "talk")
        assert [slot.if_gone for slot in told.all_slots] == ["holding", "none", "holding"]
        exported = (await house.operator("GET", "/api/scenes/export")).json()
        assert made["scene"] in exported["scenes"]
        await put(house, "/api/scenes/talk", {"slots": [{"source": "guest1-screen"}]})
        assert house.control.mixing.board.scene("talk").slots[0].if_gone is None
        await post(house, "/api/scenes/import", exported)
        assert house.control.mixing.board.scene("talk") == told
        # As it was exported and kept before there was such a thing.
        for slot in made["scene"]["slots"]:
            del slot["if_gone"]
        await post(house, "/api/scenes/import", {"scenes": [made["scene"]]})
        assert house.control.mixing.board.scene("talk").slots[0].if_gone is None

    async def test_a_thumbnail_comes_from_the_mixer(self, mixing: Mixing) -> None:
        house, mixer = mixing
        answer = await house.operator("GET", "/api/scenes/two_up/thumbnail.jpg")
        assert (answer.content, answer.headers["content-type"]) == (THUMBNAIL, "image/jpeg")
        assert mixer.commands == [("thumbnail", "two_up")]
        assert (await house.operator("GET", "/api/scenes/none/thumbnail.jpg")).status_code == 404

    async def test_so_does_all_of_a_sources_picture(self, mixing: Mixing) -> None:
        house, mixer = mixing
        answer = await house.operator("GET", "/api/sources/guest1/thumbnail.jpg")
        assert (answer.content, answer.headers["content-type"]) == (THUMBNAIL, "image/jpeg")
        assert mixer.commands == [("whole", "guest1")]
        assert (await house.operator("GET", "/api/sources/none/thumbnail.jpg")).status_code == 404

    @pytest.mark.parametrize(
        ("slot", "field"),
        [
            ({"x": float("nan")}, "slots.0.x"),
            ({"y": float("inf")}, "slots.0.y"),
            ({"width": -0.5}, "slots.0.width"),
            ({"height": 1e30}, "slots.0.height"),
            ({"x": 1.5, "width": 3.0}, "width"),
            ({"alpha": 2}, "slots.0.alpha"),
            ({"z": 10**9}, "slots.0.z"),
            ({"crop": {"left": 0.6, "right": 0.6}}, "crop.right"),
            ({"border": {"color": "red"}}, "slots.0.border.color"),
            ({"radius": 9}, "slots.0.radius"),
            ({"fit": "squeeze"}, "slots.0.fit"),
            ({"source": "../../etc/passwd"}, "slots.0.source"),
            ({"source": "talkback-main"}, "slots.0.source"),
            ({"source": "lobby-g_abc"}, "slots.0.source"),
            ({"source": "program"}, "slots.0.source"),
            ({"if_gone": "talkback-main"}, "slots.0.if_gone"),
            ({"if_gone": "../x"}, "slots.0.if_gone"),
            ({"if_gone": "guest1"}, "slots[0].if_gone"),
            ({"surplus": 1}, "slots.0.surplus"),
        ],
    )
    async def test_slots_that_cannot_be(self, mixing: Mixing, slot: dict[str, Any], field: str) -> None:
        house, mixer = mixing
        asked = len(mixer.asked)
        text = json.dumps({"slots": [{"source": "guest1", **slot}]})
        headers = {"Authorization": f"Bearer {house.control.secrets.operator_token}"}
        headers["Content-Type"] = "application/json"
        answer = await house.client.put("/api/scenes/holding", content=text, headers=headers)
        assert (answer.status_code, field in answer.json()["detail"]) == (422, True), answer.text
        assert len(mixer.asked) == asked

    async def test_too_many_slots_and_scenes(self, mixing: Mixing) -> None:
        house, mixer = mixing
        slots = [{"source": "a"}] * 10_000
        answer = await house.operator("PUT", "/api/scenes/holding", json={"slots": slots})
        assert (answer.status_code, "slots" in answer.json()["detail"]) == (422, True)
        placed = [{"source": "a", "x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}] * 10_000
        larger = await house.operator("PUT", "/api/scenes/holding", json={"slots": placed})
        assert (larger.status_code, larger.json()["code"]) == (413, "too_large")
        many = [{"id": f"s{n}"} for n in range(495)]
        full = await house.operator("POST", "/api/scenes/import", json={"scenes": many})
        assert (full.status_code, full.json()["code"]) == (503, "board_full")
        assert len(mixer.wanted.scenes) < 50

    async def test_what_is_exported_can_be_imported_up_to_the_end_of_the_room(self, mixing: Mixing) -> None:
        house, mixer = mixing
        slot = {"source": "s" * 80, "x": -1 / 3, "y": 1 / 3, "width": 1 / 3, "height": 1 / 3}
        crowded = {"label": "Everybody", "slots": [slot] * 64}
        taken = 0
        while (answer := await house.operator("POST", "/api/scenes", json=crowded)).status_code == 201:
            taken += 1
        problem = answer.json()
        assert (answer.status_code, problem["code"], taken > 15) == (503, "board_full", True), problem
        assert f"{MAX_SCENES_BYTES} at most" in problem["detail"]
        kept = house.control.mixing.board.scenes

        exported = (await house.operator("GET", "/api/scenes/export")).json()
        assert len(json.dumps(exported)) > MAX_BODY
        await post(house, "/api/scenes/import", exported)
        assert house.control.mixing.board.scenes == kept
        exported["scenes"].append({**exported["scenes"][-1], "id": "one-more"})
        more = await house.operator("POST", "/api/scenes/import", json=exported)
        assert (more.status_code, more.json()["code"]) == (503, "board_full")
        assert house.control.mixing.board.scenes == kept
        assert tuple(mixer.wanted.scenes) == tuple(kept.values())


class TestSources:
    async def test_seats_are_sources(self, mixing: Mixing) -> None:
        house, mixer = mixing
        found = {source["id"]: source for source in (await get(house, "/api/sources"))["sources"]}
        assert list(found)[:4] == ["guest1", "guest1-screen", "guest2", "guest2-screen"]
        assert {"test-pattern", "color", "holding"} <= set(found)
        assert (found["guest1"]["kind"], found["guest1"]["url"]) == ("guest", "guest1")
        answer = await house.operator("DELETE", "/api/sources/guest1")
        assert (answer.status_code, answer.json()["code"]) == (409, "source_of_seat")
        body = {key: value for key, value in found["guest1"].items() if key not in ("id", "clip")}
        kept = await put(house, "/api/sources/guest1", {**body, "playout_ms": 200, "if_gone": "holding"})
        assert kept["source"]["playout_ms"] == 200
        assert mixer.wanted.sources[0].if_gone == "holding"
        for field, value in (("label", "Else"), ("url", "guest2"), ("kind", "color"), ("color", "#000000")):
            answer = await house.operator("PUT", "/api/sources/guest1", json={**body, field: value})
            assert (answer.status_code, field in answer.json()["detail"]) == (422, True), answer.text

    async def test_a_seats_pictures_are_called_as_who_sits_there(self, mixing: Mixing) -> None:
        """In the multiview, on slates and on slots with a label; the seat itself keeps its label."""
        house, mixer = mixing

        def called() -> list[str]:
            return [source.label for source in mixer.wanted.sources][:4]

        seat = ["guest1", "guest1: screen"]
        assert called()[:2] == seat
        guest = (await house.join(await house.invite(seat="guest1"), name="Ada")).json()["guest"]["id"]
        await until(lambda: called() == ["Ada", "Ada: screen", "guest2", "guest2: screen"])
        await house.operator("POST", f"/api/guests/{guest}/rename", json={"name": "Ada Lovelace"})
        await until(lambda: called()[:2] == ["Ada Lovelace", "Ada Lovelace: screen"])
        found = {source["id"]: source for source in (await get(house, "/api/sources"))["sources"]}
        assert [found[id]["label"] for id in ("guest1", "guest1-screen")] == seat
        await house.operator("POST", f"/api/guests/{guest}/hold")
        await until(lambda: called()[:2] == seat)

    async def test_made_changed_and_deleted(self, mixing: Mixing, tmp_path: Path) -> None:
        house, mixer = mixing
        url = "rtsp://user:word@camera.example.org/one?token=hidden"
        made = await post(house, "/api/sources", {"kind": "url", "label": "Roof", "url": url}, 201)
        assert (made["source"]["id"], made["source"]["url"]) == (
            "roof",
            "rtsp://***@camera.example.org/one?***",
        )
        assert mixer.wanted.sources[-1].url == url
        shown = await get(house, "/api/sources/roof")
        body = {key: value for key, value in shown.items() if key not in ("id", "clip")}
        assert (await put(house, "/api/sources/roof", {**body, "iso": True}))["source"]["iso"]
        assert mixer.wanted.sources[-1].url == url
        (tmp_path / "media" / "loops").mkdir()
        (tmp_path / "media" / "loops" / "a.mp4").write_bytes(b"film")
        await put(house, "/api/sources/roof", {"kind": "url", "url": "loops/./a.mp4"})
        assert mixer.wanted.sources[-1].url == str(tmp_path / "media" / "loops" / "a.mp4")
        assert (await get(house, "/api/sources/roof"))["url"] == "loops/a.mp4"
        assert (await house.operator("DELETE", "/api/sources/roof")).status_code == 200
        assert "roof" not in {source.id for source in mixer.wanted.sources}
        assert (await house.operator("GET", "/api/sources/roof")).json()["code"] == "source_unknown"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"kind": "url", "url": "file:///etc/passwd"}, "url"),
            ({"kind": "url", "url": "/etc/passwd"}, "url"),
            ({"kind": "url", "url": "../control.db"}, "url"),
            ({"kind": "url", "url": "link.mp4"}, "url"),
            ({"kind": "url", "url": "missing.mp4"}, "url"),
            ({"kind": "url", "url": ""}, "url"),
            ({"kind": "url", "url": "concat://a|b"}, "url"),
            ({"kind": "url", "url": "udp://@239.0.0.1:1234"}, "url"),
            ({"kind": "url", "url": "http://"}, "url"),
            ({"kind": "url", "url": "rtsp://h:99999/x"}, "url"),
            ({"kind": "url", "url": "rtsp://h/" + "x" * 3000}, "body.url"),
            ({"kind": "still", "url": "http://h/a.png"}, "url"),
            ({"kind": "color", "url": "rtsp://h/x"}, "url"),
            ({"kind": "slate", "url": "rtsp://h/x"}, "url"),
            ({"kind": "slate", "slate": "missing.png"}, "slate"),
            ({"kind": "slate", "iso": True}, "iso"),
            ({"kind": "device"}, "url"),
            ({"kind": "device", "url": "/dev/sda"}, "url"),
            ({"kind": "device", "url": "/dev/video0/../../etc/passwd"}, "url"),
            ({"kind": "device", "url": "alsa:file:FILE=/etc/passwd"}, "url"),
            ({"kind": "device", "url": "rtsp://h/x"}, "url"),
            ({"kind": "device", "url": "clip.mp4"}, "url"),
            ({"kind": "device", "url": "/dev/video0", "iso": True}, "iso"),
            ({"kind": "device", "url": "/dev/video0", "capture": {"width": 0, "height": 1}}, "body.capture"),
            ({"kind": "pattern", "slate": "/etc/passwd"}, "slate"),
            ({"kind": "pattern", "slate": "../control.db"}, "slate"),
            ({"kind": "pattern", "slate": "link.mp4"}, "slate"),
            ({"kind": "pattern", "slate": "missing.png"}, "slate"),
            ({"kind": "pattern", "slate": "http://h/a.png"}, "slate"),
            ({"kind": "pattern", "slate": "x" * 3000}, "body.slate"),
            ({"kind": "color", "color": "blue"}, "body.color"),
            ({"kind": "guest", "url": "guest1"}, "kind"),
            ({"kind": "hologram"}, "body.kind"),
            ({"kind": "pattern", "playout_ms": -1}, "body.playout_ms"),
            ({"kind": "pattern", "playout_ms": 10**6}, "body.playout_ms"),
            ({"kind": "pattern", "if_gone": "nobody"}, "if_gone"),
            ({"kind": "pattern", "id": "lobby-x"}, "body.id"),
            ({"kind": "pattern", "id": "a b"}, "body.id"),
            ({"kind": "pattern", "iso": True}, "iso"),
            ({"kind": "url", "url": "clip.mp4", "iso": True}, "iso"),
        ],
    )
    async def test_what_is_refused(
        self, mixing: Mixing, tmp_path: Path, body: dict[str, Any], field: str
    ) -> None:
        house, mixer = mixing
        (tmp_path / "secret.mp4").write_bytes(b"film")
        (tmp_path / "media" / "link.mp4").symlink_to(tmp_path / "secret.mp4")
        (tmp_path / "media" / "clip.mp4").write_bytes(b"film")
        asked = len(mixer.asked)
        answer = await house.operator("POST", "/api/sources", json=body)
        assert (answer.status_code, answer.json()["detail"].startswith(field)) == (422, True), answer.text
        assert len(mixer.asked) == asked

    async def test_no_source_becomes_a_guests(self, mixing: Mixing) -> None:
        house, mixer = mixing
        body = {"kind": "guest", "url": "lobby-g_abc"}
        answer = await house.operator("PUT", "/api/sources/color", json=body)
        assert (answer.status_code, answer.json()["detail"].startswith("kind")) == (422, True)
        assert {source.kind for source in mixer.wanted.sources if source.id == "color"} == {SourceKind.COLOR}

    async def test_circles_are_refused(self, mixing: Mixing) -> None:
        house, _ = mixing
        await post(house, "/api/sources", {"kind": "pattern", "id": "a", "if_gone": "color"}, 201)
        await post(house, "/api/sources", {"kind": "pattern", "id": "b", "if_gone": "a"}, 201)
        answer = await house.operator("PUT", "/api/sources/a", json={"kind": "pattern", "if_gone": "b"})
        assert (answer.status_code, "if_gone" in answer.json()["detail"]) == (422, True)
        used = await house.operator("DELETE", "/api/sources/a")
        assert (used.status_code, used.json()["code"]) == (409, "source_in_use")
        again = await house.operator("POST", "/api/sources", json={"kind": "pattern", "id": "a"})
        assert (again.status_code, again.json()["code"]) == (409, "id_taken")

    async def test_a_label_that_sounds_like_the_lobby(self, mixing: Mixing) -> None:
        house, _ = mixing
        made = await post(house, "/api/sources", {"kind": "color", "label": "Lobby camera"}, 201)
        assert made["source"]["id"] == "source-lobby-camera"


class TestClips:
    @pytest.fixture
    async def film(self, mixing: Mixing, tmp_path: Path) -> str:
        house, _ = mixing
        (tmp_path / "media" / "film.mp4").write_bytes(b"film")
        body = {"kind": "url", "id": "film", "url": "film.mp4"}
        await post(house, "/api/sources", body, 201)
        return "/api/sources/film"

    async def test_how_it_plays_is_kept(self, mixing: Mixing, film: str) -> None:
        house, mixer = mixing
        usual = await get(house, film)
        assert [usual[name] for name in ("loop", "in_s", "out_s", "autoplay", "clip")] == [
            True,
            0.0,
            None,
            "always",
            None,
        ]
        kept = {"loop": False, "in_s": 1.5, "out_s": 9.25, "autoplay": "program"}
        saved = await put(house, film, {"kind": "url", "url": "film.mp4", **kept})
        assert {name: saved["source"][name] for name in kept} == kept
        told = mixer.wanted.sources[-1]
        assert (told.loop, told.in_s, told.out_s, told.autoplay) == (False, 1.5, 9.25, Autoplay.PROGRAM)

    async def test_it_is_steered_and_the_frame_is_said(self, mixing: Mixing, film: str) -> None:
        house, mixer = mixing
        frame = mixer.state.frame + 1
        for action, body in (("play", None), ("pause", None), ("cue", None), ("seek", {"at_s": 2.5})):
            answer = await post(house, f"{film}/{action}", body)
            assert (answer["frame"], answer["clip"]["at_s"]) == (frame, 2.5 if body else 0.0)
        told = [(name, body.source, body.at_s) for name, body in mixer.commands]
        assert told == [("play", "film", 0), ("pause", "film", 0), ("cue", "film", 0), ("seek", "film", 2.5)]

    async def test_where_it_is_is_told(self, mixing: Mixing, film: str) -> None:
        house, mixer = mixing
        now = ClipStatus(state=ClipState.PAUSED, at_s=2.0, duration_s=4.0, remaining_s=2.0)
        mixer.say(sources=(SourceStatus(id="film", state=SourceState.LIVE, clip=now),))
        wanted = {"state": "paused", "at_s": 2.0, "duration_s": 4.0, "remaining_s": 2.0}

        async def is_told() -> bool:
            return bool((await get(house, film))["clip"] == wanted)

        await until(is_told)
        listed = (await get(house, "/api/sources"))["sources"]
        assert [each["clip"] for each in listed if each["id"] in ("film", "color")] == [None, wanted]

    @pytest.mark.parametrize(
        ("path", "body", "status", "code", "says"),
        [
            ("nobody/play", None, 404, "source_unknown", "nobody"),
            ("color/play", None, 409, "not_a_clip", "color"),
            ("guest1/pause", None, 409, "not_a_clip", "guest1"),
            ("test-pattern/cue", None, 409, "not_a_clip", "test-pattern"),
            ("color/seek", {"at_s": 1}, 409, "not_a_clip", "color"),
            ("film/seek", {}, 422, "invalid", "body.at_s"),
            ("film/seek", {"at_s": -1}, 422, "invalid", "body.at_s"),
            ("film/seek", {"at_s": "NaN"}, 422, "invalid", "body.at_s"),
            ("film/seek", {"at_s": 1e9}, 422, "invalid", "body.at_s"),
        ],
    )
    async def test_what_is_refused(
        self, mixing: Mixing, film: str, path: str, body: Any, status: int, code: str, says: str
    ) -> None:
        house, mixer = mixing
        answer = await house.operator("POST", f"/api/sources/{path}", json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), problem
        assert says in problem["detail"]
        assert mixer.commands == []

    async def test_what_the_mixer_refuses_is_passed_on(self, mixing: Mixing, film: str) -> None:
        house, mixer = mixing
        mixer.refusal = InvalidError("at_s: the clip goes from 0 to 4 s", code="clip_outside")
        answer = await house.operator("POST", f"{film}/seek", json={"at_s": 5})
        assert (answer.status_code, answer.json()["code"]) == (422, "clip_outside")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"in_s": 2, "out_s": 1}, "in_s"),
            ({"in_s": 2, "out_s": 2}, "in_s"),
            ({"in_s": -1}, "in_s"),
            ({"out_s": "Infinity"}, "out_s"),
            ({"autoplay": "sometimes"}, "autoplay"),
            ({"loop": None}, "loop"),
            ({"duration_s": 5}, "duration_s"),
            ({"kind": "color", "url": "", "in_s": 1}, "in_s"),
            ({"kind": "url", "url": "rtsp://h/x", "out_s": 1}, "out_s"),
            ({"kind": "still", "duration_s": 0}, "duration_s"),
            ({"kind": "still", "duration_s": "NaN"}, "duration_s"),
        ],
    )
    async def test_settings_that_cannot_be(
        self, mixing: Mixing, film: str, body: dict[str, Any], field: str
    ) -> None:
        house, _ = mixing
        kept = house.control.mixing.board.sources["film"]
        answer = await house.operator("PUT", film, json={"kind": "url", "url": "film.mp4", **body})
        named = answer.json()["detail"].partition(": ")[0]
        assert (answer.status_code, named.endswith(f".{field}")) == (422, True), answer.text
        assert house.control.mixing.board.sources["film"] == kept

    async def test_a_picture_is_framed_in_every_scene(self, mixing: Mixing) -> None:
        house, mixer = mixing
        crop = {"left": 0.1, "top": 0.0, "right": 0.2, "bottom": 0.0}
        framing = {"crop": crop, "zoom": 1.5, "offset": {"x": 0.1, "y": -0.1}}
        saved = await put(house, "/api/sources/test-pattern", {"kind": "pattern", **framing})
        assert {name: saved["source"][name] for name in framing} == framing
        told = next(each for each in mixer.wanted.sources if each.id == "test-pattern")
        assert (told.crop, told.zoom, told.offset) == (Crop(0.1, 0.0, 0.2, 0.0), 1.5, Offset(0.1, -0.1))

    @pytest.mark.parametrize(
        ("framing", "field"),
        [
            ({"crop": {"left": "NaN"}}, "crop.left"),
            ({"crop": {"top": -0.1}}, "crop.top"),
            ({"crop": {"left": 0.6, "right": 0.4}}, "crop.right"),
            ({"crop": {"top": 0.6, "bottom": 0.4}}, "crop.bottom"),
            ({"zoom": 0.5}, "zoom"),
            ({"zoom": "NaN"}, "zoom"),
            ({"zoom": 17}, "zoom"),
            ({"offset": {"x": 2}}, "offset.x"),
            ({"offset": {"y": "Infinity"}}, "offset.y"),
        ],
    )
    async def test_framing_that_cannot_be(self, mixing: Mixing, framing: dict[str, Any], field: str) -> None:
        house, mixer = mixing
        asked = len(mixer.asked)
        body = {"kind": "pattern", **framing}
        answer = await house.operator("PUT", "/api/sources/test-pattern", json=body)
        named = answer.json()["detail"].partition(": ")[0]
        assert (answer.status_code, named.endswith(f".{field}")) == (422, True), answer.text
        assert len(mixer.asked) == asked

    @pytest.mark.parametrize(
        ("asked", "kept"),
        [
            ({"kind": "chroma", "color": "#0000ff"}, ChromaKey(color="#0000ff")),
            ({"kind": "luma", "high": 0.5, "invert": True}, LumaKey(high=0.5, invert=True)),
        ],
    )
    async def test_a_key_follows_its_source(self, mixing: Mixing, asked: dict[str, Any], kept: Key) -> None:
        house, mixer = mixing
        saved = await put(house, "/api/sources/test-pattern", {"kind": "pattern", "key": asked})
        assert saved["source"]["key"] == asdict(kept)
        (told,) = (each for each in mixer.wanted.sources if each.id == "test-pattern")
        assert told.key == kept
        rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        for table, _, row in changed_rows(Board(), house.control.mixing.board):
            rows[table].append(row or ())
        assert read_board(rows).sources["test-pattern"].key == kept
        assert (await put(house, "/api/sources/test-pattern", {"kind": "pattern"}))["source"]["key"] is None

    @pytest.mark.parametrize(
        ("key", "field"),
        [
            ({"kind": "chroma", "color": "green"}, "color"),
            ({"kind": "chroma", "color": "#808080"}, "color"),
            ({"kind": "chroma", "tolerance": 1.5}, "tolerance"),
            ({"kind": "chroma", "softness": "NaN"}, "softness"),
            ({"kind": "chroma", "spill": -1}, "spill"),
            ({"kind": "chroma", "low": 0.5}, "low"),
            ({"kind": "luma", "low": 0.5, "high": 0.2}, "low"),
            ({"kind": "luma", "high": 2}, "high"),
            ({"kind": "luma", "invert": "perhaps"}, "invert"),
            ({"kind": "depth"}, "key"),
            ({}, "key"),
        ],
    )
    async def test_keys_that_cannot_be(self, mixing: Mixing, key: dict[str, Any], field: str) -> None:
        house, mixer = mixing
        asked = len(mixer.asked)
        body = {"kind": "pattern", "key": key}
        answer = await house.operator("PUT", "/api/sources/test-pattern", json=body)
        named = answer.json()["detail"].partition(": ")[0]
        assert (answer.status_code, named.endswith(f".{field}")) == (422, True), answer.text
        assert len(mixer.asked) == asked

    async def test_a_still_is_the_slate_of_a_seats_source(self, mixing: Mixing, tmp_path: Path) -> None:
        house, mixer = mixing
        (tmp_path / "media" / "soon.png").write_bytes(files.png())
        shown = await get(house, "/api/sources/guest1")
        body = {key: value for key, value in shown.items() if key not in ("id", "clip")}
        assert body["slate"] == ""
        saved = await put(house, "/api/sources/guest1", {**body, "slate": "./soon.png"})
        assert saved["source"]["slate"] == "soon.png"
        told = next(source for source in mixer.wanted.sources if source.id == "guest1")
        assert (told.url, told.slate) == ("guest1", str(tmp_path / "media" / "soon.png"))
        await put(house, "/api/sources/guest1", body)
        assert next(source for source in mixer.wanted.sources if source.id == "guest1").slate == ""

    async def test_a_device_is_a_source(self, mixing: Mixing) -> None:
        house, mixer = mixing
        capture = {"width": 1280, "height": 720, "frame_rate": 30}
        body = {"kind": "device", "label": "Desk camera", "url": "/dev/video0", "capture": capture}
        made = (await post(house, "/api/sources", body, 201))["source"]
        assert (made["id"], made["url"], made["capture"]) == ("desk-camera", "/dev/video0", capture)
        told = mixer.wanted.sources[-1]
        assert (told.kind, told.url, told.capture) == (
            SourceKind.DEVICE,
            "/dev/video0",
            Capture(1280, 720, 30),
        )
        await put(house, "/api/sources/desk-camera", {"kind": "device", "url": "alsa:plughw:1,0"})
        assert (mixer.wanted.sources[-1].url, mixer.wanted.sources[-1].capture) == ("alsa:plughw:1,0", None)
        refused = await put(house, "/api/sources/desk-camera", {**body, "url": "alsa:default"}, status=422)
        assert (refused["values"]["rule"], refused["detail"].partition(": ")[0].endswith(".capture")) == (
            "camera_only",
            True,
        )

    async def test_the_devices_of_this_machine_are_listed(
        self, mixing: Mixing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        house, _ = mixing
        (tmp_path / "sys/class/video4linux/video0").mkdir(parents=True)
        monkeypatch.setattr(sources, "found_devices", partial(found_devices, tmp_path))
        found = (await get(house, "/api/sources/devices"))["devices"]
        assert found == [{"url": "/dev/video0", "kind": "camera", "label": "video0"}]

    async def test_a_slate_is_a_source(self, mixing: Mixing, tmp_path: Path) -> None:
        house, mixer = mixing
        (tmp_path / "media" / "soon.png").write_bytes(files.png())
        body = {"kind": "slate", "label": "Back at eight", "color": "#2060a0", "slate": "soon.png"}
        made = (await post(house, "/api/sources", body, 201))["source"]
        assert (made["id"], made["kind"], made["slate"]) == ("back-at-eight", "slate", "soon.png")
        told = mixer.wanted.sources[-1]
        assert (told.kind, told.url, told.slate) == (
            SourceKind.SLATE,
            "",
            str(tmp_path / "media" / "soon.png"),
        )

    async def test_a_still_stays_for_its_time(self, mixing: Mixing, film: str, tmp_path: Path) -> None:
        house, mixer = mixing
        (tmp_path / "media" / "soon.png").write_bytes(files.png())
        await put(house, film, {"kind": "still", "url": "soon.png", "duration_s": 7.5})
        assert mixer.wanted.sources[-1].duration_s == 7.5
        await post(house, f"{film}/play")
        answer = await house.operator("POST", f"{film}/pause")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_a_clip")


class TestAudio:
    async def test_strips(self, mixing: Mixing) -> None:
        house, mixer = mixing
        audio = await get(house, "/api/audio")
        assert audio["strips"]["guest1"]["follow"] == "follow"
        assert audio["monitors"] == {"main": []}
        saved = await put(house, "/api/audio/guest1", {"gain_db": -6, "muted": True})
        assert saved["frame"] == mixer.state.frame
        saved = await put(house, "/api/audio/guest1", {"gain_db": -3.5})
        assert saved["strip"]["muted"]
        assert mixer.wanted.strips == {"guest1": Strip(gain_db=-3.5, muted=True)}

    async def test_gate_and_compressor(self, mixing: Mixing) -> None:
        house, mixer = mixing
        usual = (await get(house, "/api/audio"))["strips"]["guest1"]
        assert (usual["gate_db"], usual["compressor"]["ratio"]) == (-80, 1)
        await put(
            house, "/api/audio/guest1", {"gate_db": -45, "compressor": {"ratio": 3, "threshold_db": -24}}
        )
        saved = await put(house, "/api/audio/guest1", {"compressor": {"makeup_db": 4}})
        assert saved["strip"]["gate_db"] == -45
        assert saved["strip"]["compressor"] == {"threshold_db": -24, "ratio": 3, "makeup_db": 4}
        assert mixer.wanted.strips == {"guest1": Strip(gate_db=-45, compressor=Compressor(-24, 3, 4))}

    @pytest.mark.parametrize(
        ("source", "body", "status", "field"),
        [
            ("nobody", {}, 404, "nobody"),
            ("guest1", {"gain_db": 21}, 422, "body.gain_db"),
            ("guest1", {"gain_db": "nan"}, 422, "body.gain_db"),
            ("guest1", {"pan": -2}, 422, "body.pan"),
            ("guest1", {"delay_ms": 10**6}, 422, "body.delay_ms"),
            ("guest1", {"high_pass_hz": -1}, 422, "body.high_pass_hz"),
            ("guest1", {"follow": "sometimes"}, 422, "body.follow"),
            ("guest1", {"gate_db": -81}, 422, "body.gate_db"),
            ("guest1", {"gate_db": "nan"}, 422, "body.gate_db"),
            ("guest1", {"compressor": {"ratio": 0.5}}, 422, "body.compressor.ratio"),
            ("guest1", {"compressor": {"threshold_db": -61}}, 422, "body.compressor.threshold_db"),
            ("guest1", {"compressor": {"makeup_db": 25}}, 422, "body.compressor.makeup_db"),
            ("guest1", {"compressor": {"knee_db": 6}}, 422, "body.compressor.knee_db"),
            ("guest1", {"solo": True}, 422, "body.solo"),
        ],
    )
    async def test_what_is_refused(
        self, mixing: Mixing, source: str, body: Any, status: int, field: str
    ) -> None:
        house, mixer = mixing
        answer = await house.operator("PUT", f"/api/audio/{source}", json=body)
        assert (answer.status_code, field in answer.json()["detail"]) == (status, True), answer.text
        assert mixer.wanted.strips == {}

    async def test_monitors(self, mixing: Mixing) -> None:
        house, mixer = mixing
        body = {"listen": ["guest1", "guest2"], "operator": "anna"}
        saved = await post(house, "/api/audio/monitor", body)
        assert (saved["path"], saved["listen"]) == ("monitor-anna", ["guest1", "guest2"])
        assert [(each.operator, each.listen) for each in mixer.wanted.monitors] == [
            ("main", ()),
            ("anna", ("guest1", "guest2")),
        ]
        unknown = await house.operator("POST", "/api/audio/monitor", json={"listen": ["guest1", "nobody"]})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "source_unknown")
        assert "listen.1" in unknown.json()["detail"]
        for number in range(20):
            await post(house, "/api/audio/monitor", {"operator": f"o{number}"})
        assert [each.operator for each in mixer.wanted.monitors] == [f"o{n}" for n in range(4, 20)]

    async def test_a_guest_in_the_lobby_is_a_source_while_somebody_listens(self, mixing: Mixing) -> None:
        house, mixer = mixing
        token = await house.invite(admit="lobby")
        guest = (await house.join(token)).json()["guest"]["id"]
        lobby = f"lobby-{guest}"
        await post(house, "/api/audio/monitor", {"listen": [lobby]})
        assert lobby in {source.id for source in mixer.wanted.sources}
        assert lobby not in {source["id"] for source in (await get(house, "/api/sources"))["sources"]}
        await post(house, "/api/audio/monitor", {"listen": []})
        assert lobby not in {source.id for source in mixer.wanted.sources}


class TestOutputs:
    async def test_made_stopped_started_and_deleted(self, mixing: Mixing) -> None:
        house, mixer = mixing
        made = await post(house, "/api/outputs", {"label": "Main", "url": KEY}, 201)
        output = made["output"]
        assert (output["id"], output["url"], output["audio"]) == (
            "main",
            "rtmp://live.example.org/app/***",
            "aac",
        )
        assert [spec.url for spec in mixer.wanted.destinations] == [KEY]
        await until(lambda: house.control.mixing.state and house.control.mixing.state.destinations)
        listed = await house.operator("GET", "/api/outputs")
        assert listed.json()["outputs"][0]["status"]["state"] == "live"
        assert not any(secret in listed.text for secret in ("word", "stream-key", "hidden"))
        stopped = await post(house, "/api/outputs/main/stop")
        assert (stopped["output"]["running"], stopped["output"]["status"]) == (False, None)
        assert mixer.wanted.destinations == ()
        assert (await post(house, "/api/outputs/main/start"))["output"]["running"]
        second = {"url": "rtsp://h/{path}", "start": False, "id": "lan"}
        assert (await post(house, "/api/outputs", second, 201))["output"]["audio"] == "opus"
        assert len(mixer.wanted.destinations) == 1
        await post(house, "/api/mixer/start")
        assert [spec.url for spec in mixer.wanted.destinations] == [KEY, "rtsp://h/program"]
        outputs = (await post(house, "/api/mixer/stop"))["outputs"]
        assert ([each["running"] for each in outputs], mixer.wanted.destinations) == ([False, False], ())
        assert (await house.operator("DELETE", "/api/outputs/main")).status_code == 200
        assert (await house.operator("DELETE", "/api/outputs/main")).json()["code"] == "output_unknown"

    async def test_started_again_it_is_another_connection(self, mixing: Mixing) -> None:
        """Also for a mixer that was told of no stop in between."""
        house, mixer = mixing
        await post(house, "/api/outputs", {"label": "Main", "url": KEY}, 201)
        (first,) = mixer.wanted.destinations
        await post(house, "/api/outputs/main/start")
        assert mixer.wanted.destinations == (first,)
        await post(house, "/api/outputs/main/stop")
        await post(house, "/api/outputs/main/start")
        (again,) = mixer.wanted.destinations
        assert again != first
        assert again.model_copy(update={"starts": first.starts}) == first

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"url": "http://h/x"}, "url"),
            ({"url": "rtmp://"}, "url"),
            ({"url": "rtmp://h:0/x"}, "url"),
            ({"url": "rtmp://h/{seat}"}, "url"),
            ({"url": "file:///tmp/x"}, "url"),
            ({"url": ""}, "body.url"),
            ({}, "body.url"),
            ({"url": "rtmp://h/x", "audio": "mp3"}, "body.audio"),
            ({"url": "rtmp://h/x", "id": "a/b"}, "body.id"),
            ({"url": "rtmp://h/x", "id": "-a"}, "body.id"),
        ],
    )
    async def test_what_is_refused(self, mixing: Mixing, body: Any, field: str) -> None:
        house, mixer = mixing
        answer = await house.operator("POST", "/api/outputs", json=body)
        assert (answer.status_code, answer.json()["detail"].startswith(field)) == (422, True), answer.text
        assert mixer.wanted.destinations == ()

    async def test_a_secret_is_in_no_refusal(self, mixing: Mixing) -> None:
        house, _ = mixing
        answer = await house.operator("POST", "/api/outputs", json={"url": KEY.replace("rtmp", "srt")})
        assert answer.status_code == 422
        assert not any(secret in answer.text for secret in ("word", "stream-key", "hidden"))


class TestTally:
    async def test_of_the_mixer(self, mixing: Mixing) -> None:
        house, _ = mixing
        await post(house, "/api/mixer/cut", {"scene": "full-guest2"})
        await until(lambda: house.control.stage.tallies.of("guest2") == "program")
        assert (await get(house, "/api/tally"))["tally"] == {"guest1": "preview", "guest2": "program"}
        answer = await house.operator("PUT", "/api/tally", json={"guest1": "program"})
        assert (answer.status_code, answer.json()["code"]) == (409, "tally_confirmed")

    async def test_who_is_heard_and_not_seen_is_told_so(self, mixing: Mixing) -> None:
        house, mixer = mixing
        assert (await house.join(await house.invite(seat="guest1"))).status_code == 200
        await post(house, "/api/mixer/cut", {"scene": "full-guest2"})
        await until(lambda: house.control.stage.tallies.of("guest2") == "program")
        assert (await house.guest("guest1"))["heard"] is False
        mixer.say(heard=("guest1", "guest2"))
        await until(lambda: house.control.stage.tallies.is_heard("guest1"))
        guest = await house.guest("guest1")
        assert (guest["tally"], guest["heard"]) == ("preview", True)
        mixer.say(heard=())
        await until(lambda: house.control.stage.tallies.is_heard("guest1") is False)
        assert (await house.guest("guest1"))["heard"] is False

    async def test_of_a_screen_share(self, mixing: Mixing) -> None:
        house, _ = mixing
        await put(house, "/api/scenes/holding", {"slots": [{"source": "guest1-screen"}]})
        await post(house, "/api/mixer/cut", {"scene": "holding"})
        await until(lambda: house.control.stage.tallies.of("guest1") == "program")

    async def test_of_another_program(self, without: House) -> None:
        token = await without.invite(seat="guest1")
        await without.join(token)
        assert (await without.guest("guest1"))["tally"] == "unknown"
        fed = await put(without, "/api/tally", {"guest1": "program"})
        assert fed["tally"] == {"guest1": "program", "guest2": "unknown"}
        guest = await without.guest("guest1")
        assert (guest["tally"], guest["heard"]) == ("program", None)
        assert (await put(without, "/api/tally", {}))["tally"]["guest1"] == "unknown"
        for body, status in (({"guest9": "off"}, 404), ({"guest1": "red"}, 422)):
            assert (await without.operator("PUT", "/api/tally", json=body)).status_code == status

    async def test_it_is_unknown_once_it_is_not_put_again_in_time(self, without: House) -> None:
        tallies = without.control.stage.tallies
        await put(without, "/api/tally?hold_s=10", {"guest1": "program", "guest2": "off"})
        without.late_ms += 9_000
        await put(without, "/api/tally?hold_s=10", {"guest1": "program", "guest2": "off"})
        without.late_ms += 9_000
        assert (tallies.lapse(), tallies.of("guest1")) == ((), "program")
        without.late_ms += 2_000
        await until(lambda: tallies.of("guest1") == "unknown")
        assert tallies.of("guest2") == "unknown"
        # What is put without a time holds, whatever was put before it.
        await put(without, "/api/tally?hold_s=1", {"guest1": "program"})
        await put(without, "/api/tally", {"guest1": "preview"})
        without.late_ms += 3_600_000
        assert tallies.lapse() == ()
        assert tallies.of("guest1") == "preview"
        for hold_s in ("0", "3601", "soon"):
            answer = await without.operator("PUT", f"/api/tally?hold_s={hold_s}", json={})
            assert answer.status_code == 422
        assert tallies.of("guest1") == "preview"


class TestReturns:
    async def test_guests_read_their_own_by_the_built_in_carrier(self, mixing: Mixing) -> None:
        house, _ = mixing
        seated, waiting = await house.invite(seat="guest1"), await house.invite(admit="lobby")
        await house.join(seated)
        guest = (await house.join(waiting, instance="page-2")).json()["guest"]["id"]
        house.relay.paths |= {"return-guest1", "return-guest2", f"return-lobby-{guest}"}
        sdp = {"Content-Type": "application/sdp"}
        for token, path, status in (
            (seated, "return-guest1", 201),
            (seated, "return-guest2", 403),
            (seated, f"return-lobby-{guest}", 403),
            (waiting, f"return-lobby-{guest}", 201),
            (waiting, "return-guest1", 403),
        ):
            answer = await house.client.post(f"/whep/{path}", content="v=0", headers={**sdp, **bearer(token)})
            assert answer.status_code == status, path
        assert {viewing.carrier.value for viewing in house.relay.viewings} == {"builtin"}
