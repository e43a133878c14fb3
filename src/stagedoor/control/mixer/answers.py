"""What the mixer's routes answer, as JSON."""

from stagedoor.control.mixer.overlay_answers import OverlayView
from stagedoor.control.mixer.source_answers import CropView, SourceView
from stagedoor.control.schemas import Answer, GuestTally
from stagedoor.domain.ids import Canvas
from stagedoor.domain.scene import Fit
from stagedoor.domain.strip import Follow
from stagedoor.domain.transition import Direction, TransitionKind
from stagedoor.ipc.messages import AudioMode, DestinationStatus, VideoMode
from stagedoor.ipc.mixer import CanvasSize, Meter, SourceStatus
from stagedoor.ipc.multiview import MultiviewCell
from stagedoor.ipc.queues import QueueStatus, SoundTiming, Timing
from stagedoor.settings.mixer import EncoderName


class TransitionView(Answer):
    """How `auto` goes over to the next scene."""

    kind: TransitionKind
    frames: int
    color: str
    direction: Direction | None
    file: str
    cut_at: int


class BorderView(Answer):
    """The frame around a slot."""

    width: float
    color: str


class SlotView(Answer):
    """One rectangle of a scene, in fractions of the canvas.

    Attributes:
        if_gone: What it shows while its source is gone; null leaves that to the source's own `if_gone`.
    """

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
    if_gone: str | None


class SceneSoundView(Answer):
    """How one source is heard while a scene is on air; without `follow` when its strip says."""

    source: str
    follow: Follow | None
    gain_db: float


class SceneView(Answer):
    """A scene.

    Attributes:
        second: What the second canvas shows of it; null: the slots, packed anew for its shape.
        audio: How sources are heard meanwhile; those that it does not name, by their strips alone.
    """

    id: str
    label: str
    background: str
    slots: tuple[SlotView, ...]
    second: tuple[SlotView, ...] | None
    audio: tuple[SceneSoundView, ...]


class SceneList(Answer):
    """All scenes; this is also what is exported."""

    version: int = 1
    scenes: tuple[SceneView, ...]


class CompressorView(Answer):
    """A source's compressor as it is set."""

    threshold_db: float
    ratio: float
    makeup_db: float


class StripView(Answer):
    """A source's sound as it is set."""

    gain_db: float
    pan: float
    muted: bool
    delay_ms: int
    high_pass_hz: int
    follow: Follow
    gate_db: float
    compressor: CompressorView


class AudioView(Answer):
    """The sound of every source, and what each monitor carries; no source at all means program."""

    strips: dict[str, StripView]
    monitors: dict[str, tuple[str, ...]]


class OutputView(Answer):
    """A place that program is published to, or the second canvas.

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
    canvas: Canvas
    status: DestinationStatus | None


class OutputList(Answer):
    """All outputs of program."""

    outputs: tuple[OutputView, ...]


class OverlayList(Answer):
    """All overlays, the lowest first."""

    overlays: tuple[OverlayView, ...]


class MixerView(Answer):
    """What the mixer says of itself.

    Attributes:
        frame: The number of the newest program frame.
        position: Of a transition that goes on, 0…1; null while there is none.
        leaving: The scene that a transition leaves, as long as it is on air; null without one.
        black: How far program is faded to black, 0…1.
        black_is_silent: Whether its sound goes with its picture then.
        to_black: Whether program fades to black, or is there; false once it fades back.
        heard: The sources that are heard in program; none once it is faded to black with its sound.
        tally: Of each source that is seen in program or preview.
        second_canvas: Its size; null where there is none.
        sound: What is missing of the sound, since the mixer's start.
        queues: What waits within the mixer, beside each source's own.
        encoder: What encodes program's picture.
        encoder_wanted: What shall, by `mixer.encoder`.
        encoder_reason: Why x264 does instead; empty where nothing is wrong.
        multiview: Where each source is in the multiview, in its order.
    """

    frame: int
    width: int
    height: int
    frame_rate: int
    second_canvas: CanvasSize | None
    program: str
    preview: str
    position: float | None
    leaving: str | None
    black: float
    black_is_silent: bool
    to_black: bool
    heard: tuple[str, ...]
    tally: dict[str, GuestTally]
    timing: Timing
    sound: SoundTiming
    queues: tuple[QueueStatus, ...]
    encoder: EncoderName
    encoder_wanted: EncoderName
    encoder_reason: str
    sources: tuple[SourceStatus, ...]
    multiview: tuple[MultiviewCell, ...]
    outputs: tuple[DestinationStatus, ...]


class TagsView(Answer):
    """The `ETag` of each source, scene and overlay, without its quotes, by id."""

    sources: dict[str, str]
    scenes: dict[str, str]
    overlays: dict[str, str]


class BoardView(Answer):
    """What the operator set.

    Attributes:
        muted_by_all: The sources that *mute all* has muted, and gives their sound back.
    """

    sources: tuple[SourceView, ...]
    scenes: tuple[SceneView, ...]
    strips: dict[str, StripView]
    outputs: tuple[OutputView, ...]
    overlays: tuple[OverlayView, ...]
    transition: TransitionView
    muted_by_all: tuple[str, ...]
    tags: TagsView


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
    muted_by_all: tuple[str, ...] | None = None
    tags: TagsView | None = None


class TallyView(Answer):
    """The tally of each seat."""

    tally: dict[str, GuestTally]


Meters = dict[str, Meter]
