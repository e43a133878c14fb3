"""Whether it works: for people, for load balancers, for Prometheus."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from stagedoor.control.http import OPERATOR, Parts, answers
from stagedoor.control.schemas import HealthView
from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.local_http import INSTALLATION_FIELD
from stagedoor.telemetry.metrics import CONTENT_TYPE

router = APIRouter(tags=["Health"])


@router.get("/api/health", dependencies=[OPERATOR], responses=answers(401, 403))
async def health(control: Parts) -> HealthView:
    """Return how everything does, with warnings for the operator."""
    return control.stage.health.view(control.stage.sessions)


@router.get("/healthz", response_class=PlainTextResponse)
async def alive(control: Parts, response: Response) -> str:
    """Answer that this process lives, and whose it is: `stagedoor doctor` knows by it who answers."""
    response.headers[INSTALLATION_FIELD] = control.secrets.installation
    return "ok\n"


@router.get("/readyz", response_class=PlainTextResponse, responses=answers(503))
async def ready(control: Parts) -> str:
    """Answer whether guests can be taken."""
    if not control.stage.health.relay_up:
        raise UnavailableError("the relay is not running", code="relay_unavailable")
    return "ready\n"


@router.get("/metrics", dependencies=[OPERATOR], response_class=Response, responses=answers(401, 403))
async def metrics(control: Parts) -> Response:
    """Return the metrics of control, relay and mixer."""
    text = (await control.metrics.render()).decode()
    others = {"relay": control.relay.metrics}
    if control.mixing.enabled:
        others["mixer"] = control.mixing.client.metrics
    for name, metrics_of in others.items():
        try:
            text += await metrics_of()
        except StagedoorError:
            text += f"# the {name} cannot be reached\n"
    return Response(text, headers={"Content-Type": CONTENT_TYPE})
