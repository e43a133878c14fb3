"""Control's ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp, Receive, Scope, Send

import stagedoor
from stagedoor.control import event_schemas, schemas
from stagedoor.control.builds import STATIC
from stagedoor.control.clients import Clients
from stagedoor.control.core import Control, wall_clock_ms
from stagedoor.control.forwarded import TrustedProxies
from stagedoor.control.http import add_handlers
from stagedoor.control.middleware import Guard
from stagedoor.control.routes import (
    audio,
    calls,
    carrier,
    chat,
    commands,
    events,
    guests,
    health,
    incidents,
    invites,
    join,
    live,
    media,
    mixer,
    news,
    outputs,
    overlays,
    pages,
    recordings,
    scenes,
    seats,
    sources,
    synthetic,
    talkback,
    tally,
    whep,
    whip,
)
from stagedoor.secrets import Secrets
from stagedoor.settings import Settings

ROUTERS = (
    *(join, whip, calls, carrier, guests, commands, chat, seats, invites, synthetic),
    *(mixer, scenes, sources, audio, talkback, overlays, media, outputs, tally, recordings),
    *(events, news, live, whep, health, incidents, pages),
)
"""In the order of the OpenAPI document."""

CORS_PREFIXES = ("/api/calls/whip/", "/whip/", "/whep/")


def create_app(
    settings: Settings,
    secrets: Secrets,
    clients: Clients,
    now_ms: Callable[[], int] = wall_clock_ms,
    on_crash: Callable[[], None] | None = None,
) -> FastAPI:
    """Return the application; its lifespan opens and closes everything but the clients.

    Args:
        settings: The settings.
        secrets: The operator's token and the signing key.
        clients: The ways to the other processes.
        now_ms: Milliseconds since the epoch.
        on_crash: Called when a part of control has failed, which nothing here can mend.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with Control.open(settings, secrets, clients, now_ms) as control:
                app.state.control = control
                yield
        except BaseExceptionGroup:
            if on_crash is not None:
                on_crash()
            raise

    app = _bare_app(lifespan)
    app.add_middleware(_Cors)
    app.add_middleware(Guard, public_url=settings.server.public_url, max_upload=settings.media.max_file_bytes)
    app.add_middleware(TrustedProxies, networks=settings.server.trusted_proxies)
    return app


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document of the whole API, without starting anything."""
    return _bare_app(None).openapi()


def _bare_app(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None) -> FastAPI:
    app = FastAPI(
        title="Stagedoor",
        version=stagedoor.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    for module in ROUTERS:
        app.include_router(module.router)
    app.state.own_routes = [route for module in ROUTERS for route in module.router.routes]
    app.mount("/assets", pages.Assets(directory=STATIC / "assets", check_dir=False), name="assets")
    add_handlers(app)
    plain = app.openapi

    def with_events() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"].update(_extra_schemas())
        return document

    app.openapi = with_events  # type: ignore[method-assign]
    return app


def _extra_schemas() -> dict[str, Any]:
    """What no route answers with by itself: problem documents, and the events of both kinds of stream."""
    models = (
        schemas.Problem,
        event_schemas.SnapshotEvent,
        event_schemas.GuestEvent,
        event_schemas.GuestGoneEvent,
        event_schemas.SeatsEvent,
        event_schemas.HealthEvent,
        event_schemas.MixerEvent,
        event_schemas.BoardEvent,
        event_schemas.RecordingEvent,
        event_schemas.MetersEvent,
        event_schemas.CommandEvent,
        event_schemas.ChatEvent,
        event_schemas.IncidentEvent,
        event_schemas.InvitesEvent,
        event_schemas.GuestSnapshotEvent,
        event_schemas.StudioEvent,
        event_schemas.EndedEvent,
    )
    _, made = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = made["$defs"]
    return found


def _operation_id(route: APIRoute) -> str:
    return route.name


class _Cors:
    """Lets pages of any origin publish and view: what counts there is the token, never a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(CORS_PREFIXES):
            await self._app(scope, receive, send)
            return

        async def send_open(message: Any) -> None:  # noqa: ANN401
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_CORS_HEADERS]
            await send(message)

        await self._app(scope, receive, send_open)


_CORS_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After"),
)
