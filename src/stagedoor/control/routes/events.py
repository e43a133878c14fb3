"""Streams of events: WebSockets for the pages, server-sent events for scripts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response, WebSocket
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect, WebSocketState

from stagedoor.aio.race import until_first
from stagedoor.control.core import Control
from stagedoor.control.event_schemas import Ended
from stagedoor.control.events import Listener
from stagedoor.control.http import Parts, answers
from stagedoor.control.streaming import Stream
from stagedoor.domain.errors import (
    ClosedError,
    ForbiddenError,
    NotFoundError,
    StagedoorError,
    UnauthenticatedError,
    UpgradeError,
)
from stagedoor.domain.guest import Guest

router = APIRouter(tags=["Events"])

HEARTBEAT_S = 15.0
REFUSED, SLOW = 4400, 1013
"""WebSocket close codes: 4400 and the HTTP status less 400 for a refusal; 1013 asks to try again."""


@router.get(
    "/api/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {}}}, **answers(401, 403, 426)},
)
async def event_stream(request: Request, control: Parts, meters: bool = False) -> Response:
    """Stream a snapshot and then every change, as server-sent events; `?meters=1` adds loudness."""
    if "sec-websocket-key" in request.headers:
        raise UpgradeError(
            "this wanted to be a WebSocket, and something on the way has taken that out",
            hint="A proxy must hand on the Upgrade and Connection header fields.",
        )
    control.auth.require_operator(request, by_query=True)

    @asynccontextmanager
    async def chunks() -> AsyncIterator[AsyncIterator[bytes]]:
        with control.stage.events.listening(Listener(meters=meters), control.snapshot()) as listener:
            yield _sse(listener)

    return Stream(chunks, "text/event-stream", (control.closing,), {"X-Accel-Buffering": "no"})


@router.websocket("/api/events")
async def operator_events(socket: WebSocket) -> None:
    """Send a snapshot and then every change."""
    control: Control = socket.app.state.control
    await socket.accept()
    try:
        control.auth.require_operator(socket, by_query=True)
    except StagedoorError as error:
        await _refuse(socket, error)
        return
    meters = socket.query_params.get("meters") == "1"
    with control.stage.events.listening(Listener(meters=meters), control.snapshot()) as listener:
        await _serve(socket, listener)


@router.websocket("/api/guests/{guest_id}/events")
async def guest_events(socket: WebSocket, guest_id: str) -> None:
    """Send a guest's page the guest's own state, and nothing of others."""
    control: Control = socket.app.state.control
    await socket.accept()
    try:
        guest = own_guest(control, socket, guest_id)
    except StagedoorError as error:
        await _refuse(socket, error)
        return
    stage = control.stage
    instance = socket.query_params.get("instance") or guest.instance
    snapshot = control.guest_snapshot(guest)
    with stage.events.listening(Listener(guest.id, instance), snapshot) as listener:
        ended = how_it_ended(guest, instance)
        if ended is not None:
            stage.events.ended(listener, ended)
        stage.notice(guest.id)
        try:
            await _serve(socket, listener)
        finally:
            listener.guest = None
            stage.notice(guest.id)


def own_guest(control: Control, connection: HTTPConnection, name: str) -> Guest:
    """Return the guest whose invite comes along.

    Raises:
        StagedoorError: There is no such guest, or it is another one, or no invite came along.
    """
    caller = control.auth.caller(connection, by_query=True)
    if caller.invite is None:
        raise UnauthenticatedError("an invite has to come along")
    guest = control.stage.house.called(name)
    if guest is None:
        raise NotFoundError("there is no such guest", code="guest_unknown")
    if guest.invite != caller.invite.id:
        raise ForbiddenError("this is another guest")
    return guest


def how_it_ended(guest: Guest, instance: str | None) -> Ended | None:
    """Return why a guest's page must not come back by itself; None if it may."""
    if guest.reason is not None:
        return Ended.model_validate({"reason": guest.reason.value})
    if guest.publishes and instance != guest.instance:
        return Ended(reason="opened_elsewhere")
    return None


async def _serve(socket: WebSocket, listener: Listener) -> None:
    """Send until the stream ends or the other side has gone; what it says is not listened to."""
    await until_first(_send(socket, listener), _gone(socket))


async def _send(socket: WebSocket, listener: Listener) -> None:
    code = 1000
    try:
        while (event := await listener.next()) is not None:
            await socket.send_text(event[1])
    except ClosedError:
        code = SLOW
    except WebSocketDisconnect:
        return
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code)


async def _gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _refuse(socket: WebSocket, error: StagedoorError) -> None:
    await socket.close(REFUSED + error.status - 400, error.code)


async def _sse(listener: Listener) -> AsyncIterator[bytes]:
    """Yield events, and a comment now and then, so that proxies keep the connection."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                event = await listener.next()
        except TimeoutError:
            yield b": still here\n\n"
            continue
        except ClosedError:
            return
        if event is None:
            return
        seq, text = event
        yield f"id: {seq}\ndata: {text}\n\n".encode()
