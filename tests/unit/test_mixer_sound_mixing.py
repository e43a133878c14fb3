"""Buses, limiter, filters, meters: what they do to samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.mixer.sound.filters import K_WEIGHTING, Filter, HighPass, high_pass
from stagedoor.mixer.sound.limiter import CEILING, LOOK_AHEAD, Limiter
from stagedoor.mixer.sound.meters import SILENT, LevelMeter, Loudness
from stagedoor.mixer.sound.mixing import BusMatrix, Ramp
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples, from_db, silence
from stagedoor.mixer.sound.talkback import ramp_of
from tests.kit import tones

pytestmark = pytest.mark.unit


def blocks(sound: Samples) -> list[Samples]:
    return [sound[:, at : at + BLOCK] for at in range(0, sound.shape[1], BLOCK)]


def ones(sources: int) -> Samples:
    return np.ones((sources, 2, BLOCK), np.float32)


def matrix(**gains: float) -> BusMatrix:
    """Return one with the bus `program` and these sources, at these gains."""
    made = BusMatrix()
    made.set_buses(["program"])
    made.set_sources(gains)
    made.set_gains({"program": gains}, Ramp(1, 1))
    made.mix(ones(len(gains)))
    return made


def test_a_ramp_is_straight_and_ends_where_it_should() -> None:
    mixer = matrix(guest1=0.0)
    mixer.set_gains({"program": {"guest1": 1.0}}, Ramp(4800, 4800))
    got = np.concatenate([mixer.mix(ones(1))[0] for _ in range(7)], axis=1)
    assert np.allclose(got[:, :4800], np.arange(4800) / 4800, atol=1e-6)
    assert np.array_equal(got[:, 4800:], np.ones((2, 2 * BLOCK)))


@pytest.mark.parametrize("frame_rate", [24, 25, 30, 50, 60])
def test_the_usual_ramp_takes_three_frames_of_program(frame_rate: int) -> None:
    """To the end of the block in which they end."""
    mixer = BusMatrix(frame_rate)
    mixer.set_buses(["program"])
    mixer.set_sources(["guest1"])
    mixer.set_gains({"program": {"guest1": 1.0}})
    got = np.concatenate([mixer.mix(ones(1))[0, 0] for _ in range(10)])
    last = int(np.argmax(got >= 1.0))
    assert 0 <= last - 3 * RATE / frame_rate < BLOCK


def test_a_ramp_that_is_asked_for_again_goes_on() -> None:
    mixer = matrix(guest1=0.0)
    for _ in range(5):
        mixer.set_gains({"program": {"guest1": 1.0}}, Ramp(4800, 4800))
        mixer.mix(ones(1))
    assert mixer.mix(ones(1))[0, 0, 0] == 1.0


def test_a_ramp_that_turns_back_starts_from_where_it_is() -> None:
    mixer = matrix(guest1=0.0)
    mixer.set_gains({"program": {"guest1": 1.0}}, Ramp(4800, 4800))
    up = mixer.mix(ones(1))[0]
    mixer.set_gains({"program": {"guest1": 0.0}}, Ramp(4800, 4800))
    down = mixer.mix(ones(1))[0]
    assert down[0, 0] == pytest.approx(up[0, -1], abs=1e-3)
    assert down[0, -1] < down[0, 0]


def test_who_is_taken_off_goes_at_once_while_the_others_rise_slowly() -> None:
    mixer = matrix(guest1=0.0, guest2=0.0)
    slowly = Ramp(rise=RATE)
    mixer.set_gains({"program": {"guest1": 1.0, "guest2": 1.0}}, slowly)
    for _ in range(10):
        mixer.mix(ones(2))
    mixer.set_gains({"program": {"guest1": 1.0}}, slowly)
    for _ in range(5):
        mixer.mix(ones(2))
    assert mixer.mix(ones(2))[0, 0, 0] == pytest.approx(15 / 50, abs=1e-3)


def test_buses_and_sources_come_and_go_without_touching_the_others() -> None:
    mixer = matrix(guest1=0.25, guest2=0.5)
    mixer.set_sources(["guest2", "guest3", "guest1"])
    mixer.set_buses(["return-guest1", "program"])
    sound = ones(3) * np.array([1.0, 100.0, 2.0], np.float32)[:, None, None]
    assert np.array_equal(mixer.mix(sound)[:, 0, 5], [0.0, 0.5 + 2 * 0.25])


def test_a_source_that_comes_later_rises_to_its_gain() -> None:
    mixer = matrix(guest1=1.0)
    mixer.set_gains({"program": {"guest1": 1.0, "guest2": 0.5}})
    mixer.set_sources(["guest1", "guest2"])
    sound = np.concatenate([silence(BLOCK)[None], ones(1)])
    got = np.concatenate([mixer.mix(sound)[0] for _ in range(6)], axis=1)
    assert got[0, 0] == 0.0
    assert tones.steepest(got) < 1e-3
    assert got[0, -1] == 0.5


def test_a_source_that_leaves_falls_to_silence_whatever_is_wanted() -> None:
    mixer = matrix(guest1=1.0)
    mixer.set_sources(["guest1"], leaving=["guest1"])
    mixer.set_gains({"program": {"guest1": 0.9}})
    assert not mixer.is_silent("guest1")
    for _ in range(6):
        mixer.mix(ones(1))
    assert mixer.is_silent("guest1")


def test_gains_of_a_bus_that_is_not_there_are_ignored() -> None:
    mixer = matrix(guest1=1.0)
    mixer.set_gains({"monitor-op": {"guest1": 1.0}})
    assert mixer.mix(ones(1)).shape == (1, 2, BLOCK)


def test_without_sources_the_buses_are_silent() -> None:
    mixer = BusMatrix()
    mixer.set_buses(["program", "return-guest1"])
    assert np.array_equal(mixer.mix(ones(0)), np.zeros((2, 2, BLOCK)))


def test_a_gain_of_nothing_adds_exactly_nothing() -> None:
    mixer = matrix(guest1=1.0, guest2=0.0)
    sound = np.stack([tones.tone(440, BLOCK), tones.tone(997, BLOCK, 8.0)])
    assert np.array_equal(mixer.mix(sound)[0], sound[0])


def limited(sound: Samples) -> Samples:
    limiter = Limiter()
    return np.concatenate([limiter.process(block) for block in blocks(sound)], axis=1)


def test_below_the_ceiling_the_limiter_only_delays() -> None:
    sound = tones.tone(440, RATE, CEILING * 0.999)
    assert np.array_equal(limited(sound)[:, LOOK_AHEAD:], sound[:, :-LOOK_AHEAD])


@pytest.mark.parametrize("amplitude", [0.95, 2.0, 8.0])
def test_a_loud_tone_is_held_at_the_ceiling_without_distortion(amplitude: float) -> None:
    got = limited(tones.tone(997, RATE, amplitude))
    assert np.abs(got).max() <= CEILING + 1e-6
    steady = got[0, RATE // 4 :]
    assert tones.level(steady, 997) == pytest.approx(-1.0, abs=0.2)
    assert tones.level(steady, 3 * 997) < -45


@given(st.lists(st.tuples(st.integers(0, 20 * BLOCK - 1), st.floats(-8, 8)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_nothing_ever_passes_the_ceiling_and_no_gain_jumps(peaks: list[tuple[int, float]]) -> None:
    ground = 0.1
    sound = np.full((2, 20 * BLOCK), ground, np.float32)
    for at, value in peaks:
        sound[:, at] = value
    got = limited(sound)
    assert np.abs(got).max() <= CEILING + 1e-6
    quiet = (
        np.abs(np.diff(sound, axis=1, prepend=ground)) + np.abs(np.diff(sound, axis=1, append=ground)) == 0
    )
    gains = np.where(quiet[:, :-LOOK_AHEAD], got[:, LOOK_AHEAD:] / ground, np.nan)
    assert np.nanmin(gains) >= CEILING / 8 - 1e-3
    assert np.nanmax(np.abs(np.diff(gains)), initial=0.0) <= 1 / LOOK_AHEAD + 1e-5


def test_both_sides_get_the_same_gain_and_it_is_let_go() -> None:
    sound = np.stack([tones.tone(440, RATE, 2.0)[0], tones.tone(440, RATE, 0.1)[0]])
    sound[:, RATE // 2 :] = tones.tone(440, RATE // 2, 0.1)
    got = limited(sound)
    before, after = slice(RATE // 4, RATE // 2), slice(RATE // 2 + 240, None)
    assert tones.level(got[0, before], 440) - tones.level(got[1, before], 440) == pytest.approx(26, abs=0.1)
    assert np.allclose(got[1, -BLOCK:], sound[1, -BLOCK - LOOK_AHEAD : -LOOK_AHEAD], atol=1e-2)
    envelope = np.abs(got[0, after]).reshape(-1, 240).max(axis=1)
    assert envelope[-1] > 2 * envelope[0]


def test_a_filter_is_the_same_recursion_in_blocks_as_sample_by_sample() -> None:
    sound = np.random.default_rng(1).normal(size=(2, 5 * BLOCK)).astype(np.float32)
    filtered = Filter(K_WEIGHTING)
    got = np.concatenate([filtered.process(block) for block in blocks(sound)], axis=1)
    expected = sound[0].astype(np.float64)
    for section in K_WEIGHTING:
        out = np.zeros(len(expected) + 2)
        line = np.concatenate([np.zeros(2), expected])
        for index in range(2, len(line)):
            fed = section.b0 * line[index] + section.b1 * line[index - 1] + section.b2 * line[index - 2]
            out[index] = fed - section.a1 * out[index - 1] - section.a2 * out[index - 2]
        expected = out[2:]
    assert np.allclose(got[0], expected, atol=1e-5)


@pytest.mark.parametrize(("hertz", "gain_db"), [(50.0, -12.3), (100.0, -3.0), (200.0, -0.26), (2000.0, 0.0)])
def test_a_high_pass_has_its_corner_where_it_says(hertz: float, gain_db: float) -> None:
    filtered = Filter(high_pass(100.0))
    sound = tones.tone(hertz, 2 * RATE, 1.0)
    got = np.concatenate([filtered.process(block) for block in blocks(sound)], axis=1)
    assert tones.level(got[0, RATE:], hertz) == pytest.approx(gain_db, abs=0.1)


def test_a_high_pass_is_put_in_moved_and_taken_out_without_a_click() -> None:
    high = HighPass()
    sound = tones.tone(440, 12 * BLOCK) + np.float32(0.2)
    corners = [0, 0, 0, 80, 80, 80, 300, 300, 300, 0, 0, 0]
    got = np.concatenate(
        [high.process(one, hz) for one, hz in zip(blocks(sound), corners, strict=True)], axis=1
    )
    assert np.array_equal(got[:, : 3 * BLOCK], sound[:, : 3 * BLOCK])
    assert np.array_equal(got[:, 10 * BLOCK :], sound[:, 10 * BLOCK :])
    assert tones.steepest(got) < 1.5 * tones.steepest(sound)


def test_peak_and_rms_of_each_channel_are_measured() -> None:
    meter = LevelMeter()
    sine, quiet = tones.tone(1000, 5 * BLOCK, 0.5), silence(5 * BLOCK)
    quiet[1, 100] = -0.1
    for one, other in zip(blocks(sine), blocks(quiet), strict=True):
        meter.add(("guest1", "guest2"), np.stack([one, other]))
    levels = meter.take()
    assert levels["guest1"].peak == pytest.approx((-6.02, -6.02), abs=0.01)
    assert levels["guest1"].rms == pytest.approx((-9.03, -9.03), abs=0.01)
    assert levels["guest2"].peak == pytest.approx((-120.0, -20.0), abs=0.01)
    meter.add(("guest2",), silence(BLOCK)[None])
    assert meter.take() == {"guest2": SILENT}


@pytest.mark.parametrize("lufs", [-23.0, -33.0])
def test_loudness_is_that_of_ebu_tech_3341_cases_1_and_2(lufs: float) -> None:
    loudness = Loudness()
    assert loudness.lufs == -120.0
    for block in blocks(tones.tone(997, RATE, from_db(lufs))):
        loudness.add(block)
    assert loudness.lufs == pytest.approx(lufs, abs=0.1)


def test_loudness_is_that_of_the_last_400_ms() -> None:
    loudness = Loudness()
    for block in blocks(tones.tone(997, RATE, 1.0)) + blocks(silence(RATE // 2)):
        loudness.add(block)
    assert loudness.lufs < -100


def test_ducking_is_quick_and_comes_back_gently() -> None:
    assert (ramp_of(speaking=True), ramp_of(speaking=False)) == ((2400, 2400), (14_400, 14_400))
