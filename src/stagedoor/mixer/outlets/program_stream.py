"""Program, encoded once for everybody, and only while there is anybody."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.hearing import PROGRAM_BUS
from stagedoor.domain.ids import PROGRAM
from stagedoor.mixer.encode.video import VideoEncoder, VideoFormat
from stagedoor.mixer.outlets.pictures import JOIN_WITHIN_S
from stagedoor.mixer.outlets.sound import SoundOutlets
from stagedoor.mixer.outlets.stream import Bridge, Stream
from stagedoor.mixer.program import Shown
from stagedoor.mixer.sound.codec import AacEncoder, OpusEncoder
from stagedoor.settings.mixer import MixerSettings

logger = logging.getLogger(__name__)

IDLE_S: Final = 10.0
"""How long program goes on being encoded after the last one who wanted it has gone."""
_AAC: Final = "program-aac"

Publish = Callable[[Stream], Coroutine[Any, Any, None]]


class ProgramStream:
    """Encodes program's picture and sound; it runs from the start, until it is known that nobody wants it.

    Args:
        settings: How it is encoded.
        sounds: Encodes its sound.
        group: Runs what publishes, and the wait before it ends.
        publish: Publishes it to the hub until cancelled.

    Attributes:
        stream: What others read.
    """

    def __init__(
        self, settings: MixerSettings, sounds: SoundOutlets, group: asyncio.TaskGroup, publish: Publish
    ) -> None:
        self._settings = settings
        self._sounds = sounds
        self._group = group
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._publishing: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._has_aac = False
        self._runs = False
        self.stream = Stream(PROGRAM, lambda: self._encoder.want_key_frame())
        form = _format(settings)
        self._encoder = VideoEncoder(PROGRAM, form, Bridge(self.stream, self._loop), is_first=True)

    @property
    def dropped(self) -> int:
        """Pictures that were never encoded."""
        return self._encoder.dropped

    @property
    def failures(self) -> int:
        """Times that the encoder was opened anew."""
        return self._encoder.failures

    def open(self) -> None:
        """Begin."""
        self._encoder.start()
        self._begin()

    async def need(self, *, anybody: bool, aac: bool) -> None:
        """Encode while anybody wants program; with AAC beside Opus for those who take nothing else."""
        if anybody:
            if self._ending is not None:
                await cancel_and_wait(self._ending)
                self._ending = None
            self._begin()
        elif self._runs and self._ending is None:
            self._ending = self._group.create_task(self._end_later(), name="program ends")
        self._have_aac(aac)

    def frame(self, shown: Shown) -> None:
        """Take a program frame; in program's thread."""
        if self._runs:
            self._encoder.put(shown.canvas.frame, shown.number)

    async def aclose(self) -> None:
        """End everything; idempotent."""
        await cancel_and_wait(*(task for task in (self._ending, self._publishing) if task is not None))
        self._ending = self._publishing = None
        self._encoder.stop()
        if not await asyncio.to_thread(self._encoder.join, JOIN_WITHIN_S):
            logger.warning("Program's encoder has not ended in time")

    def _begin(self) -> None:
        if self._runs:
            return
        bridge = Bridge(self.stream, self._loop)
        self._sounds.add(PROGRAM, PROGRAM_BUS, OpusEncoder(self._settings.audio_bitrate), bridge)
        self._encoder.want_key_frame()
        self._publishing = self._group.create_task(self._publish(self.stream), name=PROGRAM)
        self._runs = True

    async def _end_later(self) -> None:
        await asyncio.sleep(IDLE_S)
        self._runs = False
        self._sounds.remove(PROGRAM)
        # Whoever comes later must not begin with what was on air before.
        self.stream.forget()
        publishing, self._publishing = self._publishing, None
        self._ending = None
        if publishing is not None:
            await cancel_and_wait(publishing)

    def _have_aac(self, wanted: bool) -> None:
        if wanted and not self._has_aac:
            encoder = AacEncoder(self._settings.audio_bitrate)
            self._sounds.add(_AAC, PROGRAM_BUS, encoder, Bridge(self.stream, self._loop))
        elif not wanted:
            self._sounds.remove(_AAC)
        self._has_aac = wanted


def _format(settings: MixerSettings) -> VideoFormat:
    return VideoFormat(
        settings.width,
        settings.height,
        settings.frame_rate,
        settings.bitrate,
        settings.key_interval_s * settings.frame_rate,
        settings.preset,
    )
