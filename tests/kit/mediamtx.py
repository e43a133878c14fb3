"""A real MediaMTX, where a `mediamtx` binary is on the PATH (tests with it carry the marker `mediamtx`)."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from tests.kit.ports import free_ports
from tests.kit.wait import until

CONFIG = """
logLevel: info
logDestinations: [stdout]
api: yes
apiAddress: 127.0.0.1:{api}
rtsp: yes
rtspTransports: [tcp]
rtspAddress: 127.0.0.1:{rtsp}
rtmp: yes
rtmpAddress: 127.0.0.1:{rtmp}
hls: no
webrtc: no
srt: no
moq: no
paths:
  all_others:
"""


class MediaMtx:
    """A server on ports of its own, which `start` after `kill` keeps.

    Attributes:
        rtmp, rtsp: URLs without a path.
        api_url: What `mediamtx.api_url` wants.
    """

    def __init__(self, folder: Path) -> None:
        ports = free_ports(3)
        self.rtmp, self.rtsp = f"rtmp://127.0.0.1:{ports[0]}", f"rtsp://127.0.0.1:{ports[1]}"
        self.api_url = f"http://127.0.0.1:{ports[2]}"
        self._config, self._log = folder / "mediamtx.yml", folder / "mediamtx.log"
        self._config.write_text(CONFIG.format(rtmp=ports[0], rtsp=ports[1], api=ports[2]))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and return once its API answers."""
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                "mediamtx", str(self._config), stdout=output, stderr=output
            )
        await until(self._answers, 10, what=f"MediaMTX: {self.log()}")

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def path(self, name: str) -> dict[str, Any]:
        """What it says of a path; empty while there is no such path."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.api_url}/v3/paths/get/{name}")
        return dict(answer.json()) if answer.is_success else {}

    async def ready(self, name: str, timeout: float = 10.0) -> None:
        """Return once the path has a publisher."""

        async def is_ready() -> bool:
            return bool((await self.path(name)).get("ready"))

        await until(is_ready, timeout, interval=0.05, what=f"path {name} at MediaMTX: {self.log()}")

    def log(self) -> str:
        """What it has logged so far."""
        return self._log.read_text() if self._log.exists() else ""

    async def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, self.log()
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self.api_url}/v3/paths/list")).is_success
        except httpx.HTTPError:
            return False


@contextlib.asynccontextmanager
async def mediamtx(folder: Path) -> AsyncIterator[MediaMtx]:
    """A running server."""
    server = MediaMtx(folder)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


def version() -> str:
    """What the binary calls itself."""
    return subprocess.run(
        ["mediamtx", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
