"""Overlays: what is laid onto program, above every scene."""

import asyncio
from dataclasses import replace
from pathlib import PurePath

from fastapi import APIRouter, Response

from stagedoor.control.core import Control
from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.addresses import checked_file
from stagedoor.control.mixer.answers import OverlayList
from stagedoor.control.mixer.names import new_id
from stagedoor.control.mixer.overlay_answers import OverlayView
from stagedoor.control.mixer.overlay_schemas import LowerThirdBody, NewOverlayBody, OverlayBody, ScoreBody
from stagedoor.control.mixer.overlay_views import overlay_of, overlay_view, overlay_views
from stagedoor.control.mixer.saved_answers import Done, OverlaySaved
from stagedoor.control.mixer.tags import IfMatch, put_tag, require_tag
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.checks import Rule, wrong
from stagedoor.domain.ids import split_screen
from stagedoor.domain.overlay import AnyOverlay, Card, OverlayKind, Scoreboard, Ticker, Timer
from stagedoor.domain.overlay_limits import scored

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
    made = await _checked(control, overlay_of("", body))
    key = new_id(body.id, _words(made), "overlay", control.mixing.board.overlays)
    return await _put(control, response, replace(made, id=key))


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
    """Return an overlay, with its `ETag`: it tells what was set, not `shown`, nor how a timer runs."""
    view = overlay_view(control.mixing.board.overlay(overlay_id), control.mixing.state)
    put_tag(response, view)
    return view


@router.put("/{overlay_id}", responses=CHANGED)
async def put_overlay(
    overlay_id: ID, body: OverlayBody, control: Parts, response: Response, if_match: IfMatch = None
) -> OverlaySaved:
    """Change an overlay, or make it; a timer goes on as it runs."""
    made = await _checked(
        control, overlay_of(overlay_id, body, control.mixing.board.overlays.get(overlay_id))
    )
    _require_tag(control, overlay_id, if_match)
    return await _put(control, response, made)


@router.delete("/{overlay_id}", responses=CHANGED)
async def delete_overlay(overlay_id: ID, control: Parts, if_match: IfMatch = None) -> Done:
    """Forget an overlay; one that is shown goes at once."""
    board = control.mixing.board.without_overlay(overlay_id)
    _require_tag(control, overlay_id, if_match)
    return Done(frame=await control.mixing.put(board))


@router.post("/{overlay_id}/show", responses=ANSWERS)
async def show_overlay(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have an overlay come."""
    # A timer that has just gone at its zero is shown again, and not taken down in a moment.
    control.timers.look()
    return await _put(control, response, replace(control.mixing.board.overlay(overlay_id), on=True))


@router.post("/{overlay_id}/hide", responses=ANSWERS)
async def hide_overlay(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have an overlay go."""
    return await _put(control, response, replace(control.mixing.board.overlay(overlay_id), on=False))


@router.post("/{overlay_id}/start", responses=ANSWERS)
async def start_timer(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have a timer run, from where it stands; `frame` is the one from which on it does."""
    return _saved(control, response, overlay_id, await control.timers.start(overlay_id))


@router.post("/{overlay_id}/pause", responses=ANSWERS)
async def pause_timer(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have a timer stand; `frame` is the one in which it does."""
    return _saved(control, response, overlay_id, await control.timers.pause(overlay_id))


@router.post("/{overlay_id}/reset", responses=ANSWERS)
async def reset_timer(overlay_id: ID, control: Parts, response: Response) -> OverlaySaved:
    """Have a timer stand at its beginning."""
    return _saved(control, response, overlay_id, await control.timers.reset(overlay_id))


@router.post("/{overlay_id}/score", responses=ANSWERS)
async def change_score(overlay_id: ID, body: ScoreBody, control: Parts, response: Response) -> OverlaySaved:
    """Change a scoreboard's scores by so many points."""
    board = control.mixing.board.scoreboard(overlay_id)
    home = replace(board.home, score=scored(board.home, body.home, "home"))
    away = replace(board.away, score=scored(board.away, body.away, "away"))
    return await _put(control, response, replace(board, home=home, away=away))


async def _checked(control: Control, overlay: AnyOverlay) -> AnyOverlay:
    """Return an overlay with its file's checked name; raise `InvalidError` if it names what is of no use."""
    if isinstance(overlay, Card) and overlay.kind is OverlayKind.IMAGE:
        folder = control.settings.server.media_dir
        url = await asyncio.to_thread(checked_file, overlay.url, folder)
        await control.library.require_still(url, "url")
        return replace(overlay, url=url)
    if isinstance(overlay, Scoreboard) and overlay.timer:
        timer = control.mixing.board.overlays.get(overlay.timer)
        if not isinstance(timer, Timer):
            raise wrong("overlay.timer", Rule.TIMER, "is not the id of a timer")
    return overlay


def _words(overlay: AnyOverlay) -> str:
    """Return what an overlay's id is made from."""
    match overlay:
        case Card():
            return overlay.text or PurePath(overlay.url).stem
        case Ticker():
            return " ".join(overlay.items)
        case Scoreboard():
            return f"{overlay.home.name} {overlay.away.name}"
        case Timer():
            return overlay.mode.value


def _lower_third(control: Control, source: str) -> Card:
    """Return a source's lower third, on: what the operator has made of it, with the name of now.

    A title goes with the name that it was written for.
    """
    found = control.mixing.board.source(source)
    guest = control.stage.house.holder(split_screen(source)[0])
    name = found.label if guest is None else guest.name
    key = f"{LOWER_THIRD}{source}"[:MAX_ID]
    made = control.mixing.board.overlays.get(key)
    usual = Card(key, OverlayKind.LOWER_THIRD, color=found.color)
    card = made if isinstance(made, Card) else usual
    words = "".join(filter(str.isprintable, name))
    return replace(card, on=True, text=words, title=card.title if card.text in ("", words) else "")


def _require_tag(control: Control, key: str, if_match: str | None) -> None:
    known = control.mixing.board.overlays.get(key)
    require_tag(if_match, None if known is None else overlay_view(known, None))


async def _put(control: Control, response: Response, *overlays: AnyOverlay) -> OverlaySaved:
    """Keep overlays; the last one is answered."""
    frame = await control.mixing.put(control.mixing.board.with_overlays(*overlays))
    return _saved(control, response, overlays[-1].id, frame)


def _saved(control: Control, response: Response, key: str, frame: int | None) -> OverlaySaved:
    view = overlay_view(control.mixing.board.overlay(key), control.mixing.state)
    return OverlaySaved(frame=frame, overlay=view, tag=put_tag(response, view))
