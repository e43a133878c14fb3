"""What the second canvas costs: a quad of four files with and without it, in turn."""

import asyncio
import statistics

from bench.mixer.compositor import ROUNDS, WINDOW, ours, quad_file
from bench.mixer.ours import SECOND
from bench.mixer.production import SETTLE
from bench.report import Result


async def second() -> list[Result]:
    """CPU of the whole mixer, and what either canvas had no time for."""
    file = await asyncio.to_thread(quad_file, WINDOW + SETTLE)
    without: list[float] = []
    beside: list[float] = []
    lost: list[int] = []
    render: list[float] = []
    for _ in range(ROUNDS):
        cpu, _, told = await ours(file)
        without.append(cpu)
        render.append(told["render_p50"])
        cpu, _, told = await ours(file, "second")
        beside.append(cpu)
        render.append(told["render_p50"])
        lost.append(told["repeated_frames"] + told["dropped_frames"] + told["second_dropped"])
    ratios = [a / b for a, b in zip(beside, without, strict=True)]
    method = (
        f"four 1080p30 files into 1080p30, and into {SECOND.width}×{SECOND.height}, both x264 veryfast, "
        f"{ROUNDS} × {WINDOW:.0f} s in turn; {sum(lost)} frames left out of either, program drawn in "
        f"{statistics.median(render[1::2]):.1f} ms, and in {statistics.median(render[::2]):.1f} ms without it"
    )
    return [
        Result(
            "CPU of a quad with a second canvas",
            f"{statistics.median(beside):.0f} % ({min(beside):.0f}…{max(beside):.0f}), "
            f"{statistics.median(without):.0f} % without",
            "",
            method,
        ),
        Result(
            "with a second canvas to without",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}…{max(ratios):.2f})",
            "",
            "of each pair",
        ),
    ]
