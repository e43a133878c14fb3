"""Control's way to the relay: HTTP over its Unix socket, one method for each row of `ipc.messages`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import (
    Binding,
    CarrierUsage,
    Devices,
    FragmentAnswer,
    FragmentRequest,
    IceServersAnswer,
    Message,
    RelayEvent,
    RelayState,
    Sending,
    SessionAnswer,
    SessionRequest,
    SessionStatus,
    ViewerRequest,
)
from stagedoor.ipc.problems import from_problem
from stagedoor.media.packets import Kind

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 15.0
CONNECT_WITHIN_S = 2.0
RECONNECT_AFTER_S = (0.05, 0.2)
"""First and longest pause between two tries to reach the relay's events."""
MAX_CONNECTIONS = 1024

M = TypeVar("M", bound=BaseModel)


class RelayClient:
    """The relay as control sees it.

    Every method raises the relay's own error, or `UnavailableError` while the relay cannot be reached.
    """

    def __init__(self, socket: Path) -> None:
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                uds=str(socket),
                limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=16),
            ),
            base_url="http://relay",
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; idempotent."""
        await self._http.aclose()

    async def open_session(self, request: SessionRequest) -> SessionAnswer:
        """Hand a publisher's offer to the relay."""
        return await self._call("POST", "/sessions", SessionAnswer, request)

    async def patch_session(self, session: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand on a publisher's trickled candidates or its ICE restart."""
        return await self._call("PATCH", f"/sessions/{session}", FragmentAnswer, request)

    async def bind(self, session: str, binding: Binding) -> SessionStatus:
        """Move a session to another path and other destinations, without a new negotiation."""
        return await self._call("PUT", f"/sessions/{session}/binding", SessionStatus, binding)

    async def set_devices(self, session: str, devices: Devices) -> SessionStatus:
        """Tell the relay what the guest's page has switched off."""
        return await self._call("PUT", f"/sessions/{session}/devices", SessionStatus, devices)

    async def sending(self, session: str, kinds: tuple[Kind, ...]) -> SessionStatus:
        """Tell the relay that the guest's page has seen its own packets leave."""
        return await self._call("PUT", f"/sessions/{session}/sending", SessionStatus, Sending(kinds=kinds))

    async def close_session(self, session: str, reason: EndReason) -> SessionStatus:
        """End a session."""
        return await self._call("DELETE", f"/sessions/{session}", SessionStatus, reason=reason.value)

    async def open_viewer(self, request: ViewerRequest) -> SessionAnswer:
        """Hand a reader's offer to the relay."""
        return await self._call("POST", "/viewers", SessionAnswer, request)

    async def patch_viewer(self, viewer: str, request: FragmentRequest) -> FragmentAnswer:
        """Hand on a reader's trickled candidates or its ICE restart."""
        return await self._call("PATCH", f"/viewers/{viewer}", FragmentAnswer, request)

    async def close_viewer(self, viewer: str) -> None:
        """End a reader's connection."""
        await self._send("DELETE", f"/viewers/{viewer}")

    async def carrier_ice_servers(self) -> IceServersAnswer:
        """Return Cloudflare's ICE servers, with credentials that do not last; none without a TURN key."""
        return await self._call("GET", "/carrier/ice-servers", IceServersAnswer)

    async def carrier_usage(self) -> CarrierUsage:
        """Return how much Cloudflare has sent."""
        return await self._call("GET", "/carrier/usage", CarrierUsage)

    async def reset_carrier_usage(self) -> CarrierUsage:
        """Have counted anew how much Cloudflare sends."""
        return await self._call("DELETE", "/carrier/usage", CarrierUsage)

    async def state(self) -> RelayState:
        """Return everything that the relay knows."""
        return await self._call("GET", "/state", RelayState)

    async def metrics(self) -> str:
        """Return the relay's metrics in Prometheus' text format."""
        return (await self._send("GET", "/metrics")).text

    async def healthy(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Return when the relay has answered; raise `UnavailableError` if it has not in time."""
        await self._send("GET", "/healthz", timeout=within_s)

    def live(self, path: str, container: str) -> AbstractAsyncContextManager[httpx.Response]:
        """Open a path's packets in a container; the response streams until the path's reader is closed."""
        return self._stream("GET", f"/live/{path}.{container}")

    async def events(self, on_lost: Callable[[], None]) -> AsyncIterator[RelayEvent]:
        """Yield the relay's events for ever; after every connection the first one is the whole state.

        Args:
            on_lost: Called when a connection that had delivered something has ended.
        """
        pause, longest = RECONNECT_AFTER_S
        while True:
            told = False
            try:
                async for event in self._lines():
                    told, pause = True, RECONNECT_AFTER_S[0]
                    yield event
            except StagedoorError as error:
                log.debug("No events from the relay: %s", error)
            if told:
                log.warning("The relay's event stream ended")
                on_lost()
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)

    async def _lines(self) -> AsyncIterator[RelayEvent]:
        async with self._stream("GET", "/events") as response:
            async for line in response.aiter_lines():
                if line:
                    yield RelayEvent.model_validate_json(line)

    async def _call(
        self, method: str, url: str, answer: type[M], body: Message | None = None, **query: str
    ) -> M:
        content = None if body is None else body.model_dump_json()
        response = await self._send(method, url, content=content, params=query)
        return answer.model_validate_json(response.content)

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        if options.get("content") is not None:
            options["headers"] = {"Content-Type": "application/json"}
        try:
            response = await self._http.request(method, url, **options)
        except httpx.TransportError as error:
            raise _unreachable() from error
        if response.is_error:
            raise _problem(response)
        return response

    @asynccontextmanager
    async def _stream(self, method: str, url: str) -> AsyncIterator[httpx.Response]:
        timeout = httpx.Timeout(None, connect=CONNECT_WITHIN_S)
        try:
            async with self._http.stream(method, url, timeout=timeout) as response:
                if response.is_error:
                    await response.aread()
                    raise _problem(response)
                yield response
        except httpx.TransportError as error:
            raise _unreachable() from error


def _unreachable() -> UnavailableError:
    return UnavailableError(
        "the relay cannot be reached at the moment",
        code="relay_unavailable",
        hint="It is restarted by itself; if this lasts, look at its log.",
    )


def _problem(response: httpx.Response) -> StagedoorError:
    try:
        document = response.json()
    except ValueError:
        document = {}
    return from_problem(document if isinstance(document, dict) else {}, response.status_code)
