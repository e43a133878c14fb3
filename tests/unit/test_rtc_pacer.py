"""A burst to a viewer is spread, in order; a frame of usual size leaves at once."""

import asyncio

import pytest

from stagedoor.rtc.send.pacer import HELPING, MOST, STEP, Pacer
from tests.kit.wait import until

pytestmark = pytest.mark.unit


async def test_a_frame_of_usual_size_leaves_at_once_and_no_timer_runs() -> None:
    sent: list[bytes] = []
    pacer = Pacer(sent.append)
    for number in range(HELPING):
        pacer(b"%d" % number)
    assert len(sent) == HELPING
    assert pacer._timer is None


async def test_a_burst_is_spread_and_stays_in_order() -> None:
    sent: list[bytes] = []
    pacer = Pacer(sent.append)
    burst = [b"%d" % number for number in range(3 * HELPING + 1)]
    began = asyncio.get_running_loop().time()
    for packet in burst:
        pacer(packet)
    assert len(sent) == HELPING
    await until(lambda: len(sent) == len(burst), 2, interval=0.001)
    assert asyncio.get_running_loop().time() - began >= 3 * STEP
    assert sent == burst
    assert pacer._timer is None


async def test_what_comes_during_a_burst_waits_behind_it() -> None:
    sent: list[bytes] = []
    pacer = Pacer(sent.append)
    for _ in range(HELPING + 1):
        pacer(b"burst")
    pacer(b"late")
    await until(lambda: len(sent) == HELPING + 2, 2, interval=0.001)
    assert sent[-1] == b"late"


async def test_more_than_it_can_hold_loses_the_oldest_and_closing_forgets_the_rest() -> None:
    sent: list[bytes] = []
    pacer = Pacer(sent.append)
    for number in range(HELPING + MOST + 5):
        pacer(b"%d" % number)
    await until(lambda: len(sent) > HELPING, 2, interval=0.001)
    assert sent[HELPING] == b"%d" % (HELPING + 5)
    pacer.close()
    count = len(sent)
    await asyncio.sleep(2 * STEP)
    assert len(sent) == count
