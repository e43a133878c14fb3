"""A guest who is read from a server, beside the same guest's path at the hub: which time is which.

What a server sends has times of its own, and the guest's recording has those of the path. So the path is read
too, without decoding anything: a coded picture that is the same in both says by how much the times differ.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from math import inf
from types import TracebackType
from typing import Final, Self

from stagedoor.domain.errors import MediaError, StagedoorError
from stagedoor.media.marks import Mark, mark_of
from stagedoor.media.packets import Kind, Packet
from stagedoor.mixer.precedence import OF_SOURCES, give_way
from stagedoor.mixer.sources.opening import Stop
from stagedoor.mixer.sources.own_packets import OwnPackets
from stagedoor.mixer.sources.reader import Open
from stagedoor.mixer.sources.tracks import tracks_of

logger = logging.getLogger(__name__)

MOST_MARKS: Final = 600
"""Pictures of the hub that are remembered: what comes by a server is some seconds later at most."""
SAME_S: Final = 0.001
"""A picture that comes again at this time, as where the hub is read anew, is that same picture."""
APART_S: Final = 2.0
"""What looks the same within this time may be either."""
LATER: Final = 15
"""So many pictures later a picture is looked for: half a second, usually."""
AGAIN_S: Final = 0.5
JOIN_WITHIN_S: Final = 3.0


class Marks:
    """The newest pictures of a path, by their marks; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: OrderedDict[Mark, tuple[float, bool]] = OrderedDict()
        self._newest_s = 0.0

    def add(self, mark: Mark, at_s: float) -> None:
        """Remember a picture and its time.

        One that looked the same a long time before is another: a server's way is shorter than that. Of those
        that look the same one after the other, as where nothing moves, nobody could tell which is which.
        """
        with self._lock:
            known_s, was_one = self._times.get(mark, (-inf, True))
            away_s = abs(at_s - known_s)
            is_one = away_s > APART_S or (was_one and away_s < SAME_S)
            self._times[mark] = at_s, is_one
            self._newest_s = at_s
            self._times.move_to_end(mark)
            while len(self._times) > MOST_MARKS:
                self._times.popitem(last=False)

    def find(self, mark: Mark, within_s: float = inf) -> float | None:
        """Return the time of a picture, at most so long before the newest; None where it is not known."""
        with self._lock:
            at_s, is_one = self._times.get(mark, (0.0, False))
            return at_s if is_one and self._newest_s - at_s <= within_s else None


class Shift:
    """How much later the times of a server's stream are on the path's line, from one picture to the next.

    A picture is looked for only some pictures later: either of the two that are the same may come first, and
    until then one that looks like it, from before, might be taken for it. The first one is a key frame, which
    looks like none shortly before, and is looked for at once among those.

    Args:
        marks: The path's.
    """

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._waiting: deque[tuple[Mark, float]] = deque()
        self._known: float | None = None

    def after(self, mark: Mark, at_s: float) -> float | None:
        """Return it once a picture has come, in seconds; None where it is not known."""
        self._waiting.append((mark, at_s))
        if len(self._waiting) > LATER:
            self._look(*self._waiting.popleft(), inf)
        elif self._known is None:
            self._look(*self._waiting[0], APART_S)
        return self._known

    def _look(self, mark: Mark, at_s: float, within_s: float) -> None:
        path_s = self._marks.find(mark, within_s)
        if path_s is not None:
            self._known = path_s - at_s


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
        self._thread = threading.Thread(target=self._run, name=f"twin {name}"[:15], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(JOIN_WITHIN_S)

    # What the thread that reads the server calls.

    def began(self) -> Callable[[Packet], None]:
        """See `Tap.began`."""
        self._shift = Shift(self._marks)
        return self._came

    def ended(self) -> None:
        """See `Tap.ended`."""

    def _came(self, packet: Packet) -> None:
        if packet.track.kind is not Kind.VIDEO:
            return
        with suppress(MediaError):
            self._place(self._shift.after(mark_of(packet), _time_s(packet)))

    # The thread that reads the hub.

    def _run(self) -> None:
        give_way(OF_SOURCES)
        while not self._stop.event.is_set():
            # An empty seat, and a relay that is being started again, are nothing to read of here.
            with suppress(StagedoorError):
                self._read()
            self._stop.event.wait(AGAIN_S)

    def _read(self) -> None:
        try:
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
        except StagedoorError:
            raise
        except Exception:
            # A mistake of ours costs some lines of a cut log, and never a picture.
            logger.exception("A guest's path cannot be read beside their server")


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
        with suppress(MediaError):
            self._marks.add(mark_of(packet), _time_s(packet))


def _time_s(packet: Packet) -> float:
    return packet.pts / packet.track.clock_rate
