"""How long a still stays."""

import threading
from concurrent.futures import Future
from typing import Final

from stagedoor.domain.clip import ClipAction
from stagedoor.mixer.sources.asked import Asked

_SAME_S: Final = 0.001


class Stay:
    """Counts from when a still comes on program, or from `play`; off program it is there again. Thread-safe.

    Attributes:
        is_over: Whether it has been shown for long enough.
    """

    def __init__(self, duration_s: float) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._duration_s = duration_s
        self._due_s = 0.0
        self._began_s: float | None = None
        self._on_air = False
        self._asked = Asked()

    def use(self, duration_s: float) -> None:
        """Stay for so many seconds in all."""
        with self._lock:
            self._duration_s = duration_s

    def steer(self, _action: ClipAction, _at_s: float = 0.0) -> "Future[int]":
        """Count anew; what is returned becomes the number of the first frame that shows it."""
        with self._lock:
            return self._asked.add()

    def on_air(self, *, on: bool) -> None:
        """Say whether it is in program, from the frame of the last step on."""
        with self._lock:
            if on is not self._on_air:
                self._on_air = on
                self._began_s = self._due_s if on else None

    def step(self, frame: int, due_s: float) -> None:
        """Go on to a frame that is due at this time of `time.monotonic()`."""
        with self._lock:
            self._due_s = due_s
            if self._asked.answer(frame):
                self._began_s = due_s
            began_s = self._began_s
            self.is_over = began_s is not None and due_s - began_s > self._duration_s - _SAME_S
