"""The whole relay process: a real publisher, control's socket, readers of the hub, and its endings."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import StagedoorError
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc.client import RelayClient
from stagedoor.ipc.messages import Binding, DestinationSpec, RelayState, SessionRequest
from stagedoor.media.packets import Codec, Kind
from tests.kit.ports import free_ports
from tests.kit.publisher import Publisher
from tests.kit.readback import probing
from tests.kit.rtmp_server import rtmp_server
from tests.kit.show import Show, encode

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)
TOKEN = "operator-token-of-the-test"
STOP_WITHIN_S = 5.0


class Process:
    """`stagedoor run relay` with a data directory of its own."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.socket = folder / "run" / "relay.sock"
        self._environment = {
            **os.environ,
            "STAGEDOOR_SERVER__DATA_DIR": str(folder),
            "STAGEDOOR_SERVER__OPERATOR_TOKEN": TOKEN,
            "STAGEDOOR_HUB__PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stagedoor", "run", "relay"],
            env=self._environment,
            stderr=subprocess.PIPE,
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float, str]:
        """Send a signal; return exit code, seconds and what was logged."""
        assert self._process is not None
        process, self._process = self._process, None
        began = time.monotonic()
        process.send_signal(number)
        _, log = process.communicate(timeout=15)
        return process.returncode, time.monotonic() - began, log.decode()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live/guest1.nut?token={TOKEN}"


@contextmanager
def running(folder: Path) -> Iterator[Process]:
    process = Process(folder)
    process.start()
    try:
        yield process
    finally:
        if process._process is not None:
            process.end(signal.SIGKILL)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    with running(tmp_path) as process:
        yield process


async def ready(client: RelayClient) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            return await client.healthy()
        except StagedoorError:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def join(
    client: RelayClient,
    publisher: Publisher,
    name: str = "s1",
    destinations: tuple[DestinationSpec, ...] = (),
) -> None:
    request = SessionRequest(
        session=name,
        owner="anna",
        label="guest1",
        offer=await publisher.offer(),
        binding=Binding(path="guest1", destinations=destinations),
    )
    await publisher.accept((await client.open_session(request)).answer)
    await publisher.connected()


@pytest.fixture
async def client(process: Process) -> AsyncIterator[RelayClient]:
    async with RelayClient(process.socket) as client:
        await ready(client)
        yield client


async def live(client: RelayClient) -> None:
    deadline = time.monotonic() + 10
    while True:
        state = await client.state()
        tracks = [track for session in state.sessions for track in session.tracks]
        if len(tracks) == 2 and all(track.frames > 20 for track in tracks):
            break
        assert time.monotonic() < deadline, state
        await asyncio.sleep(0.1)
    [session] = state.sessions
    assert session.state is SessionState.LIVE
    assert session.connected
    assert session.time_to_first_frame_ms is not None
    assert {track.codec for track in tracks} == {Codec.H264, Codec.OPUS}
    assert {(track.width, track.height) for track in tracks if track.kind is Kind.VIDEO} == {(320, 180)}


async def published_anew(client: RelayClient) -> RelayState:
    """Wait until the one destination takes packets again; return what the relay knows then."""
    deadline = time.monotonic() + 10
    while True:
        state = await client.state()
        [destination] = state.sessions[0].destinations
        if destination.state is DestinationState.LIVE:
            return state
        assert time.monotonic() < deadline, destination
        await asyncio.sleep(0.1)


async def test_a_publisher_is_read_at_the_hub_until_the_orderly_end(
    process: Process, client: RelayClient
) -> None:
    publisher = Publisher(encode(SHOW))
    async with httpx.AsyncClient(timeout=10) as http:
        try:
            await join(client, publisher)
            await live(client)
            async with http.stream("GET", process.url) as response:
                chunks = response.aiter_raw()
                assert (await anext(chunks)).startswith(b"nut/multimedia container")
                code, seconds, log = await asyncio.to_thread(process.end)
                async for _ in chunks:
                    pass
        finally:
            await publisher.close()
    assert code == 0, log
    assert seconds < STOP_WITHIN_S
    assert "Session created for guest1" in log
    assert "Session of guest1 ended: shutdown" in log
    assert TOKEN not in log
    assert "Traceback" not in log
    assert not process.socket.exists()


async def test_a_killed_relay_comes_back_on_its_socket_and_port(
    process: Process, client: RelayClient
) -> None:
    code, _, _ = await asyncio.to_thread(process.end, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert process.socket.exists()
    process.start()
    await ready(client)
    publisher = Publisher(encode(SHOW))
    try:
        await join(client, publisher)
        await live(client)
        status = await client.close_session("s1", EndReason.LEFT)
        assert status.reason is EndReason.LEFT
    finally:
        await publisher.close()


async def test_a_publisher_that_hangs_up_is_gone_within_two_seconds(
    process: Process, client: RelayClient
) -> None:
    publisher = Publisher(encode(SHOW))
    await join(client, publisher)
    await live(client)
    await publisher.close()
    began = time.monotonic()
    while (await client.state()).sessions:
        assert time.monotonic() - began < 2
        await asyncio.sleep(0.05)
    _, _, log = await asyncio.to_thread(process.end)
    assert "Session of guest1 ended: lost" in log


async def test_a_page_that_is_loaded_again_keeps_the_stream_at_the_server(
    process: Process, client: RelayClient, tmp_path: Path
) -> None:
    publisher, again = Publisher(encode(SHOW)), Publisher(encode(SHOW))
    async with rtmp_server(tmp_path) as server:
        servers = (DestinationSpec(id="d1", url=f"{server.url}/guest1"),)
        try:
            await join(client, publisher, destinations=servers)
            await live(client)
            async with probing(f"{server.url}/guest1", "-analyzeduration", "3000000", seconds=5) as probe:
                await server.read_by(1)
                await join(client, again, "s2", destinations=servers)
                await publisher.close()
                await live(client)
                seen = await probe.result()
            state = await client.state()
            await client.restart_relay("s2", "d1")
            restarted = await published_anew(client)
        finally:
            await publisher.close()
            await again.close()
    [destination] = state.sessions[0].destinations
    assert (state.sessions[0].session, destination.state) == ("s2", DestinationState.LIVE)
    assert [each.session for each in restarted.sessions] == ["s2"]
    assert restarted.sessions[0].tracks[0].frames > state.sessions[0].tracks[0].frames
    assert sorted(seen.codecs) == ["aac", "h264"]
    for kind in ("audio", "video"):
        times = seen.times(kind)
        assert times == sorted(times)
    _, _, log = await asyncio.to_thread(process.end)
    assert log.count("Starting relay for guest1") == 1
    assert log.count("RTMP relay started successfully") == 2
    assert log.index("Restarting relay for guest1") < log.index("Relay stopped for guest1")
