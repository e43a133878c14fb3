"""What control and mixer say to each other of clips."""

from pydantic import Field

from stagedoor.domain.clip import ClipAction, ClipState
from stagedoor.ipc.message import Message


class ClipStart(Message):
    """Where a clip was, and what it did there."""

    state: ClipState
    at_s: float = Field(ge=0)


class ClipCommand(Message):
    """What is to be done with a clip; `at_s` is where to seek, seconds of the file's own time."""

    source: str
    action: ClipAction
    at_s: float = Field(default=0.0, ge=0)


class ClipStatus(Message):
    """Where a clip is, as the mixer shows it.

    Attributes:
        at_s: Seconds of the file's own time from its beginning.
        duration_s: Of the whole file; null where it does not say.
        remaining_s: To the out point, or to the end; null where that is not known.
    """

    state: ClipState
    at_s: float
    duration_s: float | None = None
    remaining_s: float | None = None


class ClipMoved(Message):
    """What became of a clip.

    Attributes:
        frame: The first program frame that shows it; null where it takes longer than an answer may.
        clip: Where it is now; null where its file is not open.
    """

    frame: int | None
    clip: ClipStatus | None = None
