"""Program and the second canvas, each encoded once for everybody, and only while there is anybody."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.encoding import Encoding
from stagedoor.ipc.queues import QueueStatus
from stagedoor.media.packets import Codec
from stagedoor.mixer.encode.encoders import canvas_format
from stagedoor.mixer.encode.video import VideoEncoder
from stagedoor.mixer.outlets.pictures import JOIN_WITHIN_S
from stagedoor.mixer.outlets.program_sound import ProgramSound
from stagedoor.mixer.outlets.stream import Bridge, Stream
from stagedoor.mixer.picture.planes import Planes
from stagedoor.mixer.precedence import OF_SECOND
from stagedoor.settings.mixer import MixerSettings

logger = logging.getLogger(__name__)

UNTOLD_S: Final = 3.0
"""How long program waits to be told what is on it: viewers shall not see a moment of nothing instead."""
IDLE_S: Final = 10.0
"""How long a canvas goes on being encoded after the last one who wanted it has gone."""

Publish = Callable[[Stream], Coroutine[Any, Any, None]]


class CanvasStream:
    """Encodes a canvas's picture, with program's sound, while somebody wants it.

    Args:
        canvas: Which; its path has the same name.
        settings: How it is encoded.
        sound: Program's.
        group: Runs what publishes, and the wait before it ends.
        publish: Publishes it to the hub until cancelled.

    Attributes:
        runs: Whether pictures are wanted.
        stream: What others read.
    """

    def __init__(
        self,
        canvas: Canvas,
        settings: MixerSettings,
        sound: ProgramSound,
        group: asyncio.TaskGroup,
        publish: Publish,
    ) -> None:
        self._name = canvas.value
        self._wanted = settings.encoder
        self._sound = sound
        self._group = group
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._publishing: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._untold: asyncio.Task[None] | None = None
        self.runs = False
        self.stream = Stream(self._name, lambda: self._encoder.want_key_frame())
        self._bridge = Bridge(self.stream, self._loop)
        is_second = canvas is Canvas.SECOND
        self._encoder = VideoEncoder(
            self._name,
            canvas_format(canvas, settings),
            self._bridge,
            is_first=True,
            gives_way=OF_SECOND if is_second else 0,
            comes_first=settings.realtime and not is_second,
        )

    @property
    def dropped(self) -> int:
        """Pictures that were never encoded."""
        return self._encoder.dropped

    @property
    def failures(self) -> int:
        """Times that the encoder was opened anew."""
        return self._encoder.failures

    @property
    def queues(self) -> tuple[QueueStatus, QueueStatus]:
        """What waits for the encoder, and for those who read it."""
        return self._encoder.queue, self.stream.queue

    @property
    def encoding(self) -> Encoding:
        """What makes the picture."""
        encoder, fault = self._encoder.encoder, self._encoder.fault
        reason, hint = ("", "") if fault is None else (fault.message, fault.hint)
        return Encoding(encoder=encoder, wanted=self._wanted, reason=reason, hint=hint)

    def open(self, *, runs: bool) -> None:
        """Begin; it may run before anybody has said who wants it, if that takes long."""
        self._encoder.start()
        if runs:
            self._untold = self._group.create_task(self._begin_untold(), name=f"{self._name} begins")

    def need(self, *, anybody: bool, aac: bool) -> None:
        """Encode while anybody wants it; with AAC beside Opus for those who take nothing else."""
        if self._untold is not None:
            self._untold.cancel()
            self._untold = None
        if anybody:
            if self._ending is not None:
                self._ending.cancel()
                self._ending = None
            self._begin()
        elif self.runs and self._ending is None:
            self._ending = self._group.create_task(self._end_later(), name=f"{self._name} ends")
        self._sound.give(self._name, Codec.AAC, self._bridge if aac else None)

    def put(self, planes: Planes, number: int) -> None:
        """Take a picture with the number of its program frame; in the thread that has drawn it."""
        if self.runs:
            self._encoder.put(planes.frame, number)

    async def aclose(self) -> None:
        """End everything; idempotent."""
        tasks = (self._untold, self._ending, self._publishing)
        await cancel_and_wait(*(task for task in tasks if task is not None))
        self._untold = self._ending = self._publishing = None
        self._encoder.stop()
        if not await asyncio.to_thread(self._encoder.join, JOIN_WITHIN_S):
            logger.warning("The encoder of %s has not ended in time", self._name)

    def _begin(self) -> None:
        if self.runs:
            return
        self._sound.give(self._name, Codec.OPUS, self._bridge)
        self._encoder.want_key_frame()
        self._publishing = self._group.create_task(self._publish(self.stream), name=self._name)
        self.runs = True

    async def _begin_untold(self) -> None:
        await asyncio.sleep(UNTOLD_S)
        self._begin()

    async def _end_later(self) -> None:
        await asyncio.sleep(IDLE_S)
        self.runs = False
        self._sound.give(self._name, Codec.OPUS, None)
        # Whoever comes later must not begin with what was on air before.
        self.stream.forget()
        publishing, self._publishing = self._publishing, None
        self._ending = None
        if publishing is not None:
            await cancel_and_wait(publishing)
