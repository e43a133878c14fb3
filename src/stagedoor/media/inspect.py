"""Looks at each encoded frame as it comes: is it a key frame, and has the track changed.

Only the beginning of a frame is looked at, so that one that is no key frame costs about a microsecond.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, Protocol

from stagedoor.domain.errors import MediaError
from stagedoor.media import av1, h264, h265, opus, vp8, vp9
from stagedoor.media.packets import Codec, Track

_SLICE_HEAD = 32  # bytes of a slice, enough to learn which parameter sets it uses


class Inspected(NamedTuple):
    """One frame, looked at.

    Attributes:
        data: The frame in the form that `stagedoor.media.packets` lists. Empty where there is nothing in it
            to pass on, such as parameter sets that come on their own (they are remembered).
        track: The description in force; the same object while nothing changed.
        key: Whether decoding can start here.
        duration: Ticks of the track; 0 where the frame does not say.
    """

    data: bytes
    track: Track
    key: bool
    duration: int = 0


class FrameInspector:
    """Inspects the frames of one track, in their order.

    Args:
        codec: The codec.
        clock_rate: Ticks a second of the track.
        channels: Audio channels as negotiated; 0 where the packets tell.
    """

    def __init__(self, codec: Codec, clock_rate: int, channels: int = 0) -> None:
        self._inspector = _INSPECTORS[codec](Track(codec, clock_rate, channels=channels))

    def inspect(self, data: bytes) -> Inspected:
        """Look at one frame.

        Raises:
            MediaError: It is empty, cut off or of another codec. The next one can be given all the same.
        """
        return self._inspector.inspect(data)

    def prime(self, parameter_sets: bytes) -> None:
        """Remember parameter sets that came outside the stream (`sprop-parameter-sets`), in Annex B.

        Raises:
            MediaError: They cannot be read, or the codec has none.
        """
        self._inspector.prime(parameter_sets)


class _ParameterSets(Protocol):
    def add(self, nal: bytes) -> None: ...
    def activate(self, head: bytes) -> h264.ActiveSets | None: ...


class _Inspector:
    """What all have in common: the track as it is now."""

    def __init__(self, track: Track) -> None:
        self._track = track

    def inspect(self, data: bytes) -> Inspected:
        """Take a frame as it is."""
        if not data:
            raise MediaError("an empty frame")
        return Inspected(data, self._track, True)

    def prime(self, parameter_sets: bytes) -> None:
        """Refuse."""
        raise MediaError(f"{self._track.codec} has no parameter sets outside the stream")

    def _resize(self, width: int, height: int, extradata: bytes = b"") -> Track:
        if max(width, height) > h264.MAX_SIZE:
            raise MediaError(f"a picture of {width}x{height} pixels")
        track = self._track
        if (width, height, extradata) != (track.width, track.height, track.extradata):
            self._track = replace(track, width=width, height=height, extradata=extradata)
        return self._track


_BAD, _SLICE, _KEY, _SET, _DELIMITER, _OTHER = range(6)


def _h264_role(header: int) -> int:
    match header & 0x9F:
        case 1 | 2 | 3 | 4:
            return _SLICE
        case 5:
            return _KEY
        case 7 | 8:
            return _SET
        case 9:
            return _DELIMITER
        case kind:
            return _BAD if kind == 0 or kind & 0x80 else _OTHER


def _h265_role(header: int) -> int:
    match header >> 1:
        case kind if 16 <= kind <= 21:
            return _KEY
        case kind if kind < 32:
            return _SLICE
        case 32 | 33 | 34:
            return _SET
        case 35:
            return _DELIMITER
        case kind:
            return _BAD if kind >= 64 else _OTHER


_H264_ROLES = bytes(_h264_role(header) for header in range(256))
_H265_ROLES = bytes(_h265_role(header) for header in range(256))


class _NalInspector(_Inspector):
    """H.264 and H.265: reads up to the first slice, which nothing that matters here may follow."""

    def __init__(self, track: Track, roles: bytes, sets: _ParameterSets) -> None:
        super().__init__(track)
        self._roles = roles
        self._sets = sets

    def inspect(self, data: bytes) -> Inspected:
        """Look at one access unit."""
        start = 4 if data.startswith(b"\0\0\0\1") else 3
        if len(data) <= start or (start == 3 and not data.startswith(b"\0\0\1")):
            raise MediaError("the video is not in Annex B form")
        if self._roles[data[start]] == _SLICE:
            return Inspected(data, self._track, False)
        return self._with_prefix(data, start)

    def prime(self, parameter_sets: bytes) -> None:
        """Remember parameter sets."""
        for nal in h264.nalus(parameter_sets):
            self._sets.add(nal)

    def _with_prefix(self, data: bytes, start: int) -> Inspected:
        sets: list[bytes] = []
        others: list[bytes] = []
        while (role := self._roles[data[start]]) > _KEY:
            end = data.find(b"\0\0\1", start)
            nal = data[start : end if end >= 0 else len(data)].rstrip(b"\0")
            if role == _SET:
                self._sets.add(nal)
                sets.append(nal)
            elif role == _OTHER:
                others.append(nal)
            if end < 0:
                return Inspected(b"", self._track, False)
            start = end + 3
            if start >= len(data):
                raise MediaError("the video ends with a start code")
        if role == _BAD:
            raise MediaError("the video has a broken NAL unit header")
        active = self._sets.activate(data[start : start + _SLICE_HEAD]) if role == _KEY else None
        if active is None:
            head = h264.to_annexb([*sets, *others])
            return Inspected(head + h264.START_CODE + data[start:], self._track, False)
        track = self._resize(active.width, active.height, active.annexb)
        head = active.annexb + h264.to_annexb(others)
        return Inspected(head + h264.START_CODE + data[start:], track, True)


class _Vp8Inspector(_Inspector):
    def inspect(self, data: bytes) -> Inspected:
        """Look at one frame."""
        header = vp8.parse_header(data)
        if header.key:
            self._resize(header.width, header.height)
        return Inspected(data, self._track, header.key)


class _Vp9Inspector(_Inspector):
    def inspect(self, data: bytes) -> Inspected:
        """Look at one frame or superframe; the last layer's size is the picture's."""
        header = vp9.parse_header(data)
        if not header.key:
            return Inspected(data, self._track, False)
        width, height = header.width, header.height
        for frame in vp9.frames(data)[1:]:
            layer = vp9.parse_header(frame)
            width, height = layer.width or width, layer.height or height
        return Inspected(data, self._resize(width, height), True)


class _Av1Inspector(_Inspector):
    def inspect(self, data: bytes) -> Inspected:
        """Look at one temporal unit."""
        unit = av1.parse_unit(data)
        if unit.sequence is None or not unit.key:
            return Inspected(unit.data, self._track, False)
        track = self._resize(unit.sequence.width, unit.sequence.height, unit.sequence_obu)
        return Inspected(unit.data, track, True)


class _OpusInspector(_Inspector):
    def __init__(self, track: Track) -> None:
        super().__init__(track)
        self._told = track.channels > 0

    def inspect(self, data: bytes) -> Inspected:
        """Look at one packet. An encoder goes from stereo to mono and back as it likes: the most is kept."""
        duration = opus.duration(data)
        if not self._told and (channels := opus.channels(data)) > self._track.channels:
            self._track = replace(self._track, channels=channels)
        return Inspected(data, self._track, True, duration * self._track.clock_rate // opus.CLOCK_RATE)


_INSPECTORS: dict[Codec, Callable[[Track], _Inspector]] = {
    Codec.H264: lambda track: _NalInspector(track, _H264_ROLES, h264.ParameterSets()),
    Codec.H265: lambda track: _NalInspector(track, _H265_ROLES, h265.ParameterSets()),
    Codec.VP8: _Vp8Inspector,
    Codec.VP9: _Vp9Inspector,
    Codec.AV1: _Av1Inspector,
    Codec.OPUS: _OpusInspector,
    Codec.AAC: _Inspector,
}
