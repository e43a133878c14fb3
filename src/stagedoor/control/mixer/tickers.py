"""Where tickers were last, so that a mixer that begins anew goes on there."""

from stagedoor.control.mixer.board import Board
from stagedoor.ipc.mixer import MixerState
from stagedoor.ipc.tickers import TickerPlace


class Tickers:
    """Keeps how far each ticker had come, as the mixer said last."""

    def __init__(self) -> None:
        self._were: dict[str, TickerPlace] = {}

    def take(self, state: MixerState, board: Board) -> None:
        """Take what the mixer says; of a ticker that it does not show yet, what it said before holds."""
        self._were.update({place.id: place for place in state.tickers})
        self._were = {place.id: place for place in self.places(board)}

    def places(self, board: Board) -> tuple[TickerPlace, ...]:
        """Return how far those had come that are to be seen."""
        return tuple(
            place for key, place in self._were.items() if key in board.overlays and board.overlays[key].on
        )
