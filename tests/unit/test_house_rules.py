"""The rules of `tests/conftest.py` really stop what they forbid."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

TESTS = Path(__file__).resolve().parent.parent

OFFENDERS = """
import asyncio, os, socket, subprocess, threading, time, warnings
import pytest, stagedoor
pytestmark = pytest.mark.unit
kept = []

async def test_leaves_a_task():
    kept.append(asyncio.create_task(asyncio.sleep(60)))

async def test_leaves_a_socket():
    kept.append(socket.socket())

def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(3,), daemon=True).start()

def test_leaves_a_child():
    kept.append(subprocess.Popen(["sleep", "3"]))

def test_leaves_a_priority():
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

async def test_blocks_the_loop():
    exec(compile("import time\\ntime.sleep(0.001)", stagedoor.__path__[0] + "/blocking.py", "exec"))

def test_warns():
    warnings.warn("careless")

async def test_is_clean():
    await asyncio.sleep(0)
"""


def run_pytest(folder: Path, source: str) -> str:
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text())
    (folder / "test_them.py").write_text(source)
    config = TESTS.parent / "pyproject.toml"
    options = ["-q", "-p", "no:cacheprovider", "-c", str(config), "--rootdir", str(folder), str(folder)]
    command = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    return done.stdout + done.stderr


def test_what_is_left_behind_fails_the_test(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, OFFENDERS)
    for name in (
        "leaves_a_task",
        "leaves_a_socket",
        "leaves_a_thread",
        "leaves_a_child",
        "leaves_a_priority",
    ):
        assert re.search(rf"^ERROR .*test_them.py::test_{name}(?: - .*)?$", said, re.MULTILINE), said
    for name in ("warns", "blocks_the_loop"):
        assert re.search(rf"^FAILED .*test_them.py::test_{name}(?: - .*)?$", said, re.MULTILINE), said
    assert "2 failed, 6 passed, 5 errors" in said


def test_a_module_without_a_tier_stops_the_run(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, "def test_nothing():\n    pass\n")
    assert "needs one of the markers unit, service, api, media, e2e" in said
    assert "passed" not in said
