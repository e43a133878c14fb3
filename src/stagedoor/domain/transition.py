"""Transitions from one scene to the next."""

from dataclasses import dataclass
from enum import StrEnum

from stagedoor.domain.scene import BLACK


class TransitionKind(StrEnum):
    """How program goes over to the next scene."""

    CUT = "cut"
    MIX = "mix"
    DIP = "dip"
    WIPE = "wipe"
    PUSH = "push"
    SLIDE = "slide"
    STINGER = "stinger"


class Direction(StrEnum):
    """Where something moves to."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"

    @property
    def step(self) -> tuple[int, int]:
        """The same as a way to the right and down, in canvases."""
        return _STEPS[self]


_STEPS = {
    Direction.LEFT: (-1, 0),
    Direction.RIGHT: (1, 0),
    Direction.UP: (0, -1),
    Direction.DOWN: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """A timed way from one scene to another.

    Attributes:
        kind: How.
        frames: How many frames it takes, 1…250; a stinger takes as long as its file.
        color: `#rrggbb` that a dip goes through.
        direction: Where a wipe's edge, or the pictures of a push or a slide, move to; None is the usual one.
        file: What a stinger plays over both scenes; others may have one, and play nothing.
        cut_at: How many of its frames a stinger plays before the new scene is below it.
    """

    kind: TransitionKind = TransitionKind.MIX
    frames: int = 15
    color: str = BLACK
    direction: Direction | None = None
    file: str = ""
    cut_at: int = 15

    @property
    def way(self) -> Direction:
        """Where it moves to: as it is set, else to the right for a wipe and to the left for all others."""
        usual = Direction.RIGHT if self.kind is TransitionKind.WIPE else Direction.LEFT
        return self.direction or usual

    def position(self, frame: int) -> float:
        """Return how far it is, 0…1, this many frames after its start."""
        if self.kind is TransitionKind.CUT or frame >= self.frames:
            return 1.0
        return max(0, frame) / self.frames
