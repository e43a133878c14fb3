"""The scripts that feed the tally of OBS and vMix, against small stand-ins for these and the real API."""

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.kit.control_app import OPERATOR, House, listening_house
from tests.kit.wait import until

pytestmark = pytest.mark.service

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
SEATS: Final = {"seats": ["guest1", "guest2", "guest3"]}
PASSWORD: Final = "a password of OBS"
SALT, CHALLENGE = "lM1GncleQOaCu9lT", "+IxH4CnCiqpX1rM9"


@dataclass
class FakeObs:
    """As much of obs-websocket 5 as the script asks for, by its documentation.

    Attributes:
        scenes: The names of sources, scenes and groups in each scene.
        program: The scene on program.
        preview: The scene on preview; None outside of studio mode.
        url: Where it listens.
        asked: The kinds of the requests.
    """

    scenes: dict[str, list[str]]
    program: str = "wide"
    preview: str | None = None
    url: str = ""
    asked: list[str] = field(default_factory=list)
    connections: list[ServerConnection] = field(default_factory=list)

    def seen(self, scene: str) -> set[str]:
        """Return all that a scene shows, also within scenes of it."""
        inner = (self.seen(name) for name in self.scenes[scene] if name in self.scenes)
        return set(self.scenes[scene]).union(*inner)

    async def tell(self, kind: str) -> None:
        """Send an event."""
        for connection in self.connections:
            await connection.send(json.dumps({"op": 5, "d": {"eventType": kind, "eventIntent": 4}}))

    async def serve(self, connection: ServerConnection) -> None:
        """Identify a client, and answer it."""
        authentication = {"challenge": CHALLENGE, "salt": SALT}
        hello = {"obsWebSocketVersion": "5.0.0", "rpcVersion": 1, "authentication": authentication}
        await connection.send(json.dumps({"op": 0, "d": hello}))
        identify = json.loads(await connection.recv())
        secret = base64.b64encode(hashlib.sha256((PASSWORD + SALT).encode()).digest())
        proof = base64.b64encode(hashlib.sha256(secret + CHALLENGE.encode()).digest()).decode()
        if identify["op"] != 1 or identify["d"].get("authentication") != proof:
            await connection.close(4009, "Authentication failed.")
            return
        await connection.send(json.dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
        self.connections.append(connection)
        async for text in connection:
            request = json.loads(text)["d"]
            self.asked.append(request["requestType"])
            data = self._answer(request["requestType"], request.get("requestData") or {})
            status = {"result": data is not None, "code": 100 if data is not None else 600}
            names = ("requestType", "requestId")
            answer = {**{name: request[name] for name in names}, "requestStatus": status}
            await connection.send(json.dumps({"op": 7, "d": {**answer, "responseData": data or {}}}))

    def _answer(self, kind: str, data: dict[str, str]) -> dict[str, Any] | None:
        if kind == "GetCurrentPreviewScene":
            return None if self.preview is None else {"currentPreviewSceneName": self.preview}
        if kind == "GetSourceActive":
            name = data["sourceName"]
            known = any(name in names for names in self.scenes.values())
            return {"videoActive": name in self.seen(self.program), "videoShowing": True} if known else None
        items = [self._item(name) for name in self.scenes[data["sceneName"]]]
        hidden = {**self._item("Guest 3"), "sceneItemEnabled": False}
        return {"sceneItems": [*items, hidden]}

    def _item(self, name: str) -> dict[str, Any]:
        kind = "OBS_SOURCE_TYPE_SCENE" if name in self.scenes else "OBS_SOURCE_TYPE_INPUT"
        return {"sourceName": name, "sceneItemEnabled": True, "sourceType": kind, "isGroup": None}


@pytest.fixture
async def obs() -> AsyncIterator[FakeObs]:
    fake = FakeObs(
        {"wide": ["pair"], "pair": ["Guest 1", "Guest 2"], "close": ["Guest 2"], "all": ["Guest 3"]}
    )
    async with serve(fake.serve, "127.0.0.1", 0) as server:
        fake.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield fake


@contextlib.asynccontextmanager
async def script(
    name: str, port: int, *seats: str, end: signal.Signals = signal.SIGINT, **environment: str
) -> AsyncIterator[None]:
    """Run one of the examples until the block ends, and then end it, as Ctrl-C does or otherwise."""
    link = f"http://127.0.0.1:{port}/switcher?token={OPERATOR}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLES / name), *seats),
        env={**os.environ, "STAGEDOOR_LINK": link, **environment},
    )
    try:
        yield
    finally:
        process.send_signal(end)
        async with asyncio.timeout(8):
            assert await process.wait() == (0 if end is signal.SIGINT else -end)


async def tally_is(house: House, *lights: str) -> None:
    """Wait until the seats have these lights."""

    def shown() -> tuple[str, ...]:
        return tuple(light.value for light in house.control.stage.tallies.all().values())

    await until(lambda: shown() == lights, 8, what=f"{lights}")


async def test_guests_read_what_obs_shows_of_them(tmp_path: Path, obs: FakeObs) -> None:
    async with listening_house(tmp_path, guests=SEATS) as (house, port):
        await tally_is(house, "unknown", "unknown", "unknown")
        sources = ("guest1=Guest 1", "guest2=Guest 2", "guest3=Somebody whom OBS does not know")
        async with script("obs_tally.py", port, *sources, OBS_URL=obs.url, OBS_PASSWORD=PASSWORD):
            await tally_is(house, "program", "program", "unknown")
            obs.program, obs.preview = "all", "close"
            await obs.tell("CurrentProgramSceneChanged")
            await tally_is(house, "off", "preview", "unknown")
            await obs.tell("CurrentSceneCollectionChanging")
            obs.preview = "wide"
            await obs.tell("CurrentSceneCollectionChanged")
            await tally_is(house, "preview", "preview", "unknown")
            for connection in obs.connections:
                await connection.close()
            await tally_is(house, "unknown", "unknown", "unknown")
            # It comes back by itself.
            await tally_is(house, "preview", "preview", "unknown")
        await tally_is(house, "unknown", "unknown", "unknown")


async def test_nothing_is_known_once_the_script_has_died(tmp_path: Path, obs: FakeObs) -> None:
    async with listening_house(tmp_path, guests=SEATS) as (house, port):
        environment = {"OBS_URL": obs.url, "OBS_PASSWORD": PASSWORD}
        async with script("obs_tally.py", port, "guest1=Guest 1", end=signal.SIGKILL, **environment):
            await tally_is(house, "program", "unknown", "unknown")
        # It could say nothing more.
        assert house.control.stage.tallies.of("guest1") == "program"
        house.late_ms += 10_000
        await tally_is(house, "unknown", "unknown", "unknown")


async def test_a_wrong_password_is_said(tmp_path: Path, obs: FakeObs) -> None:
    async with listening_house(tmp_path, guests=SEATS) as (_, port):
        link = f"http://127.0.0.1:{port}/switcher?token={OPERATOR}"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(EXAMPLES / "obs_tally.py"), "guest1=Guest 1"),
            env={**os.environ, "STAGEDOOR_LINK": link, "OBS_URL": obs.url, "OBS_PASSWORD": "another"},
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        async with asyncio.timeout(10):
            assert b"OBS_PASSWORD is not" in await process.stderr.readline()
        process.send_signal(signal.SIGINT)
        await process.wait()
    assert obs.asked == []


async def test_guests_read_what_vmix_shows_of_them(tmp_path: Path) -> None:
    figures, writers = ["0121"], list[asyncio.StreamWriter]()

    def say() -> None:
        for writer in writers:
            writer.write(f"TALLY OK {figures[-1]}\r\n".encode())

    async def vmix(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"VERSION OK 28.0.0.36\r\n")
        while line := await reader.readline():
            if line == b"SUBSCRIBE TALLY\r\n":
                writer.write(b"SUBSCRIBE OK TALLY\r\n")
            say()
        writer.close()

    async with listening_house(tmp_path, guests=SEATS) as (house, port):
        server = await asyncio.start_server(vmix, "127.0.0.1", 0)
        async with server:
            place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with script("vmix_tally.py", port, "guest1=2", "guest2=3", "guest3=9", VMIX=place):
                await tally_is(house, "program", "preview", "unknown")
                figures.append("0210")
                say()
                await tally_is(house, "preview", "program", "unknown")
        await tally_is(house, "unknown", "unknown", "unknown")
