"""How long is waited before a source that is not there is looked for again."""

import time
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.1
"""The first pause; each one is twice as long as the one before."""
SOON_S: Final = 0.3
"""The longest pause while a source is expected: who comes back shall be in his slot within a second."""
SELDOM_S: Final = 2.0
"""The same afterwards: servers are not asked for every empty seat several times a second."""
EXPECTED_S: Final = 60.0
"""For how long after it was there, or since somebody waits for it, a source is expected."""
GOOD_WORK_S: Final = 2.0
"""What was read for longer than this was there."""


class Pauses:
    """The pauses of one source.

    Args:
        now: Returns seconds of a clock that goes on evenly.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._next_s = FIRST_S
        self._until_s = now() + EXPECTED_S

    def expect(self) -> None:
        """Look for it often from now on: somebody waits for it. At any time, on any thread."""
        self._until_s = self._now() + EXPECTED_S

    def after(self, read_s: float) -> float:
        """Return how long to wait after it was read for so long, seconds."""
        if read_s > GOOD_WORK_S:
            self._next_s = FIRST_S
            self.expect()
        longest_s = SOON_S if self._now() < self._until_s else SELDOM_S
        pause_s = min(self._next_s, longest_s)
        self._next_s = min(2 * pause_s, longest_s)
        return pause_s
