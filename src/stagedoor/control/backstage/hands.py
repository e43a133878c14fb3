"""Raised hands: a change is told to everybody at the desk, so that there is not one with every request."""

from typing import Final

from stagedoor.control.stage import Stage
from stagedoor.domain.errors import Blame, CapacityError
from stagedoor.domain.guest import Guest

EVERY_MS: Final = 1000
"""How long a guest's hand stays as the guest has put it, at least."""


class Hands:
    """The hands of guests who are here.

    Args:
        stage: The state of the show.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._moved: dict[str, int] = {}
        """When a guest has last moved it, by invite, of those who did so lately."""

    def raise_own(self, guest: Guest, *, raised: bool) -> None:
        """Take it that a guest raises a hand, or lowers it.

        Raises:
            ConflictError: The guest is not here.
            CapacityError: They have moved it just now.
        """
        now_ms = self._stage.now_ms()
        moved = guest.with_hand(now_ms if raised else None)
        if moved == guest:
            return
        self._moved = {key: at_ms for key, at_ms in self._moved.items() if now_ms - at_ms < EVERY_MS}
        if guest.invite in self._moved:
            raise CapacityError(
                "the hand was moved just now", code="hand_too_fast", blame=Blame.GUEST, hint="Wait a second."
            )
        self._moved[guest.invite] = now_ms
        self._stage.commit(self._stage.house.with_guest(moved))

    def lower(self, guest: Guest) -> None:
        """Lower a guest's hand for them; raises `ConflictError` if they are not here."""
        lowered = guest.with_hand(None)
        if lowered != guest:
            self._stage.commit(self._stage.house.with_guest(lowered))
