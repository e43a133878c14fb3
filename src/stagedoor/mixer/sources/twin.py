"""A guest who is read from a server, beside the same guest's path at the hub: which time is which.

What a server sends has times of its own, and the guest's recording has those of the path. So the path is read
too, without decoding anything: a coded picture that is the same in both says by how much the times differ.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from stagedoor.domain.errors import StagedoorError
from stagedoor.media.marks import Mark, mark_of
from stagedoor.media.packets import Kind, Packet
from stagedoor.mixer.sources.opening import Open, Stop
from stagedoor.mixer.sources.own_packets import OwnPackets
from stagedoor.mixer.sources.tracks import tracks_of
from stagedoor.precedence import come_first_in_python

logger = logging.getLogger(__name__)

WAY_S: Final = 3.5
"""The hub's pictures of so many seconds are remembered: what comes later by a server is not known again."""
MOST_MARKS: Final = 600
SAME_S: Final = 0.001
"""A picture that comes again at this time, as where the hub is read anew, is that same picture."""
LATER_S: Final = 0.5
MOST_WAITING: Final = 60
NEAR_S: Final = 0.05
"""By so much the times of both ways go to and fro, at most."""
MOST_MISSES: Final = 60
"""After so many pictures that are not the hub's, somebody codes them anew."""
AGAIN_S: Final = 0.5
JOIN_WITHIN_S: Final = 3.0


class Marks:
    """The newest pictures of a path, by their marks; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._order: deque[tuple[Mark, float]] = deque()
        self._times: dict[Mark, tuple[float, ...]] = {}

    def add(self, mark: Mark, at_s: float) -> None:
        """Remember a picture and its time."""
        with self._lock:
            if self._order and abs(at_s - self._order[-1][1]) > WAY_S:
                # The line has begun anew, or nothing came for long.
                self._order.clear()
                self._times.clear()
            known = self._times.get(mark, ())
            if any(abs(at_s - each) < SAME_S for each in known):
                return
            self._times[mark] = (*known, at_s)
            self._order.append((mark, at_s))
            while len(self._order) > MOST_MARKS or at_s - self._order[0][1] > WAY_S:
                self._forget(*self._order.popleft())

    def find(self, mark: Mark) -> tuple[float, ...]:
        """Return the times of the pictures that look like this; several where nothing moves."""
        with self._lock:
            return self._times.get(mark, ())

    def _forget(self, mark: Mark, at_s: float) -> None:
        left = tuple(each for each in self._times[mark] if each != at_s)
        if left:
            self._times[mark] = left
        else:
            del self._times[mark]


class Shift:
    """How much later the times of a server's stream are on the path's line, from one picture to the next.

    A picture is looked for only half a second later: either of the two that are the same may come first. Only
    the very first one, a key frame, is looked for at once, and again until it is found.

    Args:
        marks: The path's.
    """

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._waiting: deque[tuple[Mark, float]] = deque()
        self._misses = 0
        self._known: float | None = None

    def after(self, mark: Mark, at_s: float) -> float | None:
        """Return it once a picture has come, in seconds; None where it is not known."""
        self._waiting.append((mark, at_s))
        first, first_s = self._waiting[0]
        if at_s - first_s >= LATER_S or len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self._judge([path_s - first_s for path_s in self._marks.find(first)])
        elif self._known is None:
            times = self._marks.find(first)
            self._known = times[0] - first_s if len(times) == 1 else None
        return self._known

    def _judge(self, shifts: list[float]) -> None:
        """Go by what a picture says; of several that look like it, by the one that goes on with what was."""
        known = self._known
        self._misses = 0 if shifts else self._misses + 1
        if self._misses > MOST_MISSES:
            self._known = None
        elif len(shifts) == 1:
            self._known = shifts[0]
        elif shifts and known is not None:
            nearest = min(shifts, key=lambda shift: abs(shift - known))
            self._known = nearest if abs(nearest - known) < NEAR_S else known


class Twin:
    """Reads a guest's path at the hub while the block lasts, and gets what comes of them from a server.

    Args:
        name: For the thread.
        open_path: Opens the path at the hub.
        place: Told with each picture how much later a time of the server's stream is on the path's own line,
            in seconds; None where that is not known.

    Attributes:
        wanted: See `Tap.wanted`.
    """

    wanted = True

    def __init__(self, name: str, open_path: Open, place: Callable[[float | None], None]) -> None:
        self._open = open_path
        self._place = place
        self._marks = Marks()
        self._shift = Shift(self._marks)
        self._stop = Stop()
        self._has_failed = False
        self._thread = threading.Thread(target=self._run, name=f"twin {name}"[:15], daemon=True)

    def __enter__(self) -> Self:
        try:
            self._thread.start()
        except RuntimeError as error:
            # It costs some lines of a cut log, and never a picture.
            logger.warning("A guest's path is not read beside their server: %s", error)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()
        if self._thread.ident is not None:
            self._thread.join(JOIN_WITHIN_S)

    def stop(self) -> None:
        """Call it off, and return at once; in any thread."""
        self._stop.set()

    # What the thread that reads the server calls.

    def began(self) -> Callable[[Packet], None]:
        """See `Tap.began`."""
        self._shift = Shift(self._marks)
        return self._came

    def ended(self) -> None:
        """See `Tap.ended`."""

    def _came(self, packet: Packet) -> None:
        if packet.track.kind is Kind.VIDEO and (mark := mark_of(packet)) is not None:
            self._place(self._shift.after(mark, _time_s(packet)))

    # The thread that reads the hub.

    def _run(self) -> None:
        come_first_in_python()
        while not self._stop.event.is_set():
            try:
                self._read()
            except StagedoorError:
                # An empty seat, and a relay that is being started again, are nothing to read of here.
                pass
            except Exception:
                if not self._has_failed:
                    logger.exception("A guest's path cannot be read beside their server")
                self._has_failed = True
            self._stop.event.wait(AGAIN_S)

    def _read(self) -> None:
        with self._open(self._stop) as container:
            tracks = tracks_of(container, low_delay=False)
            pictures = {index: track for index, track in tracks.items() if track.kind == "video"}
            own = OwnPackets(_AtHub(self._marks), pictures, time.monotonic)
            for packet in container.demux():
                if self._stop.event.is_set():
                    return
                track = pictures.get(packet.stream.index)
                if track is not None and packet.size:
                    own.take(packet, track.packet_at(packet)[0])


class _AtHub:
    """The hub's side: remembers each picture."""

    wanted = True

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def began(self) -> Callable[[Packet], None]:
        """See `Tap.began`."""
        return self._came

    def ended(self) -> None:
        """See `Tap.ended`."""

    def _came(self, packet: Packet) -> None:
        if (mark := mark_of(packet)) is not None:
            self._marks.add(mark, _time_s(packet))


def _time_s(packet: Packet) -> float:
    return packet.pts / packet.track.clock_rate
