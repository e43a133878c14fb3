"""The cut log: when a line is written, what it says, and which pieces have its pictures."""

from pathlib import Path

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.recording import PieceState
from stagedoor.domain.scene import Scene
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus, RecordingSpec
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.outlets.cut_lines import CutLines
from stagedoor.mixer.outlets.cuts import CutLog
from stagedoor.mixer.program import Shown
from stagedoor.mixer.sources.showing import Showing
from stagedoor.mixer.switcher import Switcher
from stagedoor.outputs.files.cut_pieces import complete, placed

pytestmark = pytest.mark.unit

CLOCK = Clock(started_ns=1_000_000_000, frame_rate=25)
SPEC = RecordingSpec(take="20261126-060000", started_ns=1_000_000_000, folder="/nowhere")
SCENES = {
    "one": scene_of("full", ["guest1"], "one"),
    "both": scene_of("two_up", ["guest2", "guest1"], "both"),
}


class Watching:
    """A cut log with what its sources show now."""

    def __init__(self) -> None:
        self.cuts: list[Cut] = []
        self.showing = {"guest1": Showing("guest1", "guest1", 1, 10.0), "guest2": Showing("guest2")}
        self.switcher = Switcher(program="one", preview="both")
        self.log = CutLog(CLOCK, self.scene, self.showing.__getitem__, lambda _, cut: self.cuts.append(cut))

    def scene(self, name: str) -> Scene:
        return SCENES[name]

    def until(self, first: int, last: int) -> list[Cut]:
        """Draw these frames; return the lines that they made."""
        self.cuts.clear()
        for number in range(first, last + 1):
            self.switcher, shot = self.switcher.at(number)
            self.log.frame(Shown(number, None, shot, self.switcher), SPEC)  # type: ignore[arg-type]
        return list(self.cuts)


def test_a_line_is_written_where_something_changes() -> None:
    it = Watching()
    (first,) = it.until(0, 10)
    assert (first.frame, first.frame_rate, first.take_ms, first.program) == (0, 25, 0, "one")
    assert first.sources == (Moment(source="guest1", path="guest1", path_ms=10_000),)
    it.switcher = it.switcher.cut("both")
    (cut,) = it.until(11, 20)
    assert (cut.frame, cut.take_ms, cut.layers) == (11, 440, ("guest2", "guest1"))
    assert cut.sources[1] == Moment(source="guest2")


def test_a_transition_has_its_beginning_and_its_end() -> None:
    it = Watching()
    it.until(0, 3)
    it.switcher = it.switcher.auto(Transition(TransitionKind.WIPE, 5), 3)
    begin, end = it.until(4, 20)
    assert (begin.frame, begin.transition, begin.frames) == (4, "wipe", 5)
    assert (begin.program, begin.incoming) == ("one", "both")
    assert (begin.layers, begin.incoming_layers) == (("guest1",), ("guest2", "guest1"))
    assert (end.frame, end.transition, end.program, end.incoming) == (8, "", "both", "")


def test_a_transition_by_hand_has_no_length() -> None:
    it = Watching()
    it.until(0, 3)
    it.switcher = it.switcher.with_bar(0.4, Transition(TransitionKind.MIX, 5))
    (by_hand,) = it.until(4, 9)
    assert (by_hand.transition, by_hand.frames) == ("mix", 0)
    it.switcher = it.switcher.auto(Transition(TransitionKind.MIX, 5), 9)
    by_itself, end = it.until(10, 20)
    assert (by_itself.frames, end.transition) == (5, "")


def test_a_stinger_is_a_cut() -> None:
    it = Watching()
    it.until(0, 3)
    it.switcher = it.switcher.auto(Transition(TransitionKind.STINGER, 11, cut_at=4), 3)
    (cut,) = it.until(4, 30)
    assert (cut.frame, cut.transition, cut.program, cut.incoming) == (8, "", "both", "")


def test_another_stream_a_slate_and_a_stand_in_are_lines_too() -> None:
    it = Watching()
    it.until(0, 3)
    it.showing["guest1"] = Showing("guest1")
    (slate,) = it.until(4, 5)
    assert slate.sources == (Moment(source="guest1"),)
    it.showing["guest1"] = Showing("guest1", "guest1", 2, 11.0)
    (back,) = it.until(6, 7)
    assert back.sources[0].path_ms == 11_000
    it.showing["guest1"] = Showing("guest2", "guest2", 1, 3.0)
    (instead,) = it.until(8, 9)
    assert instead.sources == (Moment(source="guest2", slot_of="guest1", path="guest2", path_ms=3000),)


def test_a_still_that_leaves_for_its_slate_is_a_line() -> None:
    it = Watching()
    it.showing["guest1"] = Showing("still")
    it.until(0, 3)
    it.showing["guest1"] = Showing("still", slate=True)
    assert [cut.frame for cut in it.until(4, 9)] == [4]


def test_a_clip_has_a_line_wherever_it_does_not_go_on_by_itself() -> None:
    """Where it begins to play, stands, is sought, and begins its next round; by its name among the media."""
    it, spec = Watching(), SPEC.model_copy(update={"media": "/srv/media"})
    clip = Showing("film", stream=1, media_s=1.0, file="/srv/media/films/a.mp4", lap_s=10.0)

    def line(number: int, showing: Showing) -> list[Moment]:
        it.cuts.clear()
        it.showing["guest1"] = showing
        for again in (number, number + 1):
            it.switcher, shot = it.switcher.at(again)
            # Its pictures go on.
            it.showing["guest1"] = showing._replace(media_s=showing.media_s + (again - number) / 25)
            it.log.frame(Shown(again, None, shot, it.switcher), spec)  # type: ignore[arg-type]
        return [moment for cut in it.cuts for moment in cut.sources]

    cued = Moment(source="film", slot_of="guest1", file="films/a.mp4", file_ms=1000)
    assert line(0, clip) == [cued]
    assert line(2, clip._replace(plays=True)) == [cued.model_copy(update={"plays": True})]
    assert line(4, clip._replace(plays=True, media_s=2.0)) == []
    round_ = clip._replace(plays=True, lap_s=12.0)
    assert line(6, round_) == [cued.model_copy(update={"plays": True})]
    paused = clip._replace(lap_s=12.0, media_s=1.2)
    assert [moment.file_ms for moment in line(8, paused)] == [1200]
    assert [moment.file_ms for moment in line(10, paused._replace(lap_s=22.0, media_s=3.0))] == [3000]
    (elsewhere,) = line(12, clip._replace(file="/etc/a.mp4"))
    assert elsewhere == Moment(source="film", slot_of="guest1")


def test_what_is_read_elsewhere_has_its_delay_in_the_place_of_its_time() -> None:
    it = Watching()
    it.showing["guest1"] = Showing("guest1", "guest1", 1, 777.0, delay_ms=120)
    (line,) = it.until(0, 5)
    assert line.sources == (Moment(source="guest1", path="guest1", delay_ms=120),)
    log = Cut(frame=100, frame_rate=25, take_ms=4000, program="one", sources=line.sources)
    found = placed(log, [piece(1, 100, 200), piece(2, 3000, 3700)])
    assert [(each.piece, each.piece_ms) for each in found.sources] == [("guest1-002.mkv", 880)]
    (early,) = placed(log, [piece(1, 3900, 200)]).sources
    assert (early.piece, early.piece_ms) == ("guest1-001.mkv", -20)
    ended = piece(1, 100, 200).model_copy(update={"state": PieceState.DONE, "duration_ms": 900})
    assert placed(log, [ended]).sources == line.sources


CUT = Cut(
    frame=100, frame_rate=25, take_ms=4000, program="one",
    sources=(Moment(source="guest1", path="guest1", path_ms=3900),),
)  # fmt: skip


def piece(number: int, offset_ms: int, origin_ms: int, path: str = "guest1") -> PieceStatus:
    name = f"{path}-{number:03}.mkv"
    return PieceStatus(file=name, path=path, number=number, offset_ms=offset_ms, origin_ms=origin_ms)


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ([piece(1, 100, 200)], ("guest1-001.mkv", 3700)),
        ([piece(1, 100, 200), piece(2, 3600, 3700)], ("guest1-002.mkv", 200)),
        # The path's times go on over a reconnect; the new piece begins after the picture.
        ([piece(1, 100, 200), piece(2, 4500, 4600)], ("guest1-001.mkv", 3700)),
        # The relay began anew, and with it the path's times.
        ([piece(1, 100, 200), piece(2, 3950, 0)], ("guest1-001.mkv", 3700)),
        # A take whose guest has sent a key frame just after the picture that program began with.
        ([piece(1, 3950, 4050)], ("guest1-001.mkv", -150)),
        ([piece(1, 3950, 4050), piece(2, 6000, 6100)], ("guest1-001.mkv", -150)),
        ([piece(1, 100, 200, "guest2")], ("", None)),
        ([], ("", None)),
    ],
)
def test_the_piece_is_the_one_that_has_the_picture(
    pieces: list[PieceStatus], found: tuple[str, int | None]
) -> None:
    (moment,) = placed(CUT, pieces).sources
    assert (moment.piece, moment.piece_ms) == found


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_a_sender_whose_clock_drifts_for_hours_loses_no_piece(drift: float) -> None:
    take_ms = 8 * 3600 * 1000
    path_ms = round((take_ms - 100) * (1 + drift)) + 200
    cut = CUT.model_copy(
        update={"take_ms": take_ms, "sources": (CUT.sources[0].model_copy(update={"path_ms": path_ms}),)}
    )
    (moment,) = placed(cut, [piece(1, 100, 200)]).sources
    assert (moment.piece, moment.piece_ms) == ("guest1-001.mkv", path_ms - 200)


def test_a_line_waits_for_nothing(tmp_path: Path) -> None:
    spec = SPEC.model_copy(update={"folder": str(tmp_path)})
    lines = CutLines()
    lines.add(spec.take, CUT)
    lines.add("20261126-050000", CUT)
    (line,) = lines.ready(spec)
    assert Cut.model_validate_json(line) == CUT
    assert lines.ready(spec) == []
    (tmp_path / "guest1-001.json").write_text(piece(1, 100, 200).model_dump_json())
    lines.add(spec.take, CUT)
    (line,) = lines.ready(spec)
    assert Cut.model_validate_json(line).sources[0].piece == "guest1-001.mkv"


def test_a_take_that_ends_names_the_pieces_that_came_after_their_lines(tmp_path: Path) -> None:
    log, known = tmp_path / "cuts.jsonl", placed(CUT, [piece(7, 100, 300)])
    complete(tmp_path)
    assert not log.exists()
    log.write_text(f"{CUT.model_dump_json()}\n{known.model_dump_json()}\n{CUT.model_dump_json()[:40]}")
    (tmp_path / "guest1-001.json").write_text(piece(1, 100, 200).model_dump_json())
    complete(tmp_path)
    first, second, cut_off = log.read_text().splitlines()
    assert Cut.model_validate_json(first) == placed(CUT, [piece(1, 100, 200)])
    assert Cut.model_validate_json(second) == known
    assert cut_off == CUT.model_dump_json()[:40]


def test_bytes_that_the_disk_has_spoiled_stay_as_they_are(tmp_path: Path) -> None:
    log, spoiled = tmp_path / "cuts.jsonl", b'{"frame":\xff\xfe}'
    log.write_bytes(CUT.model_dump_json().encode() + b"\n" + spoiled + b"\n")
    (tmp_path / "guest1-001.json").write_text(piece(1, 100, 200).model_dump_json())
    complete(tmp_path)
    first, second = log.read_bytes().splitlines()
    assert Cut.model_validate_json(first) == placed(CUT, [piece(1, 100, 200)])
    assert second == spoiled
