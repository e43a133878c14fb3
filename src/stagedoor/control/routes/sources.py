"""Sources: what scenes can show."""

import asyncio

from fastapi import APIRouter

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.addresses import checked_address
from stagedoor.control.mixer.answers import Done, SourceSaved
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.source_answers import SourceList, SourceView, Steered
from stagedoor.control.mixer.source_schemas import NewSourceBody, SeekBody, SourceBody
from stagedoor.control.mixer.views import source_of, source_view, without_login
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.clip import ClipAction
from stagedoor.domain.errors import ConflictError, InvalidError
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.clips import ClipCommand

router = APIRouter(tags=["Sources"], prefix="/api/sources", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)
OF_SEAT = ("kind", "label", "color", "url")
"""What the settings say of a seat's source."""


@router.get("", responses=answers(401, 403, 409))
async def list_sources(control: Parts) -> SourceList:
    """Return all sources, those of the seats too."""
    mixing = control.mixing
    views = (source_view(each, mixing.state) for each in mixing.board.sources.values())
    return SourceList(sources=tuple(views))


@router.post("", status_code=201, responses=ANSWERS)
async def make_source(body: NewSourceBody, control: Parts) -> SourceSaved:
    """Make a source; nothing that is on air starts again for it."""
    key = new_id(body.id, body.label, "source", control.mixing.board.sources)
    return await _put(control, key, body, body.url)


@router.get("/{source_id}", responses=answers(401, 403, 404, 409))
async def get_source(source_id: ID, control: Parts) -> SourceView:
    """Return a source."""
    return source_view(control.mixing.board.source(source_id), control.mixing.state)


@router.put("/{source_id}", responses=ANSWERS)
async def put_source(source_id: ID, body: SourceBody, control: Parts) -> SourceSaved:
    """Change a source; an address as it is shown, without its credentials, stays as it is."""
    known = control.mixing.board.source(source_id)
    if known.kind is SourceKind.GUEST:
        _require_same(known, body)
    is_shown = body.kind is known.kind and body.url == without_login(known.url)
    return await _put(control, source_id, body, known.url if is_shown else body.url, known)


@router.delete("/{source_id}", responses=ANSWERS)
async def delete_source(source_id: ID, control: Parts) -> Done:
    """Forget a source that is not a seat's; scenes that have it show its slate."""
    return Done(frame=await control.mixing.put(control.mixing.board.without_source(source_id)))


@router.post("/{source_id}/play", responses=ANSWERS)
async def play_clip(source_id: ID, control: Parts) -> Steered:
    """Play a file from where it stands, one that has ended from its in point; count a still's time anew."""
    return await _steer(control, source_id, ClipAction.PLAY)


@router.post("/{source_id}/pause", responses=ANSWERS)
async def pause_clip(source_id: ID, control: Parts) -> Steered:
    """Have a file stand on the picture that it shows."""
    return await _steer(control, source_id, ClipAction.PAUSE)


@router.post("/{source_id}/cue", responses=ANSWERS)
async def cue_clip(source_id: ID, control: Parts) -> Steered:
    """Have a file stand on the picture of its in point, silent and ready to play."""
    return await _steer(control, source_id, ClipAction.CUE)


@router.post("/{source_id}/seek", responses=ANSWERS)
async def seek_clip(source_id: ID, body: SeekBody, control: Parts) -> Steered:
    """Go to another place of a file; one that plays goes on there, any other stands."""
    return await _steer(control, source_id, ClipAction.SEEK, body.at_s)


async def _steer(control: Control, source_id: str, action: ClipAction, at_s: float = 0.0) -> Steered:
    mixing = control.mixing
    mixing.board.source(source_id).require(action)
    mixing.require_state()
    moved = await mixing.client.clip(ClipCommand(source=source_id, action=action, at_s=at_s))
    return Steered(frame=moved.frame, clip=moved.clip)


async def _put(
    control: Control, key: str, body: SourceBody, url: str, known: Source | None = None
) -> SourceSaved:
    if body.kind is SourceKind.GUEST and (known is None or known.kind is not body.kind):
        raise InvalidError("kind: sources of this kind are the seats'", hint="guests.seats names them.")
    if body.kind is not SourceKind.GUEST:
        media_dir = control.settings.server.media_dir
        url = await asyncio.to_thread(checked_address, body.kind, url, media_dir)
    source = source_of(key, body, url)
    _check_iso(source)
    if known is None and key in control.mixing.board.sources:
        raise ConflictError(f"id: there is a source {key} already", code="id_taken")
    frame = await control.mixing.put(control.mixing.board.with_source(source))
    return SourceSaved(frame=frame, source=source_view(source, control.mixing.state))


def _check_iso(source: Source) -> None:
    """Refuse `iso` where there is nothing to be kept: what is no guest's, and comes from no server."""
    if source.iso and source.kind is not SourceKind.GUEST and not source.is_remote:
        raise InvalidError(
            "iso: is for sources that are read from a server",
            hint="A file is kept already, and what does not move needs no recording of its own.",
        )


def _require_same(known: Source, body: SourceBody) -> None:
    for field in OF_SEAT:
        if getattr(known, field) != getattr(body, field):
            raise InvalidError(f"{field}: is what guests.seats says of a seat's source")
