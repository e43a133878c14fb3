"""What the routes of the chat take and answer, as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from stagedoor.control.schemas import LINES, Answer, Body, Id

ChatText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=LINES)
]


class ChatBody(Body):
    """Something to be said.

    Attributes:
        guest: The guest who alone reads it, with the operators; null: everyone.
    """

    text: ChatText
    guest: Id | None = None


class ChatMessage(Answer):
    """Something that was said.

    Attributes:
        number: Counts up over restarts.
        guest: The guest who alone reads it, with the operators; null: everyone.
        sender: The guest who said it; null: an operator.
        name: Of that guest, as it was then.
    """

    number: int
    at: datetime
    guest: str | None
    sender: str | None
    name: str
    text: str


class ChatRecord(ChatMessage):
    """A message as it is kept.

    Attributes:
        invite: By which the sender came; null: an operator, or a version that did not keep it.
        knocked: Whether they came without an invite of ours.
    """

    invite: str | None = None
    knocked: bool = False

    def message(self) -> ChatMessage:
        """Return what people are told of it."""
        return ChatMessage.model_validate(self.model_dump(exclude={"invite", "knocked"}))


class ChatList(Answer):
    """What was said, the newest last; `newest` is the number to ask from the next time."""

    messages: tuple[ChatMessage, ...]
    newest: int
