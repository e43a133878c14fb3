"""What program showed, as shots of the pieces' copies: pure, from the cut log."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus

BLACK: Final = "black"
"""What each lane's gap is called while program is faded to black."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A constant-rate copy of a piece, or a clip as it is.

    Attributes:
        piece: The piece's file, or the clip's name in the media folder.
        file: The file that is cut, as seen from the edit list.
        begin_ms: The time in the piece of the copy's first frame.
        frames: How many it has, of its picture or, where there is none, of its sound.
        has_picture: Whether it has one.
    """

    piece: str
    file: str
    begin_ms: int
    frames: int
    has_picture: bool = True


@dataclass(frozen=True, slots=True)
class Shot:
    """What one lane shows for some frames.

    Attributes:
        name: The source; empty where the lane has nothing.
        copy: What it is of; None where nothing was recorded, as of a slate or a still.
        first: The copy's first frame that is seen.
        frames: How many.
        stands: Whether its first frame is seen all the time.
        transition: How it begins: over how many of its own frames the shot before it goes on; 0 is a cut.
        kind: Of that transition.
    """

    name: str = ""
    copy: Copy | None = None
    first: int = 0
    frames: int = 0
    transition: int = 0
    kind: str = ""
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Recut:
    """Program, cut again.

    Attributes:
        frame_rate: Frames a second.
        frames: How many program has.
        lanes: What lies above what, the lowest first; each lasts as long as program.
        sound: Program's own pieces, each with the frame at which it begins.
    """

    frame_rate: int
    frames: int
    lanes: tuple[tuple[Shot, ...], ...]
    sound: tuple[tuple[int, PieceStatus], ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """From one line of the cut log to the next, in frames; `late`: by how many the line was earlier."""

    cut: Cut
    frames: int
    late: int

    def moment(self, layer: str) -> Moment:
        """What a layer of the scene showed in the line's frame."""
        found = (each for each in self.cut.sources if layer in (each.slot_of or each.source,))
        return next(found, Moment(source=layer))


def recut(cuts: Sequence[Cut], program: Iterable[PieceStatus], copies: Mapping[str, Copy]) -> Recut:
    """Return program as shots.

    Args:
        cuts: The lines of the cut log, at least one.
        program: Program's own pieces, at least one.
        copies: By the pieces' files, and by the clips' names.
    """
    rate = cuts[-1].frame_rate
    pieces = sorted(program, key=lambda each: each.offset_ms)
    begin_ms = pieces[0].offset_ms
    sound = tuple((_frames(each.offset_ms - begin_ms, rate), each) for each in pieces)
    total = max(at + _frames(each.duration_ms, rate) for at, each in sound)
    spans = tuple(_spans(cuts, begin_ms, total))
    count = max(max(len(span.cut.layers), len(span.cut.incoming_layers)) for span in spans) if spans else 0
    lanes = tuple(_lane(index, spans, copies, rate) for index in range(count))
    return Recut(rate, total, lanes, sound)


def _frames(ms: int, rate: int) -> int:
    return (2 * ms * rate + 1000) // 2000


def _spans(cuts: Sequence[Cut], begin_ms: int, total: int) -> Iterator[_Span]:
    begins = [_frames(cut.take_ms - begin_ms, cuts[-1].frame_rate) for cut in cuts]
    for cut, begin, end in zip(cuts, begins, [*begins[1:], total], strict=True):
        seen = max(0, begin) if cut is not cuts[0] else 0
        if min(end, total) > seen:
            yield _Span(cut, min(end, total) - seen, seen - begin)


def _lane(index: int, spans: Iterable[_Span], copies: Mapping[str, Copy], rate: int) -> tuple[Shot, ...]:
    """Return one layer's shots from the beginning to the end."""
    shots: list[Shot] = []
    for span in spans:
        for shot in _shots(index, span, copies, rate):
            if shots and not shot.transition and _goes_on(shots[-1], shot):
                shots[-1] = replace(shots[-1], frames=shots[-1].frames + shot.frames)
            elif shots or not shot.transition:
                shots.append(shot)
            else:
                shots.append(replace(shot, transition=0, kind=""))
    return tuple(shots)


def _shots(index: int, span: _Span, copies: Mapping[str, Copy], rate: int) -> Iterator[Shot]:
    cut = span.cut
    if cut.black:
        yield Shot(name=BLACK, frames=span.frames)
        return
    leaving = _layer(cut.layers, index)
    coming = _layer(cut.incoming_layers, index) if cut.transition else leaving
    shots = _shown(span, span.moment(coming), copies, rate) if coming else [Shot(frames=span.frames)]
    if cut.transition and coming != leaving and (shots[0].copy is not None or not coming):
        shots[0] = replace(shots[0], transition=shots[0].frames, kind=cut.transition)
    yield from shots


def _layer(layers: Sequence[str], index: int) -> str:
    return layers[index] if index < len(layers) else ""


def _shown(span: _Span, moment: Moment, copies: Mapping[str, Copy], rate: int) -> list[Shot]:
    """Return what a source shows all through a span: nothing where its file has not begun, or has ended."""
    copy, at_ms = copies.get(moment.file or moment.piece), moment.file_ms if moment.file else moment.piece_ms
    if copy is None or at_ms is None or not copy.has_picture:
        return [Shot(name=moment.source, frames=span.frames)]
    at = _frames(at_ms - copy.begin_ms, rate)
    if moment.file and not moment.plays:
        return [Shot(moment.source, copy, max(0, min(at, copy.frames - 1)), span.frames, stands=True)]
    at += span.late
    missing, first = min(span.frames, max(0, -at)), max(0, at)
    frames = max(0, min(span.frames - missing, copy.frames - first))
    shots = (
        Shot(name=moment.source, frames=missing),
        Shot(moment.source, copy, first, frames),
        Shot(name=moment.source, frames=span.frames - missing - frames),
    )
    return [shot for shot in shots if shot.frames]


def _goes_on(before: Shot, after: Shot) -> bool:
    """Whether two shots are one: the same copy without a frame between them, or nothing both times."""
    if (before.name, before.copy, before.stands) != (after.name, after.copy, after.stands):
        return False
    following = before.first if before.stands else before.first + before.frames
    return before.copy is None or following == after.first
