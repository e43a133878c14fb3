"""A guest whose stream becomes another one while it goes on: codec, channels; he is the same source."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.media.packets import Codec, Kind, Packet, Track
from tests.kit.listening import RATE, Listened, Rgb, level_db, listen
from tests.kit.mixing import Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

SLATE = "#e0e0e0"
"""A colour that nobody sends."""
ONE = scene_of("full", ["guest1"], "one")
CORNER = ((0.05, 0.5),)
"""Where neither a frame's number nor a slate's name is."""
COLORS = {
    Codec.H264: (200, 40, 40),
    Codec.H265: (40, 60, 200),
    Codec.VP9: (30, 160, 60),
    Codec.AV1: (200, 180, 40),
}
SHOWS = tuple(
    Show(320, 180, color=color, codec=codec, seconds=2, bitrate=300_000) for codec, color in COLORS.items()
)
MONO, STEREO = (Show(320, 180, seconds=2, bitrate=300_000, channels=channels) for channels in (1, 2))
TONE_DB = -10.5
AS_LOUD_DB = 1.0
NAMES = frozenset({"h264", "hevc", "vp9", "av1"})
SHOWN_LATER = (Codec.H265, Codec.VP9, Codec.AV1)
SLOT_FRAMES = 30
"""A second."""
PART = RATE // 8
"""Samples of which a level is taken."""
FEWEST = 4
SETTLED = RATE // 2
"""Samples after which what has changed is heard, playout delay and all."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Mixing]:
    async with mixing(tmp_path) as running:
        await running.show(ONE, sources=[guest("guest1", color=SLATE)])
        yield running


@dataclass
class Noted:
    """Notes program's frame when the first packet of each stream comes, one after the other."""

    stage: Mixing
    kind: Kind = Kind.VIDEO
    came: list[tuple[Track, int]] = field(default_factory=list)

    def __call__(self, packet: Packet) -> Packet:
        if packet.track.kind is self.kind and (not self.came or self.came[-1][0] is not packet.track):
            self.came.append((packet.track, self.stage.state().frame))
        return packet


async def watched(stage: Mixing, seconds: float, color: Rgb) -> Listened:
    """Program from a picture of this colour on."""

    async def so() -> bool:
        seen = await listen(stage.url("program.nut"), 0.1, points=CORNER)
        return near(seen.colors[-1][0], color)

    await until(so, 10, interval=0.1, what=f"{color} in program")
    return await listen(stage.url("program.nut"), seconds, points=CORNER)


async def test_every_codec_follows_the_other_live(stage: Mixing) -> None:
    """In one session; each is there a second after its first key frame, and never a slate between them."""
    noted = Noted(stage)
    async with playing(stage.studio, "guest1", *(encode(show) for show in SHOWS), change=noted):
        seen = await watched(stage, 8.5, COLORS[Codec.H264])
        assert stage.source("guest1").video_codec in NAMES
    assert seen.missing <= stage.left_out()
    shown = [
        next((each for each, paint in COLORS.items() if near(got, paint)), None) for (got,) in seen.colors
    ]
    assert None not in shown, "something else was seen"
    first = {codec: seen.numbers[shown.index(codec)] for codec in SHOWN_LATER}
    came = {track.codec: frame for track, frame in reversed(noted.came)}
    for codec, frame in first.items():
        assert came[codec] < frame <= came[codec] + SLOT_FRAMES, (codec, first, came)


@pytest.mark.parametrize(("first", "then"), [(MONO, STEREO), (STEREO, MONO)])
async def test_another_number_of_channels_is_as_loud_on_both_sides(
    stage: Mixing, first: Show, then: Show
) -> None:
    """In one session, whose picture goes on."""
    noted = Noted(stage, Kind.AUDIO)
    async with playing(stage.studio, "guest1", encode(first), encode(then), change=noted):
        seen = await watched(stage, 3.5, first.color)
    assert [track.channels for track, _ in noted.came[:2]] == [first.channels, then.channels]
    assert all(near(got, first.color) for (got,) in seen.colors)
    changed = round((noted.came[1][1] / seen.frame_rate - seen.sound_at) * RATE)
    for side in seen.sides:
        for part in (side[:changed], side[changed + SETTLED :]):
            levels = [level_db(piece, first.tone) for piece in parts(part)]
            assert len(levels) >= FEWEST
            # A busy machine leaves holes, which are quieter; another level is another one all the time.
            assert np.quantile(levels, 0.75) == pytest.approx(TONE_DB, abs=AS_LOUD_DB), levels


def parts(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Pieces of sound that are long enough for a level."""
    return sound[: len(sound) // PART * PART].reshape(-1, PART)
