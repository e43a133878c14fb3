"""Program's thread: whoever takes its frames may make a mistake with any of them, and the next one comes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.program import Program, Shown

pytestmark = pytest.mark.unit

SIZE = (64, 36)
RATE = 10


class Desk:
    """Program with nothing on it, and whoever takes its frames.

    Attributes:
        not_drawn: Frames that fail, counted from the first one.
        not_taken: Frames that whoever takes them makes a mistake with, counted so too.
        held_up_by: Frames whose time is over before the first one has been taken.
    """

    def __init__(self) -> None:
        self.clock = Clock(time.monotonic_ns(), RATE)
        self.not_drawn: set[int] = set()
        self.not_taken: set[int] = set()
        self.held_up_by = 0
        self.asked: list[int] = []
        self.taken: list[int] = []
        self.enough = threading.Event()
        black = Picture(Planes.new(*SIZE).frame)
        rack = SimpleNamespace(
            feeds={},
            labels={},
            shown=lambda _: black,
            state=lambda _: None,
            step=self._step,
            advance=lambda _: None,
        )
        stingers = SimpleNamespace(lay=lambda *_: None)
        self.program = Program(self.clock, rack, SIZE, self._take, stingers)  # type: ignore[arg-type]

    @contextmanager
    def running(self) -> Iterator[None]:
        self.program.start()
        try:
            yield
        finally:
            self.program.stop()

    def _step(self, number: int, _due_s: float) -> None:
        if self.asked and number - self.asked[0] in self.not_drawn:
            raise ZeroDivisionError("a bug in drawing")

    def _take(self, shown: Shown) -> None:
        self.asked.append(shown.number)
        if len(self.asked) == 1:
            while self.clock.frame_at(time.monotonic_ns()) < shown.number + self.held_up_by:
                time.sleep(0.001)
        if shown.number - self.asked[0] in self.not_taken:
            raise ZeroDivisionError("a bug in taking")
        self.taken.append(shown.number)
        if len(self.taken) == 6:
            self.enough.set()


def test_a_mistake_with_a_frame_that_is_shown_again_late(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.held_up_by, desk.not_taken = 4, {1, 3}
    with desk.running():
        assert desk.enough.wait(5)
    first = desk.asked[0]
    assert desk.asked == list(range(first, first + len(desk.asked)))
    assert desk.taken[:3] == [first, first + 2, first + 4]
    assert desk.program.lateness.repeated >= 3
    assert desk.program.lateness.failed == 0
    assert caplog.text.count("A frame could not be drawn") == 1


def test_a_mistake_with_the_picture_that_goes_on_for_one_that_failed() -> None:
    desk = Desk()
    desk.not_drawn, desk.not_taken = {1, 2}, {1}
    with desk.running():
        assert desk.enough.wait(5)
    first = desk.asked[0]
    assert desk.asked == list(range(first, first + len(desk.asked)))
    assert desk.taken[:3] == [first, first + 2, first + 3]
    # What a busy machine has no time to draw is repeated, and fails in neither way.
    assert desk.program.lateness.failed + desk.program.lateness.repeated >= 2
