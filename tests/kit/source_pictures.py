"""A file's pictures, decoded as a source's are."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from stagedoor.mixer.picture.picture import Picture, Scaler
from stagedoor.mixer.sources.decoding import decoded, last_pictures, pictures_of
from stagedoor.mixer.sources.tracks import tracks_of
from stagedoor.mixer.sources.upright import Upright

Luma = npt.NDArray[np.uint8]


def pictures(file: Path, program_rate: int) -> list[Picture]:
    """Return all pictures of a file as a source has them."""
    with av.open(str(file)) as container:
        (track,) = tracks_of(container, low_delay=False).values()
        upright, made = Upright(program_rate), []
        for packet in container.demux(track.stream):
            frames = (each for each in decoded(packet, track) if isinstance(each, av.VideoFrame))
            made += [picture for frame in frames for picture in pictures_of(frame, track, upright)]
        return [*made, *last_pictures(track, upright)]


def luma_of(picture: Picture) -> Luma:
    """Return it as program draws it, in its own size."""
    frame = picture.at((picture.width, picture.height), Scaler()).frame
    return frame.to_ndarray(format="yuv420p")[: frame.height].astype(np.uint8)
