"""The SFU's HTTP API (developers.cloudflare.com/realtime/sfu/api), a method for each call that we make."""

import asyncio
import json
import logging
import ssl
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from stagedoor import __version__
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.failures import Meaning, meaning
from stagedoor.carriers.cloudflare.schema import (
    Answer,
    Description,
    NewSession,
    Part,
    Renegotiated,
    TrackLocator,
    Tracks,
    TurnServer,
    TurnServers,
)
from stagedoor.domain.errors import CarrierError
from stagedoor.settings import CloudflareSettings

logger = logging.getLogger(__name__)

ANSWER_WITHIN_S: Final = 13.0
"""Longer than the SFU waits for a track that has no packets yet (8.3 s)."""
CONNECT_WITHIN_S: Final = 5.0
TURN_WITHIN_S: Final = 6.0
MOST_CONNECTIONS: Final = 64
BLOCKED_PORT: Final = ":53"
"""Browsers let nothing through to it."""

A = TypeVar("A", bound=Answer)
P = TypeVar("P", bound=Part)


class CloudflareApi:
    """Calls to one application; an async context manager.

    Every method raises a `CarrierError` whose code is one of `failures.MEANINGS`.

    Args:
        settings: The account.

    Attributes:
        calls: How often each operation came out how: `(operation, "ok" | code)`.
    """

    def __init__(self, settings: CloudflareSettings) -> None:
        self._settings = settings
        self._app = f"{settings.base_url}/apps/{settings.app_id}"
        self._client: httpx.AsyncClient | None = None
        self.calls: Counter[tuple[str, str]] = Counter()

    async def __aenter__(self) -> Self:
        # Reading the certificates takes a while.
        self._client = await asyncio.to_thread(
            httpx.AsyncClient,
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            limits=httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=16),
            headers={"User-Agent": f"stagedoor/{__version__}"},
            follow_redirects=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def new_session(self) -> str:
        """Make a session, without a body: an empty object is refused. Returns its id."""
        answer = await self._call("sessions/new", "POST", "/sessions/new", NewSession)
        if not answer.session_id:
            raise self._failed("sessions/new", failures.UNREADABLE, "the session has no id")
        return answer.session_id

    async def add_tracks(
        self,
        session: str,
        tracks: Sequence[TrackLocator],
        offer: str | None = None,
        *,
        within_s: float = ANSWER_WITHIN_S,
    ) -> Tracks:
        """Push or pull tracks; an offer is answered, without one the SFU may make its own."""
        body: dict[str, Any] = {"tracks": _dumped(tracks)}
        if offer is not None:
            body["sessionDescription"] = {"sdp": offer, "type": "offer"}
        path = f"{_path(session)}/tracks/new"
        return await self._call("tracks/new", "POST", path, Tracks, body, within_s=within_s)

    async def renegotiate(self, session: str, answer: str, *, within_s: float = ANSWER_WITHIN_S) -> None:
        """Hand over our answer to the SFU's offer."""
        body = {"sessionDescription": Description(sdp=answer, type="answer").model_dump()}
        path = f"{_path(session)}/renegotiate"
        await self._call("renegotiate", "PUT", path, Renegotiated, body, within_s=within_s)

    async def update_tracks(self, session: str, tracks: Sequence[TrackLocator]) -> Tracks:
        """Have pulled tracks, named by their mids, come from other sources."""
        body = {"tracks": _dumped(tracks)}
        return await self._call("tracks/update", "PUT", f"{_path(session)}/tracks/update", Tracks, body)

    async def close_tracks(self, session: str, mids: Sequence[str]) -> Tracks:
        """Stop tracks without another negotiation."""
        body = {"tracks": [{"mid": mid} for mid in mids], "force": True}
        return await self._call("tracks/close", "PUT", f"{_path(session)}/tracks/close", Tracks, body)

    async def show(self, session: str) -> Tracks:
        """Return the tracks of a session with their status."""
        return await self._call("session", "GET", _path(session), Tracks)

    async def ice_servers(self, ttl_s: int) -> tuple[TurnServer, ...]:
        """Return STUN and TURN servers with credentials for so many seconds; none without a TURN key."""
        settings = self._settings
        if settings.turn_key_id is None or settings.turn_key_token is None:
            return ()
        url = f"{settings.base_url}/turn/keys/{settings.turn_key_id}/credentials/generate-ice-servers"
        response = await self._send(
            "ice-servers", "POST", url, settings.turn_key_token, {"ttl": ttl_s}, within_s=TURN_WITHIN_S
        )
        if (means := failures.TURN_BY_STATUS.get(response.status_code)) is not None:
            raise self._failed("ice-servers", means, _words(response)[1])
        if response.is_error:
            raise self._refused("ice-servers", response, in_session=False)
        servers = self._read("ice-servers", response, TurnServers).servers
        self.calls["ice-servers", "ok"] += 1
        return _usable((servers,) if isinstance(servers, TurnServer) else servers)

    async def _call(
        self,
        operation: str,
        method: str,
        path: str,
        answer: type[A],
        body: dict[str, Any] | None = None,
        *,
        within_s: float = ANSWER_WITHIN_S,
    ) -> A:
        response = await self._send(
            operation, method, self._app + path, self._settings.app_secret or "", body, within_s=within_s
        )
        if response.is_error or not response.is_success:
            raise self._refused(operation, response, in_session=operation != "sessions/new")
        read = self._read(operation, response, answer)
        if read.error_code:
            raise self._failed(operation, meaning(200, read.error_code), read.error_description or "")
        self.calls[operation, "ok"] += 1
        return read

    async def _send(
        self,
        operation: str,
        method: str,
        url: str,
        secret: str,
        body: dict[str, Any] | None,
        *,
        within_s: float = ANSWER_WITHIN_S,
    ) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("the client is not open")
        headers = {"Authorization": f"Bearer {secret}"}
        try:
            async with asyncio.timeout(within_s):
                return await self._client.request(method, url, json=body, headers=headers)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise self._failed(operation, failures.TIMED_OUT) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._failed(operation, _of_transport(error)) from error

    def _read(self, operation: str, response: httpx.Response, kind: type[P]) -> P:
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise self._failed(operation, failures.UNREADABLE) from error

    def _refused(self, operation: str, response: httpx.Response, *, in_session: bool) -> CarrierError:
        code, words = _words(response)
        means = meaning(response.status_code, code, in_session=in_session)
        return self._failed(operation, means, words or f"HTTP {response.status_code}")

    def _failed(self, operation: str, means: Meaning, words: str = "") -> CarrierError:
        self.calls[operation, means.code] += 1
        logger.debug("Cloudflare: %s failed: %s %s", operation, means.code, words[:200])
        return means.error(words)


def _dumped(tracks: Sequence[TrackLocator]) -> list[dict[str, Any]]:
    return [track.model_dump(by_alias=True, exclude_none=True) for track in tracks]


def _path(session: str) -> str:
    return f"/sessions/{quote(session, safe='')}"


def _words(response: httpx.Response) -> tuple[str | None, str]:
    """The error code and Cloudflare's own words."""
    try:
        body = json.loads(response.content)
        answer = Answer.model_validate(body)
    except ValueError:
        return None, ""
    return answer.error_code, answer.error_description or answer.error_code or ""


def _of_transport(error: Exception) -> Meaning:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return failures.TLS_FAILED
        seen = seen.__cause__ or seen.__context__
    return failures.UNREACHABLE


def _usable(servers: Sequence[TurnServer]) -> tuple[TurnServer, ...]:
    kept = []
    for server in servers:
        urls = (server.urls,) if isinstance(server.urls, str) else server.urls
        reachable = tuple(url for url in urls if not url.partition("?")[0].endswith(BLOCKED_PORT))
        if reachable:
            kept.append(server.model_copy(update={"urls": reachable}))
    return tuple(kept)
