"""What a change of the board or of program is answered with."""

from stagedoor.control.mixer.answers import OutputView, SceneView, StripView, TransitionView
from stagedoor.control.mixer.overlay_answers import OverlayView
from stagedoor.control.mixer.source_answers import SourceView
from stagedoor.control.schemas import Answer


class Done(Answer):
    """When something happened: the first program frame that shows it.

    Attributes:
        frame: Null while the mixer is not there: what was set is kept, and done as soon as it is.
    """

    frame: int | None


class Applied(Answer):
    """What is so from a frame on; during a transition `program` is the scene that it leads to.

    Attributes:
        to_black: Whether program fades to black, or is there.
        cut_frame: Of a stinger, which begins at `frame`, the first program frame with the new scene.
        trouble: Why a stinger is not played, and it was cut instead; null where nothing is wrong.
    """

    frame: int
    program: str
    preview: str
    to_black: bool
    cut_frame: int | None = None
    trouble: str | None = None


class SceneSaved(Done):
    """A scene was made or changed; `tag` is its `ETag`."""

    scene: SceneView
    tag: str


class ScenesSaved(Done):
    """Scenes were imported."""

    scenes: tuple[SceneView, ...]


class SourceSaved(Done):
    """A source was made or changed; `tag` is its `ETag`."""

    source: SourceView
    tag: str


class StripSaved(Done):
    """A source's sound was set."""

    strip: StripView


class AllMuted(Done):
    """All guests' faders were muted, or each is as before; `muted_by_all` are those still muted by it."""

    muted_by_all: tuple[str, ...]
    strips: dict[str, StripView]


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
    """An overlay was made, changed, shown or hidden; `tag` is its `ETag`."""

    overlay: OverlayView
    tag: str


class TransitionSaved(Done):
    """What `auto` does was set."""

    transition: TransitionView
