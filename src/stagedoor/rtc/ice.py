"""One ICE transport (RFC 8445): addresses, candidates, checks, restart, and the way up from the socket."""

import asyncio
import contextlib
import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import ifaddr
from aioice.candidate import Candidate

from stagedoor.domain.errors import BadOfferError, CapacityError
from stagedoor.rtc.aiortc_seams import IceConnection
from stagedoor.rtc.datagrams import Datagrams
from stagedoor.rtc.sdp.offer import MOST_CANDIDATES

logger = logging.getLogger(__name__)

CONNECT_DEADLINE = 20.0
"""Seconds from the answer until a pair must be nominated."""
RESTART_DEADLINE = 6.0
"""The same for an ICE restart: less than what it takes to see that the old pair is dead."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """What the operator chose for WebRTC.

    Attributes:
        host_addresses: Addresses to announce; empty: all of this machine but loopback.
        udp_ports: First and last UDP port to use; None: any.
        stun_server: Host and port of a STUN server that tells our outer address.
    """

    host_addresses: tuple[str, ...] = ()
    udp_ports: tuple[int, int] | None = None
    stun_server: tuple[str, int] | None = None


class Credentials(Protocol):
    """Our side of an ICE session."""

    @property
    def local_username(self) -> str:
        """The user fragment."""

    @property
    def local_password(self) -> str:
        """The password."""


class IceAgent(Protocol):
    """What a `MediaTransport` stands on: an `IceTransport`, or an agent that never asks (`rtc.lite`)."""

    @property
    def current(self) -> Credentials:
        """The newest credentials of ours."""

    @property
    def round_trip(self) -> float | None:
        """Seconds of the newest STUN transaction."""

    async def gather(self) -> None:
        """Get ready to be reached; called again, it prepares an ICE restart."""

    def candidates(self) -> list[str]:
        """Our candidates as SDP."""

    async def add_candidate(self, candidate: Candidate) -> None:
        """Take a candidate of the other side."""

    def hear(self) -> None:
        """Take note that something came which only the other side can have sent."""

    async def connect(self, ufrag: str, pwd: str) -> bool:
        """Return once a pair is nominated; False if none is in time."""

    async def watch(self) -> None:
        """Return when the pair is of no use any more."""

    def send_now(self, data: bytes) -> None:
        """Send a datagram, or drop it while there is no pair."""

    async def aclose(self) -> None:
        """Close; idempotent."""


def read_candidate(text: str) -> Candidate:
    """Read a candidate of the other side.

    Raises:
        BadOfferError: It is not one.
    """
    try:
        return Candidate.from_sdp(text)
    except ValueError as error:
        raise BadOfferError("a candidate cannot be read", hint="See RFC 8839 section 5.1.") from error


class IceFactory(Protocol):
    """Makes an agent that knows where media and the end of consent go."""

    def __call__(self, *, on_media: Callable[[bytes], None], on_lost: Callable[[], None]) -> IceAgent:
        """Make it."""


def local_addresses() -> list[str]:
    """This machine's addresses but loopback and link-local ones; loopback when there is nothing else."""
    found = []
    for adapter in ifaddr.get_adapters():
        for each in adapter.ips:
            address = ipaddress.ip_address(each.ip if isinstance(each.ip, str) else each.ip[0])
            if not (address.is_loopback or address.is_link_local):
                found.append(str(address))
    return found or ["127.0.0.1"]


class IceTransport:
    """The transport below one DTLS connection; an ICE restart changes what is below it, not the object.

    Args:
        settings: Addresses and ports.
        controlling: Our ICE role.
        on_media: Called on the loop with each datagram of SRTP or SRTCP.
        on_lost: Called when consent is gone and nothing replaces it.
    """

    def __init__(
        self,
        settings: PeerSettings,
        *,
        controlling: bool,
        on_media: Callable[[bytes], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._controlling = controlling
        self._on_lost = on_lost
        self._datagrams = Datagrams(on_media)
        self._connection: IceConnection | None = None
        self._next: IceConnection | None = None
        self._closed = False
        self.ready = asyncio.Event()
        self._send = self._send_soon
        """aiortc's DTLS transport sends by this name."""

    @property
    def role(self) -> str:
        """As aiortc's DTLS transport asks for it."""
        return "controlling" if self._controlling else "controlled"

    @property
    def current(self) -> IceConnection:
        """The connection that the newest credentials belong to."""
        connection = self._next or self._connection
        if connection is None:
            raise RuntimeError("gather() comes first")
        return connection

    async def gather(self) -> None:
        """Bind sockets and collect candidates; called again, it prepares an ICE restart.

        Raises:
            CapacityError: No UDP port of the configured range, or no file descriptor, is free.
        """
        chosen = self._settings.host_addresses
        here = local_addresses() if not chosen else _bindable(chosen)
        first_last = self._settings.udp_ports
        connection = IceConnection(
            here,
            range(first_last[0], first_last[1] + 1) if first_last else None,
            self._datagrams.take,
            controlling=self._controlling,
            stun_server=self._settings.stun_server,
        )
        # Only an ICE lite agent, such as an SFU, leaves that role to us.
        connection.remote_is_lite = self._controlling
        try:
            await connection.gather_candidates()
        except OSError as error:
            await connection.close()
            raise CapacityError(
                "this machine has no file descriptors left for another guest",
                code="too_many_files",
                hint="Raise the limit of open files (LimitNOFILE with systemd, ulimit -n).",
            ) from error
        if not connection.local_candidates:
            await connection.close()
            raise CapacityError(
                "no UDP port is free for another guest",
                code="ports_used_up",
                hint="Widen webrtc.udp_ports, or check webrtc.host_addresses.",
            )
        if self._connection is None:
            self._connection = connection
        else:
            if self._next is not None:
                await self._next.close()
            self._next = connection

    def candidates(self) -> list[str]:
        """Our candidates as SDP; addresses that are not this machine's are announced in place of its own."""
        announced = [a for a in self._settings.host_addresses if a not in _machine()]
        lines = []
        for candidate in self.current.local_candidates:
            if candidate.type != "host" or not announced:
                lines.append(candidate.to_sdp())
                continue
            lines += [
                candidate.to_sdp().replace(f" {candidate.host} ", f" {address} ", 1)
                for address in announced
                if _version(address) == _version(candidate.host)
            ]
        return lines

    async def add_candidate(self, candidate: Candidate) -> None:
        """Take a candidate of the other side; those that we cannot use (TCP, mDNS names) are passed over."""
        usable = candidate.component == 1 and candidate.transport.lower() == "udp"
        if usable and not candidate.host.endswith(".local") and self._is_new(candidate):
            with contextlib.suppress(ValueError):
                await self.current.add_remote_candidate(candidate)

    def _is_new(self, candidate: Candidate) -> bool:
        known = {(each.host, each.port) for each in self.current.remote_candidates}
        return len(known) < MOST_CANDIDATES and (candidate.host, candidate.port) not in known

    async def connect(self, ufrag: str, pwd: str) -> bool:
        """Run the checks on the newest connection until a pair is nominated; False if none is in time.

        An ICE restart keeps the old pair in use until the new one is nominated.
        """
        connection = self.current
        within = RESTART_DEADLINE if connection is self._next else CONNECT_DEADLINE
        connection.remote_username, connection.remote_password = ufrag, pwd
        try:
            async with asyncio.timeout(within):
                await connection.connect()
        except (ConnectionError, TimeoutError):
            if connection is self._next:
                self._next = None
                await connection.close()
            return False
        if connection is self._next:
            old, self._connection, self._next = self._connection, connection, None
            if old is not None:
                await old.close()
        self.ready.set()
        return True

    async def watch(self) -> None:
        """Call `on_lost` and return when consent to send is gone (RFC 7675) and no restart is under way."""
        while not self._closed:
            connection = self._connection
            if connection is None:
                return
            await connection.get_event()
            if connection is self._connection and self._next is None and not self._closed:
                self._on_lost()
                return
            await asyncio.sleep(0.1)

    @property
    def round_trip(self) -> float | None:
        """Seconds of the newest STUN transaction on the pair in use."""
        return None if self._connection is None else self._connection.round_trip

    def hear(self) -> None:
        """Take note that something came which only the other side can have sent: it is there."""
        if self._connection is not None:
            self._connection.heard = time.monotonic()

    def send_now(self, data: bytes) -> None:
        """Send a datagram, or drop it while there is no pair."""
        if self._connection is not None:
            self._connection.send_now(data)

    async def _send_soon(self, data: bytes) -> None:
        self.send_now(data)

    async def _recv(self) -> bytes:
        """The next DTLS datagram, for aiortc's DTLS transport."""
        return await self._datagrams.handshake()

    async def aclose(self) -> None:
        """Close every socket; idempotent."""
        if self._closed:
            return
        self._closed = True
        self._datagrams.close()
        for connection in (self._connection, self._next):
            if connection is not None:
                await connection.close()


def _version(address: str) -> int:
    return ipaddress.ip_address(address).version


def _machine() -> set[str]:
    return {*local_addresses(), "127.0.0.1", "::1"}


def _bindable(chosen: Sequence[str]) -> list[str]:
    """The chosen addresses that are this machine's; all of its own if none is."""
    here = _machine()
    return [address for address in chosen if address in here] or local_addresses()
