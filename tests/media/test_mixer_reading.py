"""Reading files and streams of every sort, without a mixer around: what reaches a source's feed, and when."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import open_url
from stagedoor.mixer.sources.reader import Reader
from tests.kit.wait import until

pytestmark = pytest.mark.media


@contextlib.asynccontextmanager
async def reading(url: str | Path, *, paced: bool = True) -> AsyncIterator[Feed]:
    """Read something into a feed until the block ends."""
    feed = Feed(None, SourceSound())
    reader = Reader("test", partial(open_url, str(url)), feed, paced=paced)
    reader.start()
    try:
        yield feed
    finally:
        reader.stop()
        assert await asyncio.to_thread(reader.join, 10.0)


def sound_at(file: Path, first: int) -> Path:
    """Write sound whose times begin at `first` seconds."""
    with av.open(str(file), "w", format="nut") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for number in range(50):
            frame = av.AudioFrame.from_ndarray(np.ones((1, 1920), np.int16), "s16", "stereo")
            frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
            frame.pts = first * 48_000 + number * 960
            out.mux(stream.encode(frame))
    return file


async def test_a_source_whose_times_make_no_sense_is_refused(tmp_path: Path) -> None:
    async with reading(sound_at(tmp_path / "absurd.nut", 2**44)) as feed:
        await until(lambda: feed.facts.code == "source_unreadable")
        assert not feed.has_sound
    async with reading(sound_at(tmp_path / "epoch.nut", 1_800_000_000)) as feed:
        await until(lambda: feed.has_sound)
