"""A take cut again as an editor does: by the edit list and the copies alone."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import opentimelineio as otio

from tests.kit.watch import Watched, watch


@dataclass(frozen=True)
class Seen:
    """What a track shows in one frame: which frame of which file; no file in a gap."""

    file: str
    frame: int


def read(path: Path) -> otio.schema.Timeline:
    """Read an edit list with the format's own library."""
    timeline = otio.adapters.read_from_file(str(path))
    assert isinstance(timeline, otio.schema.Timeline)
    return timeline


def frames(track: otio.schema.Track) -> list[Seen]:
    """What each frame of a track shows, where it is not in a transition."""
    seen: list[Seen] = []
    for item in track:
        if isinstance(item, otio.schema.Transition):
            continue
        wanted = item.source_range
        first, count = wanted.start_time.to_frames(), wanted.duration.to_frames()
        file = "" if isinstance(item, otio.schema.Gap) else unquote(item.media_reference.target_url)
        stands = any(isinstance(effect, otio.schema.FreezeFrame) for effect in item.effects)
        if file:
            needed = 1 if stands else count
            assert first + needed <= item.media_reference.available_range.duration.to_frames()
        seen += [Seen(file, first if stands else first + number) for number in range(count)]
    return seen


async def played(folder: Path, track: otio.schema.Track) -> dict[str, Watched]:
    """Play all files that a track shows."""
    files = {seen.file for seen in frames(track) if seen.file}
    return {file: await watch(str(folder / file), 1000) for file in files}
