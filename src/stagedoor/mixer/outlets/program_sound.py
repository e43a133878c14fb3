"""Program's sound, encoded once in each codec for all streams that have it."""

from collections.abc import Callable, Mapping
from functools import partial

from stagedoor.domain.hearing import PROGRAM_BUS
from stagedoor.media.packets import Codec, Packet
from stagedoor.mixer.outlets.sound import Encoder, SoundOutlets
from stagedoor.mixer.sound.codec import AacEncoder, OpusEncoder

OnPacket = Callable[[Packet], None]


class ProgramSound:
    """Hands each packet of program's sound to every stream that takes its codec.

    Args:
        sounds: Encodes.
        bitrate: Of each codec, bits a second.
    """

    def __init__(self, sounds: SoundOutlets, bitrate: int) -> None:
        self._sounds = sounds
        self._bitrate = bitrate
        self._takers: dict[Codec, Mapping[str, OnPacket]] = {Codec.OPUS: {}, Codec.AAC: {}}

    def give(self, stream: str, codec: Codec, on_packet: OnPacket | None) -> None:
        """Have a stream get the packets of Opus or AAC, or with None no more of them; on the loop.

        `on_packet` is called in the thread that mixes. What nobody takes is not encoded.
        """
        before = self._takers[codec]
        others = {name: taker for name, taker in before.items() if name != stream}
        self._takers[codec] = others if on_packet is None else {**others, stream: on_packet}
        if not self._takers[codec]:
            self._sounds.remove(_outlet(codec))
        elif not before:
            self._sounds.add(_outlet(codec), PROGRAM_BUS, self._encoder(codec), partial(self._hand_on, codec))

    def _encoder(self, codec: Codec) -> Encoder:
        return AacEncoder(self._bitrate) if codec is Codec.AAC else OpusEncoder(self._bitrate)

    def _hand_on(self, codec: Codec, packet: Packet) -> None:
        for on_packet in self._takers[codec].values():
            on_packet(packet)


def _outlet(codec: Codec) -> str:
    return f"program in {codec}"
