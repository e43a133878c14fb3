"""How soon a key frame is asked for again."""

import pytest

from stagedoor.media.key_frame_pace import LONGEST_S, KeyFramePace

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("took_s", "again_s"),
    [(0.1, 0.5), (0.4, 0.6), (1.0, 1.5), (LONGEST_S, 0.5), (60.0, 0.5)],
)
def test_it_takes_as_long_as_the_last_one_took_and_half_as_long_more(took_s: float, again_s: float) -> None:
    pace = KeyFramePace(0.5)
    assert pace.again_s == 0.5
    pace.asked(100.0)
    pace.asked(100.0 + took_s / 2)
    pace.came(100.0 + took_s)
    assert pace.again_s == pytest.approx(again_s)
    # One that nobody asked for says nothing.
    pace.came(100.0 + 2 * took_s)
    assert pace.again_s == pytest.approx(again_s)


def test_nothing_is_learnt_of_one_that_nobody_waits_for_any_more() -> None:
    pace = KeyFramePace(0.5)
    pace.asked(0.0)
    pace.rest()
    pace.came(1.0)
    assert pace.again_s == 0.5
