"""The state of the show as control keeps it, and the one way to change it.

A command makes the next `House`; `apply` puts it in place, has it written, tells whoever listens, logs it,
and then makes the relay follow: sessions of those who ended are closed, those of the moved are bound anew.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection

from stagedoor.control import bindings, lifelog, views
from stagedoor.control.carriers import Carriers
from stagedoor.control.event_schemas import Ended
from stagedoor.control.events import Events
from stagedoor.control.health import Found, Health
from stagedoor.control.mixer.hearing import Hearing
from stagedoor.control.mixer.returns import Returns
from stagedoor.control.mixer.tallies import Tallies
from stagedoor.control.own_readers import OwnReaders
from stagedoor.control.own_word import OwnWord
from stagedoor.control.polls import Pollers
from stagedoor.control.registry import Registry, Session
from stagedoor.control.schemas import GuestView
from stagedoor.control.seat_schemas import SeatView
from stagedoor.control.store import Store
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import NotFoundError, StagedoorError, UnavailableError
from stagedoor.domain.guest import Guest
from stagedoor.domain.house import House
from stagedoor.domain.ids import return_path, split_screen
from stagedoor.domain.session import FINAL, EndReason, SessionState
from stagedoor.ipc.client import RelayClient
from stagedoor.ipc.messages import Binding, Devices, SessionStatus
from stagedoor.media.packets import Kind
from stagedoor.settings import Settings
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)


class Stage:
    """Guests, seats, sessions, and who hears of them.

    Args:
        settings: The settings.
        relay: The relay.
        store: What survives a restart.
        now_ms: Milliseconds since the epoch.
    """

    def __init__(
        self, settings: Settings, relay: RelayClient, store: Store, now_ms: Callable[[], int]
    ) -> None:
        self.settings = settings
        self.relay = relay
        self.now_ms = now_ms
        self.house = House(tuple(seat.name for seat in settings.guests.seats), settings.guests.open)
        self.sessions = Registry()
        self.carriers = Carriers(settings, now_ms)
        self.events = Events()
        self.health = Health(now_ms, has_mixer=settings.mixer.runs, may_reach_air=self._may_reach_air)
        self.tallies = Tallies(self.house.seats, now_ms)
        self.returns = Returns(settings)
        self.hearing = Hearing()
        self.on_change: Callable[[], None] = lambda: None
        """Called when guests, their seats or their carriers may have changed."""
        self.on_health: Callable[[Found], None] = lambda _: None
        """Told what is wrong when that may have changed."""
        self.invites = 0
        """How often other links have worked than before."""
        self.on_studio: Callable[[], None] = lambda: None
        """Called when guests may have to be told something else of the studio."""
        self.pollers = Pollers(now_ms)
        self.own_readers = OwnReaders(relay, self.paths_of)
        self._store = store
        self._words: dict[str, OwnWord] = {}

    def view(self, guest: Guest) -> GuestView:
        """Return a guest as the API shows it."""
        beside = views.Beside(
            color=views.color_of(guest, self.settings.guests.seats),
            seat_label=views.label_of(guest.seat, self.settings.guests.seats),
            word=self.word(guest.id),
            tally=self.tallies.of(guest.seat),
            heard=self.tallies.is_heard(guest.seat),
            return_picture=self.returns.picture(guest.seat),
            hears=self.hearing.of(bindings.base_path(guest)),
            carrier=self.carrier_of(guest),
            trouble=self.carriers.trouble(guest.id),
        )
        return views.guest_view(guest, beside, self.sessions.all_of(guest.id))

    def seats(self) -> tuple[SeatView, ...]:
        """Return the seats as the API shows them."""
        return views.seat_views(self.settings.guests.seats, self.house, self.returns, self.now_ms())

    def guests(self) -> tuple[GuestView, ...]:
        """Return all guests as operators are shown them: by seat, then in the order in which they came."""
        order = {seat: number for number, seat in enumerate(self.house.seats)}
        listed = sorted(self.house.guests.values(), key=lambda g: order.get(g.seat or "", len(order)))
        return tuple(views.for_desk(self.view(guest)) for guest in listed)

    def devices(self, guest: str) -> Devices:
        """Return which devices a guest's page said are on."""
        return self.word(guest).switches

    def word(self, guest: str) -> OwnWord:
        """Return what a guest's page said of itself."""
        return self._words.get(guest, OwnWord())

    def carrier_of(self, guest: Guest) -> CarrierKind:
        """Return the carrier that a guest's next session takes."""
        return self.carriers.of(guest, self.house.invites)

    def binding(self, guest: Guest, *, screen: bool) -> Binding:
        """Return where a session of a guest belongs: a seat with destinations, or the lobby."""
        return bindings.binding(guest, self.settings.relay, screen=screen)

    def paths_of(self, invite: str) -> frozenset[str]:
        """Return where the guest of an invite is published, or would be, and what comes back.

        There is nothing for a guest who has ended.
        """
        guest = self.house.of_invite(invite)
        if guest is None:
            return frozenset()
        own = {self.binding(guest, screen=screen).path for screen in (False, True)}
        return frozenset(own | {return_path(bindings.base_path(guest))})

    def restore(self, house: House) -> None:
        """Start with the house of the last run."""
        self.house = house

    async def apply(self, house: House) -> None:
        """Make a house the present one, and the relay follow.

        The relay's failures are not the caller's: the reconciler mends what stays behind.
        """
        changes = self.commit(house)
        strays = self.own_readers.strays()
        for before, after in changes:
            if after.ended:
                await self._see_off(after)
            elif before is not None and before.publishes and not after.publishes:
                await self._hang_up(after, EndReason.LEFT)
            elif before is not None and before.seat != after.seat:
                await self.rebind(after)
        await self.own_readers.close(strays)

    def commit(self, house: House) -> list[tuple[Guest | None, Guest]]:
        """Make a house the present one; return the guests that have changed, before and after."""
        before, self.house = self.house, house
        self._store.put_house(before, house)
        old = before.guests
        changes = [(old.get(key), guest) for key, guest in house.guests.items() if old.get(key) is not guest]
        for was, guest in changes:
            lifelog.tell(was, guest)
            if was is not None:
                self._forget_words(was, guest)
            self.events.guest(self.view(guest))
        for gone in before.guests.keys() - house.guests.keys():
            self._words.pop(gone, None)
            self.carriers.forget(gone)
            self.events.guest_gone(gone)
        if before.invites is not house.invites and before.invites != house.invites:
            self.invites += 1
            self.events.invites(self.invites)
        if self._taken(before) != self._taken(house):
            self.events.seats(self.seats())
        self.on_change()
        return changes

    def notice(self, guest: str) -> None:
        """Look again at what is connected of a guest: pages, media."""
        found = self.house.guests.get(guest)
        if found is None or found.ended:
            return
        page = any(p.instance == found.instance for p in self.events.pages(guest))
        page = page or self.pollers.expects(guest, found.instance)
        media = self.sessions.of(guest, screen=False) is not None
        screen = self.sessions.of(guest, screen=True) is not None
        here = page or media or screen
        if (page, media) != (found.page, found.media) or (found.gone_ms is None) != here:
            now_ms = self.now_ms()
            self.commit(self.house.seen(guest, page=page, media=media, now_ms=now_ms, screen=screen))

    def heard(self, session: Session, status: SessionStatus) -> None:
        """Take what the relay says of a session."""
        session.status, session.path, session.carrier = status, status.path, status.carrier
        self.sessions.moved(session)
        self.on_change()
        if not session.screen:
            self._words.setdefault(session.guest, OwnWord(status.devices))
        if status.state is SessionState.LIVE and not session.screen:
            self.carriers.forget(session.guest)
        if status.state is SessionState.CLOSED:
            self.carriers.broken(session.guest, status.cloudflare)
            if status.reason is EndReason.LOST:
                self.carriers.unreached(session)
            self.forget(session, status.reason or EndReason.LOST)
            return
        self.publish(session.guest)

    def forget(self, session: Session, reason: EndReason) -> None:
        """Take note that a session is over; it is shown once as closed."""
        session.ended = reason
        fields = {"guest": session.guest, "session": session.id[:8], "reason": reason.value}
        with_fields(log, **fields).info("Session of %s closed", session.path)
        self.publish(session.guest)
        self.sessions.drop(session.id)
        if session.screen and reason in FINAL:
            # Nobody waits for it to come back, as for a lost one.
            self.sessions.share_ended(session.path)
            self.on_change()
        self.notice(session.guest)
        self.check_health()

    async def close(self, session: Session, reason: EndReason) -> None:
        """End a session, here at once and then at the relay."""
        self.forget(session, reason)
        await self.close_at_relay(session.id, reason)

    async def close_at_relay(self, session: str, reason: EndReason) -> None:
        """End a session at the relay, which may not know it any more, or be gone itself."""
        try:
            await self.relay.close_session(session, reason)
        except NotFoundError:
            log.debug("The relay had closed session %s already", session[:8])
        except StagedoorError as error:
            log.warning("A session could not be closed: %s", error)

    async def rebind(self, guest: Guest) -> None:
        """Have all sessions of a guest published where they belong."""
        for session in self.sessions.all_of(guest.id):
            try:
                status = await self.relay.bind(session.id, self.binding(guest, screen=session.screen))
            except StagedoorError as error:
                log.warning("A session could not be moved, it is tried again: %s", error)
            else:
                if self.sessions.get(session.id) is session:
                    self.heard(session, status)

    async def carry(self, guest: str, carrier: CarrierKind | None) -> None:
        """Have a guest come by a carrier; sessions by another one end, and their page comes back by itself.

        Raises:
            NotFoundError: There is no such guest.
            ConflictError: Nobody can come by this carrier, or the guest has ended.
        """
        self.carriers.require(carrier)
        await self.apply(self.house.by_carrier(guest, carrier))
        self.carriers.forget(guest)
        self.publish(guest)
        wanted = self.carrier_of(self.house.guest(guest))
        self.carriers.give_up(guest, wanted)
        for session in self.sessions.all_of(guest):
            if session.carrier is not wanted:
                await self.close(session, EndReason.REPLACED)

    def refused(self, guest: str, error: StagedoorError) -> None:
        """Take note that a guest's offer failed."""
        self.carriers.refused(guest, error)
        self.publish(guest)

    async def sending(self, guest: Guest, session: str, kinds: tuple[Kind, ...]) -> None:
        """Tell the relay that a guest's page has seen its own packets leave for Cloudflare."""
        found = self.sessions.get(session)
        if found is None or found.guest != guest.id or found.carrier is not CarrierKind.CLOUDFLARE:
            return
        try:
            await self.relay.sending(session, kinds)
        except StagedoorError as error:
            log.debug("Session %s is pulled without the page's word: %s", session[:8], error)

    async def report(self, guest: Guest, word: OwnWord) -> None:
        """Take what a guest's page says of itself; what it leaves out stays as it was."""
        before = self.word(guest.id)
        self._words[guest.id] = now = before.followed_by(word)
        if now != before:
            self.on_change()
            self.publish(guest.id)
        camera = self.sessions.of(guest.id, screen=False)
        if camera is not None:
            with contextlib.suppress(NotFoundError, UnavailableError):
                await self.relay.set_devices(camera.id, word.switches)

    def _may_reach_air(self, path: str) -> bool:
        """Tell whether the audience may miss what a path does not bring to its destinations.

        Where guests are read from there, each of them may be on air; else the tally says who is.
        """
        seat, _ = split_screen(path)
        return self.settings.mixer.takes_destinations or self.tallies.is_on_air(seat)

    def publish(self, guest: str) -> None:
        """Tell whoever listens how a guest is."""
        found = self.house.guests.get(guest)
        if found is not None:
            self.events.guest(self.view(found))

    def show_seats(self, seats: Collection[str]) -> None:
        """Tell whoever listens how the guests in these seats are, or at these paths of the lobby."""
        for guest in self.house.guests.values():
            if not guest.ended and bindings.base_path(guest) in seats:
                self.publish(guest.id)

    def check_health(self) -> None:
        """Tell operators if health has changed."""
        self.health.returns = self.returns.failing()
        found = self.health.found(self.sessions)
        changed = self.health.changed(found)
        if changed is not None:
            self.events.health(changed)
        self.on_health(found)

    async def tick(self, every_s: float = 0.25) -> None:
        """Let time do its work, until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            house = self.house.overdue(self.now_ms())
            if house is not self.house:
                await self.apply(house)
            for guest in self.pollers.overdue():
                self.notice(guest)
            if seats := self.tallies.lapse():
                log.warning("The tally was not put again in time: it is unknown")
                self.show_seats(seats)
                self.on_studio()

    async def _see_off(self, guest: Guest) -> None:
        reason = guest.reason or EndReason.LEFT
        for page in self.events.pages(guest.id):
            if reason in FINAL:
                self.events.ended(page, Ended.model_validate({"reason": reason.value}))
        await self._hang_up(guest, reason)

    async def _hang_up(self, guest: Guest, reason: EndReason) -> None:
        for session in self.sessions.all_of(guest.id):
            await self.close(session, reason)

    def _forget_words(self, was: Guest, now: Guest) -> None:
        """Forget what a page has said that only holds while it is there."""
        if was.instance is not None and now.instance is None:
            # What publishes now is no page: it has no switches that a page could have left off.
            self._words.pop(now.id, None)
        elif now.id in self._words and (was.instance != now.instance or (was.page and not now.page)):
            self._words[now.id] = self._words[now.id].with_page_closed()

    def _taken(self, house: House) -> list[tuple[str, bool] | None]:
        holders = (house.holder(seat) for seat in house.seats)
        return [None if guest is None else (guest.id, guest.away) for guest in holders]
