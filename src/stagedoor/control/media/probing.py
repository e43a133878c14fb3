"""Looking at a file that somebody sent, in a process with narrow limits: what it breaks is that process."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from stagedoor.domain.errors import InvalidError
from stagedoor.ipc.probe import MAX_ANSWER, MediaFacts, ProbeAnswer, ProbeOrder

log = logging.getLogger(__name__)

PROBE_WITHIN_S: Final = 60.0


async def probe(file: Path, thumbnail: Path) -> MediaFacts:
    """Return what is in a file, and have its thumbnail written.

    Raises:
        InvalidError: It is nothing that can be shown or heard, or it takes too much time or memory.
    """
    # -P: a folder of our name in the working directory is not us.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "stagedoor", "run", "probe", "--parent", str(os.getpid())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=MAX_ANSWER,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            answer = await _ask(process, ProbeOrder(file=file, thumbnail=thumbnail))
    except TimeoutError:
        raise _refused("it takes too long to read") from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    if answer.facts is None:
        raise InvalidError(f"this file is not taken: {answer.message}", code=answer.code, hint=_HINT)
    return answer.facts


async def _ask(process: asyncio.subprocess.Process, order: ProbeOrder) -> ProbeAnswer:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the probe has no pipes")
    process.stdin.write(order.model_dump_json().encode() + b"\n")
    try:
        return ProbeAnswer.model_validate_json(await process.stdout.readline())
    except (ValidationError, ValueError):
        code = await process.wait()
        log.warning("A file broke its probe, which ended with %d", code)
        raise _refused("it takes too much to read, or breaks what reads it") from None


def _refused(why: str) -> InvalidError:
    return InvalidError(f"this file is not taken: {why}", code="media_unreadable", hint=_HINT)


_HINT: Final = (
    "PNG, JPEG, WebP; MP4, MOV, Matroska, MPEG-TS and other common clips; WAV, MP3, FLAC, Ogg, AAC."
)
