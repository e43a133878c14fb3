"""What runs on program by itself: timers, tickers and scoreboards, frame by frame."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stagedoor.domain.overlay import Anchor, AnyOverlay, Scoreboard, Team, Ticker, Timer
from stagedoor.domain.timer import SECOND_NS, AtZero, Run, TimerFormat, TimerMode
from stagedoor.ipc.tickers import TickerPlace
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.picture.art import Made, draw_all
from stagedoor.mixer.picture.overlays import Overlays
from stagedoor.mixer.picture.panels import Panel
from stagedoor.mixer.picture.planes import Planes, color
from stagedoor.mixer.picture.ticker import Ribbon
from stagedoor.mixer.picture.times import Times
from tests.kit import golden

pytestmark = pytest.mark.unit

SIZE = WIDTH, HEIGHT = 640, 360
RATE = 30
BLUE = color("#204080")


class Desk:
    """Program's overlays alone, on a plain canvas, with a time of day that is so much ahead of its clock."""

    def __init__(self, ahead_ns: int = 0, started_ns: int = 0) -> None:
        self.ahead_ns = ahead_ns
        self.clock = Clock(started_ns, RATE)
        self.overlays = Overlays(SIZE, self.clock, Times(self.clock, lambda: self.ahead_ns))
        self.made: dict[str, Made] = {}

    def use(self, *overlays: AnyOverlay, frame: int = 1, places: Iterable[TickerPlace] = ()) -> None:
        self.made = draw_all(overlays, self.made, SIZE)
        self.overlays.use(overlays, {key: made.art for key, made in self.made.items()}, frame, places)

    def frame(self, number: int) -> Planes:
        canvas = Planes.new(*SIZE)
        canvas.fill(BLUE)
        self.overlays.lay(canvas, number)
        return canvas

    def day_ns(self, frame: int) -> int:
        return self.clock.frame_due_ns(frame) + self.ahead_ns


def changes(desk: Desk, frames: range) -> list[int]:
    """Return the frames whose picture differs from the one before."""
    before, found = desk.frame(frames.start - 1).y.copy(), []
    for number in frames:
        now = desk.frame(number).y
        if (now != before).any():
            found.append(number)
        before = now.copy()
    return found


class TestTimer:
    TEN = Timer("t", on=True, seconds=10, anchor=Anchor.TOP_RIGHT, size=0.1, frames=1)

    @pytest.mark.parametrize("mode", [TimerMode.COUNTDOWN, TimerMode.COUNT_UP])
    @pytest.mark.parametrize("ahead", [0, 1_790_000_000 * SECOND_NS + 12_345])
    @pytest.mark.parametrize("slewed", [-4_000, 4_000])
    def test_each_second_has_its_own_frame(self, mode: TimerMode, ahead: int, slewed: int) -> None:
        desk = Desk(ahead)
        run = Run().started(desk.day_ns(7) + slewed)
        desk.use(replace(self.TEN, mode=mode, seconds=10 if mode is TimerMode.COUNTDOWN else 0, run=run))
        assert changes(desk, range(2, 130)) == [37, 67, 97, 127]

    def test_only_its_figures_change(self) -> None:
        desk = Desk()
        desk.use(replace(self.TEN, run=Run().started(0)))
        before, after = (desk.frame(number).y.astype(int) for number in (29, 30))
        columns = np.flatnonzero((before != after).any(axis=0))
        board = desk.made["t"].art
        assert isinstance(board, Panel)
        assert board.figures is not None
        assert columns.max() - columns.min() < board.figures.width("000")

    def test_what_stands_at_the_same_place_stays_while_figures_fall_away(self) -> None:
        """From 10:00 to 9:59 the plate and its colon stay where they are."""
        desk = Desk()
        desk.use(replace(self.TEN, seconds=600, run=Run().started(0)))
        ten, nine = (desk.frame(number).y.astype(int) for number in (20, 40))
        whole = [np.flatnonzero((each != BLUE[0]).any(axis=0)) for each in (ten, nine)]
        assert (whole[0] == whole[1]).all()
        golden.same(desk.frame(40), "timer")

    def test_nothing_is_drawn_anew_while_it_runs(self) -> None:
        desk = Desk()
        desk.use(self.TEN)
        art = desk.made["t"].art
        for run in (Run().started(0), Run().started(0).paused(SECOND_NS), Run()):
            desk.use(replace(self.TEN, run=run, on=False))
            assert desk.made["t"].art is art
        desk.use(replace(self.TEN, seconds=600))
        assert desk.made["t"].art is not art

    def test_it_does_not_jump_when_the_machines_clock_is_set(self) -> None:
        desk = Desk(5 * SECOND_NS)
        timer = replace(self.TEN, run=Run().started(5 * SECOND_NS))
        desk.use(timer)
        before = desk.frame(40).y.copy()
        desk.ahead_ns += 3600 * SECOND_NS
        desk.use(replace(timer, alpha=1.0), frame=41)
        assert (desk.frame(41).y == before).all()
        desk.use(replace(timer, run=replace(timer.run, taken_down_ns=SECOND_NS)), frame=42)
        assert (desk.frame(42).y == before).all(), "nor when it is written down that it was taken down"

    def test_another_mixer_shows_the_same(self) -> None:
        desk = Desk(5 * SECOND_NS)
        desk.use(replace(self.TEN, run=Run().started(desk.day_ns(0))))
        later = Desk(5 * SECOND_NS, started_ns=2 * SECOND_NS)
        later.use(replace(self.TEN, run=Run().started(desk.day_ns(0))))
        assert (desk.frame(100).y == later.frame(40).y).all()

    def test_it_goes_at_its_zero(self) -> None:
        desk = Desk()
        timer = replace(self.TEN, seconds=2, at_zero=AtZero.HIDE, frames=10, run=Run().started(0))
        desk.use(timer)
        shown = []
        for number in (59, 60):
            desk.frame(number)
            shown.append(desk.overlays.on)
        assert shown == [("t",), ()]
        assert (desk.frame(65).y != BLUE[0]).any(), "it goes in as many frames as it comes"
        assert (desk.frame(70).y == BLUE[0]).all()
        assert desk.overlays.over == (timer,)
        another = Desk()
        another.use(timer, frame=80)
        assert (another.frame(100).y == BLUE[0]).all()

    def test_who_wants_to_see_it_after_its_zero_does_in_any_mixer(self) -> None:
        run = replace(Run().started(0), taken_down_ns=2 * SECOND_NS)
        timer = replace(self.TEN, seconds=2, at_zero=AtZero.HIDE, run=run)
        before, another = Desk(), Desk()
        before.use(replace(timer, on=False), frame=71)
        assert (before.frame(71).y == BLUE[0]).all()
        before.use(timer, frame=72)
        another.use(timer, frame=80)
        for desk in (before, another):
            assert (desk.frame(90).y != BLUE[0]).any()
            assert (desk.overlays.on, desk.overlays.over) == (("t",), ())
        another.use(replace(timer, seconds=4), frame=91)
        assert (another.frame(119).y != BLUE[0]).any()
        assert (another.frame(120).y == BLUE[0]).all(), "another zero is another end"

    @pytest.mark.parametrize("change", [{"run": Run()}, {"seconds": 600}, {"at_zero": AtZero.STOP}])
    def test_it_comes_back_when_its_zero_is_moved_before_anybody_wrote_it_down(
        self, change: dict[str, Any]
    ) -> None:
        desk = Desk()
        timer = replace(self.TEN, seconds=2, at_zero=AtZero.HIDE, frames=10, run=Run().started(0))
        desk.use(timer)
        desk.frame(60)
        assert (desk.frame(75).y == BLUE[0]).all()
        desk.use(replace(timer, **change), frame=76)
        assert (desk.frame(90).y != BLUE[0]).any()
        assert (desk.overlays.on, desk.overlays.over) == (("t",), ())

    def test_a_clock_shows_the_time_of_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("stagedoor.mixer.picture.times.time.localtime", time.gmtime)
        desk = Desk((14 * 3600 + 5 * 60 + 7) * SECOND_NS)
        clock = Timer("t", mode=TimerMode.CLOCK, format=TimerFormat.HOURS)
        times = Times(desk.clock, lambda: desk.ahead_ns)
        times.use([clock])
        assert [times.text("t", frame) for frame in (0, 29, 30)] == ["14:05:07", "14:05:07", "14:05:08"]
        assert times.text("other", 0) == ""


@pytest.mark.parametrize("size", [(160, 90), (360, 640)])
@pytest.mark.parametrize("height", [0.01, 0.2])
@pytest.mark.parametrize("text", ["", "W" * 40, "Ærøskøbing \u6771\u4eac"])
def test_any_of_them_can_be_shown(size: tuple[int, int], height: float, text: str) -> None:
    """Also where it is larger than the canvas, or where the font lacks its letters."""
    team = Team(text, score=999)
    overlays: list[AnyOverlay] = [
        Scoreboard("s", on=True, size=height, home=team, away=team, label=text, timer="t"),
        Ticker("n", on=True, size=min(height, 0.15), items=(text, "x"), separator=text[:10], speed=0.5),
    ]
    for form in TimerFormat:
        for elapsed_s in (0, 10**6):
            run = Run(gone_ns=elapsed_s * SECOND_NS)
            timer = Timer("t", on=True, size=height, seconds=5, format=form, at_zero=AtZero.COUNT_ON, run=run)
            made = draw_all([timer, *overlays], {}, size)
            laid = Overlays(size, Clock(0, RATE), Times(Clock(0, RATE), lambda: 0))
            laid.use([timer, *overlays], {key: each.art for key, each in made.items()}, 1)
            for number in (2, 500):
                canvas = Planes.new(*size)
                canvas.fill(BLUE)
                laid.lay(canvas, number)
                assert (canvas.y != BLUE[0]).any()


class TestTicker:
    NEWS = Ticker(
        "n", on=True, items=("Storm warning for the coast", "Ferries are late"), size=0.06, frames=1
    )
    STEP = 2

    def ribbon(self, desk: Desk) -> Ribbon:
        art = desk.made["n"].art
        assert isinstance(art, Ribbon)
        return art

    def test_it_moves_by_the_same_even_step_with_every_frame(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        before = desk.frame(500)
        for number in range(501, 620):
            now = desk.frame(number)
            assert (now.y[:, : -self.STEP] == before.y[:, self.STEP :]).all()
            assert (now.u[:, : -self.STEP // 2] == before.u[:, self.STEP // 2 :]).all()
            before = now

    def test_it_comes_in_from_the_right_and_goes_round_without_a_gap(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        ground = color("#0e1014")[0]
        band = desk.frame(2).y[-40, :]
        assert (band[: WIDTH - 20] == ground).all()
        loop = self.ribbon(desk).width
        assert loop % 2 == 0
        rounds = [desk.frame(400 + turn * loop // self.STEP).y for turn in range(2)]
        assert (rounds[0] == rounds[1]).all()
        golden.same(desk.frame(400), "ticker")

    def test_a_text_longer_than_a_piece_is_whole(self) -> None:
        desk = Desk()
        desk.use(replace(self.NEWS, items=("All is well " * 30,)))
        ribbon = self.ribbon(desk)
        assert len(ribbon.tiles) > 2
        assert sum(tile.width for tile in ribbon.tiles) == ribbon.width
        shift = 100
        far = 320 + ribbon.tiles[0].width // self.STEP
        seen = [desk.frame(far + each).y for each in (0, shift // self.STEP)]
        assert (seen[0][:, shift:] == seen[1][:, :-shift]).all()

    @pytest.mark.parametrize("edited", [False, True])
    def test_a_mixer_that_begins_anew_goes_on_where_it_would_be_by_then(self, edited: bool) -> None:
        """Its frames are counted anew, by a clock that began half a frame beside the other's."""
        desk = Desk(ahead_ns=5 * SECOND_NS)
        desk.use(self.NEWS)
        news = self.NEWS
        if edited:
            desk.frame(600)
            news = replace(news, items=("All clear", "No wind"), speed=0.3)
            desk.use(news, frame=601)
        desk.frame(700)
        places = desk.overlays.tickers
        assert [place.id for place in places] == ["n"]
        anew = Desk(ahead_ns=desk.ahead_ns, started_ns=desk.clock.frame_due_ns(700) + 7 * SECOND_NS // 12)
        anew.use(news, frame=10, places=places)
        frames = [desk.frame(number).y.tobytes() for number in (747, 748)]
        assert anew.frame(30).y.tobytes() in frames
        # What is told later, or of one that is not seen, does not count.
        for frame, on in ((40, False), (50, True)):
            anew.use(replace(news, on=on), frame=frame, places=places)
            anew.frame(frame + 5)
        assert anew.overlays.tickers[0].entered < places[0].entered

    def test_one_that_is_not_seen_has_no_place(self) -> None:
        desk = Desk()
        desk.use(replace(self.NEWS, on=False))
        desk.frame(5)
        assert desk.overlays.tickers == ()

    def test_another_text_comes_behind_what_is_seen(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        before = desk.frame(600)
        desk.use(replace(self.NEWS, items=("All clear",)), frame=601)
        for number in range(601, 700):
            now = desk.frame(number)
            assert (now.y[:, : -self.STEP] == before.y[:, self.STEP :]).all()
            before = now
        fresh = Desk()
        fresh.use(replace(self.NEWS, items=("All clear",)))
        loop = self.ribbon(fresh).width
        later = {fresh.frame(700 + each).y.tobytes() for each in range(loop // self.STEP + 1)}
        assert desk.frame(2000).y.tobytes() in later, "in the end it is seen alone"

    def test_many_changes_cost_no_more_than_a_few_texts(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        for number in range(400, 800):
            desk.use(replace(self.NEWS, items=(f"Number {number}",)), frame=number)
            desk.frame(number)

    def test_another_speed_goes_on_from_where_it_is(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        before = desk.frame(500).y
        desk.use(replace(self.NEWS, speed=0.2), frame=501)
        assert (desk.frame(501).y[:, : -self.STEP] == before[:, self.STEP :]).all()
        now, later = desk.frame(502).y, desk.frame(503).y
        assert (later[:, :-4] == now[:, 4:]).all()

    def test_it_begins_anew_when_it_is_shown_anew(self) -> None:
        desk = Desk()
        desk.use(self.NEWS)
        first = desk.frame(30).y
        desk.use(replace(self.NEWS, on=False), frame=31)
        assert (desk.frame(40).y == BLUE[0]).all()
        desk.use(self.NEWS, frame=101)
        assert (desk.frame(130).y == first).all()


class TestScoreboard:
    GAME = Scoreboard(
        "s",
        on=True,
        home=Team("Harbour", "#e4572e", 9),
        away=Team("Åse United", "#3bb273", 11),
        label="2nd",
        timer="t",
        anchor=Anchor.TOP,
        color="#f0c020",
        frames=1,
    )
    CLOCK = Timer("t", mode=TimerMode.COUNT_UP, run=Run().started(0))

    def test_two_teams_and_the_time_of_a_timer(self) -> None:
        desk = Desk()
        desk.use(self.CLOCK, self.GAME)
        assert changes(desk, range(2, 70)) == [30, 60]
        golden.same(desk.frame(75 * RATE), "scoreboard")

    def test_another_score_stands_in_the_same_place(self) -> None:
        desk = Desk()
        desk.use(self.CLOCK, self.GAME)
        before = desk.frame(10).y
        art = desk.made["s"].art
        desk.use(self.CLOCK, replace(self.GAME, home=Team("Harbour", "#e4572e", 10)), frame=11)
        after = desk.frame(11).y
        assert desk.made["s"].art is not art
        columns = np.flatnonzero((before != after).any(axis=0))
        assert columns.max() - columns.min() < 40

    def test_a_timer_that_is_gone_leaves_the_rest(self) -> None:
        desk = Desk()
        desk.use(self.CLOCK, self.GAME)
        wide = (desk.frame(5).y != BLUE[0]).any(axis=0).sum()
        desk.use(self.GAME, frame=6)
        assert 0 < (desk.frame(6).y != BLUE[0]).any(axis=0).sum() < wide

    @pytest.mark.parametrize("name", ["W" * 40, "Bo"])
    @pytest.mark.parametrize("label", ["W" * 40, "2nd"])
    @pytest.mark.parametrize("size", [0.06, 0.1, 0.2])
    def test_it_is_all_on_the_canvas_however_long_its_words_are(
        self, name: str, label: str, size: float
    ) -> None:
        desk = Desk()
        home, away = Team(name, "#e4572e"), Team(name, "#3bb273")
        desk.use(self.CLOCK, replace(self.GAME, home=home, away=away, label=label, size=size))
        canvas = desk.frame(5)
        seen = np.flatnonzero((canvas.y != BLUE[0]).any(axis=0))
        assert seen.min() > 0
        assert seen.max() < WIDTH - 1
        for team in (home, away):
            assert (np.abs(canvas.v.astype(int) - color(team.color)[2]) < 4).any(), "both have their bars"

    def test_a_long_label_is_whole_where_there_is_room(self) -> None:
        desk = Desk()
        label = "Group A, second half"
        small = replace(self.GAME, home=Team("A"), away=Team("B"), label=label, timer="", size=0.04)
        desk.use(small)
        whole = (desk.frame(5).y != BLUE[0]).any(axis=0).sum()
        desk.use(replace(small, label=label[:-1]), frame=6)
        assert (desk.frame(6).y != BLUE[0]).any(axis=0).sum() < whole
