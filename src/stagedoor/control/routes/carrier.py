"""The carrier by Cloudflare: what the show has cost so far."""

from fastapi import APIRouter

from stagedoor.control.core import Control
from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.schemas import CostView
from stagedoor.control.views import moment
from stagedoor.domain.carrier import CarrierKind
from stagedoor.ipc.messages import CarrierUsage

router = APIRouter(tags=["Carrier"], prefix="/api/carrier")

GIGABYTE = 10**9
DIGITS = 4


@router.get("/cost", dependencies=[OPERATOR], responses=answers(401, 403, 409, 503))
async def get_cost(control: Parts) -> CostView:
    """Return what Cloudflare has sent and what that costs, before its free allowance."""
    control.stage.carriers.require(CarrierKind.CLOUDFLARE)
    return _cost(control, await control.relay.carrier_usage())


@router.post("/cost/reset", dependencies=[OPERATOR], responses=answers(401, 403, 409, 503))
async def reset_cost(control: Parts) -> CostView:
    """Begin to count anew, such as for the next show."""
    control.stage.carriers.require(CarrierKind.CLOUDFLARE)
    return _cost(control, await control.relay.reset_carrier_usage())


def _cost(control: Control, usage: CarrierUsage) -> CostView:
    price = control.settings.carrier.cloudflare.price_per_gb
    sent = usage.pulled_bytes + usage.returned_bytes
    return CostView(
        since=moment(usage.since_ms),
        pulled_bytes=usage.pulled_bytes,
        returned_bytes=usage.returned_bytes,
        price_per_gb=price,
        cost=round(sent / GIGABYTE * price, DIGITS),
    )
