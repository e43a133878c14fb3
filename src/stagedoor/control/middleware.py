"""What every request goes through: reverse proxies' header fields, the bound on bodies, security headers."""

import asyncio
import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor.control.http import BODY_WITHIN_S, MAX_BODY, problem, too_large
from stagedoor.domain.errors import InvalidError

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob: mediastream:; font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
    "connect-src 'self'{sockets}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), "
    "autoplay=(self), screen-wake-lock=(self), fullscreen=(self), geolocation=(), payment=(), usb=()"
)


class TrustedProxies:
    """Believes X-Forwarded-Proto, -Host and -For of the proxies that the settings name, of nobody else."""

    def __init__(self, app: ASGIApp, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(network, strict=False) for network in networks]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] in ("http", "websocket") and self._is_trusted(scope):
            scope = self._forwarded(scope)
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        if not self._networks or client is None:
            return False
        try:
            address = ipaddress.ip_address(client[0])
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def _forwarded(self, scope: Scope) -> Scope:
        headers = Headers(scope=scope)
        changed = dict(scope)
        proto, host, client = (_last(headers, f"x-forwarded-{name}") for name in ("proto", "host", "for"))
        if proto in ("http", "https"):
            secure = "wss" if scope["type"] == "websocket" else "https"
            plain = "ws" if scope["type"] == "websocket" else "http"
            changed["scheme"] = secure if proto == "https" else plain
        if host:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            changed["headers"] = [*others, (b"host", host.encode("latin-1"))]
        if client:
            changed["client"] = (client, 0)
        return changed


class Guard:
    """Refuses bodies that are long or slow, and adds the security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        incoming = _Incoming(receive)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                incoming.is_answered = True
                _add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        length = Headers(scope=scope).get("content-length")
        if length is not None and not (length.isascii() and length.isdecimal()):
            await problem(InvalidError("Content-Length is not a number"))(scope, receive, send_guarded)
        elif length is not None and int(length) > MAX_BODY:
            await problem(too_large(), {"Connection": "close"})(scope, receive, send_guarded)
        else:
            await self._app(scope, incoming.receive, send_guarded)


class _Incoming:
    """A request's body, bounded in bytes and in time.

    Attributes:
        is_answered: The response has begun.
    """

    def __init__(self, receive: Receive) -> None:
        self.is_answered = False
        self._receive = receive
        self._taken = 0
        self._complete = False
        self._deadline = asyncio.get_running_loop().time() + BODY_WITHIN_S

    async def receive(self) -> Message:
        """Return the next message; after the whole body, that is whenever the client has gone.

        Raises:
            HTTPException: The body is too long, or does not come in time.
        """
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            if self.is_answered:
                return {"type": "http.disconnect"}
            raise HTTPException(408, "the body did not come in time", {"Connection": "close"}) from None
        self._taken += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._taken > MAX_BODY:
            raise HTTPException(413, too_large().message)
        return message


def _add_headers(scope: Scope, headers: MutableHeaders) -> None:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if headers.get("content-type", "").startswith("text/html"):
        host = Headers(scope=scope).get("host", "")
        scheme = "wss" if scope["scheme"] == "https" else "ws"
        sockets = f" {scheme}://{host}" if host and all(c.isalnum() or c in ".-:[]" for c in host) else ""
        headers.setdefault("Content-Security-Policy", CSP.format(sockets=sockets))
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cache-Control", "no-cache")
    elif scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")


def _last(headers: Headers, name: str) -> str:
    return headers.get(name, "").rpartition(",")[2].strip()
