"""Opus to AAC: what is heard, and when."""

import asyncio
import itertools
from dataclasses import replace

import av
import numpy as np
import pytest

from stagedoor.domain.errors import ClosedError
from stagedoor.media import opus
from stagedoor.media.aac import AacEncoder, AacWorker
from stagedoor.media.packets import Codec, Packet
from tests.kit import samples
from tests.kit.wait import until

pytestmark = pytest.mark.media

RATE = samples.AUDIO_RATE
SYNC_TOLERANCE = RATE // 200
"""5 ms, a quarter of what the sound may be off at an output."""
CLICKS = (0.5, 1.0, 1.5)


def clicks(channels: int, seconds: float = 2.0) -> samples.Samples:
    """Return silence with a click of half a millisecond at each of `CLICKS`."""
    sound = np.zeros((channels, int(seconds * RATE)), np.float32)
    for time in CLICKS:
        sound[:, int(time * RATE) : int(time * RATE) + 24] = 0.9
    return sound


def encoded(packets: list[Packet]) -> list[Packet]:
    encoder = AacEncoder()
    return [frame for packet in packets for frame in encoder.encode(packet)] + encoder.flush()


def heard(packets: list[Packet]) -> samples.Samples:
    """Decode, and lay each packet's samples of the first channel at its time."""
    codec = packets[0].track.codec
    context = av.CodecContext.create("libopus" if codec is Codec.OPUS else "aac", "r")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate = RATE
    context.layout = "stereo" if packets[0].track.channels == 2 else "mono"
    context.extradata = packets[0].track.extradata or None
    line = np.zeros(packets[-1].pts + 2 * RATE, np.float32)
    for packet in packets:
        for frame in context.decode(av.Packet(packet.data)):
            block = frame.to_ndarray()
            first = block[0] if frame.format.is_planar else block.reshape(-1, packet.track.channels)[:, 0]
            first = first / 32768 if frame.format.name.startswith("s16") else first
            line[packet.pts : packet.pts + len(first)] = first
    return line


def loudest(line: samples.Samples, around: float) -> int:
    start = int((around - 0.1) * RATE)
    return start + int(np.argmax(np.abs(line[start : start + RATE // 5])))


@pytest.mark.parametrize("channels", [1, 2])
def test_a_click_is_heard_when_it_was_in_the_opus(channels: int) -> None:
    packets = samples.opus(clicks(channels), start=4800)
    before, after = heard(packets), heard(encoded(packets))
    for time in CLICKS:
        assert abs(loudest(before, time + 0.1) - loudest(after, time + 0.1)) <= SYNC_TOLERANCE


def test_a_tone_stays_a_tone_of_its_loudness() -> None:
    line = heard(encoded(samples.opus(samples.tone(1.0, hertz=1000.0))))
    spectrum = np.abs(np.fft.rfft(line[RATE // 4 : RATE // 4 + RATE // 2]))
    assert np.argmax(spectrum) * 2 == pytest.approx(1000, abs=4)
    assert np.max(np.abs(line[RATE // 4 : RATE // 2])) == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_track_says_what_a_decoder_needs(channels: int) -> None:
    packets = encoded(samples.opus(samples.tone(0.2, channels)))
    track = packets[0].track
    assert (track.codec, track.clock_rate, track.channels) == (Codec.AAC, RATE, channels)
    assert track.extradata[:2] == {1: b"\x11\x88", 2: b"\x11\x90"}[channels]
    assert all(packet.track is track for packet in packets)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_lost_packet_is_rebuilt(channels: int) -> None:
    packets = samples.opus(samples.voice(1.5, channels), repair=True)
    lost = [number for number in range(6, 60, 3) if opus.carries_repair(packets[number + 1].data)]
    assert len(lost) > 5
    whole = heard(encoded(packets))
    got = heard(encoded([packet for number, packet in enumerate(packets) if number not in lost]))
    places = np.concatenate([np.arange(960) + packets[number].pts for number in lost])
    assert np.sum((got - whole)[places] ** 2) < 0.05 * np.sum(whole[places] ** 2)


def test_many_lost_packets_become_silence_and_nothing_moves() -> None:
    packets = samples.opus(clicks(2))
    kept = [packet for packet in packets if not 0.6 * RATE <= packet.pts < 0.9 * RATE]
    frames = encoded(kept)
    times = [frame.pts for frame in frames]
    assert all(after - before == 1024 for before, after in itertools.pairwise(times))
    line = heard(frames)
    for time in CLICKS:
        assert abs(loudest(heard(packets), time) - loudest(line, time)) <= SYNC_TOLERANCE
    assert np.max(np.abs(line[int(0.65 * RATE) : int(0.85 * RATE)])) < 0.01


def test_a_very_long_gap_is_a_jump_without_silence() -> None:
    packets = samples.opus(samples.tone(0.4))
    later = [
        replace(packet, pts=packet.pts + 3600 * RATE, dts=packet.dts + 3600 * RATE) for packet in packets
    ]
    frames = encoded(packets + later)
    assert len(frames) < 60
    assert frames[-1].pts >= 3600 * RATE + 0.3 * RATE
    assert [frame.pts for frame in frames] == sorted({frame.pts for frame in frames})


@pytest.mark.parametrize("parts_per_million", [100, -100])
def test_a_clock_that_runs_off_is_followed(parts_per_million: int) -> None:
    """Ten minutes of silence whose times are stretched by the difference of two clocks: 60 ms at the end."""
    [packet, *_] = samples.opus(np.zeros((1, 960), np.float32))
    encoder = AacEncoder()
    count = 30_000
    last: list[Packet] = []
    made = 0
    for index in range(count):
        pts = 960 * index * (1_000_000 + parts_per_million) // 1_000_000
        frames = encoder.encode(replace(packet, pts=pts, dts=pts))
        made += len(frames)
        last = frames or last
    end = 960 * count * (1_000_000 + parts_per_million) // 1_000_000
    assert abs(end - last[-1].pts) <= 3 * 1024 + RATE // 1000  # what fifo and encoder still hold
    assert made == pytest.approx(960 * count / 1024, abs=3)


def test_times_that_come_twice_or_too_late_are_left_out() -> None:
    packets = samples.opus(samples.tone(0.5))
    frames = encoded([*packets[:10], *packets[5:10], *packets[10:]])
    assert [frame.pts for frame in frames] == [frame.pts for frame in encoded(packets)]


def test_the_first_stereo_packet_makes_a_stereo_track() -> None:
    mono = samples.opus(samples.tone(0.5, 1))
    stereo = samples.opus(samples.tone(0.5, 2), start=RATE // 2)
    frames = encoded(mono + stereo + samples.opus(samples.tone(0.5, 1), start=RATE))
    assert [channels for channels, _ in itertools.groupby(f.track.channels for f in frames)] == [1, 2]
    times = [frame.pts for frame in frames]
    assert times == sorted(set(times))


def test_what_is_not_opus_is_counted_and_silent() -> None:
    packets = samples.opus(samples.tone(0.5))
    broken = [replace(packet, data=b"") if 5 <= index < 8 else packet for index, packet in enumerate(packets)]
    encoder = AacEncoder()
    frames = [frame for packet in broken for frame in encoder.encode(packet)] + encoder.flush()
    assert encoder.errors == 3
    assert len(frames) == len(encoded(packets))


async def test_the_worker_gives_each_path_its_own_frames() -> None:
    mono, stereo = samples.opus(samples.tone(0.5, 1)), samples.opus(samples.tone(0.5, 2), start=RATE)
    got: dict[int, list[Packet]] = {1: [], 2: []}
    async with AacWorker(gather_s=0.001) as worker:
        first, second = worker.open(got[1].extend), worker.open(got[2].extend)
        for one, other in zip(mono, stereo, strict=True):
            first.write(one)
            second.write(other)
        await until(lambda: len(got[1]) >= 20 and len(got[2]) >= 20)
    assert {packet.track.channels for packet in got[1]} == {1}
    assert {packet.track.channels for packet in got[2]} == {2}
    assert min(packet.pts for packet in got[2]) >= RATE - 1024
    assert first.dropped == second.dropped == 0


async def test_a_closed_path_gets_nothing_more_and_costs_the_others_nothing() -> None:
    packets = samples.opus(samples.tone(0.5))
    got: list[Packet] = []
    unwanted: list[Packet] = []
    async with AacWorker(gather_s=0.001) as worker:
        leaver, stayer = worker.open(unwanted.extend), worker.open(got.extend)
        for packet in packets:
            leaver.write(packet)
            stayer.write(packet)
        leaver.close()
        leaver.write(packets[0])
        await until(lambda: len(got) >= 20)
    assert unwanted == []
    assert leaver.queued == 0


async def test_what_the_thread_cannot_follow_is_dropped_and_counted() -> None:
    packet = samples.opus(samples.tone(0.1))[0]
    async with AacWorker(gather_s=30.0) as worker:
        stream = worker.open(lambda _packets: None)
        for _ in range(1000):
            stream.write(packet)
        assert stream.queued == 250
        assert stream.dropped == 750
        async with asyncio.timeout(1.0):
            await worker.__aexit__(None, None, None)
    with pytest.raises(ClosedError):
        worker.open(lambda _packets: None)
