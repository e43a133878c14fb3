"""Returns that come from another program: beside our own program, and where there is none of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from stagedoor.domain.layout import scene_of
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.ipc.mixer import Listener, Talkback
from stagedoor.settings.mixer import MixerSettings
from tests.kit.listening import Listened, listen
from tests.kit.mixing import SMALL, Mixing, guest, mixing
from tests.kit.show import Show, encode
from tests.kit.viewing import playing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

STUDIO: Final = Show(640, 360, color=(30, 160, 60), tone=1130, profile="high", bitrate=400_000)
"""What the other program sends: no profile that a browser was asked for."""
GUESTS: Final = {
    "guest1": Show(320, 180, color=(200, 40, 40), tone=440, bitrate=200_000),
    "guest2": Show(320, 180, color=(40, 60, 200), tone=740, bitrate=200_000),
}
VOICE: Final = Show(160, 90, tone=2000, bitrate=50_000)
OUTSIDE: Final = "outside-guest1"
HEARD_DB: Final = -14.0
SILENT_DB: Final = -65.0
DUCKED_DB: Final = (-26.0, -19.0)
"""Of the other program under an operator's voice: 12 dB less than -10.5."""
CORNER: Final = (0.03, 0.95)
"""Of a slate, beside its words."""
ALONE: Final = MixerSettings(enabled=False)


@asynccontextmanager
async def fed(folder: Path, settings: MixerSettings = SMALL) -> AsyncIterator[tuple[Mixing, Source]]:
    """A mixer, and a source that it reads by URL as it would from another program's server."""
    async with mixing(folder, settings) as stage, playing(stage.studio, "studio", encode(STUDIO)):
        yield stage, Source(OUTSIDE, SourceKind.URL, "Nothing comes", url=stage.url("studio.nut"))


def levels(heard: Listened, hertz: float) -> list[float]:
    """The level of a tone in each fifth of a second, the lowest first."""
    spans = range(int(len(heard.sound) / 4_800) - 1)
    return sorted(heard.level_db(hertz, span / 10, 0.2) for span in spans)


def loudest(heard: Listened, hertz: float) -> float:
    """The most that is heard of a tone: a gap on a busy machine is nobody's fault here."""
    return levels(heard, hertz)[-1]


def usual(heard: Listened, hertz: float) -> float:
    """What is heard of a tone half of the time: a gap that was concealed is heard at every frequency."""
    found = levels(heard, hertz)
    return found[len(found) // 2]


async def heard(stage: Mixing, *paths: str, seconds: float = 1.6) -> list[Listened]:
    return await asyncio.gather(*(listen(stage.url(f"{path}.nut"), seconds) for path in paths))


async def test_what_comes_from_outside_stands_for_program_in_one_return(tmp_path: Path) -> None:
    async with fed(tmp_path) as (stage, outside):
        one, two = (playing(stage.studio, name, encode(show)) for name, show in GUESTS.items())
        async with one, two:
            await stage.want(
                listeners=(
                    Listener(name="guest1", sources=("guest1",), outside=OUTSIDE),
                    Listener(name="guest2", sources=("guest2",)),
                ),
                watched=("return-guest1", "return-guest2"),
            )
            scene = scene_of("two_up", list(GUESTS), "both")
            await stage.show(scene, sources=[*(guest(name) for name in GUESTS), outside])
            await stage.are_live(*GUESTS, OUTSIDE)
            mine, other, program = await heard(stage, "return-guest1", "return-guest2", "program")
            assert near(mine.colors[-1][0], STUDIO.color)
            assert loudest(mine, STUDIO.tone) > HEARD_DB
            assert max(usual(mine, show.tone) for show in GUESTS.values()) < SILENT_DB
            for part in (other, program):
                assert usual(part, STUDIO.tone) < SILENT_DB
                assert loudest(part, GUESTS["guest1"].tone) > HEARD_DB
            # By a carrier that brings the picture, it has a path of its own.
            split = Listener(name="guest1", sources=("guest1",), outside=OUTSIDE, split=True)
            await stage.want(listeners=(split,), watched=("return-audio-guest1", "return-video-guest1"))
            sound, picture = await heard(stage, "return-audio-guest1", "return-video-guest1", seconds=1.5)
            assert (sound.numbers, len(picture.sound)) == ([], 0)
            assert near(picture.colors[-1][0], STUDIO.color)
            assert loudest(sound, STUDIO.tone) > HEARD_DB


async def test_without_a_program_of_ours_returns_and_talkback_go_on(tmp_path: Path) -> None:
    async with fed(tmp_path, ALONE) as (stage, outside):
        hub = stage.studio.parts.hub
        async with playing(stage.studio, "talkback-main", encode(VOICE)):
            await stage.want(
                sources=(outside, guest("talkback-main")),
                listeners=(
                    Listener(name="guest1", sources=("guest1",), outside=OUTSIDE),
                    Listener(name="guest2", sources=("guest2",)),
                ),
                talkbacks=(Talkback(operator="main", to=("guest1", "guest2")),),
                watched=("return-guest1", "return-guest2", "multiview", "return-video"),
            )
            await stage.are_live(OUTSIDE, "talkback-main")
            await until(lambda: hub.owner("return-guest1") and hub.owner("return-guest2"))
            mine, other = await heard(stage, "return-guest1", "return-guest2")
            assert near(mine.colors[-1][0], STUDIO.color)
            assert loudest(mine, VOICE.tone) > -16
            assert DUCKED_DB[0] < loudest(mine, STUDIO.tone) < DUCKED_DB[1]
            assert (other.numbers, loudest(other, VOICE.tone) > -16) == ([], True)
        assert [path for path in ("program", "multiview", "return-video") if hub.owner(path)] == []


async def test_who_gets_nothing_from_outside_reads_so_and_it_comes_back(tmp_path: Path) -> None:
    async with mixing(tmp_path, ALONE) as stage:
        outside = Source(OUTSIDE, SourceKind.URL, "Nothing comes", "#c04020", stage.url("studio.nut"))
        back = Listener(name="guest1", sources=("guest1",), outside=OUTSIDE)
        await stage.want(sources=(outside,), listeners=(back,), watched=("return-guest1",))
        slate = await listen(stage.url("return-guest1.nut"), 0.5, points=(CORNER,))
        assert near(slate.colors[-1][0], (0xC0, 0x40, 0x20))
        async with playing(stage.studio, "studio", encode(STUDIO)):
            await stage.are_live(OUTSIDE)
            (seen,) = await heard(stage, "return-guest1", seconds=1.0)
            assert near(seen.colors[-1][0], STUDIO.color)
        await stage.reaches(OUTSIDE, SourceState.GONE, timeout=20)
        assert stage.source(OUTSIDE).code in ("source_silent", "source_missing")
