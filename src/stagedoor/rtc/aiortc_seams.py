"""Every place where we lean on names of aiortc 1.16 and aioice 0.13 that they do not promise to keep.

aiortc's peer connection, receiver and sender are not used: they keep unbounded queues and a thread for each
track, and know one profile of H.264. What is used is aiortc's DTLS transport and aioice's connectivity
checks, entered at six points, each with a test in `tests/unit/test_aiortc_seams.py`:

* `aioice.Connection.get_component_candidates` is replaced, for a port range and chosen addresses;
* `aioice.ice.StunProtocol.datagram_received` is short-cut for media, which never sees a queue or a task;
* `RTCDtlsTransport` is given an ICE transport of ours, and its SRTP sessions are used directly;
* `RTCCertificate._create_ssl_context` also takes the ciphers of peers with an RSA certificate;
* `aiortc.rtcdtlstransport` is loaded without the rest of aiortc;
* `aioice.ice` gets `rtc.late_mdns` for `aioice.mdns`. The last two make the relay start faster.
"""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from pylibsrtp import Error as SrtpError

from stagedoor.narrow_imports import instead, without_init
from stagedoor.rtc import late_mdns

with instead("aioice.mdns", late_mdns):
    import aioice
    import aioice.ice
    from aioice.candidate import Candidate, candidate_foundation, candidate_priority
    from aioice.stun import TransactionTimeout

with without_init("aiortc"):
    from aiortc.rtcdtlstransport import (
        RTCCertificate,
        RTCDtlsFingerprint,
        RTCDtlsParameters,
        RTCDtlsTransport,
    )

logger = logging.getLogger(__name__)

Datagram = Callable[[bytes], None]
SOCKET_BUFFER = 1 << 20
HELLO_AGAIN = (0.05, 0.15, 0.4)
"""Seconds after which a DTLS hello is sent again while there is no answer."""
_CIPHERS = b":".join(
    b"ECDHE-%s-%s" % (key, cipher)
    for key in (b"ECDSA", b"RSA")
    for cipher in (b"AES128-GCM-SHA256", b"CHACHA20-POLY1305", b"AES128-SHA", b"AES256-SHA")
)

aioice.ice.CONSENT_INTERVAL = 0.8
"""Seconds between consent checks (RFC 7675)."""
aioice.ice.CONSENT_FAILURES = 4
"""So many that are lost in a row end a connection, within 10 s; each is sent twice and may take 1.5 s."""
CONSENT_AGAIN = 1
HEARD_WITHIN_S = 1.0
"""Whose packets came within this time is there, however long an answer takes on a line that is full."""


class _Protocol(aioice.ice.StunProtocol):
    """aioice's socket protocol, which hands media on before it looks for STUN (RFC 7983 section 7)."""

    def __init__(self, connection: "IceConnection") -> None:
        super().__init__(connection)
        self._connection = connection
        self._on_datagram = connection.on_datagram

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        if isinstance(data, bytes) and data and data[0] > 3:
            self._on_datagram(data)
        else:
            super().datagram_received(data, addr)

    async def request(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[str, int]]:  # noqa: ANN401
        """One STUN transaction; its time is the connection's round trip, whether a check or a consent.

        A check of consent is the one that aioice would not send again. Its answer is not looked at.
        """
        is_consent = kwargs.get("retransmissions") == 0
        if is_consent:
            kwargs["retransmissions"] = CONSENT_AGAIN
        began = time.monotonic()
        try:
            answer = await super().request(*args, **kwargs)
        except TransactionTimeout:
            if is_consent and time.monotonic() - self._connection.heard < HEARD_WITHIN_S:
                return None, args[1]
            raise
        self._connection.round_trip = time.monotonic() - began
        return answer


class IceConnection(aioice.Connection):
    """aioice's connection with chosen addresses and ports, and no receive queue.

    Args:
        addresses: Local addresses to bind.
        ports: UDP ports to use, any free one if empty.
        on_datagram: Called on the loop with everything that is not STUN.
        controlling: The ICE role.
        stun_server: Host and port, or None.

    Attributes:
        round_trip: Seconds of the newest STUN transaction; None before the first.
        heard: When something came that only the other side can have sent, seconds of the monotonic clock.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        ports: range | None,
        on_datagram: Datagram,
        *,
        controlling: bool,
        stun_server: tuple[str, int] | None = None,
    ) -> None:
        super().__init__(ice_controlling=controlling, stun_server=stun_server)
        self.on_datagram = on_datagram
        self.round_trip: float | None = None
        self.heard = float("-inf")
        self._addresses = tuple(addresses)
        self._ports = ports

    async def get_component_candidates(
        self, component: int, addresses: list[str], timeout: int = 1
    ) -> list[Candidate]:
        """Bind a socket on each of our addresses; `addresses` is aioice's own guess and is not used."""
        protocols = [p for address in self._addresses if (p := await self._bind(address)) is not None]
        self._protocols += protocols
        candidates = [protocol.local_candidate for protocol in protocols]
        if self.stun_server is None or not protocols:
            return candidates
        queries = [aioice.ice.server_reflexive_candidate(p, self.stun_server) for p in protocols]
        try:
            async with asyncio.timeout(timeout):
                found = await asyncio.gather(*queries, return_exceptions=True)
        except TimeoutError:
            return candidates
        return candidates + [each[0] for each in found if isinstance(each, tuple)]

    async def _bind(self, address: str) -> _Protocol | None:
        loop = asyncio.get_running_loop()
        for port in self._ports or (0,):
            try:
                transport, protocol = await loop.create_datagram_endpoint(
                    lambda: _Protocol(self), local_addr=(address, port)
                )
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    raise
                continue
            opened = transport.get_extra_info("socket")
            if opened is not None:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
            host, bound = transport.get_extra_info("sockname")[:2]
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=1,
                transport="udp",
                priority=candidate_priority(1, "host"),
                host=host,
                port=bound,
                type="host",
            )
            return protocol
        logger.warning("no UDP port could be bound on %s", address)
        return None

    def send_now(self, data: bytes) -> bool:
        """Send on the nominated pair without waiting; False while there is none."""
        pair = self._nominated.get(1)
        if pair is None:
            return False
        pair.protocol.transport.sendto(data, pair.remote_addr)
        return True

    @property
    def is_connected(self) -> bool:
        """Whether a pair is nominated."""
        return 1 in self._nominated


class Certificate(RTCCertificate):
    """A self-signed P-256 certificate that also talks to peers with an RSA one."""

    def _create_ssl_context(self, srtp_profiles: list[Any]) -> Any:  # noqa: ANN401 - OpenSSL has no types
        context = super()._create_ssl_context(srtp_profiles=srtp_profiles)
        context.set_cipher_list(_CIPHERS)
        return context

    def sha256(self) -> tuple[str, str]:
        """The fingerprint for an SDP."""
        found = next(each for each in self.getFingerprints() if each.algorithm == "sha-256")
        return found.algorithm, found.value


class _Way:
    """The way of DTLS through an ICE transport, which remembers how it began."""

    def __init__(self, ice: Any) -> None:  # noqa: ANN401
        self._ice = ice
        self._first = b""
        self._heard = False

    @property
    def role(self) -> str:
        return str(self._ice.role)

    async def _recv(self) -> bytes:
        data: bytes = await self._ice._recv()
        self._heard = True
        return data

    async def _send(self, data: bytes) -> None:
        self._first = self._first or data
        await self._ice._send(data)

    def repeat_first(self) -> None:
        """Send the first datagram again, unless there was an answer."""
        if self._first and not self._heard:
            self._ice.send_now(self._first)


class DtlsTransport(RTCDtlsTransport):
    """aiortc's DTLS transport over an ICE transport of ours, with SRTP used without its read loop.

    OpenSSL repeats a lost hello after a second (RFC 6347 section 4.2.4.1). As client we do so earlier: some
    servers, FFmpeg's among them, throw away the hello that wakes them.

    Args:
        ice: Has `role`, `async _recv()`, `async _send(data)` and `send_now(data)`.
        certificate: Ours.
        role: `client` or `server` (RFC 8842).
    """

    def __init__(self, ice: Any, certificate: Certificate, role: str) -> None:  # noqa: ANN401
        self._way = _Way(ice)
        super().__init__(cast("Any", self._way), [certificate])
        self._set_role(role)

    def take_role(self, role: str) -> None:
        """Be `client` or `server`, as an answer to our offer has it; only before the handshake."""
        self._set_role(role)

    async def handshake(self, fingerprints: Sequence[tuple[str, str]]) -> bool:
        """Run the handshake and check the other side's certificate; True if SRTP can flow."""
        remote = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in fingerprints]
        loop = asyncio.get_running_loop()
        delays = HELLO_AGAIN if self._role == "client" else ()
        timers = [loop.call_later(delay, self._way.repeat_first) for delay in delays]
        try:
            await self.start(RTCDtlsParameters(fingerprints=remote))
        finally:
            for timer in timers:
                timer.cancel()
        return bool(self.state == "connected")

    async def aclose(self) -> None:
        """Tell the other side, and end the read loop; idempotent."""
        task = self._task
        await self.stop()
        if task is not None:
            await asyncio.wait([task])
        self.remove_all_listeners()

    def unprotect(self, data: bytes) -> bytes | None:
        """Decrypt one RTP packet; None if it is not authentic, is a replay, or keys are not there yet."""
        if self._rx_srtp is None:
            return None
        try:
            return bytes(self._rx_srtp.unprotect(data))
        except SrtpError:
            return None

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        """The same for RTCP."""
        if self._rx_srtp is None:
            return None
        try:
            return bytes(self._rx_srtp.unprotect_rtcp(data))
        except SrtpError:
            return None

    def protect(self, data: bytes) -> bytes:
        """Encrypt one RTP packet; only after the handshake."""
        return bytes(self._tx_srtp.protect(data))

    def protect_rtcp(self, data: bytes) -> bytes:
        """Encrypt one RTCP packet; only after the handshake."""
        return bytes(self._tx_srtp.protect_rtcp(data))
