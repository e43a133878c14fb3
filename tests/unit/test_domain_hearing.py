"""Who hears whom, by value and over all places, scenes, modes and talkback."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.hearing import (
    PROGRAM_BUS,
    Bus,
    Carried,
    Listener,
    Place,
    Room,
    buses,
    carried,
    monitor_bus,
    return_bus,
)
from stagedoor.domain.scene import SceneSound
from stagedoor.domain.strip import Follow, Strip, linear

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Guest:
    name: str
    place: Place = Place.SEATED
    hears_program: bool = True
    outside: str = ""
    returning: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        return self.name, f"{self.name}-screen"


@dataclass(frozen=True)
class Listening:
    operator: str
    listen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Speaking:
    operator: str
    to: tuple[str, ...] = ()


NAMES = ("guest1", "guest2", "lobby-g_x")
OPERATORS = ("ann", "bob")
OUTSIDE = "outside-guest2"
SOURCES = (*(source for name in NAMES for source in Guest(name).sources), "film", "talkback-ann", OUTSIDE)

strips = st.builds(
    Strip,
    gain_db=st.sampled_from([-60.0, -12.0, 0.0, 6.0]),
    muted=st.booleans(),
    follow=st.sampled_from(Follow),
)
rooms = st.builds(
    Room,
    sources=st.lists(st.sampled_from(SOURCES), unique=True).map(tuple),
    on_air=st.frozensets(st.sampled_from(SOURCES)),
    strips=st.dictionaries(st.sampled_from(SOURCES), strips),
    rules=st.dictionaries(
        st.sampled_from(SOURCES),
        st.builds(
            SceneSound,
            st.just("film"),
            st.sampled_from([None, *Follow]),
            st.sampled_from([-12.0, 0.0, 20.0]),
        ),
    ),
    listeners=st.tuples(
        *(
            st.builds(
                Guest,
                st.just(name),
                st.sampled_from(Place),
                st.booleans(),
                st.sampled_from(["", OUTSIDE] if name == "guest2" else [""]),
                st.sampled_from([(), ("film",)] if name == "guest1" else [()]),
            )
            for name in NAMES
        )
    ),
    monitors=st.tuples(
        *(
            st.builds(Listening, st.just(name), st.lists(st.sampled_from(SOURCES), max_size=3).map(tuple))
            for name in OPERATORS
        )
    ),
    talkbacks=st.lists(
        st.builds(Speaking, st.sampled_from(OPERATORS), st.frozensets(st.sampled_from(NAMES)).map(tuple)),
        max_size=2,
    ).map(tuple),
)


def stage(**changes: object) -> Room:
    """Two seated guests and one in the lobby; guest1 is on air; one operator listens to program."""
    room = Room(
        sources=("guest1", "guest1-screen", "guest2", "lobby-g_x", "film"),
        on_air={"guest1"},
        listeners=(Guest("guest1"), Guest("guest2"), Guest("lobby-g_x", Place.LOBBY)),
        monitors=(Listening("ann"), Listening("bob")),
    )
    return replace(room, **changes)  # type: ignore[arg-type]


def program(room: Room) -> dict[str, float]:
    return dict(buses(room)[PROGRAM_BUS].gains)


def returned(room: Room, name: str) -> Bus:
    return buses(room)[return_bus(name)]


def monitored(room: Room, operator: str) -> dict[str, float]:
    return dict(buses(room)[monitor_bus(operator)].gains)


class TestProgram:
    def test_whoever_is_on_air_is_heard(self) -> None:
        assert program(stage()) == {"guest1": 1.0}
        assert program(stage(on_air={"guest1", "guest2", "film"})) == {"guest1": 1, "guest2": 1, "film": 1}

    @pytest.mark.parametrize(
        ("follow", "heard"), [(Follow.FOLLOW, {"guest1"}), (Follow.OPEN, {"guest1", "guest2"})]
    )
    def test_whoever_is_not_on_air_is_heard_only_if_open(self, follow: Follow, heard: set[str]) -> None:
        assert set(program(stage(strips={"guest2": Strip(follow=follow)}))) == heard

    def test_off_is_never_heard(self) -> None:
        assert program(stage(strips={"guest1": Strip(follow=Follow.OFF)})) == {}

    def test_the_fader_is_in_it(self) -> None:
        assert program(stage(strips={"guest1": Strip(gain_db=-20)})) == pytest.approx({"guest1": 0.1})
        assert program(stage(strips={"guest1": Strip(muted=True)})) == {}

    def test_a_guest_who_shows_a_screen_alone_still_speaks(self) -> None:
        assert set(program(stage(on_air={"guest1-screen"}))) == {"guest1", "guest1-screen"}

    def test_a_screen_that_is_not_seen_is_not_heard(self) -> None:
        assert "guest1-screen" not in program(stage(on_air={"guest1"}))

    @pytest.mark.parametrize("place", [Place.LOBBY, Place.CHECKING])
    def test_whoever_has_no_seat_is_not_heard_whatever_is_set(self, place: Place) -> None:
        guests = (Guest("guest1", place),)
        assert program(stage(listeners=guests, strips={"guest1": Strip(follow=Follow.OPEN)})) == {}


class TestSceneOnAir:
    def test_it_has_somebody_heard_who_is_not_seen_and_nobody_else(self) -> None:
        host = {"guest2": SceneSound("guest2", Follow.OPEN)}
        assert set(program(stage(rules=host))) == {"guest1", "guest2"}
        assert returned(stage(rules=host), "guest1").gains == {"guest2": 1.0}
        assert set(program(stage(rules={"guest1": SceneSound("guest1", Follow.OFF)}))) == set()

    def test_it_turns_down_on_top_of_the_fader(self) -> None:
        bed = {"film": SceneSound("film", gain_db=-12.0)}
        room = stage(on_air={"film"}, strips={"film": Strip(gain_db=-6)}, rules=bed)
        assert program(room) == {"film": linear(-18)}
        louder = replace(
            room, rules={"film": SceneSound("film", gain_db=20.0)}, strips={"film": Strip(gain_db=6)}
        )
        assert program(louder) == {"film": linear(20)}, "no further than a fader goes"

    def test_the_fader_mute_and_the_lobby_stay_above_it(self) -> None:
        opened = {one: SceneSound(one, Follow.OPEN, 20.0) for one in ("guest1", "guest2", "lobby-g_x")}
        muted = {"guest1": Strip(muted=True), "guest2": Strip(muted=True)}
        assert program(stage(strips=muted, rules=opened)) == {}


class TestReturn:
    def test_it_is_program_without_oneself(self) -> None:
        both = stage(on_air={"guest1", "guest1-screen", "guest2"})
        assert set(returned(both, "guest1").gains) == {"guest2"}
        assert set(returned(both, "guest2").gains) == {"guest1", "guest1-screen"}

    def test_the_lobby_hears_program_or_silence(self) -> None:
        assert set(returned(stage(), "lobby-g_x").gains) == {"guest1"}
        quiet = stage(listeners=(Guest("lobby-g_x", Place.LOBBY, hears_program=False),))
        assert returned(quiet, "lobby-g_x").gains == {}

    def test_whoever_checks_hears_the_own_test_alone(self) -> None:
        checking = stage(
            listeners=(Guest("guest1"), Guest("guest2", Place.CHECKING)),
            strips={"guest2": Strip(muted=True)},
            talkbacks=(Speaking("ann", ("guest2",)),),
        )
        assert returned(checking, "guest2") == Bus({"guest2": 1.0})

    def test_talkback_lowers_program_for_those_who_are_spoken_to(self) -> None:
        room = stage(talkbacks=(Speaking("ann", ("guest2", "lobby-g_x")),))
        spoken_to, other = returned(room, "guest2"), returned(room, "guest1")
        assert spoken_to.talkbacks == {"ann"}
        assert not other.talkbacks
        assert spoken_to.duck == pytest.approx(0.251, abs=0.001)
        assert other.duck == 1
        assert returned(room, "lobby-g_x").talkbacks == {"ann"}

    def test_what_comes_from_outside_stands_for_program_in_that_return_alone(self) -> None:
        room = stage(
            sources=("guest1", "guest2", "film", OUTSIDE),
            on_air={"guest1", "film", OUTSIDE},
            strips={OUTSIDE: Strip(follow=Follow.OPEN)},
            listeners=(Guest("guest1"), Guest("guest2", outside=OUTSIDE)),
            talkbacks=(Speaking("ann", ("guest2",)),),
        )
        assert returned(room, "guest2") == Bus({OUTSIDE: 1.0}, frozenset({"ann"}))
        assert set(returned(room, "guest1").gains) == {"film"}
        assert set(program(room)) == {"guest1", "film"}
        waiting = replace(room, listeners=(Guest("guest2", Place.LOBBY, outside=OUTSIDE),))
        assert OUTSIDE not in returned(waiting, "guest2").gains

    def test_what_does_not_come_from_outside_is_silence_not_program(self) -> None:
        room = stage(listeners=(Guest("guest2", outside=OUTSIDE),))
        assert returned(room, "guest2") == Bus({})


class TestAnswering:
    def test_whoever_is_off_air_answers_the_one_operator_alone(self) -> None:
        room = stage(
            talkbacks=(Speaking("ann", ("guest2",)),),
            monitors=(Listening("ann"), Listening("bob", ("guest2", "film"))),
        )
        assert monitored(room, "ann") == {"guest1": 1.0, "guest2": 1.0}
        assert monitored(room, "bob") == {"film": 1.0}
        assert "guest2" not in program(room)
        assert "guest2" not in returned(room, "guest1").gains

    def test_whoever_is_on_air_stays_there(self) -> None:
        room = stage(talkbacks=(Speaking("ann", ("guest1",)),), strips={"guest1": Strip(muted=True)})
        assert monitored(room, "ann") == {"guest1": 1.0}
        assert set(program(replace(room, strips={}))) == {"guest1"}
        assert set(monitored(replace(room, strips={}), "bob")) == {"guest1"}

    def test_whoever_is_heard_without_being_seen_stays_there_and_answers_before_the_fader(self) -> None:
        narrator = {"guest2": Strip(follow=Follow.OPEN, gain_db=-20)}
        spoken = stage(strips=narrator, talkbacks=(Speaking("ann", ("guest2",)),))
        assert program(spoken) == program(stage(strips=narrator)) == {"guest1": 1.0, "guest2": linear(-20)}
        assert returned(spoken, "guest1").gains == {"guest2": linear(-20)}
        assert returned(spoken, "guest2").talkbacks == {"ann"}
        assert monitored(spoken, "ann") == {"guest1": 1.0, "guest2": 1.0}
        muted = replace(spoken, strips={"guest2": Strip(follow=Follow.OPEN, muted=True)})
        assert monitored(muted, "ann") == {"guest1": 1.0, "guest2": 1.0}
        assert "guest2" not in monitored(muted, "bob")

    def test_the_lobby_answers_too(self) -> None:
        room = stage(talkbacks=(Speaking("ann", ("lobby-g_x",)),))
        assert "lobby-g_x" in monitored(room, "ann")

    def test_two_operators_hear_the_answer_when_both_speak(self) -> None:
        room = stage(talkbacks=(Speaking("ann", ("guest2",)), Speaking("bob", ("guest2",))))
        assert "guest2" in monitored(room, "ann")
        assert "guest2" in monitored(room, "bob")


class TestMonitor:
    def test_it_is_program_unless_sources_are_named(self) -> None:
        assert monitored(stage(), "ann") == program(stage())

    def test_it_listens_before_the_fader_and_into_the_lobby(self) -> None:
        room = stage(
            monitors=(Listening("ann", ("guest2", "lobby-g_x", "nobody")),),
            strips={"guest2": Strip(gain_db=-40, muted=True, follow=Follow.OFF)},
        )
        assert monitored(room, "ann") == {"guest2": 1.0, "lobby-g_x": 1.0}


def spoken_to(room: Room, listener: Listener) -> set[str]:
    checking = listener.place is Place.CHECKING
    return set() if checking else {t.operator for t in room.talkbacks if listener.name in t.to}


class TestInEveryRoom:
    @given(rooms)
    def test_every_bus_is_there_and_can_be_heard(self, room: Room) -> None:
        mixed = buses(room)
        assert set(mixed) == {
            PROGRAM_BUS,
            *(return_bus(each.name) for each in room.listeners),
            *(monitor_bus(each.operator) for each in room.monitors),
        }
        for bus in mixed.values():
            assert set(bus.gains) <= set(room.sources)
            assert all(0 < gain <= linear(20) for gain in bus.gains.values())

    @given(rooms)
    def test_nobody_hears_themselves_unless_checking(self, room: Room) -> None:
        for listener in room.listeners:
            own = set(returned(room, listener.name).gains) & set(listener.sources)
            if listener.place is Place.CHECKING:
                assert own == set(listener.sources) & set(room.sources)
            else:
                assert not own
                assert set(returned(room, listener.name).gains).isdisjoint(listener.returning)

    @given(rooms)
    def test_a_return_is_program_without_the_own_sources(self, room: Room) -> None:
        for listener in room.listeners:
            if listener.place is Place.SEATED and not listener.outside:
                gains = returned(room, listener.name).gains
                own = (*listener.sources, *listener.returning)
                assert gains == {s: g for s, g in program(room).items() if s not in own}

    @given(rooms)
    def test_what_comes_from_outside_is_in_the_one_return_it_is_for(self, room: Room) -> None:
        for name, bus in buses(replace(room, monitors=())).items():
            hearer = next((each for each in room.listeners if return_bus(each.name) == name), None)
            meant = hearer is not None and hearer.outside == OUTSIDE and hearer.place is Place.SEATED
            assert (OUTSIDE in bus.gains) is (meant and OUTSIDE in room.sources)

    @given(rooms)
    def test_program_is_what_follow_fader_and_place_say(self, room: Room) -> None:
        owners = {source: guest for guest in room.listeners for source in guest.sources}
        for source in room.sources:
            strip, owner = room.strip(source), owners.get(source)
            seen = source in room.on_air
            if owner is not None and not source.endswith("-screen"):
                seen = not room.on_air.isdisjoint(owner.sources)
            heard = {Follow.FOLLOW: seen, Follow.OPEN: True, Follow.OFF: False}[strip.follow]
            allowed = owner is None or owner.place is Place.SEATED
            talkback = source in ("talkback-ann", OUTSIDE)
            wanted = heard and allowed and not strip.muted and not talkback
            assert program(room).get(source, 0.0) == (linear(strip.gain_db) if wanted else 0.0)

    @given(rooms)
    def test_talkback_changes_nothing_of_program(self, room: Room) -> None:
        assert program(room) == program(replace(room, talkbacks=()))

    @given(rooms)
    def test_whoever_has_no_seat_is_in_no_program_and_no_other_return(self, room: Room) -> None:
        for listener in room.listeners:
            if listener.place is not Place.SEATED:
                others = [each.name for each in room.listeners if each is not listener]
                heard_by = [buses(room)[PROGRAM_BUS], *(returned(room, name) for name in others)]
                assert all(set(bus.gains).isdisjoint(listener.sources) for bus in heard_by)

    @given(rooms)
    def test_talkback_is_in_the_returns_of_those_spoken_to_alone(self, room: Room) -> None:
        mixed = buses(room)
        for listener in room.listeners:
            bus = mixed.pop(return_bus(listener.name))
            assert bus.talkbacks == spoken_to(room, listener)
            assert bus.duck == (linear(-12) if bus.talkbacks else 1)
            assert "talkback-ann" not in bus.gains
        for bus in mixed.values():
            assert not bus.talkbacks
            assert bus.duck == 1
            assert "talkback-ann" not in bus.gains

    @given(rooms)
    def test_an_answer_is_the_askers_alone_unless_its_guest_is_on_air(self, room: Room) -> None:
        """On air is whoever is seen in program or heard there: for everybody else these stay as they were."""
        mixed, before = buses(room), buses(replace(room, talkbacks=()))
        for listener in room.listeners:
            askers = {monitor_bus(operator) for operator in spoken_to(room, listener)}
            if not askers or listener.name not in room.sources:
                continue
            hearers, earlier = (
                {name for name, bus in each.items() if listener.name in bus.gains} for each in (mixed, before)
            )
            is_on_air = room.is_on_air(listener) or listener.name in program(room)
            assert hearers == (earlier | askers if is_on_air else askers)

    @given(rooms)
    def test_what_operators_listen_to_changes_nothing_for_others(self, room: Room) -> None:
        deaf = buses(replace(room, monitors=()))
        assert all(buses(room)[name] == bus for name, bus in deaf.items())


@pytest.mark.parametrize(
    ("listener", "gains", "what"),
    [
        (Guest("guest1"), {"guest2": 1.0, "film": 0.5}, Carried.PROGRAM),
        (Guest("guest2", outside=OUTSIDE), {OUTSIDE: 1.0}, Carried.OUTSIDE),
        (Guest("lobby-g_x", Place.CHECKING), {"lobby-g_x": 1.0}, Carried.OWN),
        (Guest("guest1"), {}, Carried.NOTHING),
        (Guest("guest1"), {":stinger": 1.0}, Carried.NOTHING),
    ],
)
def test_what_a_return_carries(listener: Guest, gains: dict[str, float], what: Carried) -> None:
    assert carried(Bus(gains), listener) is what


@given(rooms)
def test_nobodys_return_is_said_to_carry_their_own_in_a_seat(room: Room) -> None:
    mixed = buses(room)
    for listener in room.listeners:
        own = carried(mixed[return_bus(listener.name)], listener) is Carried.OWN
        assert not own or listener.place is Place.CHECKING
