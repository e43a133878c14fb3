"""Paths, publishers and readers of the hub."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from stagedoor.domain.errors import ConflictError, InvalidError, MediaError
from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.outputs.reader import MAX_PACKETS
from stagedoor.relay.hub import Hub, Publisher, Reader, key_frames, variants
from stagedoor.relay.hub import path as path_module
from tests.kit.relay import AUDIO, VIDEO, VP8, FakeConverters, picture, sound
from tests.kit.wait import until

pytestmark = pytest.mark.unit


class Asked:
    """Counts key-frame requests."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def converters() -> FakeConverters:
    return FakeConverters()


@pytest.fixture
async def hub(converters: FakeConverters) -> AsyncIterator[Hub]:
    async with Hub(converters.converters) as hub:
        yield hub


def publish(hub: Hub, path: str = "guest1", owner: str = "anna") -> Publisher:
    return hub.publish(path, owner, request_key_frame=lambda: None)


async def take(reader: Reader, number: int) -> list[Packet]:
    async with asyncio.timeout(2):
        return [await anext(reader) for _ in range(number)]


async def test_a_reader_starts_at_the_last_key_frame(hub: Hub) -> None:
    publisher = publish(hub)
    for number in range(10):
        publisher.write(picture(number, key=number in (0, 6)))
    reader = hub.subscribe("guest1", kind="http")
    publisher.write(sound(1))
    got = await take(reader, 5)
    assert [packet.pts for packet in got[:4]] == [3000 * n for n in (6, 7, 8, 9)]
    assert got[0].key
    assert got[4].track is AUDIO


async def test_a_reader_may_come_before_its_publisher(hub: Hub) -> None:
    reader = hub.subscribe("guest1", kind="http")
    waiting = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    publisher = publish(hub)
    publisher.write(picture(0, key=True))
    assert (await waiting).key


async def test_pictures_start_with_a_key_frame_and_one_is_asked_for(hub: Hub) -> None:
    asked = Asked()
    reader = hub.subscribe("guest1", kind="http")
    publisher = hub.publish("guest1", "anna", request_key_frame=asked)
    publisher.write(picture(0))
    publisher.write(sound(0))
    publisher.write(picture(1))
    publisher.write(picture(2, key=True))
    got = await take(reader, 2)
    assert [packet.track.kind for packet in got] == [Kind.AUDIO, Kind.VIDEO]
    assert got[1].key
    assert asked.times == 1


async def test_key_frame_requests_are_coalesced_and_repeated(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_frames, "INTERVAL_S", 0.05)
    asked = Asked()
    publisher = hub.publish("guest1", "anna", request_key_frame=asked)
    publisher.write(picture(0, key=True))
    readers = [hub.subscribe("guest1", kind="whep") for _ in range(5)]
    for reader in readers:
        reader.request_key_frame()
        reader.request_key_frame()
    assert asked.times == 1
    await until(lambda: asked.times == 2, 1)
    publisher.write(picture(1, key=True))
    await asyncio.sleep(0.12)
    assert asked.times == 2


async def test_who_takes_long_to_send_a_key_frame_is_asked_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_frames, "INTERVAL_S", 0.05)
    asked: list[float] = []
    asker = key_frames.KeyFrameAsker(lambda: asked.append(time.monotonic()))
    asker.want()
    await until(lambda: len(asked) == 4)
    asker.came()
    asker.want()
    await until(lambda: len(asked) == 6)
    asker.rest()
    assert asked[5] - asked[4] >= 1.5 * (asked[3] - asked[0])


async def test_with_readers_no_key_frame_grows_older_than_two_seconds(hub: Hub) -> None:
    asked = Asked()
    publisher = hub.publish("guest1", "anna", request_key_frame=asked)
    publisher.write(picture(0, key=True))
    for number in range(1, 100):
        publisher.write(picture(number))
    assert asked.times == 0
    hub.subscribe("guest1", kind="rtmp")
    publisher.write(picture(100, key=True))
    for number in range(101, 160):
        publisher.write(picture(number))
    assert asked.times == 0
    publisher.write(picture(160))
    assert asked.times == 1


async def test_a_slow_reader_loses_pictures_and_nobody_else_does(hub: Hub) -> None:
    asked = Asked()
    publisher = hub.publish("guest1", "anna", request_key_frame=asked)
    slow = hub.subscribe("guest1", kind="slow")
    quick = hub.subscribe("guest1", kind="quick")
    total = MAX_PACKETS + 100
    seen = 0
    for number in range(total):
        publisher.write(picture(number, key=number == 0))
        seen += len(await quick.batch())
    assert seen == total
    assert quick.dropped == 0
    assert slow.queued == 0
    assert slow.dropped == total
    assert slow.dropped_bytes == total * 100
    assert asked.times >= 1
    publisher.write(picture(total, key=True))
    [packet] = await take(slow, 1)
    assert packet.key
    assert packet.gap


async def test_an_overflow_of_sound_drops_the_oldest(hub: Hub) -> None:
    publisher = publish(hub)
    reader = hub.subscribe("guest1", kind="slow")
    for number in range(MAX_PACKETS + 1):
        publisher.write(sound(number))
    got = await reader.batch()
    assert reader.dropped == MAX_PACKETS // 2
    assert got[-1].pts == MAX_PACKETS * 960
    assert len(got) == MAX_PACKETS // 2 + 1


async def test_the_newest_publisher_of_the_owner_wins_and_time_goes_on(hub: Hub) -> None:
    first = publish(hub)
    reader = hub.subscribe("guest1", kind="http")
    for number in range(300, 310):
        first.write(picture(number, key=number == 300))
        first.write(sound(number * 5 // 3))
    second = publish(hub)
    assert first.replaced
    assert first.path is None
    first.write(picture(310))
    for number in range(5):
        second.write(sound(number))
        second.write(picture(number, key=number == 0))
    got = await take(reader, 30)
    for track in (VIDEO, AUDIO):
        times = [packet.pts for packet in got if packet.track is track]
        assert times == sorted(set(times))
    jump = got[20].pts / 48_000 - got[18].pts / 90_000
    assert 0 < jump < 0.2
    # Sound and picture of the new publisher keep their distance.
    assert got[20].pts * 90_000 == got[21].pts * 48_000


async def test_another_owner_is_refused_until_the_path_is_free(hub: Hub) -> None:
    first = publish(hub)
    with pytest.raises(ConflictError) as refused:
        publish(hub, owner="berta")
    assert refused.value.code == "path_taken"
    reader = hub.subscribe("guest1", kind="http")
    first.close()
    second = publish(hub, owner="berta")
    second.write(picture(0, key=True))
    assert (await take(reader, 1))[0].key


@pytest.mark.parametrize("name", ["", "Guest1", "a/b", "../x", "_x", "a" * 65, "gästin", "a b", "a\n"])
def test_names_of_paths(name: str) -> None:
    hub = Hub(FakeConverters().converters)
    with pytest.raises(InvalidError):
        hub.subscribe(name, kind="http")


async def test_readers_end_when_a_gap_is_too_long(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_module, "GAP_S", 0.02)
    publisher = publish(hub)
    publisher.write(picture(0, key=True))
    reader = hub.subscribe("guest1", kind="http")
    publisher.close()
    async with asyncio.timeout(2):
        got = [packet async for packet in reader]
    assert len(got) == 1
    assert reader.ended
    assert "guest1" not in hub


async def test_a_path_without_publisher_and_readers_is_forgotten(hub: Hub) -> None:
    reader = hub.subscribe("nobody", kind="http")
    assert "nobody" in hub
    await reader.aclose()
    await reader.aclose()
    assert "nobody" not in hub


async def test_aac_is_made_once_for_all_who_ask(hub: Hub, converters: FakeConverters) -> None:
    publisher = publish(hub)
    publisher.write(picture(0, key=True))
    publisher.write(sound(0))
    plain = hub.subscribe("guest1", kind="http")
    assert converters.made == []
    readers = [hub.subscribe("guest1", kind="rtmp", audio=AudioMode.AAC) for _ in range(3)]
    publisher.write(sound(1))
    assert len(converters.made) == 1
    for reader in readers:
        got = await take(reader, 3)
        assert sorted(packet.track.codec for packet in got) == [Codec.AAC, Codec.AAC, Codec.H264]
    assert {packet.track.codec for packet in await take(plain, 3)} == {Codec.H264, Codec.OPUS}
    for reader in readers:
        await reader.aclose()
    publisher.write(sound(2))
    await until(lambda: converters.made[0].closed, 1)
    assert len(converters.made[0].fed) == 2


async def test_a_picture_is_converted_only_if_it_is_something_else(
    hub: Hub, converters: FakeConverters
) -> None:
    publisher = publish(hub)
    reader = hub.subscribe("guest1", kind="rtmp", video=VideoMode.H264, audio=AudioMode.NONE)
    publisher.write(picture(0, key=True))
    publisher.write(sound(0))
    publisher.write(picture(1))
    assert converters.made == []
    second = publish(hub)
    second.write(picture(0, key=True, track=VP8))
    assert len(converters.made) == 1
    got = await take(reader, 3)
    assert {packet.track.codec for packet in got} == {Codec.H264}


async def test_who_wants_what_cannot_be_made_is_told_and_the_others_go_on(
    hub: Hub, converters: FakeConverters
) -> None:
    publisher = publish(hub)
    plain = hub.subscribe("guest1", kind="http")
    reader = hub.subscribe("guest1", kind="rtmp", video=VideoMode.H264)
    converters.refuses = MediaError("too large")
    publisher.write(sound(0))
    publisher.write(picture(0, key=True, track=VP8))
    publisher.write(sound(1))
    assert [packet.track.kind for packet in await take(reader, 1)] == [Kind.AUDIO]
    with pytest.raises(MediaError, match="too large"):
        await anext(reader)
    with pytest.raises(MediaError, match="too large"):
        await reader.batch()
    assert len(await take(plain, 3)) == 3
    assert [each.kind for each in hub.status("guest1").readers] == ["http"]
    converters.refuses = None
    again = hub.subscribe("guest1", kind="rtmp", video=VideoMode.H264, audio=AudioMode.NONE)
    publisher.write(picture(1, key=True, track=VP8))
    assert (await take(again, 1))[0].track.codec is Codec.H264


async def test_a_conversion_that_failed_starts_anew(
    hub: Hub, converters: FakeConverters, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(variants, "RESTART_AFTER_S", 0.05)
    publisher = publish(hub)
    reader = hub.subscribe("guest1", kind="rtmp", audio=AudioMode.AAC)
    publisher.write(sound(0))
    converters.made[0].failed = True
    for number in range(1, 5):
        publisher.write(sound(number))
    assert len(converters.made) == 1
    assert "conversion of guest1 to aac failed" in caplog.text
    await until(lambda: converters.made[0].closed)
    await asyncio.sleep(0.06)
    publisher.write(sound(5))
    assert len(converters.made) == 2
    assert [packet.pts for packet in await take(reader, 2)] == [0, 4800]


async def test_the_hub_ends_everything(converters: FakeConverters) -> None:
    hub = Hub(converters.converters)
    publisher = publish(hub)
    reader = hub.subscribe("guest1", kind="rtmp", audio=AudioMode.AAC)
    waiting = hub.subscribe("guest2", kind="http")
    publisher.write(sound(0))
    await hub.aclose()
    assert converters.made[0].closed
    assert reader.ended
    assert waiting.ended
    assert list(hub) == []


async def test_paths_tell_what_flows(hub: Hub) -> None:
    changed: list[str] = []
    hub.on_path = changed.append
    publisher = publish(hub)
    publisher.write(picture(0, key=True))
    publisher.write(sound(0))
    reader = hub.subscribe("guest1", kind="http")
    status = hub.status("guest1")
    assert status.owner == "anna"
    assert [(track.codec, track.frames) for track in status.tracks] == [(Codec.H264, 1), (Codec.OPUS, 1)]
    assert [(each.kind, each.queued) for each in status.readers] == [("http", 2)]
    assert len(changed) == 4
    await reader.aclose()
    publisher.close()
    assert hub.status("guest1").owner is None
    assert len(changed) == 7
