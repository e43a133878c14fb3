"""Seats: which there are, and who has them."""

from fastapi import APIRouter

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.schemas import SeatList

router = APIRouter(tags=["Seats"])


@router.get("/api/seats", dependencies=[OPERATOR], responses=answers(401, 403))
async def list_seats(control: Parts) -> SeatList:
    """Return all seats in order."""
    return SeatList(seats=control.stage.seats())
