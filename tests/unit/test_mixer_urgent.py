"""What a mixer that begins anew makes first."""

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.overlay import Card, OverlayKind, Timer
from stagedoor.domain.scene import Scene, SceneSound, Slot
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.strip import Follow, Strip
from stagedoor.ipc.mixer import Listener, Wanted
from stagedoor.mixer.urgent import urgent

pytestmark = pytest.mark.unit


def source(name: str, if_gone: str | None = None) -> Source:
    return Source(name, SourceKind.STILL, url=f"/{name}.png", if_gone=if_gone)


WANTED = Wanted(
    revision=7,
    program="air",
    preview="next",
    scenes=(scene_of("full", ["camera"], "air"), scene_of("full", ["later"], "next")),
    sources=(source("camera", "instead"), source("later"), source("instead", "camera"), source("music")),
    strips={"music": Strip(follow=Follow.OPEN), "later": Strip(gain_db=-3)},
    overlays=(
        Card("logo", OverlayKind.IMAGE, on=True),
        Card("name", OverlayKind.LOWER_THIRD),
        Timer("clock", OverlayKind.TIMER),
    ),
)


def test_what_program_shows_and_has_heard_comes_first_with_what_may_stand_in() -> None:
    first = urgent(WANTED)
    assert [each.id for each in first.sources] == ["camera", "instead", "music"]
    assert [each.id for each in first.overlays] == ["logo", "clock"]
    rest = {"sources": WANTED.sources, "overlays": WANTED.overlays}
    assert first.model_copy(update=rest) == WANTED


def test_what_stands_in_by_the_scene_comes_first_too() -> None:
    scenes = (Scene("air", slots=(Slot("later", if_gone="camera"),)), Scene("next", slots=(Slot("music"),)))
    first = urgent(WANTED.model_copy(update={"scenes": scenes, "strips": {}}))
    assert [each.id for each in first.sources] == ["camera", "later", "instead"]


def test_what_the_scene_on_air_alone_has_heard_comes_first_too() -> None:
    sound = (SceneSound("music", Follow.OPEN), SceneSound("later", Follow.OFF), SceneSound("instead"))
    next_sound = (SceneSound("later", Follow.OPEN),)
    scenes = (Scene("air", slots=(Slot("camera"),), audio=sound), Scene("next", audio=next_sound))
    sources = tuple(source(name) for name in ("camera", "later", "instead", "music"))
    first = urgent(WANTED.model_copy(update={"scenes": scenes, "sources": sources, "strips": {}}))
    assert [each.id for each in first.sources] == ["camera", "music"]


def test_the_voice_of_who_shows_slides_alone_comes_first_too() -> None:
    listeners = tuple(
        Listener(name=guest, sources=(guest, f"{guest}-screen")) for guest in ("guest1", "guest2")
    )
    sources = tuple(source(name) for each in listeners for name in each.sources)
    wanted = Wanted(revision=7, program="air", sources=sources, listeners=listeners)
    slides, camera = (Scene("air", slots=(Slot(name),)) for name in ("guest1-screen", "guest2"))
    first = urgent(wanted.model_copy(update={"scenes": (slides,)}))
    assert [each.id for each in first.sources] == ["guest1", "guest1-screen"]
    # A screen share is heard only while it is seen itself.
    first = urgent(wanted.model_copy(update={"scenes": (camera,)}))
    assert [each.id for each in first.sources] == ["guest2"]


def test_where_nothing_is_on_air_nothing_is_urgent() -> None:
    assert urgent(WANTED.model_copy(update={"program": "", "strips": {}})).sources == ()
