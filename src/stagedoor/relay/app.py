"""The relay's two applications: everything on the Unix socket for control, readers and writers on TCP."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import (
    Binding,
    CarrierUsage,
    Devices,
    FragmentRequest,
    IceServersAnswer,
    Sending,
    SessionRequest,
    ViewerRequest,
)
from stagedoor.ipc.recording import RecordingRequest
from stagedoor.relay.events import Events
from stagedoor.relay.http.access import Access
from stagedoor.relay.http.live import head, open_live
from stagedoor.relay.http.publish import publish
from stagedoor.relay.http.whep import Whep
from stagedoor.relay.hub import Hub
from stagedoor.relay.iso import IsoRecordings
from stagedoor.relay.metrics import RelayCollector
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.state import Watched, relay_state
from stagedoor.relay.viewers import Viewers
from stagedoor.serving.messages import answer, read
from stagedoor.serving.problems import HANDLERS
from stagedoor.telemetry.metrics import CONTENT_TYPE, Metrics

if TYPE_CHECKING:
    from stagedoor.carriers.cloudflare.account import Cloudflare
    from stagedoor.carriers.cloudflare.returns import Returns


@dataclass(frozen=True, slots=True)
class Parts:
    """What both applications are made of."""

    hub: Hub
    sessions: Sessions
    viewers: Viewers
    iso: IsoRecordings
    events: Events
    metrics: Metrics
    collector: RelayCollector
    cloudflare: "Cloudflare | None" = None

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Everything that guests watch by."""
        return (self.viewers, *(() if self.cloudflare is None else (self.cloudflare.returns,)))


def control_app(parts: Parts) -> Starlette:
    """Make the application for control; whoever can open its socket may do everything."""
    routes = [
        *_session_routes(parts.sessions),
        *_viewer_routes(parts),
        *_carrier_routes(parts.cloudflare),
        *_watching_routes(parts),
    ]
    return Starlette(routes=routes, exception_handlers=HANDLERS)


def _session_routes(sessions: Sessions) -> list[Route]:
    async def post(request: Request) -> Response:
        return answer(await sessions.open(await read(request, SessionRequest)), 201)

    async def patch(request: Request) -> Response:
        fragment = await read(request, FragmentRequest)
        return answer(await sessions.patch(request.path_params["session"], fragment))

    async def bind(request: Request) -> Response:
        binding = await read(request, Binding)
        return answer(sessions.bind(request.path_params["session"], binding))

    async def set_devices(request: Request) -> Response:
        devices = await read(request, Devices)
        return answer(sessions.set_devices(request.path_params["session"], devices))

    async def sending(request: Request) -> Response:
        kinds = (await read(request, Sending)).kinds
        return answer(sessions.sending(request.path_params["session"], kinds))

    async def restart_relay(request: Request) -> Response:
        destination = request.query_params.get("destination")
        return answer(sessions.restart_relay(request.path_params["session"], destination))

    async def delete(request: Request) -> Response:
        return answer(sessions.close(request.path_params["session"], _reason(request)))

    return [
        Route("/sessions", post, methods=["POST"]),
        Route("/sessions/{session}", patch, methods=["PATCH"]),
        Route("/sessions/{session}/binding", bind, methods=["PUT"]),
        Route("/sessions/{session}/devices", set_devices, methods=["PUT"]),
        Route("/sessions/{session}/sending", sending, methods=["PUT"]),
        Route("/sessions/{session}/relay/restart", restart_relay, methods=["POST"]),
        Route("/sessions/{session}", delete, methods=["DELETE"]),
    ]


def _reason(request: Request) -> EndReason:
    """Return why a session is to end; raises `InvalidError` where the query does not say."""
    try:
        return EndReason(request.query_params.get("reason", ""))
    except ValueError:
        raise InvalidError("reason is not one of those why a session ends") from None


def _viewer_routes(parts: Parts) -> list[Route]:
    returns = None if parts.cloudflare is None else parts.cloudflare.returns

    def of(viewer: str) -> "Viewers | Returns":
        return returns if returns is not None and viewer in returns else parts.viewers

    async def post(request: Request) -> Response:
        wanted = await read(request, ViewerRequest)
        if returns is not None and wanted.carrier is CarrierKind.CLOUDFLARE:
            return answer(await returns.open(wanted), 201)
        return answer(await parts.viewers.open(wanted), 201)

    async def patch(request: Request) -> Response:
        viewer, fragment = request.path_params["viewer"], await read(request, FragmentRequest)
        return answer(await of(viewer).patch(viewer, fragment))

    async def delete(request: Request) -> Response:
        viewer = request.path_params["viewer"]
        await of(viewer).close(viewer)
        return Response(status_code=204)

    return [
        Route("/viewers", post, methods=["POST"]),
        Route("/viewers/{viewer}", patch, methods=["PATCH"]),
        Route("/viewers/{viewer}", delete, methods=["DELETE"]),
    ]


def _carrier_routes(cloudflare: "Cloudflare | None") -> list[Route]:
    async def ice_servers(_request: Request) -> Response:
        servers = () if cloudflare is None else await cloudflare.turn.servers()
        return answer(IceServersAnswer(servers=servers))

    async def usage(request: Request) -> Response:
        if cloudflare is not None and request.method == "DELETE":
            cloudflare.journal.reset()
        return answer(CarrierUsage(since_ms=0) if cloudflare is None else cloudflare.journal.usage)

    return [
        Route("/carrier/ice-servers", ice_servers),
        Route("/carrier/usage", usage, methods=["GET", "DELETE"]),
    ]


def _watching_routes(parts: Parts) -> list[Route]:
    async def state(_request: Request) -> Response:
        return answer(relay_state(parts.hub, parts.sessions, parts.iso, *parts.watched))

    async def record(request: Request) -> Response:
        return answer(await parts.iso.want((await read(request, RecordingRequest)).spec))

    async def events(_request: Request) -> Response:
        return StreamingResponse(parts.events.lines(), media_type="application/x-ndjson")

    async def live(request: Request) -> Response:
        return await open_live(parts.hub, request.path_params["name"], request)

    async def metrics(_request: Request) -> Response:
        parts.collector.take()
        return Response(await asyncio.to_thread(parts.metrics.render), media_type=CONTENT_TYPE)

    return [
        Route("/state", state),
        Route("/recording", record, methods=["PUT"]),
        Route("/events", events),
        Route("/live/{name}", live),
        Route("/metrics", metrics),
        Route("/healthz", _healthz),
        Route("/readyz", _healthz),
    ]


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


def hub_app(parts: Parts, access: Access, whep: Whep) -> Starlette:
    """Make the application for readers, viewers and publishers; every request carries a token."""

    async def live(request: Request) -> Response:
        name = request.path_params["name"]
        scope = "publish" if request.method == "PUT" else "read"
        access.check(request, scope, name.rpartition(".")[0])
        if request.method == "PUT":
            return await publish(parts.hub, request)
        if request.method == "HEAD":
            return head(parts.hub, request)
        return await open_live(parts.hub, name, request)

    return Starlette(
        routes=[
            Route("/live/{name}", live, methods=["GET", "PUT"]),
            Route("/whep/{path}", whep.post, methods=["POST"]),
            Route("/whep/{path}", whep.options, methods=["OPTIONS"]),
            Route("/whep/{path}/{viewer}", whep.patch, methods=["PATCH"]),
            Route("/whep/{path}/{viewer}", whep.delete, methods=["DELETE"]),
            Route("/whep/{path}/{viewer}", whep.options, methods=["OPTIONS"]),
            Route("/healthz", _healthz),
            Route("/readyz", _healthz),
        ],
        middleware=[_cross_origin()],
        exception_handlers=HANDLERS,
    )


def _cross_origin() -> Middleware:
    """Any page may ask, because no cookie counts here: only who holds a token gets an answer."""
    return Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "If-Match"],
        expose_headers=["Location", "ETag", "Link", "Accept-Patch"],
        max_age=3600,
    )
