"""An opened file that is played in: read wherever its transport goes, and decoded a little ahead of it."""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import inf
from typing import Final, cast

import av
from av.container import InputContainer

from stagedoor.domain.errors import MediaError
from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sound.samples import RATE, Samples
from stagedoor.mixer.sources.clip_line import SAME_S, Lap, Place
from stagedoor.mixer.sources.decoding import decoded, delayed, last_pictures, pictures_of
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.pace import PICTURE_GAP_S, Pacer
from stagedoor.mixer.sources.steady import Steady
from stagedoor.mixer.sources.tracks import AnyPacket, Track, Tracks, kinds
from stagedoor.mixer.sources.transport import AHEAD_S, Transport
from stagedoor.mixer.sources.upright import Upright

BACK_S: Final = (0.0, 2.0, 8.0, 32.0, 128.0)
"""How much before a place a key frame is looked for, where seeking itself finds none."""
ALONE_S: Final = 2.0
"""How long a round's first picture may be alone before the rest is read in time; sound is kept for 3 s."""
PRIMING_S: Final = 0.1
"""By how much sound may begin before the first picture without counting."""
_NO_TIMESTAMPS: Final = 0x80
"""FFmpeg's flag of formats that are a bare stream of a codec (AVFMT_NOTIMESTAMPS)."""


def start_of(container: InputContainer, tracks: Tracks) -> float:
    """Return the stream's own time at which a file begins: its first picture, where sound begins just before.

    Encoders of sound put some milliseconds before the beginning, which nobody counts.
    """
    first_s = (cast("int | None", container.start_time) or 0) / av.time_base
    for track in tracks.values():
        stream = track.stream
        if track.kind == "video" and stream.start_time is not None and stream.time_base is not None:
            picture_s = float(stream.start_time * stream.time_base)
            if 0 <= picture_s - first_s < PRIMING_S:
                return picture_s
    return first_s


def length_of(container: InputContainer, tracks: Tracks) -> float | None:
    """Return how many seconds of a file there are; None where it does not say."""
    whole_s = (container.duration or 0) / av.time_base
    if "matroska" in container.format.name:
        # There it is the time of the end.
        whole_s -= start_of(container, tracks)
    has_times = not container.format.flags & _NO_TIMESTAMPS
    return whole_s if has_times and whole_s > 0 else None


class ClipReading:
    """Reads a file for its transport.

    Args:
        feed: Where pictures and sound go.
        scaler: Makes the sizes that are wanted.
        container: The opened file.
        tracks: Of it, those that are read.
        transport: Says where to read.
    """

    def __init__(
        self, feed: Feed, scaler: Scaler, container: InputContainer, tracks: Tracks, transport: Transport
    ) -> None:
        self._feed = feed
        self._scaler = scaler
        self._container = container
        self._tracks = tracks
        self._transport = transport
        self._has_pictures = "video" in kinds(tracks)
        self._start_s = start_of(container, tracks)
        self._length_s = length_of(container, tracks)
        self._can_seek = not container.format.flags & _NO_TIMESTAMPS
        self._is_fresh = True
        self._upright = Upright(feed.program_rate)
        self._decoder = SoundDecoder()
        self._number = 0
        self._lap = Lap(0.0, 0.0)
        self._steady = Steady(0.0)
        self._first: Picture | None = None
        self._has_shown = False

    def run(self) -> None:
        """Read until nothing is wanted any more, or the file must be opened anew to begin again.

        Raises:
            MediaError: There is nothing at the in point, or a picture is too large.
        """
        facts = self._feed.facts
        names = {track.kind: track.codec for track in self._tracks.values()}
        facts.video_codec, facts.audio_codec = names.get("video", ""), names.get("audio", "")
        place: Place | None = self._transport.opened(self._length_s, can_seek=self._can_seek)
        while place is not None and (self._can_seek or self._is_fresh):
            self._read_from(place)
            place = self._transport.next_place(place.number)

    def _read_from(self, place: Place) -> None:
        """Read from a place on, round after round, until the end or until another place is wanted."""
        transport = self._transport
        file_s = transport.source.in_s if place.at_s is None else place.at_s
        if self._length_s is not None and file_s > self._length_s + SAME_S:
            raise MediaError("its in point lies beyond its end", code="clip_beyond_end")
        self._feed.begin_place()
        self._number, self._decoder = place.number, SoundDecoder()
        self._upright = Upright(self._feed.program_rate)
        self._lap = transport.begin(file_s)
        while self._read_lap():
            in_s = transport.source.in_s
            if self._end_s - self._lap.line_s < SAME_S and self._lap.file_s <= in_s:
                raise MediaError("there is nothing at its in point", code="clip_beyond_end")
            # One whose packets never had to be waited for waits here; all that the round has is there.
            transport.came(place.number, self._end_s)
            # One that is opened anew for the next round shows its last pictures before that.
            due_s = self._end_s if self._can_seek else self._end_s + AHEAD_S
            if transport.source.loop and not transport.wait(place.number, due_s):
                return
            if not transport.source.loop:
                transport.ends(place.number, self._end_s)
                return
            if not self._can_seek:
                transport.again(place.number)
                return
            self._lap = transport.begin(in_s, self._end_s)
            self._decoder.seam()

    @property
    def _limit_s(self) -> float | None:
        """Where on the line this round has to end; None at the file's end."""
        out_s = self._transport.source.out_s
        return None if out_s is None else max(self._lap.line_s, self._lap.line_s + out_s - self._lap.file_s)

    @property
    def _until_s(self) -> float:
        """Where on the line this round ends by what the file says of its length."""
        return -inf if self._length_s is None else self._lap.line_s + self._length_s - self._lap.file_s

    @property
    def _end_s(self) -> float:
        """Where on the line this round has ended."""
        reached_s, limit_s = max(self._steady.end_s, self._lap.line_s), self._limit_s
        return reached_s if limit_s is None else min(reached_s, limit_s)

    def _read_lap(self) -> bool:
        """Read one round; returns False if another place is wanted."""
        until_s = self._until_s
        self._steady, self._first, self._has_shown = Steady(self._lap.line_s, until_s), None, False
        pacer = Pacer(len(self._tracks), PICTURE_GAP_S, self._wait, until_s)
        for packet in self._packets():
            track = self._tracks[packet.stream.index]
            ends = not packet.size and packet.pts is None
            if packet.size:
                shown_s, decoded_s, lasts_s = track.packet_at(packet)
                pacer.put(packet, shown_s, self._to_line(decoded_s), lasts_s)
            elif not ends:
                continue
            for due, _ in pacer.due(all_of_them=ends):
                self._take(due)
            if not self._transport.is_at(self._number):
                return False
            if self._is_past(pacer.reached_s):
                break
        self._drain()
        return self._transport.is_at(self._number)

    def _wait(self, line_s: float) -> bool:
        """Wait until what is at this place of the line is to be decoded; returns False if it never is.

        A round's first picture is not waited for: it is known to be the right one once another has come, or
        none comes for long.
        """
        if not self._has_shown:
            if line_s < self._lap.line_s + ALONE_S:
                return self._transport.is_at(self._number)
            if self._first is not None:
                self._show(self._first)
            self._transport.came(self._number, self._lap.line_s)
        return self._transport.wait(self._number, line_s)

    def _to_line(self, stream_s: float) -> float:
        return self._lap.line_s + stream_s - self._start_s - self._lap.file_s

    def _is_past(self, line_s: float) -> bool:
        limit_s = self._limit_s
        return limit_s is not None and line_s >= limit_s

    # Where to begin.

    def _packets(self) -> Iterator[AnyPacket]:
        """Return the packets of this round, from a key frame before its beginning on."""
        file_s = self._lap.file_s
        if self._is_fresh and (file_s <= SAME_S or not self._can_seek):
            self._is_fresh = False
            return self._demuxed()
        self._is_fresh = False
        for back_s in BACK_S:
            if back_s < file_s or back_s == BACK_S[0]:
                self._seek(file_s - back_s)
                found = self._with_key_frame(self._demuxed(), self._start_s + file_s + SAME_S)
                if found is not None:
                    return found
        self._seek(0.0)
        return self._demuxed()

    def _demuxed(self) -> Iterator[AnyPacket]:
        return self._container.demux(*(track.stream for track in self._tracks.values()))

    def _seek(self, file_s: float) -> None:
        # The very beginning is found by 0, also where a file's times do not begin there.
        at_s = self._start_s + file_s if file_s > SAME_S else 0.0
        self._container.seek(round(at_s * av.time_base))
        for track in self._tracks.values():
            track.flush()
            track.begin(self._start_s + max(0.0, file_s))

    def _with_key_frame(self, packets: Iterator[AnyPacket], before_s: float) -> Iterator[AnyPacket] | None:
        """Return them from the first key frame on, with the sound before it; None where that is too late."""
        if not self._has_pictures:
            return packets
        kept: list[AnyPacket] = []
        for packet in packets:
            if packet.stream.type != "video":
                kept.append(packet)
            elif packet.is_keyframe and packet.pts is not None:
                at_s = float(packet.pts * (packet.time_base or 0))
                return chain(kept, (packet,), packets) if at_s <= before_s else None
        return None

    # What is decoded.

    def _take(self, packet: AnyPacket) -> None:
        track = self._tracks[packet.stream.index]
        self._put(decoded(packet, track), track)

    def _drain(self) -> None:
        """Take what is still held back, and the picture that nothing has followed."""
        for track in self._tracks.values():
            self._put(decoded(track.last_packet(), track), track)
            if track.kind == "video":
                self._see(last_pictures(track, self._upright), track)
        if self._first is not None:
            self._show(self._first)

    def _put(self, frames: Iterable[av.VideoFrame | av.AudioFrame], track: Track) -> None:
        for frame in frames:
            if isinstance(frame, av.VideoFrame):
                own_s = float((frame.duration or 0) * (frame.time_base or 0))
                self._see(pictures_of(frame, track, self._upright), track, own_s)
            else:
                self._hear(frame)

    def _see(self, pictures: Iterable[Picture], track: Track, own_s: float = 0.0) -> None:
        """Look at what is made of a frame that says itself to last so long."""
        for picture in pictures:
            self._look(picture, track.lasts_s / self._upright.fields, own_s / self._upright.fields)

    def _look(self, picture: Picture, usual_s: float, own_s: float) -> None:
        """Show a picture; of those until the round's beginning only the last."""
        line_s = self._to_line(picture.media_s)
        # It may say itself how long it lasts, but not beyond the file's end.
        lasts_s = max(usual_s, min(own_s, self._until_s - line_s))
        picture.media_s = self._steady.at("video", line_s, lasts_s)
        if self._is_past(picture.media_s + SAME_S):
            return
        if picture.media_s <= self._lap.line_s + SAME_S:
            self._first = picture
            return
        if self._first is not None:
            self._show(self._first)
        self._show(picture)

    def _show(self, picture: Picture) -> None:
        if not self._has_shown:
            # The line stands where the round begins, so that is where something has to be.
            picture.media_s = self._lap.line_s
        self._first, self._has_shown = None, True
        picture.prepare(self._feed.wanted, self._feed.key_ahead, self._scaler)
        self._feed.show(picture)
        self._transport.came(self._number, picture.media_s)

    def _hear(self, frame: av.AudioFrame) -> None:
        if frame.pts is not None and frame.time_base is not None:
            own_s = float(frame.pts * frame.time_base)
            lasts_s = frame.samples / (frame.sample_rate or RATE)
            line_s = self._steady.at("audio", self._to_line(own_s), lasts_s)
            delayed(frame, line_s - own_s)
        for at, samples in self._decoder.feed(frame):
            self._write(at, samples)

    def _write(self, at: int, samples: Samples) -> None:
        """Have some sound heard, as far as it lies within the round."""
        limit_s = self._limit_s
        first = max(at, round(self._lap.line_s * RATE))
        last = at + samples.shape[1] if limit_s is None else min(at + samples.shape[1], round(limit_s * RATE))
        if first < last:
            self._feed.sound.write(samples[:, first - at : last - at], first)
            self._feed.heard()
            if not self._has_pictures:
                self._has_shown = True
                self._transport.came(self._number, last / RATE)
