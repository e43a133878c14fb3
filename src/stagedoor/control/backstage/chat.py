"""The chat: to everyone, or between one guest and the operators; kept over restarts, bounded."""

from collections import deque
from itertools import takewhile
from typing import Final

from stagedoor.control.backstage.chat_schemas import ChatMessage
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.control.views import moment
from stagedoor.domain.errors import Blame, CapacityError, ConflictError, ForbiddenError
from stagedoor.domain.guest import Guest

KEPT: Final = 1000
"""Messages at all; the oldest go."""
GUESTS_SEE_MS: Final = 12 * 3600 * 1000
"""What is older was said in another show, and is for operators only."""
MOST: Final = 10
WITHIN_MS: Final = 10_000
"""How many messages a guest may send in how long."""


class Chat:
    """What was said.

    Args:
        stage: Who is here, and hears of it.
        store: Where it is kept.
    """

    def __init__(self, stage: Stage, store: Store) -> None:
        self._stage = stage
        self._store = store
        self._messages: deque[ChatMessage] = deque()

    async def restore(self) -> None:
        """Take up what the last run has kept."""
        stored = [ChatMessage.model_validate_json(each) for each in await self._store.load_things("chat")]
        self._messages = deque(sorted(stored, key=lambda message: message.number))

    def say(self, sender: Guest | None, guest: str | None, text: str) -> ChatMessage:
        """Say something; `sender` None is an operator, `guest` None is everyone.

        Raises:
            NotFoundError: There is no such guest.
            ConflictError: The guest is not here.
            ForbiddenError: It is for another guest.
            CapacityError: The sender says too much.
        """
        stage = self._stage
        if guest is not None:
            _require_here(stage.house.guest(guest))
        if sender is not None:
            _require_here(sender)
            if guest not in (None, sender.id):
                raise ForbiddenError("guests write to everyone or to the operators", blame=Blame.GUEST)
            self._require_patience(sender.id)
        message = ChatMessage(
            number=self.newest(None) + 1,
            at=moment(stage.now_ms()),
            guest=guest,
            sender=None if sender is None else sender.id,
            name="" if sender is None else sender.name,
            text=text,
        )
        self._keep(message)
        readers = [each.id for each in stage.house.guests.values() if each.present]
        stage.events.chat(message, readers if guest is None else [guest])
        return message

    def read(self, reader: Guest | None, after: int = 0) -> tuple[ChatMessage, ...]:
        """Return what was said after a message, as far as the reader may know; None is an operator.

        Raises:
            ConflictError: The reader is not here.
        """
        if reader is not None:
            _require_here(reader)
        found = takewhile(lambda message: message.number > after, reversed(self._messages))
        return tuple(message for message in found if self._may_read(reader, message))[::-1]

    def newest(self, reader: Guest | None) -> int:
        """Return the number of the newest message that a reader may know; 0 where there is none."""
        return next((m.number for m in reversed(self._messages) if self._may_read(reader, m)), 0)

    def _may_read(self, reader: Guest | None, message: ChatMessage) -> bool:
        if reader is None:
            return True
        if not reader.present or message.guest not in (None, reader.id):
            return False
        return message.at > moment(self._stage.now_ms() - GUESTS_SEE_MS)

    def _require_patience(self, sender: str) -> None:
        since = moment(self._stage.now_ms() - WITHIN_MS)
        lately = takewhile(lambda message: message.at > since, reversed(self._messages))
        if sum(message.sender == sender for message in lately) >= MOST:
            raise CapacityError(
                f"no more than {MOST} messages in {WITHIN_MS // 1000} s",
                code="chat_too_fast",
                blame=Blame.GUEST,
            )

    def _keep(self, message: ChatMessage) -> None:
        self._messages.append(message)
        self._store.put_thing("chat", str(message.number), message.model_dump_json())
        while len(self._messages) > KEPT:
            self._store.put_thing("chat", str(self._messages.popleft().number), None)


def _require_here(guest: Guest) -> None:
    if not guest.present:
        raise ConflictError("the guest is not here", code="not_joined", blame=Blame.GUEST)
