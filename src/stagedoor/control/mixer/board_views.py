"""The board as the API shows it, whole or as far as it has changed."""

from collections.abc import Callable, Mapping
from typing import Any

from stagedoor.control.mixer.answers import BoardChange, BoardView, TagsView
from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.overlay_views import overlay_views
from stagedoor.control.mixer.tags import tags_of
from stagedoor.control.mixer.views import (
    output_views,
    scene_views,
    source_views,
    strip_views,
    transition_view,
)
from stagedoor.ipc.mixer import MixerState

State = MixerState | None


def board_view(board: Board, state: State) -> BoardView:
    """Return the board as the API shows it."""
    return BoardView(**{name: show(board, state) for name, show in _SHOWN.items()})


def board_change(before: Board, after: Board, state: State) -> BoardChange:
    """Return what differs between two boards, as the API shows it."""
    changed = {name for name in _SHOWN.keys() - {"tags"} if getattr(before, name) != getattr(after, name)}
    if "sources" in changed:
        changed.add("strips")
    if changed & TagsView.model_fields.keys():
        changed.add("tags")
    return BoardChange(**{name: _SHOWN[name](after, state) for name in changed})


def _tags(board: Board, state: State) -> TagsView:
    return TagsView(
        sources=tags_of(source_views(board, state)),
        scenes=tags_of(scene_views(board)),
        overlays=tags_of(overlay_views(board, state)),
    )


_SHOWN: Mapping[str, Callable[[Board, State], Any]] = {
    "sources": source_views,
    "scenes": lambda board, _: scene_views(board),
    "strips": lambda board, _: strip_views(board),
    "outputs": output_views,
    "overlays": overlay_views,
    "transition": lambda board, _: transition_view(board.transition),
    "muted_by_all": lambda board, _: board.muted_by_all,
    "tags": _tags,
}
