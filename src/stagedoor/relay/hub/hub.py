"""All paths of the process."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from types import TracebackType

from stagedoor.domain.errors import ConflictError, InvalidError, NotFoundError
from stagedoor.domain.ids import is_hub_path
from stagedoor.ipc.messages import AudioMode, PathStatus, VideoMode
from stagedoor.outputs.reader import Reader
from stagedoor.relay.hub.flow import Flow
from stagedoor.relay.hub.path import Path, PathHooks
from stagedoor.relay.hub.publisher import Publisher
from stagedoor.relay.hub.variants import Converters


class Hub:
    """Named paths, each with one publisher and any number of readers; an async context manager.

    Everything is called on the loop, and nothing but closing waits.

    Attributes:
        on_path: Called with a path's name when it comes, goes, or changes its tracks or readers.
    """

    def __init__(self, converters: Converters) -> None:
        self.on_path: Callable[[str], None] | None = None
        self._converters = converters
        self._paths: dict[str, Path] = {}
        self._ids = count(1)
        self._hooks = PathHooks(self._changed, self._idle, self._dispose)
        self._closed = False
        self._closing: set[asyncio.Future[None]] = set()

    async def __aenter__(self) -> "Hub":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def publish(
        self, path: str, owner: str, *, request_key_frame: Callable[[], None], flow: Flow | None = None
    ) -> Publisher:
        """Let a publisher in.

        Args:
            path: The path's name.
            owner: Whose it is: its newest publisher wins, the one before gets `replaced`.
            request_key_frame: Called on the loop, at most twice a second.
            flow: Counters to go on with, when the same media moves to another path.

        Raises:
            ConflictError: Somebody else publishes there.
            InvalidError: No such name can be.
        """
        found = self._path(path)
        if found.publisher is not None and found.publisher.owner != owner:
            raise ConflictError(f"somebody else publishes to {path}", code="path_taken")
        publisher = Publisher(found, owner, request_key_frame, Flow() if flow is None else flow)
        found.publish(publisher)
        return publisher

    def subscribe(
        self,
        path: str,
        *,
        kind: str,
        audio: AudioMode = AudioMode.OPUS,
        video: VideoMode = VideoMode.COPY,
    ) -> Reader:
        """Read a path, from its last key frame on; one that is not there yet is waited for.

        Args:
            path: The path's name.
            kind: What reads, for people.
            audio: `opus` gives the sound as it came, `aac` converts it once for all who ask.
            video: `copy` gives the picture as it came, `h264` converts what is something else.

        Raises:
            InvalidError: No such name can be.
        """
        found = self._path(path)
        reader = Reader(found, f"{kind}-{next(self._ids)}", kind, (audio, video))
        found.attach(reader)
        return reader

    async def arrival(self, reader: Reader, *, within: float, settle: float) -> None:
        """Wait until a reader's path carries packets, and a little for its second track.

        Args:
            reader: One that is attached.
            within: Seconds for the first packet.
            settle: Seconds more for the track that is still missing then.

        Raises:
            NotFoundError: Nothing came.
        """
        path = self._path(reader.path)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if self._closed else within):
                await path.seen()
        if reader.ended or not path.has_packets:
            raise NotFoundError("nothing is published there", code="path_unknown")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settle):
                await path.complete()

    def owner(self, path: str) -> str | None:
        """Whose publisher is at a path; raises `InvalidError` where no path can have this name."""
        _check_name(path)
        found = self._paths.get(path)
        return None if found is None or found.publisher is None else found.publisher.owner

    def publisher(self, path: str) -> Publisher | None:
        """Return who publishes a path now."""
        found = self._paths.get(path)
        return None if found is None else found.publisher

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[Path]:
        return iter(tuple(self._paths.values()))

    def status(self, path: str) -> PathStatus:
        """What is known of a path; one that has gone has neither owner nor tracks."""
        found = self._paths.get(path)
        return PathStatus(path=path, owner=None) if found is None else found.status(time.monotonic())

    async def aclose(self) -> None:
        """End all paths and stop all conversion; idempotent. Nobody is waited for from now on."""
        self._closed = True
        for path in self:
            path.end()
        while self._closing:
            await asyncio.wait(self._closing)

    def _path(self, name: str) -> Path:
        found = self._paths.get(name)
        if found is None:
            _check_name(name)
            found = self._paths[name] = Path(name, self._converters, self._hooks)
        return found

    def _changed(self, path: Path) -> None:
        if self.on_path is not None:
            self.on_path(path.name)

    def _idle(self, path: Path) -> None:
        if self._paths.get(path.name) is path:
            del self._paths[path.name]
            self._changed(path)

    def _dispose(self, ending: Awaitable[None]) -> None:
        task = asyncio.ensure_future(ending)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _check_name(name: str) -> None:
    if not is_hub_path(name):
        raise InvalidError(
            "a path's name is 1 to 64 of a-z, 0-9, _ and -, and starts with a letter or digit",
            code="path_name",
        )
