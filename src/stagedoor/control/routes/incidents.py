"""Incidents: what went wrong, in words for people."""

from fastapi import APIRouter

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.incidents.schemas import IncidentList

router = APIRouter(tags=["Health"], prefix="/api/incidents", dependencies=[OPERATOR])


@router.get("", responses=answers(401, 403))
async def list_incidents(control: Parts) -> IncidentList:
    """Return what is wrong now, and what was within the last hour."""
    return IncidentList(incidents=control.incidents.views())
