"""Sound that a stream announces only some time after its pictures.

FFmpeg shows the tracks that it has seen when a stream was opened; in FLV, and so by RTMP, there may be more
later. So the stream is opened once more beside, to see whether by now there are.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from av.container import InputContainer

from stagedoor.precedence import come_first_in_python

LOOK_AFTER_S: Final = (3.0, 7.0, 20.0)
"""Pauses before each look; then it is believed to have none."""
JOIN_WITHIN_S: Final = 6.0
"""Longer than an address may take to be opened."""


def may_come(container: InputContainer) -> bool:
    """Whether a stream of this format may announce tracks at any time."""
    return "flv" in container.format.name.split(",")


class LateSound:
    """Looks for sound in a thread of its own while the block goes on.

    Args:
        name: For the thread.
        has_sound: Opens the stream, and tells whether it has sound.

    Attributes:
        found: Set once there is some.
    """

    def __init__(self, name: str, has_sound: Callable[[], bool]) -> None:
        self.found = threading.Event()
        self._has_sound = has_sound
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sound? {name}"[:15], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(JOIN_WITHIN_S)

    def _run(self) -> None:
        come_first_in_python()
        for pause_s in LOOK_AFTER_S:
            if self._stop.wait(pause_s):
                return
            if self._has_sound():
                self.found.set()
                return
