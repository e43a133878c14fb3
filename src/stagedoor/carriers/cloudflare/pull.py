"""Pulls one guest's tracks from the SFU, and again whenever either side loses its session."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.race import until_first
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.carriers.cloudflare.failures import Fate, fate, retry_after
from stagedoor.carriers.cloudflare.janitor import Janitor
from stagedoor.carriers.cloudflare.session import Pulled, SfuSession
from stagedoor.domain.carrier import PullState
from stagedoor.domain.errors import BadOfferError, CarrierError, NegotiationError
from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.whip import WhipPeer

logger = logging.getLogger(__name__)

UNTOLD_S: Final = 1.0
"""When tracks are asked for although nobody has said that they flow: not every publisher is our page."""
LOOK_EVERY_S: Final = 0.5
CONNECT_WITHIN_S: Final = 8.0
QUIET_S: Final = 2.0
"""Without a packet for so long, both sessions are looked at; again after as much more."""
STUCK_S: Final = 6.0
"""Without a packet for so long although both sessions are there, the relay's is made anew."""
LOST_S: Final = 9.0
"""Without a packet for so long, the guest's connection is given up: the page opens another one."""


class Sink(Protocol):
    """Where the packets go: the sink of the guest's session."""

    def on_packet(self, packet: Packet) -> None:
        """One frame."""

    def on_closed(self, reason: str) -> None:
        """There is nothing more to come."""


@dataclass(frozen=True, slots=True)
class Way:
    """What every guest's way through the SFU shares.

    Attributes:
        api: The SFU.
        janitor: Closes what is over.
        settings: Addresses from which the relay dials out.
    """

    api: CloudflareApi
    janitor: Janitor
    settings: PeerSettings

    @property
    def dial(self) -> PeerSettings:
        """How the relay dials out: from any port, without asking for its own outer address."""
        return replace(self.settings, stun_server=None, udp_ports=None)


@dataclass(slots=True)
class Wanted:
    """One track of the guest.

    Attributes:
        name: What the SFU calls it.
        flows: The page has seen its packets leave.
        retries: How often it was not there yet.
    """

    name: str
    state: PullState = PullState.PUBLISHED
    flows: bool = False
    retries: int = 0


class OverError(Exception):
    """The guest's own session has ended; a new one is the page's business."""


@dataclass(slots=True)
class _Tap:
    """Between the connection and the guest's session: knows when a packet came last, in monotonic seconds."""

    forward: Callable[[Packet], None]
    lose: Callable[[str], None]
    heard: float | None = None

    def on_packet(self, packet: Packet) -> None:
        self.heard = packet.arrived
        self.forward(packet)

    def on_closed(self, reason: str) -> None:
        self.lose(reason)


class Puller:
    """Keeps one pull session for one publisher.

    Args:
        way: The SFU and what is shared.
        publisher: The guest's session at the SFU.
        names: The names of the guest's tracks there.
        sink: Where the packets go; told once when the guest's session has ended.
        max_bitrate: Bits a second that the picture may use.

    Attributes:
        session: The relay's own session; None while there is none.
        rebuilt: How often that was made anew.
        trouble: The last failure; None while all is well.
    """

    def __init__(
        self, way: Way, publisher: str, names: Mapping[Kind, str], sink: Sink, max_bitrate: int
    ) -> None:
        self.publisher = publisher
        self.wanted = {kind: Wanted(name) for kind, name in names.items()}
        self.session: SfuSession | None = None
        self.peer: WhipPeer | None = None
        self.rebuilt = -1
        self.trouble: CarrierError | None = None
        self._way = way
        self._sink = sink
        self._max_bitrate = max_bitrate
        self._clock = GuestClock()
        self._wake = asyncio.Event()
        self._lost = ""
        self._due = time.monotonic() + UNTOLD_S
        self._attempts = 0
        self._tap = _Tap(sink.on_packet, self._lose)
        self._counted = 0
        self._looked = self._answered = 0.0

    def sending(self, kinds: Iterable[Kind]) -> None:
        """Take what the page says: packets of these kinds leave it."""
        for kind in kinds:
            wanted = self.wanted.get(kind)
            if wanted is not None and not wanted.flows:
                wanted.flows = True
                if wanted.state is not PullState.PULLED:
                    self._due, self._attempts = 0.0, 0
                    self._wake.set()

    async def run(self) -> None:
        """Pull until cancelled, or until the guest's session has ended."""
        try:
            await until_first(self._keep(), self._until_hopeless())
        except OverError as over:
            self._sink.on_closed(str(over))

    async def _keep(self) -> None:
        backoff = Backoff(first=0.25, most=4.0)
        while True:
            began = time.monotonic()
            await self._run_once()
            if time.monotonic() - began > LOST_S:
                backoff.reset()
            await asyncio.sleep(backoff.next())

    async def _until_hopeless(self) -> None:
        """End a session of which packets came once, and have not come for long."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._tap.heard is not None and time.monotonic() - self._tap.heard > LOST_S:
                raise OverError("nothing came any more")

    async def _run_once(self) -> None:
        """One session of ours, until it is of no use any more."""
        self._lost = ""
        try:
            self.session = await SfuSession.create(self._way.api, self._way.janitor)
            self.rebuilt += 1
            await self._serve(self.session)
        except CarrierError as error:
            self._fail(error)
        finally:
            await self._close()

    def _fail(self, error: CarrierError) -> None:
        if self.trouble is None or self.trouble.code != error.code:
            logger.warning("Pulling %s failed: %s", self._label, error)
        self.trouble = error

    @property
    def _label(self) -> str:
        return ", ".join(wanted.name for wanted in self.wanted.values())

    async def _close(self) -> None:
        session, peer, self.session, self.peer = self.session, self.peer, None, None
        for wanted in self.wanted.values():
            if wanted.state is PullState.PULLED:
                wanted.state = PullState.WAITING
        if session is not None:
            session.retire()
        if peer is not None:
            self._count(peer)
            await peer.aclose()

    async def _serve(self, session: SfuSession) -> None:
        while not self._lost:
            if time.monotonic() >= self._due and (batch := self._batch()):
                await self._pull(session, batch)
            await self._look(session)
            await self._pause()
        logger.info("The connection for %s was lost (%s) and is made anew", self._label, self._lost)

    async def _pause(self) -> None:
        wait = max(0.0, min(LOOK_EVERY_S, self._due - time.monotonic())) if self._batch() else LOOK_EVERY_S
        self._wake.clear()
        if self._lost or (wait == 0.0):
            return
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _batch(self) -> dict[Kind, str]:
        """What to ask for next: what is known to flow comes first, since the SFU waits long for the rest."""
        missing = {
            kind: wanted
            for kind, wanted in self.wanted.items()
            if wanted.state not in (PullState.PULLED, PullState.FAILED)
        }
        flowing = {kind: wanted for kind, wanted in missing.items() if wanted.flows}
        return {kind: wanted.name for kind, wanted in (flowing or missing).items()}

    async def _pull(self, session: SfuSession, batch: Mapping[Kind, str]) -> None:
        outcomes = await session.pull(self.publisher, batch, self._answer)
        for kind, outcome in outcomes.items():
            self._settle(self.wanted[kind], outcome)
        if all(wanted.state is PullState.FAILED for wanted in self.wanted.values()):
            raise OverError("Cloudflare refuses every track")
        self._due = time.monotonic() + retry_after(self._attempts)
        self._attempts += 1

    def _settle(self, wanted: Wanted, outcome: Pulled) -> None:
        if outcome.meaning is None:
            wanted.state = PullState.PULLED
            self.trouble = None
            self._attempts = 0
            return
        wanted.retries += 1
        error = outcome.meaning.error(outcome.words)
        if outcome.meaning.fate is Fate.STOP:
            wanted.state = PullState.FAILED
            self._fail(error)
            return
        wanted.state = PullState.WAITING
        if outcome.meaning.fate is Fate.RENEW:
            raise error
        self.trouble = error

    async def _answer(self, offer: str) -> str:
        try:
            if self.peer is not None:
                return self.peer.reoffer(offer)
            for kind in self.wanted:
                self._clock.restart(kind)
            self._counted = 0
            self.peer = await WhipPeer.answer(
                offer,
                sink=self._tap,
                settings=self._way.dial,
                max_bitrate=self._max_bitrate,
                clock=self._clock,
            )
        except BadOfferError as error:
            raise failures.UNREADABLE.error(error.message) from error
        except NegotiationError as error:
            raise failures.TRACK_REFUSED.error(error.message) from error
        self._answered = time.monotonic()
        return self.peer.answer_sdp

    def _lose(self, reason: str) -> None:
        self._lost = reason
        self._wake.set()

    async def _look(self, session: SfuSession) -> None:
        """See whether packets come; if not, find out whose fault it is."""
        peer = self.peer
        if peer is None:
            return
        self._count(peer)
        now = time.monotonic()
        quiet = now - max(self._tap.heard or 0.0, self._answered)
        if quiet < QUIET_S or now - self._looked < QUIET_S:
            return
        self._looked = now
        if not await session.is_alive():
            raise failures.SESSION_GONE.error()
        await self._require_publisher()
        if quiet > (STUCK_S if peer.report().connected else CONNECT_WITHIN_S):
            self._lose("nothing comes")

    async def _require_publisher(self) -> None:
        try:
            await self._way.api.show(self.publisher)
        except CarrierError as error:
            if fate(error) is Fate.RENEW:
                raise OverError("the guest's session at Cloudflare is gone") from error
            raise

    def _count(self, peer: WhipPeer) -> None:
        received, self._counted = peer.received_bytes - self._counted, peer.received_bytes
        self._way.janitor.journal.count(pulled=received)
