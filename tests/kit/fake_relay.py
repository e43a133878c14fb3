"""A relay without media: the same HTTP interface over a real Unix socket, and handles for the tests."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import (
    BadOfferError,
    ConflictError,
    NotFoundError,
    PreconditionError,
    StagedoorError,
)
from stagedoor.domain.recording import RecordingState
from stagedoor.domain.session import EndReason, SessionState
from stagedoor.ipc import problems
from stagedoor.ipc.messages import (
    Binding,
    CarrierStatus,
    CarrierUsage,
    DestinationStatus,
    Devices,
    FragmentAnswer,
    FragmentRequest,
    IceServerInfo,
    IceServersAnswer,
    PathStatus,
    ReaderStatus,
    RelayEvent,
    RelayState,
    Sending,
    SessionAnswer,
    SessionRequest,
    SessionStatus,
    TrackState,
    TrackStatus,
    ViewerRequest,
    ViewerStatus,
)
from stagedoor.ipc.recording import RecordingRequest, RecordingSpec, RecordingStatus
from stagedoor.media.packets import Codec, Kind
from tests.kit.wait import until

ETAG = "first"
READER = ReaderStatus(id="r", kind="http", queued=0, dropped=0)


class FakeRelay:
    """Keeps sessions as the relay does.

    `refusal` is raised for each offer, `carrier_refusal` for each question about Cloudflare; gates hold
    answers back, `state_gate` the first event; `paths` are published without a session, `watched` ones have a
    reader; `asked` are the offers that came, `withdrawn` the
    sessions that were ended before they were answered.
    """

    def __init__(self) -> None:
        self.sessions: dict[str, SessionStatus] = {}
        self.viewers: dict[str, ViewerRequest] = {}
        self.viewings: list[ViewerRequest] = []
        self.paths: set[str] = set()
        self.watched: set[str] = set()
        self.asked: list[SessionRequest] = []
        self.withdrawn: list[str] = []
        self.requests: list[SessionRequest] = []
        self.sending: list[tuple[str, Sending]] = []
        self.ice_servers: tuple[IceServerInfo, ...] = ()
        self.ice_gate: asyncio.Event | None = None
        self.usage = CarrierUsage(since_ms=0)
        self.carrier_refusal: StagedoorError | None = None
        self.bindings: list[tuple[str, Binding]] = []
        self.closed: list[tuple[str, EndReason]] = []
        self.restarted: list[tuple[str, str | None]] = []
        self.refusal: StagedoorError | None = None
        self.gate: asyncio.Event | None = None
        self.answer_gate: asyncio.Event | None = None
        self.viewer_gate: asyncio.Event | None = None
        self.state_gate: asyncio.Event | None = None
        self.refused = 0
        self.queues: set[asyncio.Queue[RelayEvent | None]] = set()
        self.live: asyncio.Queue[bytes | None] = asyncio.Queue(16)
        self.streaming = 0
        self.asked_live: dict[str, str] = {}
        self.recording = RecordingStatus()
        self.asked_to_record: list[RecordingSpec | None] = []
        self.squatters: dict[str, str] = {}
        self.app = _app(self)

    def tell(self, status: SessionStatus) -> None:
        """Send a session's status to whoever follows the events."""
        for queue in self.queues:
            queue.put_nowait(RelayEvent(type="session", session=status))

    def media(self, session: str, **changes: Any) -> None:
        """Have media come from a session."""
        video = TrackStatus(kind=Kind.VIDEO, codec=Codec.H264, state=TrackState.LIVE, width=1280, height=720)
        status = self.sessions[session].model_copy(
            update={"state": SessionState.LIVE, "connected": True, "tracks": (video,), **changes}
        )
        self.sessions[session] = status
        self.tell(status)

    def lose(self, session: str, reason: EndReason = EndReason.LOST, **changes: Any) -> None:
        """Have a session's publisher vanish."""
        status = self.sessions.pop(session)
        self.tell(status.model_copy(update={"state": SessionState.CLOSED, "reason": reason, **changes}))

    def wait(self, session: str, cloudflare: CarrierStatus) -> None:
        """Say how far a session has come through Cloudflare."""
        self.sessions[session] = self.sessions[session].model_copy(update={"cloudflare": cloudflare})
        self.tell(self.sessions[session])

    def newest(self) -> str:
        """The id of the session that was opened last."""
        return self.requests[-1].session

    def state(self) -> RelayState:
        """All of it."""
        viewers = [
            ViewerStatus(viewer=each.viewer, path=each.path, invite=each.invite)
            for each in self.viewers.values()
            if each.invite
        ]
        return RelayState(
            pid=1,
            version="fake",
            sessions=tuple(self.sessions.values()),
            viewers=tuple(viewers),
            paths=tuple(
                PathStatus(path=path, owner="mixer", readers=(READER,)) for path in sorted(self.watched)
            ),
            recording=self.recording,
        )

    def record(self, **changes: Any) -> None:
        """Have the recording become another, and say so."""
        self.recording = self.recording.model_copy(update=changes)
        for queue in self.queues:
            queue.put_nowait(RelayEvent(type="recording", recording=self.recording))

    def at(self, path: str) -> list[str]:
        """The sessions at a path."""
        return [key for key, status in self.sessions.items() if status.path == path]

    def check_free(self, path: str, owner: str) -> None:
        """Refuse a path that somebody else has: another owner's session, or a squatter."""
        if self.squatters.get(path, owner) != owner or any(
            status.path == path and status.owner != owner for status in self.sessions.values()
        ):
            self.refused += 1
            raise ConflictError("somebody else publishes there", code="path_taken")

    def of(self, session: str) -> SessionStatus:
        if session not in self.sessions:
            raise NotFoundError("there is no such session", code="session_unknown")
        return self.sessions[session]

    def withdraw(self, session: str) -> None:
        """End a session whose offer is still to be answered."""
        waiting = {body.session for body in self.asked} - {body.session for body in self.requests}
        if session in waiting:
            self.withdrawn.append(session)

    async def open(self, body: SessionRequest) -> SessionAnswer:
        """Answer an offer."""
        self.asked.append(body)
        if self.gate is not None:
            await self.gate.wait()
        if body.session in self.withdrawn:
            raise NotFoundError("it was ended before it was answered", code="session_unknown")
        if self.refusal is not None:
            raise self.refusal
        if not body.offer.startswith("v=0"):
            raise BadOfferError("this is no SDP")
        self.check_free(body.binding.path, body.owner)
        self.requests.append(body)
        for other in self.at(body.binding.path):
            self.lose(other, EndReason.REPLACED)
        self.sessions[body.session] = SessionStatus(
            session=body.session,
            owner=body.owner,
            label=body.label,
            path=body.binding.path,
            state=SessionState.WAITING,
            devices=body.devices,
            carrier=body.carrier,
            cloudflare=CarrierStatus() if body.carrier is CarrierKind.CLOUDFLARE else None,
            destinations=_statuses(body.binding.destinations),
        )
        self.tell(self.sessions[body.session])
        if self.answer_gate is not None:
            await self.answer_gate.wait()
        return SessionAnswer(id=body.session, answer="v=0\r\nanswer", etag=ETAG)

    @asynccontextmanager
    async def serving(self, socket: Path) -> AsyncIterator[None]:
        """Listen on a Unix socket while the block lasts."""
        config = uvicorn.Config(self.app, uds=str(socket), log_config=None, lifespan="off", access_log=False)
        server = QuietServer(config)
        task = asyncio.create_task(server.serve())
        try:
            await until(lambda: server.started, 5)
            yield
        finally:
            for queue in self.queues:
                queue.put_nowait(None)
            self.live.put_nowait(None)
            server.stop()
            await task


class QuietServer(uvicorn.Server):
    """A server inside a test, which stops at once."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for the end without looking ten times a second."""
        await self._stop.wait()

    def stop(self) -> None:
        """End `serve`."""
        self.should_exit = True
        self._stop.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


def _statuses(specs: Any) -> tuple[DestinationStatus, ...]:
    return tuple(DestinationStatus(id=s.id, url="rtmp://***", state=DestinationState.WAITING) for s in specs)


def _app(relay: FakeRelay) -> FastAPI:
    app = FastAPI()
    _add_sessions(app, relay)
    _add_viewers(app, relay)
    _add_carrier(app, relay)
    _add_state(app, relay)

    @app.exception_handler(StagedoorError)
    async def problem(_request: Request, error: StagedoorError) -> Response:
        return JSONResponse(problems.to_problem(error), error.status, media_type=problems.CONTENT_TYPE)

    return app


def _add_sessions(app: FastAPI, relay: FakeRelay) -> None:
    app.post("/sessions")(relay.open)

    @app.patch("/sessions/{key}")
    async def patch_session(key: str, body: FragmentRequest) -> FragmentAnswer:
        relay.of(key)
        return _patched(body)

    @app.put("/sessions/{key}/binding")
    async def bind(key: str, body: Binding) -> SessionStatus:
        status = relay.of(key)
        relay.check_free(body.path, status.owner)
        relay.bindings.append((key, body))
        changes = {"path": body.path, "destinations": _statuses(body.destinations)}
        relay.sessions[key] = status.model_copy(update=changes)
        return relay.sessions[key]

    @app.put("/sessions/{key}/devices")
    async def devices(key: str, body: Devices) -> SessionStatus:
        relay.sessions[key] = relay.of(key).model_copy(update={"devices": body})
        return relay.sessions[key]

    @app.put("/sessions/{key}/sending")
    async def sending(key: str, request: Sending) -> SessionStatus:
        relay.sending.append((relay.of(key).session, request))
        return relay.of(key)

    @app.post("/sessions/{key}/relay/restart")
    async def restart_relay(key: str, destination: str | None = None) -> SessionStatus:
        ids = [each.id for each in relay.of(key).destinations]
        if destination not in (None, *ids) or not ids:
            raise NotFoundError("there is no such destination", code="destination_unknown")
        relay.restarted.append((key, destination))
        return relay.of(key)

    @app.delete("/sessions/{key}")
    async def close(key: str, reason: EndReason) -> SessionStatus:
        relay.withdraw(key)
        relay.of(key)
        relay.closed.append((key, reason))
        status = relay.sessions.pop(key).model_copy(update={"state": SessionState.CLOSED, "reason": reason})
        relay.tell(status)
        return status


def _add_viewers(app: FastAPI, relay: FakeRelay) -> None:
    @app.post("/viewers")
    async def open_viewer(body: ViewerRequest) -> SessionAnswer:
        if not relay.at(body.path) and body.path not in relay.paths:
            raise NotFoundError("nobody publishes there", code="path_unknown")
        relay.viewings.append(body)
        relay.viewers[body.viewer] = body
        if relay.viewer_gate is not None:
            await relay.viewer_gate.wait()
        return SessionAnswer(id=body.viewer, answer="v=0\r\nviewer", etag=ETAG)

    @app.patch("/viewers/{key}")
    async def patch_viewer(key: str, body: FragmentRequest) -> FragmentAnswer:
        if key not in relay.viewers:
            raise NotFoundError("there is no such viewer", code="viewer_unknown")
        return _patched(body)

    @app.delete("/viewers/{key}", status_code=204)
    async def close_viewer(key: str) -> Response:
        if relay.viewers.pop(key, None) is None:
            raise NotFoundError("there is no such viewer", code="viewer_unknown")
        return Response(status_code=204)


def _add_carrier(app: FastAPI, relay: FakeRelay) -> None:
    @app.get("/carrier/ice-servers")
    async def ice_servers() -> IceServersAnswer:
        if relay.ice_gate is not None:
            await relay.ice_gate.wait()
        if relay.carrier_refusal is not None:
            raise relay.carrier_refusal
        return IceServersAnswer(servers=relay.ice_servers)

    @app.delete("/carrier/usage")
    async def reset_usage() -> CarrierUsage:
        relay.usage = CarrierUsage(since_ms=relay.usage.since_ms + 1000)
        return await usage()

    @app.get("/carrier/usage")
    async def usage() -> CarrierUsage:
        if relay.carrier_refusal is not None:
            raise relay.carrier_refusal
        return relay.usage


def _add_state(app: FastAPI, relay: FakeRelay) -> None:
    @app.get("/state")
    async def state() -> RelayState:
        return relay.state()

    @app.put("/recording")
    async def record(body: RecordingRequest) -> RecordingStatus:
        relay.asked_to_record.append(body.spec)
        taken = {} if body.spec is None else {"state": RecordingState.RECORDING, "take": body.spec.take}
        relay.recording = RecordingStatus(**taken)
        return relay.recording

    @app.get("/events")
    async def events() -> Response:
        return StreamingResponse(_lines(relay), media_type="application/x-ndjson")

    @app.get("/live/{name}")
    async def live(name: str, request: Request) -> Response:
        if not relay.at(name.partition(".")[0]):
            raise NotFoundError("nobody publishes there", code="path_unknown")
        relay.asked_live = dict(request.query_params)
        return StreamingResponse(_chunks(relay), media_type="video/mp4")

    @app.get("/metrics")
    async def metrics() -> Response:
        return PlainTextResponse("stagedoor_fake_total 1\n")

    @app.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")


def _patched(body: FragmentRequest) -> FragmentAnswer:
    if body.if_match == "*":
        return FragmentAnswer(fragment="a=ice-ufrag:new\r\n", etag="second")
    if body.if_match is None or body.if_match.strip('"') != ETAG:
        raise PreconditionError("another ICE session is in force by now")
    return FragmentAnswer(fragment=None, etag=ETAG)


async def _lines(relay: FakeRelay) -> AsyncIterator[str]:
    queue: asyncio.Queue[RelayEvent | None] = asyncio.Queue(1000)
    if relay.state_gate is not None:
        await relay.state_gate.wait()
    state = relay.state()
    relay.queues.add(queue)
    try:
        yield RelayEvent(type="state", state=state).model_dump_json() + "\n"
        while (event := await queue.get()) is not None:
            yield json.dumps(event.model_dump(mode="json")) + "\n"
    finally:
        relay.queues.discard(queue)


async def _chunks(relay: FakeRelay) -> AsyncIterator[bytes]:
    relay.streaming += 1
    try:
        while (chunk := await relay.live.get()) is not None:
            yield chunk
    finally:
        relay.streaming -= 1
