"""Sources whose clocks run 200 ppm fast and slow: program keeps their sound and picture in its own time."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pytest

from tests.kit.app import App, running_app
from tests.kit.flashes import decode
from tests.kit.off_clocks import OFF_CLOCKS, Followed, Following, missing_ms, off_clocks
from tests.kit.wait import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]

MIXER: Final = {"width": 640, "height": 360, "preset": "ultrafast", "bitrate": 1_500_000}
SPAN_S: Final = 80.0
"""What nobody follows moves by more than three times `LATER_S` meanwhile."""
EVERY_S: Final = 10.0
LATER_S: Final = 0.005
"""By so much the sound of a source may move whose clock is not ours."""
AHEAD_S: Final = 0.02
ROUGH: Final = 0.25
"""Of a tone's amplitude; coding alone makes a tenth, a hole as much as a tone."""
UNEVEN: Final = 0.1


@dataclass(frozen=True)
class Sample:
    """What became of them in some seconds of program.

    Attributes:
        at: Seconds of program, at least.
        followed: By what was decoded since the sample before.
        before_ms: How much of their sound was not there in time, of all that came before.
        missing_ms: The same with these seconds.
    """

    at: float
    followed: Followed
    before_ms: int
    missing_ms: int


async def test_sources_with_clocks_of_their_own_stay_in_time_and_make_no_click() -> None:
    samples = []
    async with running_app(with_mixer=True, mixer=MIXER) as app, off_clocks(app), _followed(app) as following:
        # In the first of them the way to program is found out.
        for number in range(round(SPAN_S / EVERY_S) + 2):
            before_ms = await missing_ms(app)
            await until(lambda: following.span_s >= EVERY_S, 3 * EVERY_S, what="some seconds of program")
            followed = await asyncio.to_thread(following.taken)
            samples.append(Sample(number * EVERY_S, followed, before_ms, await missing_ms(app)))
    _stay_in_time(samples[1:])
    # What came too late is no click of the clock's; a hole of the seconds before may have been on its way.
    whole = [now.followed for last, now in pairwise(samples[1:]) if now.missing_ms == last.before_ms]
    assert whole, samples
    assert max(each.rough for each in whole) <= ROUGH, samples
    assert max(each.uneven for each in whole) <= UNEVEN, samples


def _stay_in_time(samples: list[Sample]) -> None:
    span_s = samples[-1].at - samples[0].at
    for source in OFF_CLOCKS:
        assert abs(source.ppm) / 1e6 * span_s >= 3 * LATER_S
        later = [each.followed.later[source.name] for each in samples]
        assert max(abs(each - later[0]) for each in later) <= LATER_S, samples
        assert max(abs(each.followed.ahead[source.name]) for each in samples) <= AHEAD_S, samples


@asynccontextmanager
async def _followed(app: App) -> AsyncIterator[Following]:
    """Program is decoded while the block lasts."""
    following, stop = Following(), threading.Event()
    url = f"{app.hub_url}/live/program.nut?token={app.token}"
    reading = asyncio.create_task(asyncio.to_thread(decode, url, stop, following.see))
    try:
        yield following
    finally:
        stop.set()
        await reading
