"""One encrypted transport of a peer: ICE below, DTLS in the middle, SRTP on top."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from stagedoor.rtc.aiortc_seams import Certificate, DtlsTransport
from stagedoor.rtc.ice import IceFactory, read_candidate
from stagedoor.rtc.rtp import is_rtcp
from stagedoor.rtc.sdp.answer import LocalTransport
from stagedoor.rtc.sdp.fragment import Fragment, write_fragment
from stagedoor.rtc.sdp.offer import RemoteTransport

logger = logging.getLogger(__name__)

_EARLY_PACKETS = 256
"""Kept of what overtakes the end of the handshake, which a DTLS client hears of last."""


_DTLS_ROLES = {"active": "client", "passive": "server"}


@dataclass(frozen=True, slots=True)
class TransportEvents:
    """What a transport tells its peer, always on the loop.

    Attributes:
        rtp: A decrypted RTP packet.
        rtcp: A decrypted RTCP compound.
        ready: Media can flow.
        lost: The transport is of no use any more, and why.
    """

    rtp: Callable[[bytes], None]
    rtcp: Callable[[bytes], None]
    ready: Callable[[], None]
    lost: Callable[[str], None]


class MediaTransport:
    """ICE, DTLS and SRTP with one other side.

    We answer `passive`, unless the other side insists on that role itself (RFC 8842 section 5.3) or is an ICE
    lite agent: an SFU waits for the one who dials.

    Args:
        remote: The other side, by its offer.
        ice: Makes the agent below.
        certificate: Ours.
        events: Where what comes goes.
        dials: Whether the other side is an ICE lite agent.
    """

    def __init__(
        self,
        remote: RemoteTransport,
        ice: IceFactory,
        certificate: Certificate,
        events: TransportEvents,
        *,
        dials: bool = False,
    ) -> None:
        self._remote = remote
        self._certificate = certificate
        self._events = events
        self._setup = _role(remote.setup, dials=dials)
        self._ice = ice(on_media=self._media, on_lost=self._consent_lost)
        self._dtls = DtlsTransport(self._ice, certificate, _DTLS_ROLES[self._setup])
        self._dtls.on("statechange", self._dtls_changed)
        self._restarting = ("", "")
        self._early: deque[bytes] = deque(maxlen=_EARLY_PACKETS)
        self._is_open = False
        self._closed = False
        self.received_bytes = 0

    async def accept(self, remote: RemoteTransport) -> None:
        """Take the other side's answer, where the offer was ours and the transport was made without one.

        Raises:
            BadOfferError: A candidate cannot be read.
        """
        self._remote = remote
        self._setup = "passive" if remote.setup == "active" else "active"
        self._dtls.take_role(_DTLS_ROLES[self._setup])
        await self._take_candidates()

    async def gather(self) -> None:
        """Bind sockets and take the candidates of the offer.

        Raises:
            CapacityError: No UDP port is free.
            BadOfferError: A candidate cannot be read.
        """
        await self._ice.gather()
        await self._take_candidates()

    async def _take_candidates(self) -> None:
        for candidate in self._remote.candidates:
            await self._ice.add_candidate(read_candidate(candidate))

    def local(self) -> LocalTransport:
        """Our side, for the answer."""
        current = self._ice.current
        return LocalTransport(
            current.local_username,
            current.local_password,
            tuple(self._ice.candidates()),
            (self._certificate.sha256(),),
            self._setup,
        )

    @property
    def etag(self) -> str:
        """Names the ICE session in force (RFC 9725 section 4.3.1)."""
        return self._ice.current.local_username

    @property
    def is_open(self) -> bool:
        """Whether media can be sent."""
        return self._is_open

    @property
    def round_trip_ms(self) -> float | None:
        """Of the newest STUN transaction."""
        seconds = self._ice.round_trip
        return None if seconds is None else round(seconds * 1000, 1)

    async def run(self) -> None:
        """Connect, shake hands, then wait until the other side is gone; every end is told to `lost`."""
        if not await self._ice.connect(self._remote.ufrag, self._remote.pwd):
            self._lose("no network path between us was found")
            return
        if not await self._dtls.handshake(self._remote.fingerprints):
            self._lose("the encryption handshake failed")
            return
        self._is_open = True
        self._events.ready()
        while self._early:
            self._dispatch(self._early.popleft())
        await self._ice.watch()

    async def add_candidates(self, fragment: Fragment) -> None:
        """Take trickled candidates."""
        for _mid, candidate in fragment.candidates:
            await self._ice.add_candidate(read_candidate(candidate))

    async def prepare_restart(self, fragment: Fragment, mid: str) -> str:
        """Get new sockets and credentials ready; the fragment that tells the other side of them.

        Raises:
            BadOfferError: A candidate cannot be read; then nothing is begun that nobody would end.
        """
        candidates = [read_candidate(text) for _mid, text in fragment.candidates]
        await self._ice.gather()
        for candidate in candidates:
            await self._ice.add_candidate(candidate)
        self._restarting = (fragment.ufrag, fragment.pwd)
        current = self._ice.current
        return write_fragment(current.local_username, current.local_password, mid, self._ice.candidates())

    async def restart(self) -> None:
        """Run the checks of a restart that was prepared; the old pair serves until they succeed."""
        credentials = self._restarting
        if await self._ice.connect(*credentials):
            self._remote.ufrag, self._remote.pwd = credentials
        elif credentials == self._restarting:
            self._restarting = ("", "")
            logger.info("an ICE restart found no network path")

    def is_restart(self, fragment: Fragment) -> bool:
        """Whether the fragment has other credentials than those in force (RFC 9725 section 4.3.3)."""
        return bool(fragment.ufrag) and fragment.ufrag not in (self._remote.ufrag, self._restarting[0])

    def send_rtp(self, data: bytes) -> None:
        """Encrypt and send an RTP packet; nothing before the handshake."""
        if self._is_open:
            self._ice.send_now(self._dtls.protect(data))

    def send_rtcp(self, data: bytes) -> None:
        """Encrypt and send an RTCP compound; nothing before the handshake."""
        if self._is_open:
            self._ice.send_now(self._dtls.protect_rtcp(data))

    def _media(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._dispatch(data)

    def _dispatch(self, data: bytes) -> None:
        if not self._is_open and not self._closed:
            self._early.append(data)
        elif is_rtcp(data):
            plain = self._dtls.unprotect_rtcp(data)
            if plain is not None:
                self._ice.hear()
                self._events.rtcp(plain)
        else:
            plain = self._dtls.unprotect(data)
            if plain is not None:
                self._ice.hear()
                self._events.rtp(plain)

    def _dtls_changed(self) -> None:
        if self._dtls.state == "closed" and self._is_open:
            self._lose("the other side hung up")

    def _consent_lost(self) -> None:
        self._lose("the other side has vanished")

    def _lose(self, why: str) -> None:
        self._is_open = False
        if not self._closed:
            self._events.lost(why)

    async def aclose(self) -> None:
        """Say goodbye and close every socket; idempotent."""
        if self._closed:
            return
        self._closed = True
        await self._dtls.aclose()
        self._is_open = False
        await self._ice.aclose()


def _role(offered: str, *, dials: bool) -> str:
    """Our DTLS role for the one of an offer."""
    if offered == "passive" or (offered == "actpass" and dials):
        return "active"
    return "passive"
