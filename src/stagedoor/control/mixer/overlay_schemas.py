"""What the overlays' routes take, as JSON; each kind has a body of its own."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from stagedoor.control.mixer.schemas import Color, Fraction, Id, OnAir, Url, bounded
from stagedoor.control.schemas import TAG, Body, Text
from stagedoor.domain.limits import LEAST_SIZE, MAX_FRAMES, MAX_TEXT
from stagedoor.domain.overlay import Anchor, CardKind, LowerThirdStyle, OverlayKind
from stagedoor.domain.overlay_limits import (
    LEAST_SPEED,
    MAX_ITEMS,
    MAX_PANEL_SIZE,
    MAX_SCORE,
    MAX_SEPARATOR,
    MAX_SPEED,
    MAX_TEAM,
    MAX_TICKER_SIZE,
)
from stagedoor.domain.timer import MOST_S, AtZero, TimerFormat, TimerMode

Words = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Few = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEAM)]
PanelSize = Annotated[float, bounded(LEAST_SIZE, MAX_PANEL_SIZE)]


def _known(kind: object) -> object:
    if kind not in list(OverlayKind):
        raise ValueError(f"is none of {', '.join(OverlayKind)}")
    return kind


class _LaidBody(Body):
    """What all overlays have; `frames` is how many its coming and its going take."""

    on: bool = False
    anchor: Anchor = Anchor.BOTTOM_LEFT
    color: Color = "#e4572e"
    alpha: Fraction = 1.0
    frames: int = Field(default=12, ge=1, le=MAX_FRAMES)


class CardBody(_LaidBody):
    """A lower third, a text or an image.

    Attributes:
        text: The name of a lower third, or the text, which may have several lines.
        title: The second line of a lower third.
        url: Of an image a file of the media folder; else empty.
        style: How a lower third looks.
        size: Of an image its height, otherwise that of a line, in fractions of the canvas's height.
    """

    kind: Annotated[CardKind, BeforeValidator(_known)]
    text: Words = ""
    title: Text = ""
    url: Url = ""
    style: LowerThirdStyle = LowerThirdStyle.BAR
    size: Annotated[float, bounded(LEAST_SIZE, 1)] = 0.06


class TimerBody(_LaidBody):
    """A countdown, a time that grows, or the time of day; `color` is that of its bar.

    Attributes:
        mode: Of one that has another mode now it begins anew.
        seconds: From where a countdown counts; 0 of all others.
        at_zero: What a countdown does then.
        size: Of its figures, in fractions of the canvas's height.
    """

    kind: Literal[OverlayKind.TIMER]
    mode: TimerMode = TimerMode.COUNTDOWN
    seconds: int = Field(default=0, ge=0, le=MOST_S)
    format: TimerFormat = TimerFormat.SECONDS
    at_zero: AtZero = AtZero.STOP
    size: PanelSize = 0.06


class TickerBody(_LaidBody):
    """Text that moves from right to left; `color` is that of the separators.

    Attributes:
        items: One after the other.
        separator: Stands behind each of them.
        speed: In fractions of the canvas's width a second.
        size: Of its letters, in fractions of the canvas's height.
    """

    kind: Literal[OverlayKind.TICKER]
    items: tuple[Words, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    separator: Annotated[str, StringConstraints(max_length=MAX_SEPARATOR)] = "•"
    speed: Annotated[float, bounded(LEAST_SPEED, MAX_SPEED)] = 0.08
    size: Annotated[float, bounded(LEAST_SIZE, MAX_TICKER_SIZE)] = 0.045


class TeamBody(Body):
    """One of the two on a scoreboard."""

    name: Few = ""
    color: Color = "#2e86ab"
    score: int = Field(default=0, ge=0, le=MAX_SCORE)


class ScoreboardBody(_LaidBody):
    """Two teams and their scores; `color` is that of the ground of these.

    Attributes:
        label: The period, or what else is to be said in few words.
        timer: The id of a timer overlay whose time it shows; empty for none.
        size: Of its letters, in fractions of the canvas's height.
    """

    kind: Literal[OverlayKind.SCOREBOARD]
    home: TeamBody = TeamBody()
    away: TeamBody = TeamBody()
    label: Few = ""
    timer: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,79})?$")] = ""
    size: PanelSize = 0.05


class _New(Body):
    """What is to be made; an id is made from its words where it is left out."""

    id: Id | None = None


class NewCardBody(CardBody, _New):
    """A lower third, a text or an image to be made."""


class NewTimerBody(TimerBody, _New):
    """A timer to be made."""


class NewTickerBody(TickerBody, _New):
    """A ticker to be made."""


class NewScoreboardBody(ScoreboardBody, _New):
    """A scoreboard to be made."""


_TAGS: Final[Mapping[str, str]] = {
    OverlayKind.TIMER: f"{TAG}timer",
    OverlayKind.TICKER: f"{TAG}ticker",
    OverlayKind.SCOREBOARD: f"{TAG}scoreboard",
}


def _tag(body: Any) -> str:  # noqa: ANN401
    """Return which body this is; what is none of them is refused by its `kind`."""
    kind = body.get("kind") if isinstance(body, Mapping) else getattr(body, "kind", None)
    return _TAGS.get(kind, f"{TAG}card") if isinstance(kind, str) else f"{TAG}card"


_BY_KIND: Final = Discriminator(_tag)
OverlayBody = Annotated[
    Annotated[CardBody, Tag(f"{TAG}card")]
    | Annotated[TimerBody, Tag(f"{TAG}timer")]
    | Annotated[TickerBody, Tag(f"{TAG}ticker")]
    | Annotated[ScoreboardBody, Tag(f"{TAG}scoreboard")],
    _BY_KIND,
]
NewOverlayBody = Annotated[
    Annotated[NewCardBody, Tag(f"{TAG}card")]
    | Annotated[NewTimerBody, Tag(f"{TAG}timer")]
    | Annotated[NewTickerBody, Tag(f"{TAG}ticker")]
    | Annotated[NewScoreboardBody, Tag(f"{TAG}scoreboard")],
    _BY_KIND,
]


class LowerThirdBody(Body):
    """Whose lower third is to be shown."""

    source: OnAir


class ScoreBody(Body):
    """By how many points each score changes."""

    home: int = Field(default=0, ge=-MAX_SCORE, le=MAX_SCORE)
    away: int = Field(default=0, ge=-MAX_SCORE, le=MAX_SCORE)
