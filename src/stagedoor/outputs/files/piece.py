"""One growing file of a take; everything here is for a thread that may wait for the disk.

Whatever has been written can be played at any moment: the file has no end that would have to be written. Its
status is kept beside it (`guest1-001.json`), so that it is known what it is when whoever wrote it was killed.
"""

import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from stagedoor.domain.errors import MediaError
from stagedoor.domain.recording import PieceState, piece_name
from stagedoor.ipc.recording import PieceStatus, PieceTrack
from stagedoor.media.flv import milliseconds
from stagedoor.media.mux import Container
from stagedoor.media.mux.matroska import DURATION, MatroskaWriter
from stagedoor.media.mux.mp4 import FragmentWriter
from stagedoor.media.packets import PASSED, Codec, Kind, Packet, Track
from stagedoor.media.records import configuration
from stagedoor.outputs.files.disk import replace_file
from stagedoor.outputs.files.recorded import Recorded

FRAGMENT_MS: Final = 500
"""Of an MP4 fragment: what a killed process loses is one of these and what waits to be written."""
NOTE_EVERY_MS: Final = 1000
SETTLED_MS: Final = 2000
"""So much of a file says when it begins; then its times are as they are."""
MOST_PIECES: Final = 9999
MOST_SIZES: Final = 32
_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)


class Piece:
    """Writes packets to a new file of a take.

    Args:
        folder: The take's.
        source: What is recorded, as Matroska or MP4.
        started_ns: When the take began.

    Attributes:
        status: What is written so far; replaced, never changed, so that any thread may read it.
    """

    def __init__(self, folder: Path, source: Recorded, started_ns: int) -> None:
        self.status = PieceStatus(file="", path=source.path, number=0)
        self._folder = folder
        self._source = source
        self._container = source.container
        self._started_ns = started_ns
        self._file = -1
        self._origin_ms = 0
        self._duration_at = -1
        self._noted_ms = 0
        self._tracks: dict[Kind, Track] = {}
        self._seen: dict[Kind, PieceTrack] = {}
        self._writer: MatroskaWriter | FragmentWriter

    def open(self, first: Sequence[Packet]) -> None:
        """Make the file, and write its first packets, which say how its tracks look.

        Raises:
            MediaError: The container cannot describe a track.
            OSError: The file cannot be made or written.
        """
        for packet in first:
            self._tracks.setdefault(packet.track.kind, packet.track)
        header = self._begin()
        # Rounded down, or the file would lose the very frame that it begins with.
        self._origin_ms = min(packet.dts * 1000 // packet.track.clock_rate for packet in first)
        number = self._make()
        self.status = self.status.model_copy(
            update={
                "file": piece_name(self.status.path, number, self._container.value),
                "number": number,
                "offset_ms": self._earliest_ms(first),
                "origin_ms": self._origin_ms,
            }
        )
        self._write(header)
        self.write([packet for packet in first if self.fits(packet)])
        self._note()

    def fits(self, packet: Packet) -> bool:
        """Tell whether the file can carry a packet; a size may change, a codec not."""
        announced = self._tracks.get(packet.track.kind)
        return announced is not None and announced.codec is packet.track.codec

    def write(self, packets: Sequence[Packet], dropped: int = 0) -> None:
        """Write packets that fit, and whatever was held back before; `dropped`: how many are missing in all.

        Raises:
            MediaError: A packet cannot be written.
            OSError: The disk does not take it.
        """
        written = [placed for packet in packets if (placed := self._placed(packet)) is not None]
        self._write(b"".join([self._writer.write(packet) for packet in written]))
        self._count(packets)
        for packet in written:
            self._see(packet.track)
        ends = [milliseconds(each.pts + each.duration, each.track.clock_rate) for each in written]
        duration_ms = max([self.status.duration_ms, *ends])
        self._settle(packets)
        tracks = tuple(self._seen[kind] for kind in (Kind.VIDEO, Kind.AUDIO) if kind in self._seen)
        if (duration_ms, dropped, tracks) != (
            self.status.duration_ms, self.status.dropped, self.status.tracks,
        ):  # fmt: skip
            self.status = self.status.model_copy(
                update={"duration_ms": duration_ms, "dropped": dropped, "tracks": tracks}
            )
        if duration_ms - self._noted_ms >= NOTE_EVERY_MS:
            self._note()

    def close(self, code: str = "", reason: str = "") -> None:
        """Write what was held back, and end the file; idempotent. What the disk does not take is left out."""
        if self._file < 0:
            return
        state = PieceState.FAILED if code else PieceState.DONE
        with suppress(OSError, MediaError):
            self._write(self._writer.close())
        self.status = self.status.model_copy(update={"state": state, "code": code, "reason": reason})
        with suppress(OSError):
            self._note()
        os.close(self._file)
        self._file = -1

    def _begin(self) -> bytes:
        """Return the header of the tracks."""
        if self._source.late_sound is not None:
            self._tracks.setdefault(Kind.AUDIO, self._source.late_sound)
        tracks = [self._tracks[kind] for kind in (Kind.VIDEO, Kind.AUDIO) if kind in self._tracks]
        for track in tracks:
            if track.codec not in self._container.codecs:
                raise MediaError(f"{self._container} cannot carry {track.codec}")
            if track.codec in PASSED - {Codec.VP8} and not configuration(track):
                raise MediaError(f"{track.codec} came without its parameters")
        if self._container is Container.MKV:
            self._writer = MatroskaWriter(tracks, is_file=True)
        else:
            self._writer = FragmentWriter(tracks, span_ms=FRAGMENT_MS)
        header = self._writer.header()
        if self._container is Container.MKV:
            self._duration_at = header.index(DURATION) + len(DURATION)
        return header

    def _make(self) -> int:
        """Make a file of a name that there is not yet; return its number."""
        for number in range(1, MOST_PIECES + 1):
            name = piece_name(self.status.path, number, self._container.value)
            with suppress(FileExistsError):
                self._file = os.open(self._folder / name, _FILE, 0o640)
                return number
        raise MediaError(f"there are {MOST_PIECES} pieces of {self.status.path} already")

    def _placed(self, packet: Packet) -> Packet | None:
        """Return a packet with the file's times; None for one from before its beginning."""
        ticks = self._origin_ms * packet.track.clock_rate // 1000
        if packet.dts < ticks:
            return None
        return replace(packet, pts=packet.pts - ticks, dts=packet.dts - ticks)

    def _count(self, packets: Sequence[Packet]) -> None:
        """Say from which program frame to which the file goes."""
        frame = self._source.frame
        pictures = [packet for packet in packets if packet.track.kind is Kind.VIDEO]
        if frame is None or not pictures:
            return
        first, last = self.status.first_frame, frame(pictures[-1])
        if first is None:
            first = frame(pictures[0])
        self.status = self.status.model_copy(update={"first_frame": first, "last_frame": last})

    def _settle(self, packets: Sequence[Packet]) -> None:
        """Say earlier when the file begins, where its first packets came late: as one burst, say."""
        if packets and self.status.duration_ms < SETTLED_MS:
            earliest_ms = self._earliest_ms(packets)
            if earliest_ms < self.status.offset_ms:
                self.status = self.status.model_copy(update={"offset_ms": earliest_ms})

    def _earliest_ms(self, packets: Sequence[Packet]) -> int:
        """When the file begins in the take; of packets that came late the earliest says best."""
        begins_ns = min(self._source.clock(packet) - self._after_origin_ns(packet) for packet in packets)
        return round((begins_ns - self._started_ns) / 1_000_000)

    def _after_origin_ns(self, packet: Packet) -> int:
        return packet.pts * 1_000_000_000 // packet.track.clock_rate - self._origin_ms * 1_000_000

    def _see(self, track: Track) -> None:
        if track is self._tracks.get(track.kind) and track.kind in self._seen:
            return
        self._tracks[track.kind] = track
        before = self._seen.get(track.kind)
        sizes = () if before is None else before.sizes
        if track.kind is Kind.VIDEO and (track.width, track.height) not in sizes:
            sizes = (*sizes[1 - MOST_SIZES :], (track.width, track.height))
        self._seen[track.kind] = PieceTrack(
            kind=track.kind, codec=track.codec, sizes=sizes, channels=track.channels
        )

    def _write(self, data: bytes) -> None:
        """Write all of it, or nothing: players refuse a whole file that ends within a fragment's head."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self.status.size)
                os.lseek(self._file, self.status.size, os.SEEK_SET)
            raise
        if data:
            self.status = self.status.model_copy(update={"size": self.status.size + len(data)})

    def _note(self) -> None:
        """Say beside the file, and in its header, how far it has come."""
        self._noted_ms = self.status.duration_ms
        if self._duration_at >= 0:
            os.pwrite(self._file, struct.pack(">d", float(self.status.duration_ms)), self._duration_at)
        beside = (self._folder / self.status.file).with_suffix(".json")
        replace_file(beside, self.status.model_dump_json())
