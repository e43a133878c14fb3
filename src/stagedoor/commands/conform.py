"""`stagedoor conform`: a take's pieces at program's rate, and an edit list that cuts them again."""

import asyncio
from typing import TextIO

from stagedoor.conform.conform import conform
from stagedoor.domain.errors import ConflictError, StagedoorError
from stagedoor.local_http import request, server_endpoint
from stagedoor.secrets import load_or_create
from stagedoor.settings import Settings
from stagedoor.supervisor.instance import running, running_settings


def conform_take(settings: Settings, take: str, out: TextIO, *, force: bool) -> None:
    """Render a take that is over, and print what was made.

    Raises:
        NotFoundError: There is no such take.
        ConflictError: It is still recorded, has no cut log, or there is a result already.
        StorageError: There is no room, or the folder cannot be written.
        StagedoorError: The program runs, and cannot be asked whether it records the take.
    """
    settings = running_settings(settings.server) or settings
    if running(settings.server) is not None and _recorded_now(settings) == take:
        raise ConflictError(f"take {take} is being recorded", code="recording_runs", hint="Stop it first.")

    def say(line: str) -> None:
        out.write(f"{line}\n")
        out.flush()

    free = settings.recording.min_free_bytes
    media = settings.server.media_dir
    folder = conform(settings.recordings_dir, take, media, free, say, force=force)
    out.write(f"All of it is in {folder}\n")


def _recorded_now(settings: Settings) -> str:
    """Ask the running program which take it records; empty for none."""
    token = load_or_create(settings.server.data_dir, settings).operator_token
    answer = asyncio.run(
        request(
            server_endpoint(settings.server),
            "GET",
            "/api/recordings",
            headers={"Authorization": f"Bearer {token}"},
        )
    )
    try:
        recording = answer.json()["recording"]
        return "" if recording is None or recording["state"] != "recording" else str(recording["take"])
    except (ValueError, KeyError, TypeError) as error:
        raise StagedoorError("the program's answer cannot be understood", code="bad_answer") from error
