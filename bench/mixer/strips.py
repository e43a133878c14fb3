"""What a source's strip costs: processor time to shape 20 ms of its sound, in one thread."""

import asyncio
import statistics
import time
from typing import Final

from tests.kit import tones

from bench.report import Result
from stagedoor.domain.strip import Compressor, Strip
from stagedoor.mixer.sound.samples import BLOCK, RATE
from stagedoor.mixer.sound.strip import SourceStrip

BLOCKS: Final = 100
TIMES: Final = 15
SETTINGS: Final = {
    "as it comes": Strip(),
    "high-pass": Strip(high_pass_hz=100),
    "gate and compressor at work": Strip(gate_db=-50, compressor=Compressor(-30, 3, 6)),
    "all of them": Strip(high_pass_hz=100, gate_db=-50, compressor=Compressor(-30, 3, 6)),
}


async def strips() -> list[Result]:
    """A tone through a strip, with and without what can be put into it."""
    method = f"a tone of -10 dBFS; median of {TIMES} times {BLOCKS} blocks"
    return [
        Result(f"a strip: {what}", await asyncio.to_thread(_cost, strip), "", method)
        for what, strip in SETTINGS.items()
    ]


def _cost(strip: Strip) -> str:
    micros = statistics.median(_micros(strip) for _ in range(TIMES))
    return f"{micros:.0f} µs a block, {micros / (BLOCK / RATE * 1e6):.2%} of a core"


def _micros(strip: Strip) -> float:
    """Microseconds of processor time for each block of a source that runs."""
    source = SourceStrip()
    source.sound.write(tones.tone(440.0, (BLOCKS + 2) * BLOCK), 0)
    began = time.thread_time()
    for number in range(BLOCKS):
        source.block(number * BLOCK, 0.0, strip)
    return (time.thread_time() - began) / BLOCKS * 1e6
