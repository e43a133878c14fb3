"""What the buses are told while program fades to black."""

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from stagedoor.domain.scene import Scene, SceneSound, Slot
from stagedoor.domain.strip import Follow
from stagedoor.domain.transition import Transition
from stagedoor.ipc.mixer import Listener, Monitor, Wanted
from stagedoor.mixer.routing import Routing
from stagedoor.mixer.sound.mixing import USUAL_RAMP, Ramp
from stagedoor.mixer.switcher import Switcher
from stagedoor.settings.mixer import MixerSettings

pytestmark = pytest.mark.unit

PROGRAM, RETURN, MONITOR = "program", "return:guest2", "monitor:ann"
SCENE = Scene("one", slots=(Slot("guest1"),))
WANTED = Wanted(
    listeners=(Listener(name="guest1", sources=("guest1",)), Listener(name="guest2", sources=("guest2",))),
    monitors=(Monitor(operator="ann"),),
)


class Desk:
    """A routing, what it is shown, and what it has said of each bus last."""

    def __init__(self, **settings: object) -> None:
        self.said: dict[str, tuple[Mapping[str, float], Ramp]] = {}
        self.program = SimpleNamespace(newest=None, scene=lambda _: SCENE)
        rack = SimpleNamespace(ids=("guest1", "guest2"), in_turn=lambda one: (one,), on_air=list)
        drawings = SimpleNamespace(
            on_air=frozenset(),
            visible=lambda *_: SCENE.visible,
            named=lambda *_: SCENE.visible,
            played=lambda *_: SCENE.visible,
        )
        stingers = SimpleNamespace(ids=())
        sounds = SimpleNamespace(set_buses=lambda *_: None, set_gains=self._set)
        made = MixerSettings.model_validate({"frame_rate": 25, **settings})
        self.routing = Routing(sounds, rack, self.program, drawings, stingers, made)  # type: ignore[arg-type]
        self.switcher = Switcher("one")

    def _set(self, gains: Mapping[str, Mapping[str, float]], ramp: Ramp) -> None:
        self.said.update({bus: (row, ramp) for bus, row in gains.items()})

    def show(self, number: int, wanted: Wanted = WANTED) -> None:
        self.switcher, shot = self.switcher.at(number)
        self.program.newest = SimpleNamespace(number=number, shot=shot, switcher=self.switcher)
        self.routing.look(wanted)


def test_programs_sound_goes_with_its_picture_and_comes_back_with_it() -> None:
    desk = Desk()
    desk.show(90)
    assert (desk.said[PROGRAM], desk.routing.heard) == (({"guest1": 1.0}, USUAL_RAMP), ("guest1",))
    desk.switcher = desk.switcher.with_fade(black=True, frames=20, frame=99)
    desk.show(100)
    assert (desk.said[PROGRAM], desk.routing.heard) == (({}, Ramp(fall=20 * 48_000 // 25)), ("guest1",))
    desk.show(115)
    assert desk.said[PROGRAM] == ({}, Ramp(fall=5 * 48_000 // 25))
    for number in (119, 500):
        desk.show(number)
        assert desk.routing.heard == ()
        assert desk.said[PROGRAM][0] == {}
    desk.switcher = desk.switcher.with_fade(black=False, frames=10, frame=599)
    desk.show(600)
    assert (desk.said[PROGRAM], desk.routing.heard) == (
        ({"guest1": 1.0}, Ramp(rise=10 * 48_000 // 25)),
        ("guest1",),
    )
    desk.show(700)
    assert desk.said[PROGRAM] == ({"guest1": 1.0}, USUAL_RAMP)


def test_returns_and_monitors_go_on_in_black() -> None:
    desk = Desk()
    desk.switcher = desk.switcher.with_fade(black=True, frames=1, frame=99)
    desk.show(100)
    assert (desk.said[PROGRAM][0], desk.said[RETURN][0], desk.said[MONITOR][0]) == (
        {},
        {"guest1": 1.0},
        {"guest1": 1.0},
    )


def test_the_sound_stays_where_a_setting_says_so() -> None:
    desk = Desk(black_is_silent=False)
    desk.switcher = desk.switcher.with_fade(black=True, frames=10, frame=99)
    for number in (100, 200):
        desk.show(number)
        assert (desk.said[PROGRAM], desk.routing.heard) == (({"guest1": 1.0}, USUAL_RAMP), ("guest1",))


def test_what_scenes_on_air_say_of_sound_holds_while_they_are_and_the_new_one_is_above() -> None:
    scenes = {
        "one": Scene(
            "one", audio=(SceneSound("guest1", Follow.OPEN, -20.0), SceneSound("guest2", Follow.OPEN))
        ),
        "two": Scene("two", audio=(SceneSound("guest1", Follow.OFF),)),
        "bare": Scene("bare"),
    }
    desk = Desk()
    desk.program.scene = scenes.__getitem__
    desk.show(1)
    assert desk.said[PROGRAM][0] == {"guest1": pytest.approx(0.1), "guest2": 1.0}
    desk.switcher = desk.switcher.with_preview("two").auto(Transition(frames=10), 100)
    desk.show(105)
    assert desk.said[PROGRAM][0] == {"guest2": 1.0}
    desk.switcher = desk.switcher.cut("bare")
    desk.show(200)
    assert desk.said[PROGRAM][0] == {"guest1": 1.0}


def test_operators_say_otherwise_also_while_it_is_black() -> None:
    desk = Desk()
    desk.switcher = desk.switcher.with_fade(black=True, frames=10, frame=99)
    desk.show(200)
    assert (desk.routing.black_is_silent, desk.routing.heard) == (True, ())
    desk.show(201, WANTED.model_copy(update={"black_is_silent": False}))
    assert (desk.routing.black_is_silent, desk.routing.heard) == (False, ("guest1",))
    assert desk.said[PROGRAM][0] == {"guest1": 1.0}
