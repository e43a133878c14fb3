"""What is drawn beside program: the multiview, and the picture of each return that comes from outside."""

from collections.abc import Iterable
from dataclasses import asdict

from stagedoor.domain.ids import MULTIVIEW, Canvas
from stagedoor.domain.layers import Fill, Layer
from stagedoor.domain.scene import Fit, Scene, Slot
from stagedoor.domain.tally import tallies
from stagedoor.ipc.multiview import MultiviewCell
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.drawing import DrawingLoop
from stagedoor.mixer.levels import Levels
from stagedoor.mixer.multiview import Multiview, View, cells
from stagedoor.mixer.outlets.pictures import OnPicture
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.picture.renderer import Renderer
from stagedoor.mixer.precedence import OF_MULTIVIEW, OF_RETURNS
from stagedoor.mixer.program import Program
from stagedoor.mixer.sources.rack import Rack
from stagedoor.settings.mixer import MixerSettings


class Drawings:
    """Makes what draws each of them.

    Args:
        settings: Their sizes and rates.
        clock: Program's: all of them begin with it.
        rack: The sources.
        program: What is on air.
        levels: The newest meters.

    Attributes:
        on_air: The sources that are seen in program.
    """

    def __init__(
        self, settings: MixerSettings, clock: Clock, rack: Rack, program: Program, levels: Levels
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._rack = rack
        self._program = program
        self._levels = levels
        self.on_air: frozenset[str] = frozenset()

    def make(self, name: str, on_picture: OnPicture) -> DrawingLoop:
        """Return what draws the multiview, or else the source of this name alone, as a return."""
        return self._multiview(on_picture) if name == MULTIVIEW else self._outside(name, on_picture)

    @property
    def cells(self) -> tuple[MultiviewCell, ...]:
        """Where the multiview shows each source; preview and program are no sources."""
        seen = frozenset(sources := self._rack.seen)
        return tuple(
            MultiviewCell(source=cell.source, **asdict(cell.rect))
            for cell in cells(sources)
            if cell.source in seen
        )

    def visible(self, *scenes: str) -> frozenset[str]:
        """Return the sources that scenes show now: where one is gone, the one that stands in."""
        return frozenset(self._rack.standing_in(source) for source in self._shown(*scenes))

    def named(self, *scenes: str) -> frozenset[str]:
        """Return the sources that scenes put on air, as they are set and as they are shown."""
        every = self._program.scenes
        return self._sources(each for id in scenes for each in (every.as_set(id), every.shown(id)))

    def played(self, *scenes: str) -> frozenset[str]:
        """Return the sources that are on air, with those that stand in, and all that are over themselves.

        One that is over would else begin again and again.
        """
        instead = (each for source in self._shown(*scenes) for each in self._rack.in_turn(source))
        return self.named(*scenes).union(instead)

    def _shown(self, *scenes: str) -> frozenset[str]:
        return self._sources(self._program.scene(scene) for scene in scenes)

    def _sources(self, scenes: Iterable[Scene]) -> frozenset[str]:
        """Return what scenes have on program, or on the second canvas where there is one."""
        scenes = tuple(scenes)
        found = {source for scene in scenes for source in scene.visible}
        if self._settings.has(Canvas.SECOND):
            found |= {source for scene in scenes for source in scene.visible_on_second}
        return frozenset(found)

    def _multiview(self, on_picture: OnPicture) -> DrawingLoop:
        wanted = self._settings.multiview
        canvas = self._settings.width, self._settings.height
        multiview = Multiview((wanted.width, wanted.height), canvas, self._rack.shown)
        clock = Clock(self._clock.started_ns, wanted.frame_rate)
        return DrawingLoop(
            MULTIVIEW, clock, lambda: multiview.draw(self._view()), on_picture, gives_way=OF_MULTIVIEW
        )

    def _view(self) -> View:
        """What the multiview shows now."""
        newest, preview = self._program.newest, self._program.switcher.preview
        sources = self._rack.seen
        return View(
            None if newest is None else newest.canvas,
            self._program.scene(preview),
            sources,
            tallies(sources, self.on_air, self.visible(preview)),
            self._rack.labels,
            self._levels.meters,
        )

    def _outside(self, source: str, on_picture: OnPicture) -> DrawingLoop:
        returns = self._settings.returns
        renderer = Renderer(returns.width, returns.height)
        layers = (Layer(Fill("#000000")), Layer(Slot(source, fit=Fit.CONTAIN)))

        def draw() -> Planes:
            canvas = renderer.draw(layers, self._rack.shown, {})
            if (feed := self._rack.feeds.get(source)) is not None:
                # No scene has it, so that its thread makes no other sizes of its pictures.
                feed.wanted = frozenset(renderer.used.get(source, ()))
            renderer.used = {}
            return canvas

        def end() -> None:
            # Whoever watches next says anew what is wanted; until then nobody does.
            if (feed := self._rack.feeds.get(source)) is not None:
                feed.wanted = frozenset()

        # Half a frame after program, which moves the sources on: else some pictures would come twice.
        begin_ns = self._clock.started_ns + (self._clock.frame_due_ns(1) - self._clock.started_ns) // 2
        clock = Clock(begin_ns, min(returns.frame_rate, self._settings.frame_rate))
        return DrawingLoop(source, clock, draw, on_picture, end, OF_RETURNS)
