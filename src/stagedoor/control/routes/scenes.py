"""Scenes: kept, exported and imported here, rendered by the mixer."""

from dataclasses import replace

from fastapi import APIRouter, Response

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.answers import SceneList, SceneView
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.ownership import require_canvas
from stagedoor.control.mixer.saved_answers import Done, SceneSaved, ScenesSaved
from stagedoor.control.mixer.schemas import NewSceneBody, SceneBody, ScenesBody
from stagedoor.control.mixer.tags import IfMatch, put_tag, require_tag
from stagedoor.control.mixer.views import scene_of, scene_view, scene_views
from stagedoor.control.routes.rtc import ID
from stagedoor.domain import layout
from stagedoor.domain.ids import Canvas
from stagedoor.domain.scene import Scene

router = APIRouter(tags=["Scenes"], prefix="/api/scenes", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)
CHANGED = ANSWERS | answers(412)
JPEG = "image/jpeg"


@router.get("", responses=answers(401, 403, 409))
async def list_scenes(control: Parts) -> SceneList:
    """Return all scenes."""
    return SceneList(scenes=scene_views(control.mixing.board))


@router.get("/export", responses=answers(401, 403, 409))
async def export_scenes(control: Parts, response: Response) -> SceneList:
    """Return all scenes as a file that can be imported."""
    response.headers["Content-Disposition"] = 'attachment; filename="scenes.json"'
    return await list_scenes(control)


@router.post("/import", responses=ANSWERS)
async def import_scenes(body: ScenesBody, control: Parts) -> ScenesSaved:
    """Take up exported scenes, all or none; those of the same id are replaced."""
    made = [scene_of(scene.id, scene) for scene in body.scenes]
    frame = await control.mixing.put(control.mixing.board.with_imported(made))
    return ScenesSaved(frame=frame, scenes=tuple(scene_view(scene) for scene in made))


@router.post("", status_code=201, responses=ANSWERS)
async def make_scene(body: NewSceneBody, control: Parts, response: Response) -> SceneSaved:
    """Make a scene."""
    known = control.mixing.board.scenes
    scene = _new(new_id(body.id, body.label or body.layout or "", "scene", known), body)
    return await _put(control, scene, response)


@router.get("/{scene_id}", responses=answers(401, 403, 404, 409))
async def get_scene(scene_id: ID, control: Parts, response: Response) -> SceneView:
    """Return a scene, with its `ETag`."""
    view = scene_view(control.mixing.board.scene(scene_id))
    put_tag(response, view)
    return view


@router.put("/{scene_id}", responses=CHANGED)
async def put_scene(
    scene_id: ID, body: SceneBody, control: Parts, response: Response, if_match: IfMatch = None
) -> SceneSaved:
    """Make a scene, or change it; one on program changes there at one frame's edge."""
    _require_tag(control, scene_id, if_match)
    return await _put(control, scene_of(scene_id, body), response)


@router.delete("/{scene_id}", responses=CHANGED)
async def delete_scene(scene_id: ID, control: Parts, if_match: IfMatch = None) -> Done:
    """Forget a scene that is neither on program nor on preview."""
    board = control.mixing.board.without_scene(scene_id)
    _require_tag(control, scene_id, if_match)
    return Done(frame=await control.mixing.put(board))


@router.get(
    "/{scene_id}/thumbnail.jpg",
    response_class=Response,
    responses={200: {"content": {JPEG: {}}}, **answers(401, 403, 404, 409, 503)},
)
async def get_thumbnail(scene_id: ID, control: Parts, canvas: Canvas = Canvas.PROGRAM) -> Response:
    """Return a scene as it would look now, on program or on the second canvas."""
    require_canvas(canvas, control.settings.mixer)
    return Response(await control.mixing.thumbnail(scene_id, canvas), media_type=JPEG)


def _require_tag(control: Control, key: str, if_match: str | None) -> None:
    known = control.mixing.board.scenes.get(key)
    require_tag(if_match, None if known is None else scene_view(known))


async def _put(control: Control, scene: Scene, response: Response) -> SceneSaved:
    view = scene_view(scene)
    frame = await control.mixing.put(control.mixing.board.with_scenes([scene]))
    return SceneSaved(frame=frame, scene=view, tag=put_tag(response, view))


def _new(key: str, body: NewSceneBody) -> Scene:
    scene = scene_of(key, body)
    if body.layout is None:
        return scene
    made = layout.scene_of(body.layout, body.sources, key, body.label, body.corner)
    return replace(scene, label=made.label, slots=made.slots)
