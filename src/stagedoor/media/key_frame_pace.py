"""How soon a key frame is asked for again: no sooner than the last one took to come, and half as long more.

On a thin or long line one takes its time; whoever is asked again meanwhile sends another one behind it.
"""

from typing import Final

LONGEST_S: Final = 2.0
"""What takes longer was no key frame on its way, but a line that carried nothing."""


class KeyFramePace:
    """Of one publisher; all times are seconds of a clock that goes on evenly.

    Args:
        shortest_s: From one request to the next where key frames come at once.

    Attributes:
        again_s: From one request to the next.
    """

    def __init__(self, shortest_s: float) -> None:
        self._shortest_s = self.again_s = shortest_s
        self._since_s: float | None = None

    def asked(self, now_s: float) -> None:
        """Take note of a request."""
        if self._since_s is None:
            self._since_s = now_s

    def came(self, now_s: float) -> None:
        """Take note of a key frame, asked for or not."""
        if self._since_s is not None:
            took_s = now_s - self._since_s
            self.again_s = max(self._shortest_s, 1.5 * took_s) if took_s < LONGEST_S else self._shortest_s
        self._since_s = None

    def rest(self) -> None:
        """Forget what was asked for: nobody is left to answer."""
        self._since_s = None
