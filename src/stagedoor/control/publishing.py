"""Publishers' offers: whose they are, where they go, and what they replace."""

import asyncio
import secrets as random

from stagedoor.control.auth import Caller
from stagedoor.control.door import Door
from stagedoor.control.offers import Offers
from stagedoor.control.registry import Session
from stagedoor.control.stage import Stage
from stagedoor.domain.errors import (
    Blame,
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    StagedoorError,
    UnauthenticatedError,
)
from stagedoor.domain.guest import Guest
from stagedoor.domain.house import require_welcome
from stagedoor.domain.ids import secret_id, split_screen
from stagedoor.domain.invite import Invite, Origin
from stagedoor.domain.session import EndReason
from stagedoor.ipc.messages import SessionAnswer, SessionRequest, SessionStatus

PATH_FREE_WITHIN_S = 2.0
TRY_AGAIN_S = 0.1
OPERATORS = "operator-"
"""What the ids of invites begin with whose guests an operator's offers have made."""


class Publishing:
    """Opens publishers' sessions and finds them again.

    Args:
        stage: The state of the show.
        door: Lets in who comes without having pressed Join, such as OBS.
    """

    def __init__(self, stage: Stage, door: Door) -> None:
        self._stage = stage
        self._door = door
        self.opening: dict[str, SessionStatus | None] = {}
        """Sessions that the relay may know already and control not yet, with what it says of them."""
        self.offers = Offers(self._give_up)

    async def open(self, name: str, caller: Caller, instance: str | None, offer: str) -> SessionAnswer:
        """Hand an offer to the relay; the newest session of a guest replaces the one before.

        Args:
            name: A guest's id or a seat's name, with `-screen` for a screen share.
            caller: Who sent it.
            instance: The page that sent it; None for a publisher that is not our page.
            offer: SDP.

        Raises:
            StagedoorError: The caller may not, or the relay cannot take the offer.
        """
        bare, screen = split_screen(name)
        here = {guest.id for guest in self._stage.house.guests.values() if guest.publishes}
        guest = await self._target(bare, screen, caller, instance)
        async with self.offers.visit(guest.id, is_new=guest.id not in here):
            if not screen or caller.operator:
                await self._speak(guest, instance)
            else:
                self._require_speaker(guest, instance)
            async with self.offers.one_at_a_time(guest.id, screen):
                return await self._open(guest.id, name, instance, offer)

    def find(self, name: str, session: str, caller: Caller) -> Session:
        """Return a session that the caller may change.

        Args:
            name: A name of its guest, as `open` takes it.
            session: Its id.
            caller: Who wants to change it.

        Raises:
            NotFoundError: There is none.
            UnauthenticatedError: No credentials came along, and this guest has some.
            ForbiddenError: It is somebody else's.
        """
        found = self._stage.sessions.get(session)
        if found is None or not self._is_called(found, name):
            raise NotFoundError("there is no such session", code="session_unknown", blame=Blame.GUEST)
        if caller.operator:
            return found
        guest = self._stage.house.guest(found.guest)
        if caller.invite is not None:
            if caller.invite.id != guest.invite:
                raise ForbiddenError("this session is somebody else's", blame=Blame.GUEST)
            return found
        invite = self._stage.house.invites.get(guest.invite)
        if found.instance is None and invite is not None and invite.origin is Origin.KNOCK:
            return found
        raise UnauthenticatedError("the invite has to come along", blame=Blame.GUEST)

    def _is_called(self, session: Session, name: str) -> bool:
        """Tell whether a name leads to a session: the one that it was opened by, or one of its guest."""
        bare, screen = split_screen(name)
        if screen is not session.screen:
            return False
        called = self._stage.house.called(bare)
        if called is not None and called.id == session.guest:
            return True
        return session.name == bare or (session.name is None and called is None)

    async def delete(self, session: Session) -> None:
        """End a session as its publisher asks; one that is not our page says good-bye by it."""
        guest = self._stage.house.guest(session.guest)
        if session.instance is None and not session.screen and guest.present:
            await self._stage.apply(self._stage.house.left(guest.id, self._stage.now_ms()))
        else:
            if guest.present:
                self._stage.carriers.unreached(session)
            await self._stage.close(session, EndReason.LEFT)

    async def _target(self, name: str, screen: bool, caller: Caller, instance: str | None) -> Guest:
        if caller.invite is not None:
            return await self._of_invite(name, screen, caller.invite, instance)
        if not (caller.operator or self._stage.house.open):
            raise UnauthenticatedError(
                "an invite has to come along", blame=Blame.GUEST, hint="Send its token as Bearer."
            )
        guest = self._without_invite(name, caller)
        if guest is not None:
            return guest
        if not caller.operator:
            self._require_unpromised(name)
        if screen:
            raise _over(None)
        kind = OPERATORS if caller.operator else ""
        invite = Invite(kind + secret_id(random.token_bytes(16)), name, origin=Origin.KNOCK)
        return await self._door.let_in(invite, name, None)

    def _without_invite(self, name: str, caller: Caller) -> Guest | None:
        """Return the guest that an operator has made by an offer before; None for a free seat."""
        guest = self._stage.house.called(name)
        if guest is None:
            self._stage.house.require_seat(name)
            return None
        if not guest.present:
            raise _over(guest.reason)
        if caller.operator and guest.invite.startswith(OPERATORS):
            return guest
        raise ConflictError(f"{name} is taken", code="seat_taken", values={"seat": name}, blame=Blame.GUEST)

    def _require_unpromised(self, seat: str) -> None:
        if seat in self._stage.house.promised(self._stage.now_ms()):
            raise ConflictError(
                f"{seat} is kept for somebody with an invite",
                code="seat_taken",
                values={"seat": seat},
                blame=Blame.GUEST,
                hint="Choose another seat, or send the invite's token as Bearer.",
            )

    async def _of_invite(self, name: str, screen: bool, invite: Invite, instance: str | None) -> Guest:
        house = self._stage.house
        guest = house.of_invite(invite.id)
        if name not in (invite.seat, *(() if guest is None else (guest.id, guest.seat))):
            self._refuse_name(name, invite)
        require_welcome(invite, guest, self._stage.now_ms())
        if guest is not None and guest.publishes:
            return guest
        if instance is not None or screen:
            raise _over(self._ending(invite, instance))
        return await self._door.let_in(invite, invite.name or name, None)

    def _ending(self, invite: Invite, instance: str | None) -> EndReason | None:
        """Return how the visit of a page has ended that publishes nevertheless."""
        mine = [
            guest
            for guest in self._stage.house.guests.values()
            if (guest.invite, guest.instance) == (invite.id, instance)
        ]
        return mine[-1].reason if mine else None

    def _refuse_name(self, name: str, invite: Invite) -> None:
        house = self._stage.house
        called = house.called(name)
        if called is not None and called.invite == invite.id and called.reason is not None:
            raise _over(called.reason)
        if called is None and name not in house.seats:
            raise NotFoundError("there is no such guest or seat", code="guest_unknown", blame=Blame.GUEST)
        raise ForbiddenError("this invite is for another place", code="forbidden", blame=Blame.GUEST)

    async def _speak(self, guest: Guest, instance: str | None) -> None:
        """Let a publisher that is not our page speak for the guest; a page must have joined."""
        if instance is None and guest.instance is not None:
            invite = self._stage.house.invite(guest.invite)
            await self._door.let_in(invite, guest.name, None)
        else:
            self._require_speaker(guest, instance)

    def _require_speaker(self, guest: Guest, instance: str | None) -> None:
        if instance is not None and guest.instance != instance:
            raise ConflictError(
                "this link is open on another page", code="opened_elsewhere", blame=Blame.GUEST
            )

    async def _open(self, key: str, name: str, instance: str | None, offer: str) -> SessionAnswer:
        stage = self._stage
        bare, screen = split_screen(name)
        guest = self._still_here(key, instance, screen)
        binding = stage.binding(guest, screen=screen)
        carrier = stage.carrier_of(guest)
        session = Session(
            secret_id(random.token_bytes(16)), key, screen, instance, binding.path, carrier, name=bare
        )
        request = SessionRequest(
            session=session.id,
            owner=key,
            label=binding.path,
            offer=offer,
            binding=binding,
            devices=stage.devices(key),
            carrier=carrier,
            max_bitrate=stage.settings.guests.max_bitrate,
        )
        self.opening[session.id] = None
        try:
            answer = await self._offer(request)
            await self._take_up(session)
        finally:
            self.opening.pop(session.id, None)
        return answer

    async def _offer(self, request: SessionRequest) -> SessionAnswer:
        """Hand an offer on; remember why it failed, unless the guest is to come another way by now."""
        stage = self._stage
        try:
            stage.carriers.require(request.carrier)
            async with stage.carriers.answering(request.owner, request.carrier):
                return await self._until_free(request)
        except StagedoorError as error:
            guest = stage.house.guests.get(request.owner)
            if guest is not None and stage.carrier_of(guest) is request.carrier:
                stage.refused(request.owner, error)
            else:
                stage.sessions.drop(request.session)
                await stage.close_at_relay(request.session, EndReason.REPLACED)
            raise

    async def _until_free(self, request: SessionRequest) -> SessionAnswer:
        """Hand an offer on; a path whose last guest is just being seen off is waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATH_FREE_WITHIN_S
        while True:
            try:
                return await self._stage.relay.open_session(request)
            except ConflictError as error:
                if error.code != "path_taken" or loop.time() >= deadline:
                    raise
            await asyncio.sleep(TRY_AGAIN_S)

    async def _take_up(self, session: Session) -> None:
        """Count an answered session in, unless its guest has gone or moved in the meantime."""
        stage = self._stage
        try:
            guest = self._still_here(session.guest, session.instance, session.screen)
        except StagedoorError:
            stage.sessions.drop(session.id)
            await stage.close_at_relay(session.id, EndReason.REPLACED)
            raise
        replaced = stage.sessions.add(session)
        said = self.opening.pop(session.id, None)
        stage.notice(session.guest)
        if said is None:
            stage.publish(session.guest)
        else:
            stage.heard(session, said)
        if replaced is not None:
            await stage.close_at_relay(replaced.id, EndReason.REPLACED)
        if stage.carrier_of(guest) is not session.carrier:
            await stage.close(session, EndReason.REPLACED)
        elif stage.binding(guest, screen=session.screen).path != session.path:
            await stage.rebind(guest)

    def _still_here(self, key: str, instance: str | None, screen: bool) -> Guest:
        guest = self._stage.house.guests.get(key)
        if guest is None or not guest.publishes:
            raise _over(None if guest is None else guest.reason)
        if not screen:
            self._require_speaker(guest, instance)
        return guest

    async def _give_up(self, key: str) -> None:
        """Have a guest leave whom no offer got anywhere."""
        house = self._stage.house
        guest = house.guests.get(key)
        if guest is not None and guest.instance is None and not self._stage.sessions.all_of(key):
            await self._stage.apply(house.left(key, self._stage.now_ms()))


def _over(reason: EndReason | None) -> StagedoorError:
    """Return what a page is told that publishes after its guest's end, or before the beginning."""
    if reason is EndReason.REMOVED:
        return ForbiddenError("the operator has ended this", code="removed", blame=Blame.GUEST)
    if reason is EndReason.EXPIRED:
        return GoneError("this link does not work any more", code="invite_expired")
    return ConflictError("join first", code="not_joined", blame=Blame.GUEST)
