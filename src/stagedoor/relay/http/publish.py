"""`PUT /live/{path}.nut`: our own processes publish here."""

import asyncio
import contextlib
import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from stagedoor.aio.race import until_first
from stagedoor.domain.errors import ClosedError, ConflictError, InvalidError, MediaError, NotFoundError
from stagedoor.media.demux import NutDemuxer
from stagedoor.media.mux import Container
from stagedoor.relay.http.live import split
from stagedoor.relay.hub import Hub, Publisher

logger = logging.getLogger(__name__)

SILENT_S = 30.0
"""A publisher that sends not one byte for this long is cut off, so that its path is free again."""


async def publish(hub: Hub, request: Request) -> Response:
    """Publish the request's body until it ends.

    Raises:
        NotFoundError: The container is not NUT.
        ConflictError: Somebody else publishes there, or a newer request took over.
        InvalidError: The body is not NUT, or stopped coming.
    """
    path, container = split(request.path_params["name"])
    if container is not Container.NUT:
        raise NotFoundError("publishing is possible in .nut only", code="container_unknown")
    publisher = hub.publish(path, f"put:{path}", request_key_frame=_nobody_to_ask)
    logger.info("Something publishes to %s", path)
    try:
        async with NutDemuxer() as demuxer:
            await until_first(_pass_on(demuxer, publisher), _feed(request, demuxer))
    except MediaError as error:
        raise InvalidError(error.message, code="not_nut") from error
    except ClientDisconnect:
        logger.info("The publisher of %s left in the middle of it", path)
    finally:
        publisher.close()
        logger.info("The publisher of %s is gone", path)
    if publisher.replaced:
        raise ConflictError(f"a newer publisher has taken {path}", code="replaced")
    return Response(status_code=204)


async def _feed(request: Request, demuxer: NutDemuxer) -> None:
    chunks = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            break
        except TimeoutError as error:
            raise InvalidError("nothing came any more", code="publisher_silent") from error
        # Demuxing that has ended says why to whoever takes the packets.
        with contextlib.suppress(ClosedError):
            await demuxer.feed(chunk)
    await demuxer.finish()
    # The packets that are still on their way end the request.
    await asyncio.Event().wait()


async def _pass_on(demuxer: NutDemuxer, publisher: Publisher) -> None:
    async for packet in demuxer:
        publisher.write(packet)
        if publisher.replaced:
            return


def _nobody_to_ask() -> None:
    """A file or an encoder of ours sends key frames in its own time."""
