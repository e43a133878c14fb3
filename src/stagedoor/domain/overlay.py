"""Overlays: what is laid onto program, above every scene."""

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Literal

from stagedoor.domain.timer import MINUS, SECOND_NS, AtZero, Run, TimerFormat, TimerMode, shown_s, written


class OverlayKind(StrEnum):
    """What an overlay is; the values are those of the API."""

    LOWER_THIRD = "lower_third"
    TEXT = "text"
    IMAGE = "image"
    TIMER = "timer"
    TICKER = "ticker"
    SCOREBOARD = "scoreboard"


class LowerThirdStyle(StrEnum):
    """How a lower third looks; the values are those of the API."""

    BAR = "bar"
    """On a dark plate with a bar of its colour."""
    BLOCK = "block"
    """The name on a block of its colour, the second line on a dark one."""
    PLAIN = "plain"
    """Words alone, with a line of its colour below the name."""


class Anchor(StrEnum):
    """Where on the canvas an overlay stands."""

    TOP_LEFT = "top_left"
    TOP = "top"
    TOP_RIGHT = "top_right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom_right"


CardKind = Literal[OverlayKind.LOWER_THIRD, OverlayKind.TEXT, OverlayKind.IMAGE]


@dataclass(frozen=True, slots=True)
class Overlay:
    """What all overlays have; each kind is a class of its own.

    Attributes:
        id: Unique among overlays.
        on: Whether it is shown.
        anchor: Where it stands.
        size: Of an image its height, otherwise that of the first line, in fractions of the canvas's height.
        color: `#rrggbb` of what is coloured in it, as a lower third's bar.
        alpha: Opacity 0…1.
        frames: How many frames its coming and its going take; 1…250.
    """

    id: str
    _: KW_ONLY
    on: bool = False
    anchor: Anchor = Anchor.BOTTOM_LEFT
    size: float = 0.06
    color: str = "#e4572e"
    alpha: float = 1.0
    frames: int = 12


@dataclass(frozen=True, slots=True)
class Card(Overlay):
    """A lower third, a text or an image.

    Attributes:
        text: The name of a lower third, or the text.
        title: The second line of a lower third.
        url: The file of an image, which may have alpha: a logo, or a picture as large as the canvas.
        style: Of a lower third; the others look as they do.
    """

    kind: CardKind
    text: str = ""
    title: str = ""
    url: str = ""
    style: LowerThirdStyle = LowerThirdStyle.BAR


@dataclass(frozen=True, slots=True)
class Timer(Overlay):
    """A countdown, a time that grows, or the time of day of this machine.

    Attributes:
        seconds: From where a countdown counts; 0 of all others.
        at_zero: What a countdown does then.
        run: How far it has run.
    """

    kind: Literal[OverlayKind.TIMER] = OverlayKind.TIMER
    mode: TimerMode = TimerMode.COUNTDOWN
    seconds: int = 0
    format: TimerFormat = TimerFormat.SECONDS
    at_zero: AtZero = AtZero.STOP
    run: Run = Run()

    @property
    def zero_ns(self) -> int | None:
        """How far it has run at its zero, nanoseconds; None where it has none."""
        return self.seconds * SECOND_NS if self.mode is TimerMode.COUNTDOWN else None

    def is_over(self, elapsed_ns: int) -> bool:
        """Tell whether it is at a zero at which it goes, and has not been taken down for that yet."""
        zero_ns = self.zero_ns if self.at_zero is AtZero.HIDE else None
        return zero_ns is not None and self.run.taken_down_ns < zero_ns <= elapsed_ns

    def text(self, elapsed_ns: int) -> str:
        """Return what it shows once it has run so far; not of a clock, which shows the time of day."""
        countdown_s = self.seconds if self.mode is TimerMode.COUNTDOWN else None
        seconds = shown_s(elapsed_ns, countdown_s, counts_on=self.at_zero is AtZero.COUNT_ON)
        return written(seconds, self.format)

    @property
    def outlines(self) -> tuple[str, str]:
        """What it shows while it is as wide as usual, and at its widest, in zeros."""
        usual, widest = _OUTLINES[self.format]
        if self.mode is TimerMode.CLOCK:
            return f"0{usual}", f"0{usual}"
        if self.mode is TimerMode.COUNTDOWN:
            usual = "".join("0" if figure.isdigit() else figure for figure in self.text(0))
        sign = MINUS if self.at_zero is AtZero.COUNT_ON and self.mode is TimerMode.COUNTDOWN else ""
        return f"{sign}{usual}", f"{sign}{widest}"


_OUTLINES = {
    TimerFormat.SECONDS: ("00:00", "0000:00"),
    TimerFormat.HOURS: ("0:00:00", "00:00:00"),
    TimerFormat.MINUTES: ("0:00", "00:00"),
}


@dataclass(frozen=True, slots=True)
class Ticker(Overlay):
    """Text that moves from right to left, over and over.

    Attributes:
        items: One after the other.
        separator: Stands behind each of them.
        speed: In fractions of the canvas's width a second.
    """

    kind: Literal[OverlayKind.TICKER] = OverlayKind.TICKER
    items: tuple[str, ...] = ()
    separator: str = "•"
    speed: float = 0.08


@dataclass(frozen=True, slots=True)
class Team:
    """One of the two on a scoreboard."""

    name: str = ""
    color: str = "#2e86ab"
    score: int = 0


@dataclass(frozen=True, slots=True)
class Scoreboard(Overlay):
    """Two teams and their scores.

    Attributes:
        label: The period, or what else is to be said in few words.
        timer: The id of a timer overlay whose time it shows; empty for none. It may be gone by now.
    """

    kind: Literal[OverlayKind.SCOREBOARD] = OverlayKind.SCOREBOARD
    home: Team = Team()
    away: Team = Team()
    label: str = ""
    timer: str = ""


AnyOverlay = Card | Timer | Ticker | Scoreboard
"""Told apart by their `kind`."""


SAFE = 0.05
"""How far from the canvas's edge an overlay keeps, in fractions of its width or height (EBU R 95)."""


def placed(anchor: Anchor, size: tuple[int, int], canvas: tuple[int, int]) -> tuple[int, int]:
    """Return where an overlay's upper left corner goes, in even pixels.

    Args:
        anchor: Where it stands.
        size: Of the overlay, pixels; one that leaves no margin touches the edges.
        canvas: Pixels.
    """
    return (
        _start(_ACROSS[anchor], size[0], canvas[0]),
        _start(_DOWN[anchor], size[1], canvas[1]),
    )


_ACROSS = {anchor: 0.0 if "left" in anchor else 1.0 if "right" in anchor else 0.5 for anchor in Anchor}
_DOWN = {anchor: 0.0 if "top" in anchor else 1.0 if "bottom" in anchor else 0.5 for anchor in Anchor}


def _start(share: float, length: int, room: int) -> int:
    margin = min(round(room * SAFE), max(0, (room - length) // 2))
    return max(0, round(margin + share * (room - length - 2 * margin))) // 2 * 2
