"""Outputs: where program and the second canvas are published to."""

from urllib.parse import urlsplit

from fastapi import APIRouter

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.addresses import check_output
from stagedoor.control.mixer.answers import OutputList
from stagedoor.control.mixer.board import Output
from stagedoor.control.mixer.feedback import require_not_read
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.own_hub import find_own_hosts
from stagedoor.control.mixer.ownership import require_canvas
from stagedoor.control.mixer.saved_answers import Done, OutputSaved
from stagedoor.control.mixer.schemas import NewOutputBody
from stagedoor.control.mixer.views import output_view, output_views
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.messages import AudioMode, VideoMode

router = APIRouter(tags=["Outputs"], prefix="/api/outputs", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)


@router.get("", responses=answers(401, 403, 409))
async def list_outputs(control: Parts) -> OutputList:
    """Return all outputs, with how each of them does."""
    return OutputList(outputs=output_views(control.mixing.board, control.mixing.state))


@router.post("", status_code=201, responses=ANSWERS)
async def make_output(body: NewOutputBody, control: Parts) -> OutputSaved:
    """Publish program, or the second canvas, to one more place; the others go on."""
    canvas = Canvas(body.canvas)
    require_canvas(canvas, control.settings.mixer)
    check_output(body.url)
    own = await find_own_hosts(control.settings)
    board = control.mixing.board
    key = new_id(body.id, body.label, "output", board.outputs)
    sound = AudioMode(body.audio) if body.audio is not None else _usual_sound(body.url)
    output = Output(key, body.label, body.url, sound, VideoMode(body.video), body.start, canvas)
    require_not_read(output, board, control.settings.mixer.guest_url, own)
    frame = await control.mixing.put(board.with_output(output))
    return _saved(control, key, frame)


@router.delete("/{output_id}", responses=ANSWERS)
async def delete_output(output_id: ID, control: Parts) -> Done:
    """End publishing to a place, and forget it."""
    return Done(frame=await control.mixing.put(control.mixing.board.without_output(output_id)))


@router.post("/{output_id}/start", responses=ANSWERS)
async def start_output(output_id: ID, control: Parts) -> OutputSaved:
    """Publish to a place."""
    require_canvas(control.mixing.board.output(output_id).canvas, control.settings.mixer)
    frame = await control.mixing.put(control.mixing.board.running(output_id, on=True))
    return _saved(control, output_id, frame)


@router.post("/{output_id}/stop", responses=ANSWERS)
async def stop_output(output_id: ID, control: Parts) -> OutputSaved:
    """End publishing to a place; it stays in the list."""
    frame = await control.mixing.put(control.mixing.board.running(output_id, on=False))
    return _saved(control, output_id, frame)


def _saved(control: Control, key: str, frame: int | None) -> OutputSaved:
    mixing = control.mixing
    return OutputSaved(frame=frame, output=output_view(mixing.board.output(key), mixing.state))


def _usual_sound(url: str) -> AudioMode:
    return AudioMode.OPUS if urlsplit(url).scheme.startswith("rtsp") else AudioMode.AAC
