"""A source's thread: opens, demuxes, decodes and scales, and begins again after every failure."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

from av.container import InputContainer

from stagedoor.domain.errors import MediaError, StagedoorError, UnavailableError
from stagedoor.mixer.picture.picture import Scaler
from stagedoor.mixer.precedence import OF_SOURCES, give_way
from stagedoor.mixer.sources.clip_reading import ClipReading
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.late_tracks import LateTracks, may_come
from stagedoor.mixer.sources.opening import Open, Stop
from stagedoor.mixer.sources.own_packets import OwnPackets, Tap
from stagedoor.mixer.sources.pace import comes_in_bursts, has_end
from stagedoor.mixer.sources.pauses import Pauses
from stagedoor.mixer.sources.reading import Reading
from stagedoor.mixer.sources.tracks import Tracks, codecs, tracks_of
from stagedoor.mixer.sources.twin import Twin

logger = logging.getLogger(__name__)


class Reader:
    """Reads one source until it is closed.

    Args:
        name: For the log and the thread.
        open_input: Opens it; called anew for each try.
        feed: Where pictures and sound go; one with a transport is read wherever that goes.
        low_delay: Whether its pictures come in the order in which they are shown.
        tap: Who may want its own packets.
        twin: Of a guest who is read from a server, what finds the times of their path; it is the tap then.
    """

    def __init__(
        self,
        name: str,
        open_input: Open,
        feed: Feed,
        *,
        low_delay: bool = False,
        tap: Tap | None = None,
        twin: Twin | None = None,
    ) -> None:
        self._name = name
        self._open = open_input
        self._feed = feed
        self._low_delay = low_delay
        self._pauses = Pauses()
        self._tap = tap or twin
        self._twin = twin
        self._stop = Stop()
        self._thread = threading.Thread(target=self._run, name=f"source {name}"[:15], daemon=True)
        self._looking: threading.Thread | None = None
        self._scaler = Scaler()
        self._said = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Call it off, and return at once."""
        self._stop.set()
        if self._twin is not None:
            self._twin.stop()
        if self._feed.transport is not None:
            self._feed.transport.close()

    def expect(self) -> None:
        """Look for it often for a while: somebody waits for it."""
        self._pauses.expect()

    def join(self, within_s: float) -> bool:
        """Wait until its threads have ended; returns whether they have."""
        deadline = time.monotonic() + within_s
        self._thread.join(within_s)
        looking = self._looking
        if looking is not None:
            looking.join(max(0.0, deadline - time.monotonic()))
        return not (self._thread.is_alive() or (looking is not None and looking.is_alive()))

    def _run(self) -> None:
        give_way(OF_SOURCES)
        with self._twin or nullcontext():
            while not self._stop.event.is_set():
                began = time.monotonic()
                failure = self._read_once()
                if self._stop.event.is_set():
                    return
                if failure is None:
                    continue
                self._ended(failure)
                self._stop.event.wait(self._pauses.after(time.monotonic() - began))

    def _read_once(self) -> StagedoorError | None:
        """Read until the stream ends; return why it did, or None where it is to be opened anew at once."""
        try:
            with self._open(self._stop) as container:
                self._read(container)
            if self._feed.transport is not None:
                return None
            return UnavailableError("its stream has ended", code="source_ended")
        except StagedoorError as error:
            return error
        except Exception:
            # A mistake of ours costs this source a moment, and nobody else anything.
            logger.exception("Source %s failed", self._name)
            return StagedoorError("an error of ours, see the log")

    def _ended(self, failure: StagedoorError) -> None:
        if failure.message != self._said:
            # An empty seat is nothing that an operator has to read of.
            say = logger.debug if failure.code == "path_unknown" else logger.info
            say("Source %s is read anew: %s", self._name, failure, extra={"fields": {"code": failure.code}})
            self._said = failure.message
        if self._feed.transport is not None:
            self._feed.transport.failed()
        self._feed.ended(failure.code, failure.message)

    def _read(self, container: InputContainer) -> None:
        tracks = tracks_of(container, low_delay=self._low_delay)
        if not tracks:
            raise MediaError("it has neither picture nor sound", code="source_unreadable")
        if self._feed.transport is not None:
            self._feed.began()
            ClipReading(self._feed, self._scaler, container, tracks, self._feed.transport).run()
            return
        again = has_end(container)
        paced = again or comes_in_bursts(container)
        with self._own_packets(tracks) as own:
            reading = Reading(self._feed, self._scaler, self._stop.event, container, tracks, paced=paced)
            reading.own = own
            self._feed.began()
            self._run_through(reading, container, tracks, again=again)

    def _run_through(
        self, reading: Reading, container: InputContainer, tracks: Tracks, *, again: bool
    ) -> None:
        with self._late_tracks(tracks) if may_come(container) and not again else nullcontext() as late:
            reading.run(late)
        if late and late.found.is_set():
            raise UnavailableError("it has other tracks by now", code="source_ended")
        while again and not self._stop.event.is_set() and reading.begin_again():
            reading.run()

    @contextmanager
    def _own_packets(self, tracks: Tracks) -> Iterator[OwnPackets | None]:
        """Give the packets of one opened stream away, if there is anybody who may want them."""
        if self._tap is None:
            yield None
            return
        own = OwnPackets(self._tap, tracks, time.monotonic)
        try:
            yield own
        finally:
            own.close()

    def _late_tracks(self, tracks: Tracks) -> LateTracks:
        late = LateTracks(self._name, codecs(tracks), self._look, self._looking)
        self._looking = late.thread
        return late

    def _look(self) -> Mapping[str, str]:
        """Open it beside, and return what it has."""
        try:
            with self._open(Stop()) as container:
                return codecs(tracks_of(container, low_delay=False))
        except StagedoorError:
            return {}
