"""One thread that encodes the sound of every path, a batch of packets at a time.

Waking a thread for each packet would cost more than encoding it: the thread lets packets gather for a short
time, encodes those of all paths, and hands each path its frames in one call on the loop.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

from stagedoor.domain.errors import ClosedError, MediaError
from stagedoor.media.aac.encoder import AacEncoder
from stagedoor.media.packets import Packet
from stagedoor.precedence import come_first_in_python

_log = logging.getLogger(__name__)

GATHER_S: Final = 0.04
"""For how long packets gather: two Opus packets of a path, as a rule."""
QUEUE_PACKETS: Final = 250
"""5 s of Opus; where the thread is that late, the oldest packets go."""


class AacStream:
    """One path's way through the worker; made by `AacWorker.open`.

    Attributes:
        dropped: Packets that went because the thread was late.
        errors: Packets that could not be decoded.
        failed: Whether it has ended by a bug: nothing will come out any more.
    """

    def __init__(self, on_packets: Callable[[list[Packet]], None], wake: Callable[[], None]) -> None:
        self._on_packets = on_packets
        self._wake = wake
        self._queue: deque[Packet] = deque(maxlen=QUEUE_PACKETS)
        self._encoder = AacEncoder()
        self.closed = False
        self.failed = False
        self.dropped = 0
        self.errors = 0

    @property
    def queued(self) -> int:
        """Packets that wait for the thread."""
        return len(self._queue)

    def write(self, packet: Packet) -> None:
        """Take an Opus packet; called on the loop, never waits."""
        if self.closed:
            return
        if len(self._queue) == QUEUE_PACKETS:
            self.dropped += 1
        self._queue.append(packet)
        self._wake()

    def close(self) -> None:
        """Take and deliver nothing more."""
        self.closed = True
        self._queue.clear()

    def deliver(self, packets: list[Packet]) -> None:
        """Hand over what the thread made; called on the loop."""
        if not self.closed:
            self._on_packets(packets)

    def work(self) -> list[Packet]:
        """Encode what has gathered; called in the worker's thread only."""
        out: list[Packet] = []
        for _ in range(len(self._queue)):
            try:
                packet = self._queue.popleft()
            except IndexError:
                break  # the loop closed the stream meanwhile
            try:
                out += self._encoder.encode(packet)
            except MediaError as error:
                self.errors += 1
                _log.warning("sound of a path: %s; it begins anew", error)
        self.errors = max(self.errors, self._encoder.errors)
        return out


class AacWorker:
    """Owns the thread; `async with`, inside which paths are opened.

    Args:
        gather_s: Seconds that packets gather for.
    """

    def __init__(self, *, gather_s: float = GATHER_S) -> None:
        self._gather_s = gather_s
        self._streams: list[AacStream] = []
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._stop = threading.Event()
        self._executor: ThreadPoolExecutor | None = None
        self._running: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="aac")
        self._running = loop.run_in_executor(self._executor, self._run, loop)
        self._running.add_done_callback(_report)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        running, executor = self._running, self._executor
        self._running = self._executor = None
        if running is None or executor is None:
            return
        self._stop.set()
        self._work.set()
        try:
            await running
        finally:
            executor.shutdown(wait=False)

    def open(self, on_packets: Callable[[list[Packet]], None]) -> AacStream:
        """Return a way in for one path; its AAC frames come by `on_packets`, on the loop.

        Raises:
            ClosedError: the worker is not running, or its thread failed.
        """
        if self._running is None or self._running.done():
            raise ClosedError("the AAC worker is not running")
        stream = AacStream(on_packets, self._wake)
        with self._lock:
            self._streams.append(stream)
        return stream

    def _wake(self) -> None:
        if not self._work.is_set():
            self._work.set()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        come_first_in_python()
        while True:
            self._work.wait()
            if self._stop.wait(self._gather_s):
                return
            self._work.clear()
            with self._lock:
                self._streams = [stream for stream in self._streams if not stream.closed]
                streams = list(self._streams)
            made = [(stream, packets) for stream in streams if (packets := _worked(stream))]
            if made:
                loop.call_soon_threadsafe(_deliver, made)


def _worked(stream: AacStream) -> list[Packet]:
    try:
        return stream.work()
    # A bug in one path's sound must not reach the sound of the others, which share the thread.
    except Exception as failure:  # noqa: BLE001
        _log.error("the sound of a path failed: %s", failure, exc_info=failure)
        stream.failed = stream.closed = True
        return []


def _report(running: asyncio.Future[None]) -> None:
    """Say at once that the thread failed; whoever closes the worker gets the failure itself."""
    if not running.cancelled() and (failure := running.exception()):
        _log.error("the AAC thread failed: %s", failure, exc_info=failure)


def _deliver(made: list[tuple[AacStream, list[Packet]]]) -> None:
    for stream, packets in made:
        stream.deliver(packets)
