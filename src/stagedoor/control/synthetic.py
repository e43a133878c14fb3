"""Test guests: made by us, each with a process of its own that publishes by an invite of its own.

They end with the program: their processes die with control, and what the last run has left of them is cleared
away at the next start.
"""

import asyncio
import logging
import os
import secrets as random
import sys
from dataclasses import dataclass
from typing import Final

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.aio.supervise import supervise
from stagedoor.control.door import Door
from stagedoor.control.stage import Stage
from stagedoor.domain import seat as seats
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import BrokenError, CapacityError, ConflictError, NotFoundError
from stagedoor.domain.guest import Guest
from stagedoor.domain.ids import guest_id, secret_id
from stagedoor.domain.invite import SYNTHETIC, Admit, Invite, Origin
from stagedoor.exits import Exit
from stagedoor.ipc.synthetic import MAX_SYNTHETIC, SyntheticEnd, SyntheticOrder
from stagedoor.local_http import server_endpoint

log = logging.getLogger(__name__)

LASTS_MS: Final = 24 * 3600 * 1000
CLOSE_WITHIN_S: Final = 2.0


@dataclass(slots=True)
class _Running:
    """A test guest: who they are, and the task that keeps their process running."""

    order: SyntheticOrder
    task: asyncio.Task[None]


class SyntheticGuests:
    """The test guests that there are.

    Args:
        stage: The state of the show.
        door: Signs their tokens.
    """

    def __init__(self, stage: Stage, door: Door) -> None:
        self._stage = stage
        self._door = door
        self._running: dict[str, _Running] = {}

    async def make(self, seat: str | None, admit: Admit) -> Guest:
        """Bring one more in, to a seat (a free one if none is named) or to the lobby.

        Raises:
            CapacityError: There are as many as there may be.
            NotFoundError: There is no such seat.
            ConflictError: The seat is taken, or another test guest is on the way to it.
        """
        look = self._free_look()
        house = self._stage.house
        if seat is not None:
            house.require_seat(seat)
            seats.require_free(house.guests.values(), seat, "")
            self._require_nobody_coming(seat)
        elif admit is Admit.DIRECT:
            seat = self._free_seat()
        invite = self._invite(look, seat if admit is Admit.DIRECT else None, admit)
        key = guest_id(random.token_bytes(5))
        order = self._order(look, key, invite)
        house = house.with_invite(invite).expecting(key, invite)
        self._running[key] = _Running(order, asyncio.create_task(self._keep(order), name=f"test guest {key}"))
        await self._stage.apply(house)
        return self._stage.house.guest(key)

    async def end(self, guest: str) -> None:
        """Have one leave; raises `NotFoundError` if there is no such one."""
        if guest not in self._running:
            raise NotFoundError("there is no such test guest", code="guest_unknown")
        await self._leave(guest)

    def list(self) -> tuple[Guest, ...]:
        """Return those that there are."""
        guests = self._stage.house.guests
        return tuple(guests[key] for key in self._running if key in guests)

    async def restore(self) -> None:
        """Have those leave whom the last run has left."""
        for guest in tuple(self._stage.house.guests.values()):
            if guest.synthetic and not guest.ended:
                await self._leave(guest.id)

    async def run(self) -> None:
        """Clear away whoever has ended, until cancelled; then end all of their processes."""
        try:
            while True:
                await asyncio.sleep(0.25)
                for key in tuple(self._running):
                    guest, task = self._stage.house.guests.get(key), self._running[key].task
                    if task.done() and not task.cancelled() and task.exception() is not None:
                        log.error("A test guest leaves by a mistake of ours", exc_info=task.exception())
                    if guest is None or guest.ended or task.done():
                        await self._leave(key)
        finally:
            await cancel_and_wait(*(each.task for each in self._running.values()))

    def _free_look(self) -> int:
        taken = {each.order.look for each in self._running.values()}
        free = next((look for look in range(MAX_SYNTHETIC) if look not in taken), None)
        if free is None:
            raise CapacityError(
                f"there are {MAX_SYNTHETIC} test guests already",
                code="test_guests_full",
                values={"most": MAX_SYNTHETIC},
                hint="Have one leave first.",
                retryable=False,
            )
        return free

    def _free_seat(self) -> str | None:
        """A seat that nobody has or expects; none leaves the guest in the lobby."""
        house = self._stage.house
        promised = house.promised(self._stage.now_ms()) | self._coming()
        return seats.first_free(house.seats, house.guests.values(), promised)

    def _coming(self) -> frozenset[str]:
        """Return the seats that the invites of test guests name."""
        invites = self._stage.house.invites
        coming = (invites[guest.invite].seat for guest in self.list() if guest.invite in invites)
        return frozenset(seat for seat in coming if seat is not None)

    def _require_nobody_coming(self, seat: str) -> None:
        if seat in self._coming():
            raise ConflictError(
                f"{seat} is kept for another test guest",
                code="seat_taken",
                values={"seat": seat},
                hint="Choose another seat, or have that test guest leave.",
            )

    def _invite(self, look: int, seat: str | None, admit: Admit) -> Invite:
        return Invite(
            SYNTHETIC + secret_id(random.token_bytes(16)),
            seat,
            f"Test guest {look + 1}",
            admit,
            Origin.KNOCK,
            carrier=CarrierKind.BUILTIN,
            expires_ms=self._stage.now_ms() + LASTS_MS,
        )

    def _order(self, look: int, guest: str, invite: Invite) -> SyntheticOrder:
        settings = self._stage.settings
        endpoint = server_endpoint(settings.server)
        return SyntheticOrder(
            look=look,
            name=invite.name or "",
            guest=guest,
            token=self._door.token(invite),
            host=endpoint.host,
            port=endpoint.port,
            trust=settings.server.tls_files[0] if settings.server.tls_files else None,
            folder=settings.server.data_dir / "synthetic",
            host_addresses=settings.webrtc.host_addresses,
            log=settings.log,
        )

    async def _leave(self, key: str) -> None:
        """End a guest's visit, their link and their process."""
        running = self._running.pop(key, None)
        house = self._stage.house
        guest = house.guests.get(key)
        if guest is not None:
            if guest.invite in house.invites:
                house = house.revoked(guest.invite, self._stage.now_ms())
            await self._stage.apply(house.left(key, self._stage.now_ms()))
        if running is not None:
            await cancel_and_wait(running.task)

    async def _keep(self, order: SyntheticOrder) -> None:
        """Keep a process running until there is no place for its guest any more."""

        async def once() -> None:
            code = await _run(order)
            if code == SyntheticEnd.REFUSED:
                self._warn_if_expected(order)
            elif code != SyntheticEnd.ENDED:
                raise BrokenError(f"the process of {order.name} ended with {code}")

        backoff = Backoff(0.5, 5.0)
        await supervise(order.name, once, expected=BrokenError, on_failure=_starts_again, backoff=backoff)

    def _warn_if_expected(self, order: SyntheticOrder) -> None:
        guest = self._stage.house.guests.get(order.guest)
        if guest is not None and not guest.ended:
            log.warning("There is no place for %s, who leaves", order.name)


def _starts_again(error: BrokenError) -> bool:
    log.warning("A test guest starts again: %s", error)
    return True


async def _run(order: SyntheticOrder) -> int:
    """Run a process once, until it ends or this is cancelled; return its exit code, or that of a problem."""
    try:
        # -P: a folder of our name in the working directory is not us.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "stagedoor", "run", "guest", "--parent", str(os.getpid())),
            stdin=asyncio.subprocess.PIPE,
            stdout=2,
            start_new_session=True,
        )
    except OSError as error:
        log.warning("No process of a test guest can be started: %s", error)
        return Exit.PROBLEM
    try:
        if process.stdin is not None:
            process.stdin.write(order.model_dump_json().encode() + b"\n")
        return await process.wait()
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to end, and kill it if it does not."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
