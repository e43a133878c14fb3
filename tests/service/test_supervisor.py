"""The supervisor against real processes that are killed, hang, refuse to start and refuse to end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.domain.errors import CapacityError, StagedoorError, UnavailableError
from stagedoor.exits import Exit
from stagedoor.local_http import Endpoint, answers, request
from stagedoor.supervisor.child import ChildSpec, Timing
from stagedoor.supervisor.serve import supervise_all
from tests.kit import little_child
from tests.kit.wait import until

pytestmark = pytest.mark.service

PROGRAM = str(Path(little_child.__file__))
QUICK = Timing(
    start_within=5,
    ready_every=0.02,
    alive_every=0.05,
    hung_after=1.0,
    close_within=1.0,
    backoff_first=0.05,
    backoff_most=0.2,
)


def little(folder: Path, name: str, *behaviour: str) -> ChildSpec:
    socket = folder / f"{name}.sock"
    command = (sys.executable, PROGRAM, str(socket), *behaviour)
    return ChildSpec(name, command, alive=lambda: answers(Endpoint(socket=socket), "/healthz", 0.3))


def pid_of(folder: Path, name: str) -> int:
    """The process that was started for `name`; 0 if there is none."""
    wanted = str(folder / f"{name}.sock")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_text().split("\0")
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if arguments[1:3] == [PROGRAM, wanted] and state != "Z":
                return int(entry.name)
    return 0


class Ready:
    """Counts what `on_ready` is told."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


@asynccontextmanager
async def supervised(*specs: ChildSpec, timing: Timing = QUICK) -> AsyncIterator[asyncio.Task[None]]:
    ready = Ready()
    task = asyncio.create_task(supervise_all(specs, ready, timing))
    try:
        await until(lambda: ready.times or task.done(), what="all ready")
        yield task
        assert ready.times <= 1
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGINT)
            await task


async def test_a_killed_child_comes_back_and_the_other_goes_on(tmp_path: Path) -> None:
    async with supervised(little(tmp_path, "relay"), little(tmp_path, "control")):
        relay, control = pid_of(tmp_path, "relay"), pid_of(tmp_path, "control")
        os.kill(relay, signal.SIGKILL)
        endpoint = Endpoint(socket=tmp_path / "relay.sock")
        await until(lambda: pid_of(tmp_path, "relay") not in (0, relay))
        await until(lambda: answers(endpoint, "/healthz"))
        assert pid_of(tmp_path, "control") == control


async def test_ctrl_c_ends_every_child(tmp_path: Path) -> None:
    async with supervised(little(tmp_path, "relay"), little(tmp_path, "control")) as task:
        started = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)
        await task
        assert time.monotonic() - started < 1
    assert not pid_of(tmp_path, "relay")
    assert not pid_of(tmp_path, "control")


async def test_a_child_that_will_not_end_is_killed_in_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with supervised(little(tmp_path, "relay", "deaf"), little(tmp_path, "control")) as task:
        started = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        await task
        assert QUICK.close_within <= time.monotonic() - started < QUICK.close_within + 1
    assert not pid_of(tmp_path, "relay")
    assert "The relay process did not end in time and is killed" in caplog.text


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    patient = Timing(ready_every=0.02, close_within=30)
    async with supervised(little(tmp_path, "relay", "deaf"), timing=patient) as task:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.2)
        assert not task.done()
        os.kill(os.getpid(), signal.SIGINT)
        async with asyncio.timeout(2):
            await task


async def test_a_child_that_hangs_is_started_again(tmp_path: Path) -> None:
    async with supervised(little(tmp_path, "relay")):
        hung = pid_of(tmp_path, "relay")
        os.kill(hung, signal.SIGSTOP)
        await until(lambda: pid_of(tmp_path, "relay") not in (0, hung), timeout=5)


async def test_a_child_that_hangs_is_not_asked_to_end(tmp_path: Path) -> None:
    timing = replace(QUICK, close_within=30, hung_after=0.5)
    async with supervised(little(tmp_path, "relay"), timing=timing):
        hung = pid_of(tmp_path, "relay")
        os.kill(hung, signal.SIGSTOP)
        await until(lambda: pid_of(tmp_path, "relay") not in (0, hung), timeout=3)


async def test_one_late_answer_is_no_hang(tmp_path: Path) -> None:
    spec, looks = little(tmp_path, "relay"), 0

    async def alive() -> bool:
        nonlocal looks
        looks += await spec.alive()
        if looks == 3:
            await asyncio.sleep(0.5)
        return looks not in (0, 3)

    timing = replace(QUICK, hung_after=0.2)
    async with supervised(replace(spec, alive=alive), timing=timing):
        pid = pid_of(tmp_path, "relay")
        await until(lambda: looks > 5)
        assert pid_of(tmp_path, "relay") == pid


async def killed_and_back(folder: Path) -> float:
    """Kill the relay; the seconds until there is another one."""
    pid, begun = pid_of(folder, "relay"), time.monotonic()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: pid_of(folder, "relay") not in (0, pid))
    seconds = time.monotonic() - begun
    await until(lambda: answers(Endpoint(socket=folder / "relay.sock"), "/healthz"))
    return seconds


async def test_a_child_starts_at_once_the_first_time_and_whenever_it_was_well(tmp_path: Path) -> None:
    patient = replace(QUICK, backoff_first=1.0, backoff_most=1.0, healthy_after=0.5)
    async with supervised(little(tmp_path, "relay"), timing=patient):
        assert await killed_and_back(tmp_path) < 0.5
        await asyncio.sleep(0.8)
        assert await killed_and_back(tmp_path) < 0.5
        assert await killed_and_back(tmp_path) > 0.7


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (f"exit={Exit.PROBLEM.value}", "child_failed"),
        (f"exit={Exit.ADDRESS.value}", "port_busy"),
        (f"exit={Exit.SETTINGS.value}", "bad_settings"),
        ("mute", "child_failed"),
    ],
)
async def test_a_child_that_never_gets_ready_ends_the_program(
    tmp_path: Path, behaviour: str, code: str
) -> None:
    timing = Timing(start_within=0.3, first_tries=2, ready_every=0.02, backoff_first=0.01, close_within=1)
    with pytest.raises(UnavailableError) as caught:
        async with supervised(
            little(tmp_path, "relay", behaviour), little(tmp_path, "control"), timing=timing
        ) as task:
            await task
    assert caught.value.code == code
    assert not pid_of(tmp_path, "control")


async def test_what_keeps_a_child_from_starting_is_named(tmp_path: Path) -> None:
    spec = little(tmp_path, "relay", "exit=1")

    def diagnose() -> None:
        raise CapacityError("port 1 is in use", code="port_busy")

    broken = ChildSpec(spec.name, spec.argv, spec.alive, diagnose=diagnose)
    with pytest.raises(CapacityError, match="port 1 is in use"):
        async with supervised(broken) as task:
            await task


async def test_a_child_that_was_ready_is_never_given_up(tmp_path: Path) -> None:
    async with supervised(little(tmp_path, "relay")) as task:
        pid = 0
        for _ in range(QUICK.first_tries + 2):
            await until(lambda last=pid: pid_of(tmp_path, "relay") not in (0, last))  # type: ignore[misc]
            pid = pid_of(tmp_path, "relay")
            os.kill(pid, signal.SIGKILL)
        await until(lambda: answers(Endpoint(socket=tmp_path / "relay.sock"), "/healthz"))
        assert not task.done()


@pytest.mark.parametrize("error", [CapacityError("the disk is full", code="disk_full"), OSError("no processes")])
async def test_what_keeps_a_child_from_starting_again_ends_no_other(tmp_path: Path, error: Exception) -> None:
    errors: list[Exception] = []

    def prepare() -> None:
        if errors:
            raise errors.pop()

    control = replace(little(tmp_path, "control"), prepare=prepare)
    async with supervised(little(tmp_path, "relay"), control) as task:
        relay, first = pid_of(tmp_path, "relay"), pid_of(tmp_path, "control")
        errors += [error, error]
        os.kill(first, signal.SIGKILL)
        await until(lambda: not errors and pid_of(tmp_path, "control") not in (0, first))
        assert not task.done()
        assert pid_of(tmp_path, "relay") == relay


async def test_a_child_that_is_not_vital_takes_nobody_along(tmp_path: Path) -> None:
    timing = replace(QUICK, first_tries=2, backoff_first=0.01, backoff_most=0.05)
    mixer = replace(little(tmp_path, "mixer", "exit=1"), vital=False)
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    async with supervised(little(tmp_path, "relay"), replace(mixer, prepare=count), timing=timing) as task:
        relay = pid_of(tmp_path, "relay")
        await until(lambda: counted > timing.first_tries + 2)
        assert not task.done()
        assert pid_of(tmp_path, "relay") == relay


async def test_settings_that_a_child_cannot_start_with_end_the_program(tmp_path: Path) -> None:
    mixer = replace(little(tmp_path, "mixer", f"exit={Exit.SETTINGS}"), vital=False)
    with pytest.raises(UnavailableError) as caught:
        async with supervised(little(tmp_path, "relay"), mixer) as task:
            await task
    assert caught.value.code == "bad_settings"


SUPERVISOR = """
import asyncio, os, sys
from pathlib import Path
from tests.service.test_supervisor import QUICK, little
from stagedoor.supervisor.serve import supervise_all
folder = Path(sys.argv[1])
specs = [little(folder, name, "deaf", f"parent={os.getpid()}") for name in ("relay", "control")]
async def ready():
    print("ready", flush=True)
asyncio.run(supervise_all(specs, ready, QUICK))
"""


def test_children_die_with_the_supervisor(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"ready\n"
        children = [pid_of(tmp_path, name) for name in ("relay", "control")]
        assert all(children)
        supervisor.kill()
        supervisor.wait()
    deadline = time.monotonic() + 2
    while any(pid_of(tmp_path, name) for name in ("relay", "control")):
        assert time.monotonic() < deadline, "children outlived the supervisor"
        time.sleep(0.01)


async def test_a_request_to_nobody_says_so(tmp_path: Path) -> None:
    with pytest.raises(StagedoorError) as caught:
        await request(Endpoint(socket=tmp_path / "none.sock"), "GET", "/healthz")
    assert caught.value.code == "not_running"
