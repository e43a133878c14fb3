"""The mixer's parts, put together."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Self, TypeVar

from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.hearing import untold
from stagedoor.domain.ids import Canvas
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.clips import ClipStart
from stagedoor.ipc.mixer import MixerState, Wanted
from stagedoor.ipc.switching import Applied
from stagedoor.mixer.at_once import heard_as
from stagedoor.mixer.clips import Clips
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.drawings import Drawings
from stagedoor.mixer.levels import Levels
from stagedoor.mixer.outlets.cuts import CutLog
from stagedoor.mixer.outlets.outlets import Outlets
from stagedoor.mixer.picture.art import Made, draw_all
from stagedoor.mixer.program import Program, Shown
from stagedoor.mixer.report import Report
from stagedoor.mixer.routing import Routing
from stagedoor.mixer.second import SecondCanvas
from stagedoor.mixer.sound.engine import Block, SoundEngine
from stagedoor.mixer.sound_loop import SoundLoop
from stagedoor.mixer.sources.begin import NOWHERE
from stagedoor.mixer.sources.opening import Hub
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.mixer.sources.rack import Prepared, Rack
from stagedoor.mixer.stingers.stingers import Stingers
from stagedoor.mixer.switcher import Switcher
from stagedoor.mixer.thumbnail import thumbnail, whole
from stagedoor.mixer.urgent import urgent
from stagedoor.settings.mixer import MixerSettings

logger = logging.getLogger(__name__)

STUCK_NS: Final = 3_000_000_000
"""Without a frame or a block for so long the process is of no use any more, and is started anew."""
ANSWER_WITHIN_S: Final = 2.0
"""How long a command may take; it is done at the edge of the next frame."""

T = TypeVar("T")


class Engine:
    """Everything that mixes; `Engine.open` runs it.

    Attributes:
        levels: The newest meters.
        clips: What is played in.
        wanted: What was wanted last.
    """

    def __init__(self, settings: MixerSettings, hub: Hub, group: asyncio.TaskGroup) -> None:
        self._settings, self._size = settings, (settings.width, settings.height)
        # The first frames would be late if their time had begun before everything was there.
        self._clock = Clock(time.monotonic_ns() + 50_000_000, settings.frame_rate)
        self._sounds = SoundEngine(settings.frame_rate)
        self._rack = Rack(hub, settings.guest_url, self._size, settings.frame_rate, self._sounds, self._tap)
        self._stingers = Stingers(self._size, self._clock, self._sounds)
        self._program = Program(
            self._clock, self._rack, self._size, self._on_frame, self._stingers, comes_first=settings.realtime
        )
        self._sound_loop = SoundLoop(
            self._clock,
            self._sounds,
            lambda: {**self._rack.feeds, **self._stingers.voices},
            self._on_block,
        )
        self._changed = asyncio.Event()
        self.levels = Levels(self._rack.tells)
        self._drawings = Drawings(settings, self._clock, self._rack, self._program, self.levels)
        self._outlets = Outlets(settings, hub, group, self._clock, self._changed.set, self._drawings.make)
        self._second = SecondCanvas(settings, self._clock, self._rack, self._program, self._outlets.second)
        self._cuts = CutLog(self._clock, self._program.scene, self._rack.showing, self._outlets.note_cut)
        self._loop = asyncio.get_running_loop()
        self._order = asyncio.Lock()
        self._newest = Wanted(revision=-1)
        self._is_told = False
        self._seen: tuple[object, ...] = ()
        self._routing = Routing(
            self._sounds, self._rack, self._program, self._drawings, self._stingers, settings
        )
        self._report = Report(
            settings=settings,
            clock=self._clock,
            rack=self._rack,
            program=self._program,
            second=self._second,
            drawings=self._drawings,
            routing=self._routing,
            outlets=self._outlets,
            sound_loop=self._sound_loop,
        )
        self._drawn: dict[str, Made] = {}
        self.clips = Clips(self._rack, self._changed.set)
        self.wanted = Wanted(revision=-1)

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: MixerSettings, hub: Hub) -> AsyncIterator[Self]:
        """Mix until the block ends; where another program mixes, make returns alone."""
        async with asyncio.TaskGroup() as group:
            engine = cls(settings.in_use, hub, group)
            engine._outlets.open()
            engine._routing.look(engine.wanted)
            engine._second.start()
            engine._program.start()
            engine._sound_loop.start()
            stingers = group.create_task(engine._stingers.run(), name="stingers")
            try:
                yield engine
            finally:
                stingers.cancel()
                await engine._outlets.aclose()
                await asyncio.to_thread(engine._stop)

    def _stop(self) -> None:
        self._program.stop()
        self._second.stop()
        self._sound_loop.stop()
        self._stingers.close()
        self._rack.close()

    # What control asks for.

    async def want(self, wanted: Wanted) -> Applied:
        """Make everything what is wanted; what is older than the last is left alone."""
        if wanted.revision > self._newest.revision:
            self._newest = wanted
        if self.wanted.revision >= 0 and self._order.locked():
            await self._ask(lambda _: self._hear())
        async with self._order:
            if wanted.revision < self.wanted.revision:
                return await self._ask(lambda frame: self._applied(frame))
            # What has come meanwhile has all of it: nobody works through what was overtaken.
            wanted = max(wanted, self._newest, key=lambda each: each.revision)
            if not self._is_told:
                await self._have(urgent(wanted), wanted.clips)
            applied = await self._have(wanted, NOWHERE if self._is_told else wanted.clips)
            self._is_told = True
            return applied

    async def _have(self, wanted: Wanted, starts: Mapping[str, ClipStart]) -> Applied:
        """Make ready what is wanted, then use it all at once; new clips begin where `starts` says."""
        self._drawn = await asyncio.to_thread(draw_all, wanted.overlays, self._drawn, self._size)
        if self._second.told is not None:
            await asyncio.to_thread(self._second.make, wanted.overlays)
        await asyncio.to_thread(self._stingers.use, wanted.transition)
        prepared = await asyncio.to_thread(self._rack.prepare, wanted.sources, starts)
        applied = await self._ask(lambda frame: self._use(wanted, prepared, frame))
        self._outlets.want(wanted)
        return applied

    def _hear(self) -> None:
        """Have who is heard as it is wanted last, whatever else is not ready yet."""
        self.wanted = heard_as(self.wanted, self._newest)
        self._sounds.set_strips(self.wanted.strips)
        self._seen = ()

    def _use(self, wanted: Wanted, prepared: Prepared, frame: int) -> Applied:
        """Have all of it seen from this frame on, and nothing of it before."""
        self.wanted = wanted = heard_as(wanted, self._newest)
        self._rack.use(prepared, untold(wanted.listeners))
        self._rack.told(dark=wanted.dark, ended=wanted.ended)
        self._sounds.set_strips(wanted.strips)
        program, switcher = self._program, self._program.switcher
        scenes = {scene.id: scene for scene in wanted.scenes}
        # A scene that was taken away while it is on air stands until it is left.
        for scene in (switcher.program, switcher.preview):
            if scene in program.scenes.all:
                scenes.setdefault(scene, program.scenes.all[scene])
        program.scenes.use(scenes)
        if not switcher.program and wanted.program in scenes:
            switcher = switcher.cut(wanted.program)
            if wanted.black:
                switcher = switcher.with_fade(black=True, frames=1, frame=frame - 1)
        if not switcher.preview and wanted.preview in scenes and switcher.transition is None:
            switcher = switcher.with_preview(wanted.preview)
        program.switcher = switcher
        pictures = {key: made.art for key, made in self._drawn.items()}
        program.overlays.use(wanted.overlays, pictures, frame, wanted.tickers)
        self._second.use(wanted.overlays, frame, wanted.tickers)
        self._seen = ()
        return self._applied(frame)

    async def cut(self, scene: str) -> Applied:
        """Put a scene on program; raises `NotFoundError` for one that is not there."""
        return await self._switch(lambda now, _: now.cut(self._known(scene)))

    async def preview(self, scene: str) -> Applied:
        """Put a scene on preview; raises `NotFoundError` or, during a transition, `ConflictError`."""
        return await self._switch(lambda now, _: now.with_preview(self._known(scene)))

    async def take(self) -> Applied:
        """Swap program and preview at once."""
        return await self._switch(lambda now, _: now.take() if now.preview else now)

    async def auto(self, transition: Transition | None) -> Applied:
        """Take preview to program with a transition; raises `ConflictError` while one goes on."""
        wanted = transition or self.wanted.transition
        if wanted.kind is TransitionKind.STINGER:
            return await self._stingers.auto(wanted, self._switch)
        return await self._switch(lambda now, frame: now.auto(wanted, frame - 1) if now.preview else now)

    async def tbar(self, position: float) -> Applied:
        """Move the transition by hand."""
        transition = self.wanted.transition
        return await self._switch(lambda now, _: now.with_bar(position, transition) if now.preview else now)

    async def fade(self, *, black: bool, frames: int) -> Applied:
        """Fade program to black, or back."""
        return await self._switch(
            lambda now, frame: now.with_fade(black=black, frames=frames, frame=frame - 1)
        )

    def _known(self, scene: str) -> str:
        if scene not in self._program.scenes.all:
            raise NotFoundError(f"there is no scene {scene}", code="scene_unknown")
        return scene

    async def _switch(self, change: Callable[[Switcher, int], Switcher]) -> Applied:
        def act(frame: int) -> Applied:
            # What was under way is where it has come to by now.
            self._program.switcher, _ = self._program.switcher.at(frame - 1)
            self._program.switcher = change(self._program.switcher, frame)
            return self._applied(frame)

        applied = await self._ask(act)
        self._changed.set()
        return applied

    async def _ask(self, act: Callable[[int], T]) -> T:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await asyncio.wrap_future(self._program.ask(act))

    def _applied(self, frame: int) -> Applied:
        switcher = self._program.switcher
        program = switcher.program if switcher.transition is None else switcher.preview
        return Applied(
            frame=frame,
            revision=self.wanted.revision,
            program=program,
            preview=switcher.preview,
            settled=switcher.settled,
            to_black=switcher.fade.to_black,
        )

    # In the mixer's threads.

    def _on_frame(self, shown: Shown) -> None:
        self._outlets.frame(shown)
        self._second.frame(shown)
        self._cuts.frame(shown, self._outlets.recorded)
        seen = (
            # Scenes of the same sources may say different things of their sound.
            shown.shot.scenes,
            self._drawings.visible(*shown.shot.scenes),
            (shown.switcher.fade, shown.shot.black == 1.0),
            id(self._program.scenes.all),
            self.wanted.revision,
            self._rack.looks,
            self._stingers.ids,
            (self._program.overlays.on, self._program.overlays.over),
        )
        if seen != self._seen:
            self._seen = seen
            self._routing.look(self.wanted)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._changed.set)

    def _tap(self, source: str) -> Tap:
        """Return what takes a source's own packets; outlets begin after the sources."""
        return self._outlets.tap(source)

    def _on_block(self, block: Block) -> None:
        self._outlets.block(block)
        self.levels.take(block)

    # What is so.

    async def changes(self, within_s: float) -> bool:
        """Return when something has changed, or after so many seconds; tells which."""
        try:
            async with asyncio.timeout(within_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True

    def is_well(self) -> bool:
        """Whether program's pictures and sound come: nobody else would notice a thread that stands still."""
        newest, now_ns = self._program.newest, time.monotonic_ns()
        due_ns = self._clock.started_ns if newest is None else self._clock.frame_due_ns(newest.number)
        sound_s = now_ns / 1e9 - self._sound_loop.newest_s
        return now_ns - due_ns < STUCK_NS and sound_s < STUCK_NS / 1e9

    async def thumbnail(self, scene: str, canvas: Canvas) -> bytes:
        """Return a JPEG of a scene as it would look now; raises `NotFoundError` for one that is not there."""
        shown, size = self._program.scene(self._known(scene)), self._size
        if canvas is Canvas.SECOND:
            shown, size = self._second.scene(shown), self._second.size
        return await asyncio.to_thread(thumbnail, shown, self._rack, size)

    async def whole(self, source: str) -> bytes:
        """Return a JPEG of all of a source's picture; raises `NotFoundError` for one that is not there."""
        if all(source != known.id for known in self.wanted.sources):
            raise NotFoundError(f"there is no source {source}", code="source_unknown")
        return await asyncio.to_thread(whole, source, self._rack)

    def state(self) -> MixerState:
        """Return everything that is so now."""
        # What has come is told as well, so that nobody takes its number for something else.
        return self._report.state(max(self.wanted.revision, self._newest.revision))
