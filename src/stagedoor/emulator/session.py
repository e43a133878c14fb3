"""One session: its state, its negotiation, its connection, and what it publishes and pulls."""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from stagedoor.emulator.connection import Connection, ConnectionEvents, Loss, Router
from stagedoor.emulator.lines import Line, Source, Transport
from stagedoor.emulator.negotiation import Negotiation
from stagedoor.emulator.options import Options
from stagedoor.emulator.publication import Publication
from stagedoor.emulator.refusal import Refusal, gone
from stagedoor.emulator.subscription import Subscription
from stagedoor.rtc.aiortc_seams import Certificate
from stagedoor.rtc.lite import LitePort
from stagedoor.rtc.rtcp import parse_rtcp, sender_clock
from stagedoor.rtc.rtp import parse_rtp
from stagedoor.rtc.sdp.offer import RemoteTransport

logger = logging.getLogger(__name__)

FEEDBACK_EVERY = 0.5


class State(StrEnum):
    """Of a session."""

    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    GONE = "gone"


MOVES = {
    State.NEW: {State.CONNECTING, State.GONE},
    State.CONNECTING: {State.CONNECTED, State.GONE},
    State.CONNECTED: {State.GONE},
    State.GONE: set[State](),
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all sessions of an emulator share."""

    options: Options
    port: LitePort
    certificate: Certificate
    loss: Loss


class Session:
    """One session of an app.

    Attributes:
        publications: By mid, closed ones among them.
        subscriptions: The same.
        lock: Held by a call that changes the session.
        connected: Set with the connection; also at the end.
        on_gone: Called once when the session has ended.
    """

    def __init__(self, shared: Surroundings, on_gone: Callable[["Session"], None]) -> None:
        self.session_id = secrets.token_hex(16)
        self.state = State.NEW
        self.lock = asyncio.Lock()
        self.connected = asyncio.Event()
        self.publications: dict[str, Publication] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.on_gone = on_gone
        self._shared = shared
        self._began = time.monotonic()
        self._reported = 0.0
        self._closed_by_force: set[str] = set()
        self._calls: deque[float] = deque(maxlen=shared.options.calls_per_second)
        self._router = Router()
        agent = shared.port.agent()
        agent.lost_after = shared.options.timers.lost
        events = ConnectionEvents(self._on_rtp, self._on_rtcp, self._on_ready, self.end)
        self.connection = Connection(agent, shared.certificate, events, shared.loss)
        self.negotiation = Negotiation(
            Transport(
                agent.local_username,
                agent.local_password,
                shared.certificate.sha256(),
                tuple(agent.candidates()),
            ),
            shared.options.most_lines,
        )

    # Its life

    def _move(self, state: State, why: str) -> bool:
        if state not in MOVES[self.state]:
            return False
        logger.info(
            "Session %s is %s: %s", self.session_id[:8], state, why, extra={"fields": {"before": self.state}}
        )
        self.state = state
        return True

    def connect(self, remote: RemoteTransport) -> None:
        """Let the other side connect; only the first time means anything."""
        if self._move(State.CONNECTING, "the other side is known"):
            self.negotiation.answers_as = "active" if remote.setup == "passive" else "passive"
            self.connection.start(remote)

    def _on_ready(self) -> None:
        if self._move(State.CONNECTED, "the connection stands"):
            self.connected.set()

    def end(self, why: str) -> None:
        """Forget what it published and pulled; the API says 410 from now on."""
        if not self._move(State.GONE, why):
            return
        self.connected.set()
        for publication in self.publications.values():
            publication.close()
        for subscription in self.subscriptions.values():
            subscription.close()
        self.on_gone(self)

    def check_alive(self) -> None:
        """Let a call go on.

        Raises:
            Refusal: The session is gone.
        """
        if self.state is State.GONE:
            raise gone()

    def check(self) -> None:
        """Let a call pass.

        Raises:
            Refusal: The session is gone, or was called too often.
        """
        self.check_alive()
        now = time.monotonic()
        if len(self._calls) == self._calls.maxlen and self._calls and now - self._calls[0] < 1.0:
            raise Refusal(429, "too_many_requests", "Too many requests on this session")
        self._calls.append(now)

    def beat(self, now: float) -> None:
        """What happens by time alone."""
        timers = self._shared.options.timers
        if self.state in (State.NEW, State.CONNECTING) and now - self._began > timers.unconnected:
            self.end("nobody connected in time")
        if self.state is not State.CONNECTED:
            return
        for publication in self.publications.values():
            if not publication.closed and now - publication.heard > timers.silence:
                logger.info("Track %s is inactive: nothing came for too long", publication.name)
                publication.close()
            publication.beat(now)
        if now - self._reported >= FEEDBACK_EVERY:
            self._reported = now
            for publication in self.publications.values():
                publication.feedback(now, self._shared.options.most_bitrate)

    # What it publishes

    def publish(self, line: Line, name: str) -> Publication:
        """Begin to publish what comes in a line."""
        send_rtcp = self.connection.send_rtcp
        publication = Publication(self.session_id, name, line, send_rtcp)
        publication.poisoned = line.mid in self._closed_by_force
        before = self.publications.get(line.mid)
        if before is not None:
            before.close()
        self.publications[line.mid] = publication
        return publication

    def published(self, name: str) -> Publication | None:
        """The open publication of a name, the newest if there are several."""
        named = [each for each in self.publications.values() if each.name == name and not each.closed]
        return named[-1] if named else None

    def close_publication(self, publication: Publication, *, force: bool) -> None:
        """End a publication; a line that was closed by force never carries anything again."""
        publication.close()
        if force:
            self._closed_by_force.add(publication.line.mid)

    # What it pulls

    def source(self, stream: str) -> Source:
        """Streams for a line to a client; `stream` is the same for what belongs together."""
        ssrc = secrets.randbits(31) | 1
        return Source(ssrc, ssrc ^ 0x40000000, stream, stream, secrets.token_hex(8))

    def subscribe(self, line: Line, publication: Publication) -> Subscription:
        """Send a publication's packets in a line; nothing leaves before the line is negotiated."""
        if line.source is None:
            line.source = self.source(publication.session_id)
        subscription = self.subscriptions.get(line.mid)
        if subscription is None or subscription.line is not line:
            subscription = Subscription(
                line,
                line.source,
                self.connection.send_rtp,
                self.connection.send_rtcp,
                self._shared.options.padding_every,
            )
            self.subscriptions[line.mid] = subscription
        subscription.attach(publication)
        return subscription

    def free_lines(self, kind: str) -> Iterator[Line]:
        """Negotiated lines whose subscription was closed, ready to carry another."""
        for subscription in self.subscriptions.values():
            line = subscription.line
            if subscription.closed and line.kind == kind and line.sends and not line.stopped:
                yield line

    def settle(self, stopped: list[Line]) -> None:
        """After an exchange: let go of lines that were stopped, begin to send in those that were agreed."""
        for line in stopped:
            if (publication := self.publications.get(line.mid)) and publication.line is line:
                publication.close()
            if (subscription := self.subscriptions.get(line.mid)) and subscription.line is line:
                subscription.close()
        for subscription in self.subscriptions.values():
            subscription.negotiated()

    # Media

    def _on_rtp(self, data: bytes) -> None:
        packet = parse_rtp(data)
        found = None if packet is None else self._router.find(packet, self.negotiation.lines)
        if packet is None or found is None:
            return
        line, carries = found
        publication = self.publications.get(line.mid)
        if publication is not None:
            publication.packet(packet, carries, time.monotonic())

    def _on_rtcp(self, data: bytes) -> None:
        for packet in parse_rtcp(data):
            if (clock := sender_clock(packet)) is not None:
                for publication in self.publications.values():
                    if publication.ssrc == clock.ssrc:
                        publication.sender_report(clock, time.monotonic())
            for subscription in self.subscriptions.values():
                subscription.feedback(packet)

    async def aclose(self) -> None:
        """End, and close the connection; idempotent."""
        self.end("the emulator stops")
        await self.connection.aclose()
