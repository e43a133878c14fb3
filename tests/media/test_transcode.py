"""VP8, VP9, AV1 and H.265 to H.264: every frame, at its time, in its size."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

import av
import pytest

from stagedoor.domain.errors import MediaError
from stagedoor.media.packets import Codec, Packet
from stagedoor.media.transcode import BARREN_PACKETS, QUEUE_PACKETS, H264Settings, H264Transcoder
from tests.kit import samples
from tests.kit.wait import until

pytestmark = pytest.mark.media


class Asked:
    """Counts how often a key frame is asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


async def transcoded(packets: list[Packet], **settings: int) -> list[Packet]:
    got: list[Packet] = []
    transcoder = H264Transcoder(got.append, Asked(), H264Settings(**settings) if settings else None)  # type: ignore[arg-type]
    for index, packet in enumerate(packets):
        transcoder.write(packet)
        await until(lambda wanted=index + 1: len(got) + transcoder.errors >= wanted)  # type: ignore[misc]
    await transcoder.aclose()
    return got


def pictures(packets: list[Packet]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    return frames + decoder.decode(None)


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.AV1, Codec.H265])
async def test_every_frame_keeps_its_time_and_size(codec: Codec) -> None:
    sent = samples.video(codec, ((320, 180), (640, 360)), frames=6)
    got = await transcoded(sent)
    assert [packet.pts for packet in got] == [packet.pts for packet in sent]
    assert [packet.dts for packet in got] == [packet.pts for packet in sent]
    wanted = [(packet.track.width, packet.track.height) for packet in sent]
    assert [(packet.track.width, packet.track.height) for packet in got] == wanted
    assert [(frame.width, frame.height) for frame in pictures(got)] == wanted
    assert {(packet.track.codec, packet.track.clock_rate) for packet in got} == {(Codec.H264, 90000)}


async def test_the_picture_is_the_picture() -> None:
    sent = samples.video(Codec.VP8, ((320, 180),), frames=4)
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    before = [frame for packet in sent for frame in decoder.decode(av.Packet(packet.data))]
    for first, second in zip(before, pictures(await transcoded(sent)), strict=True):
        difference = first.to_ndarray().astype(int) - second.to_ndarray().astype(int)
        assert abs(difference).mean() < 4


async def test_an_odd_size_loses_a_row_and_a_column() -> None:
    got = await transcoded(samples.video(Codec.VP8, ((321, 181),), frames=3))
    assert {(packet.track.width, packet.track.height) for packet in got} == {(320, 180)}


async def test_key_frames_follow_the_sender_s_and_the_interval() -> None:
    first = samples.video(Codec.VP8, ((320, 180),), frames=5)
    again = [replace(packet, pts=packet.pts + 15000, dts=packet.dts + 15000) for packet in first]
    got = await transcoded(first + again, key_interval=3)
    assert [packet.key for packet in got] == [True, False, False, True, False] * 2
    assert all(packet.track.extradata in packet.data for packet in got if packet.key)


async def test_a_key_frame_can_be_asked_of_the_encoder() -> None:
    sent = samples.video(Codec.VP8, ((320, 180),), frames=4)
    got: list[Packet] = []
    transcoder = H264Transcoder(got.append, Asked())
    for index, packet in enumerate(sent):
        if index == 2:
            transcoder.request_key_frame()
        transcoder.write(packet)
        await until(lambda wanted=index + 1: len(got) == wanted)  # type: ignore[misc]
    await transcoder.aclose()
    assert [packet.key for packet in got] == [True, False, True, False]


async def test_it_starts_at_a_key_frame_and_asks_for_one() -> None:
    sent = samples.video(Codec.VP8, ((320, 180),), frames=4)
    asked, got = Asked(), list[Packet]()
    transcoder = H264Transcoder(got.append, asked)
    transcoder.write(sent[1])
    transcoder.write(sent[2])
    assert asked.times == 1
    assert transcoder.dropped == 2
    transcoder.write(sent[0])
    await until(lambda: len(got) == 1)
    await transcoder.aclose()


async def test_nothing_is_decoded_between_a_gap_and_a_key_frame() -> None:
    sent = samples.video(Codec.VP8, ((320, 180), (320, 180)), frames=4)
    sent[2] = replace(sent[2], gap=True)
    asked, got = Asked(), list[Packet]()
    transcoder = H264Transcoder(got.append, asked)
    for packet in sent:
        transcoder.write(packet)
    await until(lambda: len(got) == 6)
    await transcoder.aclose()
    assert [packet.pts for packet in got] == [packet.pts for packet in sent[:2] + sent[4:]]
    assert (asked.times, transcoder.dropped) == (1, 2)


async def test_what_cannot_be_decoded_is_counted_and_a_key_frame_asked_for() -> None:
    sent = samples.video(Codec.VP8, ((320, 180), (320, 180)), frames=3)
    broken = replace(sent[0], data=sent[0].data[:6])
    asked, got = Asked(), list[Packet]()
    transcoder = H264Transcoder(got.append, asked)
    transcoder.write(broken)
    await until(lambda: transcoder.errors == 1)
    assert asked.times == 1
    transcoder.write(sent[1])
    assert transcoder.dropped == 1
    for packet in sent[3:]:
        transcoder.write(packet)
    await until(lambda: len(got) == 3)
    await transcoder.aclose()


async def test_a_decoder_that_gives_nothing_is_a_failure_too() -> None:
    sent = samples.video(Codec.H265, ((320, 180),), frames=1)
    noise = b"\0\0\0\1\x26\x01" + bytes(range(1, 200))
    asked = Asked()
    transcoder = H264Transcoder(lambda _packet: None, asked)
    for index in range(BARREN_PACKETS + 1):
        transcoder.write(replace(sent[0], data=noise, pts=index * 3000, dts=index * 3000))
    await until(lambda: transcoder.errors == 1)
    assert asked.times == 1
    await transcoder.aclose()


async def test_overload_drops_up_to_the_next_key_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = samples.video(Codec.VP8, ((320, 180),), frames=60)
    gate = threading.Event()
    held = _held(gate)
    monkeypatch.setattr("stagedoor.media.transcode._decoder", held)
    asked, got = Asked(), list[Packet]()
    transcoder = H264Transcoder(got.append, asked)
    for packet in sent[: QUEUE_PACKETS + 5]:
        transcoder.write(packet)
    assert transcoder.queued <= QUEUE_PACKETS
    assert transcoder.dropped >= QUEUE_PACKETS
    assert asked.times == 1
    later = replace(sent[0], pts=sent[-1].pts + 3000, dts=sent[-1].dts + 3000)
    transcoder.write(later)
    gate.set()
    await until(lambda: bool(got) and got[-1].pts == later.pts)
    assert got[-1].key
    await transcoder.aclose()


def _held(gate: threading.Event) -> Callable[[Codec], av.VideoCodecContext]:
    """Return a maker of decoders that waits at the gate, as on a machine that has no time."""

    def make(codec: Codec) -> av.VideoCodecContext:
        gate.wait(5)
        context = av.CodecContext.create(codec.value, "r")
        assert isinstance(context, av.VideoCodecContext)
        return context

    return make


async def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    [sent] = samples.video(Codec.VP8, ((320, 180),), frames=1)
    got: list[Packet] = []
    transcoder = H264Transcoder(got.append, Asked())
    with pytest.raises(MediaError) as refused:
        transcoder.write(replace(sent, track=replace(sent.track, width=12_000, height=12_000)))
    assert refused.value.code == "picture_too_large"
    assert "12000×12000" in refused.value.message
    assert refused.value.hint
    transcoder.write(sent)
    await until(lambda: got)
    await transcoder.aclose()


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.AV1])
async def test_a_frame_that_is_larger_than_its_track_is_not_decoded(codec: Codec) -> None:
    [sent] = samples.video(codec, ((4112, 4112),), frames=1)
    got: list[Packet] = []
    transcoder = H264Transcoder(got.append, Asked())
    transcoder.write(replace(sent, track=replace(sent.track, width=320, height=180)))
    await until(lambda: transcoder.errors == 1 or got)
    assert not got
    await transcoder.aclose()


async def test_closing_is_quick_and_can_be_repeated() -> None:
    got: list[Packet] = []
    transcoder = H264Transcoder(got.append, Asked())
    for packet in samples.video(Codec.VP8, ((640, 360),), frames=10):
        transcoder.write(packet)
    async with asyncio.timeout(1):
        await transcoder.aclose()
        await transcoder.aclose()
    count = len(got)
    transcoder.write(samples.video(Codec.VP8, ((320, 180),), frames=1)[0])
    await asyncio.sleep(0)
    assert len(got) == count
