"""NUT that comes in pieces, as packets."""

import asyncio
import contextlib
import io
import os
import random
from collections import deque
from dataclasses import replace
from itertools import islice

import av
import pytest

from stagedoor.domain.errors import ClosedError, MediaError
from stagedoor.media.demux import MAX_BYTES, MAX_PACKETS, NutDemuxer
from stagedoor.media.mux import Container, Muxer
from stagedoor.media.mux.nut import NutWriter
from stagedoor.media.packets import Codec, Kind, Packet
from tests.kit import samples
from tests.kit.soak import private_mb
from tests.kit.wait import until

pytestmark = pytest.mark.media

VIDEO_CODECS = [Codec.H264, Codec.H265, Codec.VP8, Codec.VP9, Codec.AV1]


def nut(packets: list[Packet]) -> list[bytes]:
    first = {packet.track.kind: packet.track for packet in reversed(packets)}
    muxer = Muxer(Container.NUT, first.get(Kind.VIDEO), first.get(Kind.AUDIO))
    return [muxer.write(packet) for packet in packets]


async def demuxed(chunks: list[bytes]) -> list[Packet]:
    async with NutDemuxer() as demuxer, asyncio.TaskGroup() as group:

        async def feed() -> None:
            for chunk in chunks:
                await demuxer.feed(chunk)
            await demuxer.finish()

        group.create_task(feed())
        return [packet async for packet in demuxer]


def pieces(data: bytes, seed: int) -> list[bytes]:
    """Cut bytes at places that have nothing to do with their meaning."""
    chance = random.Random(seed)
    cuts = [0, *sorted(chance.sample(range(1, len(data)), 50)), len(data)]
    return [data[start:end] for start, end in zip(cuts, cuts[1:], strict=False)]


def essence(packets: list[Packet], kind: Kind) -> list[tuple[object, ...]]:
    return [
        (
            packet.track.codec,
            packet.track.clock_rate,
            packet.data,
            packet.pts,
            packet.dts,
            packet.key,
            packet.gap,
        )
        for packet in packets
        if packet.track.kind is kind
    ]


@pytest.mark.parametrize("codec", VIDEO_CODECS)
async def test_what_our_muxer_writes_comes_out_as_it_went_in(codec: Codec) -> None:
    sent = samples.merged(samples.video(codec, frames=8), samples.opus(samples.tone(0.8)))
    got = await demuxed(pieces(b"".join(nut(sent)), seed=1))
    for kind in Kind:
        assert essence(got, kind) == essence(sent, kind)
    sizes = [(p.track.width, p.track.height) for p in got if p.track.kind is Kind.VIDEO]
    assert sizes == [(p.track.width, p.track.height) for p in sent if p.track.kind is Kind.VIDEO]


async def test_parameter_sets_and_aac_configuration_arrive() -> None:
    sent = samples.merged(samples.video(frames=3), samples.aac(samples.tone(0.3)))
    got = await demuxed(nut(sent))
    for ours, theirs in zip(samples.merged(sent), samples.merged(got), strict=True):
        assert theirs.track.extradata == ours.track.extradata
        assert theirs.track.channels == ours.track.channels


async def test_each_packet_comes_out_before_the_next_goes_in() -> None:
    sent = samples.video(frames=10)
    got: list[Packet] = []
    async with NutDemuxer() as demuxer, asyncio.TaskGroup() as group:

        async def read() -> None:
            async for packet in demuxer:
                got.append(packet)  # noqa: PERF401

        group.create_task(read())
        for index, chunk in enumerate(nut(sent)):
            await demuxer.feed(chunk)
            await until(lambda wanted=index + 1: len(got) == wanted)  # type: ignore[misc]
        await demuxer.finish()


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
async def test_nut_that_ffmpeg_copied_from_another_container_is_read_too(codec: Codec) -> None:
    sent = samples.merged(samples.video(codec, frames=5), samples.opus(samples.tone(0.3)))
    got = await demuxed([_copied_by_ffmpeg(sent)])
    assert [p.data for p in got if p.track.kind is Kind.AUDIO] == [
        p.data for p in sent if p.track.kind is Kind.AUDIO
    ]
    pictures = [packet for packet in got if packet.track.kind is Kind.VIDEO]
    wanted = [packet for packet in sent if packet.track.kind is Kind.VIDEO]
    assert [(p.track.width, p.key) for p in pictures] == [(p.track.width, p.key) for p in wanted]
    assert {packet.track.clock_rate for packet in got} == {90000, 48000}
    for packet, original in zip(pictures, wanted, strict=True):
        assert abs(packet.pts - original.pts) <= 90  # by way of Matroska's milliseconds


def _copied_by_ffmpeg(packets: list[Packet]) -> bytes:
    """Go by way of Matroska, where the units of H.264 and H.265 follow their lengths."""
    first = {packet.track.kind: packet.track for packet in reversed(packets)}
    muxer = Muxer(Container.MKV, first[Kind.VIDEO], first[Kind.AUDIO])
    file = io.BytesIO(b"".join(muxer.write(packet) for packet in packets))
    target = io.BytesIO()
    with av.open(file, "r") as source, av.open(target, "w", format="nut") as copy:
        streams = {
            stream.index: copy.add_stream_from_template(stream, opaque=True) for stream in source.streams
        }
        for raw in source.demux():
            if raw.size:
                raw.stream = streams[raw.stream.index]
                copy.mux(raw)
    return target.getvalue()


@pytest.mark.parametrize(
    "garbage",
    [b"", b"nut", b"GET / HTTP/1.1\r\n\r\n" * 100, b"nut/multimedia container\0", bytes(100_000)],
)
async def test_what_is_not_nut_is_refused(garbage: bytes) -> None:
    with pytest.raises(MediaError):
        await _all_at_once([garbage])


async def test_noise_in_the_middle_is_an_error_or_passed_over() -> None:
    sent = samples.video(frames=5)
    noise = random.Random(5).randbytes(300_000)
    got: list[Packet] = []
    async with NutDemuxer() as demuxer:
        for chunk in [*nut(sent), noise]:
            await demuxer.feed(chunk)
        await demuxer.finish()
        with contextlib.suppress(MediaError):
            async for packet in demuxer:
                got.append(packet)  # noqa: PERF401
    assert essence(got, Kind.VIDEO)[: len(sent)] == essence(sent, Kind.VIDEO)


async def _all_at_once(chunks: list[bytes]) -> list[Packet]:
    async with NutDemuxer() as demuxer:
        for chunk in chunks:
            await demuxer.feed(chunk)
        await demuxer.finish()
        return [packet async for packet in demuxer]


async def test_a_codec_that_is_not_ours_is_refused() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="nut") as container:
        stream = container.add_stream("pcm_s16le", rate=48000)
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match="pcm_s16le"):
        await _all_at_once([file.getvalue()])


async def test_feeding_waits_for_a_reader_that_is_slow() -> None:
    chunk = b"".join(nut(samples.video(sizes=((320, 180),), frames=60)))
    fed = 0

    async def feed(demuxer: NutDemuxer) -> None:
        nonlocal fed
        while True:
            await demuxer.feed(chunk)
            fed += len(chunk)

    async with NutDemuxer() as demuxer:
        feeding = asyncio.create_task(feed(demuxer))
        before = -1
        while fed != before:  # until nothing moves any more
            before = fed
            await asyncio.sleep(0.05)
        assert fed < 2 * MAX_BYTES + MAX_PACKETS * 2000
        assert not feeding.done()
        feeding.cancel()
        await asyncio.wait([feeding])


async def test_leaving_early_leaves_nothing_behind() -> None:
    async with asyncio.timeout(2):
        async with NutDemuxer() as demuxer:
            for chunk in nut(samples.video(frames=2)):
                await demuxer.feed(chunk)
            await anext(demuxer)
        async with NutDemuxer():
            pass
    with pytest.raises(ClosedError):
        await demuxer.feed(b"x")


class Endless:
    """A stream of small key frames, as a file to read from."""

    def __init__(self) -> None:
        self._packet = samples.video(sizes=[(160, 90)], frames=1)[0]
        self._writer = NutWriter([self._packet.track])
        self._made = bytearray(self._writer.header())
        self._number = 0

    def read(self, size: int) -> bytes:
        """Return so many bytes of it."""
        while len(self._made) < size:
            self._made += self._writer.write(replace(self._packet, pts=3000 * self._number))
            self._number += 1
        out = bytes(self._made[:size])
        del self._made[:size]
        return out


def test_reading_on_and_on_takes_no_more_memory() -> None:
    with av.open(
        Endless(), "r", format="nut", options={"analyzeduration": "0", "probesize": "8192"}
    ) as container:
        frames = container.demux(container.streams[0])
        deque(islice(frames, 20_000), maxlen=0)
        before = private_mb(os.getpid())
        deque(islice(frames, 40_000), maxlen=0)
    assert private_mb(os.getpid()) - before < 2.0
