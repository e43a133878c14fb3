"""What the board has at the first start, so that whoever joins is on air with one click."""

from dataclasses import replace
from types import MappingProxyType

from stagedoor.control.mixer.board import Board
from stagedoor.domain.ids import screen_path
from stagedoor.domain.layout import ready_scenes
from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import Source, SourceKind, screen_label
from stagedoor.settings import GuestsSettings, SeatSettings

HOLDING = "holding"
"""The scene, and its source, that program shows until somebody puts another one there."""
PATTERN = "test-pattern"
COLOR = "color"

HOLDING_COLOR = "#1d2a3a"
PLAIN_COLOR = "#2e86ab"


def completed(board: Board, guests: GuestsSettings) -> Board:
    """Return the board with the seats' sources of now; an empty one also gets all that is ready-made.

    What the operator set of a seat's source stays, and so do scenes with seats that are no more. A new seat
    takes the place of a source of its name.
    """
    seats = {source.id: source for seat in guests.seats for source in _of_seat(seat, board)}
    others = board.sources.values() if board.sources else _first_sources(guests)
    kept = {each.id: each for each in others if each.kind is not SourceKind.GUEST and each.id not in seats}
    made = replace(board, sources=MappingProxyType({**seats, **kept}))
    return made if made.scenes else _with_first_scenes(made, guests)


def _of_seat(seat: SeatSettings, board: Board) -> tuple[Source, Source]:
    label = seat.label or seat.name
    return (
        _kept(board, Source(seat.name, SourceKind.GUEST, label, seat.color, seat.name)),
        _kept(board, _screen(seat, label)),
    )


def _screen(seat: SeatSettings, label: str) -> Source:
    path = screen_path(seat.name)
    return Source(path, SourceKind.GUEST, screen_label(label), seat.color, path)


def _kept(board: Board, source: Source) -> Source:
    """Return a seat's source with what the operator has set of it before."""
    known = board.sources.get(source.id)
    if known is None or known.kind is not SourceKind.GUEST:
        return source
    made = replace(known, label=source.label, color=source.color, url=source.url)
    return known if made == known else made


def _first_sources(guests: GuestsSettings) -> tuple[Source, ...]:
    return (
        Source(PATTERN, SourceKind.PATTERN, "Test pattern"),
        Source(COLOR, SourceKind.COLOR, "Colour", PLAIN_COLOR),
        Source(HOLDING, SourceKind.COLOR, guests.production or "Back in a moment", HOLDING_COLOR),
    )


def _with_first_scenes(board: Board, guests: GuestsSettings) -> Board:
    """Program begins with a picture that says what this is: black looks like a fault."""
    holding = Scene(HOLDING, "Holding", HOLDING_COLOR, (Slot(HOLDING, label=True),))
    ready = ready_scenes({seat.name: seat.label or seat.name for seat in guests.seats})
    pattern = Scene(PATTERN, "Test pattern", slots=(Slot(PATTERN),))
    made = board.with_scenes((holding, *ready, pattern))
    return replace(made, program=HOLDING, preview=ready[0].id if ready else HOLDING)
