"""How much of controllers is taken, counted and said."""

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

PER_S: Final = 100.0
"""Messages; as many may come at once."""
SAY_EVERY_S: Final = 10.0


class Outcome(StrEnum):
    """What became of a message."""

    DONE = "done"
    INVALID = "invalid"
    """Nothing that can be read, or asked for."""
    REFUSED = "refused"
    """The mixer, the board or a bound said no."""
    DROPPED = "dropped"
    """There were too many, or the mixer took too long."""


class Allowance:
    """A bucket that fills by `PER_S`.

    Args:
        now: Seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._left = PER_S
        self._at = now()

    def take(self, messages: int = 1) -> bool:
        """Take so many out, or return False if there are not so many."""
        now = self._now()
        self._left = min(PER_S, self._left + (now - self._at) * PER_S)
        self._at = now
        if self._left < messages:
            return False
        self._left -= messages
        return True


class Outcomes:
    """Counts what became of messages, and says what was wrong with one at most every `SAY_EVERY_S`.

    Args:
        count: Told of each outcome.
        now: Seconds of a clock that only goes forward.
    """

    def __init__(self, count: Callable[[str], None], now: Callable[[], float]) -> None:
        self._count = count
        self._now = now
        self._said: dict[Outcome, float] = {}
        self._unsaid: dict[Outcome, int] = {}

    def take(self, outcome: Outcome, sender: str, reason: str = "") -> None:
        """Take note of a message; `reason` repeats no more of it than a name of the API's."""
        self._count(outcome.value)
        if outcome is Outcome.DONE:
            return
        last, now = self._said.get(outcome), self._now()
        if last is not None and now - last < SAY_EVERY_S:
            self._unsaid[outcome] = self._unsaid.get(outcome, 0) + 1
            return
        self._said[outcome] = now
        before = self._unsaid.pop(outcome, 0)
        with_fields(log, sender=sender, outcome=outcome.value, unsaid=before).warning(
            "A message by OSC is not followed: %s", reason
        )
