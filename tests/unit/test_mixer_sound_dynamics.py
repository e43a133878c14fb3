"""A source's gate and compressor: what they change, by how much, and what they leave as it is."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.domain.strip import GATE_OFF_DB, Compressor, Strip, linear
from stagedoor.mixer.sound.dynamics import (
    ATTACK_STEPS,
    CLOSING_STEPS,
    HOLD_STEPS,
    HYSTERESIS_DB,
    OPENING_STEPS,
    PEAK_STEPS,
    STEP,
    Dynamics,
)
from stagedoor.mixer.sound.engine import PROGRAM, SoundEngine
from stagedoor.mixer.sound.limiter import LOOK_AHEAD
from stagedoor.mixer.sound.mixing import Ramp
from stagedoor.mixer.sound.samples import BLOCK, RATE, Samples, silence, to_db
from tests.kit import tones

pytestmark = pytest.mark.unit

OFF = Compressor()
HERTZ = 500.0
STEEPEST = 2 * np.pi * HERTZ / RATE
"""The steepest step of a tone at full scale."""
Setting = tuple[float, Compressor]


def shaped(
    sound: Samples, setting: Setting | Callable[[int], Setting], dynamics: Dynamics | None = None
) -> Samples:
    """Process whole blocks, each with its setting."""
    used, out = dynamics or Dynamics(), []
    for number in range(sound.shape[1] // BLOCK):
        gate_db, compressor = setting(number) if callable(setting) else setting
        out.append(used.process(sound[:, number * BLOCK : (number + 1) * BLOCK], gate_db, compressor))
    return np.concatenate(out, axis=1)


def tone(level_db: float, seconds: float = 1.0, hertz: float = HERTZ) -> Samples:
    return tones.tone(hertz, int(seconds * RATE) // BLOCK * BLOCK, linear(level_db))


def level(sound: Samples) -> float:
    """Return a tone's level at the end of it, in dBFS."""
    return to_db(float(np.abs(sound[:, -RATE // 10 :]).max()))


@settings(max_examples=40, deadline=None)
@given(
    level_db=st.floats(-60, -1),
    below_db=st.floats(0.1, 30),
    ratio=st.floats(1, 20),
    hertz=st.sampled_from([50.0, 440.0, 3000.0]),
)
def test_below_the_threshold_nothing_is_changed(
    level_db: float, below_db: float, ratio: float, hertz: float
) -> None:
    sound = tone(level_db, 0.3, hertz)
    threshold_db = min(0.0, level_db + below_db)
    out = shaped(sound, (GATE_OFF_DB, Compressor(threshold_db, ratio)))
    assert np.array_equal(out, sound)


@settings(max_examples=40, deadline=None)
@given(
    level_db=st.floats(-40, 0),
    threshold_db=st.floats(-60, 0),
    ratio=st.floats(1.1, 20),
    makeup_db=st.floats(0, 24),
)
def test_a_steady_level_comes_out_by_the_curve(
    level_db: float, threshold_db: float, ratio: float, makeup_db: float
) -> None:
    out = shaped(tone(level_db), (GATE_OFF_DB, Compressor(threshold_db, ratio, makeup_db)))
    above_db = max(0.0, level_db - threshold_db)
    assert level(out) == pytest.approx(level_db - above_db + above_db / ratio + makeup_db, abs=0.1)


@pytest.mark.parametrize("hertz", [60.0, 120.0, 1000.0])
def test_a_low_tone_stays_a_tone(hertz: float) -> None:
    out = shaped(tone(-6, 2.0, hertz), (GATE_OFF_DB, Compressor(-30, 4)))[0, -RATE:]
    left = out - tones.tone(hertz, 2 * RATE, linear(-24))[0, -RATE:]
    assert to_db(float(np.sqrt(np.mean(left**2)))) < level(out[None]) - 40


@settings(max_examples=20, deadline=None)
@given(gate_db=st.floats(-80, 0), ratio=st.floats(1, 20), makeup_db=st.floats(0, 24))
def test_silence_stays_silence(gate_db: float, ratio: float, makeup_db: float) -> None:
    assert not shaped(silence(30 * BLOCK), (gate_db, Compressor(-60, ratio, makeup_db))).any()


@settings(max_examples=30, deadline=None)
@given(level_db=st.floats(-70, 0), above_db=st.floats(0.1, 20))
def test_what_is_above_the_gate_passes_as_it_is(level_db: float, above_db: float) -> None:
    sound = tone(level_db, 0.5)
    assert np.array_equal(shaped(sound, (max(GATE_OFF_DB, level_db - above_db), OFF)), sound)


@settings(max_examples=20, deadline=None)
@given(level_db=st.floats(-70, -10), below_db=st.floats(HYSTERESIS_DB + 0.2, 9.9))
def test_what_is_far_below_the_gate_is_silent_after_its_hold(level_db: float, below_db: float) -> None:
    out = shaped(tone(level_db), (level_db + below_db, OFF))
    closed = (HOLD_STEPS + CLOSING_STEPS + 1) * STEP
    assert out[:, : HOLD_STEPS * STEP].any()
    assert not out[:, closed:].any()


def test_what_falls_by_less_than_the_hysteresis_holds_the_gate_open() -> None:
    sound = np.concatenate([tone(-30, 0.2), tone(-30 - HYSTERESIS_DB + 0.5, 2.0)], axis=1)
    assert np.array_equal(shaped(sound, (-30.2, OFF)), sound)


def test_pauses_shorter_than_the_hold_chop_no_word() -> None:
    word, pause = tone(-20, 0.3), silence(int(0.2 * RATE))
    sound = np.concatenate([word, pause] * 4, axis=1)
    assert np.array_equal(shaped(sound, (-40, OFF)), sound)


def test_a_closed_gate_opens_within_milliseconds() -> None:
    quiet, word = tone(-60, 1.0), tone(-20, 0.5)
    out = shaped(np.concatenate([quiet, word], axis=1), (-40, OFF))
    begins, opened = quiet.shape[1], quiet.shape[1] + (OPENING_STEPS + 1) * STEP
    assert not out[:, begins - RATE // 10 : begins].any()
    assert np.array_equal(out[:, opened:], word[:, opened - begins :])


def test_the_compressor_is_there_after_its_attack_and_lets_go_after_its_release() -> None:
    sound = np.concatenate([tone(-40, 0.2), tone(-10, 0.5), tone(-40, 2.0)], axis=1)
    dynamics = Dynamics()
    out = shaped(sound, (GATE_OFF_DB, Compressor(-30, 2)), dynamics)
    loud = int(0.2 * RATE)
    third = loud + int(ATTACK_STEPS * STEP)
    after = loud + int((5 * ATTACK_STEPS + PEAK_STEPS) * STEP)
    assert to_db(float(np.abs(out[:, third : third + 2 * STEP]).max())) == pytest.approx(-16.5, abs=1.5)
    assert to_db(float(np.abs(out[:, after : after + RATE // 10]).max())) == pytest.approx(-20, abs=0.3)
    assert dynamics.reduced_db == 0.0
    assert np.array_equal(out[:, -RATE // 10 :], sound[:, -RATE // 10 :])


def test_it_says_by_how_much_it_turns_down_what_comes() -> None:
    closed = Dynamics()
    assert not shaped(tone(-60), (-40, OFF), closed)[:, -BLOCK:].any()
    assert closed.reduced_db == pytest.approx(60, abs=0.1)
    shaped(silence(BLOCK), (-40, OFF), closed)
    assert closed.reduced_db == pytest.approx(0, abs=0.01)


def test_both_sides_get_the_same_gain() -> None:
    sound = tone(-6)
    sound[1] *= 0.1
    out = shaped(sound, (GATE_OFF_DB, Compressor(-30, 4)))
    assert np.allclose(out[1], 0.1 * out[0], atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.floats(-80, 0), st.floats(-60, 0), st.floats(1, 20), st.floats(0, 6)),
        min_size=2,
        max_size=8,
    ),
    level_db=st.floats(-50, -10),
)
def test_whatever_is_switched_does_not_click(
    changes: list[tuple[float, float, float, float]], level_db: float
) -> None:
    def setting(number: int) -> Setting:
        gate_db, *compressor = changes[number // 5 % len(changes)]
        return gate_db, Compressor(*compressor)

    sound = tone(level_db, 2.0)
    out = shaped(sound, setting)
    highest = linear(level_db + 6.0)
    assert np.isfinite(out).all()
    assert tones.steepest(out) < 1.1 * STEEPEST * highest + highest / STEP


def test_switched_off_it_is_as_if_it_had_never_been_there() -> None:
    def setting(number: int) -> Setting:
        return (-20.0, Compressor(-50, 4, 10)) if number < 20 else (GATE_OFF_DB, OFF)

    sound, dynamics = tone(-30, 3.0), Dynamics()
    out = shaped(sound, setting, dynamics)
    assert np.array_equal(out[:, -BLOCK:], sound[:, -BLOCK:])
    block = sound[:, :BLOCK]
    assert dynamics.process(block, GATE_OFF_DB, OFF) is block


def test_what_comes_back_is_not_turned_down_for_what_was() -> None:
    engine = SoundEngine()
    engine.set_buses([PROGRAM])
    engine.set_gains({PROGRAM: {"clip": 1.0}}, Ramp(1, 1))
    engine.set_strips({"clip": Strip(compressor=Compressor(-30, 3))})
    loud, low = tone(-12, 1.0), tone(-40, 0.5)
    engine.add("clip").write(np.concatenate([loud, low], axis=1), 0)
    played = [engine.block(number, {"clip": 0.0}) for number in range(45)]
    assert played[-1].reduced == pytest.approx({"clip": 12.0}, abs=0.1)
    paused = [engine.block(number, {}) for number in range(45, 60)]
    assert paused[-1].reduced == {}
    on_air = [engine.block(number, {"clip": 60.0 * BLOCK - RATE}) for number in range(60, 67)]
    # Without the block in which it rises.
    back = np.concatenate([block.sound[PROGRAM] for block in on_air[2:]], axis=1)
    for heard in (back[:, :BLOCK], back):
        assert level(heard) == pytest.approx(-40, abs=0.2)


def test_in_program_and_returns_alike() -> None:
    engine = SoundEngine()
    engine.set_buses([PROGRAM, "return:guest2"])
    engine.set_gains({PROGRAM: {"guest1": 1.0}, "return:guest2": {"guest1": 1.0}}, Ramp(1, 1))
    engine.set_strips({"guest1": Strip(compressor=Compressor(-30, 3, 4))})
    engine.add("guest1").write(tone(-12), 0)
    blocks = [engine.block(number, {"guest1": 0.0}) for number in range(45)]
    assert blocks[-1].reduced == pytest.approx({"guest1": 12.0}, abs=0.1)
    for bus in (PROGRAM, "return:guest2"):
        heard = np.concatenate([block.sound[bus] for block in blocks], axis=1)[:, LOOK_AHEAD:]
        assert level(heard) == pytest.approx(-20, abs=0.1)
