"""The take that is recorded: has relay and mixer record it, and follows what they say."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.recording import takes
from stagedoor.control.recording.answers import RecordingView, Started, TakeView
from stagedoor.control.recording.takes import Take
from stagedoor.control.stage import Stage
from stagedoor.control.store import Store
from stagedoor.domain.errors import ConflictError, StagedoorError, StorageError
from stagedoor.domain.ids import PROGRAM, screen_path
from stagedoor.domain.recording import RecordingState, started_ns
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus

log = logging.getLogger(__name__)

RELAY, MIXER = "relay", "mixer"
TELL_EVERY_S: Final = 1.0
ANSWER_WITHIN_S: Final = 5.0
FIRST_FRAME_WITHIN_S: Final = 2.0
"""How long an answer waits for a take's first frame: a picture, sound beside it, and the file."""
DISK_WITHIN_S: Final = 10.0
KEEP_EVERY_MS: Final = 60_000
GOES_ON_WITHIN_MS: Final = 600_000
"""A take goes on after a crash, a new version, a new start of the machine, but not the next day."""

T = TypeVar("T")


class Recordings:
    """Everything about recordings that the routes need.

    Args:
        stage: The state of the show.
        store: Where it is kept which take runs, so that it goes on after a restart.
        mixing: The mixer.

    Attributes:
        take: The one that is recorded; None while nothing is.
        view: What was told last; None while nothing is recorded, and no failure ended the last take.
    """

    def __init__(self, stage: Stage, store: Store, mixing: Mixing) -> None:
        self.take: Take | None = None
        self.view: RecordingView | None = None
        self._stage = stage
        self._store = store
        self._mixing = mixing
        self._settings = stage.settings.recording
        self._root = stage.settings.recordings_dir
        self._said: dict[str, RecordingStatus] = {}
        self._failed: RecordingStatus | None = None
        self._kept_ms = 0
        self._order = asyncio.Lock()
        self._bringing = asyncio.Lock()
        self._woken = asyncio.Event()
        self._heard = asyncio.Event()
        mixing.on_recording = partial(self.heard, MIXER)

    async def restore(self) -> None:
        """Go on with the take of the last run."""
        stored = await self._store.load_take()
        if stored is None:
            return
        take = Take.model_validate_json(stored)
        if self._stage.now_ms() - take.seen_ms > GOES_ON_WITHIN_MS:
            log.info("Take %s is over: nobody was here to go on with it", take.take)
            self._store.put_take(None)
            await self._write_end(take, take.seen_ms)
            return
        began_ns = started_ns(take.started_ns, take.started_ms, time.monotonic_ns(), self._stage.now_ms())
        self.take = take.model_copy(update={"started_ns": began_ns})
        self._mixing.record(self._spec(self.take))
        self._keep()
        log.info("Take %s goes on", take.take)

    async def run(self) -> None:
        """Lead and follow relay and mixer until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TELL_EVERY_S):
                    await self._woken.wait()
            self._woken.clear()
            if self._failed is not None:
                async with self._order:
                    await self._give_up()
            await self._bring()
            self._tell()
            if self._stage.now_ms() - self._kept_ms > KEEP_EVERY_MS:
                self._keep()

    async def start(self, label: str) -> Started:
        """Begin a take.

        Raises:
            ConflictError: One is being recorded.
            StorageError: The disk has too little room, or cannot be written; the hint names the setting.
        """
        async with self._order:
            if self.take is not None:
                raise ConflictError(
                    f"take {self.take.take} is being recorded",
                    code="recording_runs",
                    values={"take": self.take.take},
                    hint="Stop it first.",
                )
            draft = Take(
                take="", label=label, started_ms=self._stage.now_ms(), started_ns=time.monotonic_ns()
            )
            make = partial(takes.make_take, self._root, self._settings.min_free_bytes, draft)
            take = self.take = await _on_disk(make)
            self._failed = self._stage.health.recording = None
            self._keep()
            log.info("Take %s begins", take.take)
            told = await self._mixing.recorded(self._spec(take))
            await self._bring()
            frame = None if told is None else await self._first_frame(take.take)
        self._tell()
        return Started(take=take.take, label=take.label, started_ns=take.started_ns, frame=frame)

    async def stop(self) -> TakeView:
        """End the take, or take note that it has ended by itself; return it as it is on the disk.

        Raises:
            ConflictError: None is recorded.
            NotFoundError: It has gone from the disk.
        """
        async with self._order:
            failed, self._stage.health.recording = self._stage.health.recording, None
            if self.take is not None:
                ended = self.take.take
                await self._end(self.take)
            elif failed is not None:
                ended = failed.take
                self._stage.check_health()
            else:
                raise ConflictError("nothing is being recorded", code="recording_idle")
        self._tell()
        return await _on_disk(partial(takes.read_take, self._root, ended, self._growing()))

    async def list(self) -> tuple[TakeView, ...]:
        """Return all takes on the disk, the newest first; raises `StorageError`."""
        return await _on_disk(partial(takes.list_takes, self._root, self._growing()))

    async def find(self, take: str, file: str) -> Path:
        """Return a file of a take; raises `NotFoundError` if there is no such one."""
        return await _on_disk(partial(takes.find_file, self._root, take, file))

    async def delete(self, take: str) -> None:
        """Delete a take.

        Raises:
            NotFoundError: There is no such take.
            ConflictError: It is being recorded.
            StorageError: It cannot be deleted.
        """
        async with self._order:
            if self.take is not None and self.take.take == take:
                raise ConflictError(
                    "this take is being recorded", code="recording_runs", hint="Stop it first."
                )
            await _on_disk(partial(takes.delete_take, self._root, take))
        log.info("Take %s was deleted", take)

    def heard(self, process: str, status: RecordingStatus | None) -> None:
        """Take what relay or mixer says; None: it is not there."""
        self._heard.set()
        if status is None:
            self._said.pop(process, None)
            return
        before = self._said.get(process)
        self._said[process] = status
        if status.state is RecordingState.FAILED and self._runs(status):
            self._failed = self._failed or status
        if before is None or (before.take, before.state) != (status.take, status.state):
            self._woken.set()

    @property
    def confirmed(self) -> bool:
        """Whether relay or mixer say that they record the take."""
        said = self._said.values()
        return any(each.state is RecordingState.RECORDING and self._runs(each) for each in said)

    def _growing(self) -> set[tuple[str, str]]:
        """Return take and file of every piece that is being written, or has just been."""
        return {(said.take, each.file) for said in self._said.values() for each in said.pieces}

    def _runs(self, status: RecordingStatus) -> bool:
        return self.take is not None and self.take.take == status.take

    def _spec(self, take: Take) -> RecordingSpec:
        seats = [seat.name for seat in self._stage.settings.guests.seats]
        return RecordingSpec(
            take=take.take,
            started_ns=take.started_ns,
            folder=str(self._root / take.take),
            min_free_bytes=self._settings.min_free_bytes,
            max_bytes=self._settings.max_take_bytes,
            paths=tuple(path for seat in seats for path in (seat, screen_path(seat))),
            media=str(self._stage.settings.server.media_dir),
        )

    async def _bring(self) -> None:
        """Have the relay record what is to be recorded; a relay that is not there is told later."""
        async with self._bringing:
            spec = None if self.take is None else self._spec(self.take)
            said = self._said.get(RELAY)
            if said is None or said.take == ("" if spec is None else spec.take):
                return
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    self.heard(RELAY, await self._stage.relay.record(spec))
            except (StagedoorError, TimeoutError) as error:
                log.debug("What is to be recorded did not reach the relay: %s", error)

    async def _give_up(self) -> None:
        """End a take because relay or mixer could not go on with it."""
        failed, self._failed = self._failed, None
        if failed is None or self.take is None or not self._runs(failed):
            return
        log.error("Take %s stopped by itself: %s code=%s", failed.take, failed.reason, failed.code)
        self._stage.health.recording = failed
        await self._end(self.take.model_copy(update={"code": failed.code, "reason": failed.reason}))
        self._stage.check_health()

    async def _end(self, take: Take) -> None:
        self.take = None
        self._store.put_take(None)
        await self._mixing.recorded(None)
        await self._bring()
        await self._closed(take.take)
        log.info("Take %s ended", take.take)
        await self._write_end(take, self._stage.now_ms())

    async def _closed(self, take: str) -> None:
        """Return once the mixer has closed its pieces of a take, or has had its time for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while (said := self._said.get(MIXER)) is not None and said.take == take:
                    self._heard.clear()
                    await self._heard.wait()

    async def _first_frame(self, take: str) -> int | None:
        """Return the program frame that the mixer's file of a take begins with, once it has begun.

        None where that takes longer than an answer may, and where the mixer could not begin it.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_FRAME_WITHIN_S):
                while (said := self._said.get(MIXER)) is None or not _is_decided(said, take):
                    self._heard.clear()
                    await self._heard.wait()
                return _first_frame(said)
        return None

    def _keep(self) -> None:
        """Have written which take runs, and that it still does."""
        self._kept_ms = self._stage.now_ms()
        if self.take is not None:
            self._store.put_take(self.take.model_copy(update={"seen_ms": self._kept_ms}).model_dump_json())

    async def _write_end(self, take: Take, stopped_ms: int) -> None:
        ended = take.model_copy(update={"stopped_ms": stopped_ms})
        with contextlib.suppress(StorageError):
            # A disk that is full has the note of the take's beginning.
            await _on_disk(partial(takes.write_note, self._root, ended))

    def _tell(self) -> None:
        view = self._made()
        if view != self.view:
            self.view = view
            self._stage.events.recording(view)
            self._stage.on_studio()

    def _made(self) -> RecordingView | None:
        take, failed = self.take, self._stage.health.recording
        if take is None:
            return None if failed is None else _failed_view(failed)
        said = [each for each in self._said.values() if each.take == take.take]
        return RecordingView(
            state=RecordingState.RECORDING,
            take=take.take,
            label=take.label,
            started=datetime.fromtimestamp(take.started_ms / 1000, UTC),
            duration_ms=(time.monotonic_ns() - take.started_ns) // 1_000_000,
            size=max((each.take_bytes for each in said), default=0),
            free_bytes=min((each.free_bytes for each in said if each.free_bytes), default=0),
            pieces=tuple(piece for each in said for piece in each.pieces),
        )


def _is_decided(said: RecordingStatus, take: str) -> bool:
    """Tell whether a process has begun a take's program, or has failed to."""
    return said.take == take and (
        said.state is not RecordingState.RECORDING or _first_frame(said) is not None
    )


def _first_frame(said: RecordingStatus) -> int | None:
    frames = (piece.first_frame for piece in said.pieces if piece.path == PROGRAM)
    return next(frames, None)


def _failed_view(failed: RecordingStatus) -> RecordingView:
    return RecordingView(
        state=RecordingState.FAILED,
        take=failed.take,
        free_bytes=failed.free_bytes,
        code=failed.code,
        reason=failed.reason,
        hint=failed.hint,
    )


async def _on_disk(work: Callable[[], T]) -> T:
    """Do something in a thread; raises `StorageError` where the disk does not answer."""
    try:
        async with asyncio.timeout(DISK_WITHIN_S):
            return await asyncio.to_thread(work)
    except TimeoutError:
        raise StorageError(
            "the disk of the recordings does not answer",
            code="recordings_unwritable",
            hint="Look at the disk of recording.dir.",
        ) from None
