"""HTTP over a Unix socket: what control's ways to the relay and to the mixer have in common."""

import asyncio
import logging
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import httpx
from pydantic import BaseModel

from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.ipc.messages import Message
from stagedoor.ipc.problems import from_problem

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 15.0
CONNECT_WITHIN_S = 2.0
RECONNECT_AFTER_S = (0.05, 0.2)
"""First and longest pause between two tries to reach a process's events."""
MAX_CONNECTIONS = 1024

M = TypeVar("M", bound=BaseModel)
E = TypeVar("E", bound=Message)


class ProcessClient(ABC, Generic[E]):
    """One of our processes as control sees it.

    Every method raises the process's own error, or `UnavailableError` while it cannot be reached.

    Args:
        socket: Where it listens.
        name: What the log calls it.
        event: What each line of its events is.
        silent_after_s: An event stream that says nothing for so long counts as lost; None: it may be silent.
    """

    def __init__(self, socket: Path, name: str, event: type[E], silent_after_s: float | None = None) -> None:
        self._name = name
        self._event = event
        self._silent_after_s = silent_after_s
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                uds=str(socket),
                # Nothing is encrypted on a socket of our own: the machine's authorities need not be read.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=16),
            ),
            base_url=f"http://{name}",
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

    async def metrics(self) -> str:
        """Return its metrics in Prometheus' text format."""
        return (await self._send("GET", "/metrics")).text

    async def healthy(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Return when it has answered; raise `UnavailableError` if it has not in time."""
        await self._send("GET", "/healthz", timeout=within_s)

    async def events(self, on_lost: Callable[[], None]) -> AsyncIterator[E]:
        """Yield its events for ever; after every connection the first one is the whole state.

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
            except (StagedoorError, TimeoutError) as error:
                log.debug("No events from the %s: %s", self._name, error)
            if told:
                log.warning("The event stream of the %s ended", self._name)
                on_lost()
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)

    @abstractmethod
    def _unreachable(self) -> UnavailableError:
        """Return what is raised while it cannot be reached."""

    async def _lines(self) -> AsyncIterator[E]:
        async with self._stream("GET", "/events") as response:
            lines = response.aiter_lines()
            while True:
                async with asyncio.timeout(self._silent_after_s):
                    line = await anext(lines, None)
                if line is None:
                    return
                if line:
                    yield self._event.model_validate_json(line)

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
            raise self._unreachable() from error
        if response.is_error:
            raise _problem(response)
        return response

    @asynccontextmanager
    async def _stream(self, method: str, url: str, **query: str) -> AsyncIterator[httpx.Response]:
        timeout = httpx.Timeout(None, connect=CONNECT_WITHIN_S)
        try:
            async with self._http.stream(method, url, params=query, timeout=timeout) as response:
                if response.is_error:
                    await response.aread()
                    raise _problem(response)
                yield response
        except httpx.TransportError as error:
            raise self._unreachable() from error


def _problem(response: httpx.Response) -> StagedoorError:
    try:
        document = response.json()
    except ValueError:
        document = {}
    return from_problem(document if isinstance(document, dict) else {}, response.status_code)
