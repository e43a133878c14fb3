"""What the routes of talkback answer, as JSON."""

from typing import Literal

from stagedoor.control.mixer.saved_answers import Done
from stagedoor.control.schemas import Answer


class TalkbackView(Answer):
    """An operator who can speak.

    Attributes:
        path: Where the operator is heard.
        to: Seats and ids of guests who hear the operator now; none while nothing is held.
    """

    path: str
    to: tuple[str, ...] | Literal["all"]


class TalkbackList(Answer):
    """All operators who can speak, by name."""

    talkbacks: dict[str, TalkbackView]


class TalkbackSaved(Done):
    """An operator speaks, or does not any more."""

    talkback: TalkbackView
