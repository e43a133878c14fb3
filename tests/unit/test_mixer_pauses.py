"""How often a source is looked for that is not there."""

from itertools import accumulate

import pytest

from stagedoor.mixer.sources.pauses import EXPECTED_S, GOOD_WORK_S, SELDOM_S, SOON_S, Pauses

pytestmark = pytest.mark.unit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def pauses(made: Pauses, clock: Clock, seconds: float) -> list[float]:
    """The pauses of so long, in which it is not there."""
    found: list[float] = []
    while sum(found) < seconds:
        found.append(made.after(0.0))
        clock.now += found[-1]
    return found


def test_who_was_there_a_moment_ago_is_found_within_a_third_of_a_second() -> None:
    clock = Clock()
    made = Pauses(clock)
    pauses(made, clock, 300.0)
    first, second, *others = [made.after(GOOD_WORK_S + 1), *pauses(made, clock, 30.0)]
    assert (first, second, set(others)) == (0.1, 0.2, {SOON_S})


def test_servers_are_asked_seldom_for_what_nobody_expects() -> None:
    clock = Clock()
    made = Pauses(clock)
    found = pauses(made, clock, EXPECTED_S + 60)
    late = [pause for pause, at in zip(found, accumulate(found), strict=True) if at > EXPECTED_S + 5]
    assert set(late) == {SELDOM_S}
    made.expect()
    assert set(pauses(made, clock, 30.0)) == {SOON_S}
