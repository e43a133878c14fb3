"""Seats: which there are, who has them, and what comes back to their guests."""

from fastapi import APIRouter

from stagedoor.control.http import OPERATOR, RETURNS, Parts, answers
from stagedoor.control.mixer.addresses import check_return
from stagedoor.control.routes.rtc import ID
from stagedoor.control.seat_schemas import SeatChangeBody, SeatList, SeatView

router = APIRouter(tags=["Seats"])


@router.get("/api/seats", dependencies=[OPERATOR], responses=answers(401, 403))
async def list_seats(control: Parts) -> SeatList:
    """Return all seats in order."""
    return SeatList(seats=control.stage.seats())


@router.patch(
    "/api/seats/{seat}", dependencies=[OPERATOR, RETURNS], responses=answers(401, 403, 404, 409, 422)
)
async def change_seat(seat: ID, body: SeatChangeBody, control: Parts) -> SeatView:
    """Say what a seat's guest is to see and hear instead of program; it is kept over restarts."""
    control.stage.house.require_seat(seat)
    if body.return_url:
        check_return(body.return_url)
    control.mixing.set_return(seat, body.return_url)
    return next(each for each in control.stage.seats() if each.name == seat)
