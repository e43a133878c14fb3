"""A hub with its own port, on packets that the test writes."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from stagedoor.domain.carrier import CarrierKind
from stagedoor.ipc.tokens import sign
from stagedoor.relay.app import Parts, hub_app
from stagedoor.relay.events import Events
from stagedoor.relay.http.access import Access
from stagedoor.relay.http.whep import Whep
from stagedoor.relay.hub import Converters, Hub
from stagedoor.relay.iso import iso_recordings
from stagedoor.relay.metrics import RelayCollector
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.state import relay_state
from stagedoor.relay.viewers import Viewers
from stagedoor.serving.server import bind_tcp, serving
from stagedoor.settings import IceServer
from stagedoor.telemetry.metrics import Metrics
from tests.kit.relay import FakeCarrier, FakeOutlets, FakeViewers

KEY = b"k" * 32
OPERATOR = "operator-token-of-the-test"
TURN = IceServer(urls=("turn:turn.example.org",), username="me", credential='pass"word')


@dataclass(frozen=True, slots=True)
class HubPort:
    """What a test needs of it."""

    hub: Hub
    viewers: Viewers
    viewer_peers: FakeViewers
    address: tuple[str, int]

    @property
    def origin(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def url(self, name: str, query: str = "") -> str:
        """A path's address, with the operator's token."""
        return f"{self.origin}/live/{name}?token={OPERATOR}{query}"


def token(path: str, scope: str = "read", *, expires_in: int = 60) -> str:
    return sign(KEY, scope, {"path": path}, int(time.time()) + expires_in)


@asynccontextmanager
async def hub_port(converters: Converters, *, connections: int = 100) -> AsyncIterator[HubPort]:
    """Serve a hub on a free port, to at most so many connections at once."""
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(Hub(converters))
        sessions = await stack.enter_async_context(
            Sessions(hub, {CarrierKind.BUILTIN: FakeCarrier()}, FakeOutlets())
        )
        peers = FakeViewers()
        viewers = await stack.enter_async_context(Viewers(hub, peers))
        iso = await stack.enter_async_context(iso_recordings(hub, lambda: events.recording(iso.status)))
        events = Events(lambda: relay_state(hub, sessions, iso, viewers), hub.status)
        parts = Parts(hub, sessions, viewers, iso, events, Metrics("relay"), RelayCollector())
        access = Access(KEY, OPERATOR)
        listener = await asyncio.to_thread(bind_tcp, "127.0.0.1", 0)
        app = hub_app(parts, access, Whep(viewers, access, [TURN]))
        await stack.enter_async_context(serving(app, listener, public=connections))
        yield HubPort(hub, viewers, peers, _address(listener))
        await hub.aclose()


def _address(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return str(host), int(port)
