"""`stagedoor emulate-cloudflare` as a program: it needs nothing else of ours, and forgets everything."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from stagedoor.exits import Exit
from tests.kit.ports import free_ports

pytestmark = pytest.mark.service

APP = ("--app-id", "an-app", "--app-secret", "secret-of-the-app")


@contextlib.contextmanager
def started(folder: Path, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a folder where nothing is; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stagedoor", "emulate-cloudflare", "--port", str(port), *APP, *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("STAGEDOOR_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def first_lines(process: subprocess.Popen[str]) -> str:
    """What it prints when it is ready."""
    assert process.stdout is not None
    return "".join(process.stdout.readline() for _ in range(3))


def api(port: int) -> httpx.Client:
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}/v1/apps/an-app",
        headers={"Authorization": "Bearer secret-of-the-app"},
        timeout=10,
    )


def test_it_serves_says_where_writes_nothing_and_ends_when_told(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with started(tmp_path, port) as process:
        said = first_lines(process)
        assert f"http://127.0.0.1:{port}/v1" in said
        assert "secret-of-the-app" not in said
        with api(port) as client:
            assert client.post("/sessions/new").status_code == 201
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)
        assert process.returncode == Exit.OK
        assert "secret-of-the-app" not in log
    assert list(tmp_path.iterdir()) == []


def test_after_a_kill_it_starts_again_and_knows_nothing(tmp_path: Path) -> None:
    port, udp_port = free_ports(2)
    with started(tmp_path, port, "--udp-port", str(udp_port)) as process:
        assert str(udp_port) in first_lines(process)
        with api(port) as client:
            session = client.post("/sessions/new").json()["sessionId"]
    with started(tmp_path, port, "--udp-port", str(udp_port)) as process, api(port) as client:
        first_lines(process)
        refused = client.get(f"/sessions/{session}")
        assert (refused.status_code, refused.json()["errorCode"]) == (410, "session_error")
        assert client.post("/sessions/new").status_code == 201


def test_a_port_that_is_taken_ends_it_with_one_sentence(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with started(tmp_path, port) as first:
        first_lines(first)
        with started(tmp_path, port) as second:
            _, said = second.communicate(timeout=10)
            assert second.returncode == Exit.ADDRESS
            assert f"port {port} of 127.0.0.1" in said
            assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [["--app-id", "a"], ["--app-secret", "b"], [*APP, "--port", "many"]])
def test_a_wrong_command_line_says_so(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stagedoor", "emulate-cloudflare", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == Exit.SETTINGS
