"""A mixer without pictures: the same HTTP interface over a real Unix socket, and handles for the tests."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from stagedoor.domain.clip import ClipAction, ClipState
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import NotFoundError, StagedoorError
from stagedoor.domain.recording import RecordingState
from stagedoor.domain.source import SourceState
from stagedoor.ipc import problems
from stagedoor.ipc.clips import ClipCommand, ClipMoved, ClipStatus
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import Meter, MixerEvent, MixerState, SourceStatus, Wanted
from stagedoor.ipc.recording import PieceStatus, RecordingSpec, RecordingStatus
from stagedoor.ipc.switching import Applied, FadeCommand, SceneCommand, Settled, TakeCommand, TbarCommand
from stagedoor.outputs.address import redact
from tests.kit.fake_relay import QuietServer
from tests.kit.wait import until

THUMBNAIL = b"\xff\xd8\xff\xe0 a picture"
_PIDS = itertools.count(100)


class FakeMixer:
    """Keeps what is wanted as the mixer does, one frame for each change.

    `asked` are the bodies of `PUT /wanted`, `commands` what else was asked for, with its body; `gate` holds
    answers to `PUT /wanted` back, `refusal` is raised for each of them. One that `hangs` says nothing by
    itself; one that `closes_late` has a take until it is told to `say` something else, and one that
    `begins_late` has none of it until then.
    """

    def __init__(self) -> None:
        self.state = MixerState(pid=next(_PIDS), version="fake", width=320, height=180, frame_rate=30)
        self.wanted = Wanted()
        self.asked: list[Wanted] = []
        self.commands: list[tuple[str, Any]] = []
        self.gate: asyncio.Event | None = None
        self.refusal: StagedoorError | None = None
        self.hangs = self.closes_late = self.begins_late = False
        self.in_flight = self.most_in_flight = 0
        self.queues: set[asyncio.Queue[MixerEvent | None]] = set()
        self.app = _app(self)

    def say(self, **changes: Any) -> None:
        """Change the state, and send it to whoever follows the events."""
        self.state = self.state.model_copy(update=changes)
        self._tell(MixerEvent(type="state", state=self.state))

    def loud(self, **peaks: float) -> None:
        """Send meters."""
        meters = {key: Meter(peak=(peak,), rms=(peak - 10,)) for key, peak in peaks.items()}
        self._tell(MixerEvent(type="meters", meters=meters))

    async def want(self, body: Wanted) -> Applied:
        """Take what is wanted."""
        self.asked.append(body)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.refusal is not None:
                raise self.refusal
            if body.revision > self.wanted.revision:
                self._apply(body)
            return self.applied()
        finally:
            self.in_flight -= 1

    def show(self, program: str, preview: str) -> Applied:
        """Put scenes on program and preview."""
        known = {scene.id: scene for scene in self.wanted.scenes}
        for scene in (program, preview):
            if scene not in known:
                raise NotFoundError(f"there is no scene {scene}", code="scene_unknown")
        seen = (tuple(sorted(known[scene].visible)) for scene in (program, preview))
        on_program, on_preview = seen
        self.say(
            frame=self.state.frame + 1,
            program=program,
            preview=preview,
            settled=Settled(program=program, preview=preview),
            on_program=on_program,
            on_preview=on_preview,
        )
        return self.applied()

    def hold(self, position: float) -> None:
        """Have a T-bar stand in between."""
        incoming = self.state.settled.preview
        self.say(position=position, program=incoming, preview=incoming)

    def applied(self) -> Applied:
        """What is so now."""
        state = self.state
        return Applied(
            frame=state.frame,
            revision=state.revision,
            program=state.program,
            preview=state.preview,
            settled=state.settled,
            to_black=state.to_black,
        )

    def _apply(self, body: Wanted) -> None:
        self.wanted = body
        if not self.state.program:
            self.state = self.state.model_copy(update={"black": float(body.black), "to_black": body.black})
        self.state = self.state.model_copy(
            update={
                "revision": body.revision,
                "recording": self._recording(body.recording),
                "sources": tuple(SourceStatus(id=s.id, state=SourceState.CONNECTING) for s in body.sources),
                "overlays": tuple(overlay.id for overlay in body.overlays if overlay.on),
                "destinations": tuple(
                    DestinationStatus(id=d.id, url=redact(d.url), state=DestinationState.LIVE)
                    for d in body.destinations
                ),
            }
        )
        if body.scenes:
            self.show(self.state.program or body.program, self.state.preview or body.preview)
        else:
            self.say(frame=self.state.frame + 1)

    def _recording(self, spec: RecordingSpec | None) -> RecordingStatus:
        """A take that goes on, or a new one, whose file begins two frames later."""
        now = self.state.recording
        if spec is None:
            return now if self.closes_late else RecordingStatus()
        if self.begins_late or now.take == spec.take:
            return now
        return begun(spec.take, self.state.frame + 2)

    def _tell(self, event: MixerEvent) -> None:
        for queue in self.queues:
            queue.put_nowait(event)

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
            server.stop()
            await task


def begun(take: str, frame: int) -> RecordingStatus:
    """A take whose program begins with a frame."""
    piece = PieceStatus(file="program-001.mp4", path="program", number=1, first_frame=frame)
    return RecordingStatus(state=RecordingState.RECORDING, take=take, pieces=(piece,))


def _app(mixer: FakeMixer) -> FastAPI:
    app = FastAPI()
    app.put("/wanted")(mixer.want)
    _add_commands(app, mixer)

    @app.get("/state")
    async def state() -> MixerState:
        return mixer.state

    @app.get("/events")
    async def events() -> Response:
        return StreamingResponse(_lines(mixer), media_type="application/x-ndjson")

    @app.get("/thumbnail/{scene}.jpg")
    async def thumbnail(scene: str, canvas: str = "program") -> Response:
        mixer.commands.append(("thumbnail", scene if canvas == "program" else f"{scene} on {canvas}"))
        return Response(THUMBNAIL, media_type="image/jpeg")

    @app.get("/whole/{source}.jpg")
    async def whole(source: str) -> Response:
        mixer.commands.append(("whole", source))
        return Response(THUMBNAIL, media_type="image/jpeg")

    @app.get("/metrics")
    async def metrics() -> Response:
        return PlainTextResponse("stagedoor_fake_mixer_total 1\n")

    @app.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @app.exception_handler(StagedoorError)
    async def problem(_request: Request, error: StagedoorError) -> Response:
        return JSONResponse(problems.to_problem(error), error.status, media_type=problems.CONTENT_TYPE)

    return app


def _add_commands(app: FastAPI, mixer: FakeMixer) -> None:
    @app.post("/cut")
    async def cut(body: SceneCommand) -> Applied:
        mixer.commands.append(("cut", body))
        return mixer.show(body.scene, mixer.state.preview)

    @app.post("/preview")
    async def preview(body: SceneCommand) -> Applied:
        mixer.commands.append(("preview", body))
        return mixer.show(mixer.state.program, body.scene)

    @app.post("/take")
    async def take(body: TakeCommand) -> Applied:
        mixer.commands.append(("take", body))
        return mixer.show(mixer.state.preview, mixer.state.program)

    @app.post("/auto")
    async def auto(body: TakeCommand) -> Applied:
        mixer.commands.append(("auto", body))
        return mixer.show(mixer.state.preview, mixer.state.program)

    @app.post("/tbar")
    async def tbar(body: TbarCommand) -> Applied:
        mixer.commands.append(("tbar", body))
        mixer.hold(body.position)
        return mixer.applied()

    @app.post("/clip")
    async def clip(body: ClipCommand) -> ClipMoved:
        mixer.commands.append((body.action, body))
        if mixer.refusal is not None:
            raise mixer.refusal
        state = ClipState.PLAYING if body.action is ClipAction.PLAY else ClipState.PAUSED
        return ClipMoved(frame=mixer.state.frame + 1, clip=ClipStatus(state=state, at_s=body.at_s))

    @app.post("/fade")
    async def fade(body: FadeCommand) -> Applied:
        mixer.commands.append(("fade", body))
        mixer.say(frame=mixer.state.frame + 1, black=1.0 if body.black else 0.0, to_black=body.black)
        return mixer.applied()


async def _lines(mixer: FakeMixer) -> AsyncIterator[str]:
    queue: asyncio.Queue[MixerEvent | None] = asyncio.Queue(1000)
    mixer.queues.add(queue)
    try:
        event: MixerEvent | None = MixerEvent(type="state", state=mixer.state)
        while event is not None:
            yield event.model_dump_json() + "\n"
            event = await _next(mixer, queue)
    finally:
        mixer.queues.discard(queue)


async def _next(mixer: FakeMixer, queue: asyncio.Queue[MixerEvent | None]) -> MixerEvent | None:
    """The next event, or the state once a second."""
    try:
        async with asyncio.timeout(None if mixer.hangs else 1):
            return await queue.get()
    except TimeoutError:
        return MixerEvent(type="state", state=mixer.state)
