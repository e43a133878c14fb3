import asyncio
from collections.abc import Awaitable, Callable

import pytest

from stagedoor.aio import latest
from stagedoor.aio.backoff import Backoff
from stagedoor.aio.channel import Channel
from stagedoor.aio.closing import cancel_and_wait, close_stream
from stagedoor.aio.latest import Latest
from stagedoor.aio.race import hedged
from stagedoor.aio.supervise import supervise
from tests.kit.wait import until

pytestmark = pytest.mark.unit


class Expected(Exception):
    pass


def failing(errors: list[Exception]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        if errors:
            raise errors.pop(0)

    return run


def quick() -> Backoff:
    return Backoff(first=0, most=0)


def test_backoff_doubles_up_to_the_longest_wait() -> None:
    backoff = Backoff(first=0.5, most=10, jitter=0)
    assert [backoff.next() for _ in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]
    assert backoff.attempts == 7
    backoff.reset()
    assert backoff.next() == 0.5


def test_backoff_spreads_within_the_jitter_and_never_passes_the_longest() -> None:
    backoff = Backoff(first=4, most=10, jitter=0.25)
    assert 3 <= backoff.next() <= 5
    assert 6 <= backoff.next() <= 10
    assert backoff.next() <= 10


def test_backoff_stands_very_many_tries() -> None:
    backoff = Backoff(jitter=0)
    backoff.attempts = 100_000
    assert backoff.next() == 10


async def test_supervise_runs_again_until_it_returns() -> None:
    seen: list[str] = []

    def note(error: Expected) -> bool:
        seen.append(str(error))
        return True

    run = failing([Expected("one"), Expected("two")])
    await supervise("x", run, expected=Expected, on_failure=note, backoff=quick())
    assert seen == ["one", "two"]


async def test_supervise_stops_when_told_not_to_retry() -> None:
    left: list[Exception] = [Expected("one"), Expected("two")]
    await supervise("x", failing(left), expected=Expected, on_failure=lambda _: False, backoff=quick())
    assert len(left) == 1


async def test_supervise_lets_a_bug_escape() -> None:
    with pytest.raises(ValueError, match="bug"):
        await supervise(
            "x",
            failing([ValueError("bug")]),
            expected=Expected,
            on_failure=lambda _: True,
            backoff=quick(),
        )


async def test_supervise_starts_the_waits_over_after_a_healthy_run() -> None:
    backoff = Backoff(first=0, most=0)
    waits: list[int] = []

    def note(_: Expected) -> bool:
        waits.append(backoff.attempts)
        return True

    run = failing([Expected("a"), Expected("b"), Expected("c")])
    await supervise("x", run, expected=Expected, on_failure=note, backoff=backoff, healthy_after=0)
    assert waits == [0, 1, 1]


async def test_channel_drops_the_oldest_and_counts() -> None:
    channel: Channel[int] = Channel(2)
    assert channel.put(1)
    assert channel.put(2)
    assert not channel.put(3)
    channel.close()
    assert [item async for item in channel] == [2, 3]
    assert (channel.dropped, channel.passed) == (1, 3)


async def test_channel_wakes_its_reader() -> None:
    channel: Channel[int] = Channel(4)

    async def read() -> list[int]:
        return [item async for item in channel]

    reader = asyncio.create_task(read())
    await asyncio.sleep(0)
    channel.put(7)
    await asyncio.sleep(0)
    channel.close()
    assert await reader == [7]
    assert not channel.put(8)


def test_channel_needs_room_for_one() -> None:
    with pytest.raises(ValueError):
        Channel[int](0)


async def test_cancel_and_wait_waits_for_the_end() -> None:
    ended: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.append("ended")

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await cancel_and_wait(task)
    assert ended == ["ended"]
    await cancel_and_wait()


async def test_close_stream_lets_what_is_buffered_leave() -> None:
    taken = bytearray()

    async def read_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        while data := await reader.read(1 << 20):
            taken.extend(data)
        writer.close()

    server = await asyncio.start_server(read_late, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    writer.write(b"x" * 8_000_000)
    await close_stream(writer)
    await close_stream(writer)
    server.close()
    await server.wait_closed()
    await until(lambda: len(taken) == 8_000_000)


async def test_close_stream_is_bounded_when_the_peer_does_not_read() -> None:
    held = asyncio.Event()

    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await held.wait()
        writer.transport.abort()

    server = await asyncio.start_server(never_read, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"x" * 20_000_000)
    loop = asyncio.get_running_loop()
    before = loop.time()
    await close_stream(writer, within=0.05)
    assert loop.time() - before < 1
    held.set()
    server.close()
    await server.wait_closed()


class Runs:
    """Runs that end when they are told to."""

    def __init__(self) -> None:
        self.ends: list[asyncio.Future[str]] = []
        self.discarded: list[str] = []

    async def run(self) -> str:
        end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ends.append(end)
        return await end

    def hedged(self, after_s: float = 0.0) -> "asyncio.Task[str]":
        run = hedged(self.run, after_s=after_s, discard=self.discarded.append, most=2)
        return asyncio.get_running_loop().create_task(run)

    async def begun(self, count: int) -> None:
        await until(lambda: len(self.ends) == count)


class TestHedged:
    async def test_one_that_is_in_time_stays_alone(self) -> None:
        runs = Runs()
        it = runs.hedged(after_s=60)
        await runs.begun(1)
        runs.ends[0].set_result("first")
        assert await it == "first"
        assert (len(runs.ends), runs.discarded) == (1, [])

    @pytest.mark.parametrize("number", [0, 1])
    async def test_whichever_succeeds_first_counts_and_the_other_ends(self, number: int) -> None:
        runs = Runs()
        it = runs.hedged()
        await runs.begun(2)
        runs.ends[number].set_result("this")
        assert await it == "this"
        assert runs.ends[1 - number].cancelled()

    async def test_a_failure_waits_for_what_is_under_way(self) -> None:
        runs = Runs()
        it = runs.hedged()
        await runs.begun(2)
        runs.ends[0].set_exception(Expected("one"))
        runs.ends[1].set_result("second")
        assert await it == "second"

    async def test_a_failure_in_time_is_raised_at_once(self) -> None:
        runs = Runs()
        it = runs.hedged(after_s=60)
        await runs.begun(1)
        runs.ends[0].set_exception(Expected("one"))
        with pytest.raises(Expected, match="one"):
            await it

    async def test_where_all_fail_the_first_failure_is_raised(self) -> None:
        runs = Runs()
        it = runs.hedged()
        await runs.begun(2)
        runs.ends[1].set_exception(Expected("two"))
        runs.ends[0].set_exception(Expected("one"))
        with pytest.raises(Expected, match="one"):
            await it
        assert len(runs.ends) == 2

    async def test_a_result_that_nobody_needs_is_discarded(self) -> None:
        runs = Runs()
        it = runs.hedged()
        await runs.begun(2)
        runs.ends[0].set_result("first")
        runs.ends[1].set_result("second")
        assert await it == "first"
        assert runs.discarded == ["second"]

    async def test_whoever_is_cancelled_leaves_nothing_running(self) -> None:
        runs = Runs()
        it = runs.hedged()
        await runs.begun(2)
        runs.ends[0].set_result("late")
        await cancel_and_wait(it)
        assert runs.ends[1].cancelled()
        assert runs.discarded == ["late"]


class TestLatest:
    async def test_of_what_is_asked_meanwhile_the_newest_is_done(self) -> None:
        done: list[int] = []
        gate = asyncio.Event()

        async def act(wish: int) -> None:
            done.append(wish)
            await gate.wait()

        numbers = Latest("numbers", act)
        numbers.ask(1)
        running = asyncio.create_task(numbers.run())
        await until(lambda: done)
        numbers.ask(2)
        numbers.ask(3)
        gate.set()
        await until(lambda: len(done) == 2)
        await cancel_and_wait(running)
        assert done == [1, 3]

    async def test_a_mistake_of_ours_is_tried_again(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(latest, "AGAIN_S", 0)
        errors: list[Exception] = [RuntimeError("a mistake")]
        done: list[int] = []

        async def act(wish: int) -> None:
            if errors:
                raise errors.pop()
            done.append(wish)

        numbers = Latest("numbers", act)
        numbers.ask(1)
        running = asyncio.create_task(numbers.run())
        await until(lambda: done)
        await cancel_and_wait(running)
        assert "numbers: what is wanted failed" in caplog.text
