"""Overlays as the API shows them, and what it takes as domain data."""

import time
from dataclasses import asdict
from typing import Any

from stagedoor.control.mixer.board import Board
from stagedoor.control.mixer.overlay_answers import (
    CardView,
    OverlayView,
    ScoreboardView,
    TeamView,
    TickerView,
    TimerView,
)
from stagedoor.control.mixer.overlay_schemas import (
    CardBody,
    ScoreboardBody,
    TeamBody,
    TickerBody,
    TimerBody,
)
from stagedoor.domain.overlay import AnyOverlay, Card, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.timer import Run
from stagedoor.ipc.mixer import MixerState

_MS_NS = 1_000_000


def overlay_of(
    key: str, body: CardBody | TimerBody | TickerBody | ScoreboardBody, before: AnyOverlay | None = None
) -> AnyOverlay:
    """Return the overlay that a body describes; a timer goes on as it runs, unless it has another mode now.

    Args:
        key: Its id.
        body: What is asked.
        before: The overlay of that id as it is.
    """
    fields: dict[str, Any] = {**body.model_dump(exclude={"id"}), "id": key}
    match body:
        case CardBody():
            return Card(**fields)
        case TickerBody():
            return Ticker(**fields)
        case ScoreboardBody():
            return Scoreboard(**{**fields, "home": _team(body.home), "away": _team(body.away)})
        case TimerBody():
            goes_on = isinstance(before, Timer) and before.mode is body.mode
            return Timer(**fields, run=before.run if isinstance(before, Timer) and goes_on else Run())


def overlay_view(overlay: AnyOverlay, state: MixerState | None) -> OverlayView:
    """Return an overlay as the API shows it, with what the mixer says of it."""
    fields = {**asdict(overlay), "shown": None if state is None else overlay.id in state.overlays}
    match overlay:
        case Card():
            return CardView(**fields)
        case Ticker():
            return TickerView(**fields)
        case Scoreboard():
            home, away = (TeamView(**asdict(team)) for team in (overlay.home, overlay.away))
            return ScoreboardView(**{**fields, "home": home, "away": away})
        case Timer():
            return TimerView(**fields, **_run(overlay.run))


def overlay_views(board: Board, state: MixerState | None) -> tuple[OverlayView, ...]:
    """Return all overlays as the API shows them."""
    return tuple(overlay_view(overlay, state) for overlay in board.overlays.values())


def _team(body: TeamBody) -> Team:
    return Team(**body.model_dump())


def _run(run: Run) -> dict[str, Any]:
    """Return how far a timer has run; one that is to stand in a moment counts as there."""
    elapsed_ns = run.elapsed_ns(time.time_ns() if run.until_ns is None else run.until_ns)
    return {"running": run.running, "elapsed_ms": elapsed_ns // _MS_NS}
