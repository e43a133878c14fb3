"""The board: sources, scenes, sound, overlays and outputs as the operator set them.

A `Board` is immutable data. Every command returns the next one, or raises and changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self, TypeVar

from pydantic import TypeAdapter

from stagedoor.domain.errors import CapacityError, ConflictError, InvalidError, NotFoundError
from stagedoor.domain.ids import Canvas
from stagedoor.domain.limits import (
    MAX_OVERLAYS,
    MAX_SCENES,
    MAX_SOURCES,
    check_scene,
    check_scenes,
    check_sources,
    check_strips,
    check_transition,
)
from stagedoor.domain.overlay import AnyOverlay, Scoreboard, Ticker, Timer
from stagedoor.domain.overlay_limits import MAX_TICKERS, check_overlay
from stagedoor.domain.scene import Scene
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import Strip
from stagedoor.domain.timer import TimerMode
from stagedoor.domain.transition import Transition
from stagedoor.ipc.messages import AudioMode, VideoMode

MAX_OUTPUTS = 64
MAX_SCENES_BYTES = 512 * 1024
"""Of all scenes together, as JSON: the mixer is told all of them with every change."""
_SCENES = TypeAdapter(tuple[Scene, ...])

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output:
    """A place that program is published to, or the second canvas.

    Attributes:
        url: May hold a stream key.
        running: Whether it is published to now.
        canvas: Whose picture it gets.
        starts: How often it was started again: each time is a connection of its own, however soon after a
            stop.
    """

    id: str
    label: str
    url: str = field(repr=False)
    audio: AudioMode = AudioMode.AAC
    video: VideoMode = VideoMode.COPY
    running: bool = True
    canvas: Canvas = Canvas.PROGRAM
    starts: int = 0

    @property
    def whole_url(self) -> str:
        """The URL with the canvas's name where `{path}` stands for it."""
        return self.url.replace("{path}", self.canvas)


def _nothing() -> Mapping[str, T]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Board:
    """All of it, by id, in the operator's order.

    Attributes:
        strips: Sound settings by source; one without has the usual.
        overlays: The lowest first.
        returns: By seat, the return URL that was set instead of the settings' one; empty for none at all.
        program: The scene that the mixer said last is on program, or will be once nothing moves.
        preview: The same of preview.
        black: Whether program was faded to black, as the mixer said last.
        transition: What `auto` does.
        muted_by_all: The sources that *mute all* has muted: they have their sound back when it is taken back.
        black_is_silent: Whether program's sound goes with a fade to black; None: as the settings say.
    """

    sources: Mapping[str, Source] = field(default_factory=_nothing)
    scenes: Mapping[str, Scene] = field(default_factory=_nothing)
    strips: Mapping[str, Strip] = field(default_factory=_nothing)
    outputs: Mapping[str, Output] = field(default_factory=_nothing)
    overlays: Mapping[str, AnyOverlay] = field(default_factory=_nothing)
    returns: Mapping[str, str] = field(default_factory=_nothing, repr=False)
    program: str = ""
    preview: str = ""
    black: bool = False
    transition: Transition = Transition()
    muted_by_all: tuple[str, ...] = ()
    black_is_silent: bool | None = None

    def source(self, source: str) -> Source:
        """Return a source, or raise `NotFoundError`."""
        if source not in self.sources:
            raise _unknown("source", source, code="source_unknown")
        return self.sources[source]

    def scene(self, scene: str) -> Scene:
        """Return a scene, or raise `NotFoundError`."""
        if scene not in self.scenes:
            raise _unknown("scene", scene, code="scene_unknown")
        return self.scenes[scene]

    def output(self, output: str) -> Output:
        """Return an output, or raise `NotFoundError`."""
        if output not in self.outputs:
            raise _unknown("output", output, code="output_unknown")
        return self.outputs[output]

    def overlay(self, overlay: str) -> AnyOverlay:
        """Return an overlay, or raise `NotFoundError`."""
        if overlay not in self.overlays:
            raise _unknown("overlay", overlay, code="overlay_unknown")
        return self.overlays[overlay]

    def timer(self, timer: str) -> Timer:
        """Return a timer that can be started and paused.

        Raises:
            NotFoundError: There is no such overlay.
            ConflictError: It is another kind of overlay, or a clock, which runs by itself.
        """
        found = self.overlay(timer)
        if not isinstance(found, Timer) or found.mode is TimerMode.CLOCK:
            raise ConflictError(
                f"overlay {timer} is no timer that can be started",
                code="overlay_kind",
                values={"name": timer},
            )
        return found

    def scoreboard(self, scoreboard: str) -> Scoreboard:
        """Return a scoreboard.

        Raises:
            NotFoundError: There is no such overlay.
            ConflictError: It is another kind of overlay.
        """
        found = self.overlay(scoreboard)
        if not isinstance(found, Scoreboard):
            raise ConflictError(
                f"overlay {scoreboard} is no scoreboard", code="overlay_kind", values={"name": scoreboard}
            )
        return found

    def with_source(self, source: Source) -> Self:
        """Return the board with a source new or changed.

        Raises:
            InvalidError: A value cannot be, or `if_gone` names no source, or leads back to this one.
            CapacityError: There are too many.
        """
        sources = _with(self.sources, source.id, source, MAX_SOURCES, "sources")
        if source.if_gone is not None and source.if_gone not in sources:
            raise InvalidError(
                f"if_gone: there is no source {source.if_gone}",
                code="source_unknown",
                values={"name": source.if_gone},
            )
        check_sources(tuple(sources.values()))
        return replace(self, sources=sources)

    def without_source(self, source: str) -> Self:
        """Return the board without a source; scenes that have it show its slate.

        Raises:
            NotFoundError: There is no such source.
            ConflictError: It is a seat's, or another one shows it while it is gone.
        """
        if self.source(source).kind is SourceKind.GUEST:
            raise ConflictError(
                "this source is a seat's",
                code="source_of_seat",
                hint="guests.seats in the settings names them.",
            )
        users = [other.id for other in self.sources.values() if other.if_gone == source]
        if users:
            raise ConflictError(
                f"{users[0]} shows this source while it is gone",
                code="source_in_use",
                values={"by": users[0]},
                hint="Change if_gone of that source first.",
            )
        return replace(
            self,
            sources=_without(self.sources, source),
            strips=_without(self.strips, source),
            muted_by_all=_but(self.muted_by_all, source),
        )

    def with_strip(self, source: str, strip: Strip) -> Self:
        """Return the board with a source's sound set.

        Raises:
            NotFoundError: There is no such source.
            InvalidError: A value cannot be.
        """
        self.source(source)
        check_strips({source: strip})
        muted = self.muted_by_all if strip.muted else _but(self.muted_by_all, source)
        return replace(self, strips=MappingProxyType({**self.strips, source: strip}), muted_by_all=muted)

    def with_scenes(self, scenes: Iterable[Scene]) -> Self:
        """Return the board with scenes new or changed.

        Raises:
            InvalidError: A value of one cannot be.
            CapacityError: There are too many, or all together are too large.
        """
        board = self
        for scene in scenes:
            check_scene(scene)
            board = replace(board, scenes=_with(board.scenes, scene.id, scene, MAX_SCENES, "scenes"))
        size = len(_SCENES.dump_json(tuple(board.scenes.values())))
        if size > MAX_SCENES_BYTES:
            raise CapacityError(
                f"all scenes together would have {size} bytes of JSON, and {MAX_SCENES_BYTES} at most",
                code="board_full",
                values={"size": size, "most": MAX_SCENES_BYTES},
                hint="Delete scenes, or take slots out of some.",
                retryable=False,
            )
        return board

    def with_imported(self, scenes: Sequence[Scene]) -> Self:
        """Return the board with scenes of a file, all or none; a refusal says which of them it is of.

        Raises:
            InvalidError: A value of one cannot be, or two have the same id.
            CapacityError: There are too many, or all together are too large.
        """
        check_scenes(scenes)
        return self.with_scenes(scenes)

    def without_scene(self, scene: str) -> Self:
        """Return the board without a scene.

        Raises:
            NotFoundError: There is no such scene.
            ConflictError: It is on program or preview.
        """
        self.scene(scene)
        if scene in (self.program, self.preview):
            where = "program" if scene == self.program else "preview"
            raise ConflictError(
                f"this scene is on {where}",
                code="scene_in_use",
                values={"where": where},
                hint=f"Put another scene on {where} first.",
            )
        return replace(self, scenes=_without(self.scenes, scene))

    def with_transition(self, transition: Transition) -> Self:
        """Return the board with another transition; raises `InvalidError` if a value of it cannot be."""
        check_transition(transition)
        return replace(self, transition=transition)

    def with_output(self, output: Output) -> Self:
        """Return the board with an output new or changed; raises `CapacityError` if there are too many."""
        return replace(self, outputs=_with(self.outputs, output.id, output, MAX_OUTPUTS, "outputs"))

    def without_output(self, output: str) -> Self:
        """Return the board without an output; raises `NotFoundError` if there is no such one."""
        self.output(output)
        return replace(self, outputs=_without(self.outputs, output))

    def running(self, *outputs: str, on: bool) -> Self:
        """Return the board with outputs started or stopped; raises `NotFoundError` if one is not there."""
        changed = {key: _run(self.output(key), on=on) for key in outputs}
        return replace(self, outputs=MappingProxyType({**self.outputs, **changed}))

    def with_overlays(self, *overlays: AnyOverlay) -> Self:
        """Return the board with overlays new, on top of the others, or changed.

        Raises:
            InvalidError: A value of one cannot be.
            CapacityError: There are too many.
        """
        board = self
        for overlay in overlays:
            check_overlay(overlay)
            made = _with(board.overlays, overlay.id, overlay, MAX_OVERLAYS, "overlays")
            board = replace(board, overlays=made)
        if sum(isinstance(overlay, Ticker) for overlay in board.overlays.values()) > MAX_TICKERS:
            raise _full(MAX_TICKERS, "tickers")
        return board

    def without_overlay(self, overlay: str) -> Self:
        """Return the board without an overlay; raises `NotFoundError` if there is no such one."""
        self.overlay(overlay)
        return replace(self, overlays=_without(self.overlays, overlay))

    def with_return(self, seat: str, url: str | None) -> Self:
        """Return the board with a seat's return URL set, empty for none; None: as the settings say."""
        if url is None:
            return replace(self, returns=_without(self.returns, seat))
        return replace(self, returns=MappingProxyType({**self.returns, seat: url}))

    def confirmed(self, program: str, preview: str, *, black: bool) -> Self:
        """Return the board with what the mixer says is on program and preview, as far as it is known here."""
        changed = replace(
            self,
            program=program if program in self.scenes else self.program,
            preview=preview if preview in self.scenes else self.preview,
            black=black,
        )
        return self if changed == self else changed


def _with(things: Mapping[str, T], key: str, thing: T, most: int, what: str) -> Mapping[str, T]:
    if key not in things and len(things) >= most:
        raise _full(most, what)
    return MappingProxyType({**things, key: thing})


def _run(output: Output, *, on: bool) -> Output:
    return replace(output, running=on, starts=output.starts + (on and not output.running))


def _unknown(kind: str, name: str, *, code: str) -> NotFoundError:
    return NotFoundError(f"there is no {kind} {name}", code=code, values={"name": name})


def _full(most: int, what: str) -> CapacityError:
    return CapacityError(
        f"there can be no more than {most} {what}",
        code="board_full",
        values={"what": what, "most": most},
        retryable=False,
    )


def _without(things: Mapping[str, T], key: str) -> Mapping[str, T]:
    return MappingProxyType({name: thing for name, thing in things.items() if name != key})


def _but(ids: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != key)
