"""One child process: started, waited for, watched, started again, and ended in bounded time."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from stagedoor.aio.backoff import Backoff
from stagedoor.domain.errors import StagedoorError, UnavailableError
from stagedoor.exits import Exit

log = logging.getLogger(__name__)

_FINAL = {
    Exit.SETTINGS: "bad_settings",
    Exit.ADDRESS: "port_busy",
    Exit.DATA_DIR: "data_dir_unusable",
}
"""Exit codes of a child that starting it again would not change, with what our own error is then called."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a process does not run any more; `code` is None if we ended it."""

    words: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Every wait of the supervision, in seconds.

    Attributes:
        start_within: From a child's start until it must be ready.
        first_tries: Starts of a vital child that has never been ready before the program gives up.
        ready_every: Between two looks whether a starting child is ready.
        alive_every: Between two looks whether a ready child still answers.
        hung_after: A ready child that has not answered for this long, `misses` times in a row, is killed and
            started again.
        misses: One look in vain proves nothing: the machine may have been busy, or asleep.
        close_within: From the request to end until a child is killed.
        backoff_first: The wait before the second new start, the first being at once; doubled each time.
        backoff_most: The longest one.
        healthy_after: A child that was ready for this long starts at once again.
    """

    start_within: float = 30.0
    first_tries: int = 3
    ready_every: float = 0.05
    alive_every: float = 1.0
    hung_after: float = 6.0
    misses: int = 2
    close_within: float = 4.0
    backoff_first: float = 0.1
    backoff_most: float = 5.0
    healthy_after: float = 5.0


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run, and how to see that it works.

    Attributes:
        name: For the log.
        argv: The program and its arguments.
        alive: Whether it answers; must be bounded by itself.
        environment: Variables for it; None for our own.
        prepare: Called in a thread before each start.
        diagnose: Called in a thread; raises the error that explains why it cannot start, if there is one.
        vital: Whether the program ends where it cannot be brought up. One that is not is tried for ever; only
            settings that make its very first start impossible end the program.
    """

    name: str
    argv: tuple[str, ...]
    alive: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] | None = None
    prepare: Callable[[], None] = lambda: None
    diagnose: Callable[[], None] = lambda: None
    vital: bool = True


@dataclass(slots=True)
class Child:
    """Keeps one process running.

    Attributes:
        ready: Set while the process answers.
        tried: Set once it has answered, or its first start has failed.
        pid: Of the process that runs now; None between two.
        starts: How often it was started.
    """

    spec: ChildSpec
    timing: Timing = field(default_factory=Timing)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    pid: int | None = None
    starts: int = 0
    _was_ready: bool = False
    _ready_since: float | None = None

    async def run(self) -> None:
        """Start the process, again whenever it ends, until cancelled; then end it.

        Raises:
            UnavailableError: It was never ready, and a new try would not help or `first_tries` are over.
            StagedoorError: Whatever `prepare` or `diagnose` raises before it was ready for the first time; later
                the others go on, and it is tried again.
        """
        backoff = Backoff(self.timing.backoff_first, self.timing.backoff_most)
        while True:
            ending = await self._try()
            if not self._was_ready:
                await asyncio.to_thread(self.spec.diagnose)
                self._give_up_if_hopeless(ending)
            self.tried.set()
            wait = self._wait(backoff)
            log.warning("The %s process %s; it starts again in %.1f s", self.spec.name, ending.words, wait)
            await asyncio.sleep(wait)

    def _wait(self, backoff: Backoff) -> float:
        """Seconds until the next start: none for a child that did its work before it ended."""
        since, self._ready_since = self._ready_since, None
        if since is not None and (self.starts == 1 or time.monotonic() - since >= self.timing.healthy_after):
            backoff.reset()
            return 0.0
        return backoff.next()

    def kill(self) -> None:
        """End the process at once."""
        if self.pid is not None:
            _kill_group(self.pid)

    async def _try(self) -> Ending:
        """Prepare and run the process; where it ran before, what keeps it from starting is an ending like any other."""
        try:
            await asyncio.to_thread(self.spec.prepare)
            return await self._once()
        except (StagedoorError, OSError) as error:
            if not self._was_ready:
                raise
            return Ending(f"cannot be started: {error}")

    async def _once(self) -> Ending:
        """Run the process until it ends, and return why it did."""
        process = await asyncio.create_subprocess_exec(
            *self.spec.argv,
            stdin=asyncio.subprocess.DEVNULL,
            # What a child prints is a mistake, and belongs with the log rather than behind the banner.
            stdout=2,
            env=self.spec.environment,
            # Ctrl-C reaches only the supervisor, which ends its children in order.
            start_new_session=True,
        )
        self.pid = process.pid
        self.starts += 1
        try:
            return await self._watched(process)
        finally:
            self.ready.clear()
            await self._end(process)
            self.pid = None

    async def _watched(self, process: asyncio.subprocess.Process) -> Ending:
        ended = asyncio.ensure_future(process.wait())
        watcher = asyncio.ensure_future(self._watch(process.pid))
        try:
            await asyncio.wait((ended, watcher), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return _ending(ended.result())
            return watcher.result()
        finally:
            for task in (ended, watcher):
                task.cancel()
            await asyncio.gather(ended, watcher, return_exceptions=True)

    async def _watch(self, pid: int) -> Ending:
        """Return when the process is not what it should be; set `ready` meanwhile."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while not await self.spec.alive():
            if loop.time() - started > self.timing.start_within:
                return Ending(f"was not ready within {self.timing.start_within:.0f} s")
            await asyncio.sleep(self.timing.ready_every)
        log.info(
            "The %s process is ready after %.1f s (process %d)", self.spec.name, loop.time() - started, pid
        )
        self._was_ready = True
        self._ready_since = time.monotonic()
        self.ready.set()
        self.tried.set()
        await self._hangs()
        # It would not hear that it is asked to end.
        self.kill()
        return Ending(f"has not answered for {self.timing.hung_after:.0f} s")

    async def _hangs(self) -> None:
        """Return when the process answers no more."""
        loop = asyncio.get_running_loop()
        answered, misses = loop.time(), 0
        while misses < self.timing.misses or loop.time() - answered <= self.timing.hung_after:
            await asyncio.sleep(self.timing.alive_every)
            if await self.spec.alive():
                answered, misses = loop.time(), 0
            else:
                misses += 1

    def _give_up_if_hopeless(self, ending: Ending) -> None:
        final = next((name for code, name in _FINAL.items() if code == ending.code), None)
        if self.spec.vital:
            hopeless = final is not None or self.starts >= self.timing.first_tries
        else:
            hopeless = final is not None and self.starts == 1
        if hopeless:
            raise UnavailableError(
                f"the {self.spec.name} process {ending.words}",
                code=final or "child_failed",
                hint="The log above says why.",
            )

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Ask the process to end, and kill it if it does not."""
        if process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(self.timing.close_within):
                await process.wait()
        except TimeoutError:
            log.warning("The %s process did not end in time and is killed", self.spec.name)
        finally:
            if process.returncode is None:
                _kill_group(process.pid)
        await process.wait()


def _ending(code: int) -> Ending:
    if code < 0:
        return Ending(f"was ended by {signal.Signals(-code).name}", code)
    return Ending(f"ended with exit code {code}", code)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # It ended in the same moment; macOS says that of a group of zombies by "not permitted".
        return
