"""The board as rows of the database: an id, where in its list it stands, and the thing itself as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter

from stagedoor.control.mixer.board import Board, Output
from stagedoor.control.rows import Row
from stagedoor.domain.scene import Scene
from stagedoor.domain.source import Source
from stagedoor.domain.strip import Strip
from stagedoor.domain.transition import Transition
from stagedoor.ipc.mixer import OverlayByKind

TABLES = ("sources", "scenes", "strips", "outputs", "overlays", "returns", "air")
COLUMNS = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Air:
    """What is neither a list nor in one: the one row of the table `air`."""

    program: str = ""
    preview: str = ""
    black: bool = False
    transition: Transition = Transition()
    muted_by_all: tuple[str, ...] = ()
    black_is_silent: bool | None = None


_LISTS: Mapping[str, TypeAdapter[Any]] = {
    "sources": TypeAdapter(Source),
    "scenes": TypeAdapter(Scene),
    "strips": TypeAdapter(Strip),
    "outputs": TypeAdapter(Output),
    "overlays": TypeAdapter(OverlayByKind),
    "returns": TypeAdapter(str),
}
_AIR = TypeAdapter(_Air)


def changed_rows(before: Board, after: Board) -> Iterator[tuple[str, str, Row | None]]:
    """Yield table, id and row of everything that differs between two boards; no row: it is to be deleted."""
    for table, adapter in _LISTS.items():
        old, new = getattr(before, table), getattr(after, table)
        places = {key: place for place, key in enumerate(old)}
        for place, (key, thing) in enumerate(new.items()):
            if old.get(key) is not thing or places.get(key) != place:
                yield table, key, (key, place, adapter.dump_json(thing).decode())
        for key in old.keys() - new.keys():
            yield table, key, None
    if _air(before) != _air(after) or (after.scenes and not before.scenes):
        yield "air", "now", ("now", 0, _AIR.dump_json(_air(after)).decode())


def read_board(rows: Mapping[str, Iterable[Row]]) -> Board:
    """Return the board of the rows of all tables."""
    lists = {table: _read(adapter, rows[table]) for table, adapter in _LISTS.items()}
    air = next(iter(_read(_AIR, rows["air"]).values()), _Air())
    # What was written by a version that had other sources may name some that are gone.
    muted = tuple(source for source in air.muted_by_all if source in lists["sources"])
    return Board(
        **lists,
        program=air.program,
        preview=air.preview,
        black=air.black,
        transition=air.transition,
        muted_by_all=muted,
        black_is_silent=air.black_is_silent,
    )


def _read(adapter: TypeAdapter[T], rows: Iterable[Row]) -> Mapping[str, T]:
    ordered = sorted(rows, key=lambda row: int(row[1] or 0))
    return MappingProxyType({str(row[0]): adapter.validate_json(str(row[2])) for row in ordered})


def _air(board: Board) -> _Air:
    return _Air(
        board.program,
        board.preview,
        board.black,
        board.transition,
        board.muted_by_all,
        board.black_is_silent,
    )
