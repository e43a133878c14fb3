"""Sound: every source's strip, and what operators listen to."""

from fastapi import APIRouter

from stagedoor.control.http import MIXER, OPERATOR, Parts, answers
from stagedoor.control.mixer.answers import AudioView, Meters
from stagedoor.control.mixer.mute_all import with_all_back, with_all_muted
from stagedoor.control.mixer.saved_answers import AllMuted, MonitorSaved, StripSaved
from stagedoor.control.mixer.schemas import MonitorBody, MuteAllBody, StripBody
from stagedoor.control.mixer.views import strip_view, strip_views
from stagedoor.control.routes.rtc import ID
from stagedoor.domain.ids import MONITOR_PREFIX
from stagedoor.domain.strip import Strip

router = APIRouter(tags=["Audio"], prefix="/api/audio", dependencies=[OPERATOR, MIXER])
ANSWERS = answers(401, 403, 404, 409, 422, 503)


@router.get("", responses=answers(401, 403, 409))
async def get_audio(control: Parts) -> AudioView:
    """Return the sound of every source as it is set, and what the monitors carry."""
    return AudioView(strips=strip_views(control.mixing.board), monitors=control.mixing.monitors.all())


@router.get("/meters", responses=answers(401, 403, 409))
async def get_meters(control: Parts) -> Meters:
    """Return how loud every source and program are now; nothing while the mixer is not there."""
    return dict(control.stage.events.loudness)


@router.post("/monitor", responses=ANSWERS)
async def set_monitor(body: MonitorBody, control: Parts) -> MonitorSaved:
    """Listen to sources before their faders, or to program; nothing on air changes."""
    frame = await control.mixing.monitor(body.operator, body.listen)
    return MonitorSaved(frame=frame, path=f"{MONITOR_PREFIX}{body.operator}", listen=body.listen)


@router.post("/mute-all", responses=ANSWERS)
async def mute_all(body: MuteAllBody, control: Parts) -> AllMuted:
    """Mute every guest's fader at once, or give each what it had before; who was muted by itself stays so."""
    board = control.mixing.board
    frame = await control.mixing.put(with_all_muted(board) if body.muted else with_all_back(board))
    now = control.mixing.board
    return AllMuted(frame=frame, muted_by_all=now.muted_by_all, strips=strip_views(now))


@router.put("/{source_id}", responses=ANSWERS)
async def put_strip(source_id: ID, body: StripBody, control: Parts) -> StripSaved:
    """Set a source's sound; what is left out stays as it is."""
    board = control.mixing.board
    strip = body.over(board.strips.get(source_id, Strip()))
    frame = await control.mixing.put(board.with_strip(source_id, strip))
    return StripSaved(frame=frame, strip=strip_view(strip))
