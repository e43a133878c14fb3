"""What the routes of media answer, as JSON, and what is kept of a file."""

from datetime import datetime

from stagedoor.control.schemas import Answer
from stagedoor.domain.media import MediaKind
from stagedoor.ipc.message import Message
from stagedoor.ipc.probe import MediaFacts, MediaTrack


class MediaRecord(Message):
    """What is kept of a file."""

    id: str
    size: int
    added_ms: int
    facts: MediaFacts


class MediaView(Answer):
    """A still or a clip.

    Attributes:
        id: Its name within the media folder, which is also the `url` of a source or an overlay that shows it.
        duration_ms: Of a clip; null where it is not known, and of a still.
        thumbnail: Where a small picture of it is; null for sound.
        used_by: Sources and overlays that show it, as `source intro`, `overlay logo`.
    """

    id: str
    kind: MediaKind
    size: int
    added: datetime
    duration_ms: int | None
    tracks: tuple[MediaTrack, ...]
    thumbnail: str | None
    used_by: tuple[str, ...]


class MediaList(Answer):
    """All of it, the newest first, and what there may be; bytes."""

    media: tuple[MediaView, ...]
    size: int
    max_size: int
    max_file_size: int
