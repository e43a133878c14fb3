"""A destination: a URL that a path is published to, and the states it goes through."""

from enum import StrEnum

from stagedoor.domain.errors import IllegalTransitionError


class DestinationState(StrEnum):
    """`LIVE` means that the server takes our packets now, not that a connection exists."""

    WAITING = "waiting"
    """Nothing to send yet."""
    CONNECTING = "connecting"
    LIVE = "live"
    RETRYING = "retrying"
    """It failed; the next try is scheduled, the reason is beside it."""
    STOPPED = "stopped"


TRANSITIONS: dict[DestinationState, frozenset[DestinationState]] = {
    DestinationState.WAITING: frozenset(
        {DestinationState.CONNECTING, DestinationState.RETRYING, DestinationState.STOPPED}
    ),
    DestinationState.CONNECTING: frozenset(
        {DestinationState.LIVE, DestinationState.RETRYING, DestinationState.STOPPED}
    ),
    DestinationState.LIVE: frozenset({DestinationState.RETRYING, DestinationState.STOPPED}),
    DestinationState.RETRYING: frozenset({DestinationState.CONNECTING, DestinationState.STOPPED}),
    DestinationState.STOPPED: frozenset(),
}


def moved(state: DestinationState, to: DestinationState) -> DestinationState:
    """Return `to`, or raise `IllegalTransitionError` if the table forbids the move."""
    if to not in TRANSITIONS[state]:
        raise IllegalTransitionError(f"a destination cannot go from {state} to {to}")
    return to
