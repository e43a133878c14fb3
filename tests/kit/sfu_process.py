"""The emulated SFU as a program of its own, which can be killed and started again at the same place."""

import asyncio
import contextlib
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.kit.ports import free_ports
from tests.kit.wait import until


class SfuProcess:
    """One emulator.

    Attributes:
        base_url: For the settings.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._port, self._udp_port = free_ports(2)
        self.app_id, self.app_secret = secrets.token_hex(16), secrets.token_hex(32)
        self.base_url = f"http://{host}:{self._port}/v1"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and return once it answers."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stagedoor", "emulate-cloudflare"),
            *("--host", self._host, "--port", str(self._port), "--udp-port", str(self._udp_port)),
            *("--empty-track", "0.1"),
            *("--app-id", self.app_id, "--app-secret", self.app_secret),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await until(self._answers, 20)

    async def _answers(self) -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(self.base_url)).status_code == 405
        except httpx.TransportError:
            return False

    async def admin(self, method: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One of the emulator's own calls: `faults`, `sessions`."""
        url = f"{self.base_url.removesuffix('/v1')}/admin/{what}"
        headers = {"Authorization": f"Bearer {self.app_secret}"}
        async with httpx.AsyncClient(headers=headers) as client:
            answer = await client.request(method, url, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def kill(self) -> None:
        """`kill -9`; every session and connection is gone."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()


@contextlib.asynccontextmanager
async def sfu_process(host: str = "127.0.0.1") -> AsyncIterator[SfuProcess]:
    """A running one at an address of this machine; ended at the end."""
    sfu = SfuProcess(host)
    try:
        await sfu.start()
        yield sfu
    finally:
        await sfu.kill()
