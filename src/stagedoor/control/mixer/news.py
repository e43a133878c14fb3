"""What operators are told of the mixer: at once what is on air and the multiview's places, the rest soon."""

import asyncio
from collections.abc import Callable

from stagedoor.control.events import Events
from stagedoor.control.mixer.answers import MixerView
from stagedoor.ipc.mixer import MixerState

EVERY_S = 0.25


class MixerNews:
    """Tells operators what the mixer says.

    Args:
        events: Where they listen.
        view: Returns the mixer as the API shows it.
    """

    def __init__(self, events: Events, view: Callable[[], MixerView | None]) -> None:
        self._events = events
        self._view = view
        self._told: object = None
        self._pause: asyncio.TimerHandle | None = None
        self._waiting = False

    def take(self, state: MixerState | None) -> None:
        """Take note that the mixer has said something; None: it is not there any more."""
        now = None if state is None else _at_once(state)
        if now != self._told or self._pause is None:
            self._told = now
            self._tell()
        else:
            self._waiting = True

    def close(self) -> None:
        """Tell nothing any more; idempotent."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _tell(self) -> None:
        self.close()
        self._waiting = False
        self._events.mixer(self._view())
        self._pause = asyncio.get_running_loop().call_later(EVERY_S, self._paused)

    def _paused(self) -> None:
        self._pause = None
        if self._waiting:
            self._tell()


def _at_once(state: MixerState) -> tuple[object, ...]:
    scenes = state.program, state.preview, state.leaving
    return *scenes, state.to_black, state.on_program, state.on_preview, state.multiview
