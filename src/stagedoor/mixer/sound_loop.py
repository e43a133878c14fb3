"""The thread that keeps the clock of sound: a block of every bus each 20 ms."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from stagedoor.ipc.queues import SoundTiming
from stagedoor.mixer.clock import SAMPLE_RATE, Clock, sleep_until
from stagedoor.mixer.sound.engine import Block, SoundEngine
from stagedoor.mixer.sound.samples import BLOCK
from stagedoor.precedence import come_first_in_python

logger = logging.getLogger(__name__)

BEHIND: Final = 10
"""Blocks that are caught up with after a stall; what is older is left out."""
FAILURES_A_LINE: Final = 500
"""Of blocks that fail one after the other so many make one line in the log."""


class TimeLine(Protocol):
    """Says when something's media times are due."""

    def offset(self, now_s: float, /) -> float:
        """Return program time minus media time, seconds, as it is now."""


class Voice(Protocol):
    """Something that can be heard."""

    @property
    def playout(self) -> TimeLine:
        """When its sound is due."""

    @property
    def sounds(self) -> bool:
        """Whether there is anything to be heard now."""


class SoundLoop:
    """Mixes until it is closed.

    Args:
        clock: When samples are due.
        engine: Mixes.
        voices: What can be heard, as it is now.
        on_block: Gets each block, in this thread.

    Attributes:
        newest_s: When the last block was there, seconds of `time.monotonic()`.
        skipped: Blocks that were left out.
        failed: Blocks that could not be mixed.
    """

    def __init__(
        self,
        clock: Clock,
        engine: SoundEngine,
        voices: Callable[[], Mapping[str, Voice]],
        on_block: Callable[[Block], None],
    ) -> None:
        self._clock = clock
        self._engine = engine
        self._voices = voices
        self._on_block = on_block
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self.newest_s = time.monotonic()
        self.skipped = 0
        self.failed = 0

    def timing(self, encoder_failures: int) -> SoundTiming:
        """Return how it does as a message, with the encoders' failures."""
        return SoundTiming(
            skipped_blocks=self.skipped, failed_blocks=self.failed, encoder_failures=encoder_failures
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; idempotent, and waits for the block that is being mixed."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        come_first_in_python()
        number = max(0, self._clock.block_at(time.monotonic_ns(), BLOCK) + 1)
        # A block can be mixed once its last sample is due: the sources' pictures are shown by the same time.
        while sleep_until(self._clock.sample_due_ns((number + 1) * BLOCK), self._stop):
            behind = self._clock.block_at(time.monotonic_ns(), BLOCK) - number
            if behind > BEHIND:
                self.skipped += behind
                number += behind
            self._block(number)
            number += 1

    def _block(self, number: int) -> None:
        """Mix a block; one that fails by a mistake of ours is missing, and the next goes on."""
        try:
            self._on_block(self._engine.block(number, self._offsets()))
            self.newest_s = time.monotonic()
        except Exception:
            if self.failed % FAILURES_A_LINE == 0:
                logger.exception("A block of sound could not be mixed")
            self.failed += 1

    def _offsets(self) -> dict[str, float]:
        now_s = time.monotonic()
        started_s = self._clock.started_ns / 1e9
        return {
            key: (voice.playout.offset(now_s) - started_s) * SAMPLE_RATE
            for key, voice in self._voices().items()
            if voice.sounds
        }
