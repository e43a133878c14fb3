"""A source's thread: opens, demuxes, decodes and scales, and begins again after every failure."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

import av
from av.codec.context import Flags
from av.container import InputContainer

from stagedoor.domain.errors import MediaError, StagedoorError, UnavailableError
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.opening import Stop
from stagedoor.mixer.sources.upright import Upright

logger = logging.getLogger(__name__)

AGAIN_S: Final = (0.1, 2.0)
"""First and longest pause between two tries; doubled each time, and the first again after good work."""
MAX_PIXELS: Final = 4096 * 4096
"""Of a picture that is shown: a few hundred kilobytes can say that they are gigabytes of pixels."""
FURTHEST_S: Final = 1e10
"""A media time is no further from 0 than this; one that counts from 1970 is at 1.8e9."""
AHEAD_S: Final = 0.2
"""How far a file is read ahead of the time at which it is due."""

Tracks = dict[int, av.VideoStream | av.AudioStream]
Open = Callable[[Stop], AbstractContextManager[InputContainer]]


class Reader:
    """Reads one source until it is closed.

    Args:
        name: For the log and the thread.
        open_input: Opens it; called anew for each try.
        feed: Where pictures and sound go.
        paced: Whether it comes as fast as it is read, as a file does, and is to be read again at its end.
        low_delay: Whether its pictures come in the order in which they are shown.
    """

    def __init__(
        self, name: str, open_input: Open, feed: Feed, *, paced: bool = False, low_delay: bool = False
    ) -> None:
        self._name = name
        self._open = open_input
        self._feed = feed
        self._paced = paced
        self._low_delay = low_delay
        self._stop = Stop()
        self._thread = threading.Thread(target=self._run, name=f"source {name}"[:15], daemon=True)
        self._scaler = Scaler()
        self._said = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Call it off, and return at once."""
        self._stop.set()

    def join(self, within_s: float) -> bool:
        """Wait until the thread has ended; returns whether it has."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause, longest = AGAIN_S
        while not self._stop.event.is_set():
            began = time.monotonic()
            failure = self._read_once()
            if self._stop.event.is_set():
                return
            self._ended(failure)
            if time.monotonic() - began > longest:
                pause = AGAIN_S[0]
            self._stop.event.wait(pause)
            pause = min(pause * 2, longest)

    def _read_once(self) -> StagedoorError:
        """Read until the stream ends; return why it did."""
        try:
            with self._open(self._stop) as container:
                self._read(container)
            return UnavailableError("its stream has ended", code="source_ended")
        except StagedoorError as error:
            return error
        except Exception:
            # A mistake of ours costs this source a moment, and nobody else anything.
            logger.exception("Source %s failed", self._name)
            return StagedoorError("an error of ours, see the log")

    def _ended(self, failure: StagedoorError) -> None:
        if failure.message != self._said:
            fields = {"fields": {"code": failure.code}}
            logger.info("Source %s is read anew: %s", self._name, failure, extra=fields)
            self._said = failure.message
        self._feed.ended(failure.code, failure.message)

    def _read(self, container: InputContainer) -> None:
        tracks = _tracks(container, low_delay=self._low_delay)
        if not tracks:
            raise MediaError("it has neither picture nor sound", code="source_unreadable")
        self._feed.began()
        reading = _Reading(self._feed, self._scaler, self._stop, paced=self._paced)
        reading.run(container, tracks)
        while self._paced and not self._stop.event.is_set() and reading.begin_again(container, tracks):
            reading.run(container, tracks)


class _Reading:
    """One opened stream, from its first packet to its last."""

    def __init__(self, feed: Feed, scaler: Scaler, stop: Stop, *, paced: bool) -> None:
        self._feed = feed
        self._scaler = scaler
        self._stop = stop.event
        self._paced = paced
        self._origin_s: float | None = None
        self._base_s = 0.0
        self._newest_s = 0.0
        self._upright = Upright()
        self._decoder = SoundDecoder()

    def run(self, container: InputContainer, tracks: Tracks) -> None:
        facts = self._feed.facts
        names = {stream.type: stream.codec_context.name for stream in tracks.values()}
        facts.video_codec, facts.audio_codec = names.get("video", ""), names.get("audio", "")
        for packet in container.demux(*tracks.values()):
            if self._stop.is_set():
                return
            if packet.pts is None or not packet.size or packet.time_base is None:
                continue
            media_s = float(packet.pts * packet.time_base) + self._base_s
            if abs(media_s) > FURTHEST_S:
                raise MediaError("its times make no sense", code="source_unreadable")
            self._newest_s = max(self._newest_s, media_s + float((packet.duration or 0) * packet.time_base))
            if self._paced:
                self._wait(media_s)
            self._feed.playout.arrived(media_s, time.monotonic())
            self._decode(packet, tracks[packet.stream.index])

    def begin_again(self, container: InputContainer, tracks: Tracks) -> bool:
        """Go back to the beginning of a file, whose time goes on; returns whether it can be read again."""
        if self._newest_s <= self._base_s:
            return False
        container.seek(0)
        for stream in tracks.values():
            stream.codec_context.flush_buffers()
        self._base_s = self._newest_s
        return True

    def _decode(
        self, packet: "av.Packet[av.stream.Stream]", stream: "av.VideoStream | av.AudioStream"
    ) -> None:
        # What a decoder cannot make sense of is left out: the next key frame mends it.
        with contextlib.suppress(av.error.InvalidDataError, av.error.PatchWelcomeError):
            for frame in stream.codec_context.decode(packet):
                if isinstance(frame, av.VideoFrame):
                    self._show(frame)
                else:
                    self._hear(frame)

    def _show(self, frame: av.VideoFrame) -> None:
        if frame.width * frame.height > MAX_PIXELS:
            raise MediaError("its pictures are too large", code="source_too_large")
        for upright in self._upright.frames(frame):
            if upright.time is None:
                continue
            picture = Picture(upright, upright.time + self._base_s)
            picture.prepare(self._feed.wanted, self._scaler)
            self._feed.show(picture)

    def _hear(self, frame: av.AudioFrame) -> None:
        if self._base_s and frame.pts is not None and frame.time_base is not None:
            frame.pts += round(self._base_s / frame.time_base)
        for at, samples in self._decoder.feed(frame):
            self._feed.sound.write(samples, at)
            self._feed.heard()

    def _wait(self, media_s: float) -> None:
        now_s = time.monotonic()
        if self._origin_s is None:
            self._origin_s = now_s - media_s
        self._stop.wait(max(0.0, self._origin_s + media_s - AHEAD_S - now_s))


def _tracks(container: InputContainer, *, low_delay: bool) -> Tracks:
    """Return the first stream of each kind, by its index, with its decoder set up."""
    tracks: Tracks = {}
    kinds: set[str] = set()
    for stream in container.streams:
        if not isinstance(stream, av.VideoStream | av.AudioStream) or stream.type in kinds:
            continue
        if stream.codec_context is None:
            continue
        kinds.add(stream.type)
        tracks[stream.index] = stream
        # Threads of a decoder hold pictures back, and there are as many sources as there are cores.
        stream.codec_context.thread_count = 1
        if low_delay and stream.type == "video":
            stream.codec_context.flags |= Flags.low_delay
    return tracks
