"""Watches program for a take's cut log: a line for each change, with what its first frame shows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from stagedoor.domain.scene import Scene
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.program import Shown
from stagedoor.mixer.sources.showing import Showing

BLACK_FROM: Final = 0.999


class CutLog:
    """Watches program's frames; in the thread that draws them.

    Args:
        clock: When they are due.
        scene: Returns a scene by its id.
        showing: Returns what a source shows now.
        on_cut: Gets the take's id and each change.
    """

    def __init__(
        self,
        clock: Clock,
        scene: Callable[[str], Scene],
        showing: Callable[[str], Showing],
        on_cut: Callable[[str, Cut], None],
    ) -> None:
        self._clock = clock
        self._scene = scene
        self._showing = showing
        self._on_cut = on_cut
        self._seen: tuple[object, ...] = ()
        self._scenes: tuple[Scene, ...] = ()
        self._visible: tuple[str, ...] = ()

    def frame(self, shown: Shown, spec: RecordingSpec | None) -> None:
        """Look at a frame; nothing is said of it while nothing is recorded."""
        if spec is None:
            self._seen = ()
            return
        shot = shown.shot
        # What the second canvas alone shows is no cut.
        scenes = tuple(replace(self._scene(scene), second=None) for scene in shot.scenes)
        if scenes != self._scenes:
            self._scenes = scenes
            self._visible = tuple(sorted({source for scene in scenes for source in scene.visible}))
        showing = {source: self._showing(source) for source in self._visible}
        streams = tuple(each.part for each in showing.values())
        transition, black = shot.transition, shot.black >= BLACK_FROM
        by_hand = transition is not None and shown.switcher.begun is None
        seen = (spec.take, shot.scenes, scenes, transition, by_hand, black, streams)
        if seen != self._seen:
            self._seen = seen
            self._on_cut(spec.take, self._cut(shown, spec, showing))

    def _cut(self, shown: Shown, spec: RecordingSpec, showing: dict[str, Showing]) -> Cut:
        shot, transition = shown.shot, shown.shot.transition
        due_ns = self._clock.frame_due_ns(shown.number)
        by_itself = transition is not None and shown.switcher.begun is not None
        return Cut(
            frame=shown.number,
            frame_rate=self._clock.frame_rate,
            take_ms=round((due_ns - spec.started_ns) / 1_000_000),
            program=shot.program,
            incoming=shot.incoming,
            transition="" if transition is None else transition.kind.value,
            frames=transition.frames if transition is not None and by_itself else 0,
            black=shot.black >= BLACK_FROM,
            layers=_layers(self._scenes[0]),
            incoming_layers=_layers(self._scenes[1]) if len(self._scenes) > 1 else (),
            sources=tuple(_moment(source, each, spec.media) for source, each in showing.items()),
        )


def _layers(scene: Scene) -> tuple[str, ...]:
    visible = scene.visible
    return tuple(dict.fromkeys(slot.source for slot in scene.stack if slot.source in visible))


def _moment(source: str, showing: Showing, media: str) -> Moment:
    """Return a source's moment as it can be written at once; which piece has it is found out later."""
    moment = Moment(source=showing.source, slot_of="" if showing.source == source else source)
    at_ms = round(showing.media_s * 1000)
    if showing.file:
        file = _name_in(media, showing.file)
        clip = {"file": file, "file_ms": at_ms, "plays": showing.plays} if file else {}
        return moment.model_copy(update=clip)
    if not showing.stream or not showing.path:
        return moment
    own = {"path_ms": at_ms} if showing.delay_ms is None else {"delay_ms": showing.delay_ms}
    return moment.model_copy(update={"path": showing.path, **own})


def _name_in(folder: str, file: str) -> str:
    """Return what a file is called within a folder; empty where it lies elsewhere."""
    try:
        return PurePath(file).relative_to(folder).as_posix() if folder else ""
    except ValueError:
        return ""
