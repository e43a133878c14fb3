"""The calls of the API, by name: from a body to a status and a message."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from stagedoor.emulator import closing, pulling, pushing
from stagedoor.emulator.engine import Engine
from stagedoor.emulator.messages import (
    Message,
    NewSession,
    Renegotiate,
    TracksClose,
    TracksNew,
    TracksUpdate,
)
from stagedoor.emulator.refusal import decoding, invalid_params, out_of_order

MOST_TRACKS = 64
MessageT = TypeVar("MessageT", bound=Message)


class Call(NamedTuple):
    """One request, after its credentials were checked."""

    engine: Engine
    session_id: str
    body: bytes


class Outcome(NamedTuple):
    """A response that is no refusal; without a message it has no body."""

    message: Message | None
    status: int = 200


Operation = Callable[[Call], Awaitable[Outcome]]


def parse(model: type[MessageT], body: bytes) -> MessageT:
    """Read a body.

    Raises:
        Refusal: It is not JSON, or its values have other types.
    """
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise decoding("Body JSON cannot be parsed") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"])
        raise decoding(f"Body JSON validation error: {where}") from error


async def new_session(call: Call) -> Outcome:
    """`sessions/new`: without any body, or with an offer."""
    description = parse(NewSession, call.body).session_description if call.body.strip() else None
    session = call.engine.new_session()
    return Outcome(pushing.begin(session, description), 201)


async def new_tracks(call: Call) -> Outcome:
    """`tracks/new`: push or pull."""
    session = await call.engine.session(call.session_id)
    request = parse(TracksNew, call.body)
    async with session.lock:
        if session.negotiation.pending:
            raise out_of_order()
        if _is_pull(request):
            return Outcome(await pulling.pull(call.engine, session, request))
        return Outcome(pushing.push(session, request))


def _is_pull(request: TracksNew) -> bool:
    """Whether the call pulls.

    Raises:
        Refusal: It does neither, or both.
    """
    tracks = request.tracks or []
    if not tracks and not (request.auto_discover and request.session_description):
        raise invalid_params("Expecting at least 1 track")
    if len(tracks) > MOST_TRACKS:
        raise invalid_params(f"Expecting at most {MOST_TRACKS} track in the request")
    for index, track in enumerate(tracks):
        if track.location is None:
            raise invalid_params(f"tracks[{index}]: Missing location in track")
    locations = {track.location for track in tracks}
    if len(locations) > 1 or (request.auto_discover and "remote" in locations):
        raise invalid_params("Expecting all tracks to be local or all to be remote")
    return "remote" in locations


async def renegotiate(call: Call) -> Outcome:
    """`renegotiate`: the client's answer."""
    session = await call.engine.session(call.session_id)
    request = parse(Renegotiate, call.body)
    async with session.lock:
        return Outcome(closing.renegotiate(session, request))


async def close_tracks(call: Call) -> Outcome:
    """`tracks/close`."""
    session = await call.engine.session(call.session_id)
    request = parse(TracksClose, call.body)
    async with session.lock:
        if session.negotiation.pending and not request.force:
            raise out_of_order()
        return Outcome(closing.close(session, request))


async def update_tracks(call: Call) -> Outcome:
    """`tracks/update`."""
    session = await call.engine.session(call.session_id)
    request = parse(TracksUpdate, call.body)
    async with session.lock:
        if session.negotiation.pending:
            raise out_of_order()
        return Outcome(await pulling.update(call.engine, session, request))


async def get_session(call: Call) -> Outcome:
    """Reading a session."""
    return Outcome(closing.look(await call.engine.session(call.session_id)))
