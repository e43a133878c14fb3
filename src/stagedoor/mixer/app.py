"""The mixer's application on the Unix socket for control."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from stagedoor.domain.ids import Canvas
from stagedoor.ipc.clips import ClipCommand
from stagedoor.ipc.mixer import Wanted
from stagedoor.ipc.switching import FadeCommand, SceneCommand, TakeCommand, TbarCommand
from stagedoor.mixer.engine import Engine
from stagedoor.mixer.events import Events
from stagedoor.mixer.metrics import MixerMetrics
from stagedoor.serving.messages import answer, read
from stagedoor.serving.problems import HANDLERS
from stagedoor.telemetry.metrics import CONTENT_TYPE


def control_app(engine: Engine, events: Events, counted: MixerMetrics) -> Starlette:
    """Make the application; whoever can open its socket may do everything."""
    routes = [*_command_routes(engine), *_watching_routes(engine, events, counted)]
    return Starlette(routes=routes, exception_handlers=HANDLERS)


def _command_routes(engine: Engine) -> list[Route]:
    async def want(request: Request) -> Response:
        return answer(await engine.want(await read(request, Wanted)))

    async def cut(request: Request) -> Response:
        return answer(await engine.cut((await read(request, SceneCommand)).scene))

    async def preview(request: Request) -> Response:
        return answer(await engine.preview((await read(request, SceneCommand)).scene))

    async def take(request: Request) -> Response:
        await read(request, TakeCommand)
        return answer(await engine.take())

    async def auto(request: Request) -> Response:
        return answer(await engine.auto((await read(request, TakeCommand)).transition))

    async def tbar(request: Request) -> Response:
        return answer(await engine.tbar((await read(request, TbarCommand)).position))

    async def fade(request: Request) -> Response:
        command = await read(request, FadeCommand)
        return answer(await engine.fade(black=command.black, frames=command.frames))

    async def clip(request: Request) -> Response:
        return answer(await engine.clips.steer(await read(request, ClipCommand)))

    return [
        Route("/wanted", want, methods=["PUT"]),
        Route("/cut", cut, methods=["POST"]),
        Route("/preview", preview, methods=["POST"]),
        Route("/take", take, methods=["POST"]),
        Route("/auto", auto, methods=["POST"]),
        Route("/tbar", tbar, methods=["POST"]),
        Route("/fade", fade, methods=["POST"]),
        Route("/clip", clip, methods=["POST"]),
    ]


def _watching_routes(engine: Engine, events: Events, counted: MixerMetrics) -> list[Route]:
    async def state(_request: Request) -> Response:
        return answer(engine.state())

    async def stream(_request: Request) -> Response:
        return StreamingResponse(events.lines(), media_type="application/x-ndjson")

    async def thumbnail(request: Request) -> Response:
        canvas = Canvas(request.query_params.get("canvas", Canvas.PROGRAM))
        return _jpeg(await engine.thumbnail(request.path_params["scene"], canvas))

    async def whole(request: Request) -> Response:
        return _jpeg(await engine.whole(request.path_params["source"]))

    async def metrics(_request: Request) -> Response:
        return Response(await counted.render(), media_type=CONTENT_TYPE)

    async def healthz(_request: Request) -> Response:
        well = engine.is_well()
        return PlainTextResponse("ok\n" if well else "program stands still\n", 200 if well else 503)

    return [
        Route("/state", state),
        Route("/events", stream),
        Route("/thumbnail/{scene}.jpg", thumbnail),
        Route("/whole/{source}.jpg", whole),
        Route("/metrics", metrics),
        Route("/healthz", healthz),
    ]


def _jpeg(picture: bytes) -> Response:
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
