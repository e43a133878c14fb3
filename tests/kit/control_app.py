"""Control in process, in front of a fake relay."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from stagedoor.connections import PromptProtocol, PromptWebSocket
from stagedoor.control.app import create_app
from stagedoor.control.clients import open_clients
from stagedoor.control.core import Control
from stagedoor.secrets import Secrets
from stagedoor.settings import Settings
from tests.kit.fake_mixer import FakeMixer
from tests.kit.fake_relay import FakeRelay, QuietServer
from tests.kit.wait import until

OPERATOR = "operator-token-of-the-tests"
AS_OPERATOR = {"Authorization": f"Bearer {OPERATOR}"}
OFFER = "v=0\r\noffer"
SDP = {"Content-Type": "application/sdp"}
SECRETS = Secrets(OPERATOR, b"s" * 32)


class House:
    """What a test holds: the client, control's parts, the fake relay and a clock that it can put forward."""

    def __init__(self, relay: FakeRelay) -> None:
        self.relay = relay
        self.late_ms = 0
        self.client: httpx.AsyncClient
        self.control: Control
        self.app: FastAPI
        self.transport: httpx.ASGITransport

    def come_from(self, address: str) -> None:
        """Have the client's next requests come from another address."""
        self.transport.client = (address, 4711)

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.late_ms

    async def operator(self, method: str, url: str, **options: Any) -> httpx.Response:
        return await self.client.request(method, url, headers=AS_OPERATOR, **options)

    async def invite(self, **body: Any) -> str:
        answer = await self.operator("POST", "/api/invites", json=body)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    async def join(
        self, token: str | None, name: str = "Ann", instance: str = "page-1", **more: bool | str
    ) -> httpx.Response:
        info = await self.client.get("/api/join", headers=bearer(token))
        consent = info.json().get("notice_version", "")
        body = {"name": name, "consent": consent, "instance": instance, **more}
        return await self.client.post("/api/join", json=body, headers=bearer(token))

    async def whip(
        self, name: str, token: str | None, instance: str | None = None, offer: str = OFFER
    ) -> httpx.Response:
        own = {} if instance is None else {"X-Stagedoor-Instance": instance}
        headers = {**SDP, **bearer(token), **own}
        return await self.client.post(f"/api/calls/whip/{name}", content=offer, headers=headers)

    async def guest(self, name: str) -> dict[str, Any]:
        answer = await self.operator("GET", f"/api/guests/{name}")
        found: dict[str, Any] = answer.json()
        return found

    async def guests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.operator("GET", "/api/guests")).json()["guests"]
        return found

    async def sessions(self) -> dict[str, str]:
        found: dict[str, str] = (await self.operator("GET", "/api/calls/sessions")).json()["sessions"]
        return found


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def make_settings(data_dir: Path, **parts: dict[str, Any]) -> Settings:
    """Settings as a test wants them; the mixer is another program unless `mixer` says that it is ours."""
    server = {"data_dir": data_dir, **parts.pop("server", {})}
    mixer = {"enabled": False, "returns": {"without_mixer": False}, **parts.pop("mixer", {})}
    return Settings(server=server, mixer=mixer, **parts)


@asynccontextmanager
async def running_control(
    settings: Settings, house: House, *, base_url: str = "http://testserver"
) -> AsyncIterator[House]:
    """Run control's application in this process, in front of what listens on the relay's socket."""
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(open_clients(settings.server))
        house.app = create_app(settings, SECRETS, clients, house.now_ms)
        await stack.enter_async_context(_lifespan(house.app))
        house.control = house.app.state.control
        transport = house.transport = httpx.ASGITransport(house.app)
        house.client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=base_url)
        )
        yield house


@asynccontextmanager
async def running_house(tmp_path: Path, **parts: dict[str, Any]) -> AsyncIterator[House]:
    """Run a fake relay and control in front of it."""
    async with _running_house(make_settings(tmp_path, **parts)) as house:
        yield house


@asynccontextmanager
async def _running_house(settings: Settings) -> AsyncIterator[House]:
    settings.server.run_dir.mkdir(exist_ok=True)
    relay = FakeRelay()
    async with relay.serving(settings.server.relay_socket), running_control(settings, House(relay)) as house:
        await until(lambda: house.control.stage.health.relay_up, 5, what="the relay is followed")
        yield house


@asynccontextmanager
async def mixing_house(tmp_path: Path, **parts: dict[str, Any]) -> AsyncIterator[tuple[House, FakeMixer]]:
    """Run a fake relay, a fake mixer, and control in front of both."""
    mixer = FakeMixer()
    settings = make_settings(tmp_path, mixer={"enabled": True, **parts.pop("mixer", {})}, **parts)
    for folder in (settings.server.run_dir, settings.server.media_dir):
        folder.mkdir(exist_ok=True)
    async with (
        mixer.serving(settings.server.mixer_socket),
        _running_house(settings) as house,
    ):
        await until(lambda: mixer.wanted.revision, 5, what="the mixer knows what is wanted")
        await until(lambda: house.control.stage.health.mixer_up, 5, what="the mixer is followed")
        yield house, mixer


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start and stop an application in one task, as a server does."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            started.set()
            await stop.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def listening(house: House, ping_s: float = 20.0) -> AsyncIterator[int]:
    """Have a house listen on a TCP port, for WebSockets and streams; gives the port.

    Seconds pass between two pings, and as many until whoever has not answered one is gone.
    """
    config = uvicorn.Config(
        house.app,
        http=PromptProtocol,
        port=0,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws=PromptWebSocket,
        ws_ping_interval=ping_s,
        ws_ping_timeout=ping_s,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started, 5)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.stop()
        await task


@asynccontextmanager
async def listening_house(tmp_path: Path, **parts: dict[str, Any]) -> AsyncIterator[tuple[House, int]]:
    """Run control on a TCP port in front of a fake relay, for WebSockets and streams; gives the port."""
    async with running_house(tmp_path, **parts) as house, listening(house) as port:
        yield house, port
