"""The pictures beside program's that are encoded while somebody watches them."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from stagedoor.domain.ids import MULTIVIEW
from stagedoor.ipc.queues import QueueStatus
from stagedoor.media.packets import Packet
from stagedoor.mixer.encode.encoders import VideoFormat
from stagedoor.mixer.encode.video import VideoEncoder
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.precedence import OF_MULTIVIEW, OF_RETURNS
from stagedoor.mixer.program import Shown
from stagedoor.settings.mixer import MixerSettings

RETURN: Final = "return"
JOIN_WITHIN_S: Final = 2.0

OnPicture = Callable[[Planes, int], None]
"""Gets each picture with its number."""


class Drawing(Protocol):
    """What draws a picture in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


Draw = Callable[[str, OnPicture], Drawing]
"""Makes what draws the picture of a name."""


class Pictures:
    """The returns' pictures and the multiview; each runs while it is wanted.

    One of the returns is program's picture; each other one is the source from outside whose name it has.

    Args:
        settings: How they are encoded.
        draw: Makes what draws the picture of a name, of all but program's.
        on_packet: Gets each packet with the name of its picture, in an encoder's thread.
    """

    def __init__(
        self,
        settings: MixerSettings,
        draw: Draw,
        on_packet: Callable[[str, Packet], None],
    ) -> None:
        self._settings = settings
        self._draw = draw
        self._on_packet = on_packet
        self._encoders: dict[str, VideoEncoder] = {}
        self._drawings: dict[str, Drawing] = {}
        self._returned = -1

    async def have(self, wanted: frozenset[str]) -> None:
        """Encode these and no others."""
        for name in self._encoders.keys() - wanted:
            await asyncio.to_thread(self._stop, name)
        for name in wanted - self._encoders.keys():
            self._start(name)

    @property
    def queues(self) -> tuple[QueueStatus, ...]:
        """What waits to be encoded."""
        return tuple(encoder.queue for encoder in tuple(self._encoders.values()))

    def want_key_frame(self, name: str) -> None:
        """Have a picture's next frame be a key frame."""
        encoder = self._encoders.get(name)
        if encoder is not None:
            encoder.want_key_frame()

    def frame(self, shown: Shown) -> None:
        """Take a program frame, for the returns; in program's thread."""
        encoder = self._encoders.get(RETURN)
        if encoder is None:
            return
        number = shown.number * _rate(self._settings) // self._settings.frame_rate
        if number != self._returned:
            self._returned = number
            encoder.put(shown.canvas.frame, number)

    def _start(self, name: str) -> None:
        form = _multiview_format(self._settings) if name == MULTIVIEW else _return_format(self._settings)
        gives_way = OF_MULTIVIEW if name == MULTIVIEW else OF_RETURNS
        encoder = VideoEncoder(name, form, lambda packet: self._on_packet(name, packet), gives_way=gives_way)
        encoder.start()
        self._encoders[name] = encoder
        if name != RETURN:
            drawing = self._draw(name, lambda planes, number: encoder.put(planes.frame, number))
            self._drawings[name] = drawing
            drawing.start()

    def _stop(self, name: str) -> None:
        if (drawing := self._drawings.pop(name, None)) is not None:
            drawing.stop()
        # Whoever closes everything may be here at the same time.
        if (encoder := self._encoders.pop(name, None)) is not None:
            encoder.stop()
            encoder.join(JOIN_WITHIN_S)


def _rate(settings: MixerSettings) -> int:
    return min(settings.returns.frame_rate, settings.frame_rate)


def _return_format(settings: MixerSettings) -> VideoFormat:
    returns, rate = settings.returns, _rate(settings)
    return VideoFormat(
        returns.width,
        returns.height,
        rate,
        returns.bitrate,
        returns.key_interval_s * rate,
        profile="baseline",
        threads=1,
    )


def _multiview_format(settings: MixerSettings) -> VideoFormat:
    multiview = settings.multiview
    return VideoFormat(
        multiview.width,
        multiview.height,
        multiview.frame_rate,
        multiview.bitrate,
        2 * multiview.frame_rate,
        preset="superfast",
        profile="baseline",
        threads=1,
    )
