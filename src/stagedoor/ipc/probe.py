"""What the probe of a file is asked, and says: a line of JSON each, by standard input and output."""

from pathlib import Path
from typing import Final

from stagedoor.domain.media import MediaKind
from stagedoor.ipc.message import Message
from stagedoor.media.packets import Kind

MAX_ANSWER: Final = 64 * 1024


class ProbeOrder(Message):
    """Which file to look at, and where its thumbnail goes (JPEG)."""

    file: Path
    thumbnail: Path


class MediaTrack(Message):
    """One track of a clip; of a still, its picture.

    Attributes:
        codec: By FFmpeg's name.
        width: Pixels; 0 for sound, as is `height`.
        frame_rate: Pictures a second; 0 where it is not known.
        channels: Of sound; 0 for a picture.
    """

    kind: Kind
    codec: str
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    channels: int = 0


class MediaFacts(Message):
    """What is in a file.

    Attributes:
        suffix: What its name should end with.
        duration_ms: Of a clip; 0 where it is not known, and of a still.
        has_thumbnail: Whether one was written.
    """

    kind: MediaKind
    suffix: str
    duration_ms: int = 0
    tracks: tuple[MediaTrack, ...] = ()
    has_thumbnail: bool = False


class ProbeAnswer(Message):
    """The facts, or why the file is refused: a stable code and a sentence."""

    facts: MediaFacts | None = None
    code: str = ""
    message: str = ""
