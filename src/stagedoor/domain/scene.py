"""A scene: slots on a canvas, each with a source."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from enum import StrEnum

from stagedoor.domain.strip import Follow

BLACK = "#000000"
MAX_SLOTS = 64
"""Of one scene."""
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def is_color(text: str) -> bool:
    """Tell whether a text is a colour, `#rrggbb`."""
    return _COLOR.fullmatch(text) is not None


class Fit(StrEnum):
    """How a picture of another shape fills its slot.

    `auto` covers, but where more than 35 % of the picture's height would be cut it contains, on a blurred
    ground of its own.
    """

    AUTO = "auto"
    COVER = "cover"
    CONTAIN = "contain"
    STRETCH = "stretch"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in fractions 0…1 of the canvas, from its upper left corner."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0

    @property
    def right(self) -> float:
        """Where it ends to the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height

    @property
    def on_canvas(self) -> bool:
        """Whether any of it lies on the canvas."""
        wide = self.width > 0 and self.x < 1 and self.right > 0
        return wide and self.height > 0 and self.y < 1 and self.bottom > 0


CANVAS = Rect()
"""The whole canvas."""


@dataclass(frozen=True, slots=True)
class Crop:
    """What is cut off a source's picture at each side, in fractions of its width or height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a zoomed part of a picture lies: from its middle to the right and down, in fractions of it."""

    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Border:
    """A frame drawn inside a slot's edge.

    Attributes:
        width: In fractions of the canvas's height; 0 draws none.
        color: `#rrggbb`.
    """

    width: float = 0.0
    color: str = "#ffffff"


@dataclass(frozen=True, slots=True)
class Slot:
    """One rectangle of a scene.

    Attributes:
        source: The id of what it shows; one that is unknown shows a slate.
        rect: Where, in fractions of the canvas.
        z: Higher ones lie above lower ones; equal ones in their order.
        alpha: Opacity 0…1.
        crop: What is cut off the source's picture.
        fit: How the picture fills the slot.
        border: The frame around it.
        radius: Of the corners, in fractions of the canvas's height.
        label: Whether the source's label is written on it.
        if_gone: The id of what it shows while its source is gone; None leaves that to the source itself.
    """

    source: str
    rect: Rect = Rect()
    z: int = 0
    alpha: float = 1.0
    crop: Crop = Crop()
    fit: Fit = Fit.AUTO
    border: Border = Border()
    radius: float = 0.0
    label: bool = False
    if_gone: str | None = None

    def as_shown(self, gone: Set[str], known: Set[str]) -> "Slot":
        """Return it as it is shown now; see `Scene.as_shown`."""
        if self.source not in gone or self.if_gone is None or self.if_gone not in known:
            return self
        return replace(self, source=self.if_gone, if_gone=None)


@dataclass(frozen=True, slots=True)
class SceneSound:
    """How one source is heard while a scene is on air; its strip decides the rest.

    Attributes:
        source: Its id; one that is unknown is not heard.
        follow: When it is heard, in place of its strip's; None leaves that.
        gain_db: -60…+20, added to its fader; the fader mute stays above it.
    """

    source: str
    follow: Follow | None = None
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is seen together.

    Attributes:
        id: Unique among scenes.
        label: What people read.
        background: `#rrggbb`, or the id of a source that fills the canvas.
        slots: In any order; `z` says what lies above what.
        second: The same for the second canvas; None: the slots are packed anew for its shape.
        audio: How sources are heard meanwhile; those that it does not name, by their strips alone.
    """

    id: str
    label: str = ""
    background: str = BLACK
    slots: tuple[Slot, ...] = ()
    second: tuple[Slot, ...] | None = None
    audio: tuple[SceneSound, ...] = ()

    @property
    def stack(self) -> tuple[Slot, ...]:
        """What is drawn on the ground, lowest first; a source as background is a slot over the canvas."""
        slots = sorted(self.slots, key=lambda slot: slot.z)
        if is_color(self.background):
            return tuple(slots)
        return Slot(self.background, CANVAS, fit=Fit.COVER), *slots

    @property
    def ground(self) -> str:
        """The colour below everything; black under a source as background."""
        return self.background if is_color(self.background) else BLACK

    @property
    def visible(self) -> frozenset[str]:
        """The sources that it puts on the canvas; one that another one covers counts too."""
        return frozenset(slot.source for slot in self.stack if slot.alpha > 0 and slot.rect.on_canvas)

    @property
    def visible_on_second(self) -> frozenset[str]:
        """The same on the second canvas."""
        return self.visible if self.second is None else replace(self, slots=self.second, second=None).visible

    @property
    def all_slots(self) -> tuple[Slot, ...]:
        """Its slots for both canvases."""
        return self.slots if self.second is None else (*self.slots, *self.second)

    def as_shown(self, gone: Set[str], known: Set[str]) -> "Scene":
        """Return it with what stands in for sources that are gone, where its slots say what that is.

        Each slot is looked at once: what stands in there for a source that stands in is not its affair.

        Args:
            gone: The sources that are gone.
            known: The sources that there are; others do not stand in.
        """
        slots = tuple(slot.as_shown(gone, known) for slot in self.slots)
        second = None if self.second is None else tuple(slot.as_shown(gone, known) for slot in self.second)
        if slots == self.slots and second == self.second:
            return self
        return replace(self, slots=slots, second=second)
