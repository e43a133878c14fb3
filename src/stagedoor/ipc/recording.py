"""What control, relay and mixer say of recordings; a piece's status is also what is kept beside its file."""

from stagedoor.domain.recording import PieceState, RecordingState
from stagedoor.ipc.message import Message
from stagedoor.media.packets import Codec, Kind


class RecordingSpec(Message):
    """A take that is to be recorded.

    Attributes:
        take: Its id.
        started_ns: When it began, nanoseconds of `time.monotonic_ns()`; every piece counts from there.
        folder: Where its files go; it is there already.
        min_free_bytes: What stays free on the disk.
        max_bytes: At which the whole take stops; 0 is no limit.
        paths: The paths that are recorded each on their own, where and while somebody publishes them.
        media: The folder of the clips, which the cut log calls by their names in it.
    """

    take: str
    started_ns: int
    folder: str
    min_free_bytes: int = 0
    max_bytes: int = 0
    paths: tuple[str, ...] = ()
    media: str = ""


class RecordingRequest(Message):
    """What is to be recorded from now on; nothing, where there is no spec."""

    spec: RecordingSpec | None = None


class PieceTrack(Message):
    """A track of a piece as it was last; `sizes`: every size that its picture has had."""

    kind: Kind
    codec: Codec
    sizes: tuple[tuple[int, int], ...] = ()
    channels: int = 0


class PieceStatus(Message):
    """One file of a take.

    Attributes:
        path: What is recorded: `program`, `second`, or a path of the hub.
        number: Counts the pieces of this path within the take, from 1.
        offset_ms: Where in the take the file begins: a frame at time t of the file belongs at t + offset_ms.
            It is negative where the file begins with a key frame from before the take.
        origin_ms: What was taken off the times of the path, so that the file begins at 0.
        duration_ms: To the end of the last frame that is written.
        size: Bytes that are written.
        first_frame: The program frame that the file begins with; null where its pictures are none.
        last_frame: The newest one that was written.
        dropped: Packets that were lost because the disk was too slow.
        code: Why it failed; empty while all is well.
    """

    file: str
    path: str
    number: int
    state: PieceState = PieceState.RECORDING
    offset_ms: int = 0
    origin_ms: int = 0
    duration_ms: int = 0
    size: int = 0
    first_frame: int | None = None
    last_frame: int | None = None
    dropped: int = 0
    tracks: tuple[PieceTrack, ...] = ()
    code: str = ""
    reason: str = ""


class RecordingStatus(Message):
    """How one process records.

    Attributes:
        take: The take; empty while nothing is to be recorded.
        pieces: Those that this process has begun in the take since it runs.
        take_bytes: All files of the take, those of other processes too.
        free_bytes: What is left on the disk.
        code: Why it failed; empty while all is well.
        reason: The same in words.
        hint: What to do about it.
    """

    state: RecordingState = RecordingState.IDLE
    take: str = ""
    pieces: tuple[PieceStatus, ...] = ()
    take_bytes: int = 0
    free_bytes: int = 0
    code: str = ""
    reason: str = ""
    hint: str = ""
