"""Processor time of a guest by either carrier, in one run."""

import asyncio
import statistics
import tempfile
from pathlib import Path

from tests.kit.rtmp_server import RtmpServer
from tests.kit.sfu_process import SfuProcess, sfu_process

from bench.cost import DELIVERED, ROUNDS, WINDOW
from bench.parts import count_pictures, guests, measure_cpu, relay
from bench.report import Result

GUESTS = 4
KINDS = ("builtin", "cloudflare")


async def carriers() -> list[Result]:
    """Both in turn, `ROUNDS` times; the SFU is the emulator, a process of its own."""
    used: dict[str, list[float]] = {kind: [] for kind in KINDS}
    read: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        server = RtmpServer(Path(name))
        await server.start()
        async with sfu_process() as sfu:
            for _ in range(ROUNDS):
                for kind in KINDS:
                    cpu, part = await _one(kind, sfu, server.url)
                    used[kind].append(cpu)
                    read.append(part)
        await server.kill()
    void = "" if min(read) >= DELIVERED else ": **void**, too few"
    method = (
        f"{GUESTS} guests to RTMP with Opus passed through, {ROUNDS} × {WINDOW:.0f} s in turn; "
        f"at least {min(read):.1%} of a guest's pictures read{void}"
    )
    median = {kind: statistics.median(values) for kind, values in used.items()}
    rows = [
        Result(
            f"CPU of the relay per guest, {kind}",
            f"{median[kind]:.1f} % ({min(used[kind]):.1f}…{max(used[kind]):.1f})",
            "",
            method,
        )
        for kind in KINDS
    ]
    ratio = median["cloudflare"] / median["builtin"]
    return [*rows, Result("by Cloudflare to built-in", f"{ratio:.2f}", "about 1", "ratio of the medians")]


async def _one(kind: str, sfu: SfuProcess, rtmp: str) -> tuple[float, float]:
    account = (
        f'[carrier.cloudflare]\napp_id = "{sfu.app_id}"\napp_secret = "{sfu.app_secret}"\n'
        f'base_url = "{sfu.base_url}"\n'
    )
    with tempfile.TemporaryDirectory() as name:
        async with (
            relay(Path(name), account) as (process, socket, _),
            guests(socket, GUESTS, audio="opus", rtmp=rtmp, carrier=kind) as sending,
        ):
            await asyncio.sleep(4)
            before = await sending.sent()
            reader = asyncio.to_thread(count_pictures, f"{rtmp}/live/guest{GUESTS}", WINDOW - 2)
            cpu, (pictures, span) = await asyncio.gather(measure_cpu(process.pid, WINDOW), reader)
            after = await sending.sent()
            rate = (after[-1] - before[-1]) / WINDOW
            return cpu / GUESTS, min(1.0, pictures / span / rate)
