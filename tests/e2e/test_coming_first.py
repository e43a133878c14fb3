"""What is on air runs before everything else on the machine, as far as the system lets it."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stagedoor.precedence import OF_ENCODER, OF_LOOP, OF_PROGRAM, come_first
from tests.kit.app import SMALL_MIXER, running_app
from tests.kit.wait import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="threads have a place of their own on Linux"),
]


def places(process: int) -> list[int]:
    """The levels of those of a process's threads that come first."""
    threads = [int(each.name) for each in Path(f"/proc/{process}/task").iterdir()]
    levels = (os.sched_getparam(each).sched_priority for each in threads)
    return sorted(level for level in levels if level)


@pytest.mark.parametrize("realtime", [True, False])
async def test_what_is_on_air_comes_first(*, realtime: bool) -> None:
    with ThreadPoolExecutor(1) as alone:
        comes_first = alone.submit(come_first, OF_PROGRAM).result() and realtime
    async with running_app(with_mixer=True, mixer={**SMALL_MIXER, "realtime": realtime}) as app:
        (await app.api.post("/api/mixer/cut", json={"scene": "quad"})).raise_for_status()
        mixer = [OF_ENCODER, OF_LOOP, OF_PROGRAM] if comes_first else []
        await until(lambda: places(app.child("mixer")) == mixer, what="the mixer's threads in their places")
        assert places(app.child("relay")) == ([OF_LOOP] if comes_first else [])
        assert places(app.child("control")) == []
        assert ("before all other work" in app.log()) is comes_first
