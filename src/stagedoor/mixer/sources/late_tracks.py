"""Tracks that a stream announces, or replaces by others, only some time after it was opened.

FFmpeg shows the tracks that it has seen when a stream was opened. In FLV, and so by RTMP, and in MPEG-TS
others may come later: the picture of somebody whose first key frame was late, or another codec. So while a
stream shows nothing, or is silent, it is opened once more beside, to see whether by now it has other tracks.
Whoever reads it is told with the next packet of a track that goes on; where none does, with the stream's end.
"""

import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

from av.container import InputContainer

from stagedoor.precedence import come_first_in_python

LOOK_AFTER_S: Final = (1.0, 3.0, 10.0, 30.0)
"""Without picture, or without sound, for each look; then it is believed to have none."""
GAP_S: Final = 1.0
"""What comes with larger gaps than this does not come steadily."""
STEADY_S: Final = 30.0
"""What has come steadily for so long is looked for again when it is missing."""

_FORMATS: Final = {"flv", "mpegts"}
_KINDS: Final = ("video", "audio")


def may_come(container: InputContainer) -> bool:
    """Whether a stream of this format may announce tracks at any time."""
    return not _FORMATS.isdisjoint(container.format.name.split(","))


class LateTracks:
    """Looks for other tracks in a thread of its own while the block goes on.

    Args:
        name: For the thread.
        codecs: Those that are read, by kind of track.
        look: Opens the stream once more, and returns its codecs by kind; none where that fails.
        after: A thread that looked for the same before, and may still wait for a server that does not answer.

    Attributes:
        found: Set once there are others.
        thread: What looks. It ends some time after the block: nobody waits for a server that does not answer.
    """

    def __init__(
        self,
        name: str,
        codecs: Mapping[str, str],
        look: Callable[[], Mapping[str, str]],
        after: threading.Thread | None,
    ) -> None:
        self.found = threading.Event()
        self._codecs = codecs
        self._look = look
        self._missing = {kind: _Missing() for kind in _KINDS}
        self._after = after
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"tracks? {name}"[:15], daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()

    def came(self, kind: str) -> None:
        """Take note that something was shown or heard."""
        self._missing[kind].came(time.monotonic())

    def _run(self) -> None:
        come_first_in_python()
        if self._after is not None:
            self._after.join()
        while not self._stop.wait(min(each.due_in(time.monotonic()) for each in self._missing.values())):
            due = [each for each in self._missing.values() if each.due_in(time.monotonic()) <= 0]
            for each in due:
                each.looks += 1
            if due and self._are_others():
                self.found.set()
                return

    def _are_others(self) -> bool:
        return any(self._codecs.get(kind) != codec for kind, codec in self._look().items())


class _Missing:
    """When to look for one kind of track.

    Attributes:
        looks: How often it was looked for since it came steadily.
    """

    def __init__(self) -> None:
        self.looks = 0
        self._last_s = self._steady_s = time.monotonic()

    def came(self, now_s: float) -> None:
        """It is there."""
        if now_s - self._last_s > GAP_S:
            self._steady_s = now_s
        elif now_s - self._steady_s > STEADY_S:
            self.looks = 0
        self._last_s = now_s

    def due_in(self, now_s: float) -> float:
        """Return in how many seconds it is to be looked for, unless it comes before that."""
        if self.looks == len(LOOK_AFTER_S):
            return STEADY_S
        return max(0.0, self._last_s + LOOK_AFTER_S[self.looks] - now_s)
