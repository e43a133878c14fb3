"""The second canvas: what is handed over to it, what it draws of that, and what it asks of sources."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from stagedoor.domain.overlay import Anchor, AnyOverlay, Card, OverlayKind, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.scene import Rect, Scene, Slot
from stagedoor.domain.source import SourceState
from stagedoor.domain.timer import TimerFormat
from stagedoor.domain.transition import Transition
from stagedoor.media.packets import Codec, Packet
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.outlets.program_sound import ProgramSound
from stagedoor.mixer.outlets.sound import SoundOutlets
from stagedoor.mixer.picture import cards
from stagedoor.mixer.picture.art import draw
from stagedoor.mixer.picture.narrow import narrowed
from stagedoor.mixer.picture.panels import Panel
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.text import Drawn
from stagedoor.mixer.picture.ticker import Ribbon
from stagedoor.mixer.program import Program, Shown
from stagedoor.mixer.second import WAITING, SecondCanvas
from stagedoor.mixer.switcher import Shot, Switcher
from stagedoor.settings.mixer import MixerSettings, SecondCanvasSettings

pytestmark = pytest.mark.unit

PROGRAM = (320, 180)
SECOND = WIDTH, HEIGHT = 180, 320
SETTINGS = MixerSettings(
    width=PROGRAM[0],
    height=PROGRAM[1],
    second_canvas=SecondCanvasSettings(enabled=True, width=WIDTH, height=HEIGHT),
)
RED, BLUE, GREEN = "#c02020", "#2020c0", "#20c020"
TWO = Scene("two", slots=(Slot("a", Rect(0, 0, 0.5, 1)), Slot("b", Rect(0.5, 0, 0.5, 1))))
OWN = Scene("own", slots=(Slot("a"),), second=(Slot("b"),))


def plain(paint: str) -> Picture:
    planes = Planes.new(*PROGRAM)
    planes.fill(color(paint))
    return Picture(planes.frame)


class Taken:
    """Where the pictures go; the first one may be held up."""

    def __init__(self) -> None:
        self.runs = True
        self.dropped = 0
        self.pictures: list[tuple[int, Planes]] = []
        self.gate = threading.Event()
        self.gate.set()
        self._changed = threading.Condition()

    def put(self, planes: Planes, number: int) -> None:
        with self._changed:
            self.pictures.append((number, planes))
            self._changed.notify_all()
        self.gate.wait(10)

    def are(self, count: int) -> list[int]:
        """Wait for so many, and return their numbers."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.pictures) >= count, 10)
        return [number for number, _ in self.pictures]

    def luma(self, index: int, x: float = 0.5, y: float = 0.5) -> int:
        return int(self.pictures[index][1].y[int(y * HEIGHT), int(x * WIDTH)])


class Desk:
    """The second canvas with sources that have one colour each, and frames that the test shows."""

    def __init__(self) -> None:
        self.colors = {"a": plain(RED), "b": plain(BLUE), "": plain("#000000")}
        rack = SimpleNamespace(shown=lambda source: self.colors.get(source, self.colors[""]), labels={})
        clock = Clock(time.monotonic_ns(), 30)
        self.program = Program(clock, rack, PROGRAM, lambda _: None, None)  # type: ignore[arg-type]
        self.program.scenes.use({scene.id: scene for scene in (TWO, OWN)})
        self.taken = Taken()
        self.second = SecondCanvas(SETTINGS, clock, rack, self.program, self.taken)  # type: ignore[arg-type]

    def frame(self, number: int, shot: Shot, canvas: Planes | None = None) -> Planes:
        canvas = canvas or Planes.new(*PROGRAM)
        self.second.frame(Shown(number, canvas, shot, Switcher(shot.program, "own")))
        return canvas


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.second.start()
    yield made
    made.taken.gate.set()
    made.second.stop()


def luma(paint: str) -> int:
    return color(paint)[0]


def test_it_shows_each_frame_as_it_was_under_its_number(desk: Desk) -> None:
    desk.taken.gate.clear()
    desk.frame(7, Shot("two"))
    desk.taken.are(1)
    desk.frame(8, Shot("two"))
    # By the time the frame is drawn the source shows something else, and the scene is another one.
    desk.colors["a"] = plain(GREEN)
    desk.program.scenes.use({"two": OWN})
    desk.taken.gate.set()
    assert desk.taken.are(2) == [7, 8]
    assert desk.taken.pictures[1][1].width == WIDTH
    assert [desk.taken.luma(1, y=y) for y in (0.25, 0.75)] == [luma(RED), luma(BLUE)]


def test_who_stands_in_by_the_scene_is_on_it_from_the_same_frame_on(desk: Desk) -> None:
    states = {"a": SourceState.LIVE, "b": SourceState.LIVE}
    scenes = desk.program.scenes
    scenes.use({"one": Scene("one", slots=(Slot("a", if_gone="b"),)), "own": OWN})
    desk.taken.gate.clear()
    for number in (1, 2, 3):
        scenes.look(states.get)
        desk.frame(number, Shot("one"))
        if number == 1:
            desk.taken.are(1)
        # By the time the second frame is drawn it is gone.
        states["a"] = SourceState.LIVE if number < 2 else SourceState.GONE
    desk.taken.gate.set()
    assert desk.taken.are(3) == [1, 2, 3]
    assert [desk.taken.luma(index) for index in range(3)] == [luma(RED), luma(RED), luma(BLUE)]


def test_a_scene_may_have_slots_of_its_own_and_transitions_are_as_far(desk: Desk) -> None:
    desk.frame(1, Shot("own"))
    desk.frame(2, Shot("two", "own", Transition(), 0.5))
    desk.frame(3, Shot("own", black=1.0))
    desk.taken.are(3)
    assert desk.taken.luma(0) == luma(BLUE), "and not a, as on program"
    # b is in both: from the lower half it has come half the way to the whole.
    assert [desk.taken.luma(1, y=y) for y in (0.3, 0.9)] == [luma(BLUE), luma(BLUE)]
    assert luma("#000000") < desk.taken.luma(1, y=0.1) < luma(RED)
    assert desk.taken.luma(2) == luma("#000000")


def test_what_comes_too_late_is_left_out_and_counted(desk: Desk) -> None:
    desk.taken.gate.clear()
    desk.frame(0, Shot("two"))
    desk.taken.are(1)
    for number in range(1, WAITING + 4):
        desk.frame(number, Shot("two"))
    desk.taken.gate.set()
    assert desk.taken.are(1 + WAITING) == [0, *range(4, WAITING + 4)]
    assert desk.second.dropped == 3


def test_a_frame_that_program_shows_again_is_shown_again(desk: Desk) -> None:
    canvas = desk.frame(1, Shot("two"))
    desk.taken.are(1)
    desk.colors["a"] = plain(GREEN)
    desk.frame(2, Shot("two"), canvas)
    desk.taken.are(2)
    assert desk.taken.pictures[0][1] is desk.taken.pictures[1][1]


def test_a_frame_that_cannot_be_drawn_costs_no_other_one(desk: Desk) -> None:
    desk.frame(1, Shot("two", "own", None))
    desk.colors["a"] = None  # type: ignore[assignment]
    desk.frame(2, Shot("two", "own", Transition(), 0.5))
    desk.colors["a"] = plain(RED)
    desk.frame(3, Shot("two"))
    assert desk.taken.are(2) == [1, 3]
    assert desk.second.failures == 1


def test_sources_make_its_sizes_only_while_it_is_wanted(desk: Desk) -> None:
    desk.frame(10, Shot("two"))
    desk.frame(11, Shot("two"))
    desk.taken.are(2)
    parts = desk.program.parts_beside()
    assert set(parts) == {"a", "b"}
    # Half of this canvas, and with what is on preview all of it: both are taller than the picture is shown.
    assert {part.at.height for part in parts["b"]} == {160, 320}
    desk.taken.runs = False
    desk.frame(12, Shot("two"))
    assert not desk.program.parts_beside()
    assert desk.taken.are(2) == [10, 11]


def test_a_sources_thread_makes_the_sizes_of_both_canvases() -> None:
    feed, picture, both = SimpleNamespace(wanted=frozenset()), plain(RED), threading.Event()
    rack = SimpleNamespace(
        feeds={"a": feed},
        labels={},
        shown=lambda _: picture,
        state=lambda _: None,
        step=lambda *_: None,
        advance=lambda _: None,
    )
    clock = Clock(time.monotonic_ns(), 30)
    stingers = SimpleNamespace(lay=lambda *_: None)

    def on_frame(shown: Shown) -> None:
        second.frame(shown)
        if {part.at.height for part in feed.wanted} == {160, 180}:
            both.set()

    program = Program(clock, rack, PROGRAM, on_frame, stingers)  # type: ignore[arg-type]
    second = SecondCanvas(SETTINGS, clock, rack, program, Taken())  # type: ignore[arg-type]
    program.scenes.use({"two": TWO})
    program.switcher = Switcher("two", "two")
    second.start()
    program.start()
    try:
        assert both.wait(10), feed.wanted
    finally:
        program.stop()
        second.stop()


def test_overlays_are_there_from_their_frame_on_and_for_who_comes_later_at_once(desk: Desk) -> None:
    ground = Card("words", OverlayKind.TEXT, text="i", on=True, anchor=Anchor.CENTER, size=0.2, frames=10)
    desk.frame(1, Shot("own"))
    desk.taken.are(1)
    desk.second.make((ground,))
    desk.second.use((ground,), 2)
    for number in (*range(2, 5), 12, 100):
        desk.frame(number, Shot("own"))
        desk.taken.are(len(desk.taken.pictures) + 1)
    left = 0.5 - 0.06
    levels = [desk.taken.luma(index, x=left) for index in range(6)]
    assert levels[0] == luma(BLUE) > levels[1] > levels[2] > levels[3] > levels[4] == levels[5]


TEXT = "A sentence that fits onto a wide canvas"
WORDS: list[AnyOverlay] = [
    Card("name", OverlayKind.LOWER_THIRD, text="Ada Lovelace-Byron of Ockham", title=TEXT, size=0.08),
    Card("text", OverlayKind.TEXT, text=f"Short\n{TEXT}", size=0.09),
    Timer("timer", seconds=600, format=TimerFormat.HOURS, size=0.2),
    Scoreboard("score", home=Team("Arsenal"), away=Team("Bayern"), size=0.08),
]


@pytest.mark.parametrize("overlay", WORDS, ids=lambda overlay: overlay.id)
def test_words_fit_onto_a_narrow_canvas(overlay: AnyOverlay) -> None:
    canvas = (720, 1280)
    small = narrowed(overlay, canvas)
    assert 0.01 < small.size < overlay.size
    match draw(small, canvas):
        case Panel(plates):
            assert all(plate.drawn.planes.width <= 0.9 * canvas[0] for plate in plates)
        case Drawn(planes) if isinstance(small, Card):
            # Nothing was cut off: it is as wide as all of its words.
            height = round(small.size * canvas[1])
            assert cards.width_of(small, height) - 4 < planes.width <= 0.9 * canvas[0]
        case _:
            raise AssertionError("it is drawn as something else")


def test_what_fits_has_the_size_of_the_shorter_side() -> None:
    short = Card("name", OverlayKind.LOWER_THIRD, text="Ada", size=0.08)
    assert narrowed(short, (720, 1280)).size == pytest.approx(0.08 * 720 / 1280, rel=0.02)
    assert narrowed(short, (1280, 720)).size == pytest.approx(0.08, rel=0.02)
    ticker = Ticker("news", items=(TEXT,), size=0.05)
    ribbon = draw(narrowed(ticker, (720, 1280)), (720, 1280))
    assert isinstance(ribbon, Ribbon)
    assert 50 < ribbon.height < 64


def test_a_wide_image_keeps_its_shape(tmp_path: Path) -> None:
    file = tmp_path / "frame.png"
    Image.new("RGBA", (1600, 900), "red").save(file)
    image = Card("frame", OverlayKind.IMAGE, url=str(file), size=1.0)
    drawn = draw(narrowed(image, (720, 1280)), (720, 1280))
    assert isinstance(drawn, Drawn)
    assert (drawn.planes.width, drawn.planes.height) == (720, 404)


def test_sound_is_encoded_once_for_all_streams() -> None:
    outlets, program, second = SoundOutlets(), list[Packet](), list[Packet]()
    sound = ProgramSound(outlets, 64_000)

    def mix(blocks: range) -> None:
        for number in blocks:
            outlets.block(number * 960, {"program": np.zeros((2, 960), np.float32)})

    for codec in (Codec.OPUS, Codec.AAC):
        sound.give("program", codec, program.append)
        sound.give("second", codec, second.append)
    mix(range(10))
    assert {packet.track.codec for packet in program} == {Codec.OPUS, Codec.AAC}
    assert all(mine is theirs for mine, theirs in zip(program, second, strict=True))
    before = len(program)
    for codec in (Codec.OPUS, Codec.AAC):
        sound.give("program", codec, None)
    mix(range(10, 20))
    assert len(program) == before < len(second)
    for codec in (Codec.OPUS, Codec.AAC):
        sound.give("second", codec, None)
    before = len(second)
    mix(range(20, 30))
    assert len(second) == before


def test_where_there_is_none_nothing_is_done() -> None:
    desk = Desk()
    second = SecondCanvas(MixerSettings(), Clock(0, 30), None, desk.program, None)  # type: ignore[arg-type]
    second.start()
    second.frame(Shown(1, Planes.of(av.VideoFrame(2, 2, "yuv420p")), Shot("two"), Switcher()))
    second.stop()
    assert second.told is None
    assert not desk.program.parts_beside()
