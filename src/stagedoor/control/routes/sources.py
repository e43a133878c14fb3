"""Sources: what scenes can show."""

import asyncio
from dataclasses import replace

from fastapi import APIRouter, Response

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.addresses import checked_address, checked_file
from stagedoor.control.mixer.devices import found_devices
from stagedoor.control.mixer.feedback import require_not_published
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.own_hub import find_own_hosts, require_no_loop
from stagedoor.control.mixer.saved_answers import Done, SourceSaved
from stagedoor.control.mixer.source_answers import DeviceList, SourceList, SourceView, Steered
from stagedoor.control.mixer.source_schemas import NewSourceBody, SeekBody, SourceBody
from stagedoor.control.mixer.tags import IfMatch, put_tag, require_tag
from stagedoor.control.mixer.views import source_of, source_view, source_views, without_login
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.checks import Rule
from stagedoor.domain.clip import ClipAction
from stagedoor.domain.errors import ConflictError, InvalidError
from stagedoor.domain.source import Source, SourceKind
from stagedoor.ipc.clips import ClipCommand

router = APIRouter(tags=["Sources"], prefix="/api/sources", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)
CHANGED = ANSWERS | answers(412)
JPEG = "image/jpeg"
OF_SEAT = ("kind", "label", "color", "url")
"""What the settings say of a seat's source."""


@router.get("", responses=answers(401, 403, 409))
async def list_sources(control: Parts) -> SourceList:
    """Return all sources, those of the seats too."""
    return SourceList(sources=source_views(control.mixing.board, control.mixing.state))


@router.post("", status_code=201, responses=ANSWERS)
async def make_source(body: NewSourceBody, control: Parts, response: Response) -> SourceSaved:
    """Make a source; nothing that is on air starts again for it."""
    key = new_id(body.id, body.label, "source", control.mixing.board.sources)
    source = await _checked(control, key, body, None)
    if key in control.mixing.board.sources:
        raise ConflictError(f"id: there is a source {key} already", code="id_taken", values={"name": key})
    return await _put(control, source, response)


@router.get("/devices", responses=answers(401, 403, 409))
async def list_devices() -> DeviceList:
    """Return the cameras and sound inputs of this machine."""
    return DeviceList(devices=await asyncio.to_thread(found_devices))


@router.get("/{source_id}", responses=answers(401, 403, 404, 409))
async def get_source(source_id: ID, control: Parts, response: Response) -> SourceView:
    """Return a source, with its `ETag`: it tells what was set, and not `clip`."""
    view = source_view(control.mixing.board.source(source_id), control.mixing.state)
    put_tag(response, view)
    return view


@router.put("/{source_id}", responses=CHANGED)
async def put_source(
    source_id: ID, body: SourceBody, control: Parts, response: Response, if_match: IfMatch = None
) -> SourceSaved:
    """Change a source; an address as it is shown, without its credentials, stays as it is."""
    source = await _checked(control, source_id, body, control.mixing.board.source(source_id))
    _require_tag(control, source_id, if_match)
    return await _put(control, source, response)


@router.delete("/{source_id}", responses=CHANGED)
async def delete_source(source_id: ID, control: Parts, if_match: IfMatch = None) -> Done:
    """Forget a source that is not a seat's; scenes that have it show its slate."""
    board = control.mixing.board.without_source(source_id)
    _require_tag(control, source_id, if_match)
    return Done(frame=await control.mixing.put(board))


@router.get(
    "/{source_id}/thumbnail.jpg",
    response_class=Response,
    responses={200: {"content": {JPEG: {}}}, **answers(401, 403, 404, 409, 503)},
)
async def get_source_thumbnail(source_id: ID, control: Parts) -> Response:
    """Return all of a source's picture as it is now, before its framing; its slate where it has none."""
    control.mixing.board.source(source_id)
    control.mixing.require_state()
    return Response(await control.mixing.client.whole(source_id), media_type=JPEG)


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


async def _checked(control: Control, key: str, body: SourceBody, known: Source | None) -> Source:
    """Return the source that a body describes; `known` is what is to be changed."""
    is_same_kind = known is not None and known.kind is body.kind
    if body.kind is SourceKind.GUEST and not is_same_kind:
        raise InvalidError(
            "kind: sources of this kind are the seats'",
            hint="guests.seats names them.",
            values={"at": "kind", "rule": Rule.SEATS_KIND.value},
        )
    if known is not None and known.kind is SourceKind.GUEST:
        _require_same(known, body)
    folder = control.settings.server.media_dir
    url = known.url if known and is_same_kind and body.url == without_login(known.url) else body.url
    own = await find_own_hosts(control.settings) if body.kind is SourceKind.URL else frozenset[str]()
    if body.kind is not SourceKind.GUEST:
        require_no_loop(body.kind, url, control.settings, own)
        url = await asyncio.to_thread(checked_address, body.kind, url, folder)
    slate = await asyncio.to_thread(checked_file, body.slate, folder, "slate") if body.slate else ""
    source = replace(source_of(key, body, url), slate=slate)
    _check_iso(source)
    await _require_stills(control, source)
    if not (is_same_kind and known and url == known.url):
        require_not_published(source, control.mixing.board, own)
    return source


async def _require_stills(control: Control, source: Source) -> None:
    if source.kind is SourceKind.STILL:
        await control.library.require_still(source.url, "url")
    if source.slate:
        await control.library.require_still(source.slate, "slate")


def _require_tag(control: Control, key: str, if_match: str | None) -> None:
    known = control.mixing.board.sources.get(key)
    require_tag(if_match, None if known is None else source_view(known, None))


async def _put(control: Control, source: Source, response: Response) -> SourceSaved:
    frame = await control.mixing.put(control.mixing.board.with_source(source))
    view = source_view(source, control.mixing.state)
    return SourceSaved(frame=frame, source=view, tag=put_tag(response, view))


def _check_iso(source: Source) -> None:
    """Refuse `iso` where there is nothing to be kept: what is no guest's, and comes from no server."""
    if source.iso and source.kind is not SourceKind.GUEST and not source.is_remote:
        raise InvalidError(
            "iso: is for sources that are read from a server",
            hint="A file is kept already, and what does not move needs no recording of its own.",
            values={"at": "iso", "rule": Rule.ISO.value},
        )


def _require_same(known: Source, body: SourceBody) -> None:
    for field in OF_SEAT:
        if getattr(known, field) != getattr(body, field):
            values = {"at": field, "rule": Rule.SEATS_FIELD.value}
            raise InvalidError(f"{field}: is what guests.seats says of a seat's source", values=values)
