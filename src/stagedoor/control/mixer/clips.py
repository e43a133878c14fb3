"""What clips did last, so that a mixer that begins anew goes on there."""

from stagedoor.control.mixer.board import Board
from stagedoor.ipc.clips import ClipStart
from stagedoor.ipc.mixer import MixerState


class Clips:
    """Keeps where each clip was, as the mixer said last."""

    def __init__(self) -> None:
        self._were: dict[str, tuple[str, ClipStart]] = {}

    def take(self, state: MixerState, board: Board) -> None:
        """Take what the mixer says; of a clip whose file it has not opened yet, what it said before holds."""
        self._were = {key: were for key, were in self._were.items() if key in board.sources}
        for source in state.sources:
            if source.clip is not None and source.id in board.sources:
                start = ClipStart(state=source.clip.state, at_s=source.clip.at_s)
                self._were[source.id] = (board.sources[source.id].url, start)

    def starts(self, board: Board) -> dict[str, ClipStart]:
        """Return where clips are to begin; one that has another file now begins as it is set."""
        return {
            key: start
            for key, (url, start) in self._were.items()
            if key in board.sources and board.sources[key].url == url
        }
