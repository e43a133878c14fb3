"""What the relay wants of a guest, and how far each track has come."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from stagedoor.carriers.base import MediaSink
from stagedoor.carriers.cloudflare.failures import Fate, retry_after
from stagedoor.carriers.cloudflare.session import Outcome
from stagedoor.domain.carrier import PullState
from stagedoor.domain.errors import CarrierError
from stagedoor.media.packets import Kind, Packet

UNTOLD_S: Final = 1.0
"""When tracks are asked for although nobody has said that they flow: not every publisher is our page."""
UNLIKELY_S: Final = 10.0
"""How often a track is asked for that the page has not named, although it has named another."""


@dataclass(slots=True)
class Wanted:
    """One track of the guest.

    Attributes:
        name: What the SFU calls it.
        flows: The page has seen its packets leave.
        retries: How often it was not there yet.
        trouble: Why it is not there; None while all is well.
        heard: When a packet of it came last, monotonic seconds.
    """

    name: str
    state: PullState = PullState.PUBLISHED
    flows: bool = False
    retries: int = 0
    trouble: CarrierError | None = None
    heard: float | None = None


class Tracks:
    """A guest's tracks: which to ask for next, and when; between the connection and the guest's session.

    Args:
        names: What the SFU calls them.
        sink: Where packets go.
        lose: Called when the connection is of no use any more, with the reason.
    """

    def __init__(self, names: Mapping[Kind, str], sink: MediaSink, lose: Callable[[str], None]) -> None:
        self.all = {kind: Wanted(name) for kind, name in names.items()}
        self._forward = sink.on_packet
        self._lose = lose
        self._due = time.monotonic() + UNTOLD_S
        self._attempts = 0

    def __str__(self) -> str:
        return ", ".join(wanted.name for wanted in self.all.values())

    # The connection's side (a `MediaSink`).

    def on_packet(self, packet: Packet) -> None:
        """Take a frame."""
        wanted = self.all.get(packet.track.kind)
        if wanted is not None:
            wanted.heard = packet.arrived
            self._forward(packet)

    def on_closed(self, reason: str) -> None:
        """The connection has gone."""
        self._lose(reason)

    def last_heard(self, kinds: Iterable[Kind] = Kind) -> float | None:
        """When a packet of any of these kinds came last."""
        times = [self.all[kind].heard for kind in kinds if kind in self.all]
        return max((at for at in times if at is not None), default=None)

    # What to ask for

    def sending(self, kinds: Iterable[Kind]) -> bool:
        """Take what the page says: packets of these kinds leave it. True if that makes one due."""
        news = [w for kind in kinds if (w := self.all.get(kind)) is not None and not w.flows]
        for wanted in news:
            wanted.flows = True
        is_due = any(wanted.state is not PullState.PULLED for wanted in news)
        if is_due:
            self._due, self._attempts = 0.0, 0
        return is_due

    @property
    def pulled(self) -> set[Kind]:
        """What the SFU sends to the relay."""
        return {kind for kind, wanted in self.all.items() if wanted.state is PullState.PULLED}

    @property
    def is_hopeless(self) -> bool:
        """Whether the SFU refuses every one."""
        return all(wanted.state is PullState.FAILED for wanted in self.all.values())

    def wait(self, now: float) -> float | None:
        """Seconds until something is to be asked for; None if there is nothing."""
        return max(0.0, self._due - now) if self._missing() else None

    def batch(self) -> dict[Kind, str]:
        """What to ask for next: what is known to flow comes first, since the SFU waits long for the rest."""
        missing = self._missing()
        flowing = {kind: wanted for kind, wanted in missing.items() if wanted.flows}
        return {kind: wanted.name for kind, wanted in (flowing or missing).items()}

    def _missing(self) -> dict[Kind, Wanted]:
        done = (PullState.PULLED, PullState.FAILED)
        return {kind: wanted for kind, wanted in self.all.items() if wanted.state not in done}

    def postpone(self) -> None:
        """Something could not be had: ask again a little later, and later for what nobody has named."""
        told = any(wanted.flows for wanted in self.all.values())
        unlikely = told and not any(wanted.flows for wanted in self._missing().values())
        self._due = time.monotonic() + (UNLIKELY_S if unlikely else retry_after(self._attempts))
        self._attempts += 1

    # What became of it

    def settle(self, kind: Kind, outcome: Outcome) -> None:
        """Take the SFU's word on one track.

        Raises:
            CarrierError: It means that the session is of no use any more.
        """
        wanted = self.all[kind]
        if outcome.meaning is None:
            wanted.state, wanted.trouble = PullState.PULLED, None
            self._attempts = 0
            return
        wanted.retries += 1
        wanted.trouble = outcome.meaning.error(outcome.words)
        wanted.state = PullState.FAILED if outcome.meaning.fate is Fate.STOP else PullState.WAITING
        if outcome.meaning.fate is Fate.RENEW:
            raise wanted.trouble

    def reset(self) -> None:
        """The session is gone: everything is to be asked for again."""
        for wanted in self.all.values():
            if wanted.state in (PullState.PULLED, PullState.FAILED):
                wanted.state = PullState.WAITING
        self._due, self._attempts = 0.0, 0

    @property
    def trouble(self) -> CarrierError | None:
        """The worst of what is wrong with one of them."""
        troubles = [wanted.trouble for wanted in self.all.values() if wanted.trouble is not None]
        return min(troubles, key=lambda error: error.retryable, default=None)
