"""Publishing to an RTSP server: ANNOUNCE, SETUP, RECORD (RFC 2326 section 10), RTP in the same connection."""

import asyncio
import contextlib
import re
import time
from typing import Final

from stagedoor.aio.race import until_first
from stagedoor.domain.errors import DestinationError, RefusedError, UnreachableError
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.outputs.address import Address
from stagedoor.outputs.link import CLOSED, Link
from stagedoor.outputs.rtsp.auth import Credentials
from stagedoor.outputs.rtsp.sdp import FIRST_PAYLOAD_TYPE, control, describe
from stagedoor.outputs.rtsp.stream import RtpStream
from stagedoor.outputs.rtsp.wire import Reply, interleaved, next_reply, request

DEFAULT_TIMEOUT: Final = 60
"""Seconds that a session lives without a request where the server names none (section 12.37)."""

REPORT_EVERY: Final = 2.0
"""Seconds between sender reports."""

MAX_CHALLENGES: Final = 3
"""Of one request; a server that then still asks for credentials has not understood them."""

GOODBYE_WITHIN: Final = 0.3

_OK, _UNAUTHORIZED, _NOT_IMPLEMENTED = 200, 401, 501
_PASSING: Final = frozenset({408, 453, 454, 500, 503})
_SESSION_TIMEOUT: Final = re.compile(r"timeout\s*=\s*(\d+)", re.IGNORECASE)

_HINTS: Final = {
    400: "Look at the path: something else may publish there, or the server does not allow its name.",
    401: "The server takes no answer to its challenge: look at how it checks users.",
    403: "The server lets this user, or this address, not publish there.",
    404: "The server has no such path: create it there, or mend the URL.",
    405: "The server takes no publishers at this path.",
    406: "Something else publishes there, or the server does not know the codec.",
    415: "The server does not know the codec.",
    461: "The server does not take media over TCP.",
}


class RtspPublisher:
    """One publication; made by `open`, at its end for good when anything fails.

    Attributes:
        server: What the server is, for people.
    """

    def __init__(self, address: Address, link: Link, tracks: list[Track]) -> None:
        query = f"?{address.query}" if address.query else ""
        self._url = f"{address.scheme}://{address.authority}{address.path}{query}"
        self._address = address
        self._link = link
        self._credentials = Credentials(address.user, address.password)
        # Picture first, as every other publisher does: servers with a fixed pipeline go by the order.
        self._tracks = {
            track.kind: track for track in sorted(tracks, key=lambda each: each.kind is Kind.AUDIO)
        }
        self._streams: dict[Kind, RtpStream] = {}
        self._channels: dict[Kind, int] = {}
        self._sequence = 0
        self._session = ""
        self._timeout = DEFAULT_TIMEOUT
        self._keep_alive = "OPTIONS"
        self.server = "RTSP server"

    @classmethod
    async def open(cls, address: Address, tracks: list[Track], origin_ms: int) -> "RtspPublisher":
        """Connect and publish.

        Args:
            address: Where to.
            tracks: At most one of each kind; a size change needs no new publication, another codec does.
            origin_ms: The time of the path that is now.

        Raises:
            RefusedError: The server says no, in its own words.
            UnreachableError: It does not answer, or hangs up.
        """
        link = await Link.open(address)
        publisher = cls(address, link, tracks)
        try:
            await publisher._start(origin_ms)
        except BaseException:
            await link.aclose()
            raise
        return publisher

    def accepts(self, packet: Packet) -> bool:
        """Whether the packet belongs to an announced track."""
        track = self._tracks.get(packet.track.kind)
        if track is None or track.codec is not packet.track.codec:
            return False
        return track.codec is not Codec.AAC or track.extradata == packet.track.extradata

    async def send(self, packet: Packet) -> None:
        """Send a frame; raises `UnreachableError`, `MediaError` if it is malformed."""
        kind = packet.track.kind
        stream, channel = self._streams[kind], self._channels[kind]
        first = not stream.packets
        framed = [interleaved(channel, each) for each in stream.packetize(packet)]
        report = stream.report() if first else None
        if report is not None:
            # Before the first packet, so that a reader can put both tracks on one clock from the start.
            framed.insert(0, interleaved(channel + 1, report))
        await self._link.send(b"".join(framed))

    async def serve(self) -> None:
        """Answer the server, keep the session and report, until the server ends it; always raises."""
        await until_first(self._listen(), self._keep(), self._report())

    @property
    def bytes_sent(self) -> int:
        """Bytes that were handed to the connection."""
        return self._link.bytes_sent

    async def aclose(self) -> None:
        """Say goodbye and close, within 1.5 s."""
        with contextlib.suppress(DestinationError, TimeoutError):
            async with asyncio.timeout(GOODBYE_WITHIN):
                await self._ask("TEARDOWN", self._url)
        await self._link.aclose()

    async def _start(self, origin_ms: int) -> None:
        options = await self._call("OPTIONS", self._url)
        if options.header("server").startswith("gortsplib"):
            self.server = "MediaMTX"
        if "GET_PARAMETER" in options.header("public").upper():
            self._keep_alive = "GET_PARAMETER"
        tracks = list(self._tracks.values())
        description = describe(tracks, self._address.host).encode()
        await self._call("ANNOUNCE", self._url, {"Content-Type": "application/sdp"}, description)
        ntp_origin_ns = time.time_ns() - origin_ms * 1_000_000
        for number, track in enumerate(tracks):
            await self._set_up(number, track)
            self._streams[track.kind] = RtpStream(track, FIRST_PAYLOAD_TYPE + number, ntp_origin_ns)
        await self._call("RECORD", self._url, {"Range": "npt=0.000-"})

    async def _set_up(self, number: int, track: Track) -> None:
        wanted = f"RTP/AVP/TCP;unicast;interleaved={2 * number}-{2 * number + 1};mode=record"
        answer = await self._call(
            "SETUP", f"{self._url.rstrip('/')}/{control(number)}", {"Transport": wanted}
        )
        told = re.search(r"interleaved\s*=\s*(\d+)", answer.header("transport"), re.IGNORECASE)
        channel = int(told[1]) if told else 2 * number
        if channel > 254:
            raise RefusedError(f"{self._address.where} gave a channel that does not exist")
        self._channels[track.kind] = channel
        session, _, parameters = answer.header("session").partition(";")
        self._session = session.strip()
        timeout = _SESSION_TIMEOUT.search(parameters)
        self._timeout = max(2, int(timeout[1])) if timeout else DEFAULT_TIMEOUT

    async def _call(
        self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        """Ask, with credentials where they are wanted, and return a good answer."""
        challenges = 0
        while True:
            async with self._link.answering(method):
                await self._ask(method, url, headers, body)
                answer = await self._answer()
            if answer.status == _OK:
                return answer
            challenges += answer.status == _UNAUTHORIZED
            if answer.status != _UNAUTHORIZED or challenges == MAX_CHALLENGES:
                raise self._refusal(method, answer)
            self._credentials.challenge(answer.headers.get("www-authenticate", ()))

    async def _ask(
        self, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        self._sequence += 1
        all_headers = {"CSeq": str(self._sequence), "User-Agent": "Stagedoor"}
        if self._session:
            all_headers["Session"] = self._session
        authorization = self._credentials.answer(method, url)
        if authorization is not None:
            all_headers["Authorization"] = authorization
        await self._link.send(request(method, url, all_headers | (headers or {}), body))

    async def _answer(self) -> Reply:
        while True:
            reply = await next_reply(self._link)
            if reply.status and reply.sequence in (self._sequence, -1):
                return reply

    async def _listen(self) -> None:
        while True:
            reply = await next_reply(self._link)
            if reply.status == 0:
                await self._obey(reply)
            elif reply.status == _UNAUTHORIZED:
                self._credentials.challenge(reply.headers.get("www-authenticate", ()))
            elif reply.status == 454:
                raise UnreachableError(f"{self._address.where} has forgotten the session", code=CLOSED)

    async def _obey(self, asked: Reply) -> None:
        """Answer a request of the server's."""
        ending = asked.words == "TEARDOWN"
        known = asked.words in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN")
        words = f"{_OK} OK" if known else f"{_NOT_IMPLEMENTED} Not Implemented"
        await self._link.send(f"RTSP/1.0 {words}\r\nCSeq: {asked.header('cseq')}\r\n\r\n".encode())
        if ending:
            raise UnreachableError(f"{self._address.where} ended the publication", code=CLOSED)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(min(30.0, self._timeout / 2))
            await self._ask(self._keep_alive, self._url)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY)
            for kind, stream in self._streams.items():
                report = stream.report()
                if report is not None:
                    await self._link.send(interleaved(self._channels[kind] + 1, report))

    def _refusal(self, method: str, answer: Reply) -> RefusedError:
        words = self._address.clean(f"{answer.status} {answer.words}".strip())
        return RefusedError(
            f"{self._address.where} refused {method}: {words}",
            hint=_HINTS.get(answer.status, ""),
            retryable=answer.status in _PASSING,
        )
