"""Pulls one guest's tracks from the SFU, and again whenever either side loses its session."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Final

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.race import hedged, until_first
from stagedoor.carriers.base import MediaSink
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.api import ANSWER_WITHIN_S
from stagedoor.carriers.cloudflare.failures import Fate, fate
from stagedoor.carriers.cloudflare.session import LATE_S, UNHURRIED, Outcome, Patience, SfuSession
from stagedoor.carriers.cloudflare.wanted import Tracks
from stagedoor.carriers.cloudflare.watchdog import LOST_S, TICK_S, OverError, Watchdog, until_hopeless
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import BadOfferError, CarrierError, NegotiationError
from stagedoor.media.packets import Kind
from stagedoor.rtc.receive.clock import GuestClock
from stagedoor.rtc.whip import WhipPeer

logger = logging.getLogger(__name__)

REFUSED_AGAIN_S: Final = 30.0
"""After a refusal that somebody has to mend, such as of the account, nothing is asked for so long."""
AGAIN_MOST_S: Final = 2.0
"""The longest pause before another session: a guest on air waits for it, and the call costs nothing."""
HURRY_S: Final = 4.0
"""For what waits for no packets: an answer of ours, and a pull where the SFU has had some of the guest."""


class Puller:
    """Keeps one pull session for one publisher.

    Args:
        way: The SFU and what is shared.
        publisher: The guest's session at the SFU.
        names: The names of the guest's tracks there.
        sink: Where the packets go; told once when the guest's session has ended.
        max_bitrate: Bits a second that the picture may use.

    Attributes:
        tracks: How far each track has come.
        session: The relay's own session; None while there is none.
        peer: Its connection; None before it is negotiated.
        rebuilt: How often the session was made anew.
    """

    def __init__(
        self, way: Way, publisher: str, names: Mapping[Kind, str], sink: MediaSink, max_bitrate: int
    ) -> None:
        self.tracks = Tracks(names, sink, self._lose)
        self.session: SfuSession | None = None
        self.peer: WhipPeer | None = None
        self.rebuilt = -1
        self._publisher = publisher
        self._way = way
        self._sink = sink
        self._max_bitrate = max_bitrate
        self._clock = GuestClock()
        self._failure: CarrierError | None = None
        self._was_late = False
        self._lost = asyncio.Event()
        self._wake = asyncio.Event()
        self._answered = 0.0
        self._counted = 0

    @property
    def trouble(self) -> CarrierError | None:
        """What is wrong now: with the session, else with a track; None while all is well."""
        return self._failure or self.tracks.trouble

    def sending(self, kinds: Iterable[Kind]) -> None:
        """Take what the page says: packets of these kinds leave it."""
        if self.tracks.sending(kinds):
            self._wake.set()

    async def run(self) -> None:
        """Pull until cancelled, or until the guest's session has ended."""
        try:
            await until_first(self._keep(), until_hopeless(self.tracks))
        except OverError as over:
            self._sink.on_closed(str(over))

    async def _keep(self) -> None:
        backoff = Backoff(first=0.25, most=AGAIN_MOST_S)
        while True:
            began = time.monotonic()
            await self._run_once()
            if time.monotonic() - began > LOST_S:
                backoff.reset()
            is_refused = self._failure is not None and fate(self._failure) is Fate.STOP
            await asyncio.sleep(REFUSED_AGAIN_S if is_refused else backoff.next())

    async def _run_once(self) -> None:
        """One session of ours, until it is of no use any more."""
        self._lost.clear()
        try:
            self.session = await hedged(self._new_session, after_s=LATE_S, discard=SfuSession.retire)
            self.rebuilt += 1
            await self._serve(self.session)
        except CarrierError as error:
            self._fail(error)
        finally:
            await self._close()

    def _new_session(self) -> Coroutine[Any, Any, SfuSession]:
        return SfuSession.create(self._way.api, self._way.janitor)

    def _fail(self, error: CarrierError) -> None:
        if self._failure is None or self._failure.code != error.code:
            logger.warning("Pulling %s failed: %s", self.tracks, error)
        self._failure = error

    async def _close(self) -> None:
        session, peer, self.session, self.peer = self.session, self.peer, None, None
        self.tracks.reset()
        if session is not None:
            session.retire()
        if peer is not None:
            self._count(peer)
            await peer.aclose()

    async def _serve(self, session: SfuSession) -> None:
        watchdog = Watchdog(self._way, self._publisher, session, self.tracks, self._lose)
        while not self._lost.is_set():
            self._wake.clear()
            if self.tracks.wait(time.monotonic()) == 0.0:
                await until_first(self._try(session), self._until_lost())
            if self.peer is not None:
                self._count(self.peer)
                await watchdog.look(self.peer, self._answered)
            await self._pause()

    async def _until_lost(self) -> None:
        await self._lost.wait()

    async def _pause(self) -> None:
        wait = self.tracks.wait(time.monotonic())
        try:
            async with asyncio.timeout(TICK_S if wait is None else min(TICK_S, wait)):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _try(self, session: SfuSession) -> None:
        """Ask for what is missing; what is there goes on if it cannot be had yet."""
        try:
            outcomes = await self._pulled(session)
        except CarrierError as error:
            if session.is_spoilt or fate(error) is not Fate.AGAIN:
                raise
            self._fail(error)
        else:
            self._failure = None
            for kind, outcome in outcomes.items():
                self.tracks.settle(kind, self._checked(kind, outcome))
        if self.tracks.is_hopeless:
            raise OverError("Cloudflare refuses every track")
        self.tracks.postpone()

    async def _pulled(self, session: SfuSession) -> dict[Kind, Outcome]:
        """Pull; see `_patience` for how long that may take."""
        batch = self.tracks.batch()
        try:
            pulled = await session.pull(self._publisher, batch, self._answer, self._patience(batch))
        except CarrierError as error:
            self._was_late = error.code == failures.TIMED_OUT.code
            raise
        self._was_late = False
        return pulled

    def _patience(self, batch: Iterable[Kind]) -> Patience:
        """While nothing flows, a call that hangs is given up early, once: the SFU may be slow."""
        if self._was_late or self.tracks.pulled:
            return UNHURRIED
        were_here = all(self.tracks.last_heard([kind]) is not None for kind in batch)
        return Patience(HURRY_S if were_here else ANSWER_WITHIN_S, HURRY_S)

    def _checked(self, kind: Kind, outcome: Outcome) -> Outcome:
        """What the SFU offers and we cannot carry is not there, whatever it says."""
        if outcome.meaning is not None or (self.peer is not None and self.peer.takes(kind)):
            return outcome
        return Outcome("", failures.TRACK_REFUSED, "it comes in a codec that cannot be carried")

    async def _answer(self, offer: str) -> str:
        try:
            if self.peer is not None:
                return self.peer.reoffer(offer)
            for kind in self.tracks.all:
                self._clock.restart(kind)
            self._counted = 0
            self.peer = await WhipPeer.answer(
                offer,
                sink=self.tracks,
                settings=self._way.dial,
                max_bitrate=self._max_bitrate,
                clock=self._clock,
            )
        except BadOfferError as error:
            raise failures.UNREADABLE.error(error.message) from error
        except NegotiationError as error:
            raise failures.TRACK_REFUSED.error(error.message) from error
        finally:
            self._answered = time.monotonic()
        return self.peer.answer_sdp

    def _lose(self, reason: str) -> None:
        if not self._lost.is_set():
            logger.info("The connection for %s was lost (%s) and is made anew", self.tracks, reason)
        self._lost.set()
        self._wake.set()

    def _count(self, peer: WhipPeer) -> None:
        received, self._counted = peer.received_bytes - self._counted, peer.received_bytes
        self._way.janitor.journal.count(pulled=received)
