"""A session: one media connection of a guest; a reconnect is a new session of the same guest."""

from enum import StrEnum

from stagedoor.domain.errors import IllegalTransitionError


class SessionState(StrEnum):
    """What the frames of a session say; never what its peer connection says."""

    WAITING = "waiting"
    LIVE = "live"
    STALLED = "stalled"
    CLOSED = "closed"


TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.WAITING: frozenset({SessionState.LIVE, SessionState.CLOSED}),
    SessionState.LIVE: frozenset({SessionState.STALLED, SessionState.CLOSED}),
    SessionState.STALLED: frozenset({SessionState.LIVE, SessionState.CLOSED}),
    SessionState.CLOSED: frozenset(),
}

STALLED_AFTER_MS = 2000
"""A track with no frame for this long is stalled, unless the guest's page said that it is off."""


def moved(state: SessionState, to: SessionState) -> SessionState:
    """Return `to`, or raise `IllegalTransitionError` if the table forbids the move."""
    if to not in TRANSITIONS[state]:
        raise IllegalTransitionError(f"a session cannot go from {state} to {to}")
    return to


class EndReason(StrEnum):
    """Why a session ended; the four `FINAL` ones tell the page not to come back by itself."""

    LEFT = "left"
    REMOVED = "removed"
    EXPIRED = "expired"
    OPENED_ELSEWHERE = "opened_elsewhere"
    REPLACED = "replaced"
    LOST = "lost"
    NEGOTIATION = "negotiation"
    SHUTDOWN = "shutdown"


FINAL = frozenset({EndReason.LEFT, EndReason.REMOVED, EndReason.EXPIRED, EndReason.OPENED_ELSEWHERE})
