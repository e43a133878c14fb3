"""Media: stills and clips that operators upload, for sources and overlays."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.media.schemas import MediaList, MediaView
from stagedoor.domain.errors import RequestError

router = APIRouter(tags=["Media"], prefix="/api/media", dependencies=[OPERATOR])

File = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "The picture"}
}


@router.get("", responses=answers(401, 403))
async def list_media(control: Parts) -> MediaList:
    """Return all uploaded media, the newest first."""
    return control.library.list()


@router.post(
    "", status_code=201, openapi_extra=BODY, responses=answers(400, 401, 403, 408, 413, 422, 503, 507)
)
async def upload_media(
    request: Request, control: Parts, name: Annotated[str, Query(min_length=1, max_length=255)]
) -> MediaView:
    """Take a file as the request's body; its `id` is the cleaned name, numbered where that is taken."""
    return await control.library.take_in(name, _chunks(request))


@router.get(
    "/{media_id}/thumbnail.jpg", response_class=Response, responses={**PICTURE, **answers(401, 403, 404)}
)
async def get_media_thumbnail(media_id: File, control: Parts) -> Response:
    """Return a small picture of a still, or of a clip's beginning."""
    return Response(await control.library.thumbnail(media_id), media_type="image/jpeg")


@router.delete("/{media_id}", status_code=204, responses=answers(401, 403, 404, 409, 507))
async def delete_media(media_id: File, control: Parts) -> Response:
    """Delete a file that no source and no overlay shows."""
    await control.library.delete(media_id)
    return Response(status_code=204)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise RequestError("the upload was broken off", code="upload_broken") from None
