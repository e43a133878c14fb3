"""The hub's port with real media: what goes in comes out, in every container, with the size that it has."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import av
import httpx
import pytest

from stagedoor.ipc.messages import AudioMode
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.relay.converters import converting
from stagedoor.relay.hub import Hub
from stagedoor.relay.hub import path as path_module
from tests.kit.hub_port import OPERATOR, HubPort, hub_port
from tests.kit.samples import SWEEP, merged, opus, tone, video
from tests.kit.wait import until

pytestmark = pytest.mark.media

FRAMES = 30
"""Of each size."""


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HubPort]:
    monkeypatch.setattr(path_module, "GAP_S", 1.0)
    async with converting() as converters, hub_port(converters) as port:
        yield port


@dataclass
class Seen:
    """What a player saw."""

    sizes: list[tuple[tuple[int, int], int]]
    sound_s: float
    codecs: set[str]
    first: dict[str, float]


def play(url: str, container: str) -> Seen:
    """Decode everything, as a player would."""
    name = {"mkv": "matroska", "ts": "mpegts"}.get(container, container)
    sizes, samples = [], 0
    first: dict[str, float] = {}
    with av.open(url, format=name, options={"probesize": "65536", "analyzeduration": "300000"}) as source:
        codecs = {stream.codec_context.name for stream in source.streams if stream.type != "data"}
        for frame in source.decode():
            assert frame.pts is not None
            assert frame.time_base is not None
            time = float(frame.pts * frame.time_base)
            if isinstance(frame, av.VideoFrame):
                sizes.append((frame.width, frame.height))
                first.setdefault("video", time)
            elif isinstance(frame, av.AudioFrame):
                samples += frame.samples
                first.setdefault("audio", time)
    return Seen([(size, len(list(same))) for size, same in groupby(sizes)], samples / 48_000, codecs, first)


async def published(
    port: HubPort, url: str, packets: Iterable[Packet], container: str, *, pace: float = 0.001
) -> Seen:
    """Publish while a player reads; it ends when the gap after the last packet is too long."""
    publisher = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
    loop = asyncio.get_running_loop()
    rest = iter(packets)
    for _ in range(3):
        publisher.write(replace(next(rest), arrived=loop.time()))
    playing = asyncio.ensure_future(asyncio.to_thread(play, url, container))
    await until(lambda: playing.done() or port.hub.status("guest1").readers)
    for packet in rest:
        publisher.write(replace(packet, arrived=loop.time()))
        await asyncio.sleep(pace)
    publisher.close()
    return await playing


@pytest.mark.parametrize("container", ["nut", "mkv", "ts", "flv", "mp4"])
async def test_every_container_carries_every_size(port: HubPort, container: str) -> None:
    packets = merged(video(frames=FRAMES), opus(tone(3.0)))
    seen = await published(port, port.url(f"guest1.{container}"), packets, container)
    assert seen.sizes == [(size, FRAMES) for size in SWEEP]
    assert seen.sound_s == pytest.approx(3.0, abs=0.15)
    sound = "aac" if container in ("ts", "flv") else "opus"
    assert {name for name in seen.codecs if name in ("aac", "opus", "h264")} == {sound, "h264"}
    assert seen.first["audio"] - seen.first["video"] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.AV1, Codec.H265])
@pytest.mark.parametrize("container", ["nut", "mkv"])
async def test_our_containers_carry_every_codec(port: HubPort, codec: Codec, container: str) -> None:
    packets = merged(video(codec, ((320, 180), (640, 360)), frames=FRAMES), opus(tone(2.0)))
    seen = await published(port, port.url(f"guest1.{container}"), packets, container)
    assert seen.sizes == [((320, 180), FRAMES), ((640, 360), FRAMES)]


async def test_a_player_that_knows_only_h264_may_ask_for_it(port: HubPort) -> None:
    packets = merged(video(Codec.VP8, ((320, 180), (640, 360)), frames=FRAMES), opus(tone(2.0)))
    seen = await published(port, port.url("guest1.flv", "&video=h264"), packets, "flv", pace=0.02)
    assert [size for size, _ in seen.sizes] == [(320, 180), (640, 360)]
    assert seen.codecs == {"h264", "aac"}
    assert sum(count for _, count in seen.sizes) >= 2 * FRAMES - 6


async def test_a_second_reader_starts_at_the_key_frame(port: HubPort) -> None:
    publisher = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
    for packet in merged(video(frames=FRAMES), opus(tone(3.0))):
        publisher.write(packet)
    playing = asyncio.ensure_future(asyncio.to_thread(play, port.url("guest1.nut"), "nut"))
    await until(lambda: port.hub.status("guest1").readers)
    publisher.close()
    assert (await playing).sizes == [(SWEEP[-1], FRAMES)]


async def test_sound_alone(port: HubPort) -> None:
    seen = await published(port, port.url("guest1.flv"), opus(tone(2.0)), "flv")
    assert seen.sizes == []
    assert seen.sound_s == pytest.approx(2.0, abs=0.3)


async def put(client: httpx.AsyncClient, url: str, packets: Iterable[Packet]) -> httpx.Response:
    listed = list(packets)
    tracks = {packet.track.kind: packet.track for packet in reversed(listed)}

    async def body() -> AsyncIterator[bytes]:
        muxer = Muxer(Container.NUT, tracks.get(Kind.VIDEO), tracks.get(Kind.AUDIO))
        for packet in listed:
            if data := muxer.write(packet):
                yield data
            await asyncio.sleep(0)
        yield muxer.close()

    return await client.put(url, content=body())


async def everything(hub: Hub, path: str) -> list[Packet]:
    reader = hub.subscribe(path, kind="test")
    return [packet async for packet in reader]


async def test_what_is_put_comes_out_as_it_was(port: HubPort) -> None:
    sent = merged(video(frames=FRAMES), opus(tone(3.0)))
    reading = asyncio.ensure_future(everything(port.hub, "program"))
    await asyncio.sleep(0)
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await put(client, port.url("program.nut"), sent)
    assert answer.status_code == 204, answer.text
    got = await reading
    for kind in Kind:
        before = [(p.pts, p.data) for p in sent if p.track.kind is kind]
        after = [(p.pts, p.data) for p in got if p.track.kind is kind]
        assert after == before
    sizes = [(p.track.width, p.track.height) for p in got if p.track.kind is Kind.VIDEO and p.key]
    assert sizes == list(SWEEP)


async def test_only_nut_is_taken_and_only_from_one(port: HubPort) -> None:
    async with httpx.AsyncClient(timeout=20) as client:
        assert (await client.put(port.url("program.mkv"), content=b"x")).status_code == 404
        answer = await client.put(port.url("program.nut"), content=b"no such thing" * 10_000)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_nut")
        assert (await client.put(f"{port.origin}/live/program.nut", content=b"x")).status_code == 401
        guest = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
        answer = await put(client, port.url("guest1.nut"), opus(tone(0.2)))
        assert (answer.status_code, answer.json()["code"]) == (409, "path_taken")
        guest.close()
    assert list(port.hub) == []


async def test_the_newest_publisher_takes_over(port: HubPort) -> None:
    packets = opus(tone(1.0))
    gate = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        muxer = Muxer(Container.NUT, None, packets[0].track)
        for packet in packets:
            yield muxer.write(packet)
            if packet is packets[20]:
                await gate.wait()

    async with httpx.AsyncClient(timeout=20) as client:
        older = asyncio.ensure_future(client.put(port.url("program.nut"), content=body()))
        await until(lambda: port.hub.status("program").tracks)
        newer = asyncio.ensure_future(put(client, port.url("program.nut"), packets))
        assert (await newer).status_code == 204
        gate.set()
        assert (await older).json()["code"] == "replaced"


async def test_a_publisher_that_falls_silent_is_cut_off(
    port: HubPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.relay.http.publish.SILENT_S", 0.1)
    reader, writer = await asyncio.open_connection(*port.address)
    head = f"PUT /live/program.nut?token={OPERATOR} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readline()
    assert b"422" in answer
    writer.close()
    await writer.wait_closed()
    assert list(port.hub) == []


async def test_one_encoder_for_all_who_read_aac(port: HubPort) -> None:
    publisher = port.hub.publish("guest1", "anna", request_key_frame=lambda: None)
    packets = opus(tone(1.0))
    readers = [port.hub.subscribe("guest1", kind="test", audio=AudioMode.AAC) for _ in range(3)]
    for packet in packets:
        publisher.write(packet)
    await until(lambda: all(reader.queued >= 40 for reader in readers))
    heard: list[list[Any]] = []
    for reader in readers:
        heard.append([packet.data for packet in await reader.batch()][:40])
        reader.close()
    assert heard[0] == heard[1] == heard[2]
    publisher.close()
