"""Tally: of our mixer, or of another program's, which says it here."""

from typing import Annotated

from fastapi import APIRouter, Query

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.mixer.answers import TallyView
from stagedoor.control.mixer.schemas import TallyBody
from stagedoor.domain.errors import ConflictError

router = APIRouter(tags=["Tally"], prefix="/api/tally", dependencies=[OPERATOR])

HoldS = Annotated[int | None, Query(ge=1, le=3600)]


@router.get("", responses=answers(401, 403))
async def get_tally(control: Parts) -> TallyView:
    """Return the tally of every seat."""
    return TallyView(tally=control.stage.tallies.all())


@router.put("", responses=answers(401, 403, 404, 409, 422))
async def put_tally(body: TallyBody, control: Parts, hold_s: HoldS = None) -> TallyView:
    """Say what another program shows, of all seats at once; of those that are left out it is unknown.

    With `hold_s` it is unknown again after so many seconds, unless it is put anew: no light stays on for a
    script that has died. Without, it holds until the next time.
    """
    if control.mixing.enabled:
        raise ConflictError(
            "the tally is what the mixer confirms",
            code="tally_confirmed",
            hint="Set mixer.enabled = false where another program is the mixer.",
        )
    for seat in body:
        control.stage.house.require_seat(seat)
    control.stage.show_seats(control.stage.tallies.put(body, hold_s))
    control.osc.look()
    return TallyView(tally=control.stage.tallies.all())
