"""The thread that keeps the clock: draws each program frame, and carries out commands at its edge."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from stagedoor.domain.errors import ClosedError
from stagedoor.domain.geometry import Box, Part
from stagedoor.domain.ids import is_outside
from stagedoor.domain.layers import Layer, alone, plan
from stagedoor.domain.scene import Scene
from stagedoor.ipc.queues import Timing
from stagedoor.mixer.clock import Clock, sleep_until
from stagedoor.mixer.picture.overlays import Overlays
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import OPAQUE, Planes, color
from stagedoor.mixer.picture.renderer import Renderer, Show, place
from stagedoor.mixer.scenes import Scenes
from stagedoor.mixer.sources.rack import Rack
from stagedoor.mixer.stingers.stingers import Stingers
from stagedoor.mixer.switcher import Shot, Switcher
from stagedoor.precedence import OF_PROGRAM, come_first

logger = logging.getLogger(__name__)

LATE_NS: Final = 2_000_000
"""A frame whose drawing begins this much after its time counts as late."""
MOST_REPEATED: Final = 30
"""Frames in a row that show the last picture again when the machine was too busy to draw."""
FAILURES_A_LINE: Final = 300
"""Of frames that fail one after the other so many make one line in the log."""
PREPARE_EVERY: Final = 10
"""Frames after which it is looked anew which sizes the sources are going to be wanted in."""
BLACK: Final = color("#000000")
_KEPT: Final = 900

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """One program frame.

    Attributes:
        number: Which.
        canvas: Its picture; never changed again.
        shot: What was drawn.
        switcher: The state that it was drawn with.
    """

    number: int
    canvas: Planes
    shot: Shot
    switcher: Switcher


@dataclass(slots=True)
class Lateness:
    """How the clock was kept over the last half minute."""

    render_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    late: int = 0
    repeated: int = 0
    failed: int = 0
    skipped: int = 0

    def timing(self, dropped: int, encoder_failures: int) -> Timing:
        """Return it as a message, with what the encoder says: frames left out, and its failures."""
        values = sorted(self.render_ms) or [0.0]
        p50, p95, p99 = (
            round(values[min(len(values) - 1, int(len(values) * part))], 2) for part in (0.5, 0.95, 0.99)
        )
        return Timing(
            render_p50=p50,
            render_p95=p95,
            render_p99=p99,
            late_frames=self.late,
            repeated_frames=self.repeated + self.failed,
            skipped_frames=self.skipped,
            dropped_frames=dropped,
            encoder_failures=encoder_failures,
        )


class Program:
    """Draws program until it is closed.

    What others ask of it is done by its own thread between two frames, so that everything that was asked
    together is seen from the same frame on.

    Args:
        clock: When frames are due.
        rack: The sources.
        size: Of program, pixels.
        on_frame: Gets each frame, in this thread.
        stingers: What is played over it.
        comes_first: Whether to draw before everything else on the machine, where the system lets it.

    Attributes:
        overlays: What is laid onto it.
        switcher: What is on program and preview.
        scenes: Every scene, as it is set and as it is shown.
        lateness: How the clock was kept.
        newest: The frame that was drawn last.
        parts_beside: Gives the parts and sizes of sources that are wanted beside program's own.
    """

    def __init__(
        self,
        clock: Clock,
        rack: Rack,
        size: Size,
        on_frame: Callable[[Shown], None],
        stingers: Stingers,
        *,
        comes_first: bool = False,
    ) -> None:
        self._clock = clock
        self._rack = rack
        self._size = size
        self._on_frame = on_frame
        self._stingers = stingers
        self._comes_first = comes_first
        self._half_frame_ns = (clock.frame_due_ns(1) - clock.started_ns) // 2
        self._renderer = Renderer(*size)
        self._stop = threading.Event()
        self._mistakes = 0
        self._asked: deque[tuple[Callable[[int], object], Future[object]]] = deque()
        self._thread = threading.Thread(target=self._run, name="program", daemon=True)
        self.overlays = Overlays(size, clock)
        self.switcher = Switcher()
        self.scenes = Scenes()
        self.lateness = Lateness()
        self.newest: Shown | None = None
        self.parts_beside: Callable[[], Mapping[str, Iterable[Part]]] = dict

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; idempotent, and waits for the frame that is being drawn."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        while self._asked:
            _, answer = self._asked.popleft()
            if answer.set_running_or_notify_cancel():
                answer.set_exception(ClosedError("the mixer ends"))

    def ask(self, act: Callable[[int], T]) -> "Future[T]":
        """Have something done between two frames.

        Args:
            act: Is given the number of the next frame, the first that shows what it did; runs in this thread.

        Returns:
            What it returned, or its `StagedoorError`.
        """
        answer: Future[T] = Future()
        self._asked.append((act, answer))  # type: ignore[arg-type]
        return answer

    def scene(self, scene: str) -> Scene:
        """Return a scene as it is shown; the holding picture where there is none."""
        return self.scenes.shown(scene)

    def scenes_of(self, shot: Shot) -> tuple[Scene, ...]:
        """Return the scenes of a shot: the one that is on, and the one that a transition leads to."""
        names = (shot.program,) if shot.transition is None else (shot.program, shot.incoming)
        return tuple(self.scene(name) for name in names)

    def _run(self) -> None:
        if self._comes_first:
            come_first(OF_PROGRAM)
        number = max(0, self._clock.frame_at(time.monotonic_ns()) + 1)
        while sleep_until(self._clock.frame_due_ns(number), self._stop):
            now_ns = time.monotonic_ns()
            behind = self._clock.frame_at(now_ns) - number
            if behind > 0:
                number += self._catch_up(number, behind)
            elif now_ns - self._clock.frame_due_ns(number) > LATE_NS:
                self.lateness.late += 1
            with self._measured():
                self._frame_or_last(number)
            number += 1

    def _frame_or_last(self, number: int) -> None:
        """Draw a frame; where that fails by a mistake of ours, the last picture goes on."""
        if self._tries(self._frame, number):
            return
        self.lateness.failed += 1
        if self.newest is not None and self.newest.number < number:
            self._tries(self._on_frame, replace(self.newest, number=number))

    def _tries(self, show: Callable[[T], None], what: T) -> bool:
        """Tell whether that went well; a mistake of ours is logged, and ends no more than this frame."""
        try:
            show(what)
        except Exception:
            if self._mistakes % FAILURES_A_LINE == 0:
                logger.exception("A frame could not be drawn")
            self._mistakes += 1
            return False
        return True

    def _catch_up(self, number: int, behind: int) -> int:
        """Show the last picture again for frames whose time is over; return how many frames that were.

        After a longer pause, as of a machine that slept, they are left out.
        """
        if behind > MOST_REPEATED or self.newest is None:
            self.lateness.skipped += behind
            return behind
        self.lateness.repeated += behind
        for missed in range(number, number + behind):
            self._tries(self._on_frame, replace(self.newest, number=missed))
        return behind

    @contextmanager
    def _measured(self) -> Iterator[None]:
        began = time.perf_counter_ns()
        yield
        self.lateness.render_ms.append((time.perf_counter_ns() - began) / 1e6)

    def _frame(self, number: int) -> None:
        self._do_asked(number)
        self.switcher, shot = self.switcher.at(number)
        self._rack.step(number, self._clock.frame_due_ns(number) / 1e9)
        # To the nearest frame: pictures are early or late against their sound by half a frame at most.
        self._rack.advance((self._clock.frame_due_ns(number) + self._half_frame_ns) / 1e9)
        self.scenes.look(self._rack.state)
        layers = layers_of(shot, self.scenes_of(shot), self._rack.shown)
        canvas = self._renderer.draw(layers, self._rack.shown, self._rack.labels)
        self._stingers.lay(canvas, shot.stinger)
        self.overlays.lay(canvas, number)
        canvas.tint(BLACK, Box(0, 0, *self._size), round(shot.black * OPAQUE))
        self.newest = Shown(number, canvas, shot, self.switcher)
        self._on_frame(self.newest)
        if number % PREPARE_EVERY == 0:
            self._prepare(shot)

    def _do_asked(self, number: int) -> None:
        while self._asked:
            act, answer = self._asked.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(act(number))
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                answer.set_exception(error)

    def _prepare(self, shot: Shot) -> None:
        """Have the sources make the sizes that program and preview show."""
        used, self._renderer.used = self._renderer.used, {}
        if shot.transition is not None:
            # While things move every frame has its own sizes, which nobody will want again.
            used = {}
        scenes = (self.scene(name) for name in {*shot.scenes, self.switcher.preview})
        add_parts(used, scenes, self._rack.shown, self._size)
        beside = self.parts_beside()
        for key, feed in self._rack.feeds.items():
            if is_outside(key):
                continue
            feed.wanted = frozenset(used.get(key, ())) | frozenset(beside.get(key, ()))


def layers_of(shot: Shot, scenes: Sequence[Scene], show: Show) -> tuple[Layer, ...]:
    """Return what is drawn for a shot.

    Args:
        shot: What is on.
        scenes: The shot's, as the canvas has them.
        show: Gives the picture of a source.
    """
    if shot.transition is None:
        return alone(scenes[0])
    old, new = scenes
    keyed = (each for each in old.visible | new.visible if show(each).key is not None)
    return plan(shot.transition, old, new, shot.position, frozenset(keyed))


def add_parts(used: dict[str, set[Part]], scenes: Iterable[Scene], show: Show, size: Size) -> None:
    """Add the parts and sizes in which scenes show their sources on a canvas of a size."""
    for scene in scenes:
        for slot in scene.slots:
            placement = place(slot, show(slot.source), size)
            if placement is not None:
                used.setdefault(slot.source, set()).add(placement.part)
