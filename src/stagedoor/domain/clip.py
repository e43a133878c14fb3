"""A clip: a file that is played in, and its transport's states."""

from enum import StrEnum

from stagedoor.domain.errors import IllegalTransitionError


class ClipState(StrEnum):
    """Where a clip's transport is; the values are those of the API.

    One that is cued stands on the picture of its in point; one that has ended stands on its last.
    """

    CUED = "cued"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"


class Autoplay(StrEnum):
    """When a clip begins to play by itself.

    `always`: as soon as its file is open. `program`: when it comes on program; off program it is cued again.
    `never`: it is cued, and waits for `play`.
    """

    ALWAYS = "always"
    PROGRAM = "program"
    NEVER = "never"


class ClipAction(StrEnum):
    """What can be done with a clip; the values are the last parts of the API's paths."""

    PLAY = "play"
    PAUSE = "pause"
    CUE = "cue"
    SEEK = "seek"


TRANSITIONS: dict[ClipState, frozenset[ClipState]] = {
    ClipState.CUED: frozenset({ClipState.PLAYING, ClipState.PAUSED, ClipState.ENDED}),
    ClipState.PLAYING: frozenset({ClipState.PAUSED, ClipState.CUED, ClipState.ENDED}),
    ClipState.PAUSED: frozenset({ClipState.PLAYING, ClipState.CUED, ClipState.ENDED}),
    ClipState.ENDED: frozenset({ClipState.PLAYING, ClipState.PAUSED, ClipState.CUED}),
}


def moved(state: ClipState, to: ClipState) -> ClipState:
    """Return `to`, or raise `IllegalTransitionError` if the table forbids the move; to stay is no move."""
    if to is not state and to not in TRANSITIONS[state]:
        raise IllegalTransitionError(f"a clip cannot go from {state} to {to}")
    return to
