"""How long to wait before the next try."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """Waits that double from `first` to `most` seconds, each spread by ±`jitter` of itself.

    The spread keeps many clients of one restarted server from coming back in the same instant.

    Attributes:
        first: Seconds before the first new try.
        most: Seconds that no wait exceeds, spread included.
        jitter: Fraction 0…1.
        attempts: Waits handed out since the last `reset`.
    """

    first: float = 0.5
    most: float = 10.0
    jitter: float = 0.2
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)
    attempts: int = 0

    def next(self) -> float:
        """Return the seconds to wait now, and count the try."""
        wait = min(self.most, self.first * 2.0 ** min(self.attempts, 32))
        self.attempts += 1
        return min(self.most, wait * self.uniform(1 - self.jitter, 1 + self.jitter))

    def reset(self) -> None:
        """Start over: the thing has worked long enough."""
        self.attempts = 0

    def exhaust(self) -> None:
        """Make the next waits the longest: trying again soon would be of no use."""
        self.attempts = max(self.attempts, 32)
