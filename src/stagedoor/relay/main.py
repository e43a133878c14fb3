"""The relay process."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stagedoor import garbage
from stagedoor.carriers.base import Carrier
from stagedoor.carriers.builtin import BuiltinCarrier
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import NotFoundError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import AudioMode, DestinationSpec, VideoMode
from stagedoor.loops import fast_loop
from stagedoor.outputs.destination import Destination
from stagedoor.precedence import OF_LOOP, come_first, come_first_in_python
from stagedoor.relay.app import Parts, control_app, hub_app
from stagedoor.relay.converters import converting
from stagedoor.relay.events import Events
from stagedoor.relay.guest_relay import OutletFactory
from stagedoor.relay.http.access import Access
from stagedoor.relay.http.whep import Whep
from stagedoor.relay.hub import Hub, Reader
from stagedoor.relay.iso import iso_recordings
from stagedoor.relay.metrics import (
    CloudflareCollector,
    DestinationCollector,
    HubCollector,
    RelayCollector,
    SessionCollector,
)
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.state import relay_state
from stagedoor.relay.viewers import ViewerFactory, ViewerOffer, ViewerPeer, Viewers
from stagedoor.rtc.ice import PeerSettings
from stagedoor.rtc.whep import WhepPeer
from stagedoor.secrets import Secrets
from stagedoor.serving.server import bind_tcp, bind_unix, public_connections, serving
from stagedoor.settings import Settings, WebrtcSettings
from stagedoor.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from stagedoor.carriers.cloudflare.account import Cloudflare
    from stagedoor.outputs.mediamtx import MediaMtxApi

logger = logging.getLogger(__name__)

STUN_PORT = 3478
PATH_WITHIN_S = 1.0
"""How long the first packet of a path is waited for that somebody publishes."""


def run(settings: Settings, secrets: Secrets) -> int:
    """Run the relay until SIGTERM or SIGINT; returns the exit code.

    Raises:
        UnavailableError: The hub's port or the socket for control cannot be listened on.
    """
    if settings.mixer.realtime:
        come_first(OF_LOOP)
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(_main(settings, secrets))
    return 0


async def _main(settings: Settings, secrets: Secrets) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(initializer=come_first_in_python))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with relay(settings, secrets):
        garbage.begin()
        logger.info("The relay is ready, the hub listens on %s port %d", settings.hub.host, settings.hub.port)
        await stop.wait()
        logger.info("The relay stops")


@asynccontextmanager
async def relay(settings: Settings, secrets: Secrets) -> AsyncIterator[Parts]:
    """Run all of the relay within the caller's loop.

    Raises:
        UnavailableError: The hub's port or the socket for control cannot be listened on.
    """
    async with AsyncExitStack() as stack:
        hub_socket = await asyncio.to_thread(bind_tcp, settings.hub.host, settings.hub.port)
        stack.callback(hub_socket.close)
        control_socket = await asyncio.to_thread(bind_unix, settings.server.relay_socket)
        stack.callback(control_socket.close)
        parts = await _open_parts(settings, stack)
        access = Access(secrets.signing_key, secrets.operator_token)
        whep = Whep(parts.viewers, access, settings.webrtc.ice_servers)
        await stack.enter_async_context(serving(control_app(parts), control_socket))
        public = serving(hub_app(parts, access, whep), hub_socket, public=public_connections())
        await stack.enter_async_context(public)
        try:
            yield parts
        finally:
            # Before the servers close, so that control hears why and readers get a proper end.
            parts.sessions.end_all(EndReason.SHUTDOWN)
            parts.events.close()
            await parts.hub.aclose()
            await asyncio.to_thread(settings.server.relay_socket.unlink, missing_ok=True)


async def _open_parts(settings: Settings, stack: AsyncExitStack) -> Parts:
    metrics = Metrics("relay")
    peer_settings = _peer_settings(settings.webrtc)
    hub = await stack.enter_async_context(Hub(await stack.enter_async_context(converting())))
    api = None
    if settings.mediamtx.api_url is not None:
        from stagedoor.outputs.mediamtx import MediaMtxApi

        api = await stack.enter_async_context(MediaMtxApi(settings.mediamtx.api_url))
    carriers: dict[CarrierKind, Carrier] = {CarrierKind.BUILTIN: BuiltinCarrier(peer_settings)}
    cloudflare = await _open_cloudflare(settings, hub, peer_settings, stack)
    if cloudflare is not None:
        carriers[CarrierKind.CLOUDFLARE] = cloudflare.carrier
    sessions = await stack.enter_async_context(Sessions(hub, carriers, _outlets(hub, api)))
    viewers = await stack.enter_async_context(Viewers(hub, _viewer_peers(peer_settings)))
    watched = (viewers, *(() if cloudflare is None else (cloudflare.returns,)))
    iso = await stack.enter_async_context(iso_recordings(hub, lambda: events.recording(iso.status)))
    events = Events(lambda: relay_state(hub, sessions, iso, *watched), hub.status)
    sessions.on_status, hub.on_path = events.session, _each(events.path, iso.look)
    counted = (HubCollector(hub), SessionCollector(sessions, viewers), DestinationCollector(sessions))
    collector = RelayCollector(*counted, *(() if cloudflare is None else (CloudflareCollector(cloudflare),)))
    metrics.registry.register(collector)
    sessions.on_first_picture = metrics.histogram(
        "stagedoor_session_first_picture_seconds", "From a guest's offer to the first picture at the hub."
    ).observe
    await stack.enter_async_context(_watching(metrics))
    return Parts(hub, sessions, viewers, iso, events, metrics, collector, cloudflare)


def _each(*told: Callable[[str], None]) -> Callable[[str], None]:
    def tell(path: str) -> None:
        for listener in told:
            listener(path)

    return tell


async def _open_cloudflare(
    settings: Settings, hub: Hub, peers: PeerSettings, stack: AsyncExitStack
) -> "Cloudflare | None":
    if not settings.carrier.cloudflare.is_configured:
        return None
    from stagedoor.carriers.cloudflare.account import open_account

    async def open_reader(path: str) -> Reader | None:
        if hub.owner(path) is None:
            return None
        reader = hub.subscribe(path, kind="cloudflare")
        try:
            await hub.arrival(reader, within=PATH_WITHIN_S, settle=0.0)
        except NotFoundError:
            reader.close()
            return None
        return reader

    account = open_account(settings.carrier.cloudflare, settings.server.data_dir, peers, open_reader)
    return await stack.enter_async_context(account)


def _outlets(hub: Hub, api: "MediaMtxApi | None") -> OutletFactory:
    def make(path: str, spec: DestinationSpec, on_change: Callable[[], None], carrier: str) -> Destination:
        protocol = urlsplit(spec.url).scheme

        def open_reader(audio: AudioMode, video: VideoMode) -> Reader:
            return hub.subscribe(path, kind=protocol, audio=audio, video=video)

        return Destination(spec, open_reader, on_change, path, carrier=carrier, api=api)

    return make


def _viewer_peers(settings: PeerSettings) -> ViewerFactory:
    async def make(offer: ViewerOffer) -> ViewerPeer:
        return await WhepPeer.answer(
            offer.sdp,
            tracks=offer.tracks,
            on_key_frame_wanted=offer.on_key_frame_wanted,
            on_closed=offer.on_closed,
            settings=settings,
        )

    return make


def _peer_settings(settings: WebrtcSettings) -> PeerSettings:
    ports = settings.udp_ports
    return PeerSettings(
        host_addresses=settings.host_addresses,
        udp_ports=None if ports is None else (ports.first, ports.last),
        stun_server=_stun_server(settings),
    )


def _stun_server(settings: WebrtcSettings) -> tuple[str, int] | None:
    """The first STUN server, for our own outer address: `stun:host[:port]` (RFC 7064)."""
    for server in settings.ice_servers:
        for url in server.urls:
            scheme, _, rest = url.partition(":")
            if scheme == "stun":
                parts = urlsplit(f"//{rest}")
                return parts.hostname or "", parts.port or STUN_PORT
    return None


@asynccontextmanager
async def _watching(metrics: Metrics) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(metrics.watch_loop())
        yield
        task.cancel()
