"""The stinger that is ready, and the one that is played."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.domain.geometry import Box
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Applied
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.picture import Size
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.engine import SoundEngine
from stagedoor.mixer.stingers.clip import StingerClip
from stagedoor.mixer.switcher import Switcher

logger = logging.getLogger(__name__)

STINGER: Final = ":stinger"
"""What its sound is called among the sources; no source of an operator can be called so."""
READY_WITHIN_S: Final = 1.5
"""How long one that was not made ready before may take to begin; then it is cut."""
JOIN_WITHIN_S: Final = 2.0
APART_S: Final = 20.0
"""Between two playings on the time line of their sound."""

Switch = Callable[[Callable[[Switcher, int], Switcher]], Awaitable[Applied]]
"""Changes the switcher before a frame, whose number the change is told; returns what is so then."""


@dataclass(frozen=True, slots=True)
class Line:
    """The time line of a stinger's sound while it is played.

    Attributes:
        begun_s: When it begins, seconds of `time.monotonic()`.
        line_s: The same on the line.
    """

    begun_s: float
    line_s: float

    def offset(self, _now_s: float, /) -> float:
        """Return program time minus media time, seconds."""
        return self.begun_s - self.line_s


@dataclass(frozen=True, slots=True)
class StingerVoice:
    """A stinger's sound, as sources' sound is read."""

    playout: Line
    sounds: bool = True


_File = tuple[str, int, int]
"""A path, when it was written and how large it is: what is another where the file is another one."""
NO_FILE: Final[_File] = ("", 0, 0)


class Stingers:
    """Makes one stinger ready, and plays it; program's thread only begins and ends that.

    Args:
        canvas: Program's size, pixels.
        clock: When program's frames are due.
        sounds: Where their sound goes.

    Attributes:
        voices: The sound of the one that is played, by its name.
        ids: The names of what can be heard of them.
    """

    def __init__(self, canvas: Size, clock: Clock, sounds: SoundEngine) -> None:
        self._canvas = canvas
        self._clock = clock
        self._sounds = sounds
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._freed = asyncio.Event()
        self._sound: SourceSound | None = None
        self._turn = asyncio.Lock()
        self._is_asked = False
        self._board: _File = NO_FILE
        self._made: tuple[_File, StingerClip] | None = None
        self._playing: StingerClip | None = None
        self._leaving: list[StingerClip] = []
        self._line_s = 0.0
        self.voices: Mapping[str, StingerVoice] = MappingProxyType({})
        self.ids: tuple[str, ...] = ()

    async def run(self) -> None:
        """Have ready what the board would play, each time that another one is over; until cancelled."""
        while True:
            await self._freed.wait()
            self._freed.clear()
            await asyncio.to_thread(self._keep)

    # For threads that may wait for files.

    def use(self, transition: Transition) -> None:
        """Have ready what the board would play, as soon as nothing else is asked for or played."""
        board = _found(transition.file) if transition.kind is TransitionKind.STINGER else NO_FILE
        with self._lock:
            self._board = board
        self._keep()

    def _keep(self) -> None:
        """Have ready what the board would play, unless something else is asked for or played."""
        with self._lock:
            if self._is_asked or self._playing is not None:
                return
            if self._board[0]:
                self._have(self._board)
            elif self._made is not None:
                self._let_go(self._made[1])
                self._made = None

    def ready(self, file: str) -> StingerClip:
        """Return a file that can be played at once; raises `StagedoorError` where it cannot be."""
        wanted = _found(file)
        with self._lock:
            # What is played has the time line of the sound.
            if self._playing is not None:
                raise UnavailableError("another one is played", code="stinger_not_ready")
            clip = self._have(wanted)
        clip.ready(READY_WITHIN_S)
        return clip

    def close(self) -> None:
        """End what is played and what is ready; waits for their threads for a bounded time."""
        with self._lock:
            self._board = NO_FILE
            clips = self._leaving if self._made is None else [*self._leaving, self._made[1]]
            self._made, self._playing, self._leaving = None, None, []
        for clip in clips:
            clip.close()
        for clip in clips:
            if not clip.join(JOIN_WITHIN_S):
                logger.warning("A stinger's thread has not ended in time")

    async def auto(self, wanted: Transition, switch: Switch) -> Applied:
        """Take preview to program with a stinger; where it cannot be played it is cut, and that is said.

        Raises:
            ConflictError: A transition goes on.
        """
        async with self._turn:
            # What is asked for is not the board's to let go of, until it is played or refused.
            self._is_asked = True
            try:
                return await self._auto(wanted, switch)
            finally:
                self._is_asked = False
                self._freed.set()

    async def _auto(self, wanted: Transition, switch: Switch) -> Applied:
        try:
            clip = await asyncio.to_thread(self.ready, wanted.file)
        except StagedoorError as error:
            return await self._cut(wanted, switch, error)
        played = replace(wanted, frames=clip.frames + 1, cut_at=min(wanted.cut_at, clip.frames))
        cut_frame: int | None = None

        def begin(now: Switcher, frame: int) -> Switcher:
            nonlocal cut_frame
            after = now.auto(played, frame - 1) if now.preview else now
            if after.transition is played:
                self._begin(clip, frame)
                cut_frame = frame + played.cut_at
            return after

        applied = await switch(begin)
        return applied.model_copy(update={"cut_frame": cut_frame})

    async def _cut(self, wanted: Transition, switch: Switch, error: StagedoorError) -> Applied:
        cut_frame: int | None = None

        def cut(now: Switcher, frame: int) -> Switcher:
            nonlocal cut_frame
            if now.begun is not None:
                return now.auto(wanted, frame - 1)
            cut_frame = frame if now.preview else None
            return now.take() if now.preview else now

        applied = await switch(cut)
        logger.warning(
            "The stinger is not played, and it is cut: %s", error, extra={"fields": {"code": error.code}}
        )
        return applied.model_copy(update={"cut_frame": cut_frame, "trouble": error.message})

    # Program's thread.

    def lay(self, canvas: Planes, step: int | None) -> None:
        """Lay what is due over a canvas; without a step nothing is played any more."""
        clip = self._playing
        if clip is None:
            return
        if step is None:
            self._end(clip)
            return
        picture = clip.at(step)
        if picture is not None:
            whole = Box(0, 0, *self._canvas)
            picture.lay_on(canvas, whole, whole)

    def _begin(self, clip: StingerClip, frame: int) -> None:
        self._playing = clip
        if clip.has_sound:
            line = Line(self._clock.frame_due_ns(frame) / 1e9, clip.line_s)
            self.voices = MappingProxyType({STINGER: StingerVoice(line)})
        logger.info("A stinger begins at frame %d", frame)

    def _end(self, clip: StingerClip) -> None:
        clip.close()
        self.voices = MappingProxyType({})
        self._playing = None
        self._loop.call_soon_threadsafe(self._freed.set)
        if clip.failure is not None:
            logger.warning("The stinger broke off: %s", clip.failure)
        if clip.late:
            logger.warning("The stinger was late: %d of its frames showed an older picture", clip.late)

    # With the lock.

    def _have(self, file: _File) -> StingerClip:
        """Return what is ready of a file, or begin to make it so; what else was ready is let go of."""
        made = self._made
        if made is not None and made[0] == file and made[1].is_good:
            return made[1]
        if made is not None:
            self._let_go(made[1])
        clip = self._begun(file[0])
        self._made = (file, clip)
        return clip

    def _begun(self, file: str) -> StingerClip:
        if self._sound is None:
            self._sound = self._sounds.add(STINGER)
            self.ids = (STINGER,)
        self._line_s += APART_S
        clip = StingerClip(file, self._canvas, self._clock.frame_rate, self._sound, self._line_s)
        clip.start()
        return clip

    def _let_go(self, clip: StingerClip) -> None:
        clip.close()
        self._leaving = [*(each for each in self._leaving if not each.join(0)), clip]


def _found(file: str) -> _File:
    """Look at a file; zeros where there is none."""
    try:
        found = Path(file).stat()
    except OSError:
        return file, 0, 0
    return file, found.st_mtime_ns, found.st_size
