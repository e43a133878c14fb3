"""Clips as control has them steered."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from stagedoor.ipc.clips import ClipCommand, ClipMoved
from stagedoor.mixer.sources.rack import Rack

SHOWN_WITHIN_S: Final = 1.5
"""How long is waited for the first frame of a place; what lies far from a key frame takes its time."""


class Clips:
    """Steers them.

    Args:
        rack: All sources.
        changed: Called when something has changed.
    """

    def __init__(self, rack: Rack, changed: Callable[[], None]) -> None:
        self._rack = rack
        self._changed = changed

    async def steer(self, command: ClipCommand) -> ClipMoved:
        """Do something with a clip.

        Raises:
            StagedoorError: It cannot be done; see `Rack.steer`.
        """
        shown = self._rack.steer(command.source, command.action, command.at_s)
        frame: int | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_WITHIN_S):
                frame = await asyncio.wrap_future(shown)
        self._changed()
        return ClipMoved(frame=frame, clip=self._rack.clip(command.source))
