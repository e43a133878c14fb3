"""What is in a file: a still by Pillow, anything else by FFmpeg, of few formats each.

Formats that name other files or addresses, such as playlists, are none of them.
"""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from PIL import Image, ImageOps, UnidentifiedImageError

from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.domain.media import MAX_PICTURE_PIXELS, MAX_STILL_BYTES, MAX_STILL_PIXELS, STILLS, MediaKind
from stagedoor.ipc.probe import MediaFacts, MediaTrack
from stagedoor.media.packets import Kind

CLIPS: Final = {
    "mov": ".mp4",
    "matroska": ".mkv",
    "mpegts": ".ts",
    "mxf": ".mxf",
    "avi": ".avi",
    "flv": ".flv",
    "wav": ".wav",
    "mp3": ".mp3",
    "flac": ".flac",
    "ogg": ".ogg",
    "aac": ".aac",
}
"""The first of FFmpeg's names for a format, and how names of such files end."""
FFMPEG: Final = {"protocol_whitelist": "file", "format_whitelist": ",".join(CLIPS)}
"""Another format is not even opened; of one with several names, one in the list is enough."""
MAX_TRACKS: Final = 16
MAX_TRIES: Final = 300
"""Packets that are looked at for a first picture."""
THUMBNAIL: Final = (320, 180)


def examine(file: Path, thumbnail: Path) -> MediaFacts:
    """Return what is in a file, and write a picture of it.

    Raises:
        InvalidError: It is nothing that can be shown or heard, or too large.
    """
    try:
        with file.open("rb") as opened:
            image = Image.open(opened, formats=tuple(STILLS))
            return _still(image, file.stat().st_size, thumbnail)
    except UnidentifiedImageError:
        return _clip(file, thumbnail)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (StagedoorError, MemoryError):
        raise
    except Exception as error:  # Pillow raises what it likes for a broken file
        raise _unreadable("it is an image that cannot be read") from error


def _still(image: Image.Image, size: int, thumbnail: Path) -> MediaFacts:
    if size > MAX_STILL_BYTES:
        raise InvalidError(f"an image may have {MAX_STILL_BYTES} bytes", code="still_too_large")
    if image.width * image.height > MAX_STILL_PIXELS:
        raise _too_many_pixels()
    name = image.format or ""
    image.load()
    upright = ImageOps.exif_transpose(image)
    track = MediaTrack(kind=Kind.VIDEO, codec=name.lower(), width=upright.width, height=upright.height)
    _save(upright, thumbnail)
    return MediaFacts(kind=MediaKind.STILL, suffix=STILLS[name], tracks=(track,), has_thumbnail=True)


def _clip(file: Path, thumbnail: Path) -> MediaFacts:
    try:
        with av.open(file, options=FFMPEG) as container:
            return _facts(container, thumbnail)
    except av.FFmpegError as error:
        raise _unreadable("it is neither an image nor a clip that can be read") from error


def _facts(container: "av.container.InputContainer", thumbnail: Path) -> MediaFacts:
    suffix = CLIPS.get(container.format.name.partition(",")[0])
    if suffix is None:
        raise _unreadable(f"files of the format {container.format.name} are not taken")
    tracks = tuple(_tracks(container))
    if not tracks:
        raise _unreadable("there is neither picture nor sound in it")
    for track in tracks:
        if track.width * track.height > MAX_PICTURE_PIXELS:
            raise InvalidError(f"a clip may have {MAX_PICTURE_PIXELS} pixels", code="source_too_large")
    duration = container.duration or 0
    has_picture = any(track.kind is Kind.VIDEO for track in tracks)
    if has_picture:
        _save(_first_picture(container), thumbnail)
    return MediaFacts(
        kind=MediaKind.CLIP,
        suffix=suffix,
        duration_ms=max(0, duration * 1000 // av.time_base),
        tracks=tracks,
        has_thumbnail=has_picture,
    )


def _tracks(container: "av.container.InputContainer") -> list[MediaTrack]:
    """Pictures and sounds; covers of sound files are no pictures."""
    found = []
    for stream in tuple(container.streams)[:MAX_TRACKS]:
        if isinstance(stream, av.VideoStream) and not _is_cover(stream):
            rate = stream.average_rate or Fraction(0)
            found.append(
                MediaTrack(
                    kind=Kind.VIDEO,
                    codec=_codec(stream),
                    width=stream.codec_context.width,
                    height=stream.codec_context.height,
                    frame_rate=round(float(rate), 3),
                )
            )
        elif isinstance(stream, av.AudioStream):
            found.append(MediaTrack(kind=Kind.AUDIO, codec=_codec(stream), channels=stream.channels))
    return found


def _codec(stream: av.VideoStream | av.AudioStream) -> str:
    """Return the codec's name, whatever decodes it."""
    return stream.codec_context.codec.canonical_name


def _first_picture(container: "av.container.InputContainer") -> Image.Image:
    stream = next(each for each in container.streams.video if not _is_cover(each))
    stream.codec_context.thread_count = 1
    for number, packet in enumerate(container.demux(stream)):
        for frame in packet.decode():
            small = frame.reformat(THUMBNAIL[0], max(2, _height(frame)), format="rgb24")
            return Image.fromarray(small.to_ndarray())
        if number >= MAX_TRIES:
            break
    raise _unreadable("no picture of it can be decoded")


def _height(frame: av.VideoFrame) -> int:
    return min(THUMBNAIL[0], THUMBNAIL[0] * frame.height // max(1, frame.width)) // 2 * 2


def _is_cover(stream: av.VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _save(image: Image.Image, thumbnail: Path) -> None:
    small = image.convert("RGB")
    small.thumbnail(THUMBNAIL)
    small.save(thumbnail, "JPEG", quality=80)


def _too_many_pixels() -> InvalidError:
    return InvalidError(f"an image may have {MAX_STILL_PIXELS} pixels", code="still_too_large")


def _unreadable(why: str) -> InvalidError:
    return InvalidError(why, code="media_unreadable")
