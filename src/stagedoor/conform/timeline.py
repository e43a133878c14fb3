"""A recut as an OpenTimelineIO timeline: a track of pictures for each layer, and program's own sound."""

from pathlib import Path
from urllib.parse import quote

import opentimelineio as otio

from stagedoor.conform.recut import Recut, Shot

_DISSOLVE = "mix"


def timeline(name: str, made: Recut, sound_dir: str) -> otio.schema.Timeline:
    """Return the timeline.

    Args:
        name: What people read.
        made: What it is of.
        sound_dir: Where program's pieces are, as seen from the timeline's file.
    """
    built = otio.schema.Timeline(name)
    built.global_start_time = otio.opentime.RationalTime(0, made.frame_rate)
    for number, lane in enumerate(made.lanes, 1):
        track = otio.schema.Track(f"V{number}", kind=otio.schema.TrackKind.Video)
        for shot in lane:
            if shot.transition:
                track.append(_transition(shot, made.frame_rate))
            track.append(_item(shot, made.frame_rate))
        built.tracks.append(track)
    built.tracks.append(_sound(made, sound_dir))
    return built


def write(built: otio.schema.Timeline, path: Path) -> None:
    """Write a timeline; raises `OSError`."""
    path.write_text(built.to_json_string(indent=4))


def _item(shot: Shot, rate: int) -> otio.core.Item:
    wanted = _range(shot.first, shot.frames, rate)
    if shot.copy is None:
        return otio.schema.Gap(shot.name, source_range=wanted)
    whole = _range(0, shot.copy.frames, rate)
    reference = otio.schema.ExternalReference(quote(shot.copy.file), whole)
    effects = [otio.schema.FreezeFrame()] if shot.stands else []
    return otio.schema.Clip(shot.name, reference, wanted, effects=effects)


def _transition(shot: Shot, rate: int) -> otio.schema.Transition:
    kind = otio.schema.TransitionTypes.SMPTE_Dissolve
    if shot.kind != _DISSOLVE:
        kind = otio.schema.TransitionTypes.Custom
    return otio.schema.Transition(
        shot.kind,
        kind,
        otio.opentime.RationalTime(0, rate),
        otio.opentime.RationalTime(shot.transition, rate),
    )


def _sound(made: Recut, folder: str) -> otio.schema.Track:
    track = otio.schema.Track("Program", kind=otio.schema.TrackKind.Audio)
    rate, at = made.frame_rate, 0
    for begin, piece in made.sound:
        frames = (2 * piece.duration_ms * rate + 1000) // 2000
        if begin > at:
            track.append(otio.schema.Gap(source_range=_range(0, begin - at, rate)))
        # Where the one before is said to last a little longer, this one begins a little later.
        hidden = max(0, at - begin)
        if hidden < frames:
            address = f"{quote(folder)}/{quote(piece.file)}"
            reference = otio.schema.ExternalReference(address, _range(0, frames, rate))
            track.append(otio.schema.Clip("program", reference, _range(hidden, frames - hidden, rate)))
        at = max(at, begin + frames)
    return track


def _range(first: int, frames: int, rate: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(frames, rate)
    )
