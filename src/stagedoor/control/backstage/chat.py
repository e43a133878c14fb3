"""The chat: to everyone, or between one guest and the operators; kept over restarts, bounded.

Everyone is who has a seat, and the operators: whoever knocks comes to the lobby without being asked.
"""

from collections import deque
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from stagedoor.control.backstage.chat_schemas import ChatMessage, ChatRecord
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.control.views import moment
from stagedoor.domain.errors import Blame, CapacityError, ConflictError, ForbiddenError
from stagedoor.domain.guest import Guest, GuestState

KEPT: Final = 1000
"""Messages at all; the oldest go."""
KEPT_OF_EACH: Final = 100
"""Of one invite's guests: nobody pushes out what the others have said."""
KEPT_OF_KNOCKS: Final = 300
"""Of all together who came without an invite: they are new ones as often as they like."""
GUESTS_SEE_MS: Final = 12 * 3600 * 1000
"""What is older was said in another show, and is for operators only."""
MOST: Final = 10
WITHIN_MS: Final = 10_000
"""How many messages may come of an invite in how long."""
MOST_OF_KNOCKS: Final = 30
"""The same of all together who came without one."""


class Chat:
    """What was said.

    Args:
        stage: Who is here, and hears of it.
        store: Where it is kept.
    """

    def __init__(self, stage: Stage, store: Store) -> None:
        self._stage = stage
        self._store = store
        self._messages: deque[ChatRecord] = deque()

    async def restore(self) -> None:
        """Take up what the last run has kept."""
        stored = [ChatRecord.model_validate_json(each) for each in await self._store.load_things("chat")]
        self._messages = deque(sorted(stored, key=lambda message: message.number))

    def say(self, sender: Guest | None, guest: str | None, text: str) -> ChatMessage:
        """Say something; `sender` None is an operator, `guest` None is everyone.

        Raises:
            NotFoundError: There is no such guest.
            ConflictError: The guest is not here, or waits in the lobby and writes to everyone.
            ForbiddenError: It is for another guest.
            CapacityError: The sender says too much.
        """
        stage = self._stage
        if guest is not None:
            _require_here(stage.house.guest(guest))
        if sender is not None:
            _require_to(sender, guest)
            self._require_patience(sender)
        record = ChatRecord(
            number=self.newest(None) + 1,
            at=moment(stage.now_ms()),
            guest=guest,
            sender=None if sender is None else sender.id,
            name="" if sender is None else sender.name,
            text=text,
            invite=None if sender is None else sender.invite,
            knocked=sender is not None and stage.house.knocked(sender),
        )
        self._keep(record)
        message = record.message()
        readers = (each for each in stage.house.guests.values() if self._may_read(each, record))
        stage.events.chat(message, [each.id for each in readers])
        return message

    def read(self, reader: Guest | None, after: int = 0) -> tuple[ChatMessage, ...]:
        """Return what was said after a message, as far as the reader may know; None is an operator.

        Raises:
            ConflictError: The reader is not here.
        """
        if reader is not None:
            _require_here(reader)
        found = takewhile(lambda record: record.number > after, reversed(self._messages))
        return tuple(record.message() for record in found if self._may_read(reader, record))[::-1]

    def newest(self, reader: Guest | None) -> int:
        """Return the number of the newest message that a reader may know; 0 where there is none."""
        return next((m.number for m in reversed(self._messages) if self._may_read(reader, m)), 0)

    def _may_read(self, reader: Guest | None, record: ChatRecord) -> bool:
        if reader is None:
            return True
        if not reader.present or not _is_for(reader, record.guest):
            return False
        return record.at > moment(self._stage.now_ms() - GUESTS_SEE_MS)

    def _require_patience(self, sender: Guest) -> None:
        """Count by the invite: whoever leaves and joins again is a new guest of the same one."""
        since = moment(self._stage.now_ms() - WITHIN_MS)
        lately = tuple(takewhile(lambda record: record.at > since, reversed(self._messages)))
        by_knocks = sum(record.knocked for record in lately) if self._stage.house.knocked(sender) else 0
        if sum(record.invite == sender.invite for record in lately) >= MOST or by_knocks >= MOST_OF_KNOCKS:
            raise CapacityError(
                f"no more than {MOST} messages in {WITHIN_MS // 1000} s",
                code="chat_too_fast",
                values={"most": MOST, "within_s": WITHIN_MS // 1000},
                blame=Blame.GUEST,
            )

    def _keep(self, record: ChatRecord) -> None:
        self._messages.append(record)
        self._store.put_thing("chat", str(record.number), record.model_dump_json())
        if record.knocked:
            self._let_go([each for each in self._messages if each.knocked], KEPT_OF_KNOCKS)
        if record.invite is not None:
            self._let_go([each for each in self._messages if each.invite == record.invite], KEPT_OF_EACH)
        self._let_go(self._messages, KEPT)

    def _let_go(self, of: Sequence[ChatRecord], kept: int) -> None:
        """Forget the oldest of some messages until so many are left of them."""
        for record in tuple(of)[: max(0, len(of) - kept)]:
            self._messages.remove(record)
            self._store.put_thing("chat", str(record.number), None)


def _is_for(reader: Guest, addressee: str | None) -> bool:
    return reader.state is GuestState.SEATED if addressee is None else reader.id == addressee


def _require_here(guest: Guest) -> None:
    if not guest.present:
        raise ConflictError("the guest is not here", code="not_joined", blame=Blame.GUEST)


def _require_to(sender: Guest, addressee: str | None) -> None:
    _require_here(sender)
    if addressee not in (None, sender.id):
        raise ForbiddenError("guests write to everyone or to the operators", blame=Blame.GUEST)
    if not _is_for(sender, addressee):
        raise ConflictError(
            "who waits in the lobby writes to the operators alone",
            code="not_seated",
            blame=Blame.GUEST,
            hint="Write to the operators, or wait for a seat.",
        )
