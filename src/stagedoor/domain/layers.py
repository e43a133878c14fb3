"""What is drawn at each moment: of a scene by itself, and of two while a transition goes on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from stagedoor.domain.geometry import interpolated
from stagedoor.domain.regions import common, remainder
from stagedoor.domain.scene import CANVAS, Rect, Scene, Slot
from stagedoor.domain.transition import Direction, Transition, TransitionKind

Sources = frozenset[str]


@dataclass(frozen=True, slots=True)
class Fill:
    """A plain colour, `#rrggbb`, over the whole canvas."""

    color: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing that is blended over those before it.

    Attributes:
        content: What is drawn; a slot where it stands at this moment, perhaps partly outside the canvas.
        opacity: More than 0, at most 1; the slot's own is in it.
        clip: The only part of the canvas that it may touch; `geometry.boxed` gives its pixels, without seams.
    """

    content: Slot | Fill
    opacity: float = 1.0
    clip: Rect = CANVAS


def alone(scene: Scene) -> tuple[Layer, ...]:
    """Return what is drawn, lowest first, while a scene stands by itself."""
    return tuple(_drawn([Fill(scene.ground), *scene.stack]))


def plan(
    transition: Transition, old: Scene, new: Scene, position: float, keyed: Sources = frozenset()
) -> tuple[Layer, ...]:
    """Return what is drawn, lowest first, on the way from one scene to another.

    A source that is in both scenes moves, as opaque as it is; the transition is of the others. What lies
    above what is as in the new scene from the start on. Pictures are taken to be opaque, but for those that
    are keyed: then each point of a mix is exactly the old scene's share and the new one's, also where slots
    overlap.

    Args:
        transition: Its kind, colour and direction count.
        old: The scene at position 0.
        new: The scene at position 1.
        position: 0…1; anything else is taken to be the nearer end.
        keyed: The sources that hide nothing of what lies below them.
    """
    if position >= 1:
        return alone(new)
    if position <= 0 or transition.kind in (TransitionKind.CUT, TransitionKind.STINGER):
        return alone(old)
    storeys = _storeys(old, new, position, ground_stays=transition.kind is not TransitionKind.DIP)
    match transition.kind:
        case TransitionKind.MIX:
            return tuple(chain.from_iterable(_mixed(storey, position, keyed) for storey in storeys))
        case TransitionKind.DIP:
            dipped = chain.from_iterable(_dipped(storey, position, keyed) for storey in storeys)
            return Layer(Fill(transition.color)), *dipped
        case TransitionKind.WIPE | TransitionKind.PUSH | TransitionKind.SLIDE:
            moving = _motion(transition, position)
            return tuple(chain.from_iterable(_moving(storey, moving) for storey in storeys))


@dataclass(frozen=True, slots=True)
class _Storey:
    """What lies between two sources that are in both scenes.

    Attributes:
        leaving: What only the old scene has, lowest first.
        coming: What only the new scene has, lowest first.
        staying: What both have, above those; the top storey has none.
    """

    leaving: tuple[Slot | Fill, ...]
    coming: tuple[Slot | Fill, ...]
    staying: Slot | Fill | None


def _storeys(old: Scene, new: Scene, position: float, *, ground_stays: bool) -> Iterator[_Storey]:
    """Yield them from the ground up."""
    before, after = _numbered(old.stack), _numbered(new.stack)
    leaving, coming = _between(before, after), _between(after, before)
    lowest_out, lowest_in = leaving[None], coming[None]
    if ground_stays and old.ground == new.ground:
        yield _Storey((), (), Fill(new.ground))
    else:
        lowest_out, lowest_in = [Fill(old.ground), *lowest_out], [Fill(new.ground), *lowest_in]
    below: _Key | None = None
    for key in [*(key for key in after if key in before), None]:
        staying = None if key is None else interpolated(before[key], after[key], position)
        if below is None:
            yield _Storey(tuple(lowest_out), tuple(lowest_in), staying)
        else:
            yield _Storey(tuple(leaving[below]), tuple(coming[below]), staying)
        below = key


_Key = tuple[str, int]
"""A source, and which one of its slots in a scene."""


def _numbered(stack: Iterable[Slot]) -> dict[_Key, Slot]:
    numbered: dict[_Key, Slot] = {}
    seen: dict[str, int] = {}
    for slot in stack:
        number = seen[slot.source] = seen.get(slot.source, 0) + 1
        numbered[slot.source, number] = slot
    return numbered


def _between(mine: dict[_Key, Slot], other: dict[_Key, Slot]) -> dict[_Key | None, list[Slot | Fill]]:
    """Return the slots that only one scene has, by the one below them that both have."""
    found: dict[_Key | None, list[Slot | Fill]] = {None: []}
    below: _Key | None = None
    for key, slot in mine.items():
        if key in other:
            below = key
            found[below] = []
        else:
            found[below].append(slot)
    return found


def _mixed(storey: _Storey, position: float, keyed: Sources) -> Iterator[Layer]:
    """The old stays below what comes over it and fades where nothing does, so that no ground shows."""
    covers = _covers(storey.coming, keyed)
    for content, piece in _seen(storey.leaving, keyed):
        fading = remainder(piece, covers)
        for clip in fading:
            yield from _layer(content, 1 - position, clip)
        for clip in remainder(piece, fading):
            yield from _layer(content, 1.0, clip)
    for content, piece in _seen(storey.coming, keyed):
        yield from _layer(content, position, piece)
    yield from _staying(storey)


def _dipped(storey: _Storey, position: float, keyed: Sources) -> Iterator[Layer]:
    shown, share = (storey.leaving, 1 - 2 * position) if position < 0.5 else (storey.coming, 2 * position - 1)
    for content, piece in _seen(shown, keyed):
        yield from _layer(content, share, piece)
    yield from _staying(storey)


@dataclass(frozen=True, slots=True)
class _Motion:
    """How two scenes share the canvas while one moves in; ways are to the right and down, in canvases.

    Attributes:
        old_part: Where the old scene is seen.
        new_part: Where the new scene is seen.
        old_by: How far the old scene has moved.
        new_by: How far the new scene is from its place.
    """

    old_part: Rect
    new_part: Rect
    old_by: tuple[float, float] = (0, 0)
    new_by: tuple[float, float] = (0, 0)


def _motion(transition: Transition, position: float) -> _Motion:
    """A wipe moves nothing but the edge; a slide moves the new scene alone, and a push both."""
    kind, (across, down), seam = transition.kind, transition.way.step, 1 - position
    gone = (across * position, down * position) if kind is TransitionKind.PUSH else (0, 0)
    missing = (0, 0) if kind is TransitionKind.WIPE else (-across * seam, -down * seam)
    match transition.way:
        case Direction.LEFT:
            return _Motion(Rect(0, 0, seam, 1), Rect(seam, 0, position, 1), gone, missing)
        case Direction.RIGHT:
            return _Motion(Rect(position, 0, seam, 1), Rect(0, 0, position, 1), gone, missing)
        case Direction.UP:
            return _Motion(Rect(0, 0, 1, seam), Rect(0, seam, 1, position), gone, missing)
        case Direction.DOWN:
            return _Motion(Rect(0, position, 1, seam), Rect(0, 0, 1, position), gone, missing)


def _moving(storey: _Storey, motion: _Motion) -> Iterator[Layer]:
    yield from _drawn((_moved(content, motion.old_by) for content in storey.leaving), motion.old_part)
    yield from _drawn((_moved(content, motion.new_by) for content in storey.coming), motion.new_part)
    yield from _staying(storey)


def _moved(content: Slot | Fill, by: tuple[float, float]) -> Slot | Fill:
    if isinstance(content, Fill) or by == (0, 0):
        return content
    rect = content.rect
    return replace(content, rect=replace(rect, x=rect.x + by[0], y=rect.y + by[1]))


def _staying(storey: _Storey) -> Iterator[Layer]:
    return _drawn(() if storey.staying is None else (storey.staying,))


def _drawn(contents: Iterable[Slot | Fill], clip: Rect = CANVAS) -> Iterator[Layer]:
    for content in contents:
        if common(_area(content), clip) is not None:
            yield from _layer(content, 1.0, clip)


def _layer(content: Slot | Fill, share: float, clip: Rect) -> Iterator[Layer]:
    opacity = share if isinstance(content, Fill) else share * content.alpha
    if opacity > 0:
        yield Layer(content, opacity, clip)


def _seen(contents: Sequence[Slot | Fill], keyed: Sources) -> Iterator[tuple[Slot | Fill, Rect]]:
    """Yield each with the parts of the canvas where nothing opaque of the same kind lies above it."""
    for number, content in enumerate(contents):
        area = common(_area(content), CANVAS)
        if area is not None:
            for piece in remainder(area, _covers(contents[number + 1 :], keyed)):
                yield content, piece


def _covers(contents: Iterable[Slot | Fill], keyed: Sources) -> list[Rect]:
    """Return where contents hide what is below: not at round corners, nor where light comes through."""
    return [_core(content) for content in contents if isinstance(content, Fill) or _hides(content, keyed)]


def _hides(slot: Slot, keyed: Sources) -> bool:
    return slot.alpha >= 1 and slot.source not in keyed


def _core(content: Slot | Fill) -> Rect:
    area = _area(content)
    if isinstance(content, Fill) or content.radius <= 0:
        return area
    return replace(area, y=area.y + content.radius, height=area.height - 2 * content.radius)


def _area(content: Slot | Fill) -> Rect:
    return CANVAS if isinstance(content, Fill) else content.rect
