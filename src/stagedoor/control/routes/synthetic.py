"""Test guests: somebody alone sees the whole chain."""

from fastapi import APIRouter, Response

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.join_schemas import SyntheticBody
from stagedoor.control.routes.rtc import ID
from stagedoor.control.schemas import GuestList, GuestView

router = APIRouter(tags=["Guests"], prefix="/api/test-guest", dependencies=[OPERATOR])


@router.post("", status_code=201, responses=answers(401, 403, 404, 409, 422, 503))
async def make_test_guest(control: Parts, body: SyntheticBody | None = None) -> GuestView:
    """Bring in a guest made by the server, with a picture and a tone of their own; four at once at most."""
    wanted = body or SyntheticBody()
    return control.stage.view(await control.synthetic.make(wanted.seat, wanted.admit))


@router.get("", responses=answers(401, 403))
async def list_test_guests(control: Parts) -> GuestList:
    """Return the test guests that there are."""
    return GuestList(guests=tuple(control.stage.view(guest) for guest in control.synthetic.list()))


@router.delete("/{guest_id}", status_code=204, responses=answers(401, 403, 404))
async def end_test_guest(guest_id: ID, control: Parts) -> Response:
    """Have a test guest leave."""
    await control.synthetic.end(guest_id)
    return Response(status_code=204)
