"""Seats as JSON."""

from typing import Annotated

from pydantic import Field, StringConstraints

from stagedoor.control.schemas import Answer, Body
from stagedoor.domain.source import SourceState


class ReturnView(Answer):
    """What a seat's guest sees and hears of another program, instead of ours.

    Attributes:
        url: Where it is read, without what is secret of it.
        state: What its frames say; null while the mixer, which reads it, is not there.
        width: Pixels of its picture; 0 before the first.
        code: The last failure's stable code; empty while all is well.
        reason: The last failure in words.
    """

    url: str
    state: SourceState | None
    width: int = 0
    height: int = 0
    has_video: bool = False
    has_audio: bool = False
    code: str = ""
    reason: str = ""


class SeatView(Answer):
    """A place for a guest.

    Attributes:
        guest: Who has it, whether here or away.
        held_for_ms: How long it is still held for who is away without a link that lasts; otherwise null.
        outside: What its guest gets from another program; null where that is our own, or nothing.
    """

    name: str
    label: str
    color: str
    guest: str | None
    held_for_ms: int | None
    outside: ReturnView | None = None


class SeatList(Answer):
    """All seats."""

    seats: tuple[SeatView, ...]


class SeatChangeBody(Body):
    """What is to change of a seat.

    Attributes:
        return_url: What its guest is to see and hear instead of program (rtsp, rtmp, http or https), with
            what is secret of it; an empty one is none, null is what the settings say.
    """

    return_url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(repr=False)
