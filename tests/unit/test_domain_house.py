"""A guest's life: the table, the rules of seats, and random walks through both."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from stagedoor.domain import guest as guests
from stagedoor.domain.errors import (
    CapacityError,
    ConflictError,
    ForbiddenError,
    GoneError,
    IllegalTransitionError,
    NotFoundError,
    StagedoorError,
)
from stagedoor.domain.guest import ENDED, TRANSITIONS, Guest, GuestState
from stagedoor.domain.house import ARRIVE_MS, CHECKING_MS, MAX_GUESTS, MAX_KNOCKING, SHOWN_MS, House
from stagedoor.domain.invite import Admit, Invite, Origin
from stagedoor.domain.seat import HOLD_MS
from stagedoor.domain.session import EndReason

pytestmark = pytest.mark.unit

NOW = 1_000_000
SEATS = ("guest1", "guest2")


def house(*invites: Invite, open: bool = False) -> House:
    made = House(SEATS, open=open)
    for number, invite in enumerate(invites):
        made = made.with_invite(invite).expecting(f"g{number}", invite)
    return made


def in_seat(*, origin: Origin = Origin.LINK, expires_ms: int | None = None) -> House:
    invite = Invite("i", seat="guest1", origin=origin, expires_ms=expires_ms)
    joined = house(invite).joined("g0", "Ann", NOW)
    return joined.seen("g0", page=True, media=True, now_ms=NOW)


class TestTable:
    def test_every_state_is_in_it(self) -> None:
        assert set(TRANSITIONS) == set(GuestState)

    def test_endings_have_no_exits(self) -> None:
        assert all(not TRANSITIONS[state] for state in ENDED)
        assert {s for s in GuestState if not TRANSITIONS[s]} == ENDED

    @pytest.mark.parametrize("state", GuestState)
    @pytest.mark.parametrize("to", GuestState)
    def test_the_mover_obeys_it(self, state: GuestState, to: GuestState) -> None:
        guest = Guest("g", "i", state=state)
        if to in TRANSITIONS[state]:
            assert guest.to(to).state is to
        else:
            with pytest.raises(IllegalTransitionError):
                guest.to(to)


class TestJoining:
    def test_an_invite_with_a_seat_leads_there(self) -> None:
        guest = house(Invite("i", seat="guest2")).joined("g0", "Ann", NOW).guest("g0")
        assert (guest.state, guest.seat, guest.name) == (GuestState.SEATED, "guest2", "Ann")

    @pytest.mark.parametrize("invite", [Invite("i", seat="guest1", admit=Admit.LOBBY), Invite("i")])
    def test_others_lead_to_the_lobby(self, invite: Invite) -> None:
        guest = house(invite).joined("g0", "Ann", NOW).guest("g0")
        assert (guest.state, guest.seat) == (GuestState.LOBBY, None)

    def test_an_open_house_gives_a_free_seat_that_is_promised_to_nobody(self) -> None:
        here = house(Invite("k", origin=Origin.KNOCK), Invite("i", seat="guest1"), open=True)
        assert here.joined("g0", "", NOW).guest("g0").seat == "guest2"

    def test_where_only_promised_seats_are_left_a_stranger_waits_in_the_lobby(self) -> None:
        promises = [Invite(f"i{seat}", seat=seat) for seat in house().seats]
        here = house(Invite("k", origin=Origin.KNOCK), *promises, open=True)
        assert here.joined("g0", "", NOW).guest("g0").state is GuestState.LOBBY

    def test_only_links_that_work_promise_a_seat(self) -> None:
        here = house(
            Invite("k", seat="guest1", origin=Origin.KNOCK), Invite("i", seat="guest2", expires_ms=NOW + 10)
        )
        assert here.promised(NOW) == {"guest2"}
        assert here.promised(NOW + 10) == here.revoked("i", NOW).promised(NOW) == frozenset()

    def test_an_open_house_has_a_lobby_when_it_is_full(self) -> None:
        here = house(*(Invite(f"k{n}", origin=Origin.KNOCK) for n in range(3)), open=True)
        for n in range(3):
            here = here.joined(f"g{n}", "", NOW)
        assert [g.seat for g in here.guests.values()] == ["guest1", "guest2", None]

    def test_a_taken_seat_is_refused(self) -> None:
        here = house(Invite("i", seat="guest1"), Invite("j", seat="guest1")).joined("g0", "Ann", NOW)
        with pytest.raises(ConflictError) as caught:
            here.joined("g1", "Bob", NOW)
        assert caught.value.code == "seat_taken"

    def test_coming_back_keeps_the_place(self) -> None:
        away = in_seat().seen("g0", page=False, media=False, now_ms=NOW)
        assert away.joined("g0", "Ann B.", NOW + 10**9).guest("g0").seat == "guest1"

    def test_an_expired_or_revoked_link_lets_nobody_in(self) -> None:
        with pytest.raises(GoneError):
            house(Invite("i", expires_ms=NOW)).joined("g0", "", NOW)
        here = house(Invite("i")).joined("g0", "", NOW).left("g0", NOW).revoked("i", NOW)
        with pytest.raises(GoneError):
            here.expecting("g9", here.invite("i")).joined("g9", "", NOW)

    def test_a_blocked_one_says_so(self) -> None:
        here = in_seat().removed("g0", NOW, block=True)
        with pytest.raises(ForbiddenError) as caught:
            here.expecting("g1", here.invite("i")).joined("g1", "", NOW)
        assert caught.value.code == "removed"

    def test_the_lobby_and_the_house_are_bounded(self) -> None:
        here = House(SEATS)
        for n in range(MAX_KNOCKING + 1):
            invite = Invite(f"k{n}", origin=Origin.KNOCK)
            here = here.with_invite(invite).expecting(f"g{n}", invite)
            if n < MAX_KNOCKING:
                here = here.joined(f"g{n}", "", NOW)
        with pytest.raises(CapacityError):
            here.joined(f"g{MAX_KNOCKING}", "", NOW)
        for n in range(MAX_KNOCKING + 1, MAX_GUESTS):
            here = here.with_invite(Invite(f"i{n}")).expecting(f"g{n}", Invite(f"i{n}"))
        with pytest.raises(CapacityError):
            here.expecting("one-more", Invite("one-more"))


class TestSeats:
    def test_seat_hold_seat(self) -> None:
        here = house(Invite("i")).joined("g0", "", NOW).seated("g0", "guest1")
        assert here.holder("guest1") == here.guest("g0")
        assert here.held("g0").holder("guest1") is None
        assert here.held("g0").seated("g0", "guest2").guest("g0").seat == "guest2"

    def test_moving_to_another_seat_frees_the_first(self) -> None:
        here = in_seat().seated("g0", "guest2")
        assert here.holder("guest1") is None

    def test_a_taken_seat_stays_taken(self) -> None:
        here = house(Invite("i", seat="guest1"), Invite("j")).joined("g0", "A", NOW).joined("g1", "B", NOW)
        with pytest.raises(ConflictError):
            here.seated("g1", "guest1")

    def test_only_those_who_joined_can_be_seated_or_held(self) -> None:
        here = house(Invite("i"))
        with pytest.raises(ConflictError):
            here.seated("g0", "guest1")
        with pytest.raises(ConflictError):
            here.held("g0")
        with pytest.raises(NotFoundError):
            here.seated("g0", "guest9")
        with pytest.raises(NotFoundError):
            here.seated("nobody", "guest1")

    def test_an_invites_seat_is_held_without_limit(self) -> None:
        away = in_seat().seen("g0", page=False, media=False, now_ms=NOW)
        later = away.overdue(NOW + 10**10)
        assert later.guest("g0").away
        assert later.holder("guest1") == later.guest("g0")
        assert later.held_for_ms(later.guest("g0"), NOW) is None

    def test_without_an_invite_for_a_minute(self) -> None:
        away = in_seat(origin=Origin.KNOCK).seen("g0", page=False, media=False, now_ms=NOW)
        assert away.held_for_ms(away.guest("g0"), NOW + 1) == HOLD_MS - 1
        assert away.overdue(NOW + HOLD_MS - 1).holder("guest1") is not None
        over = away.overdue(NOW + HOLD_MS)
        assert over.holder("guest1") is None
        assert over.guest("g0").reason is EndReason.EXPIRED

    @pytest.mark.parametrize(("instance", "held_ms"), [("page-1", ARRIVE_MS), (None, HOLD_MS)])
    def test_a_page_that_never_shows_itself_is_not_held_so_long(
        self, instance: str | None, held_ms: int
    ) -> None:
        joined = house(Invite("k", origin=Origin.KNOCK)).joined("g0", "", NOW)
        knocked = joined.with_guest(replace(joined.guest("g0"), instance=instance))
        assert knocked.held_for_ms(knocked.guest("g0"), NOW) == held_ms
        assert knocked.overdue(NOW + held_ms).guest("g0").reason is EndReason.EXPIRED
        shown = knocked.seen("g0", page=True, media=False, now_ms=NOW)
        gone = shown.seen("g0", page=False, media=False, now_ms=NOW)
        assert gone.held_for_ms(gone.guest("g0"), NOW) == HOLD_MS

    def test_coming_back_stops_the_minute(self) -> None:
        away = in_seat(origin=Origin.KNOCK).seen("g0", page=False, media=False, now_ms=NOW)
        back = away.seen("g0", page=False, media=True, now_ms=NOW + 100)
        assert back.overdue(NOW + HOLD_MS * 2).holder("guest1") is not None

    def test_a_screen_share_alone_keeps_the_place(self) -> None:
        away = in_seat(origin=Origin.KNOCK).seen("g0", page=False, media=False, now_ms=NOW, screen=True)
        assert away.guest("g0").away
        assert away.held_for_ms(away.guest("g0"), NOW) is None
        assert away.overdue(NOW + HOLD_MS * 2).holder("guest1") is not None
        gone = away.seen("g0", page=False, media=False, now_ms=NOW + 5)
        assert gone.held_for_ms(gone.guest("g0"), NOW + 5) == HOLD_MS

    def test_an_expiry_never_cuts_somebody_who_is_connected(self) -> None:
        here = in_seat(expires_ms=NOW + 100)
        assert here.overdue(NOW + 10**9).guest("g0").state is GuestState.SEATED

    @pytest.mark.parametrize("gone_ms", [NOW + 50, NOW + 300])
    def test_who_is_in_when_the_link_expires_keeps_the_place_as_after_a_knock(self, gone_ms: int) -> None:
        away = in_seat(expires_ms=NOW + 100).seen("g0", page=False, media=False, now_ms=gone_ms)
        held = away.overdue(gone_ms + HOLD_MS - 1)
        assert held.held_for_ms(held.guest("g0"), gone_ms + HOLD_MS - 1) == 1
        back = held.joined("g0", "Ann", gone_ms + HOLD_MS - 1)
        assert back.guest("g0").seat == "guest1"
        over = held.overdue(gone_ms + HOLD_MS)
        assert over.guest("g0").state is GuestState.EXPIRED
        assert over.holder("guest1") is None
        with pytest.raises(GoneError):
            held.joined("g0", "Ann", gone_ms + HOLD_MS)

    def test_a_link_that_expires_before_its_guest_is_in_lets_nobody_in(self) -> None:
        opened = house(Invite("i", expires_ms=NOW + 100)).opened("g0", NOW)
        assert opened.overdue(NOW + 100).guest("g0").state is GuestState.EXPIRED
        with pytest.raises(GoneError):
            opened.joined("g0", "Ann", NOW + 100)


class TestPresence:
    def test_away_is_media_gone_and_place_held(self) -> None:
        here = in_seat()
        assert not here.guest("g0").away
        assert here.seen("g0", page=True, media=False, now_ms=NOW).guest("g0").away

    def test_not_away_while_the_first_media_is_on_its_way(self) -> None:
        joined = house(Invite("i")).joined("g0", "", NOW)
        assert joined.guest("g0").away
        assert not joined.seen("g0", page=True, media=False, now_ms=NOW).guest("g0").away

    def test_a_page_that_closes_before_join_is_expected_again(self) -> None:
        here = house(Invite("i")).opened("g0", NOW).seen("g0", page=True, media=False, now_ms=NOW)
        assert here.guest("g0").state is GuestState.CHECKING
        assert here.seen("g0", page=False, media=False, now_ms=NOW).guest("g0").state is GuestState.INVITED

    def test_a_page_that_never_speaks_is_expected_again(self) -> None:
        here = house(Invite("i")).opened("g0", NOW)
        assert here.overdue(NOW + CHECKING_MS - 1).guest("g0").state is GuestState.CHECKING
        assert here.overdue(NOW + CHECKING_MS).guest("g0").state is GuestState.INVITED

    @pytest.mark.parametrize("page", [True, False])
    def test_who_has_knocked_and_is_not_there_any_more_is_expected_by_nobody(self, page: bool) -> None:
        here = house(Invite("k", origin=Origin.KNOCK)).opened("g0", NOW)
        if page:
            shown = here.seen("g0", page=True, media=False, now_ms=NOW)
            over = shown.seen("g0", page=False, media=False, now_ms=NOW + CHECKING_MS)
        else:
            over = here.overdue(NOW + CHECKING_MS)
        assert over.guest("g0").reason is EndReason.LEFT
        assert not over.overdue(NOW + CHECKING_MS + SHOWN_MS).guests


class TestChecks:
    """A page that sends before its guest is in."""

    def checked(self, invite: Invite) -> House:
        asked = house(invite).opened("g0", NOW).joined("g0", "Ann", NOW, checks=True)
        here = asked.with_guest(replace(asked.guest("g0"), instance="page-1"))
        return here.seen("g0", page=True, media=True, now_ms=NOW)

    def test_who_is_checked_may_send_and_is_nowhere_yet(self) -> None:
        opened = house(Invite("i", seat="guest1")).opened("g0", NOW).guest("g0")
        assert (opened.publishes, opened.state) == (False, GuestState.CHECKING)
        here = self.checked(Invite("i", seat="guest1"))
        checked = here.guest("g0")
        assert (checked.publishes, checked.present, checked.seat) == (True, False, None)
        with pytest.raises(ConflictError):
            here.seated("g0", "guest2")
        assert here.joined("g0", "Ann", NOW).guest("g0").seat == "guest1"

    def test_who_comes_in_from_a_check_is_away_once_the_media_is_gone(self) -> None:
        here = self.checked(Invite("i", seat="guest1")).joined("g0", "Ann", NOW)
        assert not here.guest("g0").away
        assert here.seen("g0", page=True, media=False, now_ms=NOW).guest("g0").away

    def test_who_is_in_stays_in(self) -> None:
        assert in_seat().joined("g0", "Ann", NOW, checks=True).guest("g0").seat == "guest1"

    def test_a_taken_seat_is_told_before_the_check(self) -> None:
        here = house(Invite("i", seat="guest1"), Invite("j", seat="guest1")).joined("g0", "", NOW)
        with pytest.raises(ConflictError):
            here.joined("g1", "", NOW, checks=True)

    def test_a_line_that_drops_for_a_moment_ends_no_check(self) -> None:
        gone = self.checked(Invite("i")).seen("g0", page=False, media=False, now_ms=NOW)
        assert gone.overdue(NOW + HOLD_MS - 1).guest("g0").publishes
        over = gone.overdue(NOW + HOLD_MS).guest("g0")
        assert (over.publishes, over.state, over.instance) == (False, GuestState.INVITED, None)

    def test_who_knocks_is_bounded_and_not_held_for_ever(self) -> None:
        knock = Invite("k", origin=Origin.KNOCK)
        gone = self.checked(knock).seen("g0", page=False, media=False, now_ms=NOW)
        assert gone.overdue(NOW + HOLD_MS).guest("g0").reason is EndReason.EXPIRED
        assert self.checked(knock).left("g0", NOW).guest("g0").state is GuestState.LEFT
        full = house(*(Invite(f"k{n}", origin=Origin.KNOCK) for n in range(MAX_KNOCKING + 1)))
        for n in range(MAX_KNOCKING):
            joined = full.joined(f"g{n}", "", NOW, checks=True)
            full = joined.with_guest(replace(joined.guest(f"g{n}"), instance=f"page-{n}"))
        with pytest.raises(CapacityError):
            full.joined(f"g{MAX_KNOCKING}", "", NOW, checks=True)
        assert full.joined("g0", "", NOW).guest("g0").state is GuestState.LOBBY


class TestEndings:
    def test_the_ended_are_shown_and_forgotten(self) -> None:
        here = in_seat().left("g0", NOW)
        assert here.overdue(NOW + SHOWN_MS - 1).guest("g0").state is GuestState.LEFT
        forgotten = here.overdue(NOW + SHOWN_MS)
        assert not forgotten.guests
        assert forgotten.invite("i").works(NOW)

    def test_the_next_one_of_an_invite_is_a_new_guest(self) -> None:
        here = in_seat().left("g0", NOW)
        again = here.expecting("g1", here.invite("i")).joined("g1", "Ann", NOW)
        assert again.guest("g1").seat == "guest1"
        assert again.guest("g0").state is GuestState.LEFT

    def test_revoking_spares_who_is_in(self) -> None:
        assert in_seat().revoked("i", NOW).guest("g0").present
        assert house(Invite("i")).revoked("i", NOW).guest("g0").state is GuestState.REMOVED

    def test_removing_twice_is_a_conflict(self) -> None:
        with pytest.raises(ConflictError):
            in_seat().removed("g0", NOW, block=False).removed("g0", NOW, block=False)


class Walk(RuleBasedStateMachine):
    """Anything may be asked at any time: what is refused changes nothing, what is done keeps the rules."""

    ids = Bundle("ids")
    invites = Bundle("invites")

    @initialize(open=st.booleans())
    def start(self, open: bool) -> None:
        self.house = House(("guest1", "guest2", "guest3"), open=open)
        self.now = NOW
        self.count = 0

    def attempt(self, command: Any) -> None:
        before = self.house
        try:
            after = command()
        except StagedoorError as error:
            if error.status >= 500 and not isinstance(error, CapacityError):
                raise
            return
        self.check_step(before, after)
        self.house = after

    def check_step(self, before: House, after: House) -> None:
        for guest in before.guests.values():
            now = after.guests.get(guest.id)
            if guest.ended:
                assert now is None or now.state is guest.state
            elif now is None:
                pytest.fail("somebody vanished without an ending")
        for seat in before.seats:
            had, has = before.holder(seat), after.holder(seat)
            if had and has and had.id != has.id:
                pytest.fail(f"{seat} was taken from {had} by {has}")

    @rule(
        target=invites,
        seat=st.sampled_from([None, "guest1", "guest2", "guest3"]),
        admit=st.sampled_from(Admit),
        origin=st.sampled_from(Origin),
        expires=st.one_of(st.none(), st.integers(0, 10**6)),
    )
    def make_invite(self, seat: str | None, admit: Admit, origin: Origin, expires: int | None) -> str:
        self.count += 1
        expires_ms = None if expires is None else self.now + expires
        self.house = self.house.with_invite(Invite(f"i{self.count}", seat, None, admit, origin, expires_ms))
        return f"i{self.count}"

    @rule(target=ids, invite=invites)
    def expect(self, invite: str) -> Any:
        if invite not in self.house.invites:
            return multiple()
        self.count += 1
        self.attempt(lambda: self.house.expecting(f"g{self.count}", self.house.invite(invite)))
        return f"g{self.count}"

    @rule(guest=ids)
    def open(self, guest: str) -> None:
        self.attempt(lambda: self.house.opened(guest, self.now))

    @rule(guest=ids)
    def join(self, guest: str) -> None:
        self.attempt(lambda: self.house.joined(guest, "Ann", self.now))

    @rule(guest=ids, seat=st.sampled_from(["guest1", "guest2", "guest3", "guest4"]))
    def seat(self, guest: str, seat: str) -> None:
        self.attempt(lambda: self.house.seated(guest, seat))

    @rule(guest=ids)
    def hold(self, guest: str) -> None:
        self.attempt(lambda: self.house.held(guest))

    @rule(guest=ids)
    def leave(self, guest: str) -> None:
        self.attempt(lambda: self.house.left(guest, self.now))

    @rule(guest=ids, block=st.booleans())
    def remove(self, guest: str, block: bool) -> None:
        self.attempt(lambda: self.house.removed(guest, self.now, block=block))

    @rule(invite=consumes(invites))
    def revoke(self, invite: str) -> None:
        self.attempt(lambda: self.house.revoked(invite, self.now))

    @rule(guest=ids, page=st.booleans(), media=st.booleans())
    def connect(self, guest: str, page: bool, media: bool) -> None:
        known = self.house.guests.get(guest)
        media = media and known is not None and known.present
        self.attempt(lambda: self.house.seen(guest, page=page, media=media, now_ms=self.now))

    @rule(passed=st.integers(0, 100_000))
    def wait(self, passed: int) -> None:
        self.now += passed
        self.attempt(lambda: self.house.overdue(self.now))
        for guest in self.house.guests.values():
            assert self.house.held_for_ms(guest, self.now) != 0

    @invariant()
    def a_seat_has_one_guest_and_only_the_seated_have_seats(self) -> None:
        taken = [g.seat for g in self.house.guests.values() if g.seat is not None]
        assert len(taken) == len(set(taken))
        for guest in self.house.guests.values():
            assert (guest.seat is not None) == (guest.state is GuestState.SEATED)

    @invariant()
    def an_invite_has_one_guest(self) -> None:
        live = [g.invite for g in self.house.guests.values() if not g.ended]
        assert len(live) == len(set(live))

    @invariant()
    def the_ended_are_nowhere(self) -> None:
        for guest in self.house.guests.values():
            if guest.ended:
                assert (guest.page, guest.media, guest.away) == (False, False, False)
                assert guest.reason is not None
                assert guest.ended_ms is not None


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWalk = Walk.TestCase
TestWalk.pytestmark = [pytest.mark.unit]  # type: ignore[attr-defined]


@given(st.sampled_from(GuestState), st.booleans(), st.booleans(), st.booleans())
def test_away_needs_a_place(state: GuestState, page: bool, media: bool, met: bool) -> None:
    guest = replace(Guest("g", "i", state=state), page=page, media=media, met=met)
    assert not guest.away or (state in guests.PRESENT and not media)
