"""Fader mute of all guests at once, and back to what each had before it."""

from collections.abc import Iterator
from dataclasses import replace

from stagedoor.control.mixer.board import Board
from stagedoor.domain.source import SourceKind
from stagedoor.domain.strip import USUAL


def with_all_muted(board: Board) -> Board:
    """Return the board with every guest's fader muted; whom that mutes is kept in `muted_by_all`."""
    guests = tuple(_guests(board))
    opened = tuple(source for source in guests if not board.strips.get(source, USUAL).muted)
    # Pressed again after somebody came: those of before still have their sound to come back.
    again = tuple(source for source in guests if source in board.muted_by_all and source not in opened)
    return replace(_set(board, opened, muted=True), muted_by_all=(*again, *opened))


def with_all_back(board: Board) -> Board:
    """Return the board as it was before all were muted: who was muted one by one stays so."""
    return replace(_set(board, board.muted_by_all, muted=False), muted_by_all=())


def _guests(board: Board) -> Iterator[str]:
    return (key for key, source in board.sources.items() if source.kind is SourceKind.GUEST)


def _set(board: Board, sources: tuple[str, ...], *, muted: bool) -> Board:
    for source in sources:
        board = board.with_strip(source, replace(board.strips.get(source, USUAL), muted=muted))
    return board
