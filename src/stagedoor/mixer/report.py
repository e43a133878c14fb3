"""Everything that is so in the mixer now, as control is told it."""

import os
import time
from dataclasses import dataclass
from typing import TypedDict

from stagedoor import __version__
from stagedoor.ipc.mixer import MixerState
from stagedoor.ipc.switching import Settled
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.drawings import Drawings
from stagedoor.mixer.outlets.outlets import Outlets
from stagedoor.mixer.program import Program
from stagedoor.mixer.routing import Routing
from stagedoor.mixer.second import SecondCanvas
from stagedoor.mixer.sound_loop import SoundLoop
from stagedoor.mixer.sources.rack import Rack
from stagedoor.mixer.switcher import Switcher
from stagedoor.settings.mixer import MixerSettings


class _Shown(TypedDict):
    frame: int
    program: str
    preview: str
    settled: Settled
    position: float | None
    leaving: str
    black: float
    to_black: bool
    on_preview: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Asks the mixer's parts; on the loop."""

    settings: MixerSettings
    clock: Clock
    rack: Rack
    program: Program
    second: SecondCanvas
    drawings: Drawings
    routing: Routing
    outlets: Outlets
    sound_loop: SoundLoop

    def state(self, revision: int) -> MixerState:
        """Return everything that is so now; `revision` is that of what was wanted last."""
        overlays, outlets = self.program.overlays, self.outlets
        return MixerState(
            pid=os.getpid(),
            version=__version__,
            revision=revision,
            started_ns=self.clock.started_ns,
            width=self.settings.width,
            height=self.settings.height,
            frame_rate=self.settings.frame_rate,
            second_canvas=self.second.told,
            second_dropped=self.second.dropped,
            black_is_silent=self.routing.black_is_silent,
            on_program=tuple(sorted(self.drawings.on_air)),
            heard=self.routing.heard,
            returns=self.routing.returns,
            overlays=overlays.on,
            over=overlays.over,
            tickers=overlays.tickers,
            sources=self.rack.statuses(time.monotonic()),
            multiview=self.drawings.cells,
            destinations=outlets.destinations,
            recording=outlets.recording,
            timing=self.program.lateness.timing(outlets.dropped, outlets.encoder_failures),
            sound=self.sound_loop.timing(outlets.sound_failures),
            queues=(*self.second.queues, *outlets.queues),
            encoding=outlets.encoding,
            **self._shown(),
        )

    def _shown(self) -> _Shown:
        """Return what the newest frame shows."""
        newest = self.program.newest
        switcher, shot = (newest.switcher, newest.shot) if newest else (Switcher(), None)
        moving = shot is not None and switcher.transition is not None
        return {
            "frame": newest.number if newest else 0,
            "program": switcher.preview if moving else switcher.program,
            "preview": switcher.preview,
            "settled": switcher.settled,
            "position": shot.position if shot is not None and moving else None,
            "leaving": switcher.leaving(newest.number) if newest else "",
            "black": shot.black if shot else 0.0,
            "to_black": switcher.fade.to_black,
            "on_preview": tuple(sorted(self.drawings.visible(switcher.preview))),
        }
