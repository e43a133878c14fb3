"""Who runs before whom: what the system lets us, and what comes of it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from stagedoor import precedence
from stagedoor.precedence import OF_ENCODER, OF_LOOP, OF_PROGRAM, come_first, step_back

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(sys.platform != "linux", reason="threads have a place of their own on Linux"),
]

T = TypeVar("T")


def in_a_thread(work: Callable[[], T]) -> T:
    """What it returns, in a thread whose place nobody else has."""
    found: list[T] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def policy() -> int:
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK


@pytest.mark.parametrize("with_threads", [True, False])
def test_a_thread_comes_first_as_far_as_the_system_lets_it(*, with_threads: bool) -> None:
    def first() -> tuple[bool, int, int, int]:
        allowed = come_first(OF_ENCODER, with_threads=with_threads)
        mine, theirs = policy(), in_a_thread(policy)
        step_back()
        return allowed, mine, theirs, policy()

    allowed, mine, theirs, after = in_a_thread(first)
    assert mine == (os.SCHED_RR if allowed else os.SCHED_OTHER)
    assert theirs == (os.SCHED_RR if allowed and with_threads else os.SCHED_OTHER)
    assert after == os.SCHED_OTHER


@pytest.mark.parametrize(("with_threads", "flag"), [(True, 0), (False, os.SCHED_RESET_ON_FORK)])
def test_what_is_asked_of_the_system(monkeypatch: pytest.MonkeyPatch, with_threads: bool, flag: int) -> None:
    asked: list[tuple[int, int, int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(os, "sched_setscheduler", lambda *what: asked.append(what))
    monkeypatch.setattr(os, "sched_param", lambda level: level)
    assert come_first(OF_PROGRAM, with_threads=with_threads)
    assert asked == [(0, os.SCHED_RR | flag, OF_PROGRAM)]


def test_nothing_comes_first_on_a_single_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert in_a_thread(lambda: (come_first(OF_PROGRAM), policy())) == (False, os.SCHED_OTHER)


def test_a_system_that_does_not_let_it_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refused)
    assert not come_first(OF_PROGRAM)


def test_a_thread_that_comes_back_from_aside_does_not_ask_for_cores_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    levels: list[int] = []

    def cores(process: int) -> set[int]:
        asked.append(process)
        return {0, 1}

    monkeypatch.setattr(os, "sched_getaffinity", cores)
    monkeypatch.setattr(os, "sched_getscheduler", lambda _: os.SCHED_RR)
    monkeypatch.setattr(os, "sched_setscheduler", lambda *what: levels.append(what[2]))
    monkeypatch.setattr(os, "sched_param", lambda level: level)

    def work() -> None:
        precedence.come_first_in_python()
        for _ in range(2):
            with precedence.aside:
                pass

    in_a_thread(work)
    assert (asked, levels) == ([0], [precedence.OF_PYTHON] * 3)


IN_A_PROCESS = """
import os, threading
from stagedoor.precedence import OF_LOOP, aside, come_first, come_first_in_python

def place():
    nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    policy = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK
    return policy, os.sched_getparam(0).sched_priority, nice

def work():
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    come_first_in_python()
    found.append(place())
    with aside:
        found.append(place())
        other = threading.Thread(target=lambda: found.append(place()))
        other.start()
        other.join()
    found.append(place())

found = []
FIRST and come_first(OF_LOOP)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(found)
"""


@pytest.mark.parametrize("first", [True, False])
def test_a_thread_comes_first_in_python_where_the_main_thread_does_and_not_aside(*, first: bool) -> None:
    allowed = in_a_thread(lambda: come_first(OF_LOOP)) and first
    code = IN_A_PROCESS.replace("FIRST", str(first))
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    usual = os.SCHED_OTHER, 0, 19
    python = (os.SCHED_RR, precedence.OF_PYTHON, 19) if allowed else usual
    assert told.strip() == str([python, usual, usual, python])


def test_program_is_above_its_encoder_and_that_above_all_that_others_do() -> None:
    assert precedence.OF_PROGRAM > precedence.OF_ENCODER > precedence.OF_LOOP >= precedence.OF_PYTHON
