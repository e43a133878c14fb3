"""The synthetic publisher's media and the reader that judges it agree with each other."""

import numpy as np
import pytest

from stagedoor.media import opus
from stagedoor.media.packets import Codec
from tests.kit.listening import levels_db
from tests.kit.show import CACHE, Show, encode
from tests.kit.watch import near, watch

pytestmark = pytest.mark.media


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8, Codec.VP9])
async def test_what_is_shown_is_seen(codec: Codec) -> None:
    show = Show(320, 180, color=(200, 60, 40), tone=700, codec=codec, seconds=2, bitrate=400_000)
    media = encode(show)
    seen = await watch(str(CACHE / f"{show.name}.nut"), 10)
    assert [sample.key for sample in media.video].count(True) == 2
    assert seen.sizes == [(320, 180)]
    assert seen.numbers == list(range(60))
    assert near(seen.color, show.color)
    assert seen.tone == pytest.approx(700, abs=3)
    assert not seen.errors


async def test_packets_of_sound_carry_copies_where_that_is_wanted() -> None:
    # A tone that goes on is soon taken for noise, of which no copies are made.
    with_copies, without = (
        encode(Show(320, 180, tone=700, seconds=2, bitrate=400_000, repair=repair)).audio
        for repair in (True, False)
    )
    assert sum(opus.carries_repair(sample.data) for sample in with_copies) > 10
    assert not any(opus.carries_repair(sample.data) for sample in without)


async def test_a_flash_and_its_beep_come_together() -> None:
    show = Show(320, 180, flash=True, seconds=3, bitrate=400_000)
    encode(show)
    seen = await watch(str(CACHE / f"{show.name}.nut"), 10)
    assert len(seen.flashes) == 3
    assert all(abs(offset) < 0.005 for offset in seen.av_offsets())


async def test_a_tone_goes_on_evenly_when_it_is_repeated() -> None:
    """Without a burst where a repetition begins, which the mixer's limiter would answer for a while."""
    media = encode(Show(320, 180, tone=1000, seconds=2, bitrate=400_000))
    levels = levels_db(sample.data for sample in media.audio * 3)
    assert np.ptp(levels[25:]) < 1.0
