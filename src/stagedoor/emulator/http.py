"""The API over HTTP: the table of routes, credentials, faults, and the form of refusals."""

import asyncio
import contextlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from stagedoor.aio.race import until_first
from stagedoor.emulator import absent, admin, operations, turn
from stagedoor.emulator.engine import HANG_AT_MOST, Engine
from stagedoor.emulator.faults import CallFault, Kind, broken
from stagedoor.emulator.operations import Call, Operation, Outcome
from stagedoor.emulator.refusal import Refusal

MOST_BODY = 1 << 20
RESERVED = "reserved for future WHIP/WHEP"
_APP = r"/v1/apps/(?P<app>[^/]+)"
_SESSION = _APP + r"/sessions/(?P<session>[^/]+)"
_TURN = r"/v1/turn/keys/(?P<key>[^/]+)/credentials"

TABLE: Mapping[str, tuple[str, str, Operation]] = {
    "sessions/new": ("POST", f"{_APP}/sessions/new", operations.new_session),
    "tracks/new": ("POST", f"{_SESSION}/tracks/new", operations.new_tracks),
    "renegotiate": ("PUT", f"{_SESSION}/renegotiate", operations.renegotiate),
    "tracks/close": ("PUT", f"{_SESSION}/tracks/close", operations.close_tracks),
    "tracks/update": ("PUT", f"{_SESSION}/tracks/update", operations.update_tracks),
    "sessions/get": ("GET", _SESSION, operations.get_session),
    "datachannels/establish": ("POST", f"{_SESSION}/datachannels/establish", absent.establish_channels),
    "datachannels/new": ("POST", f"{_SESSION}/datachannels/new", absent.change_channels),
    "datachannels/update": ("PUT", f"{_SESSION}/datachannels/update", absent.change_channels),
    "datachannels/close": ("PUT", f"{_SESSION}/datachannels/close", absent.change_channels),
    "adapters/new": ("POST", f"{_APP}/adapters/websocket/new", absent.new_adapters),
    "adapters/close": ("POST", f"{_APP}/adapters/websocket/close", absent.close_adapters),
    "turn/generate": ("POST", f"{_TURN}/generate-ice-servers", turn.generate),
    "turn/revoke": ("POST", f"{_TURN}/(?P<username>[^/]+)/revoke", turn.revoke),
}
"""Operations by the names that faults use: method, path, and what answers."""
_ROUTES = [(method, re.compile(path), name, call) for name, (method, path, call) in TABLE.items()]


class Api:
    """The ASGI application of one emulator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Refusal as refusal:
            body = {"errorCode": refusal.code, "errorDescription": refusal.description}
            response = JSONResponse(body, refusal.status)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith("/admin/"):
            return await self._admin(request, path)
        for method, pattern, name, operation in _ROUTES:
            if request.method == method and (found := pattern.fullmatch(path)):
                return await self._operate(request, name, operation, found.groupdict())
        return PlainTextResponse(RESERVED, 405)

    async def _operate(
        self, request: Request, name: str, operation: Operation, values: Mapping[str, str]
    ) -> Response:
        self._check_credentials(request, values)
        call = Call(self._engine, values.get("session", ""), await _body(request))
        fault = self._engine.faults.take(name)
        if fault is not None:
            await self._before(fault, request)
        return _response(await operation(call), fault)

    def _check_credentials(self, request: Request, values: Mapping[str, str]) -> None:
        options = self._engine.options
        if "key" in values:
            if values["key"] != options.turn_key_id or options.turn_key_token is None:
                raise Refusal(404, "not_found", "TURN key not found")
            _check_token(request, options.turn_key_token)
            return
        if values["app"] != options.app_id:
            raise Refusal(404, "not_found", "App not found")
        _check_token(request, options.app_secret)

    async def _before(self, fault: CallFault, request: Request) -> None:
        """What goes wrong before a call is worked on."""
        if fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.delay)
        elif fault.kind is Kind.HANG:
            await _hang(request, self._engine.closing)
        elif fault.kind is Kind.FAIL:
            raise Refusal(fault.status, fault.error_code, fault.error_description)

    async def _admin(self, request: Request, path: str) -> Response:
        _check_token(request, self._engine.options.app_secret)
        engine, body = self._engine, await _body(request)
        match request.method, path:
            case "GET", "/admin/faults":
                answer = admin.faults(engine)
            case "PUT", "/admin/faults":
                answer = admin.set_faults(engine, body)
            case "DELETE", "/admin/faults":
                answer = admin.clear_faults(engine)
            case "GET", "/admin/sessions":
                answer = admin.sessions(engine)
            case _:
                return PlainTextResponse(RESERVED, 405)
        return JSONResponse(answer)


def _check_token(request: Request, token: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    fits = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not fits:
        raise Refusal(
            401, "unauthorized", "Invalid bearer token, please ensure the token is current and not expired"
        )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise Refusal(413, "payload_too_large", f"The body is longer than {MOST_BODY} bytes")
    return bytes(body)


async def _hang(request: Request, closing: asyncio.Event) -> None:
    """Say nothing until the client or the emulator goes; a patient client gets a 504 in the end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HANG_AT_MOST):
            await until_first(_disconnected(request.receive), _set(closing))
    raise Refusal(504, "internal_error", "The call was left hanging")


async def _disconnected(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def _response(outcome: Outcome, fault: CallFault | None) -> Response:
    """A response, spoilt if that was asked for."""
    if outcome.message is None:
        return Response(status_code=outcome.status)
    content = outcome.message.body()
    if fault is not None and fault.kind is Kind.INVALID_JSON:
        content = content[: len(content) // 2] + b'{"'
    elif fault is not None and fault.kind in (Kind.BROKEN_SCHEMA, Kind.BROKEN_SDP):
        content = json.dumps(broken(json.loads(content), fault.kind)).encode()
    headers = {"Vary": "Origin"}
    return Response(content, outcome.status, headers=headers, media_type="application/json")
