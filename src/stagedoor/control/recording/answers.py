"""What the routes of recordings take and answer, as JSON."""

from datetime import datetime

from stagedoor.control.schemas import Answer, Body, Text
from stagedoor.domain.recording import RecordingState
from stagedoor.ipc.recording import PieceStatus


class StartBody(Body):
    """A take to be begun; `label` is for people."""

    label: Text = ""


class RecordingView(Answer):
    """What is being recorded, or how the last take ended that ended by itself.

    Attributes:
        duration_ms: Since the take began.
        size: Bytes of all of its files.
        free_bytes: What is left on the disk; 0 while it is not known.
        pieces: Those that relay and mixer have begun since they run; the list of the takes has all.
        code: Why it ended by itself; empty while all is well.
    """

    state: RecordingState
    take: str
    label: str = ""
    started: datetime | None = None
    duration_ms: int = 0
    size: int = 0
    free_bytes: int = 0
    pieces: tuple[PieceStatus, ...] = ()
    code: str = ""
    reason: str = ""
    hint: str = ""


class Started(Answer):
    """That a take has begun.

    Attributes:
        started_ns: When, on the machine's monotonic clock.
        frame: The first program frame that is recorded; null while the mixer is not there, or is another one,
            and where it takes more than two seconds: then the take's piece has it as `first_frame`.
    """

    take: str
    label: str
    started_ns: int
    frame: int | None


class TakeView(Answer):
    """A take as it is on the disk.

    Attributes:
        stopped: Null while it is recorded, and where control was not there at its end.
        duration_ms: From the take's beginning to the end of its last piece.
        size: Bytes of its pieces.
        code: Why it ended by itself; empty where it was stopped.
    """

    take: str
    label: str = ""
    started: datetime | None = None
    stopped: datetime | None = None
    duration_ms: int = 0
    size: int = 0
    pieces: tuple[PieceStatus, ...] = ()
    code: str = ""
    reason: str = ""


class RecordingList(Answer):
    """What is being recorded, and all takes, the newest first; null while nothing is."""

    recording: RecordingView | None
    takes: tuple[TakeView, ...]
