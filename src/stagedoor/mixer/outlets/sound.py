"""Buses as encoded sound, each on its way to one stream."""

import logging
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from stagedoor.media.packets import Packet
from stagedoor.mixer.sound.samples import Samples

logger = logging.getLogger(__name__)

FAILURES_A_LINE: Final = 500
"""Of blocks that fail one after the other so many make one line in the log."""


class Encoder(Protocol):
    """Opus or AAC."""

    def encode(self, samples: Samples, at: int) -> list[Packet]:
        """Return the packets that come out once these samples, from program sample `at` on, have gone in."""


class SoundOutlets:
    """Encodes what is asked for; in the thread that mixes.

    Attributes:
        failures: Blocks that an encoder could not take.
    """

    def __init__(self) -> None:
        self.failures = 0
        self._outlets: Mapping[str, tuple[str, Encoder, Callable[[Packet], None]]] = {}

    def add(self, name: str, bus: str, encoder: Encoder, on_packet: Callable[[Packet], None]) -> None:
        """Encode a bus under a name of its own; one of the same name is replaced."""
        self._outlets = {**self._outlets, name: (bus, encoder, on_packet)}

    def remove(self, name: str) -> None:
        """Encode it no more; a name that is not there is none."""
        self._outlets = {key: outlet for key, outlet in self._outlets.items() if key != name}

    def block(self, at: int, sound: Mapping[str, Samples]) -> None:
        """Encode one block."""
        for name, (bus, encoder, on_packet) in self._outlets.items():
            samples = sound.get(bus)
            if samples is None:
                continue
            try:
                packets = encoder.encode(samples, at)
            except Exception:
                # One encoder that fails costs nobody else's sound.
                if self.failures % FAILURES_A_LINE == 0:
                    logger.exception("The sound of %s could not be encoded", name)
                self.failures += 1
                continue
            for packet in packets:
                on_packet(packet)
