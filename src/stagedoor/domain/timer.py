"""What a timer shows: how far it has run, and how that is written."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

SECOND_NS: Final = 1_000_000_000
MOST_S: Final = 359_999
"""99:59:59: what runs on shows this."""
MINUS: Final = "\N{MINUS SIGN}"


class TimerMode(StrEnum):
    """What a timer tells; the values are those of the API."""

    COUNTDOWN = "countdown"
    COUNT_UP = "count_up"
    CLOCK = "clock"


class TimerFormat(StrEnum):
    """How a time is written; the first figure has as many digits as it takes, all others two."""

    SECONDS = "m:ss"
    HOURS = "h:mm:ss"
    MINUTES = "h:mm"


class AtZero(StrEnum):
    """What a countdown does at its end."""

    STOP = "stop"
    HIDE = "hide"
    COUNT_ON = "count_on"


@dataclass(frozen=True, slots=True)
class Run:
    """How far a timer has run, by the time of day: it outlives every process.

    Attributes:
        gone_ns: How far it had run when it was started last.
        since_ns: When that was, nanoseconds since the epoch; None: it has not been started since its reset.
        until_ns: When it was paused; None while it runs.
        taken_down_ns: The zero, by how far it had run, at which it was taken off program: that is done once.
    """

    gone_ns: int = 0
    since_ns: int | None = None
    until_ns: int | None = None
    taken_down_ns: int = 0

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.since_ns is not None and self.until_ns is None

    @property
    def moments(self) -> tuple[int, int | None, int | None]:
        """What tells how far it has run."""
        return self.gone_ns, self.since_ns, self.until_ns

    def elapsed_ns(self, now_ns: int) -> int:
        """Return how far it has run at a time of day."""
        if self.since_ns is None:
            return self.gone_ns
        end_ns = now_ns if self.until_ns is None else min(now_ns, self.until_ns)
        return self.gone_ns + max(0, end_ns - self.since_ns)

    def started(self, at_ns: int) -> Self:
        """Return it running from a time of day on; one that runs already goes on."""
        return self if self.running else replace(self.paused(at_ns), since_ns=at_ns, until_ns=None)

    def paused(self, at_ns: int) -> Self:
        """Return it standing from a time of day on."""
        if self.since_ns is None or not self.running:
            return replace(self, gone_ns=self.elapsed_ns(at_ns), since_ns=None, until_ns=None)
        return replace(self, until_ns=max(at_ns, self.since_ns))


def shown_s(elapsed_ns: int, countdown_s: int | None, *, counts_on: bool = False) -> int:
    """Return the seconds that a timer shows; negative after the zero of a countdown that counts on.

    Args:
        elapsed_ns: How far it has run.
        countdown_s: From how many seconds it counts down; None where it counts up.
        counts_on: Whether a countdown goes on behind its zero.
    """
    if countdown_s is None:
        return min(elapsed_ns // SECOND_NS, MOST_S)
    # What has begun of a second counts, so that zero is shown at the end and not a second before it.
    left_s = -((elapsed_ns - countdown_s * SECOND_NS) // SECOND_NS)
    return max(-MOST_S if counts_on else 0, left_s)


def written(seconds: int, form: TimerFormat, *, padded: bool = False) -> str:
    """Return a time in a form.

    Args:
        seconds: May be negative.
        form: Which.
        padded: Whether the first figure has two digits at least, as of a clock.
    """
    minutes, rest = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    least = 2 if padded else 1
    sign = MINUS if seconds < 0 else ""
    match form:
        case TimerFormat.SECONDS:
            return f"{sign}{minutes:0{least}}:{rest:02}"
        case TimerFormat.HOURS:
            return f"{sign}{hours:0{least}}:{minute:02}:{rest:02}"
        case TimerFormat.MINUTES:
            return f"{sign}{hours:0{least}}:{minute:02}"
