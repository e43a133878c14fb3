"""Commands to guests' pages: sent by the pages' own event streams, answered by their POST."""

import asyncio
import logging
import secrets as random
from dataclasses import dataclass
from typing import Final

from stagedoor.control.backstage.command_schemas import CommandAnswer, CommandView, GuestCommand
from stagedoor.control.stage import Stage
from stagedoor.control.views import moment
from stagedoor.domain.command import OVER, CommandState, answer_within_ms, moved
from stagedoor.domain.errors import Blame, CapacityError, ConflictError, NotFoundError
from stagedoor.domain.guest import Guest
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

MAX_PENDING: Final = 16
"""Of one guest."""
KEPT: Final = 32
"""Commands that are remembered of one guest."""
TOLD_MS: Final = 10_000
"""How long a desk that asks for snapshots instead of following events is told of a command that is over."""
LOOK_EVERY_S: Final = 0.25


@dataclass(slots=True)
class _Sent:
    """A command, when it has last moved, and when its next move is overdue."""

    view: CommandView
    moved_ms: int
    until_ms: int

    @property
    def is_over(self) -> bool:
        return self.view.state in OVER


class Commands:
    """Commands to guests who are here.

    Args:
        stage: The state of the show.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._sent: dict[str, list[_Sent]] = {}

    def send(self, guest: Guest, command: GuestCommand) -> CommandView:
        """Send a command to a guest's page.

        Raises:
            ConflictError: No page of the guest is open.
            CapacityError: Too many are unanswered.
        """
        self._require_page(guest)
        if len(self.pending(guest.id)) >= MAX_PENDING:
            raise CapacityError(
                "the guest's page has not answered the last commands", code="too_many_commands"
            )
        now_ms = self._stage.now_ms()
        view = CommandView(
            id=random.token_hex(8),
            guest=guest.id,
            command=command,
            state=CommandState.SENT,
            at=moment(now_ms),
        )
        self._keep(_Sent(view, now_ms, now_ms + answer_within_ms(command.kind, view.state)))
        self._stage.events.command(view, guest.instance)
        return view

    def answer(self, guest: Guest, command: str, body: CommandAnswer) -> CommandView:
        """Take what a guest's page says of a command.

        Raises:
            NotFoundError: There is no such command.
            ConflictError: It is over already.
        """
        for sent in self._sent.get(guest.id, ()):
            if sent.view.id == command:
                self._move(sent, body.state, body.reason)
                return sent.view
        raise NotFoundError("there is no such command", code="command_unknown", blame=Blame.GUEST)

    def recent(self, guest: str) -> tuple[CommandView, ...]:
        """Return the last commands to a guest, the newest last."""
        return tuple(sent.view for sent in self._sent.get(guest, ()))

    def pending(self, guest: str) -> tuple[CommandView, ...]:
        """Return those to a guest that are not over."""
        return tuple(view for view in self.recent(guest) if view.state not in OVER)

    def lately(self) -> tuple[CommandView, ...]:
        """Return those to all guests that are not over, or were not a moment ago."""
        since_ms = self._stage.now_ms() - TOLD_MS
        everything = (sent for those in self._sent.values() for sent in those)
        return tuple(sent.view for sent in everything if not sent.is_over or sent.moved_ms > since_ms)

    async def run(self) -> None:
        """Give up what nobody answers, and forget guests who are gone, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_ms = self._stage.now_ms()
            for guest in tuple(self._sent):
                if guest not in self._stage.house.guests:
                    del self._sent[guest]
                    continue
                for sent in self._sent[guest]:
                    if not sent.is_over and now_ms >= sent.until_ms:
                        self._move(sent, CommandState.TIMEOUT, "")

    def _keep(self, sent: _Sent) -> None:
        """Remember a command; of too many the oldest goes that is over, of which there are always some."""
        known = self._sent.setdefault(sent.view.guest, [])
        if len(known) >= KEPT:
            known.remove(next(each for each in known if each.is_over))
        known.append(sent)

    def _move(self, sent: _Sent, to: CommandState, reason: str) -> None:
        view = sent.view
        state = moved(view.state, to)
        sent.view = view.model_copy(update={"state": state, "reason": reason})
        sent.moved_ms = self._stage.now_ms()
        sent.until_ms = sent.moved_ms + answer_within_ms(view.command.kind, state)
        if state in OVER:
            more = {"reason": reason} if reason else {}
            fields = {"guest": view.guest, "command": view.command.kind.value, "state": state.value, **more}
            with_fields(log, **fields).info("A command to a guest is over")
        self._stage.events.command(sent.view, None)

    def _require_page(self, guest: Guest) -> None:
        if guest.present and guest.instance is None:
            raise ConflictError(
                "this guest has no page of ours", code="guest_without_page", hint="Use the fader mute."
            )
        if not guest.present or not guest.page:
            raise ConflictError(
                "the guest's page is not open at the moment",
                code="guest_away",
                hint="Wait until the guest is back.",
            )
