"""Buses as encoded sound, each on its way to one stream."""

from collections.abc import Callable, Mapping
from typing import Protocol

from stagedoor.media.packets import Packet
from stagedoor.mixer.sound.samples import Samples


class Encoder(Protocol):
    """Opus or AAC."""

    def encode(self, samples: Samples, at: int) -> list[Packet]:
        """Return the packets that come out once these samples, from program sample `at` on, have gone in."""


class SoundOutlets:
    """Encodes what is asked for; in the thread that mixes."""

    def __init__(self) -> None:
        self._outlets: Mapping[str, tuple[str, Encoder, Callable[[Packet], None]]] = {}

    def add(self, name: str, bus: str, encoder: Encoder, on_packet: Callable[[Packet], None]) -> None:
        """Encode a bus under a name of its own; one of the same name is replaced."""
        self._outlets = {**self._outlets, name: (bus, encoder, on_packet)}

    def remove(self, name: str) -> None:
        """Encode it no more; a name that is not there is none."""
        self._outlets = {key: outlet for key, outlet in self._outlets.items() if key != name}

    def block(self, at: int, sound: Mapping[str, Samples]) -> None:
        """Encode one block."""
        for bus, encoder, on_packet in self._outlets.values():
            samples = sound.get(bus)
            if samples is not None:
                for packet in encoder.encode(samples, at):
                    on_packet(packet)
