"""The relay's two applications: everything on the Unix socket for control, readers and writers on TCP."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import (
    Binding,
    CarrierUsage,
    Devices,
    FragmentAnswer,
    FragmentRequest,
    IceServersAnswer,
    RelayState,
    Sending,
    SessionAnswer,
    SessionRequest,
    SessionStatus,
    ViewerRequest,
)
from stagedoor.relay.events import Events
from stagedoor.relay.http.access import Access
from stagedoor.relay.http.live import head, open_live
from stagedoor.relay.http.problems import HANDLERS
from stagedoor.relay.http.publish import publish
from stagedoor.relay.http.whep import Whep
from stagedoor.relay.hub import Hub
from stagedoor.relay.metrics import RelayCollector
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.state import relay_state
from stagedoor.relay.viewers import Viewers
from stagedoor.telemetry.metrics import CONTENT_TYPE, Metrics

if TYPE_CHECKING:
    from stagedoor.carriers.cloudflare.account import Cloudflare
    from stagedoor.carriers.cloudflare.returns import Returns

MAX_MESSAGE = 1024 * 1024
"""Bytes of one message of control."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What both applications are made of."""

    hub: Hub
    sessions: Sessions
    viewers: Viewers
    events: Events
    metrics: Metrics
    collector: RelayCollector
    cloudflare: "Cloudflare | None" = None


def control_app(parts: Parts) -> FastAPI:
    """Make the application for control; whoever can open its socket may do everything."""
    app = FastAPI(
        title="Stagedoor relay",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        exception_handlers=HANDLERS,
        max_body_size=MAX_MESSAGE,
    )
    _add_sessions(app, parts.sessions)
    _add_viewers(app, parts)
    _add_carrier(app, parts.cloudflare)
    _add_watching(app, parts)
    return app


def _add_sessions(app: FastAPI, sessions: Sessions) -> None:
    @app.post("/sessions", status_code=201)
    async def open_session(request: SessionRequest) -> SessionAnswer:
        return await sessions.open(request)

    @app.patch("/sessions/{session}")
    async def patch_session(session: str, request: FragmentRequest) -> FragmentAnswer:
        return await sessions.patch(session, request)

    @app.put("/sessions/{session}/binding")
    async def bind(session: str, binding: Binding) -> SessionStatus:
        return sessions.bind(session, binding)

    @app.put("/sessions/{session}/devices")
    async def set_devices(session: str, devices: Devices) -> SessionStatus:
        return sessions.set_devices(session, devices)

    @app.put("/sessions/{session}/sending")
    async def sending(session: str, request: Sending) -> SessionStatus:
        return sessions.sending(session, request.kinds)

    @app.delete("/sessions/{session}")
    async def close_session(session: str, reason: EndReason) -> SessionStatus:
        return sessions.close(session, reason)


def _add_viewers(app: FastAPI, parts: Parts) -> None:
    def of(viewer: str) -> "Viewers | Returns":
        returns = None if parts.cloudflare is None else parts.cloudflare.returns
        return returns if returns is not None and viewer in returns else parts.viewers

    @app.post("/viewers", status_code=201)
    async def open_viewer(request: ViewerRequest) -> SessionAnswer:
        if request.carrier is CarrierKind.CLOUDFLARE and parts.cloudflare is not None:
            return await parts.cloudflare.returns.open(request)
        return await parts.viewers.open(request)

    @app.patch("/viewers/{viewer}")
    async def patch_viewer(viewer: str, request: FragmentRequest) -> FragmentAnswer:
        return await of(viewer).patch(viewer, request)

    @app.delete("/viewers/{viewer}", status_code=204)
    async def close_viewer(viewer: str) -> None:
        await of(viewer).close(viewer)


def _add_carrier(app: FastAPI, cloudflare: "Cloudflare | None") -> None:
    @app.get("/carrier/ice-servers")
    async def ice_servers() -> IceServersAnswer:
        return IceServersAnswer(servers=() if cloudflare is None else await cloudflare.turn.servers())

    @app.get("/carrier/usage")
    async def usage() -> CarrierUsage:
        return CarrierUsage(since_ms=0) if cloudflare is None else cloudflare.journal.usage


def _add_watching(app: FastAPI, parts: Parts) -> None:
    @app.get("/state")
    async def state() -> RelayState:
        return relay_state(parts.hub, parts.sessions)

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(parts.events.lines(), media_type="application/x-ndjson")

    @app.get("/live/{name}")
    async def live(name: str, request: Request) -> Response:
        return await open_live(parts.hub, name, request.query_params)

    @app.get("/metrics")
    async def metrics() -> Response:
        parts.collector.take()
        return Response(await asyncio.to_thread(parts.metrics.render), media_type=CONTENT_TYPE)

    @app.get("/healthz")
    @app.get("/readyz")
    async def healthz() -> PlainTextResponse:
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
        return await open_live(parts.hub, name, request.query_params)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/live/{name}", live, methods=["GET", "PUT"]),
            Route("/whep/{path}", whep.post, methods=["POST"]),
            Route("/whep/{path}", whep.options, methods=["OPTIONS"]),
            Route("/whep/{path}/{viewer}", whep.patch, methods=["PATCH"]),
            Route("/whep/{path}/{viewer}", whep.delete, methods=["DELETE"]),
            Route("/whep/{path}/{viewer}", whep.options, methods=["OPTIONS"]),
            Route("/healthz", healthz),
            Route("/readyz", healthz),
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
