"""The newest meters, from the thread that mixes to whoever tells them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from stagedoor.domain.ids import is_path
from stagedoor.ipc.mixer import Meter
from stagedoor.mixer.sound.engine import Block


@dataclass(slots=True)
class Levels:
    """What was measured last.

    Attributes:
        tells: Whether anything is said of a source; of what is none, as its name shows, never.
        number: Grows with each measurement.
        meters: By source, and of program.
    """

    tells: Callable[[str], bool] = is_path
    number: int = 0
    meters: dict[str, Meter] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take note of a block that was measured."""
        if block.levels is None:
            return
        meters = {
            key: Meter(peak=level.peak, rms=level.rms, reduced_db=round(block.reduced.get(key, 0.0), 1))
            for key, level in block.levels.items()
            if self.tells(key)
        }
        if block.program is not None:
            meters["program"] = Meter(peak=block.program.peak, rms=block.program.rms, lufs=block.lufs)
        self.meters = meters
        self.number += 1
