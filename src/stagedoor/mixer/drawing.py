"""Pictures beside program that are drawn in a thread of their own, while somebody watches them."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from stagedoor.mixer.clock import Clock, sleep_until
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.precedence import give_way

logger = logging.getLogger(__name__)

FAILURES_A_LINE: Final = 300
"""Of pictures that fail one after the other so many make one line in the log."""


class DrawingLoop:
    """Draws at its own rate until it is stopped.

    Args:
        name: For the thread and the log.
        clock: When pictures are due.
        draw: Returns the picture of now; in this thread.
        on_picture: Gets each picture with its number, in this thread.
        on_end: Called once nothing is drawn any more, with each `stop`.
        gives_way: By how much to program (`stagedoor.mixer.precedence`).

    Attributes:
        failures: Pictures that could not be drawn.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        draw: Callable[[], Planes],
        on_picture: Callable[[Planes, int], None],
        on_end: Callable[[], None] = lambda: None,
        gives_way: int = 0,
    ) -> None:
        self._name = name
        self._clock = clock
        self._draw = draw
        self._on_picture = on_picture
        self._on_end = on_end
        self._gives_way = gives_way
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name[:15], daemon=True)
        self.failures = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; idempotent, and waits for the picture that is being drawn."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._on_end()

    def _run(self) -> None:
        give_way(self._gives_way)
        number = self._clock.frame_at(time.monotonic_ns()) + 1
        while sleep_until(self._clock.frame_due_ns(number), self._stop):
            try:
                self._on_picture(self._draw(), number)
            except Exception:
                if self.failures % FAILURES_A_LINE == 0:
                    logger.exception("A picture of %s could not be drawn", self._name)
                self.failures += 1
            # What is late is left out: nobody sets a clock by it.
            number = max(number, self._clock.frame_at(time.monotonic_ns())) + 1
