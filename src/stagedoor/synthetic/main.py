"""The process of a synthetic guest."""

import asyncio
import logging
import os
import signal
import sys

from pydantic import ValidationError

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.race import until_first
from stagedoor.aio.supervise import supervise
from stagedoor.domain.errors import ForbiddenError, InvalidError, StagedoorError
from stagedoor.exits import Exit
from stagedoor.ipc.synthetic import SyntheticEnd, SyntheticOrder
from stagedoor.loops import fast_loop
from stagedoor.synthetic.loop import Loop, load
from stagedoor.synthetic.publisher import Publisher
from stagedoor.telemetry.logging import configure

log = logging.getLogger(__name__)

MAX_ORDER = 64 * 1024
NICENESS = 5
"""The show goes before its rehearsal."""


def run() -> int:
    """Read the order, and be that guest until the input ends or a signal comes; return the exit code."""
    try:
        order = SyntheticOrder.model_validate_json(sys.stdin.readline(MAX_ORDER))
    except ValidationError as error:
        raise InvalidError("the order cannot be read", code="bad_settings") from error
    configure(order.log, f"guest {order.look + 1}", secrets=[order.token])
    os.nice(NICENESS)
    try:
        loop = load(order.look, order.name, order.folder)
    except StagedoorError as error:
        log.error("%s", error.message, extra={"fields": {"code": error.code}})  # noqa: TRY400
        return Exit.PROBLEM
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return runner.run(_main(order, loop))


async def _main(order: SyntheticOrder, loop: Loop) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Bytes that nobody sends: only the end of the input is of interest.
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _look, stop)
    refused = False

    def on_failure(error: StagedoorError) -> bool:
        nonlocal refused
        refused = isinstance(error, ForbiddenError)
        log.debug("A connection of the test guest ended: %s", error)
        return not refused

    async def publish() -> None:
        await Publisher(order, loop).run()

    await until_first(
        supervise(
            order.name, publish, expected=StagedoorError, on_failure=on_failure, backoff=Backoff(0.2, 5.0)
        ),
        _wait(stop),
    )
    return SyntheticEnd.REFUSED if refused else SyntheticEnd.ENDED


def _look(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()
