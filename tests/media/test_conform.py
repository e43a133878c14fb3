"""Conforming: a real take, cut again by its edit list, shows what program showed."""

import asyncio
import shutil
from itertools import pairwise, takewhile
from pathlib import Path

import opentimelineio as otio
import pytest

from stagedoor.conform.conform import conform
from stagedoor.domain.clip import Autoplay, ClipAction, ClipState
from stagedoor.domain.errors import ConflictError, NotFoundError, StorageError
from stagedoor.domain.layout import scene_of
from stagedoor.domain.scene import Rect
from stagedoor.domain.source import Source, SourceKind
from stagedoor.domain.transition import Transition, TransitionKind
from stagedoor.ipc.clips import ClipCommand
from stagedoor.ipc.cuts import Cut
from tests.kit.listening import listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.recutting import Seen, frames, played, read
from tests.kit.show import BITS, CACHE, Show, encode, number_in, squares
from tests.kit.takes import noted, play, take_of
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import Watched, near

pytestmark = [pytest.mark.media, pytest.mark.paced]

TAKE = "20261126-060000"
RED = Show(320, 180, color=(200, 40, 40), tone=440, bitrate=300_000)
BLUE = Show(320, 180, color=(40, 60, 200), tone=880, bitrate=300_000)
COUNT = RED.seconds * RED.frame_rate
SCENES = (
    scene_of("full", ["guest1"], "one"),
    scene_of("full", ["camera"], "two"),
    scene_of("two_up", ["camera", "guest1"], "both"),
)
PLACES = {scene.id: {slot.source: slot.rect for slot in scene.slots} for scene in SCENES}
KEY_FRAMES = 30
"""Frames from one key frame of a source to the next."""


async def record(stage: Mixing, root: Path) -> None:
    """Record a show of two sources with cuts, a mix, and a scene of both."""
    camera = Source("camera", SourceKind.URL, url=stage.url("camera.mkv"), iso=True)
    async with playing(stage.studio, "guest1", encode(RED)), playing(stage.studio, "camera", encode(BLUE)):
        await stage.show(*SCENES, sources=[guest("guest1"), camera])
        await stage.are_live("guest1", "camera")
        spec = take_of(root, TAKE)
        await stage.studio.parts.iso.want(spec)
        await stage.want(recording=spec)
        await until(lambda: len(stage.state().recording.pieces) == 2, 10, what="both pieces")
        for name in ("two", "one", "two", "one"):
            await after(stage, (await stage.engine.cut(name)).frame + 15)
        await stage.engine.preview("two")
        await after(stage, (await stage.engine.auto(Transition(TransitionKind.MIX, 10))).frame + 25)
        await after(stage, (await stage.engine.cut("both")).frame + 15)
        for black in (True, False):
            await after(stage, (await stage.engine.fade(black=black, frames=5)).frame + 25)
        await stage.want(recording=None)
        await stage.studio.parts.iso.want(None)


def add_second(folder: Path) -> None:
    """Have the take a piece of the second canvas too, which is cut already and no material."""
    shutil.copy(folder / "program-001.mp4", folder / "second-001.mp4")
    note = (folder / "program-001.json").read_text()
    (folder / "second-001.json").write_text(note.replace("program", "second"))


def forget_pieces(folder: Path) -> None:
    """Have half of the cut log as a mixer that was killed leaves it, whose pieces had just begun."""
    log, lines = folder / "cuts.jsonl", []
    for number, line in enumerate(log.read_text().splitlines()):
        cut = Cut.model_validate_json(line)
        unknown = (each.model_copy(update={"piece": "", "piece_ms": None}) for each in cut.sources)
        lines.append(cut.model_copy(update={"sources": tuple(unknown)}) if number % 2 else cut)
    log.write_text("".join(f"{cut.model_dump_json()}\n" for cut in lines))


async def after(stage: Mixing, frame: int) -> None:
    await until(lambda: stage.state().frame > frame, 20, what=f"frame {frame}")


async def test_the_copies_cut_again_are_program(tmp_path: Path) -> None:
    said: list[str] = []
    async with mixing(tmp_path) as stage:
        await record(stage, tmp_path)
    add_second(tmp_path / TAKE)
    forget_pieces(tmp_path / TAKE)
    result = await asyncio.to_thread(conform, tmp_path, TAKE, CACHE, 1, said.append)
    assert result == tmp_path / f"{TAKE}-conformed"
    assert sorted(path.name for path in result.iterdir()) == [
        f"{TAKE}.otio", "camera-001.mov", "guest1-001.mov",
    ]  # fmt: skip
    timeline = read(result / f"{TAKE}.otio")
    lane, above = timeline.video_tracks()
    program = await play(tmp_path / TAKE / "program-001.mp4")
    files = await played(result, lane)
    for file in files.values():
        assert (file.codecs, file.errors) == ({"video": "h264", "audio": "pcm_s16le"}, [])
    recut = frames(lane)
    assert abs(len(recut) - 30 * program.video_times[-1]) <= 3
    note = next(each for each in noted(tmp_path / TAKE) if each.path == "program")
    text = (tmp_path / TAKE / "cuts.jsonl").read_text()
    lines = [Cut.model_validate_json(line) for line in text.splitlines()]
    cuts = [cut for cut in takewhile(lambda line: not line.black, lines) if not cut.transition]
    assert [cut.program for cut in cuts] == ["one", "two", "one", "two", "one", "two", "both"]
    pictures = await pictures_of(tmp_path / TAKE / "program-001.mp4")
    for cut in cuts:
        begin = max(0, round((cut.take_ms - note.offset_ms) * 30 / 1000))
        if cut is cuts[0]:
            # The piece may begin with a key frame that came after the picture that program began with.
            begin = next(at for at, seen in enumerate(recut) if seen.file)
            assert begin <= KEY_FRAMES
        # A busy machine leaves a frame out now and then.
        at = next(frame for frame in range(begin, begin + 10) if frame in pictures)
        for source, track in zip(cut.layers, (lane, above), strict=False):
            seen = frames(track)[at]
            assert seen.file == f"{source}-001.mov", (cut, at)
            number = pictures[at][PLACES[cut.program][source]]
            off = (files[seen.file].numbers[seen.frame] - number + 60) % COUNT - 60
            assert abs(off) <= 1, (cut, at, source, off)
    await fades_right(tmp_path / TAKE / note.file, lines, (recut, frames(above)), note.offset_ms)
    (mix,) = (each for each in lane if isinstance(each, otio.schema.Transition))
    assert mix.transition_type == otio.schema.TransitionTypes.SMPTE_Dissolve
    assert mix.out_offset.to_frames() >= 9
    assert {seen.file for seen in frames(above)} == {"", "guest1-001.mov"}
    await sounds_right(result)
    await refusals(tmp_path)


async def pictures_of(file: Path) -> dict[int, dict[Rect, int]]:
    """For each frame of program the numbers that are to be read in it, wherever a scene has a source."""
    rects = list(dict.fromkeys(rect for places in PLACES.values() for rect in places.values()))
    points = tuple(point for rect in rects for point in squares(rect))
    seen = await listen(str(file), 1000, points=points)
    found = {}
    for number, colors in zip(seen.numbers, seen.colors, strict=True):
        rows = (colors[at : at + BITS] for at in range(0, len(colors), BITS))
        found[number] = dict(zip(rects, map(number_in, rows), strict=True))
    return found


async def fades_right(program: Path, cuts: list[Cut], lanes: tuple[list[Seen], ...], offset_ms: int) -> None:
    """While program is black nothing is shown, and no longer."""
    begin, end = (
        round((cut.take_ms - offset_ms) * 30 / 1000)
        for before, cut in pairwise(cuts)
        if before.black is not cut.black
    )
    assert end - begin >= 20
    for track in lanes:
        assert {seen.file for seen in track[begin:end]} == {""}
        assert track[begin - 1].file
        assert track[end].file
    seen = await listen(str(program), 1000, points=((0.25, 0.5), (0.75, 0.5)))
    shown = dict(zip(seen.numbers, seen.colors, strict=True))
    black = [shown[number] for number in range(begin, end) if number in shown]
    assert len(black) >= 10
    assert all(near(color, (0, 0, 0)) for colors in black for color in colors)


async def sounds_right(result: Path) -> None:
    """The copies have their sources' own sound, beside their own picture."""
    for name, show in (("guest1", RED), ("camera", BLUE)):
        seen = await play(result / f"{name}-001.mov")
        assert near(seen.color, show.color)
        assert abs(seen.tone - show.tone) < 5
        assert abs(seen.audio_times[-1] - seen.video_times[-1]) < 0.2


async def refusals(root: Path) -> None:
    """What is there stays, unless it is to be replaced; what fails leaves nothing behind."""
    said: list[str] = []
    edit = root / f"{TAKE}-conformed" / f"{TAKE}.otio"
    edit.write_text("mine")
    with pytest.raises(ConflictError, match="there already"):
        await asyncio.to_thread(conform, root, TAKE, CACHE, 1, said.append)
    with pytest.raises(StorageError, match="must stay free"):
        await asyncio.to_thread(conform, root, TAKE, CACHE, 10**18, said.append, force=True)
    assert edit.read_text() == "mine"
    await asyncio.to_thread(conform, root, TAKE, CACHE, 1, said.append, force=True)
    assert edit.read_text() != "mine"
    with pytest.raises(NotFoundError):
        await asyncio.to_thread(conform, root, "20261126-050000", CACHE, 1, said.append)
    (root / TAKE / "cuts.jsonl").unlink()
    with pytest.raises(ConflictError, match="no log of its cuts"):
        await asyncio.to_thread(conform, root, TAKE, CACHE, 1, said.append, force=True)
    assert {path.name for path in root.iterdir() if path.name.startswith(TAKE)} == {TAKE, f"{TAKE}-conformed"}


async def play_film(stage: Mixing, root: Path) -> None:
    """Record a clip that stands, plays, stands, is sought, goes round, and is cut to and from."""
    film = Source(
        "film",
        SourceKind.URL,
        url=str(CACHE / f"{RED.name}.nut"),
        in_s=0.5,
        out_s=2.0,
        autoplay=Autoplay.NEVER,
    )
    await stage.show(scene_of("full", ["film"], "film"), scene_of("full", ["none"], "none"), sources=[film])
    await until(lambda: (clip := stage.source("film").clip) and clip.state is ClipState.CUED, 10)
    await stage.want(recording=take_of(root, TAKE).model_copy(update={"media": str(CACHE)}))
    await until(lambda: stage.state().recording.pieces, 10, what="the piece")
    await after(stage, stage.state().frame + 10)
    for action, at_s, frames_ in (
        (ClipAction.PLAY, 0.0, 20),
        (ClipAction.PAUSE, 0.0, 12),
        (ClipAction.SEEK, 1.5, 12),
        (ClipAction.PLAY, 0.0, 60),
    ):
        moved = await stage.engine.clips.steer(ClipCommand(source="film", action=action, at_s=at_s))
        assert moved.frame is not None
        await after(stage, moved.frame + frames_)
    await after(stage, (await stage.engine.cut("none")).frame + 10)
    await after(stage, (await stage.engine.cut("film")).frame + 20)
    await stage.want(recording=None)


def number_at(program: Watched, frame: int) -> int | None:
    """The number in program's picture of an editor's frame; None where a busy machine recorded none."""
    nearest = min(range(len(program.numbers)), key=lambda n: abs(program.video_times[n] - frame / 30))
    return program.numbers[nearest] if abs(program.video_times[nearest] - frame / 30) < 0.02 else None


async def test_a_clip_is_cut_where_it_is_by_what_was_done_with_it(tmp_path: Path) -> None:
    said: list[str] = []
    await asyncio.to_thread(encode, RED)
    async with mixing(tmp_path) as stage:
        await play_film(stage, tmp_path)
    result = await asyncio.to_thread(conform, tmp_path, TAKE, CACHE, 1, said.append)
    (note,) = noted(tmp_path / TAKE)
    cuts = [
        Cut.model_validate_json(line) for line in (tmp_path / TAKE / "cuts.jsonl").read_text().splitlines()
    ]
    films = [(cut, moment) for cut in cuts for moment in cut.sources if moment.source == "film"]
    assert {moment.file for _, moment in films} == {f"{RED.name}.nut"}
    stands = [not moment.plays for _, moment in films]
    assert stands[:5] == [True, False, True, True, False]
    assert not any(stands[5:])
    assert len(films) >= 7, "a line for each round"
    (lane,) = read(result / f"{TAKE}.otio").video_tracks()
    recut, program = frames(lane), await play(tmp_path / TAKE / note.file)
    assert {(result / seen.file).resolve() for seen in recut if seen.file} == {CACHE / f"{RED.name}.nut"}
    for cut, _ in films:
        at = max(0, round((cut.take_ms - note.offset_ms) * 30 / 1000))
        shown = number_at(program, at)
        assert shown is None or abs(recut[at].frame - shown) <= 1, (cut, recut[at], shown)
    pairs = [(seen.frame, number_at(program, at)) for at, seen in enumerate(recut) if seen.file]
    known = [abs(frame - shown) for frame, shown in pairs if shown is not None]
    assert len(known) > 80
    assert sum(off <= 1 for off in known) > 0.9 * len(known), pairs
