"""How long frames take on their way, and how well sound and picture keep together."""

import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import av
import httpx
from tests.kit.ports import free_ports
from tests.kit.publisher import Publisher
from tests.kit.rtmp_server import RtmpServer
from tests.kit.show import Show, encode
from tests.kit.watch import watch

from bench.guests import publish
from bench.parts import child, guests, relay
from bench.report import Result
from stagedoor.ipc.messages import RelayState
from stagedoor.media.packets import Kind, Packet
from stagedoor.relay.hub import Hub
from stagedoor.relay.main import relay as run_relay
from stagedoor.secrets import load_or_create
from stagedoor.settings import load_settings

SESSIONS = 20
FLASH = Show(640, 360, seconds=4, flash=True, bitrate=800_000)


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` (0…1) of all lie."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(part * 1000) - 1]


async def start() -> list[Result]:
    """From the POST of an offer to the first frame at the hub."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        async with relay(Path(name)) as (_, socket, _):
            transport = httpx.AsyncHTTPTransport(uds=str(socket))
            async with httpx.AsyncClient(transport=transport, base_url="http://relay") as client:
                for number in range(1, SESSIONS + 1):
                    async with guests(socket, 1, first=number):
                        times.append(await _first_frame(client))
    p50, p95 = statistics.median(times), percentile(times, 0.95)
    return [
        Result(
            "POST → first frame at the hub",
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
            "p95 ≤ 1 s",
            f"{SESSIONS} sessions one after the other, 1080p30",
        )
    ]


async def _first_frame(client: httpx.AsyncClient) -> float:
    while True:
        state = RelayState.model_validate_json((await client.get("/state")).content)
        times = [each.time_to_first_frame_ms for each in state.sessions]
        if times and times[-1] is not None:
            return float(times[-1])
        await asyncio.sleep(0.02)


async def way(seconds: float = 20.0) -> list[Result]:
    """From a frame's last RTP packet to a reader's queue, and to a demuxer in another process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port, hub_port = free_ports(2)
        config = folder / "stagedoor.toml"
        config.write_text(
            f'[server]\nport = {port}\ndata_dir = "{folder}/data"\noperator_token = "{"bench" * 6}"\n'
            f'[hub]\nport = {hub_port}\n[webrtc]\nhost_addresses = ["127.0.0.1"]\n'
        )
        settings = load_settings(config)
        secrets = load_or_create(settings.server.data_dir, settings)
        async with run_relay(settings, secrets) as parts, guests(settings.server.relay_socket, 1):
            url = f"http://127.0.0.1:{hub_port}/live/guest1.nut?token={secrets.operator_token}"
            async with child(
                "-m", "bench.latency", url, str(seconds), pipe=asyncio.subprocess.PIPE
            ) as reader:
                assert reader.stdout is not None
                arrived, queued = await _read(parts.hub, seconds)
                output = await reader.stdout.read()
    demuxed = [float(when) - arrived[int(pts)] for pts, when in _lines(output) if int(pts) in arrived]
    assert len(demuxed) > seconds * 20, "the other process read too little"
    return [
        Result(
            "last RTP packet of a frame → a hub reader's queue",
            _ms(queued),
            "p95 ≤ 15 ms",
            f"1080p30, {len(queued)} frames, inside the relay",
        ),
        Result(
            "last RTP packet of a frame → demuxed in another process",
            _ms(demuxed),
            "p95 ≤ 40 ms",
            f"NUT over HTTP, {len(demuxed)} frames",
        ),
    ]


async def _read(hub: Hub, seconds: float) -> tuple[dict[int, float], list[float]]:
    """When each picture came, by its time on the path in ms, and how long it took to a reader."""
    arrived: dict[int, float] = {}
    queued: list[float] = []
    reader = hub.subscribe("guest1", kind="bench")
    deadline = time.monotonic() + seconds + 3
    async for packet in reader:
        now = time.monotonic()
        if packet.track.kind is Kind.VIDEO:
            arrived[_path_ms(packet)] = packet.arrived
            if now - packet.arrived < 1:
                queued.append(now - packet.arrived)
        if now > deadline:
            break
    reader.close()
    return arrived, queued


def _path_ms(packet: Packet) -> int:
    return round(packet.pts * 1000 / packet.track.clock_rate)


def _lines(output: bytes) -> list[list[str]]:
    return [line.split() for line in output.decode().splitlines()][60:]


def _ms(seconds: list[float]) -> str:
    return f"p50 {statistics.median(seconds) * 1000:.1f} ms, p95 {percentile(seconds, 0.95) * 1000:.1f} ms"


def demux(url: str, seconds: float) -> None:
    """Print each picture's time on the path in ms, and when it was demuxed."""
    options = {"probesize": "8192", "analyzeduration": "0"}
    first: float | None = None
    with av.open(url, format="nut", options=options, timeout=(15, 10)) as container:
        for packet in container.demux(video=0):
            now = time.monotonic()
            first = now if first is None else first
            if packet.pts is None or now - first > seconds:
                break
            sys.stdout.write(f"{round(packet.pts * packet.time_base * 1000)} {now}\n")


async def together() -> list[Result]:
    """Flash and beep through the relay and an RTMP server."""
    with tempfile.TemporaryDirectory() as name:
        server = RtmpServer(Path(name))
        await server.start()
        with tempfile.TemporaryDirectory() as inner:
            async with relay(Path(inner)) as (_, socket, _), _flashing(socket, server.url):
                seen = await watch(f"{server.url}/live/guest1", 20, timeout=30)
        await server.kill()
    offsets = [abs(each) * 1000 for each in seen.av_offsets()]
    return [
        Result(
            "sound and picture apart, at the RTMP server",
            f"median {statistics.median(offsets):.0f} ms, most {max(offsets):.0f} ms",
            "≤ 20 ms",
            f"{len(offsets)} flashes and beeps; picture in steps of 33 ms, sound in AAC frames of 21 ms",
        )
    ]


@contextlib.asynccontextmanager
async def _flashing(socket: Path, rtmp: str) -> AsyncIterator[None]:
    """One publisher of flashes and beeps, in this process."""
    publisher = Publisher(encode(FLASH))
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://relay", timeout=30) as client:
            await publish(client, "guest1", publisher, audio="aac", rtmp=rtmp)
        yield
    finally:
        await publisher.close()


if __name__ == "__main__":
    demux(sys.argv[1], float(sys.argv[2]))
