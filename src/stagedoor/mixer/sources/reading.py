"""One opened stream of a source, from its first packet to its last."""

import threading
import time
from collections.abc import Iterable
from typing import cast

import av
from av.container import InputContainer

from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sound.decoder import SoundDecoder
from stagedoor.mixer.sources.blocks import packets_of
from stagedoor.mixer.sources.decoding import decoded, delayed, last_pictures, pictures_of
from stagedoor.mixer.sources.feed import Feed
from stagedoor.mixer.sources.late_tracks import LateTracks
from stagedoor.mixer.sources.own_packets import OwnPackets
from stagedoor.mixer.sources.pace import PICTURE_GAP_S, SOUND_GAP_S, InTime, Pacer
from stagedoor.mixer.sources.tracks import AnyPacket, Track, Tracks, codecs, kinds
from stagedoor.mixer.sources.upright import Upright


class Reading:
    """Decodes a stream's packets as they come, or as they are due.

    Args:
        feed: Where pictures and sound go.
        scaler: Makes the sizes that are wanted.
        stop: Ends it.
        container: The opened stream.
        tracks: Of it, those that are read.
        paced: Whether it comes sooner than it is due.

    Attributes:
        own: Gets each packet too, for the source's recording; None where nobody wants them.
    """

    def __init__(
        self,
        feed: Feed,
        scaler: Scaler,
        stop: threading.Event,
        container: InputContainer,
        tracks: Tracks,
        *,
        paced: bool,
    ) -> None:
        self.own: OwnPackets | None = None
        self._feed = feed
        self._scaler = scaler
        self._stop = stop
        self._container = container
        self._tracks = tracks
        gap_s = SOUND_GAP_S if "audio" in kinds(tracks) else PICTURE_GAP_S
        self._pacer = Pacer(len(tracks), gap_s, InTime(stop)) if paced else None
        self._first_s: float | None = None
        self._base_s = 0.0
        self._end_s = 0.0
        self._upright = Upright(feed.program_rate)
        self._decoder = SoundDecoder()
        self._late: LateTracks | None = None

    def run(self, late: LateTracks | None = None) -> None:
        """Read to its end, or until other tracks are found beside.

        Raises:
            MediaError: Its times make no sense, or its pictures are too large.
        """
        self._late = late
        names = codecs(self._tracks)
        facts = self._feed.facts
        facts.video_codec, facts.audio_codec = names.get("video", ""), names.get("audio", "")
        for packet in packets_of(self._container, self._tracks.values()):
            if self._stop.is_set() or (late is not None and late.found.is_set()):
                return
            track = self._tracks[packet.stream.index]
            if packet.size:
                self._come(packet, track)
            elif packet.pts is None:
                # An empty packet without a time is the end: the decoder gives what it still holds.
                self._take_due(all_of_them=True)
                self._decode(packet, track)
                if track.kind == "video":
                    self._show(last_pictures(track, self._upright))

    def begin_again(self) -> bool:
        """Go back to the beginning, while time goes on; returns whether it can be read again."""
        first_s = self._first_s or 0.0
        if self._end_s <= first_s + self._base_s:
            return False
        try:
            self._container.seek(0)
        except av.error.FFmpegError:
            return False
        for track in self._tracks.values():
            track.flush()
            track.begin(first_s)
        self._base_s = self._end_s - first_s
        self._decoder.seam()
        return True

    def _come(self, packet: AnyPacket, track: Track) -> None:
        """Find out when a packet is shown, and take it, or what is due where packets have to wait."""
        shown_s, decoded_s, lasts_s = track.packet_at(packet)
        media_s = shown_s + self._base_s
        if self._first_s is None:
            start = cast("int | None", self._container.start_time)
            self._first_s = shown_s if start is None else start / av.time_base
        self._end_s = max(self._end_s, media_s + lasts_s)
        if self._pacer is None:
            self._take(packet, media_s)
        else:
            self._pacer.put(packet, media_s, decoded_s + self._base_s, lasts_s)
            self._take_due()

    def _take_due(self, *, all_of_them: bool = False) -> None:
        if self._pacer is not None:
            for packet, media_s in self._pacer.due(all_of_them=all_of_them):
                self._take(packet, media_s)

    def _take(self, packet: AnyPacket, media_s: float) -> None:
        now_s, track = time.monotonic(), self._tracks[packet.stream.index]
        self._feed.playout.arrived(media_s, now_s, track.kind)
        if rebuilt_s := track.rebuilt_s(packet):
            # It comes only now, and is to be heard in time like everything else.
            self._feed.playout.arrived(media_s - rebuilt_s, now_s, track.kind)
            self._feed.rebuilt_s += rebuilt_s
        if self.own is not None:
            self.own.take(packet, media_s)
        self._decode(packet, track)

    def _decode(self, packet: AnyPacket, track: Track) -> None:
        for frame in decoded(packet, track):
            if self._late is not None:
                self._late.came(track.kind)
            if isinstance(frame, av.VideoFrame):
                self._show(pictures_of(frame, track, self._upright))
            else:
                self._hear(frame)

    def _show(self, pictures: Iterable[Picture]) -> None:
        for picture in pictures:
            picture.media_s += self._base_s
            picture.prepare(self._feed.wanted, self._feed.key_ahead, self._scaler)
            self._feed.show(picture)
        self._feed.playout.hold(self._upright.held_s)

    def _hear(self, frame: av.AudioFrame) -> None:
        delayed(frame, self._base_s)
        for at, samples in self._decoder.feed(frame):
            self._feed.sound.write(samples, at)
            self._feed.heard()
