"""Whose threads run first: program's, then what has time."""

import os
import sys
import threading
from collections.abc import Callable

import pytest

from stagedoor.mixer.encode.encoders import VideoFormat
from stagedoor.mixer.encode.video import VideoEncoder
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.precedence import OF_MULTIVIEW, give_way

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(sys.platform != "linux", reason="threads have a place of their own on Linux"),
]


def _in_a_thread(run: Callable[[], None]) -> int:
    """The place, after that, of a thread that was started by one that has run this."""
    found: list[int] = []

    def outer() -> None:
        run()
        inner = threading.Thread(target=lambda: found.append(_own()))
        inner.start()
        inner.join()

    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()
    return found[0]


def _own() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_thread_gives_way_with_those_that_it_starts_and_no_other() -> None:
    before = _own()
    assert _in_a_thread(lambda: give_way(5)) == min(19, before + 5)
    assert _in_a_thread(lambda: give_way(0)) == before
    assert _own() == before


def test_who_gives_way_already_gives_way_by_so_much_more() -> None:
    def twice() -> None:
        give_way(3)
        give_way(4)

    assert _in_a_thread(twice) == min(19, _own() + 7)


@pytest.mark.parametrize("by", [0, OF_MULTIVIEW])
def test_a_picture_is_encoded_in_its_place(by: int) -> None:
    places: list[int] = []
    done = threading.Event()

    def take(_: object) -> None:
        places.append(_own())
        done.set()

    encoder = VideoEncoder("test", VideoFormat(64, 36, 30, 200_000, 30, "ultrafast"), take, gives_way=by)
    encoder.start()
    encoder.put(Planes.new(64, 36).frame, 0)
    assert done.wait(10)
    encoder.stop()
    assert encoder.join(10)
    assert places == [min(19, _own() + by)]
