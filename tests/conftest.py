"""Rules that every test lives under: a tier, a deadline, nothing blocked, nothing left behind."""

import asyncio
import inspect
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from blockbuster import blockbuster_ctx

TIER_SECONDS = {"unit": 10, "service": 20, "api": 20, "media": 60, "e2e": 120}
NOT_ALWAYS_THERE = ("mediamtx", "cloudflare_schema", "netns")
"""Markers of tests that need what some machines do not have; the run ends with a line for each."""
SETTLE_TASKS_SECONDS = 0.2
SETTLE_SECONDS = 1.0
POOLS = ("asyncio_", "AnyIO worker")
"""Threads of the event loop's own executors: idle ones live as long as their loop."""

hypothesis.settings.register_profile(
    "whole test", deadline=None
)  # examples count against the test's deadline
hypothesis.settings.load_profile("whole test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its tier's rules; a module without a tier stops the run."""
    has_mediamtx = shutil.which("mediamtx") is not None
    for item in items:
        tiers = [name for name in TIER_SECONDS if item.get_closest_marker(name)]
        if len(tiers) != 1:
            raise pytest.UsageError(f"{item.nodeid}: needs one of the markers {', '.join(TIER_SECONDS)}")
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIER_SECONDS[tiers[0]]))
        if item.get_closest_marker("mediamtx") and not has_mediamtx:
            item.add_marker(pytest.mark.skip(reason="no mediamtx on the PATH"))
        if item.get_closest_marker("netns") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="network namespaces need root"))
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.fixturenames.insert(0, "no_task_or_socket_left")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the tests that need something which is not always there."""
    for marker in NOT_ALWAYS_THERE:
        ran = skipped = 0
        for outcome, reports in terminalreporter.stats.items():
            for report in reports:
                if marker not in getattr(report, "keywords", {}):
                    continue
                skipped += outcome == "skipped"
                ran += outcome in ("passed", "failed")
        terminalreporter.write_line(f"{marker} tests: {ran} run, {skipped} skipped")


@pytest.fixture(scope="session", autouse=True)
def nothing_blocks_the_loop() -> Iterator[None]:
    """A blocking call made by our own code on an event loop raises BlockingError."""
    with blockbuster_ctx("stagedoor"):
        yield


@pytest.fixture(autouse=True)
def no_other_priority_left() -> Iterator[None]:
    """A test may not leave its thread in another scheduling class: whatever it starts inherits that."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    yield
    left = os.sched_getscheduler(0), os.sched_getparam(0)
    os.sched_setscheduler(0, *before)
    assert left == before, "left in another scheduling class"


@pytest.fixture(autouse=True)
def no_thread_or_child_left() -> Iterator[None]:
    """A test may leave no thread and no child process behind."""
    threads, children = set(threading.enumerate()), child_processes()
    yield
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        left = {
            *(
                f"thread {thread.name}"
                for thread in set(threading.enumerate()) - threads
                if not _pooled(thread)
            ),
            *(f"child {name}" for pid, name in child_processes().items() if pid not in children),
        }
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    assert not left, f"left running: {', '.join(sorted(left))}"


@pytest.fixture
async def no_task_or_socket_left() -> AsyncIterator[None]:
    """An asyncio test may leave no task and no socket behind."""
    tasks, sockets = asyncio.all_tasks(), open_sockets()
    yield
    current = asyncio.current_task()

    def tasks_left() -> set[str]:
        return {repr(task) for task in asyncio.all_tasks() - tasks if task is not current}

    left = await _settled(tasks_left, SETTLE_TASKS_SECONDS)
    assert not left, f"tasks left running: {', '.join(sorted(left))}"
    open_still = await _settled(lambda: open_sockets() - sockets, SETTLE_SECONDS)
    assert not open_still, f"sockets left open: {', '.join(sorted(open_still))}"


def child_processes() -> dict[int, str]:
    """The children of this process, zombies too, by id with their names."""
    found: dict[int, str] = {}
    for task in Path("/proc/self/task").iterdir():
        try:
            pids = (task / "children").read_text().split()
        except OSError:
            continue
        for pid in pids:
            try:
                found[int(pid)] = Path(f"/proc/{pid}/comm").read_text().strip()
            except OSError:
                continue
    return found


def open_sockets() -> set[str]:
    """The sockets that this process holds, by their inodes."""
    found = set()
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208
        try:
            target = os.readlink(f"/proc/self/fd/{entry}")  # noqa: PTH115
        except OSError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


async def _settled(left: Callable[[], set[str]], seconds: float) -> set[str]:
    deadline = time.monotonic() + seconds
    while True:
        found = left()
        if not found or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.01)


def _pooled(thread: threading.Thread) -> bool:
    return thread.name.startswith(POOLS)
