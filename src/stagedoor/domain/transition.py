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


@dataclass(frozen=True, slots=True)
class Transition:
    """A timed way from one scene to another.

    Attributes:
        kind: How.
        frames: How many frames it takes; 1…250.
        color: `#rrggbb` that a dip goes through.
    """

    kind: TransitionKind = TransitionKind.MIX
    frames: int = 15
    color: str = BLACK

    def position(self, frame: int) -> float:
        """Return how far it is, 0…1, this many frames after its start."""
        if self.kind is TransitionKind.CUT or frame >= self.frames:
            return 1.0
        return max(0, frame) / self.frames
