"""The mixer: beside GStreamer's compositor, whole with four guests, and how soon a cut is seen."""

import asyncio
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
from tests.kit.app import App, running_app
from tests.kit.show import CACHE, Show, encode

from bench.machine import cpu_seconds
from bench.parts import child, measure_cpu
from bench.report import Result

ROUNDS = 3
WINDOW = 20.0
"""Seconds of one measurement beside GStreamer."""
SETTLE = 4.0
GUESTS = 4
PICTURE = Show(1920, 1080, seconds=8, bitrate=2_500_000, key_every=60, noise=True)
CUTS = 200
MILLISECOND = Fraction(1, 1000)
SIZES = ((1920, 1080), (1280, 720), (960, 540), (640, 360))
"""Of program; guests send 1080p to each."""
PIPELINE = (
    "compositor name=mix background=black sink_0::width=960 sink_0::height=540 "
    "sink_1::xpos=960 sink_1::width=960 sink_1::height=540 "
    "sink_2::ypos=540 sink_2::width=960 sink_2::height=540 "
    "sink_3::xpos=960 sink_3::ypos=540 sink_3::width=960 sink_3::height=540 "
    "! video/x-raw,format=I420,width=1920,height=1080,framerate=30/1 "
    "! x264enc speed-preset=veryfast tune=zerolatency bitrate=6000 key-int-max=60 "
    "! h264parse ! matroskamux ! filesink location={made} sync=true "
)
BRANCH = "filesrc location={file} ! matroskademux ! h264parse ! avdec_h264 max-threads=1 ! mix. "


async def quad() -> list[Result]:
    """Four 1080p30 files into one 1080p30 picture, ours and GStreamer's compositor in turn."""
    used: dict[str, list[float]] = {"ours": [], "GStreamer": []}
    made: dict[str, list[float]] = {"ours": [], "GStreamer": []}
    fresh: list[float] = []
    file = await asyncio.to_thread(_file, WINDOW + SETTLE)
    for _ in range(ROUNDS):
        cpu, part, new = await _ours(file)
        used["ours"].append(cpu)
        made["ours"].append(part)
        fresh.append(new)
        cpu, part = await _compositor(file)
        used["GStreamer"].append(cpu)
        made["GStreamer"].append(part)
    median = {name: statistics.median(values) for name, values in used.items()}
    rows = [
        Result(
            f"CPU of a quad, {name}",
            f"{median[name]:.0f} % ({min(values):.0f}…{max(values):.0f})",
            "",
            f"at least {min(made[name]):.1%} of 30 frames a second made",
        )
        for name, values in used.items()
    ]
    ratios = [a / b for a, b in zip(used["ours"], used["GStreamer"], strict=True)]
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}…{max(ratios):.2f})"
    method = (
        "four 1080p30 H.264 files at 2.5 Mbit/s, x264 veryfast zerolatency 6 Mbit/s, "
        f"{ROUNDS} × {WINDOW:.0f} s in turn, ratio of each pair; ours with its clock and sound buses, "
        f"at least {min(fresh):.1%} of frames with a new picture of each"
    )
    return [*rows, Result("ours to GStreamer's compositor", spread, "< 1", method)]


def _file(seconds: float) -> Path:
    """The picture without sound, long enough for one run, in Matroska for both."""
    media = encode(PICTURE)
    path = CACHE / f"quad-{PICTURE.name}-{seconds:.0f}.mkv"
    if path.is_file():
        return path
    draft = path.with_suffix(".draft")
    with av.open(str(CACHE / f"{PICTURE.name}.nut")) as source, av.open(str(draft), "w", "matroska") as made:
        stream = made.add_stream_from_template(source.streams.video[0])
        for turn in range(int(seconds / PICTURE.seconds) + 2):
            for number, sample in enumerate(media.video):
                packet = av.Packet(sample.data)
                packet.stream, packet.is_keyframe, packet.time_base = stream, sample.key, MILLISECOND
                at = turn * PICTURE.seconds + number / PICTURE.frame_rate
                packet.pts = packet.dts = round(at / MILLISECOND)
                made.mux(packet)
    draft.replace(path)
    return path


async def _ours(file: Path) -> tuple[float, float, float]:
    """CPU in percent, the part of all frames that was made, and that with a new picture of each source."""
    async with child("-m", "bench.quad", str(file), pipe=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        await asyncio.sleep(SETTLE)
        cpu = await measure_cpu(process.pid, WINDOW)
        process.terminate()
        told: dict[str, Any] = json.loads(await process.stdout.readline())
    made = told["frames"] - told["repeated_frames"] - told["dropped_frames"]
    return cpu, made / told["frames"], 1 - told["repeated"] / GUESTS / told["frames"]


async def _compositor(file: Path) -> tuple[float, float]:
    """CPU in percent, and the part of 30 frames a second that was made."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made.mkv")
        pipeline = PIPELINE.format(made=made) + BRANCH.format(file=file) * GUESTS
        process = await asyncio.create_subprocess_exec("gst-launch-1.0", "-q", *pipeline.split())
        try:
            await asyncio.sleep(SETTLE)
            assert process.returncode is None, "GStreamer's pipeline does not run"
            before = await asyncio.to_thread(_frames, made)
            cpu = await measure_cpu(process.pid, WINDOW)
            after = await asyncio.to_thread(_frames, made)
        finally:
            process.kill()
            await process.wait()
    return cpu, (after - before) / WINDOW / 30


def _frames(file: Path) -> int:
    """How many frames a file that grows has by now."""
    with av.open(file) as container:
        return sum(packet.pts is not None for packet in container.demux(video=0))


@dataclass
class Program:
    """What was read of program, packet by packet.

    Attributes:
        numbers: Of the frames, by their times.
        late: Seconds by which each came after it was due.
    """

    numbers: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


@asynccontextmanager
async def show(size: tuple[int, int]) -> AsyncIterator[App]:
    """The program with four guests at 1080p, all on program; guests come from a process of their own."""
    settings = {"width": size[0], "height": size[1]}
    async with running_app(with_mixer=True, mixer=settings) as app, AsyncExitStack() as stack:
        tokens = [(await app.invite(f"guest{number}"))["token"] for number in range(1, GUESTS + 1)]
        arguments = ("-m", "bench.whip", app.whip("{seat}"), *tokens)
        process = await stack.enter_async_context(child(*arguments, pipe=asyncio.subprocess.PIPE))
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        await _command(app, "cut", scene="quad")
        await asyncio.sleep(SETTLE)
        yield app


async def _command(app: App, name: str, **body: object) -> dict[str, Any]:
    answer = await app.api.post(f"/api/mixer/{name}", json=body)
    answer.raise_for_status()
    return dict(answer.json())


async def _state(app: App) -> dict[str, Any]:
    return dict((await app.api.get("/api/mixer")).json())


async def whole(seconds: float) -> list[Result]:
    """Everything at once, at the largest size of program that holds: none missing."""
    rows: list[Result] = []
    for size in SIZES:
        found, missing = await _whole(seconds, size)
        rows += found
        if not missing:
            break
    return rows


async def _whole(seconds: float, size: tuple[int, int]) -> tuple[list[Result], int]:
    """Four guests, program, multiview, four returns; the rows, and how many frames are missing."""
    async with show(size) as app, AsyncExitStack() as stack:
        for path in ("multiview", *(f"return-guest{number}" for number in range(1, GUESTS + 1))):
            await stack.enter_async_context(_watched(app, path))
        await asyncio.sleep(SETTLE)
        before, mixer, cpu = await _state(app), app.child("mixer"), 0.0
        used, program = cpu_seconds(mixer), Program()
        await asyncio.to_thread(
            _follow, f"{app.hub_url}/live/program.nut?token={app.token}", seconds, program
        )
        cpu = 100 * (cpu_seconds(mixer) - used) / seconds
        after = await _state(app)
    missing = program.numbers[-1] - program.numbers[0] + 1 - len(program.numbers)
    return _whole_rows(program, before, after, cpu, seconds, size), missing


def _whole_rows(
    program: Program,
    before: dict[str, Any],
    after: dict[str, Any],
    cpu: float,
    seconds: float,
    size: tuple[int, int],
) -> list[Result]:
    frames = program.numbers[-1] - program.numbers[0] + 1
    missing = frames - len(program.numbers)
    fresh = [
        1 - (new["repeated"] - old["repeated"]) / frames
        for old, new in zip(before["sources"], after["sources"], strict=True)
        if new["state"] == "live" and new["id"].startswith("guest")
    ]
    timing = after["timing"]
    period = 1 / after["frame_rate"]
    late = sum(each > period for each in program.late)
    method = (
        f"four 1080p30 guests by WebRTC, quad at {size[0]}×{size[1]}, multiview and four returns watched, "
        f"{seconds:.0f} s"
    )
    return [
        Result("CPU of the mixer, all of it", f"{cpu:.0f} %", "", method),
        Result("program frames missing at the hub", f"{missing} of {frames}", "0", method),
        Result(
            "program frames later than one period",
            f"{late} ({late / frames:.2%}); p50 {_ms(program.late, 50)}, p99 {_ms(program.late, 99)}",
            "0",
            "after the quickest frame, in a reader's process, with encoding",
        ),
        Result(
            "program frames with a new picture of each guest",
            f"{min(fresh):.2%} at least",
            "≥ 99.5 %",
            "as the mixer counts",
        ),
        Result(
            "drawing a frame",
            f"p50 {timing['render_p50']:.1f} ms, p99 {timing['render_p99']:.1f} ms",
            "",
            "the last half minute",
        ),
    ]


def _ms(values: list[float], percent: int) -> str:
    return f"{1000 * float(np.percentile(values, percent)):.0f} ms"


@asynccontextmanager
async def _watched(app: App, path: str) -> AsyncIterator[None]:
    """Read a path and throw it away."""

    async def read() -> None:
        url = f"{app.hub_url}/live/{path}.nut?token={app.token}"
        async with httpx.AsyncClient(timeout=None) as client, client.stream("GET", url) as answer:
            async for _ in answer.aiter_raw():
                pass

    task = asyncio.create_task(read())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def cuts() -> list[Result]:
    """How soon a cut that control is asked for is seen in program."""
    settings = {"width": 640, "height": 360, "preset": "ultrafast"}
    async with running_app(with_mixer=True, mixer=settings) as app:
        colors = {"red": "#c82828", "blue": "#283cc8"}
        for name, color in colors.items():
            body = {"id": name, "kind": "color", "color": color}
            (await app.api.post("/api/sources", json=body)).raise_for_status()
            slot = {"source": name, "fit": "stretch"}
            (await app.api.post("/api/scenes", json={"id": name, "slots": [slot]})).raise_for_status()
        await _command(app, "cut", scene="red")
        await asyncio.sleep(SETTLE)
        seen: dict[int, tuple[float, bool]] = {}
        url = f"{app.hub_url}/live/program.nut?token={app.token}"
        stop = threading.Event()
        looking = asyncio.create_task(asyncio.to_thread(_look, url, stop, seen))
        try:
            await asyncio.sleep(1.0)
            asked = [await _cut(app, "blue" if number % 2 == 0 else "red") for number in range(CUTS)]
            await asyncio.sleep(1.0)
        finally:
            stop.set()
            await looking
    wrong = sum(
        frame not in seen or seen[frame][1] is not blue or seen[frame - 1][1] is blue
        for _, _, frame, blue in asked
    )
    whole = [seen[frame][0] - begun for begun, _, frame, _ in asked if frame in seen]
    requests = [answered - begun for begun, answered, _, _ in asked]
    method = f"{CUTS} cuts by the API, 640×360 at 30 a second; {wrong} not seen at the frame that was said"
    return [
        Result("cut: request → answer", f"p50 {_ms(requests, 50)}, p95 {_ms(requests, 95)}", "", method),
        Result(
            "cut: request → decoded by a reader",
            f"p50 {_ms(whole, 50)}, p95 {_ms(whole, 95)}",
            "≤ 2 frames (67 ms) + request",
            method,
        ),
    ]


async def _cut(app: App, scene: str) -> tuple[float, float, int, bool]:
    """Ask for a cut; when it was asked and answered, the frame that was said, and whether it is blue then."""
    # Not in step with the frames.
    await asyncio.sleep(0.09 + 0.033 * random.random())
    begun = time.monotonic()
    answer = await _command(app, "cut", scene=scene)
    return begun, time.monotonic(), answer["frame"], scene == "blue"


def _look(url: str, stop: threading.Event, seen: dict[int, tuple[float, bool]]) -> None:
    """Decode program; for each frame when it was there, and whether it is more blue than red."""
    options = {"analyzeduration": "0", "probesize": "8192"}
    with av.open(url, timeout=(15, 10), options=options) as container:
        for frame in container.decode(video=0):
            now = time.monotonic()
            u, v = (bytes(frame.planes[plane])[0] for plane in (1, 2))
            seen[round(frame.time * 30)] = now, u > v
            if stop.is_set():
                return


def _follow(url: str, seconds: float, program: Program) -> None:
    """Read program without decoding it; the first packets, which were kept, are left out."""
    options = {"analyzeduration": "0", "probesize": "8192"}
    offsets: list[tuple[float, float]] = []
    deadline = time.monotonic() + seconds + 2.0
    with av.open(url, timeout=(15, 10), options=options) as container:
        for packet in container.demux(video=0):
            if packet.pts is None or packet.time_base is None:
                continue
            now = time.monotonic()
            offsets.append((float(packet.pts * packet.time_base), now))
            if now > deadline:
                break
    live = [(at, now) for at, now in offsets if now > offsets[0][1] + 2.0]
    base = min(now - at for at, now in live)
    program.numbers = [round(at * 30) for at, _ in live]
    program.late = [now - at - base for at, now in live]
