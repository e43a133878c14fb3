"""What every request goes through: the bound on bodies, security headers."""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor.control.http import BODY_WITHIN_S, UPLOAD, most_bytes, problem, too_large
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


class Guard:
    """Refuses bodies that are long or slow, and adds the security headers to every response."""

    def __init__(self, app: ASGIApp, public_url: str | None = None, max_upload: int = 0) -> None:
        self._app = app
        self._public_url = public_url
        self._max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_upload = scope["path"] == UPLOAD
        most = self._max_upload if is_upload else most_bytes(scope["path"])
        incoming = _Incoming(receive, most, is_upload=is_upload)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                incoming.is_answered = True
                _add_headers(scope, MutableHeaders(scope=message), self._public_url)
            await send(message)

        length = Headers(scope=scope).get("content-length")
        if length is not None and not (length.isascii() and length.isdecimal()):
            await problem(InvalidError("Content-Length is not a number"))(scope, receive, send_guarded)
        elif length is not None and int(length) > most:
            await problem(too_large(most), {"Connection": "close"})(scope, receive, send_guarded)
        else:
            await self._app(scope, incoming.receive, send_guarded)


class _Incoming:
    """A request's body, bounded in bytes and in time.

    Attributes:
        is_answered: The response has begun.
    """

    def __init__(self, receive: Receive, most: int, *, is_upload: bool) -> None:
        self._is_upload = is_upload
        self.is_answered = False
        self._most = most
        self._receive = receive
        self._taken = 0
        self._complete = False
        self._deadline = _deadline()

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
        if self._is_upload:
            self._deadline = _deadline()
        self._taken += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._taken > self._most:
            raise HTTPException(413, too_large(self._most).message)
        return message


def _deadline() -> float:
    return asyncio.get_running_loop().time() + BODY_WITHIN_S


def _add_headers(scope: Scope, headers: MutableHeaders, public_url: str | None) -> None:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", CSP.format(sockets=_sockets(scope, public_url)))
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cache-Control", "no-cache")
    elif scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")


def _sockets(scope: Scope, public_url: str | None) -> str:
    """Return the origins of our WebSockets, which Safari before 15.4 does not take for `'self'`.

    A proxy that is not in `trusted_proxies` may have hidden how the page came; then it is `public_url`.
    """
    host = Headers(scope=scope).get("host", "")
    scheme = "wss" if scope["scheme"] == "https" else "ws"
    own = [f"{scheme}://{host}"] if host and all(c.isalnum() or c in ".-:[]" for c in host) else []
    public = [public_url.replace("http", "ws", 1)] if public_url else []
    return "".join(f" {origin}" for origin in dict.fromkeys([*own, *public]))
