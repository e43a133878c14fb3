"""Incidents: what went wrong, since when, and how it ended; pure, times come from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from stagedoor.domain.errors import Values

KEPT_MS: Final = 3_600_000
"""How long one that has ended is still listed."""
SAME_MS: Final = 10_000
"""One that comes again so soon has not ended."""
MOST: Final = 200
"""Of those that have ended; the oldest go."""


class IncidentKind(StrEnum):
    """What is wrong, by a name that stays; the code says why."""

    GUEST_LOST = "guest_lost"
    SOURCE_LOST = "source_lost"
    GUEST_TROUBLE = "guest_trouble"
    GUEST_CLOUDFLARE = "guest_cloudflare"
    GUEST_WITHOUT_SOUND = "guest_without_sound"
    GUEST_SILENT = "guest_silent"
    GUEST_HEARS_NOTHING = "guest_hears_nothing"
    RELAY = "relay"
    MIXER = "mixer"
    DATABASE = "database"
    RECORDING = "recording"
    DESTINATION = "destination"
    RETURN = "return"
    DISK = "disk"
    LATE = "late"
    ENCODER = "encoder"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now.

    Attributes:
        kind: Which sentences are said of it.
        code: As in the runbook.
        critical: The audience sees or hears it, or is about to.
        cause: What is wrong, in a sentence.
        done: What the program does about it by itself.
        todo: What the operator can do.
        guest: Whom it is about, by id.
        source: What is missing on air, or would be, by id.
        output: Which of program's outputs it is about, by id.
        values: What the sentences have put in, by name, for whoever says them in another language.
    """

    kind: IncidentKind
    code: str
    critical: bool
    cause: str
    done: str = ""
    todo: str = ""
    guest: str | None = None
    source: str | None = None
    output: str | None = None
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """A finding with its time; `key` tells it from others at the same time.

    Attributes:
        since_ms: When it began, milliseconds since the epoch.
        ended_ms: When it ended; None while it lasts.
    """

    key: str
    finding: Finding
    since_ms: int
    ended_ms: int | None = None

    @property
    def id(self) -> str:
        """Names it for good."""
        return f"{self.key}@{self.since_ms}"


class Ledger:
    """All incidents that last, and those that have ended a short while ago."""

    def __init__(self) -> None:
        self._open: dict[str, Incident] = {}
        self._over: list[Incident] = []

    def all(self) -> tuple[Incident, ...]:
        """Return those that last, the newest first, and then those that have ended, the same way."""
        lasting = sorted(self._open.values(), key=lambda each: -each.since_ms)
        return (*lasting, *sorted(self._over, key=lambda each: -(each.ended_ms or 0)))

    def take(self, found: Mapping[str, Finding], now_ms: int) -> list[Incident]:
        """Take what is wrong now, by key; return every incident that is new, has changed, or has ended."""
        changed = [self._begin(key, finding, now_ms) for key, finding in found.items()]
        changed += [self._end(key, now_ms) for key in self._open.keys() - found.keys()]
        kept = [each for each in self._over if now_ms < (each.ended_ms or 0) + KEPT_MS]
        self._over = kept[-MOST:]
        return [each for each in changed if each is not None]

    def _begin(self, key: str, finding: Finding, now_ms: int) -> Incident | None:
        before = self._open.get(key) or self._again(key, finding.code, now_ms)
        if before is None:
            after = Incident(key, finding, now_ms)
        else:
            after = replace(before, finding=finding, ended_ms=None)
        self._open[key] = after
        return None if after == before else after

    def _again(self, key: str, code: str, now_ms: int) -> Incident | None:
        """Take back one that seemed to have ended."""
        for each in self._over:
            lately = now_ms < (each.ended_ms or 0) + SAME_MS
            if (each.key, each.finding.code) == (key, code) and lately:
                self._over.remove(each)
                return each
        return None

    def _end(self, key: str, now_ms: int) -> Incident:
        ended = replace(self._open.pop(key), ended_ms=now_ms)
        self._over.append(ended)
        return ended
