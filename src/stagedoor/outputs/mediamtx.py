"""What MediaMTX says of a path, by its control API (`GET /v3/paths/get/{path}`)."""

import asyncio
import ipaddress
from collections.abc import Callable
from types import TracebackType
from typing import Final
from urllib.parse import quote, urlsplit

import httpx

from stagedoor.outputs.address import Address

POLL_EVERY: Final = 2.0
ANSWER_WITHIN: Final = 1.5


class MediaMtxApi:
    """Asks one MediaMTX; one connection pool for all destinations.

    Args:
        url: `mediamtx.api_url`, with credentials where the server wants them.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._host = urlsplit(url).hostname or ""
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> "MediaMtxApi":
        self._client = await asyncio.to_thread(httpx.AsyncClient, timeout=ANSWER_WITHIN)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    def serves(self, address: Address) -> bool:
        """Whether a destination is at this MediaMTX: no other server's stream keys may be told to it."""
        return address.host == self._host or (_is_loopback(address.host) and _is_loopback(self._host))

    async def ready(self, path: str) -> bool | None:
        """Return whether the path has a publisher; None where the API does not answer as it should."""
        if self._client is None:
            return None
        try:
            answer = await self._client.get(f"{self._url}/v3/paths/get/{quote(path)}")
            if answer.status_code == httpx.codes.NOT_FOUND:
                return False
            state = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            return None
        return _readiness(state)

    async def watch(self, path: str, tell: Callable[[bool | None], None]) -> None:
        """Ask again and again until cancelled."""
        while True:
            tell(await self.ready(path))
            await asyncio.sleep(POLL_EVERY)


def _readiness(state: object) -> bool | None:
    """Servers before 1.2 say `sourceReady`, later ones `ready`."""
    if not isinstance(state, dict):
        return None
    for name in ("ready", "sourceReady"):
        if isinstance(state.get(name), bool):
            return bool(state[name])
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
