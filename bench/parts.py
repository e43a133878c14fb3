"""The processes of a measurement, each in a child of its own so that what they use can be told apart."""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import av
from tests.kit.ports import free_ports
from tests.kit.wait import until

from bench.machine import cpu_seconds

ROOT = Path(__file__).resolve().parents[1]


@contextlib.asynccontextmanager
async def child(*arguments: str, pipe: int | None = None) -> AsyncIterator[Process]:
    """A Python child, ended by SIGTERM; `pipe` is what its standard input and output become."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def relay(folder: Path, more: str = "") -> AsyncIterator[tuple[Process, Path, int]]:
    """The relay process alone; its Unix socket and the hub's port. `more` are lines of settings."""
    port, hub_port = free_ports(2)
    config = folder / "stagedoor.toml"
    config.write_text(
        f'[server]\nport = {port}\ndata_dir = "{folder / "data"}"\noperator_token = "{"bench" * 6}"\n'
        f'[hub]\nport = {hub_port}\n[log]\nlevel = "warning"\n'
        f'[webrtc]\nhost_addresses = ["127.0.0.1"]\n{more}'
    )
    async with child("-m", "stagedoor", "run", "relay", "--config", str(config)) as process:
        socket = folder / "data" / "run" / "relay.sock"
        await until(socket.exists, 20, what="the relay's socket")
        yield process, socket, hub_port


@contextlib.asynccontextmanager
async def naive(folder: Path) -> AsyncIterator[tuple[Process, Path]]:
    """The obvious design."""
    socket = folder / "naive.sock"
    async with child("-m", "bench.naive", str(socket)) as process:
        await until(socket.exists, 20, what="the other design's socket")
        yield process, socket


class Guests:
    """Publishers in a child."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def sent(self) -> list[int]:
        """Pictures that each guest has sent so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        counts: list[int] = json.loads(await self._process.stdout.readline())
        return counts


@contextlib.asynccontextmanager
async def guests(
    socket: Path, count: int, *, audio: str = "", rtmp: str = "", first: int = 1, carrier: str = "builtin"
) -> AsyncIterator[Guests]:
    """`count` guests that are connected."""
    arguments = ("-m", "bench.guests", str(socket), str(first), str(count), audio, rtmp, carrier)
    async with child(*arguments, pipe=PIPE) as process:
        assert process.stdout is not None
        async with asyncio.timeout(90):
            assert await process.stdout.readline() == b"ready\n"
        yield Guests(process)


def count_pictures(url: str, seconds: float) -> tuple[int, float]:
    """Read a stream as it comes, without decoding; pictures and the seconds of stream that they span."""
    times: list[float] = []
    with av.open(url, timeout=(15, 10), options={"analyzeduration": "0", "probesize": "8192"}) as container:
        for packet in container.demux(video=0):
            if packet.dts is not None and packet.time_base is not None:
                times.append(float(packet.dts * packet.time_base))
                if times[-1] - times[0] >= seconds:
                    break
    return len(times) - 1, times[-1] - times[0]


async def measure_cpu(pid: int, seconds: float) -> float:
    """Processor time of a process and its descendants, in percent of one core."""
    loop = asyncio.get_running_loop()
    began, used = loop.time(), cpu_seconds(pid)
    await asyncio.sleep(seconds)
    return 100 * (cpu_seconds(pid) - used) / (loop.time() - began)
