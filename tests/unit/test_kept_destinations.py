"""A destination that meets a mistake of ours: another one takes its place, and the operator sees why."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.errors import InvalidError
from stagedoor.ipc.messages import AudioMode, DestinationSpec, DestinationStatus, VideoMode
from stagedoor.ipc.mixer import OutputSpec
from stagedoor.media.packets import Packet
from stagedoor.mixer.outlets.destinations import Destinations
from stagedoor.outputs.kept import Kept
from tests.kit.wait import until

pytestmark = pytest.mark.unit

SPEC = DestinationSpec(id="1", url="rtmp://server/live/key")
LIVE, RETRYING, WAITING, STOPPED = (
    DestinationState.LIVE,
    DestinationState.RETRYING,
    DestinationState.WAITING,
    DestinationState.STOPPED,
)


class Scripted:
    """A destination that a test drives."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self.breaks = asyncio.Event()
        self.status = DestinationStatus(id=SPEC.id, url="rtmp://server", state=WAITING)

    def say(self, **update: object) -> None:
        self.status = self.status.model_copy(update=update)
        self._on_change()

    async def run(self) -> None:
        try:
            await self.breaks.wait()
            raise ZeroDivisionError("a bug")
        finally:
            self.say(state=STOPPED)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "next", lambda _: 0.0)


@pytest.mark.usefixtures("at_once")
async def test_the_reason_stays_until_it_is_live_again_and_what_was_counted_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made: list[Scripted] = []

    def make(on_change: Callable[[], None]) -> Scripted:
        made.append(Scripted(on_change))
        return made[-1]

    told: list[DestinationStatus] = []
    kept = Kept(SPEC, make, lambda: told.append(kept.status), "The output")
    assert (kept.status.state, kept.status.url) == (WAITING, "")
    task = asyncio.create_task(kept.run())
    await until(lambda: made)
    made[0].say(state=LIVE, bytes_sent=1000, dropped=3, queued=5)
    made[0].breaks.set()
    await until(lambda: len(made) == 2)
    failed = told[-1]
    assert (failed.state, failed.code, failed.url) == (RETRYING, "internal", "rtmp://server")
    assert (failed.bytes_sent, failed.dropped, failed.queued) == (1000, 3, 0)
    assert "ZeroDivisionError" in failed.reason
    assert failed.hint
    assert "The output failed" in caplog.text
    assert "a bug" in caplog.text

    made[1].say(state=DestinationState.CONNECTING, attempts=1)
    assert (kept.status.state, kept.status.reason) == (DestinationState.CONNECTING, failed.reason)
    made[1].say(state=RETRYING, reason="nothing listens", code="destination_unreachable")
    assert (kept.status.reason, kept.status.code) == ("nothing listens", "destination_unreachable")
    made[1].say(state=LIVE, reason="", code="", attempts=0, bytes_sent=500)
    assert (kept.status.state, kept.status.reason, kept.status.bytes_sent) == (LIVE, "", 1500)
    made[1].say(state=DestinationState.CONNECTING)
    assert kept.status.reason == ""
    await cancel_and_wait(task)
    assert kept.status.state is STOPPED


async def test_what_cannot_be_published_to_is_not_tried_again() -> None:
    def make(_: Callable[[], None]) -> Scripted:
        raise InvalidError("a destination is not a URL", hint="Write it as rtmp://host/path.")

    changes: list[None] = []
    kept = Kept(SPEC, make, lambda: changes.append(None), "The output")
    await kept.run()
    status = kept.status
    assert (status.state, status.code, status.reason) == (STOPPED, "invalid", "a destination is not a URL")
    assert len(changes) == 1


class Breaking:
    """A reader that ends with a mistake, or never has a packet."""

    dropped = queued = 0

    def __init__(self, *, breaks: bool) -> None:
        self._breaks = breaks

    async def __aiter__(self) -> AsyncIterator[Packet]:
        if self._breaks:
            raise ZeroDivisionError("a bug")
        await asyncio.Event().wait()
        yield Packet.__new__(Packet)

    async def aclose(self) -> None:
        pass


@pytest.mark.usefixtures("at_once")
async def test_an_output_of_the_mixer_comes_back_after_a_mistake(caplog: pytest.LogCaptureFixture) -> None:
    readers: list[Breaking] = []
    told: list[DestinationStatus] = []

    def open_reader(_audio: AudioMode, _video: VideoMode) -> Breaking:
        readers.append(Breaking(breaks=len(readers) < 2))
        return readers[-1]

    with caplog.at_level(logging.ERROR):
        async with asyncio.TaskGroup() as group:
            destinations = Destinations(
                group, lambda _: open_reader, lambda: told.extend(destinations.statuses), lambda _: 0
            )
            destinations.want([OutputSpec(id="out", url="rtmp://127.0.0.1:9/live/program")])
            await until(lambda: len(readers) == 3)
            (status,) = destinations.statuses
            await destinations.aclose()
    assert (status.state, status.code, status.url) == (WAITING, "internal", "rtmp://127.0.0.1:9/live/program")
    assert [each.state for each in told if each.code] == [RETRYING, STOPPED, RETRYING]
    assert all("ZeroDivisionError" in each.reason for each in told if each.code)
    assert "IllegalTransitionError" not in caplog.text
