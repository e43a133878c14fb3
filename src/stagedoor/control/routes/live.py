"""A path as fragmented MP4, for Media Source and players, by way of the relay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response

from stagedoor.control.http import Parts, answers
from stagedoor.control.readers import require_reader
from stagedoor.control.routes.rtc import ID
from stagedoor.control.streaming import Stream
from stagedoor.domain.errors import ForbiddenError
from stagedoor.ipc.messages import AudioMode, VideoMode

router = APIRouter(tags=["Live"])
CONTENT_TYPE = "video/mp4"


@router.get(
    "/live/{path}.mp4",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE: {}}}, **answers(401, 403, 404, 406, 409, 422, 503)},
)
async def watch(
    path: ID,
    request: Request,
    control: Parts,
    audio: AudioMode = AudioMode.OPUS,
    video: VideoMode = VideoMode.COPY,
) -> Response:
    """Stream a path from its last key frame on, until it ends: as it came, or converted."""
    invite = require_reader(control, request, path)
    if invite is not None and video is not VideoMode.COPY:
        raise ForbiddenError("an invite reads pictures as they come")
    over = asyncio.Event()

    @asynccontextmanager
    async def chunks() -> AsyncIterator[AsyncIterator[bytes]]:
        with control.stage.own_readers.streaming(invite, path, over):
            async with control.relay.live(path, "mp4", audio, video) as response:
                yield response.aiter_raw()

    return Stream(chunks, CONTENT_TYPE, (control.closing, over))
