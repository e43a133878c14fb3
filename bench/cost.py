"""Processor time and memory of a guest, beside the obvious design in the same run."""

import asyncio
import statistics
import tempfile
from pathlib import Path

from tests.kit.rtmp_server import RtmpServer

from bench.machine import memory_mb
from bench.parts import count_pictures, guests, measure_cpu, naive, relay
from bench.report import Result

WINDOW = 15.0
"""Seconds of one measurement."""
ROUNDS = 3
PAIR = 2
"""Guests at once in the comparison."""
DELIVERED = 0.99


async def compare() -> list[Result]:
    """Ours with Opus, ours with AAC and the obvious design, in turn, `ROUNDS` times."""
    rows: dict[str, list[float]] = {"opus": [], "aac": [], "naive": []}
    delivered: dict[str, list[float]] = {"opus": [], "aac": [], "naive": []}
    with tempfile.TemporaryDirectory() as name:
        server = RtmpServer(Path(name))
        await server.start()
        for _ in range(ROUNDS):
            for kind in rows:
                cpu, part = await _one(kind, server.url)
                rows[kind].append(cpu)
                delivered[kind].append(part)
        await server.kill()
    worst = min(min(parts) for parts in delivered.values())
    void = "" if worst >= DELIVERED else ": **void**, too few"
    median = {kind: statistics.median(values) for kind, values in rows.items()}
    spread = {kind: f"{min(values):.1f}…{max(values):.1f}" for kind, values in rows.items()}
    method = f"{PAIR} guests, {ROUNDS} × {WINDOW:.0f} s in turn; at least {worst:.1%} of pictures read{void}"
    ratios = {kind: median["naive"] / median[kind] for kind in ("opus", "aac")}
    return [
        Result(
            "CPU per guest, the obvious design", f"{median['naive']:.1f} % ({spread['naive']})", "", method
        ),
        Result(
            "CPU per guest, Opus passed through", f"{median['opus']:.1f} % ({spread['opus']})", "", method
        ),
        Result("CPU per guest, AAC from speech", f"{median['aac']:.1f} % ({spread['aac']})", "", method),
        Result("times less, Opus passed through", f"{ratios['opus']:.1f}", "≥ 10", "ratio of the medians"),
        Result("times less, AAC from speech", f"{ratios['aac']:.1f}", "≥ 4", "ratio of the medians"),
    ]


async def _one(kind: str, rtmp: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if kind == "naive":
            async with naive(folder) as (process, socket):
                return await _run(process.pid, socket, "aac", rtmp)
        async with relay(folder) as (process, socket, _):
            return await _run(process.pid, socket, kind, rtmp)


async def _run(pid: int, socket: Path, audio: str, rtmp: str) -> tuple[float, float]:
    """CPU per guest in percent, and the part of the pictures that a reader of the RTMP server got."""
    async with guests(socket, PAIR, audio=audio, rtmp=rtmp) as sending:
        await asyncio.sleep(3)
        before = await sending.sent()
        readers = [
            asyncio.to_thread(count_pictures, f"{rtmp}/live/guest{number}", WINDOW - 2)
            for number in range(1, PAIR + 1)
        ]
        cpu, read = await asyncio.gather(measure_cpu(pid, WINDOW), asyncio.gather(*readers))
        after = await sending.sent()
    sent_rate = min((b - a) / WINDOW for a, b in zip(before, after, strict=True))
    return cpu / PAIR, min(1.0, min(pictures / span for pictures, span in read) / sent_rate)


async def crowd(counts: tuple[int, ...] = (1, 9, 17, 25)) -> list[Result]:
    """One relay with more and more guests, published to RTMP with Opus."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        server = RtmpServer(Path(name))
        await server.start()
        for count in counts:
            with tempfile.TemporaryDirectory() as inner:
                async with relay(Path(inner)) as (process, socket, _):
                    rows.append((count, *await _crowd(process.pid, socket, count, server.url)))
        await server.kill()
    text = ", ".join(f"{count}: {cpu:.0f} %" for count, cpu, _, _ in rows)
    count, cpu, _, part = rows[-1]
    slope = (rows[-1][2] - rows[0][2]) / (rows[-1][0] - rows[0][0])
    method = (
        f"guests to RTMP with Opus passed through; {part:.1%} of the last guest's pictures read at the server"
    )
    return [
        Result("CPU of the relay by number of guests", text, "", method),
        Result(
            "guests until one core is full", f"{int(count * 100 / cpu)}", "≥ 25", f"extrapolated from {count}"
        ),
        Result(
            "memory of each further guest", f"{slope:.1f} MB", "≤ 4 MB", f"from {rows[0][0]} to {count}, PSS"
        ),
    ]


async def _crowd(pid: int, socket: Path, count: int, rtmp: str) -> tuple[float, float, float]:
    async with guests(socket, count, audio="opus", rtmp=rtmp) as sending:
        await asyncio.sleep(3)
        before = await sending.sent()
        reader = asyncio.to_thread(count_pictures, f"{rtmp}/live/guest{count}", WINDOW - 2)
        cpu, (pictures, span) = await asyncio.gather(measure_cpu(pid, WINDOW), reader)
        after = await sending.sent()
        rate = (after[-1] - before[-1]) / WINDOW
        return cpu, memory_mb(pid), min(1.0, pictures / span / rate)
