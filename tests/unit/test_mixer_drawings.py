"""What is drawn beside program, and what its sources are asked for."""

import threading
import time
from types import SimpleNamespace

import av
import pytest

from stagedoor.domain.scene import Scene, Slot
from stagedoor.domain.source import SourceState
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.drawings import Drawings
from stagedoor.mixer.levels import Levels
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.scenes import Scenes
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sources.feed import Feed
from stagedoor.settings.mixer import MixerSettings

pytestmark = pytest.mark.unit

OUTSIDE = "outside-guest1"


def drawings_of(rack: object) -> Drawings:
    clock = Clock(time.monotonic_ns(), 30)
    return Drawings(MixerSettings(), clock, rack, None, Levels())  # type: ignore[arg-type]


def test_a_return_from_outside_is_scaled_only_while_it_is_drawn() -> None:
    feed, drawn = Feed(None, SourceSound()), threading.Event()
    picture = Picture(av.VideoFrame(1280, 720, "yuv420p"), 0.0)
    rack = SimpleNamespace(feeds={OUTSIDE: feed}, shown=lambda _: picture)
    drawings = drawings_of(rack)
    loop = drawings.make(OUTSIDE, lambda *_: drawn.set())
    loop.start()
    assert drawn.wait(10)
    assert feed.wanted
    loop.stop()
    assert feed.wanted == frozenset()


def test_it_is_told_where_the_multiview_shows_each_source() -> None:
    told = drawings_of(SimpleNamespace(seen=("guest1", "guest2"))).cells
    assert [each.source for each in told] == ["guest1", "guest2"]
    one, two = told
    assert one.y == two.y >= 0.5
    assert one.x + one.width < two.x < 0.5


def test_what_a_scene_has_stand_in_is_on_air_and_what_is_over_stays_so() -> None:
    """Else a still that is over would be there again, and what the source itself names would play unseen."""
    scenes, states = Scenes(), {"still": SourceState.LIVE, "card": SourceState.LIVE}
    scenes.use({"one": Scene("one", slots=(Slot("still", if_gone="card"),))})
    instead = {"still": ("still", "other"), "card": ("card",)}
    rack = SimpleNamespace(in_turn=instead.__getitem__, standing_in=lambda source: instead[source][-1])
    program = SimpleNamespace(scenes=scenes, scene=scenes.shown)
    drawings = Drawings(MixerSettings(), None, rack, program, Levels())  # type: ignore[arg-type]
    states["still"] = SourceState.GONE
    assert drawings.visible("one") == {"other"}, "nobody has looked yet"
    scenes.look(states.get)
    assert drawings.visible("one") == {"card"}
    assert drawings.named("one") == drawings.played("one") == {"still", "card"}
