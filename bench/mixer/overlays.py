"""What overlays that run cost program's thread with each frame."""

import asyncio
import statistics
import time

from bench.report import Result
from stagedoor.domain.overlay import Anchor, AnyOverlay, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.timer import Run
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.art import draw_all
from stagedoor.mixer.picture.overlays import Overlays
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.times import Times

SIZE = (1920, 1080)
RATE = 30
FRAMES = 1500
RUNNING = Run().started(0)
NEWS = (
    "Storm warning for the whole coast until the evening",
    "Ferries are late",
    "The harbour stays open",
) * 4
OVERLAYS: dict[str, tuple[AnyOverlay, ...]] = {
    "a timer": (Timer("t", on=True, seconds=3600, run=RUNNING, anchor=Anchor.TOP_RIGHT),),
    "a ticker": (Ticker("n", on=True, items=NEWS, size=0.045, anchor=Anchor.BOTTOM),),
    "a scoreboard with a timer's time": (
        Timer("t", seconds=3600, run=RUNNING),
        Scoreboard(
            "s", on=True, home=Team("Harbour"), away=Team("Lighthouse"), label="2nd", timer="t", size=0.05
        ),
    ),
}


async def overlays() -> list[Result]:
    """The time that program's thread itself takes, not what it waits."""
    return [await asyncio.to_thread(_cost, name, laid) for name, laid in OVERLAYS.items()]


def _cost(name: str, wanted: tuple[AnyOverlay, ...]) -> Result:
    clock = Clock(0, RATE)
    began = time.thread_time_ns()
    made = draw_all(wanted, {}, SIZE)
    drawn_ms = (time.thread_time_ns() - began) / 1e6
    laid = Overlays(SIZE, clock, Times(clock, lambda: 0))
    laid.use(wanted, {key: each.art for key, each in made.items()}, 0)
    canvas = Planes.new(*SIZE)
    canvas.fill(color("#204080"))
    # A ticker has crossed the canvas by then.
    costs = [_frame(laid, canvas, number) for number in range(RATE * 15, RATE * 15 + FRAMES)]
    values = sorted(costs)
    return Result(
        f"laying {name} onto a frame",
        f"median {statistics.median(values):.2f} ms, p99 {values[len(values) * 99 // 100]:.2f} ms",
        "",
        f"thread time, 1080p, {FRAMES} frames in a row; drawn once before that in {drawn_ms:.0f} ms",
    )


def _frame(laid: Overlays, canvas: Planes, number: int) -> float:
    began = time.thread_time_ns()
    laid.lay(canvas, number)
    return (time.thread_time_ns() - began) / 1e6
