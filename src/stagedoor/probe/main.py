"""The process: limits first, then one order, one answer."""

import resource
import sys
from typing import Final

from pydantic import ValidationError

from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.exits import Exit
from stagedoor.ipc.probe import ProbeAnswer, ProbeOrder
from stagedoor.probe.examine import examine

MAX_MEMORY: Final = 2 << 30
"""Bytes of address space: enough for the largest still that is taken."""
MAX_CPU_S: Final = 20
MAX_WRITTEN: Final = 4 << 20
"""Bytes: the thumbnail is far smaller."""
MAX_FILES: Final = 32
MAX_ORDER: Final = 16 * 1024


def run() -> int:
    """Answer the one order on standard input; return the exit code."""
    _limit()
    try:
        order = ProbeOrder.model_validate_json(sys.stdin.readline(MAX_ORDER))
    except ValidationError as error:
        raise InvalidError("the order cannot be read", code="bad_settings") from error
    try:
        answer = ProbeAnswer(facts=examine(order.file, order.thumbnail))
    except StagedoorError as error:
        answer = ProbeAnswer(code=error.code, message=error.message)
    except MemoryError:
        answer = ProbeAnswer(code="media_unreadable", message="it takes more memory than a file may")
    sys.stdout.write(answer.model_dump_json() + "\n")
    return Exit.OK


def _limit() -> None:
    """A file that wants more than this ends the probe; nothing else."""
    for which, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU_S),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN),
        (resource.RLIMIT_NOFILE, MAX_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (bound, bound))
