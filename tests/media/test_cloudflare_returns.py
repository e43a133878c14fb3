"""Returns by way of the SFU: pushed once, pulled by each guest, and nobody's trouble is another one's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from stagedoor.carriers.cloudflare import returns as returns_module
from stagedoor.carriers.cloudflare.push import HubReader
from stagedoor.carriers.cloudflare.returns import Returns
from stagedoor.domain.errors import CapacityError, CarrierError, ConflictError, NotFoundError
from stagedoor.emulator.session import Session
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.relay.hub import Hub, Publisher
from tests.kit.relay import FakeConverters
from tests.kit.return_viewer import ReturnViewer
from tests.kit.sfu_guest import QUICK, House, house
from tests.kit.show import AUDIO_RATE, VIDEO_RATE, Show, encode
from tests.kit.viewing import packets_of
from tests.kit.wait import until

pytestmark = pytest.mark.media

SHOW = Show(320, 180, seconds=2, bitrate=400_000)


@dataclass
class Studio:
    """A hub whose returns go to an emulated SFU."""

    hub: Hub
    it: House
    stack: AsyncExitStack

    @property
    def returns(self) -> Returns:
        return self.it.account.returns

    async def publish(self, path: str, kind: Kind) -> "Playing":
        """Have a path published from now on."""
        playing = Playing(self.hub.publish(path, path, request_key_frame=lambda: None), kind)
        self.stack.push_async_callback(playing.stop)
        return playing

    async def viewer(self, name: str, path: str = "return-guest1") -> ReturnViewer:
        """Somebody who watches from now on."""
        viewer, watching = self.coming(name, path)
        await watching
        return viewer

    def coming(
        self, name: str, path: str = "return-guest1", picture: str = ""
    ) -> tuple[ReturnViewer, asyncio.Task[None]]:
        """Somebody who asks to watch, and their asking."""
        viewer = ReturnViewer(name, path, picture)
        self.stack.push_async_callback(viewer.close)
        return viewer, asyncio.create_task(viewer.watch(self.returns))

    def pushing(self) -> Session | None:
        """The session that pushes now."""
        for session in self.it.it.engine.sessions.values():
            if any(not each.closed for each in session.publications.values()) and session.state != "gone":
                return session
        return None


class Playing:
    """Media written to a path in their own time, over and over."""

    def __init__(self, publisher: Publisher, kind: Kind) -> None:
        self.publisher = publisher
        self._rate = VIDEO_RATE if kind is Kind.VIDEO else AUDIO_RATE
        self._task = asyncio.create_task(self._play())

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for due, _, packet in packets_of((encode(SHOW),), self._rate, 0.0):
            await asyncio.sleep(began + due - loop.time())
            self.publisher.write(replace(packet, arrived=loop.time()))

    async def stop(self) -> None:
        """Publish nothing any more."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self.publisher.close()


@asynccontextmanager
async def studio(*guests: str) -> AsyncIterator[Studio]:
    """One that publishes the picture, and the sound of these guests."""
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(Hub(FakeConverters().converters))

        async def open_reader(path: str) -> HubReader | None:
            if hub.owner(path) is None:
                return None
            reader = hub.subscribe(path, kind="cloudflare")
            try:
                await hub.arrival(reader, within=1.0, settle=0.0)
            except NotFoundError:
                reader.close()
                return None
            return reader

        it = await stack.enter_async_context(house(QUICK, open_reader))
        made = Studio(hub, it, stack)
        await made.publish("return-video", Kind.VIDEO)
        for guest in guests:
            await made.publish(f"return-audio-{guest}", Kind.AUDIO)
        yield made


async def test_a_picture_of_ones_own_is_waited_for_and_is_no_other_ones() -> None:
    async with studio("guest1", "guest2") as it:
        other = await it.viewer("b", "return-guest2")
        mine, watching = it.coming("a", picture="return-video-guest1")
        await other.more()
        assert not watching.done()
        await it.publish("return-video-guest1", Kind.VIDEO)
        await watching
        await asyncio.gather(mine.more(), other.more())
        names = {source.name for source in it.returns._viewers["a"].sources.values()}
        assert names == {"return-video-guest1", "return-audio-guest1"}


async def test_picture_and_sound_reach_two_guests_by_one_push() -> None:
    async with studio("guest1", "guest2") as it:
        first = await it.viewer("a", "return-guest1")
        second = await it.viewer("b", "return-guest2")
        await asyncio.gather(first.more(), second.more())
        pushing = it.pushing()
        assert pushing is not None
        names = [each.name for each in pushing.publications.values()]
        assert sorted(names) == ["return-audio-guest1", "return-audio-guest2", "return-video"]
        assert {each.viewer for each in it.returns.invited()} == {"a", "b"}
        await until(lambda: it.it.account.journal.usage.returned_bytes > 0)


async def test_sound_that_comes_a_moment_after_its_picture_is_in_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(returns_module, "BOTH_WITHIN_S", 60.0)
    async with studio() as it:
        viewer, watching = it.coming("a")
        await until(lambda: it.pushing() is not None, what="the picture at the SFU")
        assert not watching.done()
        await it.publish("return-audio-guest1", Kind.AUDIO)
        await watching
        await viewer.more()
        assert len(it.returns.invited()) == 1


async def test_whose_sound_comes_later_comes_again() -> None:
    """The SFU fills no section that it has answered empty."""
    async with studio() as it:
        viewer = await it.viewer("a")
        await viewer.more("video")
        assert (await viewer.received())["audio"] == 0
        await it.publish("return-audio-guest1", Kind.AUDIO)
        await until(lambda: not it.returns.invited())
        again = await it.viewer("b")
        await again.more()
        assert len(it.returns.invited()) == 1


async def test_one_guests_sound_ends_and_the_others_go_on() -> None:
    async with studio("guest1") as it:
        playing = await it.publish("return-audio-guest2", Kind.AUDIO)
        first, second = await it.viewer("a", "return-guest1"), await it.viewer("b", "return-guest2")
        await asyncio.gather(first.more(), second.more())
        before = it.pushing()
        await playing.stop()
        await first.more(count=60)
        await second.more("video")
        assert it.pushing() is before, "nothing was pushed anew"
        await it.publish("return-audio-guest2", Kind.AUDIO)
        await second.more("audio", timeout=20.0)
        assert it.pushing() is before


async def test_sound_that_webrtc_does_not_carry_is_nobodys_trouble() -> None:
    async with studio("guest1") as it:
        aac = it.hub.publish("return-audio-guest2", "other", request_key_frame=lambda: None)
        track = Track(Codec.AAC, 48_000, channels=2, extradata=b"\x11\x90")
        aac.write(Packet(track, b"\0" * 50, 0, 0, 1024, True))
        first = await it.viewer("a", "return-guest1")
        second = await it.viewer("b", "return-guest2")
        await asyncio.gather(first.more(), second.more("video"))
        aac.close()


@pytest.mark.parametrize("how", ["expire", "vanish"])
async def test_the_way_is_lost_and_everybody_is_moved(how: str) -> None:
    async with studio("guest1", "guest2") as it:
        viewers = [await it.viewer("a", "return-guest1"), await it.viewer("b", "return-guest2")]
        await asyncio.gather(*(each.more() for each in viewers))
        before = it.pushing()
        assert before is not None
        await it.it.api.faults(**{how: [before.session_id]})
        await until(lambda: it.pushing() not in (None, before), 20)
        await asyncio.gather(*(each.more(timeout=20.0) for each in viewers))
        assert len(it.returns.invited()) == 2


async def test_a_move_that_fails_at_first_is_tried_again() -> None:
    async with studio("guest1") as it:
        viewer = await it.viewer("a")
        await viewer.more()
        before = it.pushing()
        assert before is not None
        fault = {"operation": "tracks/update", "kind": "fail", "status": 503, "count": 3}
        await it.it.api.faults(expire=[before.session_id], calls=[fault])
        await viewer.more(timeout=25.0)


async def test_nobody_is_dropped_because_the_sfu_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns_module, "ASK_EVERY_S", 0.2)
    async with studio("guest1") as it:
        viewer = await it.viewer("a")
        await viewer.more()
        await it.it.api.faults(
            calls=[{"operation": "sessions/get", "kind": "fail", "status": 503, "count": 2}]
        )
        calls = it.it.account.api.calls
        await until(lambda: calls["session", "carrier_failed"] == 2 and calls["session", "ok"] > 2, 15)
        await viewer.more()
        assert len(it.returns.invited()) == 1


async def test_a_guest_whose_session_is_gone_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns_module, "ASK_EVERY_S", 0.2)
    async with studio("guest1") as it:
        await (await it.viewer("a")).more()
        (viewer,) = it.returns._viewers.values()
        await it.it.api.faults(expire=[viewer.session.id])
        await until(lambda: not it.returns.invited(), 10)


async def test_pushing_ends_when_nobody_watches_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns_module, "IDLE_S", 0.5)
    async with studio("guest1") as it:
        await (await it.viewer("a")).more()
        await it.returns.close("a")
        await until(lambda: it.pushing() is None, 10)
        again = await it.viewer("b")
        await again.more()


async def test_what_cannot_be_watched_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with studio("guest1") as it:
        with pytest.raises(NotFoundError):
            await it.viewer("a", "guest1")
        await (await it.viewer("b")).more()
        with pytest.raises(ConflictError):
            await it.viewer("b")
        monkeypatch.setattr(returns_module, "MOST_VIEWERS", 1)
        with pytest.raises(CapacityError):
            await it.viewer("c")


async def test_a_path_that_nobody_publishes_is_not_there() -> None:
    async with house(QUICK) as it:
        viewer = ReturnViewer("a")
        try:
            with pytest.raises(NotFoundError):
                await viewer.watch(it.account.returns)
        finally:
            await viewer.close()


async def test_an_answer_that_never_comes_is_waited_for_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns_module, "OPEN_WITHIN_S", 1.0)
    async with studio("guest1") as it:
        await it.it.api.faults(calls=[{"operation": "tracks/new", "kind": "hang"}])
        with pytest.raises(CarrierError) as caught:
            await it.viewer("a")
        assert caught.value.code == "carrier_timed_out"
        assert not it.returns._opening
