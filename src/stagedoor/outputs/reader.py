"""A reader of a path: a bounded queue that is dropped from, never waited for."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from stagedoor.domain.errors import MediaError
from stagedoor.ipc.messages import AudioMode, VideoMode
from stagedoor.media.packets import Kind, Packet, Track

MAX_PACKETS = 2048
"""About 20 s of picture and sound; more than the longest cached group of pictures."""
MAX_BYTES = 16 * 1024 * 1024


class _Path(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def video(self) -> Track | None: ...

    @property
    def audio(self) -> Track | None: ...

    def want_key_frame(self) -> None: ...

    def detach(self, reader: "Reader") -> None: ...


class Reader:
    """The packets of a path in one form, from the last key frame on; an async iterator for one task.

    It raises `MediaError` where the path cannot be had in this form.

    A queue that overflows loses all its pictures, and gets none until the next key frame, for which the
    publisher is asked; of sound it loses the oldest. So a slow reader is never late by more than the queue.

    Attributes:
        id: Unique in the hub.
        kind: What reads (`http`, `whep`, `rtmp` …), for people.
        dropped: Packets that it never got.
        dropped_bytes: Their payload.
        passed: Packets that it took.
    """

    def __init__(self, path: _Path, reader_id: str, kind: str, modes: tuple[AudioMode, VideoMode]) -> None:
        self.id = reader_id
        self.kind = kind
        self.audio, self.video = modes
        self.dropped = 0
        self.dropped_bytes = 0
        self.passed = 0
        self._path = path
        self._queue: deque[Packet] = deque()
        self._bytes = 0
        self._needs_key = True
        self._gap = False
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._failure: MediaError | None = None

    @property
    def path(self) -> str:
        """The name of its path."""
        return self._path.name

    @property
    def queued(self) -> int:
        """Packets that wait for the reader."""
        return len(self._queue)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._ended

    @property
    def source_tracks(self) -> tuple[Track | None, Track | None]:
        """Picture and sound of the path, before conversion; None for what there is not, or is not wanted."""
        return self._path.video, None if self.audio is AudioMode.NONE else self._path.audio

    def request_key_frame(self) -> None:
        """Ask the publisher for a key frame; one request for all readers in half a second."""
        self._path.want_key_frame()

    # The hub's side.

    def prime(self, packets: Iterable[Packet]) -> None:
        """Start with what the path has kept since its last key frame."""
        for packet in packets:
            if packet.track.kind is Kind.VIDEO:
                self.push_video(packet)
            else:
                self.push_audio(packet)

    def push_video(self, packet: Packet) -> None:
        """Queue a picture."""
        if self._needs_key:
            if not packet.key:
                self._drop(packet)
                self._path.want_key_frame()
                return
            self._needs_key = False
            if self._gap:
                packet, self._gap = replace(packet, gap=True), False
        if self._full(packet):
            self._overflow()
            if not packet.key:
                self._drop(packet)
                return
            self._needs_key = False
        self._append(packet)

    def push_audio(self, packet: Packet) -> None:
        """Queue a piece of sound."""
        if self._full(packet):
            self._overflow()
        self._append(packet)

    def end(self) -> None:
        """Nothing more will come; what is queued can still be taken."""
        self._ended = True
        self._wake()

    def fail(self, why: MediaError) -> None:
        """Leave the path, which cannot be had in this form; what is queued can still be taken."""
        self._failure = why
        self.end()
        self._path.detach(self)

    def _full(self, packet: Packet) -> bool:
        return len(self._queue) >= MAX_PACKETS or self._bytes + len(packet.data) > MAX_BYTES

    def _overflow(self) -> None:
        """Make room: all pictures go, then the older half of the sound if that was not enough."""
        kept: deque[Packet] = deque()
        for packet in self._queue:
            if packet.track.kind is Kind.VIDEO:
                self._drop(packet)
            else:
                kept.append(packet)
        while len(kept) > MAX_PACKETS // 2:
            self._drop(kept.popleft())
        self._queue = kept
        self._bytes = sum(len(packet.data) for packet in kept)
        self._needs_key = self._gap = True
        self._path.want_key_frame()

    def _drop(self, packet: Packet) -> None:
        self.dropped += 1
        self.dropped_bytes += len(packet.data)

    def _append(self, packet: Packet) -> None:
        self._queue.append(packet)
        self._bytes += len(packet.data)
        if self._waiter is not None:
            self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # The reader's side.

    def __aiter__(self) -> "Reader":
        return self

    async def __anext__(self) -> Packet:
        while not self._queue:
            if self._ended:
                self._raise_failure()
                raise StopAsyncIteration
            await self._wait()
        packet = self._queue.popleft()
        self._bytes -= len(packet.data)
        self.passed += 1
        return packet

    async def batch(self) -> list[Packet]:
        """Take all that waits, at least one packet; an empty list means that the path has ended.

        Raises:
            MediaError: The path cannot be had in the form that was asked for.
        """
        while not self._queue and not self._ended:
            await self._wait()
        if not self._queue:
            self._raise_failure()
        packets = list(self._queue)
        self._queue.clear()
        self._bytes = 0
        self.passed += len(packets)
        return packets

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def aclose(self) -> None:
        """Leave the path; idempotent."""
        self.close()

    def close(self) -> None:
        """Leave the path at once; idempotent."""
        if not self._ended:
            self.end()
        self._queue.clear()
        self._bytes = 0
        self._path.detach(self)
