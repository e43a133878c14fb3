"""A mixer beside a relay, in one process, with sources that the test publishes."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stagedoor.domain.ids import Canvas
from stagedoor.domain.scene import Scene
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import MixerState, SourceStatus, Wanted
from stagedoor.ipc.switching import Applied
from stagedoor.mixer.engine import Engine
from stagedoor.mixer.sources.opening import Hub
from stagedoor.settings.mixer import MixerSettings
from tests.kit.viewing import Studio, studio
from tests.kit.wait import until

SMALL = MixerSettings(width=640, height=360, preset="ultrafast", bitrate=2_000_000, key_interval_s=1)
"""Enough to see what is shown, and no more than two cores can do beside a test."""


@dataclass
class Mixing:
    """What a test needs of both.

    Attributes:
        studio: The relay.
        engine: The mixer.
        wanted: What the mixer was told last.
    """

    studio: Studio
    engine: Engine
    wanted: Wanted = field(default_factory=lambda: Wanted(watched=("program",)))

    def url(self, name: str) -> str:
        """Where a path is read, such as `program.nut`."""
        return f"{self.studio.origin}/live/{name}?token={self.studio.token}"

    async def want(self, **changes: object) -> Applied:
        """Tell the mixer what is wanted beside what was, and wait until it has its outputs and its take."""
        applied = await self.tell(**changes)
        await until(self._has_outlets, what="outputs and take are what is wanted")
        return applied

    async def tell(self, **changes: object) -> Applied:
        """Tell the mixer what is wanted beside what was; program is watched always."""
        if isinstance(watched := changes.get("watched"), tuple):
            changes["watched"] = ("program", *watched)
        self.wanted = self.wanted.model_copy(update={**changes, "revision": self.wanted.revision + 1})
        return await self.engine.want(self.wanted)

    def _has_outlets(self) -> bool:
        state, take = self.state(), self.wanted.recording
        canvases = {Canvas.PROGRAM} if state.second_canvas is None else set(Canvas)
        wanted = {each.id for each in self.wanted.destinations if each.canvas in canvases}
        recorded = "" if take is None else take.take
        return {each.id for each in state.destinations} == wanted and state.recording.take == recorded

    async def show(self, *scenes: Scene, sources: Sequence[Source] = (), **changes: object) -> None:
        """Have these scenes and sources, the first scene on program and the second on preview."""
        names = [scene.id for scene in scenes]
        preview = names[1] if names[1:] else ""
        await self.want(scenes=scenes, sources=tuple(sources), program=names[0], preview=preview, **changes)

    def state(self) -> MixerState:
        return self.engine.state()

    def left_out(self) -> int:
        """Frames that a busy machine left the mixer no time for; they are nobody's fault in a test."""
        timing = self.state().timing
        return timing.skipped_frames + timing.dropped_frames

    def source(self, name: str) -> SourceStatus:
        return next(each for each in self.state().sources if each.id == name)

    async def reaches(self, name: str, state: SourceState, timeout: float = 10.0) -> None:
        """Wait until a source is in a state."""
        await until(lambda: self.source(name).state is state, timeout, what=f"{name} is {state}")

    async def are_live(self, *names: str) -> None:
        """Wait until all these sources are live."""
        for name in names:
            await self.reaches(name, SourceState.LIVE)


@contextlib.asynccontextmanager
async def mixing(folder: Path, settings: MixerSettings = SMALL) -> AsyncIterator[Mixing]:
    """Run a relay, and a mixer that reads and writes its hub; nothing of a test comes before other tests."""
    usual = settings.model_copy(update={"realtime": False})
    async with studio(folder) as relay, Engine.open(usual, Hub(relay.origin, relay.token)) as engine:
        yield Mixing(relay, engine)


def guest(name: str, label: str = "", color: str = "#808080") -> Source:
    """A seat's source."""
    return Source(name, SourceKind.GUEST, label or name, color, url=name)
