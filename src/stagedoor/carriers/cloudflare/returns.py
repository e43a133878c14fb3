"""Returns: paths of the hub go to the SFU once, and each guest pulls picture and own sound from there."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from itertools import count
from types import TracebackType
from typing import Any, Final, Self

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.carriers.cloudflare import failures
from stagedoor.carriers.cloudflare.failures import Fate, fate, retry_after
from stagedoor.carriers.cloudflare.pushing import OpenReader, Pushing
from stagedoor.carriers.cloudflare.session import SfuSession, Source
from stagedoor.carriers.cloudflare.viewer import Viewer, paths_in
from stagedoor.carriers.cloudflare.way import Way
from stagedoor.domain.errors import (
    CapacityError,
    CarrierError,
    ConflictError,
    NoRestartError,
    NotFoundError,
)
from stagedoor.ipc.messages import (
    FragmentAnswer,
    FragmentRequest,
    SessionAnswer,
    ViewerRequest,
    ViewerStatus,
)
from stagedoor.rtc.sdp.fragment import parse_fragment
from stagedoor.rtc.sdp.offer import Offer, parse_offer

logger = logging.getLogger(__name__)

OPEN_WITHIN_S: Final = 13.0
"""Less than control waits."""
SETTLE_S: Final = 5.0
"""How long both tracks of a return are tried for before one alone is taken."""
BOTH_WITHIN_S: Final = 1.5
"""Where one of them is published, the other comes soon, or not at all."""
COMPARE_EVERY_S: Final = 1.0
ASK_EVERY_S: Final = 10.0
"""How often the SFU is asked whether a guest is still there."""
SILENT_MOST: Final = 3
"""So many answers in a row may be missing before a guest counts as gone."""
IDLE_S: Final = 10.0
"""How long pushing goes on although nobody pulls."""
MOST_VIEWERS: Final = 64


class Returns:
    """Answers guests who watch their return by way of the SFU; an async context manager.

    What a guest pulls is compared with what is pushed again and again, so that whoever was answered from a
    session that is gone since, or is short of a track, is moved to where it is now.

    Args:
        way: The SFU.
        open_reader: Opens a path of the hub.
    """

    def __init__(self, way: Way, open_reader: OpenReader) -> None:
        self._way = way
        self._changed = asyncio.Event()
        self._pushing = Pushing(way, open_reader, self._changed.set)
        self._viewers: dict[str, Viewer] = {}
        self._opening: set[str] = set()
        self._idle_since = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        _ = self._own(self._compare_regularly()), self._own(self._ask_regularly())
        return self

    def _own(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something until it ends or all of this does; a failure of it is a bug, and is seen."""
        task = asyncio.get_running_loop().create_task(work, name="returns")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("The returns could not be looked after", exc_info=error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await cancel_and_wait(*self._tasks)
        for viewer in tuple(self._viewers.values()):
            self._forget(viewer, "shutdown")
        await self._pushing.drop()

    def __contains__(self, viewer: str) -> bool:
        return viewer in self._viewers

    def invited(self) -> tuple[ViewerStatus, ...]:
        """Return the viewers that came with an invite."""
        requests = (each.request for each in self._viewers.values())
        return tuple(
            ViewerStatus(viewer=each.viewer, path=each.path, invite=each.invite)
            for each in requests
            if each.invite
        )

    async def open(self, request: ViewerRequest) -> SessionAnswer:
        """Answer a guest's offer for the own return.

        Raises:
            NotFoundError: The path is no return, or nothing is published to it.
            NegotiationError: The offer asks for neither picture nor sound.
            CapacityError: There are too many viewers already.
            ConflictError: The id is in use.
            CarrierError: Cloudflare refuses, or does not answer.
        """
        if request.viewer in self._viewers or request.viewer in self._opening:
            raise ConflictError("this viewer is there already", code="viewer_exists")
        if len(self._viewers) + len(self._opening) >= MOST_VIEWERS:
            raise CapacityError(f"{MOST_VIEWERS} guests are watching already", code="too_many_viewers")
        self._opening.add(request.viewer)
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                return await self._answer_in_time(request)
        except TimeoutError as error:
            raise failures.TIMED_OUT.error() from error
        finally:
            self._opening.discard(request.viewer)

    async def _answer_in_time(self, request: ViewerRequest) -> SessionAnswer:
        offer, began = parse_offer(request.offer), time.monotonic()
        paths = paths_in(offer, request.path, request.picture)
        for attempt in count():
            passed_s = time.monotonic() - began
            try:
                await self._pushing.have(paths.values())
                if passed_s < BOTH_WITHIN_S and self._is_half(paths):
                    answer = None
                else:
                    answer = await self._answer(request, offer, paths, whole=passed_s < SETTLE_S)
            except CarrierError as error:
                if fate(error) is Fate.STOP:
                    raise
            else:
                if answer is not None:
                    return answer
            await asyncio.sleep(retry_after(attempt))
        raise AssertionError

    def _is_half(self, paths: dict[str, str]) -> bool:
        """Tell whether there is one track and not the other, for which no section could be filled later."""
        there = [self._pushing.source(path) is not None for path in paths.values()]
        return any(there) and not all(there)

    async def _answer(
        self, request: ViewerRequest, offer: Offer, paths: dict[str, str], *, whole: bool
    ) -> SessionAnswer | None:
        """One try; None where a track could not be had and `whole` wants all of them."""
        sources = {mid: source for mid, path in paths.items() if (source := self._pushing.source(path))}
        if whole and request.picture in paths.values() and self._pushing.source(request.picture) is None:
            # The mixer begins with it as soon as somebody wants it; it could not be added later.
            return None
        if not sources:
            raise NotFoundError("nothing is published there", code="path_unknown")
        session = await SfuSession.create(self._way.api, self._way.janitor)
        try:
            answer, outcomes = await session.pull_by_offer(sources, request.offer)
        except BaseException:
            session.retire()
            raise
        had = {mid: source for mid, source in sources.items() if outcomes[mid].meaning is None}
        refused = {mid: source for mid, source in sources.items() if mid not in had}
        if whole and refused:
            session.retire()
            return None
        ufrag = next((s.transport.ufrag for s in offer.sections if s.transport.ufrag), "")
        self._viewers[request.viewer] = Viewer(request, ufrag, session, paths, had, refused)
        logger.info("A guest watches %s by Cloudflare", request.path)
        return SessionAnswer(id=request.viewer, answer=answer, etag=request.viewer)

    async def patch(self, viewer: str, request: FragmentRequest) -> FragmentAnswer:
        """Take candidates, which the SFU does not need.

        Raises:
            NoRestartError: An ICE restart is asked for, which the SFU does not know.
        """
        found = self._get(viewer)
        given = parse_fragment(request.fragment)
        if given.ufrag and given.ufrag != found.ufrag:
            raise NoRestartError("Cloudflare knows no ICE restart", hint="Open a new session.")
        return FragmentAnswer(fragment=None, etag=found.id)

    async def close(self, viewer: str) -> None:
        """End a guest's watching."""
        self._forget(self._get(viewer), "left")

    def _get(self, viewer: str) -> Viewer:
        found = self._viewers.get(viewer)
        if found is None:
            raise NotFoundError("there is no such viewer", code="viewer_unknown")
        return found

    def _forget(self, viewer: Viewer, reason: str) -> None:
        if self._viewers.pop(viewer.id, None) is None:
            return
        if viewer.moving is not None:
            viewer.moving.cancel()
        viewer.session.retire()
        logger.info("A guest watches %s no more: %s", viewer.request.path, reason)

    # What goes on in the background

    async def _compare_regularly(self) -> None:
        while True:
            self._changed.clear()
            try:
                self._count()
                await self._compare()
            except (CarrierError, CapacityError, TimeoutError) as error:
                logger.warning("The returns cannot be pushed at the moment: %s", error)
            # A bug for one guest must not end what is done for all.
            except Exception:
                logger.exception("The returns could not be looked after")
            try:
                async with asyncio.timeout(COMPARE_EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _compare(self) -> None:
        """Have pushed what is wanted, and pulled what is pushed."""
        if self._viewers or self._opening:
            self._idle_since = time.monotonic()
        elif time.monotonic() - self._idle_since > IDLE_S and not self._pushing.is_idle:
            await self._pushing.drop()
        if not self._viewers:
            return
        await self._pushing.have({path for each in self._viewers.values() for path in each.paths.values()})
        for viewer in tuple(self._viewers.values()):
            wanted = self._misplaced(viewer)
            if wanted.keys() - viewer.sources.keys():
                # A section that was left empty is never filled; whoever comes again gets all.
                self._forget(viewer, "more is there than it was answered with")
            elif wanted and viewer.moving is None and time.monotonic() >= viewer.move_at:
                viewer.moving = self._own(self._move(viewer, wanted))

    def _misplaced(self, viewer: Viewer) -> dict[str, Source]:
        known = viewer.refused | viewer.sources
        sources = ((mid, self._pushing.source(path)) for mid, path in viewer.paths.items())
        return {mid: source for mid, source in sources if source and known.get(mid) != source}

    async def _move(self, viewer: Viewer, wanted: dict[str, Source]) -> None:
        """Have a guest's tracks come from where they are now; what is not there yet is tried again."""
        try:
            wrong = await viewer.session.update(wanted)
        finally:
            viewer.moving = None
        if wrong is None:
            viewer.sources |= wanted
            viewer.tries = 0
        elif wrong.fate is Fate.AGAIN:
            viewer.move_at = time.monotonic() + retry_after(viewer.tries)
            viewer.tries += 1
        else:
            self._forget(viewer, f"it could not be moved to the new session ({wrong.code})")

    async def _ask_regularly(self) -> None:
        """Ask the SFU after whoever has not been asked after for the longest time."""
        while True:
            await asyncio.sleep(COMPARE_EVERY_S)
            viewer = min(self._viewers.values(), key=lambda each: each.asked_at, default=None)
            if viewer is None or time.monotonic() - viewer.asked_at < ASK_EVERY_S:
                continue
            viewer.asked_at = time.monotonic()
            alive = await viewer.session.is_alive()
            viewer.silent = viewer.silent + 1 if alive is None else 0
            if alive is False or viewer.silent > SILENT_MOST:
                self._forget(viewer, "it has vanished")

    def _count(self) -> None:
        for path, size in self._pushing.sent().items():
            watching = sum(path in viewer.paths.values() for viewer in self._viewers.values())
            self._way.janitor.journal.count(returned=size * watching)
