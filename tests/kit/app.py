"""The whole program, as a user starts it: `stagedoor serve` on free ports, with its own data directory."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
import tomlkit

from tests.kit.ports import free_ports
from tests.kit.wait import until

START_SECONDS = 60.0
STOP_SECONDS = 10.0
SMALL_MIXER: Final[dict[str, Any]] = {
    "width": 320,
    "height": 180,
    "preset": "ultrafast",
    "bitrate": 500_000,
    "key_interval_s": 1,
    "multiview": {"width": 640, "height": 360, "frame_rate": 15},
    "returns": {"width": 320, "height": 180, "frame_rate": 15},
}
"""For tests that look at pages: all pictures are there, and leave the cores to the browsers."""


class Place(Protocol):
    """Somewhere else on the network, where a program may run."""

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `arguments` there."""
        ...

    def reaching(self, *ports: int) -> contextlib.AbstractAsyncContextManager[None]:
        """Have ports of its loopback on ours, under the same numbers."""
        ...


class App:
    """A running Stagedoor and what one needs to talk to it.

    Attributes:
        url: Root of the pages and the API.
        hub_url: Root of the hub's own port.
        token: The operator's token.
        api: A client that carries the token.
        ports: Of the pages and of the hub.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Mapping[str, Any]],
        *,
        python: str = sys.executable,
        inside: Place | None = None,
        mixer: bool = False,
    ) -> None:
        port, hub_port = free_ports(2)
        hub_port = settings.get("hub", {}).get("port", hub_port)
        self.ports = [port, hub_port]
        self._inside = inside
        self.token = settings.get("server", {}).get("operator_token") or secrets.token_urlsafe(24)
        tls = settings.get("server", {}).get("tls", "off") != "off"
        host = settings.get("server", {}).get("host", "127.0.0.1").replace("0.0.0.0", "127.0.0.1")
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        self.hub_url = f"http://127.0.0.1:{hub_port}"
        self.folder = folder
        self._python = python
        self.api = httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, verify=False, timeout=10
        )
        self._settings: dict[str, dict[str, Any]] = {
            "server": {"port": port, "data_dir": str(folder / "data"), "operator_token": self.token},
            "hub": {"port": hub_port},
        }
        for part, keys in settings.items():
            self._settings.setdefault(part, {}).update(keys)
        # Programs of tests that run beside each other come before none of the others.
        self._settings["mixer"] = {"enabled": mixer, "realtime": False, **self._settings.get("mixer", {})}
        if not mixer:
            self._settings["mixer"].setdefault("returns", {}).setdefault("without_mixer", False)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        assert self._process is not None
        return self._process.pid

    async def start(self, *arguments: str) -> None:
        """Start it and return once it is ready."""
        config, log = self.folder / "stagedoor.toml", self.folder / "log.txt"
        config.write_text(tomlkit.dumps(self._settings))
        command = [self._python, "-m", "stagedoor", "serve", "--config", str(config), *arguments]
        with log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *(command if self._inside is None else self._inside.command(*command)),
                cwd=self.folder,
                env=_environment(),
                stdout=output,
                stderr=output,
            )
        await self.ready()
        if self._settings["mixer"]["enabled"]:
            await until(self._has_mixer, START_SECONDS, what=f"the mixer: {self.log()[-3000:]}")

    async def ready(self, timeout: float = START_SECONDS) -> None:
        """Return once it says that it is ready."""
        await until(self._is_ready, timeout, what=f"ready: {self.log()[-3000:]}")

    async def stop(self) -> int:
        """End it as Ctrl-C does; the exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await process.wait()
        except TimeoutError:
            for pid in (*_children(process.pid), process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await process.wait()
            raise AssertionError(f"still running after {STOP_SECONDS} s: {self.log()[-3000:]}") from None

    def child(self, name: str) -> int:
        """The process id of `control`, `relay` or `mixer`; 0 while there is none."""
        for pid in _children(self.pid):
            if name in _arguments(pid):
                return pid
        return 0

    def test_guests(self) -> list[int]:
        """The process ids of the test guests, which are control's children."""
        return [pid for pid in _children(self.child("control")) if "guest" in _arguments(pid)]

    def waited_s(self, name: str) -> float:
        """Seconds for which a child's first thread had work to do so far, and others had every core."""
        return int(Path(f"/proc/{self.child(name)}/schedstat").read_text().split()[1]) / 1e9

    async def kill(self, name: str) -> None:
        """`kill -9` of a child; returns when it is dead."""
        pid = self.child(name)
        assert pid, f"no process {name}"
        os.kill(pid, signal.SIGKILL)
        await until(lambda: self.child(name) != pid, what=f"the end of {name}")

    def log(self) -> str:
        """Everything that it has printed and logged so far."""
        path = self.folder / "log.txt"
        return path.read_text() if path.exists() else ""

    async def logged(self, text: str, timeout: float = 10.0) -> float:
        """Return once the log holds `text`; the seconds that it took."""
        begun = time.monotonic()
        await until(lambda: text in self.log(), timeout, what=f"log line {text!r} in:\n{self.log()[-3000:]}")
        return time.monotonic() - begun

    async def invite(self, seat: str | None = "guest1", **more: Any) -> dict[str, Any]:
        """A new invite: its `url`, `token` and so on."""
        body = {"admit": "direct" if seat else "lobby", **({"seat": seat} if seat else {}), **more}
        answer = await self.api.post("/api/invites", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def whip(self, place: str = "guest1") -> str:
        """The endpoint that a guest's media is sent to."""
        return f"{self.url}/api/calls/whip/{place}"

    async def sessions(self) -> dict[str, str]:
        """The sessions of now: place to session."""
        return dict((await self.api.get("/api/calls/sessions")).json()["sessions"])

    async def guests(self) -> list[dict[str, Any]]:
        """Every guest, as the API shows them."""
        answer = await self.api.get("/api/guests")
        assert answer.is_success, answer.text
        return list(answer.json()["guests"])

    async def _has_mixer(self) -> bool:
        try:
            return (await self.api.get("/api/mixer", timeout=1)).is_success
        except httpx.HTTPError:
            return False

    async def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, f"it ended at once: {self.log()[-3000:]}"
        try:
            return (await self.api.get("/readyz", timeout=1)).is_success
        except httpx.HTTPError:
            return False


@contextlib.asynccontextmanager
async def running_app(
    *arguments: str,
    python: str = sys.executable,
    inside: Place | None = None,
    with_mixer: bool = False,
    **settings: Mapping[str, Any],
) -> AsyncIterator[App]:
    """A ready program; keyword arguments are parts of the settings: `guests={"open": True}`.

    `inside` has it run somewhere else; its addresses are on our own loopback all the same. `with_mixer`
    has the mixer run too, which costs a core.
    """
    with tempfile.TemporaryDirectory(prefix="stagedoor-") as folder:
        app = App(Path(folder), settings, python=python, inside=inside, mixer=with_mixer)
        reaching = contextlib.nullcontext() if inside is None else inside.reaching(*app.ports)
        try:
            async with reaching:
                try:
                    await app.start(*arguments)
                    yield app
                finally:
                    await app.api.aclose()
                    await app.stop()
        except BaseException:
            sys.stderr.write(app.log())  # pytest shows it with the failure
            raise


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAGEDOOR_")}
    kept.pop("PYTHONPATH", None)
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
