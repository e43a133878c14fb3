"""What a viewer by WHEP costs; and the child that watches: `python -m bench.viewers SOCKET PATH COUNT`."""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

import httpx
import uvloop
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtpPacket
from tests.kit.wait import until

from bench.machine import memory_mb
from bench.parts import child, guests, measure_cpu, relay
from bench.report import Result
from stagedoor.ipc.messages import SessionAnswer, ViewerRequest

COUNTS = (1, 8)
WINDOW = 15.0
"""Seconds of one measurement."""
SETTLE = 5.0
ROUNDS = 3
PATH = "guest1"


async def viewers() -> list[Result]:
    """One guest and no viewer, then more and more of them in another process, `ROUNDS` times."""
    cpu: dict[int, list[float]] = {count: [] for count in (0, *COUNTS)}
    memory: dict[int, list[float]] = {count: [] for count in (0, *COUNTS)}
    least = 1.0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            async with relay(Path(name)) as (process, socket, _), guests(socket, 1):
                for count in cpu:
                    used, megabytes, part = await _watched(process.pid, socket, count)
                    cpu[count].append(used)
                    memory[count].append(megabytes)
                    least = min(least, part)
    most = COUNTS[-1]
    each = [(full - none) / most for full, none in zip(cpu[most], cpu[0], strict=True)]
    one = [(full - none) / most for full, none in zip(memory[most], memory[0], strict=True)]
    void = "" if least >= 0.99 else ": **void**, too few"
    method = (
        f"1080p30 at 2.5 Mbit/s and Opus to {most} aiortc peers in another process that decode nothing, "
        f"{ROUNDS} × {WINDOW:.0f} s; at least {least:.1%} of the pictures came{void}"
    )
    text = ", ".join(f"{count}: {statistics.median(values):.0f} %" for count, values in cpu.items())
    return [
        Result(
            "CPU of each viewer (WHEP)",
            f"{statistics.median(each):.1f} % ({min(each):.1f}…{max(each):.1f})",
            "≤ 4.5 %",
            f"{method}; the relay by viewers: {text}",
        ),
        Result("memory of each viewer", f"{statistics.median(one):.1f} MB", "≤ 4 MB", "PSS of the same runs"),
    ]


async def _watched(pid: int, socket: Path, count: int) -> tuple[float, float, float]:
    """CPU in percent, memory in MB, and the least part of the pictures that a viewer got."""
    if count == 0:
        await asyncio.sleep(SETTLE)
        return await measure_cpu(pid, WINDOW), memory_mb(pid), 1.0
    arguments = ("-m", "bench.viewers", str(socket), PATH, str(count))
    async with child(*arguments, pipe=asyncio.subprocess.PIPE) as watching:
        assert watching.stdout is not None
        assert await watching.stdout.readline() == b"ready\n"
        await asyncio.sleep(SETTLE)
        before = await _pictures(watching)
        used = await measure_cpu(pid, WINDOW)
        after = await _pictures(watching)
        rates = [(b - a) / WINDOW / 30 for a, b in zip(before, after, strict=True)]
        return used, memory_mb(pid), min(1.0, *rates)


async def _pictures(watching: asyncio.subprocess.Process) -> list[int]:
    assert watching.stdin is not None
    assert watching.stdout is not None
    watching.stdin.write(b"\n")
    return [int(each) for each in (await watching.stdout.readline()).split()]


class Counter:
    """Stands in for aiortc's jitter buffer: counts, and gives nothing on to a decoder.

    Attributes:
        pictures: Different RTP time stamps.
    """

    def __init__(self) -> None:
        self.pictures = 0
        self._last = -1

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        """Take a packet."""
        if packet.timestamp != self._last:
            self._last = packet.timestamp
            self.pictures += 1
        return False, None


class Watcher:
    """A viewer that receives and does not decode.

    Attributes:
        counters: By kind.
    """

    def __init__(self) -> None:
        self.connection = RTCPeerConnection()
        self.counters = {kind: Counter() for kind in ("video", "audio")}
        for kind in self.counters:
            self.connection.addTransceiver(kind, direction="recvonly")

    async def watch(self, client: httpx.AsyncClient, viewer: str, path: str) -> None:
        """Connect."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        request = ViewerRequest(viewer=viewer, path=path, offer=self.connection.localDescription.sdp)
        answer = await client.post(
            "/viewers", content=request.model_dump_json(), headers={"Content-Type": "application/json"}
        )
        answer.raise_for_status()
        sdp = SessionAnswer.model_validate_json(answer.content).answer
        for transceiver in self.connection.getTransceivers():
            vars(transceiver.receiver)["_RTCRtpReceiver__jitter_buffer"] = self.counters[transceiver.kind]
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        await until(lambda: self.connection.connectionState == "connected", 20, what="a connection")


async def main(socket: str, path: str, count: int) -> None:
    """Watch until standard input ends; each line of it is answered with the pictures of every viewer."""
    watchers = [Watcher() for _ in range(count)]
    transport = httpx.AsyncHTTPTransport(uds=socket)
    async with httpx.AsyncClient(transport=transport, base_url="http://relay", timeout=30) as client:
        for number, watcher in enumerate(watchers):
            await watcher.watch(client, f"viewer-{count}-{number}", path)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(" ".join(str(each.counters["video"].pictures) for each in watchers) + "\n")
        sys.stdout.flush()
    for watcher in watchers:
        await watcher.connection.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
