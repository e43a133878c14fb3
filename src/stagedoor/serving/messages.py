"""The messages of `ipc` as bodies of requests and answers."""

from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from stagedoor.domain.errors import InvalidError, TooLargeError
from stagedoor.ipc.messages import Message

MAX_MESSAGE = 8 * 1024 * 1024
"""Bytes of one message of control; twice what the mixer is told of the greatest board."""

M = TypeVar("M", bound=Message)


async def read(request: Request, kind: type[M]) -> M:
    """Return the message that a request carries.

    Raises:
        TooLargeError: It is longer than `MAX_MESSAGE`.
        InvalidError: It is not of this kind.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_MESSAGE:
            raise TooLargeError(f"more than {MAX_MESSAGE} bytes are not read")
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise InvalidError(places) from None


def answer(message: Message, status: int = 200) -> Response:
    """Return a message as the answer."""
    return Response(message.model_dump_json(), status, media_type="application/json")
