"""Program as shots of its sources' copies, from the cut log."""

import json

import pytest

from stagedoor.conform.recut import Copy, Recut, Shot, recut
from stagedoor.conform.timeline import timeline
from stagedoor.ipc.cuts import Cut, Moment
from stagedoor.ipc.recording import PieceStatus

pytestmark = pytest.mark.unit

ADA, BEN = (Copy(f"{name}-001.mkv", f"{name}-001.mov", 40, 1000) for name in ("ada", "ben"))
COPIES = {copy.piece: copy for copy in (ADA, BEN)}
PROGRAM = PieceStatus(file="program-001.mp4", path="program", number=1, offset_ms=100, duration_ms=8000)


def cut(at_s: float, *sources: str, piece_s: float = 10.0, **changes: object) -> Cut:
    """A change at a second of program, in which each source shows the same second of its piece."""
    moments = tuple(
        Moment(source=each, path=each, piece=f"{each}-001.mkv", piece_ms=round(piece_s * 1000) + 40)
        for each in dict.fromkeys((*sources, *changes.get("incoming_layers", ())))  # type: ignore[misc]
    )
    known = {"frame": 0, "frame_rate": 25, "take_ms": 100 + round(at_s * 1000), "program": "x"}
    return Cut.model_validate({**known, "layers": sources, "sources": moments, **changes})


def made(*cuts: Cut, program: tuple[PieceStatus, ...] = (PROGRAM,)) -> Recut:
    return recut(cuts, program, COPIES)


def test_each_line_is_a_shot_up_to_the_next() -> None:
    found = made(cut(0, "ada"), cut(2, "ben"), cut(4, "ada", piece_s=14))
    assert (found.frame_rate, found.frames) == (25, 200)
    assert found.lanes == (
        (Shot("ada", ADA, 250, 50), Shot("ben", BEN, 250, 50), Shot("ada", ADA, 350, 100)),
    )  # fmt: skip


def test_what_goes_on_is_one_shot() -> None:
    """A line that says what the one before already meant cuts nothing."""
    assert made(cut(0, "ada"), cut(2, "ada", piece_s=12)).lanes == ((Shot("ada", ADA, 250, 200),),)
    assert len(made(cut(0, "ada"), cut(2, "ada", piece_s=12.2)).lanes[0]) == 2


def test_a_line_from_before_the_recording_has_moved_on() -> None:
    assert made(cut(-1, "ada")).lanes == ((Shot("ada", ADA, 275, 200),),)
    assert made(cut(-3, "ben"), cut(-1, "ada")).lanes == ((Shot("ada", ADA, 275, 200),),)
    assert made(cut(1, "ada")).lanes == ((Shot("ada", ADA, 225, 200),),)


def test_layers_lie_above_each_other() -> None:
    found = made(cut(0, "ada"), cut(4, "ben", "ada", piece_s=14))
    assert found.lanes == (
        (Shot("ada", ADA, 250, 100), Shot("ben", BEN, 350, 100)),
        (Shot(frames=100), Shot("ada", ADA, 350, 100)),
    )


def test_a_transition_lets_the_shot_before_it_go_on() -> None:
    mix = cut(2, "ada", piece_s=12, transition="mix", frames=10, incoming="y", incoming_layers=("ben",))
    found = made(cut(0, "ada"), mix, cut(2.4, "ben", piece_s=12.4))
    assert found.lanes == ((Shot("ada", ADA, 250, 50), Shot("ben", BEN, 300, 150, 10, "mix")),)


def test_what_begins_within_a_transition_is_cut_in_where_it_begins() -> None:
    mix = cut(2, "ada", piece_s=-0.2, transition="mix", frames=10, incoming="y", incoming_layers=("ben",))
    found = made(cut(0, "ada"), mix, cut(2.4, "ben", piece_s=0.2))
    assert found.lanes == (
        (Shot("ada", ADA, 250, 50), Shot(name="ben", frames=5), Shot("ben", BEN, 0, 145)),
    )  # fmt: skip


def test_a_source_that_both_scenes_have_is_not_mixed() -> None:
    mix = cut(2, "ada", piece_s=12, transition="mix", incoming="y", incoming_layers=("ada",))
    assert made(cut(0, "ada"), mix).lanes == ((Shot("ada", ADA, 250, 200),),)


def test_a_piece_that_begins_in_a_shot_is_seen_from_there_on() -> None:
    assert made(cut(0, "ada", piece_s=-1), cut(4, "ben")).lanes == (
        (Shot("ada", frames=25), Shot("ada", ADA, 0, 75), Shot("ben", BEN, 250, 100)),
    )  # fmt: skip
    assert made(cut(0, "ada", piece_s=-5), cut(4, "ben")).lanes == (
        (Shot("ada", frames=100), Shot("ben", BEN, 250, 100)),
    )


def test_where_nothing_was_recorded_there_is_nothing() -> None:
    slate = Moment(source="ada")
    ends = cut(4, "ada", piece_s=39)
    assert made(cut(0, "ada"), cut(2, "ada", sources=(slate,)), ends).lanes == (
        (
            Shot("ada", ADA, 250, 50),
            Shot("ada", frames=50),
            Shot("ada", ADA, 975, 25),
            Shot("ada", frames=75),
        ),
    )


def film(at_s: float, file_s: float, *, plays: bool) -> Cut:
    moment = Moment(source="film", file="a film.mp4", file_ms=round(file_s * 1000), plays=plays)
    return cut(at_s, "film", sources=(moment,))


def test_a_clip_goes_on_while_it_plays_and_stands_otherwise() -> None:
    clip = Copy("a film.mp4", "../../media/a film.mp4", 0, 100)
    lines = [
        film(-1, 1, plays=False), film(1, 1, plays=True), film(2, 2, plays=False),
        film(3, 0.4, plays=True), film(4, 3.6, plays=True), film(5, 99, plays=False), film(6, 4, plays=False),
    ]  # fmt: skip
    found = recut(lines, (PROGRAM,), {clip.piece: clip})
    assert found.lanes == (
        (
            Shot("film", clip, 25, 25, stands=True),
            Shot("film", clip, 25, 25),
            Shot("film", clip, 50, 25, stands=True),
            Shot("film", clip, 10, 25),
            Shot("film", clip, 90, 10),
            Shot("film", frames=15),
            Shot("film", clip, 99, 75, stands=True),
        ),
    )
    (track, _) = json.loads(timeline("The show", found, "../take").to_json_string())["tracks"]["children"]
    stood, played = track["children"][:2]
    assert [each["OTIO_SCHEMA"] for each in stood["effects"]] == ["FreezeFrame.1"]
    assert not played["effects"]
    assert played["media_references"]["DEFAULT_MEDIA"]["target_url"] == "../../media/a%20film.mp4"
    assert recut(lines, (PROGRAM,), {}).lanes == ((Shot("film", frames=200),),)


def test_black_is_a_gap_on_every_lane() -> None:
    """Also where it ends a transition, and what was below it goes on where it has come to."""
    black = cut(2, "ada", "ben", piece_s=12, black=True)
    assert made(cut(0, "ada", "ben"), black, cut(4, "ada", "ben", piece_s=14)).lanes == tuple(
        (Shot(name, copy, 250, 50), Shot("black", frames=50), Shot(name, copy, 350, 100))
        for name, copy in (("ada", ADA), ("ben", BEN))
    )
    mix = cut(2, "ada", black=True, transition="mix", incoming="y", incoming_layers=("ben",))
    assert made(cut(0, "ada"), mix).lanes == ((Shot("ada", ADA, 250, 50), Shot("black", frames=150)),)


def test_a_stand_in_is_found_by_the_slot_that_it_fills() -> None:
    instead = Moment(source="ben", slot_of="ada", path="ben", piece="ben-001.mkv", piece_ms=2040)
    assert made(cut(0, "ada", sources=(instead,))).lanes == ((Shot("ben", BEN, 50, 200),),)


def test_the_edit_list_says_all_of_it() -> None:
    later = PROGRAM.model_copy(update={"file": "program-002.mp4", "offset_ms": 10_100, "duration_ms": 1000})
    mix = cut(2, "ada", piece_s=12, transition="wipe", incoming="y", incoming_layers=("ben",))
    found = made(cut(0, "ada"), mix, cut(3, "ben", piece_s=13), program=(PROGRAM, later))
    document = json.loads(timeline("The show", found, "../take").to_json_string())
    pictures, sound = document["tracks"]["children"]
    kinds = [child["OTIO_SCHEMA"] for child in pictures["children"]]
    assert kinds == ["Clip.2", "Transition.1", "Clip.2"]
    assert pictures["children"][1]["out_offset"] == {
        "OTIO_SCHEMA": "RationalTime.1",
        "rate": 25.0,
        "value": 25.0,
    }
    urls = [
        child["media_references"]["DEFAULT_MEDIA"]["target_url"]
        for child in sound["children"]
        if child["OTIO_SCHEMA"] == "Clip.2"
    ]
    assert urls == ["../take/program-001.mp4", "../take/program-002.mp4"]
    assert [child["source_range"]["duration"]["value"] for child in sound["children"]] == [200, 50, 25]
