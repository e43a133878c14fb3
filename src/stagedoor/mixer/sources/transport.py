"""A clip's transport: where in its file it is, and what it does there.

Operators and program's thread say where it is to be, its reader's thread what is there. What is asked for
happens at the edge of a program frame, as soon as the first picture of the place is decoded.
"""

import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from stagedoor.domain.clip import Autoplay, ClipAction, ClipState, moved
from stagedoor.domain.errors import ConflictError, InvalidError, UnavailableError
from stagedoor.domain.source import Source
from stagedoor.ipc.clips import ClipStart, ClipStatus
from stagedoor.mixer.sources.asked import Asked
from stagedoor.mixer.sources.clip_line import SAME_S, ClipLine, Lap, Place

AHEAD_S: Final = 0.25
"""How far a clip is decoded ahead of what is shown."""
_LOOK_EVERY_S: Final = 0.25


class Transport:
    """One clip's; thread-safe. Times are seconds, and those of program `time.monotonic()`'s.

    Args:
        source: The clip as it is set.
        start: Where it was before the mixer began anew; None lets it begin as it is set.

    Attributes:
        source: The clip as it is set now.
        delay_ms: By how much it is held back, which a file need not be.
    """

    delay_ms: Final = 0

    def __init__(self, source: Source, start: ClipStart | None = None) -> None:
        self.source = source
        self._changed = threading.Condition()
        if start is None or start.state is ClipState.CUED:
            plays = start is None and source.autoplay is Autoplay.ALWAYS
            self._place = Place(1, None, ClipState.PLAYING if plays else ClipState.CUED)
        else:
            out_s = source.out_s if source.out_s is not None else start.at_s
            self._place = Place(1, max(source.in_s, min(start.at_s, out_s)), start.state)
        self._current, self._ready, self._since = 0, 0, 1
        self._state = ClipState.CUED
        self._line = ClipLine()
        self._end: tuple[int, float] = (0, 0.0)
        self._asked = Asked()
        self._is_open = self._can_seek = self._closed = self._on_air = False
        self._duration_s: float | None = None

    # What operators do.

    def use(self, source: Source) -> None:
        """Take other settings; a clip that is cued goes to its new in point, one that plays goes on."""
        with self._changed:
            before, self.source = self.source, source
            if before.in_s != source.in_s and self._wanted is ClipState.CUED:
                self._go_to(None, ClipState.CUED)

    def steer(self, action: ClipAction, at_s: float = 0.0) -> "Future[int]":
        """Do something; what is returned becomes the number of the first frame that shows it.

        Raises:
            UnavailableError: Its file is not open.
            ConflictError: It cannot seek.
            InvalidError: There is nothing at this place.
        """
        with self._changed:
            if not self._is_open:
                raise _not_open()
            match action:
                case ClipAction.PLAY:
                    self._play()
                case ClipAction.PAUSE:
                    self._pause()
                case ClipAction.CUE:
                    self._go_to(None, ClipState.CUED)
                case ClipAction.SEEK:
                    self._seek(at_s)
            return self._asked.add()

    def on_air(self, *, on: bool) -> None:
        """Say whether it is seen in program; one that is set so plays while it is."""
        with self._changed:
            came, left = on and not self._on_air, self._on_air and not on
            self._on_air = on
            if self.source.autoplay is not Autoplay.PROGRAM:
                return
            if came and self._wanted is ClipState.CUED:
                self._play()
            elif left and self._wanted is not ClipState.CUED:
                self._go_to(None, ClipState.CUED)

    @property
    def _wanted(self) -> ClipState:
        """What it does, or will do at the next frame or once it is where it is to be."""
        has_ended = self._current == self._place.number and self._state is ClipState.ENDED
        return ClipState.ENDED if has_ended else self._place.then

    def _play(self) -> None:
        if self._wanted is ClipState.ENDED:
            self._go_to(None, ClipState.PLAYING)
        else:
            self._place = replace(self._place, then=ClipState.PLAYING)

    def _pause(self) -> None:
        if self._wanted is ClipState.PLAYING:
            self._place = replace(self._place, then=ClipState.PAUSED)

    def _seek(self, at_s: float) -> None:
        if not self._can_seek:
            raise ConflictError(
                "this file has no times to seek by",
                code="clip_unseekable",
                hint="Put it into a container such as MP4 or Matroska.",
            )
        first_s, last_s = self.source.in_s, self._last_s
        if at_s < first_s - SAME_S or (last_s is not None and at_s > last_s + SAME_S):
            raise InvalidError(
                f"at_s: the clip goes from {first_s:g} to {last_s or 0.0:g} s",
                code="clip_outside",
                values={"first_s": first_s, "last_s": last_s or 0.0},
                hint="Seek within it, or change its in and out points.",
            )
        plays = self._wanted is ClipState.PLAYING
        self._go_to(at_s, ClipState.PLAYING if plays else ClipState.PAUSED)

    def _go_to(self, at_s: float | None, then: ClipState) -> None:
        self._place = Place(self._place.number + 1, at_s, then)
        self._changed.notify_all()

    @property
    def _last_s(self) -> float | None:
        """Where it ends in the file, as far as that is known."""
        return min((end for end in (self.source.out_s, self._duration_s) if end is not None), default=None)

    # Program's thread, before each frame.

    def step(self, frame: int, due_s: float) -> None:
        """Go on to a frame that is due at this time, with everything that was asked for."""
        with self._changed:
            place = self._place
            if self._ready == place.number != self._current:
                self._current = place.number
                self._line.stand(self._line.begin_s)
                self._state = ClipState.ENDED if place.then is ClipState.ENDED else ClipState.CUED
            if self._current == place.number:
                self._move(place.then, due_s)
                self._asked.answer(frame)
            number, end_s = self._end
            if self._line.runs and number == self._current and self._line.at(due_s) > end_s - SAME_S:
                self._line.stand(end_s)
                self._state = moved(self._state, ClipState.ENDED)

    def _move(self, then: ClipState, due_s: float) -> None:
        """Play or stand, as it is wanted of the present place."""
        if then is self._state or self._state is ClipState.ENDED:
            return
        if then is ClipState.PLAYING:
            self._line.run(due_s)
        elif self._line.runs:
            self._line.stand(self._line.at(due_s))
        self._state = moved(self._state, then)
        self._changed.notify_all()

    # Its reader's thread.

    def opened(self, duration_s: float | None, *, can_seek: bool) -> Place:
        """Say that its file is open; return where to go."""
        with self._changed:
            self._is_open, self._duration_s, self._can_seek = True, duration_s, can_seek
            return self._place

    def failed(self) -> None:
        """Say that its file cannot be read any further: it begins anew with its in point."""
        with self._changed:
            self._is_open = False
            if self._ready == self._place.number or self._place.at_s is not None:
                plays = self._wanted is ClipState.PLAYING
                self._go_to(None, ClipState.PLAYING if plays else ClipState.CUED)
            self._since = self._place.number  # Open alone is not enough: this place has to be shown.
            self._asked.answer(_not_open())

    def begin(self, file_s: float, line_s: float | None = None) -> Lap:
        """Begin what was asked for, or another round at a place of the line; return where it lies."""
        with self._changed:
            return self._line.begin(file_s) if line_s is None else self._line.follow(line_s, file_s)

    def came(self, number: int, line_s: float) -> None:
        """Say that of a place there is a picture, or some sound, which ends at this place of the line."""
        with self._changed:
            self._line.top_s = max(self._line.top_s, line_s)
            self._ready = max(self._ready, number)

    def ends(self, number: int, line_s: float) -> None:
        """Say that nothing comes after this place of the line, and that all before it is there."""
        self.came(number, line_s)
        with self._changed:
            self._end = (number, line_s)

    def again(self, number: int) -> None:
        """Have it begin anew and go on, where its file has to be opened anew for that."""
        with self._changed:
            if self._place.number == number:
                self._go_to(None, self._place.then)

    def wait(self, number: int, line_s: float) -> bool:
        """Wait until what is at this place of the line is to be decoded; returns False if it never is."""
        with self._changed:
            while self._is_wanted(number):
                runs = self._current == number and self._line.runs
                here_s = self._line.at(time.monotonic()) if self._current == number else self._line.begin_s
                left_s = line_s - AHEAD_S - here_s
                if left_s <= 0:
                    return True
                self._changed.wait(min(left_s, _LOOK_EVERY_S) if runs else _LOOK_EVERY_S)
        return False

    def next_place(self, number: int) -> Place | None:
        """Wait until another place is wanted than this one; None where nothing is wanted any more."""
        with self._changed:
            while self._is_wanted(number):
                self._changed.wait(_LOOK_EVERY_S)
            return None if self._closed else self._place

    def is_at(self, number: int) -> bool:
        """Whether this is still where it is to be."""
        with self._changed:
            return self._is_wanted(number)

    def _is_wanted(self, number: int) -> bool:
        return self._place.number == number and not self._closed

    def close(self) -> None:
        """Have its reader wait for nothing any more; idempotent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # On any thread.

    def arrived(self, media_s: float, now_s: float, kind: str) -> None:
        """Learn nothing of when a packet comes: a file is read when it is due."""

    def fix(self, fixed_ms: int | None) -> None:
        """Leave the playout delay: a file is in time by itself."""

    def hold(self, held_s: float) -> None:
        """Leave what pictures are held back: a file is decoded ahead."""

    def offset(self, now_s: float) -> float:
        """Return program time minus the place on the line as it is now."""
        with self._changed:
            return now_s - self._line.at(now_s)

    @property
    def moves(self) -> bool:
        """Whether it plays, so that its sound is heard."""
        return self._line.runs

    @property
    def stands(self) -> bool:
        """Whether it shows what it is to show, and nothing else is to come."""
        return self.state is not None and not self._line.runs

    @property
    def state(self) -> ClipState | None:
        """What it does; None while its file is not open, or nothing of it is shown yet."""
        return self._state if self._is_open and self._current >= self._since else None

    def file_at(self, line_s: float) -> float:
        """Return which second of the file a place on the line is."""
        with self._changed:
            return self._line.file_at(line_s)

    def lap_at(self, line_s: float) -> Lap:
        """Return the way through the file that a place on the line is of."""
        with self._changed:
            return self._line.lap_at(line_s)

    def status(self, shown_s: float | None) -> ClipStatus | None:
        """Return where it is, by the picture that is shown; None while its file is not open."""
        with self._changed:
            if self.state is None:
                return None
            line_s = self._line.at(time.monotonic())
            if shown_s is not None and self._line.runs and line_s > shown_s >= self._line.begin_s:
                line_s = shown_s
            at_s, last_s = self._line.file_at(line_s), self._last_s
            at_s = at_s if last_s is None else min(at_s, last_s)
            left_s = 0.0 if self._state is ClipState.ENDED else None if last_s is None else last_s - at_s
            return ClipStatus(
                state=self._state,
                at_s=round(at_s, 3),
                duration_s=None if self._duration_s is None else round(self._duration_s, 3),
                remaining_s=None if left_s is None else round(max(0.0, left_s), 3),
            )


def _not_open() -> UnavailableError:
    return UnavailableError(
        "the clip's file is not open",
        code="clip_not_ready",
        hint="What the mixer says of the source has the reason; it is tried again every 2 s.",
    )
