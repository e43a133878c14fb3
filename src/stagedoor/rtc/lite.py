"""ICE lite agents (RFC 8445 section 2.5): they answer checks and never send any, all on one UDP socket."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any

from aioice import stun
from aioice.candidate import Candidate, candidate_foundation, candidate_priority

from stagedoor.domain.errors import UnavailableError
from stagedoor.rtc.aiortc_seams import SOCKET_BUFFER
from stagedoor.rtc.datagrams import Datagrams

logger = logging.getLogger(__name__)

Address = tuple[Any, ...]
MOST_ADDRESSES = 32
"""That one agent is known at; the oldest are forgotten."""
_LOOK_EVERY = 0.1
_ROLE_CONFLICT = (487, "Role Conflict")


class LitePort(asyncio.DatagramProtocol):
    """One UDP socket for any number of agents: a check finds its agent by user fragment, the rest by address.

    Args:
        announced: The address that candidates name.
    """

    def __init__(self, announced: str) -> None:
        self._announced = announced
        self._agents: dict[str, LiteAgent] = {}
        self._at: dict[Address, LiteAgent] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self.port = 0

    @classmethod
    async def open(cls, host: str, port: int, announced: str | None = None) -> "LitePort":
        """Bind the socket; port 0 takes any.

        Raises:
            UnavailableError: The port is taken, or the address is not this machine's.
        """
        loop = asyncio.get_running_loop()
        try:
            transport, made = await loop.create_datagram_endpoint(
                lambda: cls(announced or host), local_addr=(host, port)
            )
        except OSError as error:
            raise UnavailableError(
                f"UDP port {port} of {host} cannot be used ({error.strerror})", code="port_busy"
            ) from error
        opened = transport.get_extra_info("socket")
        if opened is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
        made.port = transport.get_extra_info("sockname")[1]
        return made

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Begin."""
        self._transport = transport

    def agent(self) -> "LiteAgent":
        """A new agent, with credentials of its own."""
        agent = LiteAgent(self)
        self._agents[agent.local_username] = agent
        return agent

    def candidates(self) -> list[str]:
        """A host candidate for each of two components, although RTCP shares the port of RTP."""
        return [
            Candidate(
                foundation=candidate_foundation("host", "udp", self._announced),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=self._announced,
                port=self.port,
                type="host",
            ).to_sdp()
            for component in (1, 2)
        ]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Sort what comes."""
        if data and data[0] < 4:
            self._check(data, addr)
        elif data and (agent := self._at.get(addr)) is not None:
            agent.datagram(data)

    def _check(self, data: bytes, addr: Address) -> None:
        """Answer a binding request that one of our agents' passwords has signed; drop anything else."""
        try:
            message = stun.parse_message(data)
            ufrag = str(message.attributes.get("USERNAME", "")).partition(":")[0]
            agent = self._agents.get(ufrag)
            if agent is None or (message.message_method, message.message_class) != (
                stun.Method.BINDING,
                stun.Class.REQUEST,
            ):
                return
            signed = message.check_message_integrity(agent.local_password.encode())
        except ValueError:
            return
        if signed and not agent.silent:
            self.send(_answer(message, addr, agent), addr)
            if "ICE-CONTROLLED" not in message.attributes:
                self._know(agent, addr, nominated="USE-CANDIDATE" in message.attributes)

    def _know(self, agent: "LiteAgent", addr: Address, *, nominated: bool) -> None:
        self._at[addr] = agent
        for forgotten in agent.reached(addr, nominated=nominated):
            self._at.pop(forgotten, None)

    def send(self, data: bytes, addr: Address) -> None:
        """Send a datagram."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, addr)

    def forget(self, agent: "LiteAgent") -> None:
        """Drop what comes for this agent from now on."""
        self._agents.pop(agent.local_username, None)
        for addr in [addr for addr, known in self._at.items() if known is agent]:
            del self._at[addr]

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()


def _answer(request: stun.Message, addr: Address, agent: "LiteAgent") -> bytes:
    """Success; or 487, which makes a peer in our role take the other (RFC 8445 section 7.3.1.1)."""
    conflict = "ICE-CONTROLLED" in request.attributes
    kind = stun.Class.ERROR if conflict else stun.Class.RESPONSE
    answer = stun.Message(stun.Method.BINDING, kind, request.transaction_id)
    if conflict:
        answer.attributes["ERROR-CODE"] = _ROLE_CONFLICT
    else:
        answer.attributes["XOR-MAPPED-ADDRESS"] = (addr[0], addr[1])
    answer.add_message_integrity(agent.local_password.encode())
    return bytes(answer)


class LiteAgent:
    """One session's agent; its peer is wherever the newest check with USE-CANDIDATE came from.

    Attributes:
        silent: While true nothing comes or goes, as when the machine has lost its network.
        heard: When something of the peer's came last, by the monotonic clock.
    """

    round_trip: float | None = None
    role = "controlled"

    def __init__(self, port: LitePort) -> None:
        self._port = port
        self.local_username = secrets.token_hex(8)
        self.local_password = secrets.token_hex(16)
        self.silent = False
        self.heard = time.monotonic()
        self.lost_after = 30.0
        self._addresses: dict[Address, None] = {}
        self._peer: Address | None = None
        self._datagrams = Datagrams(_ignore)
        self._on_lost: Callable[[], None] = _nothing
        self._nominated = asyncio.Event()
        self._closed = False
        self._send = self._send_soon
        """aiortc's DTLS transport sends by this name."""

    def attach(self, *, on_media: Callable[[bytes], None], on_lost: Callable[[], None]) -> "LiteAgent":
        """Say where media and the end go; what comes of DTLS before is kept."""
        self._datagrams.on_media = on_media
        self._on_lost = on_lost
        return self

    @property
    def current(self) -> "LiteAgent":
        """The one with the credentials."""
        return self

    async def gather(self) -> None:
        """The socket is there already."""

    def candidates(self) -> list[str]:
        """Our candidates as SDP."""
        return self._port.candidates()

    async def add_candidate(self, _candidate: Candidate) -> None:
        """Nothing is ever sent to where no check came from."""

    def hear(self) -> None:
        """What only the other side can have sent says as much as a check that it is there."""
        self.heard = time.monotonic()

    def reached(self, addr: Address, *, nominated: bool) -> list[Address]:
        """Note a check; the addresses that are forgotten for it."""
        self.heard = time.monotonic()
        self._addresses.pop(addr, None)
        self._addresses[addr] = None
        if nominated:
            self._peer = addr
            self._nominated.set()
        too_many = len(self._addresses) - MOST_ADDRESSES
        forgotten = [each for each in list(self._addresses)[: max(0, too_many)] if each != self._peer]
        for each in forgotten:
            del self._addresses[each]
        return forgotten

    def datagram(self, data: bytes) -> None:
        """Take what is not STUN."""
        if not self.silent:
            self.heard = time.monotonic()
            self._datagrams.take(data)

    async def connect(self, _ufrag: str, _pwd: str) -> bool:
        """Wait until the peer has nominated a pair; False once this is closed. The caller has a deadline."""
        await self._nominated.wait()
        return not self._closed

    async def watch(self) -> None:
        """Return, and tell, when nothing has come for `lost_after` seconds."""
        while not self._closed:
            await asyncio.sleep(_LOOK_EVERY)
            if time.monotonic() - self.heard > self.lost_after:
                self._on_lost()
                return

    def send_now(self, data: bytes) -> None:
        """Send a datagram, or drop it while there is no pair."""
        if self._peer is not None and not self.silent:
            self._port.send(data, self._peer)

    async def _send_soon(self, data: bytes) -> None:
        self.send_now(data)

    async def _recv(self) -> bytes:
        """The next DTLS datagram, for aiortc's DTLS transport."""
        return await self._datagrams.handshake()

    async def aclose(self) -> None:
        """Be found no more; idempotent."""
        if not self._closed:
            self._closed = True
            self._port.forget(self)
            self._datagrams.close()
            self._nominated.set()


def _ignore(_data: bytes) -> None:
    """Media before anybody wants it."""


def _nothing() -> None:
    """Nobody wants to know."""
