"""What the mixer's routes answer, as JSON."""

from stagedoor.control.schemas import Answer, GuestTally
from stagedoor.domain.clip import Autoplay
from stagedoor.domain.hearing import Follow
from stagedoor.domain.overlay import Anchor, OverlayKind
from stagedoor.domain.scene import Fit
from stagedoor.domain.source import SourceKind
from stagedoor.domain.transition import TransitionKind
from stagedoor.ipc.clips import ClipStatus
from stagedoor.ipc.messages import AudioMode, DestinationStatus, VideoMode
from stagedoor.ipc.mixer import Meter, SourceStatus, Timing


class TransitionView(Answer):
    """How `auto` goes over to the next scene."""

    kind: TransitionKind
    frames: int
    color: str


class CropView(Answer):
    """What is cut off at each side, in fractions of the picture."""

    left: float
    top: float
    right: float
    bottom: float


class OffsetView(Answer):
    """Where a zoomed part of a picture lies: from its middle to the right and down, in fractions of it."""

    x: float
    y: float


class BorderView(Answer):
    """The frame around a slot."""

    width: float
    color: str


class SlotView(Answer):
    """One rectangle of a scene, in fractions of the canvas."""

    source: str
    x: float
    y: float
    width: float
    height: float
    z: int
    alpha: float
    crop: CropView
    fit: Fit
    border: BorderView
    radius: float
    label: bool


class SceneView(Answer):
    """A scene."""

    id: str
    label: str
    background: str
    slots: tuple[SlotView, ...]


class SceneList(Answer):
    """All scenes; this is also what is exported."""

    version: int = 1
    scenes: tuple[SceneView, ...]


class SourceView(Answer):
    """A source; `url` without its credentials.

    Attributes:
        clip: Of a file that the mixer has open, where it is; else null.
    """

    id: str
    kind: SourceKind
    label: str
    color: str
    url: str
    playout_ms: int | None
    if_gone: str | None
    iso: bool
    loop: bool
    in_s: float
    out_s: float | None
    autoplay: Autoplay
    duration_s: float | None
    crop: CropView
    zoom: float
    offset: OffsetView
    clip: ClipStatus | None


class SourceList(Answer):
    """All sources, in the order of the multiview."""

    sources: tuple[SourceView, ...]


class StripView(Answer):
    """A source's sound as it is set."""

    gain_db: float
    pan: float
    muted: bool
    delay_ms: int
    high_pass_hz: int
    follow: Follow


class AudioView(Answer):
    """The sound of every source, and what each monitor carries; no source at all means program."""

    strips: dict[str, StripView]
    monitors: dict[str, tuple[str, ...]]


class OutputView(Answer):
    """A place that program is published to.

    Attributes:
        url: Without credentials, key or query.
        running: Whether it is to be published to.
        status: What the mixer says of it; null while it is stopped or the mixer is not there.
    """

    id: str
    label: str
    url: str
    audio: AudioMode
    video: VideoMode
    running: bool
    status: DestinationStatus | None


class OutputList(Answer):
    """All outputs of program."""

    outputs: tuple[OutputView, ...]


class OverlayView(Answer):
    """Something that is laid onto program.

    Attributes:
        on: Whether it is to be shown.
        shown: Whether the mixer says that it is on, or coming; null while the mixer is not there.
    """

    id: str
    kind: OverlayKind
    on: bool
    shown: bool | None
    text: str
    title: str
    url: str
    anchor: Anchor
    size: float
    color: str
    alpha: float
    frames: int


class OverlayList(Answer):
    """All overlays, the lowest first."""

    overlays: tuple[OverlayView, ...]


class Done(Answer):
    """When something happened: the first program frame that shows it.

    Attributes:
        frame: Null while the mixer is not there: what was set is kept, and done as soon as it is.
    """

    frame: int | None


class Applied(Answer):
    """What is so from a frame on; during a transition `program` is the scene that it leads to."""

    frame: int
    program: str
    preview: str


class SceneSaved(Done):
    """A scene was made or changed."""

    scene: SceneView


class ScenesSaved(Done):
    """Scenes were imported."""

    scenes: tuple[SceneView, ...]


class SourceSaved(Done):
    """A source was made or changed."""

    source: SourceView


class Steered(Answer):
    """What became of a clip.

    Attributes:
        frame: The first program frame that shows it; null where that takes longer than an answer may: the
            mixer's events tell when it is there.
        clip: Where it is now; null of a still.
    """

    frame: int | None
    clip: ClipStatus | None


class StripSaved(Done):
    """A source's sound was set."""

    strip: StripView


class MonitorSaved(Done):
    """What a monitor carries; `path` is where it is heard, by WHEP."""

    path: str
    listen: tuple[str, ...]


class OutputSaved(Done):
    """An output was made, started or stopped."""

    output: OutputView


class OutputsSaved(Done):
    """All outputs were started or stopped."""

    outputs: tuple[OutputView, ...]


class OverlaySaved(Done):
    """An overlay was made, changed, shown or hidden."""

    overlay: OverlayView


class TransitionSaved(Done):
    """What `auto` does was set."""

    transition: TransitionView


class MixerView(Answer):
    """What the mixer says of itself.

    Attributes:
        frame: The number of the newest program frame.
        position: Of a transition that goes on, 0…1; null while there is none.
        black: How far program is faded to black, 0…1.
        heard: The sources that are heard in program.
        tally: Of each source that is seen in program or preview.
    """

    frame: int
    width: int
    height: int
    frame_rate: int
    program: str
    preview: str
    position: float | None
    black: float
    heard: tuple[str, ...]
    tally: dict[str, GuestTally]
    timing: Timing
    sources: tuple[SourceStatus, ...]
    outputs: tuple[DestinationStatus, ...]


class BoardView(Answer):
    """What the operator set."""

    sources: tuple[SourceView, ...]
    scenes: tuple[SceneView, ...]
    strips: dict[str, StripView]
    outputs: tuple[OutputView, ...]
    overlays: tuple[OverlayView, ...]
    transition: TransitionView


class BoardChange(Answer):
    """What the operator has changed: these lists, whole; null is as before.

    Overlays are also told when the mixer says that another one is shown.
    """

    sources: tuple[SourceView, ...] | None = None
    scenes: tuple[SceneView, ...] | None = None
    strips: dict[str, StripView] | None = None
    outputs: tuple[OutputView, ...] | None = None
    overlays: tuple[OverlayView, ...] | None = None
    transition: TransitionView | None = None


class TallyView(Answer):
    """The tally of each seat."""

    tally: dict[str, GuestTally]


Meters = dict[str, Meter]
