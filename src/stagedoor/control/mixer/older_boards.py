"""What boards of earlier versions have that cannot be any more."""

from dataclasses import replace
from types import MappingProxyType

from stagedoor.control.mixer.board import Board
from stagedoor.domain.ids import is_outside
from stagedoor.domain.scene import Scene

PREFIX = "source-"
LONGEST = 80


def without_outside(board: Board) -> Board:
    """Return the board with other names for sources called `outside-…`, as seats' returns now are."""
    names = _new_names(board)
    if not names:
        return board
    sources = (
        replace(each, id=names.get(each.id, each.id), if_gone=names.get(each.if_gone or "", each.if_gone))
        for each in board.sources.values()
    )
    return replace(
        board,
        sources=MappingProxyType({each.id: each for each in sources}),
        scenes=MappingProxyType({key: _renamed(scene, names) for key, scene in board.scenes.items()}),
        strips=MappingProxyType({names.get(key, key): strip for key, strip in board.strips.items()}),
    )


def _new_names(board: Board) -> dict[str, str]:
    """Return new names by the old ones, also of sources that scenes have and that are no more."""
    shown = {slot.source for scene in board.scenes.values() for slot in scene.slots}
    grounds = {scene.background for scene in board.scenes.values()}
    instead = {each.if_gone for each in board.sources.values() if each.if_gone is not None}
    known = {*board.sources, *board.strips, *shown, *grounds, *instead}
    names: dict[str, str] = {}
    for old in sorted(filter(is_outside, known)):
        names[old] = new = _free(f"{PREFIX}{old}"[:LONGEST], known)
        known.add(new)
    return names


def _free(wanted: str, taken: set[str]) -> str:
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted[: LONGEST - 4]}-{number}"
    return found


def _renamed(scene: Scene, names: dict[str, str]) -> Scene:
    slots = tuple(replace(slot, source=names.get(slot.source, slot.source)) for slot in scene.slots)
    return replace(scene, background=names.get(scene.background, scene.background), slots=slots)
