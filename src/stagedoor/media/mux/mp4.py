"""Fragmented MP4 for Media Source (ISO/IEC 14496-12): fragments of 100 ms, frames with exact durations.

A fragment is independent of the bytes before it (default-base-is-moof) and says its own decoding time. The
newest frame of a track waits for the next one, which gives it its duration: a guessed one would leave gaps
that players stop at. New parameters of a track make a new initialization segment, as Media Source wants.
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from stagedoor.media.h264 import annexb_to_length_prefixed
from stagedoor.media.mux.boxes import box, full_box, movie
from stagedoor.media.packets import Codec, Kind, Packet, Track
from stagedoor.media.records import configuration

_SPAN_MS: Final = 100
_KEY_FLAGS, _OTHER_FLAGS = 0x02000000, 0x01010000
_DEFAULT_BASE_IS_MOOF: Final = 0x020000
_TRUN_FLAGS: Final = 0x000F01
"""Offset of the data; duration, size, flags and composition offset of each sample."""


@dataclass(frozen=True, slots=True)
class _Sample:
    data: bytes
    duration: int
    key: bool
    composition: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Samples of one track that go out together."""

    number: int
    dts: int
    samples: list[_Sample]

    @property
    def data_size(self) -> int:
        return sum(len(sample.data) for sample in self.samples)

    @property
    def head_size(self) -> int:
        return 8 + 16 + 20 + 20 + 16 * len(self.samples)

    def head(self, data_offset: int) -> bytes:
        """Return the track fragment; `data_offset` counts from the start of the movie fragment."""
        rows = b"".join(
            struct.pack(
                ">IIIi",
                sample.duration,
                len(sample.data),
                _KEY_FLAGS if sample.key else _OTHER_FLAGS,
                sample.composition,
            )
            for sample in self.samples
        )
        return box(
            b"traf",
            full_box(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF, struct.pack(">I", self.number)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", self.dts)),
            full_box(b"trun", 1, _TRUN_FLAGS, struct.pack(">Ii", len(self.samples), data_offset), rows),
        )


@dataclass(slots=True)
class _Pending:
    """One track: its finished samples, and the last frame, which waits for its duration.

    `record` is what the reader knows of the track.
    """

    number: int
    track: Track
    record: bytes
    last: Packet | None = None
    samples: list[_Sample] = field(default_factory=list)
    dts: int = 0
    duration: int = 0

    def finish(self, dts: int) -> None:
        """Give the last frame its duration: until `dts`."""
        last = self.last
        if last is None:
            return
        start = max(0, last.dts)
        if not self.samples:
            self.dts = start
        duration = max(1, dts - start)
        data = last.data
        if last.track.codec in (Codec.H264, Codec.H265):
            data = annexb_to_length_prefixed(data)
        self.samples.append(_Sample(data, duration, last.key, last.pts - start))
        self.duration += duration

    def span_ms(self) -> int:
        """How long the finished samples last."""
        return 1000 * self.duration // self.track.clock_rate

    def usual_duration(self) -> int:
        """A frame's duration, where no next frame says it."""
        last = self.samples[-1].duration if self.samples else 0
        return last or (self.last.duration if self.last else 0) or self.track.clock_rate // 50

    def take(self) -> _Run:
        """Return the finished samples and forget them."""
        run = _Run(self.number, self.dts, self.samples)
        self.samples, self.duration = [], 0
        return run


class FragmentWriter:
    """Writes fragmented MP4.

    Args:
        tracks: What there is.
        span_ms: How long a fragment becomes; shorter where a key frame begins the next one.
    """

    def __init__(self, tracks: list[Track], *, span_ms: int = _SPAN_MS) -> None:
        self._span_ms = span_ms
        self._pending = {
            track.kind: _Pending(index + 1, track, configuration(track)) for index, track in enumerate(tracks)
        }
        self._sequence = 0

    def header(self) -> bytes:
        """Return the initialization segment."""
        return movie([pending.track for pending in self._pending.values()])

    def write(self, packet: Packet) -> bytes:
        """Return a fragment, where one is due; after it a new initialization segment, where that is."""
        pending = self._pending[packet.track.kind]
        record = pending.record if packet.track is pending.track else configuration(packet.track)
        changed = record != pending.record
        pending.finish(packet.dts)
        begins = packet.key and packet.track.kind is Kind.VIDEO
        out = self._fragment() if changed or begins or pending.span_ms() >= self._span_ms else b""
        pending.track, pending.record, pending.last = packet.track, record, packet
        return out + self.header() if changed else out

    def close(self) -> bytes:
        """Return the frames that waited for their duration; they last as long as the ones before them."""
        for pending in self._pending.values():
            if pending.last is not None:
                pending.finish(pending.last.dts + max(1, pending.usual_duration()))
                pending.last = None
        return self._fragment()

    def _fragment(self) -> bytes:
        """Return everything whose duration is known as one movie fragment."""
        runs = [pending.take() for pending in self._pending.values() if pending.samples]
        if not runs:
            return b""
        self._sequence += 1
        head = full_box(b"mfhd", 0, 0, struct.pack(">I", self._sequence))
        size = 8 + len(head) + sum(run.head_size for run in runs)
        offset = size + 8
        parts = []
        for run in runs:
            parts.append(run.head(offset))
            offset += run.data_size
        moof = box(b"moof", head, *parts)
        return moof + box(b"mdat", *(sample.data for run in runs for sample in run.samples))
