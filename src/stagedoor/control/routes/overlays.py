"""Overlays: what is laid onto program, above every scene."""

import asyncio
from dataclasses import replace
from pathlib import PurePath

from fastapi import APIRouter, Response

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.addresses import checked_file
from stagedoor.control.mixer.answers import Done, OverlayList, OverlaySaved, OverlayView
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.schemas import LowerThirdBody, NewOverlayBody, OverlayBody
from stagedoor.control.mixer.tags import IfMatch, put_tag, require_tag
from stagedoor.control.mixer.views import overlay_of, overlay_view, overlay_views
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.ids import split_screen
from stagedoor.domain.overlay import Overlay, OverlayKind

router = APIRouter(tags=["Overlays"], prefix="/api/overlays", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)
CHANGED = ANSWERS | answers(412)
LOWER_THIRD = "lower-third-"
"""What the ids of lower thirds begin with that are made for a source."""
MAX_ID = 80


@router.get("", responses=answers(401, 403, 409))
async def list_overlays(control: Parts) -> OverlayList:
    """Return all overlays, the lowest first."""
    return OverlayList(overlays=overlay_views(control.mixing.board, control.mixing.state))


@router.post("", status_code=201, responses=ANSWERS)
async def make_overlay(body: NewOverlayBody, control: Parts, response: Response) -> OverlaySaved:
    """Make an overlay, on top of the others."""
    url = await _checked_url(control, body)
    key = new_id(body.id, body.text or PurePath(url).stem, "overlay", control.mixing.board.overlays)
    return await _put(control, response, overlay_of(key, body, url))


@router.post("/lower-third", responses=ANSWERS)
async def show_lower_third(body: LowerThirdBody, control: Parts, response: Response) -> OverlaySaved:
    """Show the name of whoever is seen in a source; other lower thirds at its place go."""
    overlay = _lower_third(control, body.source)
    others = (
        replace(other, on=False)
        for other in control.mixing.board.overlays.values()
        if (other.kind, other.anchor, other.on) == (overlay.kind, overlay.anchor, True)
    )
    return await _put(control, response, *others, overlay)


@router.get("/{overlay_id}", responses=answers(401, 403, 404, 409))
async def get_overlay(overlay_id: ID, control: Parts, response: Response) -> OverlayView:
    """Return an overlay, with its `ETag`: it tells what was set, and not `shown`."""
    view = overlay_view(control.mixing.board.overlay(overlay_id), control.mixing.state)
    put_tag(response, view)
    return view


@router.put("/{overlay_id}", responses=CHANGED)
async def put_overlay(
    overlay_id: ID, body: OverlayBody, control: Parts, response: Response, if_match: IfMatch = None
) -> OverlaySaved:
    """Change an overlay, or make it."""
    url = await _checked_url(control, body)
    _require_tag(control, overlay_id, if_match)
    return await _put(control, response, overlay_of(overlay_id, body, url))


@router.delete("/{overlay_id}", responses=CHANGED)
async def delete_overlay(overlay_id: ID, control: Parts, if_match: IfMatch = None) -> Done:
    """Forget an overlay; one that is shown goes at once."""
    board = control.mixing.board.without_overlay(overlay_id)
    _require_tag(control, overlay_id, if_match)
    return Done(frame=await control.mixing.put(board))


@router.post("/{overlay_id}/show", responses=ANSWERS)
async def show_overlay(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have an overlay come."""
    return await _put(control, response, replace(control.mixing.board.overlay(overlay_id), on=True))


@router.post("/{overlay_id}/hide", responses=ANSWERS)
async def hide_overlay(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have an overlay go."""
    return await _put(control, response, replace(control.mixing.board.overlay(overlay_id), on=False))


async def _checked_url(control: Control, body: OverlayBody) -> str:
    if body.kind is not OverlayKind.IMAGE:
        return body.url
    return await asyncio.to_thread(checked_file, body.url, control.settings.server.media_dir)


def _lower_third(control: Control, source: str) -> Overlay:
    """Return a source's lower third, on: what the operator has made of it, with the name of now."""
    found = control.mixing.board.source(source)
    guest = control.stage.house.holder(split_screen(source)[0])
    name = found.label if guest is None else guest.name
    key = f"{LOWER_THIRD}{source}"[:MAX_ID]
    usual = Overlay(key, OverlayKind.LOWER_THIRD, color=found.color)
    made = control.mixing.board.overlays.get(key, usual)
    return replace(made, on=True, text="".join(filter(str.isprintable, name)))


def _require_tag(control: Control, key: str, if_match: str | None) -> None:
    known = control.mixing.board.overlays.get(key)
    require_tag(if_match, None if known is None else overlay_view(known, None))


async def _put(control: Control, response: Response, *overlays: Overlay) -> OverlaySaved:
    """Keep overlays; the last one is answered."""
    mixing = control.mixing
    frame = await mixing.put(mixing.board.with_overlays(*overlays))
    view = overlay_view(overlays[-1], mixing.state)
    return OverlaySaved(frame=frame, overlay=view, tag=put_tag(response, view))
