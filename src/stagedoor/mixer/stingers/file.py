"""The file of a stinger: how long it is, and what decodes it with its alpha."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import av
from av.container import InputContainer

from stagedoor.domain.errors import InvalidError, MediaError, UnavailableError
from stagedoor.domain.limits import MAX_STINGER_S
from stagedoor.mixer.sources.clip_reading import start_of
from stagedoor.mixer.sources.opening import opened
from stagedoor.mixer.sources.tracks import DECODABLE, Track, tracks_of

_FORMATS: Final = {"protocol_whitelist": "file", "format_whitelist": "mov,matroska,avi,mxf", **DECODABLE}
"""A playlist, which names other files or addresses, is none of them."""
_WITH_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the alpha of these codecs, which FFmpeg's own leave out."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A stinger's file, open at its beginning.

    Attributes:
        container: What its packets come from.
        video: The track of its pictures.
        audio: The track of its sound, if it has one.
        decoder: Of its pictures, with their alpha.
        start_s: The stream's own time of the first picture.
    """

    container: InputContainer
    video: Track
    audio: Track | None
    decoder: av.VideoCodecContext
    start_s: float


@contextmanager
def open_stinger(file: str) -> Iterator[Opened]:
    """Open a file; raises errors in words that say what is wrong with it.

    Raises:
        NotFoundError: There is none.
        MediaError: It has no pictures, or too large ones, or cannot be read.
    """
    with _readable(), opened(av.open, file, "r", options=_FORMATS) as container:
        tracks = tracks_of(container, low_delay=False)
        of_kind = {track.kind: track for track in tracks.values()}
        video = of_kind.get("video")
        if video is None or not isinstance(video.stream, av.VideoStream):
            raise MediaError("it has no pictures", code="source_unreadable")
        yield Opened(
            container, video, of_kind.get("audio"), _decoder(video.stream), start_of(container, tracks)
        )


@contextmanager
def _readable() -> Iterator[None]:
    """Say of a file of another format that it cannot be read: there is no server that could be reached."""
    try:
        yield
    except UnavailableError as error:
        raise MediaError("it cannot be read as a clip", code="source_unreadable") from error


def duration_of(file: str) -> float:
    """Return the seconds from a file's first picture to the end of its last; it is read, and not decoded.

    Raises:
        InvalidError: It is longer than a stinger may be.
        NotFoundError: There is none.
        MediaError: It has no pictures, or cannot be read.
    """
    with open_stinger(file) as stinger:
        end_s = 0.0
        for packet in stinger.container.demux(stinger.video.stream):
            if not packet.size:
                continue
            shown_s, _, lasts_s = stinger.video.packet_at(packet)
            end_s = max(end_s, shown_s + lasts_s - stinger.start_s)
            if end_s > MAX_STINGER_S:
                raise InvalidError(
                    f"it is longer than {MAX_STINGER_S:g} s",
                    code="stinger_too_long",
                    values={"most_s": MAX_STINGER_S},
                    hint="A stinger is short: cut the file.",
                )
    if end_s <= 0:
        raise MediaError("it has no pictures", code="source_unreadable")
    return end_s


def _decoder(stream: av.VideoStream) -> av.VideoCodecContext:
    own = stream.codec_context
    name = _WITH_ALPHA.get(own.name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return own
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.extradata = own.extradata
    decoder.thread_count = 1
    decoder.options = DECODABLE
    return decoder
