"""The cut log of a take: a line for each change of program, with what each source shows in its first frame.

A source's moment is a time of its path's own line (`path_ms`). The pieces of that path say what was taken off
it (`origin_ms`), so that the moment is at `path_ms - origin_ms` of the piece that has it.
"""

from collections.abc import Callable
from typing import Final

from stagedoor.domain.scene import Scene
from stagedoor.ipc.message import Message
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.program import Shown

BLACK_FROM: Final = 0.999


class Moment(Message):
    """What one source showed; `path_ms` is null for a slate, a still or a colour."""

    source: str
    path: str = ""
    path_ms: int | None = None


class Cut(Message):
    """A change of program.

    Attributes:
        frame: The first program frame that shows it, by the mixer that wrote it.
        take_ms: The same from the take's beginning.
        program: The scene that is on, or that a transition leaves.
        incoming: The scene that a transition leads to; empty without one.
        transition: Its kind; empty without one.
        black: Whether program is faded to black.
        sources: Those that are seen.
    """

    frame: int
    take_ms: int
    program: str
    incoming: str = ""
    transition: str = ""
    black: bool = False
    sources: tuple[Moment, ...] = ()


class CutLog:
    """Watches program's frames; in the thread that draws them.

    Args:
        clock: When they are due.
        scene: Returns a scene by its id.
        moment: Returns a source's path, and which of its seconds it shows now.
        on_cut: Gets the take's id and each change.
    """

    def __init__(
        self,
        clock: Clock,
        scene: Callable[[str], Scene],
        moment: Callable[[str], tuple[str, float | None]],
        on_cut: Callable[[str, Cut], None],
    ) -> None:
        self._clock = clock
        self._scene = scene
        self._moment = moment
        self._on_cut = on_cut
        self._seen: tuple[object, ...] = ()

    def frame(self, shown: Shown, spec: RecordingSpec | None) -> None:
        """Look at a frame; nothing is said of it while nothing is recorded."""
        if spec is None:
            self._seen = ()
            return
        shot = shown.shot
        scenes = tuple(self._scene(scene) for scene in shot.scenes)
        black = shot.black >= BLACK_FROM
        seen = (spec.take, shot.scenes, scenes, shot.transition, black)
        if seen == self._seen:
            return
        self._seen = seen
        visible = sorted({source for scene in scenes for source in scene.visible})
        due_ns = self._clock.frame_due_ns(shown.number)
        cut = Cut(
            frame=shown.number,
            take_ms=round((due_ns - spec.started_ns) / 1_000_000),
            program=shot.program,
            incoming=shot.incoming,
            transition="" if shot.transition is None else shot.transition.kind.value,
            black=black,
            sources=tuple(self._moment_of(source) for source in visible),
        )
        self._on_cut(spec.take, cut)

    def _moment_of(self, source: str) -> Moment:
        path, at_s = self._moment(source)
        return Moment(source=source, path=path, path_ms=None if at_s is None else round(at_s * 1000))
