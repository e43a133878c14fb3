"""What is on air runs before everything else on the machine, as far as the system lets it."""

import contextlib
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stagedoor.precedence import OF_ENCODER, OF_LOOP, OF_PROGRAM, OF_PYTHON, come_first
from tests.kit.app import SMALL_MIXER, running_app
from tests.kit.wait import until

LEVELS = {OF_ENCODER, OF_PYTHON, OF_PROGRAM}
MIXER_THREADS = 2
"""The loop and the sound."""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="threads have a place of their own on Linux"),
]


def places(process: int) -> dict[int, int]:
    """How many of a process's threads come first, by their level."""
    found: Counter[int] = Counter()
    for thread in Path(f"/proc/{process}/task").iterdir():
        # One may end while it is looked at.
        with contextlib.suppress(ProcessLookupError):
            found[os.sched_getparam(int(thread.name)).sched_priority] += 1
    return {level: count for level, count in found.items() if level}


def is_first(found: dict[int, int]) -> bool:
    """Whether these are the mixer's, whose sources come first in what they do in Python."""
    of_program = found.get(OF_PROGRAM) == 1 and OF_ENCODER in found
    return of_program and found.get(OF_PYTHON, 0) > MIXER_THREADS and found.keys() <= LEVELS


@pytest.mark.parametrize("realtime", [True, False])
async def test_what_is_on_air_comes_first(*, realtime: bool) -> None:
    with ThreadPoolExecutor(1) as alone:
        comes_first = alone.submit(come_first, OF_PROGRAM).result() and realtime
    async with running_app(with_mixer=True, mixer={**SMALL_MIXER, "realtime": realtime}) as app:
        (await app.api.post("/api/mixer/cut", json={"scene": "quad"})).raise_for_status()
        mixer, relay = app.child("mixer"), app.child("relay")
        if comes_first:
            # One draws, one encodes; the loop, the sound and each source are on the same level.
            await until(lambda: is_first(places(mixer)), what="the mixer's threads in their places")
            # The loop, and what takes apart what the mixer puts there.
            await until(lambda: places(relay).get(OF_LOOP, 0) > 1, what="the relay's threads in theirs")
        else:
            assert (places(mixer), places(relay)) == ({}, {})
        assert places(app.child("control")) == {}
        assert ("before all other work" in app.log()) is comes_first
