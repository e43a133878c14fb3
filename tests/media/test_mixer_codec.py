"""What the mixer encodes and decodes: what is heard, and when."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from stagedoor.domain.strip import Strip
from stagedoor.media.packets import Codec, Kind, Packet
from stagedoor.mixer.playout import Playout
from stagedoor.mixer.sound.buffer import SourceSound
from stagedoor.mixer.sound.codec import AacEncoder, OpusEncoder
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sound.meters import Loudness
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples
from stagedoor.mixer.sound.strip import SourceStrip
from tests.kit import tones

pytestmark = pytest.mark.media

HERTZ = 440.0
STEEPEST = 2 * np.pi * HERTZ / RATE * 0.3
CLICKS = (0.3, 0.6, 0.9)
Encoder = OpusEncoder | AacEncoder
ENCODERS: dict[str, Callable[[], Encoder]] = {
    "opus": lambda: OpusEncoder(96_000),
    "opus for speech": lambda: OpusEncoder(64_000, "voip", repair=True),
    "aac": lambda: AacEncoder(160_000),
}


def clicks(count: int, rate: int = RATE) -> Samples:
    """Return stereo silence with a short burst at each of `CLICKS`, in seconds."""
    sound = np.zeros((2, count), np.float32)
    for time in CLICKS:
        at = int(time * rate)
        sound[:, at : at + rate // 1000] = 0.8
    return sound


def onsets(sound: Samples) -> list[float]:
    """Return where the middle of each burst is, in seconds."""
    found = []
    for time in CLICKS:
        start = int((time - 0.1) * RATE)
        part = np.abs(sound[0, start : start + RATE // 5]) ** 2
        found.append((start + float(np.sum(part * np.arange(len(part))) / np.sum(part))) / RATE)
    return found


def encoded(encoder: Encoder, sound: Samples, start: int = 0) -> list[Packet]:
    places = range(0, sound.shape[1] - BLOCK + 1, BLOCK)
    return [packet for at in places for packet in encoder.encode(sound[:, at : at + BLOCK], start + at)]


def heard(packets: list[Packet], start: int = 0) -> Samples:
    """Decode as a reader does, without cutting anything off, and lay samples where the times say."""
    track = packets[0].track
    context = av.CodecContext.create("libopus" if track.codec is Codec.OPUS else "aac", "r")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout = track.clock_rate, "stereo"
    context.extradata = track.extradata or None
    decoder = SoundDecoder()
    early = 2048
    line = np.zeros((2, packets[-1].pts - start + 4 * RATE), np.float32)
    for packet in packets:
        raw = av.Packet(packet.data)
        raw.pts, raw.time_base = packet.pts, Fraction(1, track.clock_rate)
        for frame in context.decode(raw):
            for at, samples in decoder.feed(frame):
                place = at - start + early
                line[:, place : place + samples.shape[1]] = samples
    return line[:, early:]


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("start", [960 * 50, 960 * 1_000_000])
def test_a_sample_is_heard_at_the_time_at_which_it_was_put_in(name: str, start: int) -> None:
    packets = encoded(ENCODERS[name](), clicks(RATE + 4 * BLOCK), start)
    for time, found in zip(CLICKS, onsets(heard(packets, start)), strict=True):
        assert found == pytest.approx(time + 0.0005, abs=0.001)


@pytest.mark.parametrize("name", ENCODERS)
def test_packets_follow_on_without_a_hole_and_none_is_before_the_beginning(name: str) -> None:
    packets = encoded(ENCODERS[name](), tones.tone(440, RATE))
    assert 0 <= packets[0].pts < 1024
    assert len({packet.duration for packet in packets}) == 1
    for before, after in zip(packets, packets[1:], strict=False):
        assert after.pts == before.pts + before.duration
    assert all(packet.key and packet.pts == packet.dts for packet in packets)


@pytest.mark.parametrize("name", ENCODERS)
def test_packets_carry_their_track_and_when_they_were_made(name: str) -> None:
    encoder = ENCODERS[name]()
    packets = [
        packet for at in range(0, RATE, BLOCK) for packet in encoder.encode(tones.tone(440, BLOCK), at, 12.5)
    ]
    assert {packet.arrived for packet in packets} == {12.5}
    assert all(packet.track is encoder.track for packet in packets)
    assert (encoder.track.clock_rate, encoder.track.channels) == (RATE, 2)
    assert bool(encoder.track.extradata) is (encoder.track.codec is Codec.AAC)


@pytest.mark.parametrize("name", ENCODERS)
def test_blocks_that_were_left_out_leave_a_gap_in_time(name: str) -> None:
    encoder, sound = ENCODERS[name](), tones.tone(440, RATE)
    packets = encoded(encoder, sound, 96_000) + encoded(encoder, sound, 3 * 96_000)
    ends = {packet.pts + packet.duration for packet in packets}
    assert sum(packet.pts not in ends for packet in packets) == 2
    assert packets[-1].pts == pytest.approx(3 * 96_000 + RATE, abs=4100)


@pytest.mark.parametrize("name", ENCODERS)
def test_a_guests_own_tone_does_not_come_out_of_the_encoders_noise(name: str) -> None:
    """Mix-minus is measured on what is decoded: two guests are in it, the third one's tone is not."""
    sound = tones.tone(440, 3 * RATE, 0.25) + tones.tone(2500, 3 * RATE, 0.05)
    got = heard(encoded(ENCODERS[name](), sound))[0, RATE : 2 * RATE]
    others = [tones.level(got, 440), tones.level(got, 2500)]
    assert others == pytest.approx([-12.0, -26.0], abs=1.0)
    assert tones.level(got, 997) < min(others) - 60


def frames(
    sound: Samples, rate: int = RATE, sample_format: str = "fltp", layout: str = "stereo", size: int = 1024
) -> list[av.AudioFrame]:
    """Return sound as a decoder would give it: (channels, samples) of floats in another format."""
    convert = av.AudioResampler(sample_format, layout, rate)
    out = []
    for at in range(0, sound.shape[1], size):
        part = np.ascontiguousarray(sound[:, at : at + size].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        out += convert.resample(frame)
    return out


def fed(decoder: SoundDecoder, given: list[av.AudioFrame]) -> list[tuple[int, Samples]]:
    return [piece for frame in given for piece in decoder.feed(frame)]


def whole(pieces: list[tuple[int, Samples]]) -> Samples:
    """Join pieces that follow on each other without a hole."""
    for (at, samples), (after, _) in zip(pieces, pieces[1:], strict=False):
        assert after == at + samples.shape[1]
    return np.concatenate([samples for _, samples in pieces], axis=1)


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000, 96_000, 192_000])
def test_any_rate_becomes_48_khz_at_the_same_time(rate: int) -> None:
    pieces = fed(SoundDecoder(), frames(clicks(rate * 3 // 2, rate), rate))
    assert pieces[0][0] == 0
    for time, found in zip(CLICKS, onsets(whole(pieces)), strict=True):
        assert found == pytest.approx(time + 0.0005, abs=0.0002)


@pytest.mark.parametrize("sample_format", ["u8", "s16", "s16p", "s32", "flt", "fltp", "dbl", "dblp"])
def test_any_format_becomes_floats(sample_format: str) -> None:
    got = whole(fed(SoundDecoder(), frames(tones.tone(997, RATE, 0.5), sample_format=sample_format)))
    assert got.dtype == np.float32
    assert tones.level(got[0], 997) == pytest.approx(-6.02, abs=0.1)


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2), ("5.1", 6), ("7.1", 8)])
def test_any_layout_becomes_stereo(layout: str, channels: int) -> None:
    sound = np.zeros((channels, RATE), np.float32)
    sound[0] = tones.tone(997, RATE, 0.5)[0]
    got = whole(fed(SoundDecoder(), frames(sound, layout=layout)))
    assert got.shape[0] == 2
    assert tones.level(got[0], 997) == pytest.approx(-6.02, abs=0.2)
    right = tones.level(got[1], 997)
    assert right == pytest.approx(-6.02, abs=0.2) if layout == "mono" else right < -100


def test_the_form_of_sound_may_change_at_any_frame() -> None:
    decoder = SoundDecoder()
    sound = tones.tone(440, RATE)
    pieces = fed(decoder, frames(sound, size=960))
    for index, (rate, layout) in enumerate([(44_100, "mono"), (16_000, "stereo"), (48_000, "5.1")], 1):
        channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
        later = frames(np.zeros((channels, rate), np.float32), rate, layout=layout, size=rate // 50)
        for frame in later:
            assert frame.pts is not None
            frame.pts += index * rate
        pieces += fed(decoder, later)
    assert decoder.errors == 0
    assert pieces[-1][0] + pieces[-1][1].shape[1] == pytest.approx(4 * RATE, abs=100)
    for (at, samples), (after, _) in zip(pieces, pieces[1:], strict=False):
        assert abs(after - at - samples.shape[1]) <= 100


def test_a_stamp_that_jumps_is_followed_at_once() -> None:
    decoder = SoundDecoder()
    given = frames(tones.tone(440, RATE), size=960)
    for frame in given[20:]:
        assert frame.pts is not None
        frame.pts += 4800
    pieces = fed(decoder, given)
    assert [at for at, _ in pieces[19:22]] == [19 * 960, 20 * 960 + 4800, 21 * 960 + 4800]


@pytest.mark.parametrize("ppm", [200, -200, 1500])
def test_stamps_that_drift_are_followed_without_holes(ppm: int) -> None:
    decoder = SoundDecoder()
    given = frames(tones.tone(440, 20 * RATE), size=960)
    for frame in given:
        assert frame.pts is not None
        frame.pts = round(frame.pts * (1 + ppm / 1e6))
    pieces = fed(decoder, given)
    got = whole(pieces)
    assert got.shape[1] == pytest.approx(20 * RATE * (1 + ppm / 1e6), abs=60)
    assert tones.steepest(got) < 1.1 * tones.steepest(tones.tone(440, BLOCK))


def test_stamps_in_milliseconds_change_nothing() -> None:
    given = frames(tones.tone(440, 5 * RATE), size=1024)
    for frame in given:
        assert frame.pts is not None
        frame.pts, frame.time_base = round(frame.pts / 48), Fraction(1, 1000)
    got = whole(fed(SoundDecoder(), given))
    assert np.array_equal(got, tones.tone(440, 5 * RATE))


def test_without_stamps_samples_are_counted() -> None:
    given = frames(tones.tone(440, RATE), size=960)
    for frame in given[1:]:
        frame.pts = None
    assert whole(fed(SoundDecoder(), given)).shape[1] == RATE


def stamped(
    offs_ms: Callable[[float], float], seconds: int, rate: int = RATE, size: int = 1024
) -> list[av.AudioFrame]:
    """Return a steady tone whose stamps are off by so many milliseconds at each second."""
    given = frames(tones.tone(HERTZ * RATE / rate, seconds * rate), rate, size=size)
    for frame in given:
        assert frame.pts is not None
        frame.pts += round(offs_ms(frame.pts / rate) * rate / 1000)
    return given


def played(given: list[av.AudioFrame]) -> tuple[Samples, SourceSound]:
    """Have it come in its own time and not by its stamps, and read it as program does."""
    decoder, playout, strip = SoundDecoder(), Playout(None), SourceStrip()
    out: list[Samples] = []
    came_s = 0.0
    for frame in given:
        assert frame.time is not None
        playout.arrived(frame.time, came_s, Kind.AUDIO)
        for at, samples in decoder.feed(frame):
            strip.sound.write(samples, at)
        came_s += frame.samples / frame.sample_rate
        while (len(out) + 1) * BLOCK / RATE <= came_s:
            offset = playout.offset((len(out) + 1) * BLOCK / RATE) * RATE
            out.append(strip.block(len(out) * BLOCK, offset, Strip()))
    return np.concatenate(out, axis=1), strip.sound


def rough(sound: Samples) -> float:
    """Return how much of one channel's 20 ms is above 4 kHz where that is the most, dB of full scale."""
    parts = sound[0][: sound.shape[1] // BLOCK * BLOCK].reshape(-1, BLOCK) * np.blackman(BLOCK)
    high = np.abs(np.fft.rfft(parts, axis=1))[:, 80:] ** 2
    return float(10 * np.log10(high.sum(axis=1).max() / BLOCK**2))


@pytest.mark.parametrize("rate", [44_100, RATE])
@pytest.mark.parametrize("offs_ms", [(14.0, -11.0, 19.0, -17.0, 10.0, -20.0), (0.0, 12.0, 0.0, -12.0)])
def test_stamps_that_jump_back_and_forth_do_not_click(rate: int, offs_ms: tuple[float, ...]) -> None:
    """A tone that has no hole stays one, whatever is stamped each second."""
    given = stamped(lambda second: offs_ms[int(second) % len(offs_ms)], 20, rate)
    got, sound = played(given)
    assert tones.steepest(got[:, RATE:]) < 1.05 * STEEPEST
    assert rough(got[:, RATE:]) < -100
    assert np.sqrt(np.mean(got[:, RATE:] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.002)
    assert (sound.concealed, sound.late) == (0, 0)


def test_stamps_by_the_time_of_day_do_not_click() -> None:
    """Each is off by something else, up to 20 ms."""
    offs_ms = np.random.default_rng(5).uniform(-20, 20, 1024)
    got, _ = played(stamped(lambda second: float(offs_ms[int(second * RATE / 1024)]), 20))
    assert tones.steepest(got[:, RATE:]) < 1.05 * STEEPEST
    assert rough(got[:, RATE:]) < -80
    assert tones.dropped(got[0, RATE:].astype(float), HERTZ) == 0


@pytest.mark.parametrize("off_ms", [-203.0, -83.0, -51.0, 51.0, 203.0])
@pytest.mark.parametrize("rate", [44_100, RATE])
def test_a_stamp_that_jumps_once_does_not_click(off_ms: float, rate: int) -> None:
    got, _ = played(stamped(lambda second: off_ms * (second > 5), 12, rate))
    assert tones.steepest(got[:, RATE:]) < 1.6 * STEEPEST
    assert rough(got[:, RATE:]) < -60


@pytest.mark.parametrize(("off_ms", "within_s"), [(15.0, 5.0), (-15.0, 5.0), (55.0, 13.0), (-55.0, 13.0)])
def test_what_sound_is_off_by_is_made_up_for_in_some_seconds(off_ms: float, within_s: float) -> None:
    """And by no more than its pitch may change without being heard."""
    pieces = fed(SoundDecoder(), given := stamped(lambda second: off_ms * (second > 1), 16))
    got = whole(pieces)
    found = int((1 + within_s) * RATE / 1024)
    assert sum(samples.shape[1] - 1024 for _, samples in pieces[:found]) == pytest.approx(
        off_ms * RATE / 1000, abs=1.1 * RATE / 1000
    )
    assert max(abs(samples.shape[1] - 1024) for _, samples in pieces) <= 1024 * 0.006
    assert got.shape[1] == pytest.approx(1024 * len(given) + off_ms * RATE / 1000, abs=RATE / 1000)


@pytest.mark.parametrize("size", [960, 1024])
@pytest.mark.parametrize("lost", [1, 2, 3])
@pytest.mark.parametrize("off_ms", [0.0, -12.0, 12.0])
def test_what_was_lost_leaves_a_hole_of_its_own_length(size: int, lost: int, off_ms: float) -> None:
    """Also where sound is being stretched to where its stamps are."""
    given = stamped(lambda second: off_ms * (second > 1), 16, size=size)
    pieces = fed(SoundDecoder(), [*given[:600], *given[600 + lost :]])
    holes = [after - at - samples.shape[1] for (at, samples), (after, _) in pairwise(pieces)]
    assert [hole for hole in holes if hole] == [lost * size]
    at, samples = pieces[-1]
    assert at + samples.shape[1] == pytest.approx(16 * RATE + off_ms * RATE / 1000, abs=size)


@pytest.mark.parametrize("off_ms", [-30.0, 30.0])
def test_what_begins_again_does_so_at_its_time(off_ms: float) -> None:
    given = stamped(lambda second: off_ms * (second > 1), 3)
    seam = next(number for number, frame in enumerate(given) if (frame.time or 0) > 1)
    decoder = SoundDecoder()
    pieces = fed(decoder, given[:seam])
    decoder.seam()
    pieces += fed(decoder, given[seam:])
    assert pieces[seam][0] == round(seam * 1024 + off_ms * RATE / 1000)


@pytest.mark.parametrize("ours", [-23.0, -36.0])
def test_loudness_agrees_with_ffmpegs(ours: float) -> None:
    noise = np.random.default_rng(3).normal(size=(2, RATE)) * 10 ** (ours / 20)
    sound = (noise + 0.02 * tones.tone(60, RATE)).astype(np.float32)
    loudness = Loudness()
    for at in range(0, RATE, BLOCK):
        loudness.add(sound[:, at : at + BLOCK])
    assert loudness.lufs == pytest.approx(momentary(sound), abs=0.1)


def momentary(sound: Samples) -> float:
    """Return the last momentary loudness that FFmpeg's filter measures."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE))
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    last = float("nan")
    for frame in frames(sound, size=4800):
        source.push(frame)
        metadata = sink.pull().metadata
        last = float(metadata["lavfi.r128.M"])
    return last
