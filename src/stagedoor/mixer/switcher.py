"""What is on program and preview, frame by frame: a pure state that commands move."""

from dataclasses import dataclass, replace
from typing import Final

from stagedoor.domain.errors import ConflictError
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.switching import Settled


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade of program to black or back.

    Attributes:
        begun: The frame before its first step.
        frames: How many it takes.
        origin: How black program was when it began, 0…1.
        target: How black it becomes.
    """

    begun: int
    frames: int
    origin: float
    target: float

    def at(self, frame: int) -> float:
        """How black program is, 0…1."""
        done = min(1.0, max(0.0, (frame - self.begun) / self.frames))
        return self.origin + (self.target - self.origin) * done

    @property
    def to_black(self) -> bool:
        """Whether it leads to black, or has led there."""
        return self.target > 0.0

    def left(self, frame: int) -> int:
        """How many frames of it there are from this one on."""
        return max(0, min(self.frames, self.begun + self.frames + 1 - frame))


NO_FADE: Final = Fade(0, 1, 0.0, 0.0)
"""Before the first one."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What one program frame shows.

    Attributes:
        program: The scene that is on, or that a transition leaves.
        incoming: The scene that a transition leads to; empty without one.
        transition: How; None without one.
        position: How far, 0…1.
        black: How far faded to black, 0…1.
        stinger: Which frame of a stinger lies over the scene, from 0; None without one.
    """

    program: str
    incoming: str = ""
    transition: Transition | None = None
    position: float = 0.0
    black: float = 0.0
    stinger: int | None = None

    @property
    def scenes(self) -> tuple[str, ...]:
        """The scenes that are on air."""
        return (self.program, self.incoming) if self.incoming else (self.program,)


@dataclass(frozen=True, slots=True)
class Switcher:
    """The state between two frames.

    Attributes:
        program: The scene on program.
        preview: The scene on preview.
        transition: The one that goes on; None without one.
        begun: The frame before its first step; None where the T-bar moves it.
        bar: Where the T-bar stands; at 1 it rests.
        fade: The last fade to or from black.
    """

    program: str = ""
    preview: str = ""
    transition: Transition | None = None
    begun: int | None = None
    bar: float = 0.0
    fade: Fade = NO_FADE

    def cut(self, scene: str) -> "Switcher":
        """Put a scene on program; a transition that goes on ends. Preview stays."""
        return replace(
            self, program=scene, transition=None, begun=None, bar=self.bar if self.bar >= 1.0 else 0.0
        )

    def with_preview(self, scene: str) -> "Switcher":
        """Put a scene on preview.

        Raises:
            ConflictError: A transition to what preview shows is going on.
        """
        if self.transition is not None:
            raise ConflictError(
                "preview is on its way to program", code="in_transition", hint="Wait until it is there."
            )
        return replace(self, preview=scene)

    def take(self) -> "Switcher":
        """Swap program and preview at once."""
        return self._arrived()

    def auto(self, transition: Transition, frame: int) -> "Switcher":
        """Begin to take preview to program; `frame` is the last that shows the old state.

        A T-bar that stands in between goes on by itself from where it is, as what it has begun if this is a
        stinger.

        Raises:
            ConflictError: A transition is going on by itself already.
        """
        if transition.kind is TransitionKind.CUT:
            return self._arrived()
        if self.begun is not None:
            raise ConflictError("a transition goes on already", code="in_transition", retryable=True)
        if self.transition is not None and transition.kind is TransitionKind.STINGER:
            transition = self.transition
        done = 0 if self.transition is None else round(self.bar * transition.frames)
        return replace(self, transition=transition, begun=frame - done, bar=0.0)

    def with_bar(self, position: float, transition: Transition) -> "Switcher":
        """Move the transition by hand; at 1 preview is on program, and the bar rests until it was at 0.

        What has no steps, a cut or a stinger, is a mix by hand.

        Raises:
            ConflictError: A stinger is played.
        """
        if self.transition is not None and self.transition.kind is TransitionKind.STINGER:
            raise ConflictError("a stinger is played", code="in_transition", retryable=True)
        if position <= 0.0:
            return replace(self, transition=None, begun=None, bar=0.0)
        if self.bar >= 1.0:
            return self
        if position >= 1.0:
            return replace(self._arrived(), bar=1.0)
        if transition.kind in (TransitionKind.CUT, TransitionKind.STINGER):
            transition = Transition(frames=transition.frames)
        return replace(self, transition=self.transition or transition, begun=None, bar=position)

    def with_fade(self, *, black: bool, frames: int, frame: int) -> "Switcher":
        """Begin to fade to black or back; `frame` is the last that shows the old state."""
        return replace(self, fade=Fade(frame, frames, self.fade.at(frame), 1.0 if black else 0.0))

    def position(self, frame: int) -> float:
        """How far the transition is, 0…1; 0 without one."""
        if self.transition is None:
            return 0.0
        if self.begun is None:
            return self.bar
        return min(1.0, max(0.0, (frame - self.begun) / self.transition.frames))

    def at(self, frame: int) -> tuple["Switcher", Shot]:
        """Return the state that a frame is drawn with, and what it shows."""
        position = self.position(frame)
        state = self._arrived() if position >= 1.0 else self
        black = state.fade.at(frame)
        if state.transition is None:
            return state, Shot(state.program, black=black)
        if state.transition.kind is TransitionKind.STINGER:
            # To all who ask it is a cut, with something over it.
            step = round(position * state.transition.frames) - 1
            scene = state.preview if step >= state.transition.cut_at else state.program
            return state, Shot(scene, position=position, black=black, stinger=max(0, step))
        return state, Shot(state.program, state.preview, state.transition, position, black)

    @property
    def settled(self) -> Settled:
        """Program and preview once nothing moves: what goes by itself is over, a T-bar at its nearer end."""
        leads_on = self.transition is not None and (self.begun is not None or self.bar >= 0.5)
        program, preview = (self.preview, self.program) if leads_on else (self.program, self.preview)
        return Settled(program=program, preview=preview)

    def leaving(self, frame: int) -> str:
        """Return the scene that a transition leaves, as long as a frame shows it; empty without one."""
        state, shot = self.at(frame)
        return state.program if state.transition is not None and state.program in shot.scenes else ""

    def _arrived(self) -> "Switcher":
        return replace(self, program=self.preview, preview=self.program, transition=None, begun=None, bar=0.0)
