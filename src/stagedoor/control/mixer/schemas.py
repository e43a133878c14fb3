"""What the mixer's routes take, as JSON; every number is finite and bounded."""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from stagedoor.control.schemas import Body, GuestTally, Text
from stagedoor.domain.ids import is_lobby, is_mixed, is_outside, is_talkback
from stagedoor.domain.layout import Corner
from stagedoor.domain.limits import (
    GREATEST_EDGE,
    LEAST_EDGE,
    LEAST_THRESHOLD_DB,
    MAX_BORDER,
    MAX_DELAY_MS,
    MAX_FRAMES,
    MAX_HIGH_PASS_HZ,
    MAX_MAKEUP_DB,
    MAX_RADIUS,
    MAX_RATIO,
    MAX_SCENES,
    MAX_STINGER_FRAMES,
    MAX_Z,
)
from stagedoor.domain.scene import MAX_SLOTS, Fit
from stagedoor.domain.strip import GATE_OFF_DB, LEAST_GAIN_DB, MAX_GAIN_DB, Follow, Strip
from stagedoor.domain.transition import Direction, Transition, TransitionKind

MAX_LISTENED = 64


def never_on_air(source: str) -> bool:
    """Tell whether no scene may have a source of this name: only operators or guests see and hear it."""
    return is_talkback(source) or is_outside(source) or is_mixed(source) or is_lobby(source)


def _may_be_on_air(source: str) -> str:
    if never_on_air(source):
        raise ValueError("names something that never goes on air")
    return source


def bounded(least: float, most: float) -> Any:  # noqa: ANN401
    """Return the constraint of a number that is finite and lies within bounds."""
    return Field(ge=least, le=most, allow_inf_nan=False)


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Fraction = Annotated[float, bounded(0, 1)]
Edge = Annotated[float, bounded(LEAST_EDGE, GREATEST_EDGE)]
Side = Annotated[float, bounded(0, GREATEST_EDGE - LEAST_EDGE)]
OnAir = Annotated[Id, AfterValidator(_may_be_on_air)]
MonitorName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x20\x7f]*( [^\x00-\x20\x7f]+)*$")]


class CropBody(Body):
    """What is cut off at each side, in fractions of the picture."""

    left: Fraction = 0.0
    top: Fraction = 0.0
    right: Fraction = 0.0
    bottom: Fraction = 0.0


class BorderBody(Body):
    """The frame around a slot; `width` in fractions of the canvas's height."""

    width: Annotated[float, bounded(0, MAX_BORDER)] = 0.0
    color: Color = "#ffffff"


class SlotBody(Body):
    """One rectangle of a scene, in fractions of the canvas; a source that is unknown shows its slate.

    Attributes:
        if_gone: What it shows while its source is gone; null leaves that to the source's own `if_gone`.
    """

    source: OnAir
    x: Edge = 0.0
    y: Edge = 0.0
    width: Side = 1.0
    height: Side = 1.0
    z: int = Field(default=0, ge=-MAX_Z, le=MAX_Z)
    alpha: Fraction = 1.0
    crop: CropBody = CropBody()
    fit: Fit = Fit.AUTO
    border: BorderBody = BorderBody()
    radius: Annotated[float, bounded(0, MAX_RADIUS)] = 0.0
    label: bool = False
    if_gone: OnAir | None = None


class SceneSoundBody(Body):
    """How one source is heard while a scene is on air.

    Attributes:
        follow: When it is heard, in place of its strip's; null leaves that.
        gain_db: Added to its fader; the fader mute stays above it.
    """

    source: OnAir
    follow: Follow | None = None
    gain_db: Annotated[float, bounded(LEAST_GAIN_DB, MAX_GAIN_DB)] = 0.0


Slots = Annotated[tuple[SlotBody, ...], Field(max_length=MAX_SLOTS)]


class SceneBody(Body):
    """A scene; `background` is a colour or a source that fills the canvas.

    Attributes:
        second: What the second canvas shows of it; null: the slots, packed anew for its shape.
        audio: How sources are heard meanwhile; those that it does not name, by their strips alone.
    """

    label: Text = ""
    background: Color | OnAir = "#000000"
    slots: Slots = ()
    second: Slots | None = None
    audio: tuple[SceneSoundBody, ...] = Field(default=(), max_length=MAX_SLOTS)


class NamedSceneBody(SceneBody):
    """A scene with its id."""

    id: Id


class NewSceneBody(SceneBody):
    """A scene to be made: of slots, or of a built-in layout and sources, the main one first.

    Attributes:
        id: One is made from the label where it is left out.
        corner: Where the layouts `pip` and `presentation_pip` put the small picture.
    """

    id: Id | None = None
    layout: Annotated[str, StringConstraints(max_length=40)] | None = None
    sources: tuple[OnAir, ...] = Field(default=(), max_length=MAX_SLOTS)
    corner: Corner = Corner.BOTTOM_RIGHT

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.slots and self.layout is not None:
            raise ValueError("has either slots or a layout")
        return self


class ScenesBody(Body):
    """Scenes as they are exported."""

    version: Literal[1] = 1
    scenes: tuple[NamedSceneBody, ...] = Field(max_length=MAX_SCENES)


class CompressorBody(Body):
    """What turns down what is loud; what is left out stays as it is, and a `ratio` of 1 is off."""

    threshold_db: Annotated[float, bounded(LEAST_THRESHOLD_DB, 0)] | None = None
    ratio: Annotated[float, bounded(1, MAX_RATIO)] | None = None
    makeup_db: Annotated[float, bounded(0, MAX_MAKEUP_DB)] | None = None


class StripBody(Body):
    """A source's sound; what is left out stays as it is.

    Attributes:
        gate_db: What is quieter is not heard; -80 is off.
    """

    gain_db: Annotated[float, bounded(LEAST_GAIN_DB, MAX_GAIN_DB)] | None = None
    pan: Annotated[float, bounded(-1, 1)] | None = None
    muted: bool | None = None
    delay_ms: int | None = Field(default=None, ge=0, le=MAX_DELAY_MS)
    high_pass_hz: int | None = Field(default=None, ge=0, le=MAX_HIGH_PASS_HZ)
    follow: Follow | None = None
    gate_db: Annotated[float, bounded(GATE_OFF_DB, 0)] | None = None
    compressor: CompressorBody | None = None

    def over(self, strip: Strip) -> Strip:
        """Return a strip with what is given."""
        given = self.model_dump(exclude_none=True, exclude={"compressor"})
        if self.compressor is not None:
            changed = self.compressor.model_dump(exclude_none=True)
            given["compressor"] = replace(strip.compressor, **changed)
        return replace(strip, **given)


class MuteAllBody(Body):
    """Whether all guests' faders are to be muted, or each is to be as it was before that."""

    muted: bool


class MonitorBody(Body):
    """What an operator listens to; nothing means program.

    Attributes:
        operator: Whose monitor; its path is `monitor-` and this.
    """

    listen: tuple[Id, ...] = Field(default=(), max_length=MAX_LISTENED)
    operator: MonitorName = "main"


class TalkbackBody(Body):
    """An operator who begins to speak, or ends.

    Attributes:
        to: Seats and ids of guests; `all` are all who get a return.
    """

    operator: MonitorName = "main"
    to: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MAX_LISTENED)] | Literal["all"] = "all"
    on: bool = True


class NewOutputBody(Body):
    """A place to publish program to, or the second canvas.

    Attributes:
        url: rtmp, rtmps, rtsp or rtsps; `{path}` stands for `program`, or `second`.
        audio: `opus` with rtsp and `aac` with rtmp where it is left out.
        start: Whether publishing begins at once.
        canvas: Which picture it gets; the sound is program's.
    """

    id: Id | None = None
    label: Text = ""
    url: Url = Field(min_length=1, repr=False)
    audio: Literal["aac", "opus", "none"] | None = None
    video: Literal["copy", "h264"] = "copy"
    start: bool = True
    canvas: Literal["program", "second"] = "program"


class SceneCommandBody(Body):
    """Which scene."""

    scene: Id


class TransitionBody(Body):
    """How program goes over to the next scene.

    Attributes:
        color: What a dip goes through.
        direction: Where a wipe's edge, or the pictures of a push or a slide, move to. Null is `right` for a
            wipe and `left` for the others.
        file: Of a stinger, a file of the media folder; the others may have one, and play nothing.
        cut_at: How many of its frames a stinger plays before the new scene is below it.
    """

    kind: TransitionKind = TransitionKind.MIX
    frames: int = Field(default=15, ge=1, le=MAX_FRAMES)
    color: Color = "#000000"
    direction: Direction | None = None
    file: Url = ""
    cut_at: int = Field(default=15, ge=0, le=MAX_STINGER_FRAMES)


class TransitionChange(TransitionBody):
    """What is to be another one of a transition; what is left out stays as it is."""

    def over(self, transition: Transition) -> Transition:
        """Return a transition with what is given."""
        return replace(transition, **self.model_dump(exclude_unset=True))


class AutoBody(Body):
    """By which transition; the usual one where it is left out."""

    transition: TransitionBody | None = None


class TbarBody(Body):
    """Where the T-bar stands: 0 program, 1 preview has become program."""

    position: Fraction


class FadeBody(Body):
    """Whether program is to fade to black, or back from it."""

    black: bool = True
    frames: int = Field(default=15, ge=1, le=MAX_FRAMES)


class BlackBody(Body):
    """Whether program's sound goes with its picture when it fades to black; returns go on."""

    is_silent: bool


TallyBody = Annotated[dict[Id, GuestTally], Field(max_length=64)]
