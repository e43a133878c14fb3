"""All publishers' sessions of the relay process."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from itertools import count
from types import TracebackType
from typing import Any

from stagedoor.carriers.base import Carrier, Offer
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import Blame, CapacityError, ConflictError, NotFoundError, UnavailableError
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc.messages import (
    Binding,
    Devices,
    FragmentAnswer,
    FragmentRequest,
    SessionAnswer,
    SessionRequest,
    SessionStatus,
)
from stagedoor.media.packets import Kind
from stagedoor.relay.guest_relay import GuestRelay, OutletFactory
from stagedoor.relay.hub import Hub
from stagedoor.relay.session import Session, SessionHooks

TICK_S = 0.25
"""How often states are derived."""
TICKS_A_STATUS = 4
"""A whole status goes out once a second."""
CLOSE_WITHIN_S = 2.0
MAX_SESSIONS = 256
"""Far more than a machine can carry: only a bound."""


class Sessions:
    """Opens, moves and ends sessions; an async context manager.

    Args:
        hub: Where their packets go.
        carriers: The ways by which guests come.
        make_outlet: Makes a destination.

    Attributes:
        on_status: Told of every change, and of every session once a second.
        on_first_picture: Told how many seconds each session's first picture took.
        ended: How many sessions have ended, by reason.
    """

    def __init__(self, hub: Hub, carriers: Mapping[CarrierKind, Carrier], make_outlet: OutletFactory) -> None:
        self.on_status: Callable[[SessionStatus], None] = _ignore
        self.on_first_picture: Callable[[float], None] = _ignore
        self.ended: dict[EndReason, int] = dict.fromkeys(EndReason, 0)
        self._hub = hub
        self._carriers = carriers
        self._make_outlet = make_outlet
        self._sessions: dict[str, Session] = {}
        self._opening: dict[str, Session] = {}
        self._hooks = SessionHooks(
            hub, self._make_relay, self._changed, self._lost, lambda seconds: self.on_first_picture(seconds)
        )
        self._group = asyncio.TaskGroup()
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Sessions":
        await self._group.__aenter__()
        self._ticker = self._group.create_task(self._tick(), name="sessions")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_all(EndReason.SHUTDOWN)
        if self._ticker is not None:
            self._ticker.cancel()
        await self._group.__aexit__(kind, error, trace)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def get(self, session: str) -> Session:
        """Return a session; raises `NotFoundError` where there is none."""
        found = self._sessions.get(session)
        if found is None:
            raise NotFoundError("there is no such session", code="session_unknown")
        return found

    async def open(self, request: SessionRequest) -> SessionAnswer:
        """Answer a publisher's offer; the newest session of an owner at a path replaces the one before.

        Raises:
            ConflictError: The path belongs to somebody else, the session's id is in use, or an offer that
                came later has been answered already.
            CapacityError: There are too many sessions already.
            UnavailableError: The carrier is not set up here.
            NotFoundError: It was ended before the carrier answered.
            StagedoorError: What the carrier raises of the offer.
        """
        if request.session in self._sessions or request.session in self._opening:
            raise ConflictError("this session is there already", code="session_exists")
        if len(self._sessions) + len(self._opening) >= MAX_SESSIONS:
            raise CapacityError(f"there are {MAX_SESSIONS} sessions already", code="too_many_sessions")
        self._check_free(request.binding.path, request.owner)
        carrier = self._carriers.get(request.carrier)
        if carrier is None:
            raise UnavailableError(
                f"the carrier {request.carrier} is not set up here",
                code="carrier_unconfigured",
                blame=Blame.OPERATOR,
                hint="Set carrier.cloudflare.app_id and app_secret.",
                retryable=False,
            )
        session = Session(request, self._hooks, carrier.name)
        self._opening[session.id] = session
        try:
            peer = await carrier.open(Offer(request.offer, request.label, request.max_bitrate), session)
        finally:
            self._opening.pop(session.id, None)
        try:
            _require_open(session)
            self._check_free(request.binding.path, request.owner)
            self._require_newest(session)
            self._replace(session)
            session.open(peer)
        except BaseException:
            await peer.aclose()
            raise
        self._sessions[session.id] = session
        session.log.info("%s for %s", carrier.created, session.label)
        self._tell(session)
        return SessionAnswer(id=session.id, answer=peer.answer_sdp, etag=peer.etag)

    async def patch(self, session: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand candidates, or an ICE restart, to a session's peer."""
        peer = self.get(session).peer
        if peer is None:
            raise NotFoundError("the session is not answered yet", code="session_unknown")
        fragment, etag = await peer.patch(request.fragment, request.if_match)
        return FragmentAnswer(fragment=fragment, etag=etag)

    def bind(self, session: str, binding: Binding) -> SessionStatus:
        """Move a session to another path and other destinations."""
        found = self.get(session)
        before = found.binding.path
        self._check_free(binding.path, found.owner)
        if binding.path != before:
            self._replace(found, binding)
        left = found.bind(binding)
        if left is not None:
            self._spawn(left.aclose())
        if binding.path != before:
            found.log.info("%s goes from %s to %s", found.label, before, binding.path)
        return self._tell(found)

    def set_devices(self, session: str, devices: Devices) -> SessionStatus:
        """Take what the page says of a guest's devices."""
        found = self.get(session)
        found.set_devices(devices)
        return self._tell(found)

    def restart_relay(self, session: str, destination: str | None) -> SessionStatus:
        """Have the destinations of a session, or one, begin anew; the session goes on.

        Raises:
            NotFoundError: There is no such session, or no such destination.
        """
        found = self.get(session)
        if found.relay is None:
            raise NotFoundError(f"{found.label} has no destination", code="destination_unknown")
        found.relay.restart(destination)
        return self._tell(found)

    def sending(self, session: str, kinds: Iterable[Kind]) -> SessionStatus:
        """Take what a guest's page says: packets of these kinds leave it."""
        found = self.get(session)
        found.sending(kinds)
        return found.status()

    def close(self, session: str, reason: EndReason, detail: str = "") -> SessionStatus:
        """End a session; its peer and its destinations are closed in the background, within 2 s.

        One whose offer is still being answered is over at once; what the carrier answers is thrown away.
        """
        opening = self._opening.pop(session, None)
        return self._end(self.get(session) if opening is None else opening, reason, detail)

    def end_all(self, reason: EndReason) -> None:
        """End every session."""
        for session in self:
            self._end(session, reason, "")

    def _check_free(self, path: str, owner: str) -> None:
        holder = self._hub.owner(path)
        if holder is not None and holder != owner:
            raise ConflictError(f"somebody else publishes to {path}", code="path_taken")

    def _require_newest(self, session: Session) -> None:
        """An answer that took long must not end what came after it."""
        mine = session.owner, session.binding.path
        if any(each.asked > session.asked for each in self if (each.owner, each.binding.path) == mine):
            raise ConflictError("a newer offer has been answered", code="replaced")

    def _replace(self, newer: Session, binding: Binding | None = None) -> None:
        """End the sessions of the same owner at the same path; the newer one takes over their relay."""
        binding = binding or newer.binding
        for older in self:
            if older is newer or older.owner != newer.owner or older.binding.path != binding.path:
                continue
            if older.relay is not None and older.binding == binding and newer.relay is None:
                newer.adopt(older.relay)
                older.relay = None
            self._end(older, EndReason.REPLACED, "")

    def _end(self, session: Session, reason: EndReason, detail: str) -> SessionStatus:
        self._sessions.pop(session.id, None)
        session.close(reason, detail)
        self.ended[reason] += 1
        session.log.info("Session of %s ended: %s%s", session.label, reason, f" ({detail})" if detail else "")
        status = self._tell(session)
        self._spawn(self._tear_down(session))
        return status

    async def _tear_down(self, session: Session) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S), asyncio.TaskGroup() as group:
                if session.relay is not None:
                    group.create_task(session.relay.aclose())
                if session.peer is not None:
                    group.create_task(session.peer.aclose())
        except TimeoutError:
            session.log.warning("The session of %s took too long to close", session.label)

    def _lost(self, session: Session, reason: str) -> None:
        if session.id in self._sessions:
            self._end(session, EndReason.LOST, reason)

    def _make_relay(self, path: str, on_change: Callable[[], None], carrier: str) -> GuestRelay:
        return GuestRelay(path, self._make_outlet, on_change, carrier)

    def _changed(self, session: Session) -> None:
        self.on_status(session.status())

    def _tell(self, session: Session) -> SessionStatus:
        status = session.status()
        self.on_status(status)
        return status

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(work)

    async def _tick(self) -> None:
        for number in count(1):
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            whole = number % TICKS_A_STATUS == 0
            for session in self:
                if session.tick(now) or whole:
                    self._tell(session)


def _require_open(session: Session) -> None:
    if session.state is SessionState.CLOSED:
        raise NotFoundError("the session was ended before it was answered", code="session_unknown")


def _ignore(_told: object) -> None:
    """Nobody listens yet."""
