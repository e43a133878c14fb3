"""The newest meters, from the thread that mixes to whoever tells them."""

from dataclasses import dataclass, field

from stagedoor.ipc.mixer import Meter
from stagedoor.mixer.sound.engine import Block
from stagedoor.mixer.sound.meters import Level


@dataclass(slots=True)
class Levels:
    """What was measured last; `number` grows with each measurement."""

    number: int = 0
    meters: dict[str, Meter] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take note of a block that was measured."""
        if block.levels is None:
            return
        meters = {key: _meter(level) for key, level in block.levels.items()}
        if block.program is not None:
            meters["program"] = _meter(block.program, block.lufs)
        self.meters = meters
        self.number += 1


def _meter(level: Level, lufs: float | None = None) -> Meter:
    return Meter(peak=level.peak, rms=level.rms, lufs=lufs)
