"""What a process records of a take: a piece for each path, all written by one thread.

The packets wait in their path's reader, which is bounded, drops whole groups of pictures when the disk is too
slow, and counts them: nobody ever waits for the disk but the one task of each piece.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from stagedoor.domain.errors import MediaError, StagedoorError, StorageError
from stagedoor.domain.recording import CUTS, PieceState, RecordingState, moved
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.outputs.files.cut_pieces import complete
from stagedoor.outputs.files.disk import Room, append_lines, check_take, refusal
from stagedoor.outputs.files.piece import Piece
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.running import Running, first_packets, pause
from stagedoor.outputs.reader import Reader
from stagedoor.precedence import come_first_in_python

logger = logging.getLogger(__name__)

FLUSH_EVERY_S: Final = 0.25
LOOK_EVERY_S: Final = 1.0
CLOSE_WITHIN_S: Final = 2.0
AGAIN_AFTER_S: Final = 5.0
"""After media that cannot be written, a new piece is tried."""
MOST_TOLD: Final = 64
"""So many pieces are told of; the oldest that are over go first, and the list of the recordings has all."""

T = TypeVar("T")


class Lines(Protocol):
    """What a process adds to the cut log of a take."""

    def ready(self, spec: RecordingSpec) -> list[str]:
        """Return the lines that wait; in the recorder's thread."""


class Recorder:
    """Records its process's share of a take; all on the loop, closed by `aclose`.

    Args:
        group: Runs it.
        on_change: Called when the status has changed in more than sizes.
        lines: What is added to the cut log once `lines_came`; None adds nothing.
    """

    def __init__(
        self, group: asyncio.TaskGroup, on_change: Callable[[], None], lines: Lines | None = None
    ) -> None:
        self._lines = lines
        self._group = group
        self._on_change = on_change
        self._thread = ThreadPoolExecutor(1, "recordings", come_first_in_python)
        self._order = asyncio.Lock()
        self._state = RecordingState.IDLE
        self._failure: StorageError | None = None
        self._room = Room(0, 0)
        self._running: dict[str, Running] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._pieces: list[Piece] = []
        self._watch: asyncio.Task[None] | None = None
        self._lines_came = asyncio.Event()
        self._is_stopping = False
        self.spec: RecordingSpec | None = None

    @property
    def status(self) -> RecordingStatus:
        """How it does now."""
        if self.spec is None:
            return RecordingStatus()
        failure = self._failure
        return RecordingStatus(
            state=self._state,
            take=self.spec.take,
            pieces=tuple(piece.status for piece in self._pieces),
            take_bytes=self._room.take,
            free_bytes=self._room.free,
            code="" if failure is None else failure.code,
            reason="" if failure is None else failure.message,
            hint="" if failure is None else failure.hint,
        )

    @property
    def records(self) -> bool:
        """Whether a take is being recorded."""
        return self._state is RecordingState.RECORDING

    async def start(self, spec: RecordingSpec) -> None:
        """Take up a take; one that goes on already goes on, and one before it ends."""
        if self.spec is not None and self.spec.take == spec.take:
            return
        async with self._order:
            await self._stop()
            self.spec, self._is_stopping = spec, False
            self._state = moved(self._state, RecordingState.RECORDING)
            logger.info("Recording take %s", spec.take)
            self._watch = self._group.create_task(self._look(spec), name="recording")
        self._on_change()

    async def stop(self) -> None:
        """End the take with what has come until now; bounded, idempotent."""
        async with self._order:
            await self._stop()

    async def _stop(self) -> None:
        if self.spec is None:
            return
        self._is_stopping = True
        await self._end_all()
        if self._watch is not None:
            self._watch.cancel()
        await self._write_last_lines(self.spec)
        logger.info("Recording of take %s ended", self.spec.take)
        self._state = moved(self._state, RecordingState.IDLE)
        self.spec = self._failure = self._watch = None
        self._pieces, self._room = [], Room(0, 0)
        self._on_change()

    async def aclose(self) -> None:
        """End everything; idempotent."""
        await self.stop()
        self._thread.shutdown(wait=False)

    def begin(self, source: Recorded) -> None:
        """Record a path, each time in a new piece; the piece of it that there is ends.

        While the take is being stopped nothing begins: nobody would end it any more.
        """
        self.end(source.path)
        if self.spec is None or self._is_stopping or not self.records:
            return
        running = self._running[source.path] = Running(source)
        running.task = self._group.create_task(self._record(running, self.spec), name=f"piece {source.path}")
        running.task.add_done_callback(self._ending.discard)

    def end(self, path: str) -> None:
        """Record a path no more; a path that is not recorded is none."""
        running = self._running.pop(path, None)
        if running is not None and running.task is not None:
            running.end()
            if not running.task.done():
                self._ending.add(running.task)

    def lines_came(self) -> None:
        """Have lines for the cut log written; on the loop."""
        self._lines_came.set()

    async def _end_all(self) -> None:
        for path in tuple(self._running):
            self.end(path)
        if self._ending:
            _, late = await asyncio.wait(self._ending, timeout=CLOSE_WITHIN_S)
            for task in late:
                task.cancel()

    # One path.

    async def _record(self, running: Running, spec: RecordingSpec) -> None:
        """Write one piece, and the next one whenever the tracks become others, until the path ends."""
        try:
            while not running.over.is_set() and self.records and await self._write_piece(running, spec):
                pass
        except OSError as error:
            self._fail(refusal(error))

    async def _write_piece(self, running: Running, spec: RecordingSpec) -> bool:
        """Write a piece to its end; returns whether another one is to follow."""
        source = running.source
        reader = running.reader = source.open_reader()
        piece = Piece(Path(spec.folder), source, spec.started_ns)
        failure: StagedoorError | None = None
        try:
            return await self._carry(source.path, reader, piece, running)
        except MediaError as error:
            logger.warning("A piece of %s failed: %s", source.path, error.message)
            failure = error
        except OSError as error:
            failure = refusal(error)
            raise
        except Exception:
            logger.exception("A piece of %s could not be written", source.path)
            failure = StagedoorError("something went wrong here")
        finally:
            reader.close()
            running.reader = None
            await self._close(piece, failure)
        await pause(running, AGAIN_AFTER_S)
        return True

    async def _carry(self, path: str, reader: Reader, piece: Piece, running: Running) -> bool:
        """Bring packets to a piece until the path ends (False) or something does not fit in (True)."""
        batch = await first_packets(reader)
        if not batch:
            return False
        lost_before = reader.dropped
        await self._in_thread(partial(piece.open, batch))
        self._add(piece)
        logger.info("Recording %s to %s", path, piece.status.file)
        self._on_change()
        while batch := await reader.batch():
            fitting = next((n for n, each in enumerate(batch) if not piece.fits(each)), len(batch))
            await self._in_thread(partial(piece.write, batch[:fitting], reader.dropped - lost_before))
            if fitting < len(batch):
                logger.info("Another piece of %s begins: its tracks changed", path)
                return True
            await pause(running, FLUSH_EVERY_S)
        return False

    def _add(self, piece: Piece) -> None:
        """Tell of one more piece."""
        over = [each for each in self._pieces if each.status.state is not PieceState.RECORDING]
        gone = over[: max(0, len(self._pieces) + 1 - MOST_TOLD)]
        self._pieces = [*(each for each in self._pieces if each not in gone), piece]

    async def _close(self, piece: Piece, failure: StagedoorError | None) -> None:
        code, reason = ("", "") if failure is None else (failure.code, failure.message)
        with contextlib.suppress(RuntimeError):
            # While everything closes, the thread takes nothing more; and it may be stuck in a write.
            closing = asyncio.wrap_future(self._thread.submit(piece.close, code, reason))
            await asyncio.wait([closing], timeout=CLOSE_WITHIN_S)
        self._on_change()

    def _fail(self, error: StorageError) -> None:
        """Record nothing more of this take."""
        if not self.records:
            return
        self._state, self._failure = moved(self._state, RecordingState.FAILED), error
        logger.error("Recording stopped: %s code=%s", error.message, error.code)
        for path in tuple(self._running):
            self.end(path)
        self._on_change()

    async def _look(self, spec: RecordingSpec) -> None:
        """Look at the disk once a second, and write lines of the cut log as soon as they come."""
        while self.records:
            try:
                self._room = await self._in_thread(partial(check_take, spec))
                await self._write_lines(spec)
            except StorageError as error:
                self._fail(error)
            except OSError as error:
                self._fail(refusal(error))
            except Exception:
                # A mistake with the cut log must end neither the pieces nor whatever else runs in the group.
                logger.exception("The cut log of take %s could not be written", spec.take)
            else:
                self._on_change()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._lines_came.wait()
            self._lines_came.clear()

    async def _write_lines(self, spec: RecordingSpec, *, last: bool = False) -> None:
        if self._lines is not None:
            await self._in_thread(partial(_append, self._lines, spec, last=last))

    async def _write_last_lines(self, spec: RecordingSpec) -> None:
        """Write what waits for the cut log, and complete it; the take ends whatever becomes of that."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._write_lines(spec, last=True)
        except (OSError, TimeoutError):
            logger.debug("The end of take %s's cut log could not be written", spec.take)
        except Exception:
            logger.exception("The cut log of take %s could not be completed", spec.take)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _append(lines: Lines, spec: RecordingSpec, *, last: bool) -> None:
    folder, ready = Path(spec.folder), lines.ready(spec)
    if ready:
        append_lines(folder / CUTS, ready)
    if last:
        complete(folder)
