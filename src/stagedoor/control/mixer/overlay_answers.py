"""What is answered of overlays, as JSON; each kind has an answer of its own."""

from typing import Annotated, Literal

from pydantic import Field

from stagedoor.control.schemas import Answer
from stagedoor.domain.overlay import Anchor, CardKind, LowerThirdStyle, OverlayKind
from stagedoor.domain.timer import AtZero, TimerFormat, TimerMode


class _LaidView(Answer):
    """What all overlays have.

    Attributes:
        on: Whether it is to be shown.
        shown: Whether the mixer says that it is on, or coming; null while the mixer is not there.
    """

    id: str
    on: bool
    shown: bool | None
    anchor: Anchor
    size: float
    color: str
    alpha: float
    frames: int


class CardView(_LaidView):
    """A lower third, a text or an image."""

    kind: CardKind
    text: str
    title: str
    url: str
    style: LowerThirdStyle


class TimerView(_LaidView):
    """A countdown, a time that grows, or the time of day.

    Attributes:
        running: Whether it has been started; a countdown that has come to its zero still counts as running.
        elapsed_ms: How far it has run, when this was answered.
    """

    kind: Literal[OverlayKind.TIMER]
    mode: TimerMode
    seconds: int
    format: TimerFormat
    at_zero: AtZero
    running: bool
    elapsed_ms: int


class TickerView(_LaidView):
    """Text that moves from right to left."""

    kind: Literal[OverlayKind.TICKER]
    items: tuple[str, ...]
    separator: str
    speed: float


class TeamView(Answer):
    """One of the two on a scoreboard."""

    name: str
    color: str
    score: int


class ScoreboardView(_LaidView):
    """Two teams and their scores."""

    kind: Literal[OverlayKind.SCOREBOARD]
    home: TeamView
    away: TeamView
    label: str
    timer: str


OverlayView = Annotated[CardView | TimerView | TickerView | ScoreboardView, Field(discriminator="kind")]
