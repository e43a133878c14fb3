"""A take goes on when control, relay or mixer begins anew."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.recording import recordings
from stagedoor.domain import recording
from stagedoor.ipc.recording import RecordingStatus
from tests.kit.control_app import House, make_settings, running_control
from tests.kit.fake_mixer import FakeMixer
from tests.kit.fake_relay import FakeRelay
from tests.kit.wait import until

pytestmark = pytest.mark.service

URL = "/api/recordings"


class Rig:
    """Control with a relay and a mixer that can each be started anew."""

    def __init__(self, tmp_path: Path) -> None:
        self.settings = make_settings(tmp_path, mixer={"enabled": True}, guests={"seats": ["guest1"]})
        self.settings.server.run_dir.mkdir()
        self.relay, self.mixer = FakeRelay(), FakeMixer()
        self.house = House(self.relay)
        self.stacks: dict[str, AsyncExitStack] = {}

    async def start(self, *names: str) -> None:
        server = self.settings.server
        for name in names:
            stack = self.stacks[name] = AsyncExitStack()
            if name == "relay":
                await stack.enter_async_context(self.relay.serving(server.relay_socket))
            elif name == "mixer":
                await stack.enter_async_context(self.mixer.serving(server.mixer_socket))
            else:
                await stack.enter_async_context(running_control(self.settings, self.house))

    async def stop(self, name: str) -> None:
        await self.stacks.pop(name).aclose()

    async def aclose(self) -> None:
        for name in reversed(tuple(self.stacks)):
            await self.stop(name)

    async def record(self, verb: str) -> dict[str, Any]:
        answer = await self.house.operator("POST", f"{URL}/{verb}")
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def follows(self, take: str) -> None:
        """Wait until relay and mixer record a take."""

        def both() -> bool:
            spec = self.mixer.wanted.recording
            return self.relay.recording.take == take and (spec.take if spec else "") == take

        await until(both, 10, what=f"relay and mixer record {take}")

    async def connected(self) -> None:
        health = self.house.control.stage.health
        await until(lambda: health.relay_up and health.mixer_up, 10, what="both are followed")


@pytest.fixture
async def rig(tmp_path: Path) -> Any:
    made = Rig(tmp_path)
    await made.start("relay", "mixer", "control")
    await made.connected()
    yield made
    await made.aclose()


async def test_control_begins_anew(rig: Rig) -> None:
    said = await rig.record("start")
    await rig.stop("control")
    await rig.start("control")
    await rig.connected()
    await rig.follows(said["take"])
    assert rig.mixer.wanted.recording is not None
    assert rig.mixer.wanted.recording.started_ns == said["started_ns"]
    assert len(rig.relay.asked_to_record) == 1
    await rig.record("stop")
    await rig.follows("")


async def test_the_next_day_it_is_over(rig: Rig) -> None:
    said = await rig.record("start")
    await rig.stop("control")
    rig.relay.recording = RecordingStatus()
    rig.house.late_ms = recordings.GOES_ON_WITHIN_MS + 1000
    await rig.start("control")
    await rig.connected()
    await rig.follows("")
    (take,) = (await rig.house.operator("GET", URL)).json()["takes"]
    assert take["take"] == said["take"]
    started, stopped = (datetime.fromisoformat(take[key]) for key in ("started", "stopped"))
    assert stopped - started < timedelta(seconds=30)


async def test_what_was_known_a_minute_ago_counts(rig: Rig) -> None:
    said = await rig.record("start")
    rig.house.late_ms = recordings.GOES_ON_WITHIN_MS
    kept = rig.house.control.recordings
    await until(lambda: kept._kept_ms - kept._stage.now_ms() > -recordings.KEEP_EVERY_MS, 5)
    await rig.stop("control")
    rig.house.late_ms += recordings.GOES_ON_WITHIN_MS - 1000
    await rig.start("control")
    await rig.connected()
    await rig.follows(said["take"])


async def test_the_relay_begins_anew(rig: Rig) -> None:
    said = await rig.record("start")
    await rig.stop("relay")
    rig.relay.recording = RecordingStatus()
    await rig.start("relay")
    await rig.follows(said["take"])
    assert [spec and spec.started_ns for spec in rig.relay.asked_to_record] == [said["started_ns"]] * 2


async def test_the_mixer_begins_anew(rig: Rig) -> None:
    said = await rig.record("start")
    await rig.stop("mixer")
    rig.mixer = FakeMixer()
    await rig.start("mixer")
    await rig.follows(said["take"])


async def test_a_relay_that_was_away_at_the_end_is_told_when_it_is_back(rig: Rig) -> None:
    await rig.record("start")
    await rig.stop("relay")
    await until(lambda: not rig.house.control.stage.health.relay_up)
    await rig.record("stop")
    await rig.start("relay")
    await rig.follows("")
    assert rig.relay.asked_to_record[-1] is None


async def test_a_take_has_ended_once_the_mixer_has_closed_its_pieces(rig: Rig) -> None:
    said = await rig.record("start")
    growing = RecordingStatus(state=recording.RecordingState.RECORDING, take=said["take"])
    rig.mixer.say(recording=growing)
    kept = rig.house.control.recordings
    await until(lambda: kept.confirmed)
    rig.mixer.closes_late = True
    stopping = asyncio.create_task(rig.record("stop"))
    await until(lambda: rig.mixer.wanted.recording is None)
    rig.mixer.say(frame=99)
    await until(lambda: rig.house.control.mixing.require_state().frame == 99)
    assert not stopping.done()
    rig.mixer.say(recording=RecordingStatus())
    await stopping


async def test_a_take_that_ended_while_control_was_away(rig: Rig) -> None:
    said = await rig.record("start")
    await rig.stop("control")
    rig.relay.recording = rig.relay.recording.model_copy(
        update={"state": recording.RecordingState.FAILED, "code": "disk_full", "reason": "full"}
    )
    await rig.start("control")

    def given_up() -> bool:
        view = rig.house.control.recordings.view
        return view is not None and view.code == "disk_full"

    await until(given_up, 10, what="the take is given up")
    await rig.follows("")
    (take,) = (await rig.house.operator("GET", URL)).json()["takes"]
    assert (take["take"], take["code"]) == (said["take"], "disk_full")


def test_a_machine_that_began_anew_has_another_clock() -> None:
    hour_ns, hour_ms = 3_600_000_000_000, 3_600_000
    now_ms = time.time_ns() // 1_000_000
    same = recording.started_ns(5 * hour_ns, now_ms - hour_ms, 6 * hour_ns + 3_000_000_000, now_ms)
    assert same == 5 * hour_ns
    assert recording.started_ns(5 * hour_ns, now_ms - hour_ms, hour_ns // 60, now_ms) == (
        hour_ns // 60 - hour_ns
    )
