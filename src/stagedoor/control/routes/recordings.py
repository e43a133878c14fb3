"""Recordings: begin and end a take, list what is there, download and delete it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.recording.answers import RecordingList, StartBody, Started, TakeView
from stagedoor.control.recording.download import download
from stagedoor.control.routes.rtc import ID

router = APIRouter(tags=["Recordings"], prefix="/api/recordings", dependencies=[OPERATOR])
FILE: dict[int | str, dict[str, Any]] = {
    status: {"content": {"application/octet-stream": {}}, "description": text}
    for status, text in ((200, "The file"), (206, "One range of it"))
}

File = Annotated[str, Path(max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


@router.get("", responses=answers(401, 403, 507))
async def list_recordings(control: Parts) -> RecordingList:
    """Return what is being recorded, and all takes on the disk, the newest first."""
    takes = await control.recordings.list()
    return RecordingList(recording=control.recordings.view, takes=takes)


@router.post("/start", status_code=201, responses=answers(401, 403, 409, 422, 507))
async def start_recording(control: Parts, body: StartBody | None = None) -> Started:
    """Begin a take: program by the mixer, every seat's paths by the relay."""
    return await control.recordings.start("" if body is None else body.label)


@router.post("/stop", responses=answers(401, 403, 404, 409, 507))
async def stop_recording(control: Parts) -> TakeView:
    """End the take; return it as it is on the disk."""
    return await control.recordings.stop()


@router.get(
    "/{take}/{file}",
    response_class=Response,
    responses={**FILE, **answers(401, 403, 404, 416, 422, 507)},
)
async def get_recording(
    take: ID, file: File, control: Parts, wanted: Annotated[str | None, Header(alias="Range")] = None
) -> Response:
    """Return a file of a take, or one range of it, also while it grows: what there is of it now."""
    path = await control.recordings.find(take, file)
    return await download(path, f"{take}-{file}", wanted, control.closing)


@router.delete("/{take}", status_code=204, responses=answers(401, 403, 404, 409, 422, 507))
async def delete_recording(take: ID, control: Parts) -> Response:
    """Delete a take with all of its files."""
    await control.recordings.delete(take)
    return Response(status_code=204)
