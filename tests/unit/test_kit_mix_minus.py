"""What judges returns sees a muted one, one that carries all of program, and a faint trace of one's own."""

import numpy as np
import pytest

from tests.kit.listening import RATE, Listened
from tests.kit.mix_minus import Aired, Everything, Judged, MixMinus, windows
from tests.kit.tones import tone

pytestmark = pytest.mark.unit

TONES = {"a": 330, "b": 1200, "c": 2700}
LEVELS = {"a": -8.0, "b": -11.0, "c": -14.0}
VOICE = 9000
JUDGE = MixMinus(TONES, {name: (name,) for name in TONES}, VOICE, -10.0, 1800)


def sound(levels: dict[int, float], noise_db: float = -140.0) -> Listened:
    """A second and a half of tones, of the given dBFS by their hertz, in noise."""
    samples = np.random.default_rng(1).normal(0, 10 ** (noise_db / 20), RATE * 3 // 2).astype(np.float32)
    for hertz, wanted in levels.items():
        samples += tone(hertz, RATE * 3 // 2, 10 ** (wanted / 20))[0]
    return Listened(30, sides=np.stack([samples, samples]))


def stage(**changed: dict[int, float]) -> dict[str, Listened]:
    """Program and everybody's return, as they should be but for what is given."""
    parts = {f"return-{name}": {hz: LEVELS[o] for o, hz in TONES.items() if o != name} for name in TONES}
    parts |= {"program": {hertz: LEVELS[name] for name, hertz in TONES.items()}}
    parts |= {f"return-{name}": levels for name, levels in changed.items()}
    return {name: sound(levels) for name, levels in parts.items()}


def check(everything: Everything, aired: Aired = Aired(LEVELS)) -> int:  # noqa: B008 - it is frozen
    parts = windows(everything)
    JUDGE.check_nobody_hears_themselves(parts)
    return JUDGE.check(parts, aired, 0.0).whole


def test_others_at_their_level_are_right() -> None:
    assert check(stage()) > 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {330: -8.0, 1200: -11.0, 2700: -14.0},
        {1200: -11.0, 2700: -14.0, 330: -70.0},
        {1200: -11.0, 2700: -12.0},
        {1200: -11.0, 2700: -14.0, VOICE: -30.0},
    ],
    ids=["muted", "all of program", "a trace of one's own", "another level", "talkback to somebody else"],
)
def test_a_wrong_return_is_seen(wrong: dict[int, float]) -> None:
    with pytest.raises(AssertionError):
        check(stage(a=wrong))


def test_one_who_is_not_spoken_to_or_not_ducked_is_seen() -> None:
    ducked = {1200: -23.0, 2700: -26.0, VOICE: -10.0}
    aired = Aired(LEVELS, frozenset({"a"}))
    assert check(stage(a=ducked), aired) > 1
    assert check(stage(a={**ducked, VOICE: -40.0}), aired) == 0
    with pytest.raises(AssertionError):
        check(stage(a={**ducked, 1200: -11.0}), aired)


def test_a_window_with_a_hole_does_not_count() -> None:
    """What was concealed is heard at every frequency: no level can be told from it."""
    everything = stage()
    everything["return-a"] = sound({1200: -11.0, 2700: -14.0}, noise_db=-20.0)
    assert JUDGE.check(windows(everything), Aired(LEVELS), 0.0) == Judged(0, 2)
    whole = JUDGE.check(windows(stage()), Aired(LEVELS), 0.0)
    assert whole + Judged(left_out=1) == Judged(2, 1)
