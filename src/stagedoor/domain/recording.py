"""A recording: its take, the pieces that it is made of, and the states that both go through."""

import re
from datetime import datetime
from enum import StrEnum

from stagedoor.domain.errors import IllegalTransitionError

OTHER_BOOT_MS = 10_000
"""By so much no clock is set while a show runs: the machine has been started anew since."""

CUTS = "cuts.jsonl"
"""In a take's folder: what program showed when, a line for each change."""

_TAKE = re.compile(r"[0-9]{8}-[0-9]{6}(-[0-9]{1,3})?")
_PIECE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}-[0-9]{3,6}\.(mkv|mp4)")


class RecordingState(StrEnum):
    """What a process that records does."""

    IDLE = "idle"
    RECORDING = "recording"
    FAILED = "failed"
    """The disk took no more, or was not to; the reason is beside it."""


TRANSITIONS: dict[RecordingState, frozenset[RecordingState]] = {
    RecordingState.IDLE: frozenset({RecordingState.RECORDING}),
    RecordingState.RECORDING: frozenset({RecordingState.IDLE, RecordingState.FAILED}),
    RecordingState.FAILED: frozenset({RecordingState.IDLE}),
}


class PieceState(StrEnum):
    """What has become of a piece."""

    RECORDING = "recording"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Whoever wrote it was killed; the file is good up to its last second."""


def moved(state: RecordingState, to: RecordingState) -> RecordingState:
    """Return `to`, or raise `IllegalTransitionError` if the table forbids the move."""
    if to not in TRANSITIONS[state]:
        raise IllegalTransitionError(f"a recording cannot go from {state} to {to}")
    return to


def take_id(started: datetime, again: int = 0) -> str:
    """Return a take's id, which sorts by time; `again` counts those of the same second."""
    return f"{started:%Y%m%d-%H%M%S}" + (f"-{again + 1}" if again else "")


def is_take_id(text: str) -> bool:
    """Tell whether a text is the id of a take."""
    return _TAKE.fullmatch(text) is not None


def piece_name(path: str, number: int, ending: str) -> str:
    """Return the name of a piece's file; pieces of a path are numbered from 1."""
    return f"{path}-{number:03}.{ending}"


def is_piece_name(text: str) -> bool:
    """Tell whether a text is the name of a piece's file."""
    return _PIECE.fullmatch(text) is not None


def started_ns(stored_ns: int, started_ms: int, now_ns: int, now_ms: int) -> int:
    """Return when a take began on the monotonic clock, which a machine that starts anew begins anew.

    Args:
        stored_ns: When it began, by the monotonic clock of that time.
        started_ms: When it began, milliseconds since the epoch.
        now_ns: The monotonic clock now.
        now_ms: Milliseconds since the epoch now.
    """
    by_wall_clock = now_ns - (now_ms - started_ms) * 1_000_000
    is_same_boot = abs(by_wall_clock - stored_ns) < OTHER_BOOT_MS * 1_000_000
    return stored_ns if is_same_boot else by_wall_clock
