"""What control and mixer say to each other: HTTP with JSON over a Unix socket.

====== ============ ======================== ==========================================
verb   path         body → answer            does
====== ============ ======================== ==========================================
PUT    /wanted      Wanted → Applied         makes sources, scenes, sound, buses and outputs these
POST   /cut         SceneCommand → Applied   puts a scene on program at the next frame
POST   /preview     SceneCommand → Applied   puts a scene on preview
POST   /take        TakeCommand → Applied    swaps program and preview at once
POST   /auto        TakeCommand → Applied    takes preview to program with the transition
POST   /tbar        TbarCommand → Applied    moves the transition by hand
POST   /fade        FadeCommand → Applied    fades program to black, or back
POST   /clip        ClipCommand → ClipMoved  plays, pauses, cues or seeks a clip
GET    /state       → MixerState
GET    /events      → NDJSON of MixerEvent; the first one carries the whole state
GET    /thumbnail/{scene}.jpg → the scene as it would look now, with ?canvas=second there
GET    /whole/{source}.jpg → all of a source's picture as it is now, before its framing
GET    /metrics, /healthz
====== ============ ======================== ==========================================

Errors are problem documents (`stagedoor.ipc.problems`). Destination URLs are secrets: they travel only here.
"""

from typing import Annotated, Literal

from pydantic import Field

from stagedoor.domain.hearing import Carried, Place
from stagedoor.domain.ids import Canvas
from stagedoor.domain.overlay import AnyOverlay, Timer
from stagedoor.domain.scene import Scene
from stagedoor.domain.source import Source, SourceState
from stagedoor.domain.strip import Strip
from stagedoor.domain.transition import Transition
from stagedoor.ipc.clips import ClipStart, ClipStatus
from stagedoor.ipc.encoding import Encoding
from stagedoor.ipc.messages import DestinationSpec, DestinationStatus, Message
from stagedoor.ipc.multiview import MultiviewCell
from stagedoor.ipc.queues import QueueStatus, SoundTiming, Timing
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.ipc.switching import Settled
from stagedoor.ipc.tickers import TickerPlace

OverlayByKind = Annotated[AnyOverlay, Field(discriminator="kind")]
"""An overlay as JSON has it."""


class Listener(Message):
    """Somebody who gets a return: program without himself, and talkback.

    Attributes:
        name: The return's path at the hub is `return-{name}`: a seat's name, or `lobby-{guest}`.
        sources: The ids of his own sources, which his return never carries.
        returning: Nor does it those by which he comes back from a server that he is published to.
        place: Where he is.
        hears_program: What somebody in the lobby hears beside talkback: program, or nothing.
        outside: The source whose picture and sound he gets in his seat instead of program's; empty for none.
        split: Whether the sound goes to `return-audio-{name}` alone, for a carrier that brings the picture.
            His own picture from outside then goes to `return-video-{name}`.
    """

    name: str
    sources: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    place: Place = Place.SEATED
    hears_program: bool = True
    outside: str = ""
    split: bool = False


class Monitor(Message):
    """What one operator listens to, at the path `monitor-{operator}`; no source at all means program."""

    operator: str
    listen: tuple[str, ...] = ()


class Talkback(Message):
    """An operator who speaks now, from the hub's path `talkback-{operator}`, to these listeners."""

    operator: str
    to: tuple[str, ...] = ()


class OutputSpec(DestinationSpec):
    """A place that a canvas is published to.

    Attributes:
        starts: How often it was started again; with another number it is begun anew.
    """

    canvas: Canvas = Canvas.PROGRAM
    starts: int = 0


class Wanted(Message):
    """Everything that the mixer shall do, whole; sending it again changes nothing.

    Attributes:
        revision: Grows with each change; older ones are ignored.
        sources: In the order in which the multiview shows them.
        scenes: All of them.
        strips: Sound settings by source id; a source without one has the usual.
        program: The scene to begin with, where the mixer has none on program yet.
        preview: The same for preview.
        black: Whether program begins faded to black, where the mixer has none yet.
        black_is_silent: Whether program's sound goes with its picture then; null: as the settings say.
        transition: What `auto` does.
        listeners: Whoever gets a return.
        monitors: Whoever listens on their own.
        talkbacks: Whoever speaks now.
        overlays: What is laid onto program, the lowest first.
        dark: Sources whose camera is said to be off: they show their slate at once.
        ended: Screen shares that were ended: their slate, or what stands in, is shown at once.
        destinations: Where program and the second canvas are published to.
        watched: Paths of the hub that have readers: what nobody watches is not encoded.
        recording: The take that program is recorded to; null records nothing.
        clips: Where clips begin, by source, where the mixer has none yet; others begin as they are set.
        tickers: How far tickers had come, for a mixer that has just begun; others begin at the right edge.
    """

    revision: int = 0
    sources: tuple[Source, ...] = ()
    scenes: tuple[Scene, ...] = ()
    strips: dict[str, Strip] = Field(default_factory=dict)
    program: str = ""
    preview: str = ""
    black: bool = False
    black_is_silent: bool | None = None
    transition: Transition = Transition()
    listeners: tuple[Listener, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    talkbacks: tuple[Talkback, ...] = ()
    overlays: tuple[OverlayByKind, ...] = ()
    dark: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    destinations: tuple[OutputSpec, ...] = ()
    watched: tuple[str, ...] = ()
    recording: RecordingSpec | None = None
    clips: dict[str, ClipStart] = Field(default_factory=dict)
    tickers: tuple[TickerPlace, ...] = ()


class SourceStatus(Message):
    """What the mixer measures of one source.

    Attributes:
        age_ms: Since its last picture; null before the first.
        playout_ms: By how much it is held back now.
        has_video: Whether a picture has come.
        has_audio: Whether sound has come.
        repeated: Program frames that showed an old picture of a live source for want of a new one.
        concealed_ms: Sound that was missing, in all.
        rebuilt_ms: Sound that was lost on the way and rebuilt, in all; it is not missing.
        waiting: Pictures that are decoded and wait until they are due.
        filled: How much of their room those take, 0…1; what comes once it is full is dropped.
        dropped: Pictures that were never shown, for want of room or because newer ones were due.
        sound_ms: Sound that is decoded and waits.
        code: The last failure's stable code; empty while all is well.
        reason: The last failure in words.
        clip: Of a file that is open, where it is; null of every other source.
    """

    id: str
    state: SourceState
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    video_codec: str = ""
    audio_codec: str = ""
    age_ms: int | None = None
    playout_ms: int = 0
    has_video: bool = False
    has_audio: bool = False
    repeated: int = 0
    concealed_ms: int = 0
    rebuilt_ms: int = 0
    waiting: int = 0
    filled: float = 0.0
    dropped: int = 0
    sound_ms: int = 0
    code: str = ""
    reason: str = ""
    clip: ClipStatus | None = None


class Meter(Message):
    """Loudness of the last 100 ms in dBFS, -120 for silence.

    Attributes:
        lufs: Program's momentary loudness (EBU R 128).
        reduced_db: By how much gate and compressor turn a source down now, without make-up gain.
    """

    peak: tuple[float, ...]
    rms: tuple[float, ...]
    lufs: float | None = None
    reduced_db: float = 0.0


class CanvasSize(Message):
    """Of a canvas, pixels."""

    width: int
    height: int


class ReturnStatus(Message):
    """What a listener hears now.

    Attributes:
        name: The listener's.
        carries: What, beside talkback.
        talkbacks: The operators who speak to them.
    """

    name: str
    carries: Carried
    talkbacks: tuple[str, ...] = ()


class MixerState(Message):
    """The mixer's whole actual state.

    Attributes:
        frame: The number of the newest program frame; they begin with 0 at the start of the process.
        started_ns: When frame 0 was due, nanoseconds of `time.monotonic_ns()`.
        second_canvas: Its size; null where there is none.
        second_dropped: Frames that the second canvas left out for want of time, since the start.
        settled: What is on program and preview once nothing moves.
        position: Of a transition that goes on, 0…1; null while there is none.
        leaving: The scene that a transition leaves, as long as it is on air; empty without one.
        black: How far program is faded to black, 0…1.
        black_is_silent: Whether its sound goes with its picture then.
        to_black: Whether program fades to black, or is there; false once it fades back.
        on_program: The sources that are seen in program, also during a transition.
        on_preview: The sources that preview would show.
        heard: The sources that are heard in program; none once it is faded to black with its sound.
        returns: What each listener hears.
        overlays: The ids of the overlays that are on, or coming.
        over: The timers that have come to a zero at which they go, as they were wanted; none that was taken
            down for it before.
        tickers: How far those have come that are seen.
        multiview: Where each source is in it, and will be for whoever watches it next.
    """

    pid: int
    version: str
    revision: int = 0
    frame: int = 0
    started_ns: int = 0
    width: int = 0
    height: int = 0
    frame_rate: int = 0
    second_canvas: CanvasSize | None = None
    second_dropped: int = 0
    program: str = ""
    preview: str = ""
    settled: Settled = Settled()
    position: float | None = None
    leaving: str = ""
    black: float = 0.0
    black_is_silent: bool = True
    to_black: bool = False
    on_program: tuple[str, ...] = ()
    on_preview: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    returns: tuple[ReturnStatus, ...] = ()
    overlays: tuple[str, ...] = ()
    over: tuple[Timer, ...] = ()
    tickers: tuple[TickerPlace, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    multiview: tuple[MultiviewCell, ...] = ()
    destinations: tuple[DestinationStatus, ...] = ()
    recording: RecordingStatus = RecordingStatus()
    timing: Timing = Timing()
    sound: SoundTiming = SoundTiming()
    queues: tuple[QueueStatus, ...] = ()
    encoding: Encoding = Encoding()


class MixerEvent(Message):
    """One line of `GET /events`: `state` first, on every change and once a second; `meters` at 10 Hz."""

    type: Literal["state", "meters"]
    state: MixerState | None = None
    meters: dict[str, Meter] | None = None
