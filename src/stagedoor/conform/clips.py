"""Clips that program showed: they are cut as they are, where they are."""

import os.path
from pathlib import Path

import av

from stagedoor.conform.recut import Copy
from stagedoor.domain.errors import MediaError
from stagedoor.mixer.sources.clip_reading import length_of
from stagedoor.mixer.sources.tracks import kinds, tracks_of


def clip_of(media: Path, name: str, result: Path, rate: int) -> Copy | None:
    """Return a clip as an edit list can have it; None where it is not there, or cannot be read.

    Args:
        media: Folder of the clips; what a name leads to outside of it is no clip.
        name: What it is called there.
        result: Folder of the edit list.
        rate: Frames a second.
    """
    root = Path(os.path.realpath(media))
    file = Path(os.path.realpath(root / name))
    if not file.is_relative_to(root) or not file.is_file():
        return None
    try:
        with av.open(file) as container:
            tracks = tracks_of(container, low_delay=False)
            length_s = length_of(container, tracks)
            has_picture = "video" in kinds(tracks)
    except (av.error.FFmpegError, MediaError):
        return None
    frames = 0 if length_s is None else round(length_s * rate)
    if not frames:
        return None
    return Copy(name, os.path.relpath(file, os.path.realpath(result)), 0, frames, has_picture)
