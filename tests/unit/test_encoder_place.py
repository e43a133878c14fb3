"""How long an encoder comes before everything else, and how much of the machine it leaves to others."""

from collections.abc import Callable

import pytest

from stagedoor.mixer.encode import place
from stagedoor.mixer.encode.place import BEHIND_S, SHARE_MOST, SHARE_S, Place

pytestmark = pytest.mark.unit

PERIOD_S = 1 / 30


class Machine:
    """Of so many cores, which lets anybody come first; its clock moves when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
        self.now_s = 100.0
        self.usual = 0
        monkeypatch.setattr(place, "come_first", lambda *_, **__: cores > 1)
        monkeypatch.setattr(place, "threads_beside", lambda: max(1, cores - 1))
        monkeypatch.setattr(place, "step_back", self._step_back)
        monkeypatch.setattr(place, "come_first_in_python", lambda: None)

    def _step_back(self) -> None:
        self.usual += 1

    def place(self) -> Place:
        taken = Place("program", first=True, gives_way=0, clock=lambda: self.now_s)
        taken.take()
        return taken

    def encode(self, taken: Place, share: float, seconds: float, *, is_behind: bool = False) -> list[bool]:
        """Pictures that each take such a part of their time; what `moves` said before each."""
        said = []
        for _ in range(round(seconds / PERIOD_S)):
            said.append(taken.moves(is_behind=is_behind))
            with taken.working():
                self.now_s += share * PERIOD_S
            self.now_s += (1 - share) * PERIOD_S
        return said


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Machine]:
    return lambda cores: Machine(monkeypatch, cores)


@pytest.mark.parametrize(("cores", "threads"), [(1, None), (2, 2), (3, 2), (4, 3), (8, 7)])
def test_a_picture_is_encoded_in_slices_where_it_comes_first(
    machine: Callable[[int], Machine], cores: int, threads: int | None
) -> None:
    assert machine(cores).place().threads == threads


def test_who_takes_all_cores_most_of_the_time_goes_back_with_as_many_threads(
    machine: Callable[[int], Machine], caplog: pytest.LogCaptureFixture
) -> None:
    two = machine(2)
    taken = two.place()
    assert True not in two.encode(taken, SHARE_MOST - 0.1, 5 * SHARE_S)
    assert two.encode(taken, SHARE_MOST + 0.1, 3 * SHARE_S).count(True) == 1
    # With fewer it would not keep up.
    assert (taken.threads, two.usual) == (None, 1)
    assert "takes most of all cores, and comes before other work no longer" in caplog.text


def test_one_moment_of_much_work_is_no_reason(machine: Callable[[int], Machine]) -> None:
    two = machine(2)
    taken = two.place()
    for _ in range(3):
        assert True not in two.encode(taken, 1.0, 0.3 * SHARE_S) + two.encode(taken, 0.2, 0.7 * SHARE_S)
    assert taken.threads == 2


def test_where_a_core_is_left_anyway_it_may_take_the_others_all_the_time(
    machine: Callable[[int], Machine],
) -> None:
    four = machine(4)
    taken = four.place()
    assert True not in four.encode(taken, 1.0, 3 * SHARE_S)
    assert taken.threads == 3


def test_who_does_not_keep_up_goes_back_among_the_others(machine: Callable[[int], Machine]) -> None:
    four = machine(4)
    taken = four.place()
    assert True not in four.encode(taken, 1.0, 0.9 * BEHIND_S, is_behind=True)
    assert True not in four.encode(taken, 1.0, PERIOD_S)
    assert four.encode(taken, 1.0, 1.1 * BEHIND_S, is_behind=True).count(True) == 1
    assert (taken.threads, four.usual) == (None, 1)
    assert True not in four.encode(taken, 1.0, 3 * BEHIND_S, is_behind=True)
