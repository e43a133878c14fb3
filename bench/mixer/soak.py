"""A small production for an hour, in which things come and go: what grows, and what drifts."""

import statistics
import sys

from tests.kit.soak import CHILDREN, Sample, slope, soak

from bench.report import Result

EVERY_S = 20.0
WARM = 30
"""Samples that are left out, of ten minutes: until caches are full, and garbage was looked for everywhere.
Of a shorter time it is a third."""


async def hour(seconds: float) -> list[Result]:
    """Memory, latency and step of sound and picture over `seconds`."""
    every = await soak(seconds, EVERY_S, _tell)
    left_out = min(WARM, len(every) // 3)
    samples = every[left_out:]
    method = (
        f"two guests by WebRTC, 640×360, {seconds / 60:.0f} min, every {EVERY_S:.0f} s a source and a reader "
        f"come and go; slope over {len(samples)} samples, after {left_out} that are left out"
    )
    rows = [_grows(name, samples, method) for name in CHILDREN]
    span = samples[-1].at - samples[0].at
    drift = 1000 * span * slope([(each.at, each.apart) for each in samples])
    later = 1000 * span * slope([(each.at, each.late) for each in samples])
    late = 1000 * statistics.median(each.late for each in samples)
    return [
        *rows,
        Result("soak: drift of sound against picture", f"{drift:.1f} ms in all", "≤ 5 ms", method),
        Result("soak: guest → program grows by", f"{later:.0f} ms in all; median {late:.0f} ms", "0", method),
    ]


def _tell(sample: Sample) -> None:
    """An hour is long, and what broke it off should be seen in what came before."""
    memory = ", ".join(f"{name} {megabytes:.1f} MB" for name, megabytes in sample.memory.items())
    print(
        f"{sample.at:6.0f} s: {memory}, late {1000 * sample.late:.0f} ms, apart {1000 * sample.apart:.1f} ms",
        file=sys.stderr,
        flush=True,
    )


def _grows(name: str, samples: list[Sample], method: str) -> Result:
    grows = 3600 * slope([(each.at, each.memory[name]) for each in samples])
    last = samples[-1].memory[name]
    return Result(
        f"soak: memory of the {name}", f"{last:.0f} MB at the end, {grows:+.1f} MB an hour", "0", method
    )
