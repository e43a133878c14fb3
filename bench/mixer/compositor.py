"""A quad of four files: ours, and GStreamer's compositor beside it."""

import asyncio
import json
import statistics
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from tests.kit.show import CACHE, encode

from bench.mixer.production import GUESTS, PICTURE, SETTLE
from bench.parts import child, measure_cpu
from bench.report import Result

ROUNDS = 3
WINDOW = 20.0
"""Seconds of one measurement beside GStreamer."""
MILLISECOND = Fraction(1, 1000)
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
    file = await asyncio.to_thread(quad_file, WINDOW + SETTLE)
    for _ in range(ROUNDS):
        cpu, part, told = await ours(file)
        used["ours"].append(cpu)
        made["ours"].append(part)
        fresh.append(1 - told["repeated"] / GUESTS / told["frames"])
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
        f"{ROUNDS} × {WINDOW:.0f} s in turn, ratio of each pair; "
        "ours with its clock, sound buses and AAC beside the picture, "
        f"at least {min(fresh):.1%} of frames with a new picture of each"
    )
    return [*rows, Result("ours to GStreamer's compositor", spread, "< 1", method)]


def quad_file(seconds: float) -> Path:
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


async def ours(file: Path, *more: str) -> tuple[float, float, dict[str, Any]]:
    """CPU of our mixer in percent, the part of all frames that was encoded, and what it said at its end.

    `more` is what `bench.mixer.ours` takes beside its file and folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("-m", "bench.mixer.ours", str(file), folder, *more)
        async with child(*arguments, pipe=asyncio.subprocess.PIPE) as process:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
            await asyncio.sleep(SETTLE)
            cpu = await measure_cpu(process.pid, WINDOW)
            process.terminate()
            told: dict[str, Any] = json.loads(await process.stdout.readline())
        part = await asyncio.to_thread(_part_made, Path(folder))
    return cpu, part, told


def _part_made(folder: Path) -> float:
    """Return which part of 30 frames a second program's recording has, over all that is measured."""
    files = list(folder.glob("program*.mp4"))
    assert len(files) == 1, "too busy a machine: program's recording was begun anew"
    with av.open(str(files[0])) as container:
        times = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.pts is not None
        ]
    assert times[-1] - times[0] > WINDOW + SETTLE - 3, "the recording ends early"
    return (len(times) - 1) / (times[-1] - times[0]) / 30


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
