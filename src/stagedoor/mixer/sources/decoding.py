"""From a source's packets to pictures and sound."""

import contextlib
from collections.abc import Iterator
from typing import Final

import av

from stagedoor.domain.errors import MediaError
from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.sources.tracks import AnyFrame, AnyPacket, Track, too_large
from stagedoor.mixer.sources.upright import Seen, Upright, square

UNDECODABLE: Final = (av.error.InvalidDataError, av.error.PatchWelcomeError)
"""What FFmpeg says of packets that a decoder cannot make sense of."""
_TOO_LARGE: Final = (av.error.ArgumentError, av.error.OverflowError)
"""What it says of a picture for which the decoder may have no memory."""


def decoded(packet: AnyPacket, track: Track) -> Iterator[AnyFrame]:
    """Yield what a packet makes.

    What a decoder cannot make sense of is left out: the next key frame mends it.

    Raises:
        MediaError: Its pictures are too large.
    """
    try:
        with contextlib.suppress(*UNDECODABLE, MediaError):
            yield from track.decode(packet)
    except _TOO_LARGE as error:
        if track.kind != "video":
            raise
        raise too_large() from error


def pictures_of(frame: av.VideoFrame, track: Track, upright: Upright) -> Iterator[Picture]:
    """Yield what is to be shown once a frame has come, with times on the stream's own line."""
    for seen in upright.frames(frame, track.frame_at(frame), track.lasts_s):
        yield _picture(seen, track)


def last_pictures(track: Track, upright: Upright) -> Iterator[Picture]:
    """Yield what is still to be shown where nothing follows that goes on with it."""
    for seen in upright.rest():
        yield _picture(seen, track)


def _picture(seen: Seen, track: Track) -> Picture:
    picture = Picture(seen.frame, seen.at_s)
    picture.width, picture.height = square(seen.frame, track.aspect, turned=seen.on_its_side)
    return picture


def delayed(frame: av.AudioFrame, by_s: float) -> None:
    """Move the time of some sound."""
    if by_s and frame.pts is not None and frame.time_base is not None:
        frame.pts += round(by_s / frame.time_base)
