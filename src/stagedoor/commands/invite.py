"""`stagedoor invite`: asks the running program for a guest's link."""

import asyncio
import dataclasses
import time
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import urlsplit

from stagedoor.banner import qr_code
from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.ipc.problems import from_problem
from stagedoor.local_http import Answer, request, server_endpoint
from stagedoor.secrets import load_or_create
from stagedoor.settings import Settings
from stagedoor.supervisor.instance import Instance, running, running_settings


@dataclass(frozen=True, slots=True)
class InviteRequest:
    """What the invite is for; None in `admit` and `carrier` leaves the choice to the program."""

    seat: str | None
    name: str | None
    admit: str | None
    carrier: str | None
    expires_s: int


def invite(settings: Settings, wanted: InviteRequest, out: TextIO) -> None:
    """Print the invite's link for each address of the running instance, and a QR code.

    The code is of `public_url`, or of the last address, which others are the most likely to reach.

    Raises:
        UnavailableError: The program does not run.
        StagedoorError: What the program answers, such as that there is no such seat.
    """
    instance = running(settings.server)
    if instance is None:
        raise UnavailableError(
            f"Stagedoor does not run with the data directory {settings.server.data_dir}",
            code="not_running",
            hint="Start it with `stagedoor serve`, or name its settings file with --config.",
        )
    settings = running_settings(settings.server) or settings
    token = load_or_create(settings.server.data_dir, settings).operator_token
    body = dataclasses.asdict(wanted)
    answer = asyncio.run(
        request(
            server_endpoint(settings.server),
            "POST",
            "/api/invites",
            headers={"Authorization": f"Bearer {token}"},
            body={name: value for name, value in body.items() if value is not None},
        )
    )
    links = _links(_url(answer), instance)
    out.writelines(f"{link}\n" for link in links)
    best = links[0] if settings.server.public_url else links[-1]
    out.write(f"{qr_code(best, out.encoding)}\n")
    until = time.strftime("%Y-%m-%d %H:%M", time.localtime(time.time() + wanted.expires_s))
    out.write(f"Good until {until}.\n")


def _url(answer: Answer) -> str:
    try:
        document = answer.json()
        if answer.status < 400:
            return str(document["url"])
    except (ValueError, KeyError, TypeError) as error:
        raise StagedoorError("the program's answer cannot be understood", code="bad_answer") from error
    raise from_problem(document if isinstance(document, dict) else {}, answer.status)


def _links(url: str, instance: Instance) -> list[str]:
    """Return the link at every root of the instance, as not all of them reach every guest."""
    parts = urlsplit(url)
    return [f"{root}{parts.path}?{parts.query}" for root in instance.urls] or [url]
