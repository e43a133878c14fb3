"""Tally: of our mixer, or of another program's, which says it here."""

from fastapi import APIRouter

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.mixer.answers import TallyView
from stagedoor.control.mixer.schemas import TallyBody
from stagedoor.domain.errors import ConflictError

router = APIRouter(tags=["Tally"], prefix="/api/tally", dependencies=[OPERATOR])


@router.get("", responses=answers(401, 403))
async def get_tally(control: Parts) -> TallyView:
    """Return the tally of every seat."""
    return TallyView(tally=control.stage.tallies.all())


@router.put("", responses=answers(401, 403, 404, 409, 422))
async def put_tally(body: TallyBody, control: Parts) -> TallyView:
    """Say what another program shows, of all seats at once; of those that are left out it is unknown."""
    if control.mixing.enabled:
        raise ConflictError(
            "the tally is what the mixer confirms",
            code="tally_confirmed",
            hint="Set mixer.enabled = false where another program is the mixer.",
        )
    for seat in body:
        control.stage.house.require_seat(seat)
    control.stage.show_seats(control.stage.tallies.put(body))
    control.osc.look()
    return TallyView(tally=control.stage.tallies.all())
