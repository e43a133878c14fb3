"""Timers as control runs them: their moments lie on program's frames, and are kept by the time of day."""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Final

from stagedoor.control.mixer.mixing import Mixing
from stagedoor.domain.overlay import Timer
from stagedoor.domain.timer import SECOND_NS, Run
from stagedoor.ipc.day import day_offset_ns
from stagedoor.ipc.mixer import MixerState

LEAD_NS: Final = 100_000_000
"""How long before its moment the mixer is told of a start or a pause, so that it knows in time for it."""
LOOK_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is to happen.

    Attributes:
        frame: Of program; None while the mixer is not there.
        day_ns: The same by the time of day, nanoseconds since the epoch.
    """

    frame: int | None
    day_ns: int


def moment(state: MixerState | None) -> Moment:
    """Return the next moment that can still be told to the mixer, at the edge of a frame."""
    now_ns, offset_ns = time.monotonic_ns(), day_offset_ns()
    if state is None:
        return Moment(None, now_ns + offset_ns)
    frame = -(-(now_ns + LEAD_NS - state.started_ns) * state.frame_rate // SECOND_NS)
    due_ns = state.started_ns + frame * SECOND_NS // state.frame_rate
    return Moment(frame, due_ns + offset_ns)


class Timers:
    """Starts, pauses and resets them, and takes down those that go at their zero.

    The mixer lets a timer go in the frame of its zero by itself, and says so; here it is only written down.

    Args:
        mixing: The mixer, and its board.
    """

    def __init__(self, mixing: Mixing) -> None:
        self._mixing = mixing

    async def start(self, timer: str) -> int | None:
        """Have a timer run; return the frame from which on it does, None while the mixer is not there.

        Raises:
            NotFoundError: There is no such overlay.
            ConflictError: It is no timer that can be started.
        """
        found, at = self._mixing.board.timer(timer), moment(self._mixing.state)
        return await self._put(found, found.run.started(at.day_ns), at.frame)

    async def pause(self, timer: str) -> int | None:
        """Have a timer stand; return the frame in which it does; raises as `start`."""
        found, at = self._mixing.board.timer(timer), moment(self._mixing.state)
        return await self._put(found, found.run.paused(at.day_ns), at.frame)

    async def reset(self, timer: str) -> int | None:
        """Have a timer stand at its beginning; return the first frame that shows it; raises as `start`."""
        return await self._put(self._mixing.board.timer(timer), Run(), None)

    async def run(self) -> None:
        """Look after the timers until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Write down which timers have gone at their zero."""
        board, state = self._mixing.board, self._mixing.state
        over = {} if state is None else {timer.id: timer for timer in state.over}
        timers = [each for each in board.overlays.values() if isinstance(each, Timer)]
        gone = [_taken_down(each) for each in timers if _runs_as(each, over.get(each.id))]
        if gone:
            self._mixing.commit(board.with_overlays(*gone))

    async def _put(self, timer: Timer, run: Run, frame: int | None) -> int | None:
        applied = await self._mixing.put(self._mixing.board.with_overlays(replace(timer, run=run)))
        return applied if applied is None or frame is None else max(applied, frame)


def _runs_as(timer: Timer, over: Timer | None) -> bool:
    """Tell whether a timer is still as the mixer had it that says of it that it is over."""
    return over is not None and (timer.run, timer.zero_ns) == (over.run, over.zero_ns)


def _taken_down(timer: Timer) -> Timer:
    return replace(timer, on=False, run=replace(timer.run, taken_down_ns=timer.zero_ns or 0))
