"""The second canvas: what program shows in each frame, in another shape, drawn in a thread of its own.

Program's thread hands over what a frame is made of, as it was at that frame: scenes, pictures, overlays. So
both canvases show the same frame under the same number, however much later the second one is drawn.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final

from stagedoor.domain.geometry import Box, Part
from stagedoor.domain.ids import Canvas
from stagedoor.domain.layout import on_second
from stagedoor.domain.limits import MAX_FRAMES
from stagedoor.domain.overlay import AnyOverlay
from stagedoor.domain.scene import Scene
from stagedoor.ipc.mixer import CanvasSize
from stagedoor.ipc.queues import QueueKind, QueueStatus
from stagedoor.ipc.tickers import TickerPlace
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.outlets.canvas_stream import CanvasStream
from stagedoor.mixer.picture.art import Art, Made, draw_all
from stagedoor.mixer.picture.narrow import narrowed
from stagedoor.mixer.picture.overlays import Overlays
from stagedoor.mixer.picture.picture import Picture, Size
from stagedoor.mixer.picture.planes import OPAQUE, Planes
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.precedence import OF_SECOND, give_way
from stagedoor.mixer.program import BLACK, MOST_REPEATED, PREPARE_EVERY, Program, Shown, add_parts, layers_of
from stagedoor.mixer.sources.rack import Rack
from stagedoor.settings.mixer import MixerSettings

logger = logging.getLogger(__name__)

WAITING: Final = 4
"""Frames that wait to be drawn; when there are more, the oldest is left out."""
FAILURES_A_LINE: Final = 300
"""Of frames that fail one after the other so many make one line in the log."""
MOST_PACKED: Final = 64
"""Scenes that are kept as they are packed for this canvas."""
_NO_PARTS: Final[Mapping[str, frozenset[Part]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Laying:
    """The overlays that are wanted from a frame on, with their pictures."""

    overlays: tuple[AnyOverlay, ...] = ()
    art: Mapping[str, Art] = field(default_factory=dict)
    frame: int = 0
    places: tuple[TickerPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a frame is made of.

    Attributes:
        shown: The frame as program has shown it.
        scenes: Its scenes, made for program.
        preview: The scene on preview, made for program.
        pictures: What all their sources showed.
        labels: What people read, by source.
        laying: What is laid over it.
    """

    shown: Shown
    scenes: tuple[Scene, ...]
    preview: Scene
    pictures: Mapping[str, Picture]
    labels: Mapping[str, str]
    laying: _Laying


class SecondCanvas:
    """Draws the second canvas while somebody wants it; where there is none, it does nothing.

    Args:
        settings: Its size.
        clock: When program's frames are due.
        rack: The sources.
        program: Whose scenes it shows.
        stream: Where its pictures go; None where there is none.

    Attributes:
        size: Pixels.
        failures: Frames that could not be drawn.
    """

    def __init__(
        self,
        settings: MixerSettings,
        clock: Clock,
        rack: Rack,
        program: Program,
        stream: CanvasStream | None,
    ) -> None:
        self.size: Size = (settings.second_canvas.width, settings.second_canvas.height)
        self.failures = 0
        self._clock = clock
        self._rack = rack
        self._program = program
        self._stream = stream
        self._renderer = Renderer(*self.size)
        self._made: dict[str, Made] = {}
        self._laying = _Laying()
        self._waiting: deque[_Moment] = deque()
        self._condition = threading.Condition()
        self._closed = False
        self._rests = True
        self._left_out = 0
        self._parts = _NO_PARTS
        self._packed: dict[str, tuple[Scene, Scene]] = {}
        self._overlays = Overlays(self.size, clock)
        self._laid: _Laying | None = None
        self._newest: tuple[Shown, Planes] | None = None
        self._thread = threading.Thread(target=self._run, name="second canvas", daemon=True)

    def start(self) -> None:
        """Begin; nothing is drawn before a frame is taken."""
        if self._stream is not None:
            self._program.parts_beside = self._parts_now
            self._thread.start()

    def stop(self) -> None:
        """End the thread; idempotent, and waits for the frame that is being drawn."""
        with self._condition:
            self._closed = True
            self._waiting.clear()
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()

    def make(self, overlays: Iterable[AnyOverlay]) -> None:
        """Draw what has changed of overlays; in a thread that may wait for files."""
        self._made = draw_all(overlays, self._made, self.size, partial(narrowed, canvas=self.size))

    @property
    def told(self) -> CanvasSize | None:
        """Its size for control; None where there is none."""
        return None if self._stream is None else CanvasSize(width=self.size[0], height=self.size[1])

    @property
    def dropped(self) -> int:
        """Frames that were not drawn, or not encoded, for want of time."""
        return self._left_out + (0 if self._stream is None else self._stream.dropped)

    @property
    def queues(self) -> tuple[QueueStatus, ...]:
        """Frames that wait to be drawn; none where there is no second canvas."""
        if self._stream is None:
            return ()
        waiting, dropped = len(self._waiting), self._left_out
        name = Canvas.SECOND.value
        return (
            QueueStatus(kind=QueueKind.CANVAS, name=name, waiting=waiting, most=WAITING, dropped=dropped),
        )

    def scene(self, scene: Scene) -> Scene:
        """Return what it shows of a scene."""
        return on_second(scene, self.size[0] / self.size[1])

    # Program's thread.

    def use(self, overlays: tuple[AnyOverlay, ...], frame: int, places: tuple[TickerPlace, ...] = ()) -> None:
        """Have these overlays, which were made before, from a frame on; `places` as program's has them."""
        self._laying = _Laying(overlays, {key: made.art for key, made in self._made.items()}, frame, places)

    def frame(self, shown: Shown) -> None:
        """Take a program frame, where it is wanted; this is all that it costs program."""
        self._rests = self._stream is None or not self._stream.runs
        if self._rests:
            return
        moment = self._moment(shown)
        with self._condition:
            if len(self._waiting) >= WAITING:
                self._waiting.popleft()
                self._left_out += 1
            self._waiting.append(moment)
            self._condition.notify()

    def _parts_now(self) -> Mapping[str, frozenset[Part]]:
        """Return the parts and sizes in which it shows sources, while it shows any."""
        return _NO_PARTS if self._rests else self._parts

    def _moment(self, shown: Shown) -> _Moment:
        scenes = self._program.scenes_of(shown.shot)
        pictures = {source: self._rack.shown(source) for scene in scenes for source in _named(scene)}
        preview = self._program.scene(shown.switcher.preview)
        return _Moment(shown, scenes, preview, pictures, self._rack.labels, self._laying)

    # Its own thread.

    def _run(self) -> None:
        give_way(OF_SECOND)
        assert self._stream is not None
        while (moment := self._next()) is not None:
            try:
                self._stream.put(self._picture(moment), moment.shown.number)
            except Exception:
                if self.failures % FAILURES_A_LINE == 0:
                    logger.exception("A frame of the second canvas could not be drawn")
                self.failures += 1

    def _next(self) -> _Moment | None:
        with self._condition:
            while not self._waiting and not self._closed:
                self._condition.wait()
            return None if self._closed else self._waiting.popleft()

    def _picture(self, moment: _Moment) -> Planes:
        """Return the picture of a frame; where program has shown the last one again, so does this."""
        shown = moment.shown
        if self._newest is not None and self._newest[0].canvas is shown.canvas:
            return self._newest[1]
        before = None if self._newest is None else self._newest[0].number
        planes = self._drawn(moment, is_first=before is None or shown.number - before > MOST_REPEATED)
        self._newest = shown, planes
        if shown.number % PREPARE_EVERY == 0:
            self._prepare(moment)
        return planes

    def _drawn(self, moment: _Moment, *, is_first: bool) -> Planes:
        shot, number = moment.shown.shot, moment.shown.number
        scenes = tuple(self._kept(scene) for scene in moment.scenes)
        show = moment.pictures.__getitem__
        canvas = self._renderer.draw(layers_of(shot, scenes, show), show, moment.labels)
        self._have_laid(moment.laying, number, is_first=is_first)
        self._overlays.lay(canvas, number)
        canvas.tint(BLACK, Box(0, 0, *self.size), round(shot.black * OPAQUE))
        return canvas

    def _have_laid(self, laying: _Laying, number: int, *, is_first: bool) -> None:
        if is_first:
            # Whoever has just come sees what is there already, and not how it comes.
            self._overlays = Overlays(self.size, self._clock)
            self._overlays.use(laying.overlays, laying.art, number - MAX_FRAMES, laying.places)
        elif laying is not self._laid:
            self._overlays.use(laying.overlays, laying.art, laying.frame, laying.places)
        self._laid = laying

    def _kept(self, scene: Scene) -> Scene:
        """Return what it shows of a scene; that is made anew only where the scene has become another one."""
        known = self._packed.get(scene.id)
        if known is None or known[0] is not scene:
            if len(self._packed) >= MOST_PACKED:
                self._packed.clear()
            known = self._packed[scene.id] = scene, self.scene(scene)
        return known[1]

    def _prepare(self, moment: _Moment) -> None:
        """Have the sources make the sizes that this canvas shows, as program does."""
        used, self._renderer.used = self._renderer.used, {}
        if moment.shown.shot.transition is not None:
            used = {}
        scenes = (self._kept(scene) for scene in (*moment.scenes, moment.preview))
        add_parts(used, scenes, self._rack.shown, self.size)
        self._parts = {source: frozenset(parts) for source, parts in used.items()}


def _named(scene: Scene) -> Iterable[str]:
    """Yield everything that a scene may show on this canvas; a colour as background is no source's name."""
    yield scene.background
    for slot in scene.slots if scene.second is None else scene.second:
        yield slot.source
