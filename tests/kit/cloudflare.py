"""A plain client of Cloudflare Realtime's API, and peers of ours that push and pull by it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

from stagedoor.emulator.serve import Emulator
from stagedoor.media.packets import Kind, Packet
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.whip import WhipPeer
from tests.kit import cloudflare_sdp as sdp
from tests.kit.cloudflare_schema import check
from tests.kit.publisher import Publisher
from tests.kit.show import Media
from tests.kit.wait import until

Json = dict[str, Any]


class Client:
    """Calls the API with the app's secret; each response is checked against the API's schema.

    Attributes:
        responses: All so far.
        checks: Whether responses are checked; off where a fault spoils them.
    """

    def __init__(self, it: Emulator) -> None:
        self.it = it
        self.responses: list[httpx.Response] = []
        self.checks = True
        self._http = httpx.AsyncClient(
            base_url=f"{it.base_url}/apps/{it.app_id}",
            headers={"Authorization": f"Bearer {it.app_secret}"},
            timeout=20,
            event_hooks={"response": [self._keep]},
        )

    async def _keep(self, response: httpx.Response) -> None:
        await response.aread()
        self.responses.append(response)
        if self.checks and not response.request.url.path.startswith("/admin/"):
            check(response)

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One call; `body` None sends none at all."""
        return await self._http.request(method, path, json=body, **options)

    async def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        """One call that must be refused: status, code and description."""
        response = await self.call(method, path, body)
        assert response.status_code >= 400, response.text
        document = response.json()
        return response.status_code, document["errorCode"], document["errorDescription"]

    async def ok(self, method: str, path: str, body: Any = None) -> Json:
        """One call that must succeed."""
        response = await self.call(method, path, body)
        assert response.status_code in (200, 201), f"{response.status_code} {response.text}"
        document: Json = response.json()
        return document

    async def session(self) -> str:
        """A new session's id."""
        return str((await self.ok("POST", "/sessions/new"))["sessionId"])

    async def faults(self, **settings: Any) -> Json:
        """Put faults in force."""
        response = await self._http.put(f"{self.it.admin_url}/faults", json=settings)
        assert response.status_code == 200, response.text
        document: Json = response.json()
        return document

    async def aclose(self) -> None:
        """Close."""
        await self._http.aclose()


@contextlib.asynccontextmanager
async def client(it: Emulator) -> AsyncIterator[Client]:
    """A client; closed at the end."""
    made = Client(it)
    try:
        yield made
    finally:
        await made.aclose()


def offered(*sections: str, **options: Any) -> Json:
    """An offer of a client that never connects."""
    return {"type": "offer", "sdp": sdp.description(*sections, **options)}


def local(mid: str, name: str, **more: Any) -> Json:
    """A track to push."""
    return {"location": "local", "mid": mid, "trackName": name, **more}


async def pushed(api: Client, *names: str) -> tuple[str, Json]:
    """A session that has pushed a picture for each name, but never connects; its id and the response."""
    session = await api.session()
    sections = [sdp.sending("video", str(mid)) for mid in range(len(names))]
    tracks = [local(str(mid), name) for mid, name in enumerate(names)]
    body = {"sessionDescription": offered(*sections), "tracks": tracks}
    return session, await api.ok("POST", f"/sessions/{session}/tracks/new", body)


def remote(session_id: str, name: str, **more: Any) -> Json:
    """A track to pull."""
    return {"location": "remote", "sessionId": session_id, "trackName": name, **more}


class Pushed(Publisher):
    """A publisher in a session of its own.

    Attributes:
        session_id: Of the session.
        names: Track names by kind.
    """

    session_id = ""

    async def push(self, api: Client, *, session_id: str = "") -> Json:
        """Offer, `tracks/new`, answer; the response."""
        offer = await self.offer()
        self.session_id = session_id or await api.session()
        self.names = {each.kind: f"{each.kind}-of-{self.session_id[:6]}" for each in self._transceivers()}
        tracks = [
            {"location": "local", "mid": each.mid, "trackName": self.names[each.kind]}
            for each in self._transceivers()
        ]
        body = {"sessionDescription": {"type": "offer", "sdp": offer}, "tracks": tracks}
        added = await api.ok("POST", f"/sessions/{self.session_id}/tracks/new", body)
        await self.accept(added["sessionDescription"]["sdp"])
        return added

    def _transceivers(self) -> list[Any]:
        return self.connection.getTransceivers()

    def remote(self, kind: str, **more: Any) -> Json:
        """One of its tracks, to pull."""
        return remote(self.session_id, self.names[kind], **more)


@contextlib.asynccontextmanager
async def pushing(api: Client, *parts: Media, **tracks: Any) -> AsyncIterator[Pushed]:
    """A connected publisher; closed at the end."""
    publisher = Pushed(*parts, **tracks)
    try:
        await publisher.push(api)
        await publisher.connected()
        yield publisher
    finally:
        await publisher.close()


class Puller:
    """Answers the SFU's offer and keeps the frames that come.

    Attributes:
        packets: Whole frames.
        closed: Why the connection ended.
        mids: Of what was pulled, in the order of the call; "" for what failed.
    """

    def __init__(self, api: Client) -> None:
        self._api = api
        self.packets: list[Packet] = []
        self.closed = ""
        self.session_id = ""
        self.mids: list[str] = []
        self.added: Json = {}
        self.peer: WhipPeer | None = None

    def on_packet(self, packet: Packet) -> None:
        self.packets.append(packet)

    def on_closed(self, reason: str) -> None:
        self.closed = reason

    def of(self, kind: Kind) -> list[Packet]:
        """Frames of a kind."""
        return [packet for packet in self.packets if packet.track.kind is kind]

    async def pull(self, *tracks: Json) -> Json:
        """`tracks/new`, answer, `renegotiate`."""
        self.session_id = await self._api.session()
        path = f"/sessions/{self.session_id}"
        self.added = await self._api.ok("POST", f"{path}/tracks/new", {"tracks": list(tracks)})
        self.mids = [each["mid"] for each in self.added["tracks"]]
        if self.added["requiresImmediateRenegotiation"]:
            self.peer = await WhipPeer.answer(
                self.added["sessionDescription"]["sdp"],
                sink=self,
                settings=PeerSettings(host_addresses=("127.0.0.1",)),
                max_bitrate=2_000_000,
            )
            answer = {"type": "answer", "sdp": self.peer.answer_sdp}
            assert await self._api.ok("PUT", f"{path}/renegotiate", {"sessionDescription": answer}) == {}
        return self.added

    async def aclose(self) -> None:
        """Close the connection."""
        if self.peer is not None:
            await self.peer.aclose()


@contextlib.asynccontextmanager
async def pulling(api: Client, *tracks: Json) -> AsyncIterator[Puller]:
    """A puller that has answered; closed at the end."""
    puller = Puller(api)
    try:
        await puller.pull(*tracks)
        yield puller
    finally:
        await puller.aclose()


async def status(api: Client, session: str) -> dict[str, str]:
    """Of each of its tracks, by mid."""
    tracks = (await api.ok("GET", f"/sessions/{session}"))["tracks"]
    return {each["mid"]: each["status"] for each in tracks}


async def flowing(it: Emulator, session_id: str) -> None:
    """Return once every track that a session has published has sent something."""
    session = it.engine.sessions[session_id]
    await until(lambda: all(each.packets for each in session.publications.values()), 30, what="packets")
