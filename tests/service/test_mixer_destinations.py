"""Program's destinations: each begins and ends by itself, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.ipc.mixer import OutputSpec
from stagedoor.media.packets import Packet
from stagedoor.mixer.outlets.destinations import Destinations
from tests.kit.wait import until

pytestmark = pytest.mark.service

SLOW = OutputSpec(id="slow", url="rtmp://127.0.0.1:9/live/slow")
QUICK = OutputSpec(id="quick", url="rtmp://127.0.0.1:9/live/quick")


class Silent:
    """A reader that never has a packet, and leaves once it may."""

    dropped = queued = 0

    def __init__(self) -> None:
        self.may_leave = asyncio.Event()
        self.may_leave.set()
        self.has_left = False

    async def __aiter__(self) -> AsyncIterator[Packet]:
        await asyncio.Event().wait()
        yield Packet.__new__(Packet)

    async def aclose(self) -> None:
        await self.may_leave.wait()
        self.has_left = True


@pytest.fixture
async def readers() -> list[Silent]:
    return []


@pytest.fixture
async def destinations(readers: list[Silent]) -> AsyncIterator[Destinations]:
    def open_reader(_audio: AudioMode, _video: VideoMode) -> Silent:
        readers.append(Silent())
        return readers[-1]

    async with asyncio.TaskGroup() as group:
        made = Destinations(group, lambda _canvas: open_reader, lambda: None, lambda packet: packet.pts)
        yield made
        for reader in readers:
            reader.may_leave.set()
        await made.aclose()
        await made.aclose()


async def test_a_stop_and_a_start_are_both_done_while_another_one_is_slow_to_end(
    destinations: Destinations, readers: list[Silent]
) -> None:
    destinations.want([SLOW, QUICK])
    await until(lambda: len(readers) == 2)
    slow, quick = readers
    slow.may_leave.clear()
    destinations.want([QUICK])
    destinations.want([])
    assert [each.id for each in destinations.statuses] == []
    destinations.want([QUICK])
    await until(lambda: len(readers) == 3)
    assert (slow.has_left, quick.has_left) == (False, True)
    assert [each.id for each in destinations.statuses] == ["quick"]


async def test_what_takes_a_place_waits_until_it_is_free_and_nobody_else_does(
    destinations: Destinations, readers: list[Silent]
) -> None:
    destinations.want([SLOW])
    await until(lambda: readers)
    slow = readers[0]
    slow.may_leave.clear()
    destinations.want([SLOW.model_copy(update={"url": "rtmp://127.0.0.1:9/live/other"}), QUICK])
    await until(lambda: len(readers) == 2)
    destinations.want([SLOW, QUICK])
    # Whoever does not wait has run by then.
    for _ in range(10):
        await asyncio.sleep(0)
    assert (len(readers), slow.has_left) == (2, False)
    slow.may_leave.set()
    await until(lambda: len(readers) == 3)
    assert slow.has_left
