"""Everything at once, at the largest production that two cores hold; sources that come and go meanwhile."""

import asyncio
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

from tests.kit.app import App
from tests.kit.mixer_state import mixer_state
from tests.kit.putting import putting
from tests.kit.show import Show, encode

from bench.machine import cpu_seconds
from bench.mixer.production import (
    RATE,
    Program,
    command,
    follow,
    ms,
    show,
    watched,
)
from bench.report import Result
from stagedoor.domain.source import SourceState
from stagedoor.ipc.mixer import MixerState
from stagedoor.media.packets import Kind
from stagedoor.settings.mixer import MixerSettings

Plan = tuple[int, tuple[int, int]]
"""Guests, and the size of what they send and of program."""
PLANS: tuple[Plan, ...] = (
    (4, (1920, 1080)),
    (3, (1920, 1080)),
    (2, (1920, 1080)),
    (4, (1280, 720)),
    (3, (1280, 720)),
    (2, (1280, 720)),
    (4, (960, 540)),
    (3, (960, 540)),
    (2, (960, 540)),
    (4, (640, 360)),
    (3, (640, 360)),
    (2, (640, 360)),
)
"""The largest first."""
TRY = 30.0
"""Seconds in which it is found out whether a plan may hold."""
TRIES = 2
"""Of them: a machine that others share may have a bad moment."""
WINDOW = 12.0
"""Seconds that a playout delay looks back on: until then it is that of the beginning."""
LOOKED_AT: tuple[Plan, ...] = (4, (1280, 720)), (2, (640, 360))
LOOK = 60.0
FRESH = 0.995
COMING = 50
STAGE = Show(640, 360, seconds=4, bitrate=1_000_000)
"""What every second one of those shows."""
COMING_SECONDS = 120.0


@dataclass
class Run:
    """What one run gave.

    Attributes:
        used: Processor time of the mixer, of a second.
        before, after: The mixer's state at its ends.
    """

    guests: int
    size: tuple[int, int]
    seconds: float
    used: float
    program: Program
    before: MixerState
    after: MixerState

    @property
    def late(self) -> int:
        """Frames that came more than one period after their tick, with all of the way to the reader."""
        return late(self.program.late)

    @property
    def late_here(self) -> int:
        """Those of them that would have been so too had the machine not stood still on their way."""
        frames = zip(self.program.came, self.program.late, strict=True)
        return late(after - self._stood(came - after, came) for came, after in frames)

    def _stood(self, begin: float, end: float) -> float:
        """For how long of that time the machine stood still, seconds."""
        return sum(max(0.0, min(end, until) - max(begin, since)) for since, until in self.program.stood)

    @property
    def fresh(self) -> float:
        """The part of all frames with a new picture, of the guest who has the least."""
        ends = zip(self.before.sources, self.after.sources, strict=True)
        repeated = [
            new.repeated - old.repeated
            for old, new in ends
            if new.state is SourceState.LIVE and new.id.startswith("guest")
        ]
        assert len(repeated) == self.guests, "not every guest is live"
        again = self.after.timing.repeated_frames - self.before.timing.repeated_frames
        return 1 - (max(repeated) + again) / self.program.span

    def verify(self) -> None:
        """Refuse a run that was not made with the settings that it names, or sends something else."""
        program, settings = self.program, MixerSettings()
        assert program.size == self.size
        assert self.after.frame_rate == RATE
        # Whoever comes may have asked for one more.
        assert max(program.keys) == settings.key_interval_s * RATE, f"key frames every {program.keys}"
        assert program.bitrate < 1.1 * settings.bitrate, f"{program.bitrate:.0f} bit/s"

    @property
    def holds(self) -> bool:
        """Whether it is what was asked for."""
        return not self.program.missing and not self.late_here and self.fresh >= FRESH

    @property
    def method(self) -> str:
        """In words."""
        return (
            f"{self.guests} inputs of {self.size[1]}p30 over the hub, quad at {self.size[0]}×{self.size[1]}, "
            f"multiview and all returns watched, {self.seconds:.0f} s"
        )


def late(each: Iterable[float]) -> int:
    """How many frames came more than one period after their tick, of the seconds that each took."""
    return sum(after > 1 / RATE for after in each)


async def whole(seconds: float) -> list[Result]:
    """All plans for half a minute; one that holds goes on for `seconds`, and is the last if it does."""
    rows: list[Result] = []
    for plan in PLANS:
        if not await _may_hold(plan, rows):
            continue
        run = await _run(plan, seconds)
        rows.append(_said(run))
        if run.holds:
            return [*rows, *_rows(run), _among_others(await _run(plan, LOOK, realtime=False))]
    return rows


async def _may_hold(plan: Plan, rows: list[Result]) -> bool:
    """Whether a plan holds for half a minute; `rows` gets what came of each try."""
    for _ in range(TRIES):
        run = await _run(plan, TRY)
        rows.append(_said(run))
        if run.holds:
            return True
    return False


async def sources() -> list[Result]:
    """Sources that are added and removed while a small production goes on."""
    run = await _run((2, (640, 360)), COMING_SECONDS, coming=True)
    method = f"{COMING} added and removed; {run.method}"
    return [
        Result(f"{COMING} sources come and go: frames missing", str(run.program.missing), "0", method),
        Result(f"{COMING} sources come and go: frames late", str(run.late), "0", method),
        Result(
            f"{COMING} sources come and go: frames with a new picture", f"{run.fresh:.2%}", "≥ 99.5 %", method
        ),
    ]


async def advancing() -> list[Result]:
    """In which frames of program each guest's picture moves on, by the numbers in its pixels."""
    return [_advancing(await _run(plan, LOOK, looking=True)) for plan in LOOKED_AT]


def _advancing(run: Run) -> Result:
    return Result(
        f"frames with a new picture, in program's pixels: {run.guests} inputs at {run.size[0]}×{run.size[1]}",
        f"{run.program.advancing:.2%}; {run.fresh:.2%} by the mixer's word",
        "≥ 99.5 %",
        f"of the input that has the least; program is decoded meanwhile; {run.program.missing} of "
        f"{run.program.span} missing; {run.method}",
    )


async def mixes() -> list[Result]:
    """A mix between two scenes of four guests, one after the other."""
    async with show((1280, 720)) as app, watched(app, "program"):
        alone = {"id": "alone", "slots": [{"source": "guest1"}]}
        (await app.api.post("/api/scenes", json=alone)).raise_for_status()
        following = asyncio.create_task(follow(app, 20.0))
        for scene in cycle(("alone", "quad")):
            if following.done():
                break
            await command(app, "preview", scene=scene)
            await command(app, "auto", transition={"kind": "mix", "frames": 30})
            await asyncio.sleep(1.3)
        program, state = await following, await mixer_state(app)
    return [
        Result(
            "mixes of one second, one after the other",
            f"{program.missing} of {program.span} frames missing, {late(program.late)} late; "
            f"drawing p99 {state.timing.render_p99:.1f} ms",
            "0",
            "4 inputs of 720p30 over the hub, 1280×720, 20 s",
        )
    ]


async def parts() -> list[Result]:
    """What the mixer takes while more and more of it is watched."""
    plan = guests, _ = 4, (1280, 720)
    watching = {"program alone": (), "and the returns": _returns(guests), "and the multiview": _all(guests)}
    return [_part(what, await _run(plan, TRY, paths)) for what, paths in watching.items()]


def _part(what: str, run: Run) -> Result:
    return Result(
        f"CPU of the mixer: {what}",
        f"{100 * run.used:.0f} %; {run.late} of {run.program.span} frames late",
        "",
        f"{run.guests} inputs of {run.size[1]}p30 over the hub, quad at {run.size[0]}×{run.size[1]}, "
        f"{run.seconds:.0f} s",
    )


def _returns(guests: int) -> tuple[str, ...]:
    return tuple(f"return-guest{number}" for number in range(1, guests + 1))


def _all(guests: int) -> tuple[str, ...]:
    return "multiview", *_returns(guests)


async def _run(
    plan: Plan,
    seconds: float,
    watching: tuple[str, ...] | None = None,
    *,
    coming: bool = False,
    looking: bool = False,
    realtime: bool = True,
) -> Run:
    """Guests, program, and what is watched beside it, all of it if that is not said; `looking` at pixels."""
    guests, size = plan
    paths = _all(guests) if watching is None else watching
    async with show(size, guests, realtime=realtime) as app, watched(app, *paths):
        await asyncio.sleep(WINDOW)
        before, mixer = await mixer_state(app), app.child("mixer")
        used, begun = cpu_seconds(mixer), time.monotonic()
        following = asyncio.create_task(follow(app, seconds, guests if looking else 0))
        if coming:
            await _come_and_go(app, seconds)
        program = await following
        used = (cpu_seconds(mixer) - used) / (time.monotonic() - begun)
        run = Run(guests, size, seconds, used, program, before, await mixer_state(app))
        run.verify()
        return run


async def _come_and_go(app: App, seconds: float) -> None:
    """Every second one is a stream that is read and decoded; the others are test patterns."""
    async with putting(app, "stage", encode(STAGE), Kind.VIDEO):
        for number in range(COMING):
            kind = {"kind": "hub", "url": "stage"} if number % 2 else {"kind": "pattern"}
            (await app.api.post("/api/sources", json={"id": f"more{number}", **kind})).raise_for_status()
            await asyncio.sleep(seconds / COMING)
            (await app.api.delete(f"/api/sources/more{number}")).raise_for_status()


def _said(run: Run) -> Result:
    """What came of it; printed at once, since the whole search takes long."""
    row = Result(
        f"{run.guests} inputs, program at {run.size[0]}×{run.size[1]}, {run.seconds:.0f} s",
        f"{'holds' if run.holds else 'does not hold'}: {run.program.missing} of {run.program.span} missing, "
        f"{run.late} late ({run.late_here} without what the machine stood still), "
        f"a new picture in {run.fresh:.2%}",
        "none, none, ≥ 99.5 %",
        f"{run.method}; CPU of the mixer {100 * run.used:.0f} %",
    )
    sys.stderr.write(f"{row.row()}\n")
    return row


def _among_others(run: Run) -> Result:
    return Result(
        "the same where nothing comes first",
        f"{run.late} of {run.program.span} late; {_lateness(run)}",
        "",
        f"`mixer.realtime = false`; {run.method}",
    )


def _lateness(run: Run) -> str:
    parts = (f"p{percent} {ms(run.program.late, percent)}" for percent in (50, 95, 99, 100))
    return ", ".join(parts)


def _rows(run: Run) -> list[Result]:
    timing = run.after.timing
    return [
        Result("CPU of the mixer, all of it", f"{100 * run.used:.0f} %", "", run.method),
        Result(
            "program frame at a reader, after its tick",
            _lateness(run),
            "≤ 1 period (33 ms)",
            f"in another process, with encoding; {run.method}",
        ),
        Result(
            "drawing a frame",
            f"p50 {timing.render_p50:.1f} ms, p99 {timing.render_p99:.1f} ms",
            "",
            f"the last half minute; {run.method}",
        ),
    ]
