"""The routes of recordings: who, what is begun and ended, what is listed and downloaded, what is refused."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stagedoor.control.recording import recordings
from stagedoor.domain.recording import PieceState, RecordingState
from stagedoor.ipc.recording import PieceStatus, PieceTrack, RecordingStatus
from tests.kit.control_app import AS_OPERATOR, House, bearer, listening, mixing_house, running_house
from tests.kit.fake_mixer import FakeMixer, begun
from tests.kit.wait import until

pytestmark = pytest.mark.api

URL = "/api/recordings"
TAKE = "20260301-201500"
CONTENT = bytes(range(256)) * 40
TRACK = {"kind": "video", "codec": "h264", "sizes": [[1280, 720], [640, 360]], "channels": 0}
PIECE = PieceStatus(
    file="guest1-001.mkv",
    path="guest1",
    number=1,
    offset_ms=250,
    duration_ms=4000,
    tracks=(PieceTrack.model_validate(TRACK),),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Control alone; another program mixes."""
    async with running_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as made:
        yield made


def put_piece(root: Path, take: str = TAKE, piece: PieceStatus = PIECE, note: str | None = None) -> Path:
    """Put a piece of a take there, as the relay would."""
    folder = root / "recordings" / take
    folder.mkdir(parents=True, exist_ok=True)
    (folder / piece.file).write_bytes(CONTENT)
    (folder / piece.file).with_suffix(".json").write_text(piece.model_dump_json() if note is None else note)
    return folder / piece.file


async def listed(house: House) -> dict[str, Any]:
    answer = await house.operator("GET", URL)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def started(house: House, **body: Any) -> dict[str, Any]:
    answer = await house.operator("POST", f"{URL}/start", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


ROUTES = [
    ("GET", URL),
    ("POST", f"{URL}/start"),
    ("POST", f"{URL}/stop"),
    ("GET", f"{URL}/{TAKE}/guest1-001.mkv"),
    ("DELETE", f"{URL}/{TAKE}"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_operators_only(house: House, tmp_path: Path, method: str, path: str) -> None:
    file = put_piece(tmp_path)
    token = await house.invite(seat="guest1")
    for headers, status in (({}, 401), (bearer(token), 403)):
        assert (await house.client.request(method, path, headers=headers)).status_code == status
    assert file.exists()


class TestTakes:
    async def test_relay_and_mixer_get_one_take_and_one_beginning(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path, guests={"seats": ["guest1", "guest2"]}) as (house, mixer):
            said = await started(house, label=" The show ")
            (spec,) = house.relay.asked_to_record
            assert spec is not None
            assert mixer.wanted.recording == spec
            assert (spec.take, spec.started_ns) == (said["take"], said["started_ns"])
            assert spec.paths == ("guest1", "guest1-screen", "guest2", "guest2-screen")
            (piece,) = mixer.state.recording.pieces
            assert said["frame"] == piece.first_frame
            assert spec.media == str(house.control.settings.server.media_dir)
            assert said["label"] == "The show"
            assert Path(spec.folder) == tmp_path / "recordings" / spec.take
            ended = (await house.operator("POST", f"{URL}/stop")).json()
            assert house.relay.asked_to_record[-1] is None
            assert mixer.wanted.recording is None
            found = await listed(house)
            assert found["recording"] is None
            assert found["takes"] == [ended]
            take = ended
            assert (take["take"], take["label"], take["code"]) == (spec.take, "The show", "")
            assert take["started"] <= take["stopped"]

    async def test_the_answer_waits_for_the_first_frame(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.begins_late = True
            asked = asyncio.create_task(started(house))
            await until(lambda: mixer.wanted.recording)
            assert mixer.wanted.recording is not None
            take = mixer.wanted.recording.take
            mixer.say(recording=RecordingStatus(state=RecordingState.RECORDING, take=take))
            await until(lambda: house.control.recordings.confirmed)
            assert not asked.done()
            mixer.say(recording=begun(take, 4711))
            assert (await asked)["frame"] == 4711
            await house.operator("POST", f"{URL}/stop")
            monkeypatch.setattr(recordings, "FIRST_FRAME_WITHIN_S", 0.1)
            assert (await started(house))["frame"] is None

    async def test_a_take_that_cannot_begin_has_no_first_frame(self, tmp_path: Path) -> None:
        async with mixing_house(tmp_path) as (house, mixer):
            mixer.begins_late = True
            asked = asyncio.create_task(started(house))
            await until(lambda: mixer.wanted.recording)
            assert mixer.wanted.recording is not None
            full = RecordingStatus(
                state=RecordingState.FAILED, take=mixer.wanted.recording.take, code="disk_full"
            )
            mixer.say(recording=full)
            async with asyncio.timeout(recordings.FIRST_FRAME_WITHIN_S - 0.5):
                assert (await asked)["frame"] is None

    async def test_without_a_mixer_of_ours_the_guests_are_recorded(self, house: House) -> None:
        said = await started(house)
        assert said["frame"] is None
        assert house.relay.recording.take == said["take"]

    async def test_one_at_a_time(self, house: House) -> None:
        take = (await started(house))["take"]
        again = await house.operator("POST", f"{URL}/start")
        assert (again.status_code, again.json()["code"]) == (409, "recording_runs")
        deleted = await house.operator("DELETE", f"{URL}/{take}")
        assert (deleted.status_code, deleted.json()["code"]) == (409, "recording_runs")
        assert (await house.operator("POST", f"{URL}/stop")).status_code == 200
        idle = await house.operator("POST", f"{URL}/stop")
        assert (idle.status_code, idle.json()["code"]) == (409, "recording_idle")
        assert (await started(house))["take"] != take

    @pytest.mark.parametrize("body", [{"label": "x" * 81}, {"label": "a\nb"}, {"take": "mine"}, [1]])
    async def test_bodies_that_cannot_be(self, house: House, body: Any) -> None:
        answer = await house.operator("POST", f"{URL}/start", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert house.relay.asked_to_record == []

    async def test_while_it_runs_it_is_told_how_it_goes(self, house: House) -> None:
        take = (await started(house))["take"]
        house.relay.record(pieces=(PIECE,), take_bytes=5000, free_bytes=70_000_000)

        async def told() -> bool:
            now = (await listed(house))["recording"]
            return bool(now["size"] == 5000 and now["free_bytes"] == 70_000_000 and now["duration_ms"] > 0)

        await until(told, what="the status")
        now = (await listed(house))["recording"]
        assert (now["state"], now["take"]) == ("recording", take)
        assert [piece["file"] for piece in now["pieces"]] == ["guest1-001.mkv"]


class TestRefusals:
    async def test_too_little_room_names_the_key(self, tmp_path: Path) -> None:
        async with running_house(tmp_path, recording={"min_free_mb": 10_000_000}) as house:
            answer = await house.operator("POST", f"{URL}/start")
            assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
            assert "recording.min_free_mb" in answer.json()["hint"]
            assert (await listed(house))["takes"] == []
            assert house.relay.asked_to_record == []

    async def test_a_folder_that_cannot_be_made_names_the_key(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("a file")
        async with running_house(tmp_path, recording={"dir": tmp_path / "taken" / "below"}) as house:
            answer = await house.operator("POST", f"{URL}/start")
            assert (answer.status_code, answer.json()["code"]) == (507, "recordings_unwritable")
            assert "recording.dir" in answer.json()["hint"]

    async def test_a_disk_that_fills_up_ends_the_take_and_says_why(self, house: House) -> None:
        take = (await started(house))["take"]
        house.relay.record(
            state=RecordingState.FAILED, code="disk_full", reason="the disk is full", hint="recording.dir"
        )

        async def failed() -> bool:
            return ((await listed(house))["recording"] or {}).get("state") == "failed"

        await until(failed, what="the take has ended")
        found = await listed(house)
        assert (found["recording"]["take"], found["recording"]["code"]) == (take, "disk_full")
        assert [(each["code"], each["reason"]) for each in found["takes"]] == [
            ("disk_full", "the disk is full")
        ]
        assert house.relay.asked_to_record[-1] is None
        health = (await house.operator("GET", "/api/health")).json()
        assert [each["code"] for each in health["warnings"]] == ["disk_full"]
        noted = await house.operator("POST", f"{URL}/stop")
        assert (noted.status_code, noted.json()["code"]) == (200, "disk_full")
        assert (await house.operator("GET", "/api/health")).json()["warnings"] == []
        assert (await listed(house))["recording"] is None
        assert (await house.operator("POST", f"{URL}/stop")).status_code == 409
        assert (await started(house))["take"] != take


class TestList:
    async def test_what_is_there_also_after_a_crash(self, house: House, tmp_path: Path) -> None:
        put_piece(tmp_path)
        ended = PIECE.model_copy(
            update={"file": "guest1-002.mkv", "number": 2, "offset_ms": 9000, "state": PieceState.DONE}
        )
        put_piece(tmp_path, piece=ended)
        program = PieceStatus(file="program-001.mp4", path="program", number=1)
        put_piece(tmp_path, piece=program, note="{ this is no note")
        put_piece(tmp_path, take="20260302-101500-2")
        (tmp_path / "recordings" / "notes").mkdir()
        (tmp_path / "recordings" / TAKE / "other.txt").write_text("not ours")
        newest, take = (await listed(house))["takes"]
        assert newest["take"] == "20260302-101500-2"
        assert [piece["tracks"] for piece in take["pieces"] if piece["path"] == "guest1"] == [
            [TRACK],
            [TRACK],
        ]
        assert (take["duration_ms"], take["size"]) == (13_000, 3 * len(CONTENT))
        states = {piece["file"]: piece["state"] for piece in take["pieces"]}
        assert states == {
            "program-001.mp4": "interrupted",
            "guest1-001.mkv": "interrupted",
            "guest1-002.mkv": "done",
        }

    async def test_what_leads_elsewhere_is_not_there(self, house: House, tmp_path: Path) -> None:
        file = put_piece(tmp_path)
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "secret").write_text("secret")
        (tmp_path / "recordings" / "20260302-101500").symlink_to(outside)
        (file.parent / "guest2-001.mkv").symlink_to(outside / "secret")
        (take,) = (await listed(house))["takes"]
        assert [piece["file"] for piece in take["pieces"]] == ["guest1-001.mkv"]
        for path in (f"{TAKE}/guest2-001.mkv", "20260302-101500/secret"):
            assert (await house.operator("GET", f"{URL}/{path}")).status_code == 404
        assert (await house.operator("DELETE", f"{URL}/20260302-101500")).status_code == 404
        assert (outside / "secret").exists()

    async def test_delete(self, house: House, tmp_path: Path) -> None:
        file = put_piece(tmp_path)
        assert (await house.operator("DELETE", f"{URL}/{TAKE}")).status_code == 204
        assert not file.parent.exists()
        again = await house.operator("DELETE", f"{URL}/{TAKE}")
        assert (again.status_code, again.json()["code"]) == (404, "recording_unknown")

    @pytest.mark.parametrize(
        "path",
        [
            f"{TAKE}/..%2Fguest1-001.mkv",
            f"{TAKE}/..%2F..%2Fcontrol.db",
            "..%2Frun/settings.json",
            f"{TAKE}/take.json",
            f"{TAKE}/guest1-001.json",
            f"{TAKE}/guest1-001.mkv%00",
            f"{TAKE}/guest9-001.mkv",
            "..../guest1-001.mkv",
            f"{TAKE}0/guest1-001.mkv",
            f"{TAKE}/-001.mkv",
        ],
    )
    async def test_odd_names(self, house: House, tmp_path: Path, path: str) -> None:
        put_piece(tmp_path)
        answer = await house.operator("GET", f"{URL}/{path}")
        assert answer.status_code in (404, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


class TestDownload:
    @pytest.fixture
    async def client(self, house: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
        """Over TCP, where the length of a body is held against its head."""
        put_piece(tmp_path)
        async with listening(house) as port:
            url = f"http://127.0.0.1:{port}{URL}/{TAKE}/"
            async with httpx.AsyncClient(base_url=url, headers=AS_OPERATOR) as client:
                yield client

    async def test_whole(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("guest1-001.mkv")
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-type"] == "video/x-matroska"
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["content-disposition"] == f'attachment; filename="{TAKE}-guest1-001.mkv"'

    @pytest.mark.parametrize(
        ("wanted", "begin", "end"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=100-199", 100, 200),
            ("bytes=10000-", 10_000, len(CONTENT)),
            ("bytes=-100", len(CONTENT) - 100, len(CONTENT)),
            ("bytes=10000-99999", 10_000, len(CONTENT)),
        ],
    )
    async def test_a_range(self, client: httpx.AsyncClient, wanted: str, begin: int, end: int) -> None:
        answer = await client.get("guest1-001.mkv", headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (206, CONTENT[begin:end])
        assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(CONTENT)}"

    @pytest.mark.parametrize(
        "wanted", ["bytes=0-1,5-6", "bytes=-", "bytes=9-5", "lines=1-2", "bytes=a-b", "x"]
    )
    async def test_what_cannot_be_read_as_one_range_is_the_whole(
        self, client: httpx.AsyncClient, wanted: str
    ) -> None:
        answer = await client.get("guest1-001.mkv", headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (200, CONTENT)

    @pytest.mark.parametrize("wanted", [f"bytes={len(CONTENT)}-", "bytes=-0", "bytes=999999-1000000"])
    async def test_a_range_outside(self, client: httpx.AsyncClient, wanted: str) -> None:
        answer = await client.get("guest1-001.mkv", headers={"Range": wanted})
        assert (answer.status_code, answer.json()["code"]) == (416, "range_unsatisfiable")
        assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"

    async def test_a_file_that_grows_meanwhile(self, client: httpx.AsyncClient, tmp_path: Path) -> None:
        file = tmp_path / "recordings" / TAKE / "guest1-001.mkv"
        size = 8_000_000
        os.truncate(file, size)
        async with client.stream("GET", "guest1-001.mkv") as answer:
            with file.open("ab") as more:
                more.write(bytes(1_000_000))
            got = sum([len(chunk) async for chunk in answer.aiter_bytes()])
        assert (int(answer.headers["content-length"]), got) == (size, size)

    async def test_the_cut_log(self, client: httpx.AsyncClient, tmp_path: Path) -> None:
        (tmp_path / "recordings" / TAKE / "cuts.jsonl").write_text("{}\n")
        answer = await client.get("cuts.jsonl")
        assert (answer.status_code, answer.content) == (200, b"{}\n")

    async def test_an_empty_file(self, client: httpx.AsyncClient, tmp_path: Path) -> None:
        os.truncate(tmp_path / "recordings" / TAKE / "guest1-001.mkv", 0)
        answer = await client.get("guest1-001.mkv")
        assert (answer.status_code, answer.content) == (200, b"")


async def test_the_mixers_failure_ends_the_take_too(tmp_path: Path) -> None:
    async with mixing_house(tmp_path) as (house, mixer):
        take = (await started(house))["take"]
        _fail(mixer, take)

        async def failed() -> bool:
            return ((await listed(house))["recording"] or {}).get("code") == "take_full"

        await until(failed, what="the take has ended")
        assert mixer.wanted.recording is None
        assert house.relay.recording.take == ""


def _fail(mixer: FakeMixer, take: str) -> None:
    mixer.say(
        recording=RecordingStatus(
            state=RecordingState.FAILED, take=take, code="take_full", reason="it is large", hint="less"
        )
    )


async def test_events_tell_operators(house: House) -> None:
    async with listening(house) as port:
        url = f"http://127.0.0.1:{port}/api/events"
        async with (
            httpx.AsyncClient(headers=AS_OPERATOR) as client,
            client.stream("GET", url) as answer,
        ):
            lines = answer.aiter_lines()
            seen: list[str | None] = []
            take = ""
            async for line in lines:
                if not line.startswith("data:"):
                    continue
                event = json.loads(line.removeprefix("data:"))
                if event["type"] == "snapshot":
                    seen.append(event["data"]["recording"])
                    take = (await started(house))["take"]
                elif event["type"] == "recording":
                    assert event["data"]["take"] == take
                    seen.append(event["data"]["state"])
                    break
    assert seen == [None, "recording"]
