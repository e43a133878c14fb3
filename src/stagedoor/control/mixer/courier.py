"""Brings the mixer what is wanted: whenever that changes, and again whenever the mixer has begun anew."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.errors import NotFoundError, RequestError, StagedoorError, UnavailableError
from stagedoor.domain.scene import Scene
from stagedoor.ipc.mixer import MixerState, Wanted
from stagedoor.ipc.mixer_client import MixerClient
from stagedoor.ipc.switching import Applied

T = TypeVar("T")

log = logging.getLogger(__name__)

TOGETHER_S = 0.005
"""What changes within this time goes together."""
ANSWER_WITHIN_S = 5.0
RETRY_AFTER_S = 0.25
SETTLED_WITHIN_S = 5.0
MOST_UNDER_WAY = 4
LONG_S = 0.1
"""How long the last one is waited for: it may have large pictures to make, which a mute does not wait for."""
CHANGED_WITHIN_S = 0.5
"""How long a command waits for what has changed of a scene that the mixer can show as it was."""


class Courier:
    """Each `Wanted` has everything that has changed until then; one that takes long is not waited for.

    The mixer makes them ready in turn, but who is heard is as the newest says at once.

    Args:
        client: The mixer.
        build: Makes what is wanted now, with a revision.
    """

    def __init__(self, client: MixerClient, build: Callable[[int], Wanted]) -> None:
        self._client = client
        self._build = build
        self._revision = 0
        self._wish = 1
        self._granted = self._answered = 0
        self._applied = Applied(frame=0)
        self._told: dict[str, Scene] = {}
        self._refusal: tuple[int, StagedoorError] | None = None
        self._there = asyncio.Event()
        self._woken = asyncio.Event()
        self._news = asyncio.Event()

    def changed(self) -> None:
        """Take note that something else is wanted."""
        self._wish += 1
        self._woken.set()

    def met(self, state: MixerState) -> None:
        """Take what the mixer says of itself; one that was not there before is told everything again."""
        self._revision = max(self._revision, state.revision)
        if not self._there.is_set():
            self._granted = self._answered = 0
            self._told = {}
            self._woken.set()
        self._there.set()

    def follows(self, state: MixerState) -> bool:
        """Tell whether what the mixer says is of a time at which it knew how to begin."""
        return bool(self._told) and state.frame >= self._applied.frame

    def lost(self) -> None:
        """Take note that the mixer cannot be reached."""
        self._there.clear()
        self._tell()

    async def with_scene(self, scene: Scene, send: Callable[[], Awaitable[T]]) -> T:
        """Send something about a scene: at once where the mixer has it as it is here.

        Raises:
            UnavailableError: The mixer is not there, or has not taken the scene up in its time.
        """
        await self._known(scene)
        try:
            return await send()
        except NotFoundError:
            raise UnavailableError(
                f"the mixer has no scene {scene.id} yet",
                code="mixer_unavailable",
                hint="It is still busy with what was set before, or begins anew; try again.",
            ) from None

    async def applied(self) -> Applied:
        """Return what the mixer answered, once it has everything that was wanted until now.

        Raises:
            UnavailableError: The mixer is not there, or does not answer.
            StagedoorError: It refuses what is wanted.
        """
        wish = self._wish
        await self._brought(wish)
        if self._refusal is not None and self._refusal[0] >= wish:
            raise self._refusal[1]
        return self._applied

    async def run(self) -> None:
        """Bring what is wanted, until cancelled."""
        under_way: list[asyncio.Task[None]] = []
        async with asyncio.TaskGroup() as group:
            while True:
                await self._woken.wait()
                await self._there.wait()
                await asyncio.sleep(TOGETHER_S)
                under_way = await self._soon(under_way)
                self._woken.clear()
                if self._granted < self._wish:
                    under_way.append(group.create_task(self._deliver(), name="wanted"))

    async def _soon(self, under_way: list[asyncio.Task[None]]) -> list[asyncio.Task[None]]:
        """Wait for those that are under way, but not long; return those that still are, with room for one."""
        if any(not task.done() for task in under_way):
            await asyncio.wait(under_way[-1:], timeout=LONG_S)
        left = [task for task in under_way if not task.done()]
        if len(left) >= MOST_UNDER_WAY:
            # Who is heard has come with it, and whatever else it wanted comes with the next one.
            await cancel_and_wait(left.pop())
        return left

    async def _deliver(self) -> None:
        if not await self._bring():
            await asyncio.sleep(RETRY_AFTER_S)
            self._woken.set()

    async def _bring(self) -> bool:
        wish = self._wish
        self._revision += 1
        wanted = self._build(self._revision)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                applied = await self._client.want(wanted)
        except (UnavailableError, TimeoutError) as error:
            log.debug("What is wanted did not reach the mixer: %s", error)
            return self._granted >= wish
        except StagedoorError as error:
            return self._granted >= wish or self._refused(wish, error)
        if wish > self._granted:
            self._refusal, self._granted, self._applied = None, wish, applied
            self._told = {scene.id: scene for scene in wanted.scenes}
            self._tell_answered(wish)
        return True

    def _refused(self, wish: int, error: StagedoorError) -> bool:
        """Tell whoever waits; return whether it is refused for good, which a failure is not."""
        if self._refusal is None or self._refusal[1].code != error.code:
            log.error("The mixer refuses what is wanted: %s", error)
        self._refusal = (wish, error)
        is_final = isinstance(error, RequestError)
        if is_final:
            self._granted = wish
        self._tell_answered(wish)
        return is_final

    async def _brought(self, wish: int) -> None:
        try:
            async with asyncio.timeout(SETTLED_WITHIN_S):
                while self._there.is_set() and self._answered < wish:
                    await self._news.wait()
        except TimeoutError:
            raise self._absent() from None
        if not self._there.is_set():
            raise self._absent()

    async def _known(self, scene: Scene) -> None:
        """Return once the mixer has a scene as it is here, or has had its time to take it."""
        wish = self._wish
        within = CHANGED_WITHIN_S if scene.id in self._told else SETTLED_WITHIN_S
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._there.is_set() and self._answered < wish and self._told.get(scene.id) != scene:
                    await self._news.wait()
        if not self._there.is_set():
            raise self._absent()

    def _tell_answered(self, wish: int) -> None:
        self._answered = max(self._answered, wish)
        self._tell()

    def _tell(self) -> None:
        """Wake everybody who waits."""
        self._news.set()
        self._news = asyncio.Event()

    def _absent(self) -> UnavailableError:
        return UnavailableError(
            "the mixer does not answer at the moment",
            code="mixer_unavailable",
            hint="It is restarted by itself, on the same scene; what was set is kept until then.",
        )
