"""Everything that leaves the mixer: what is encoded for whom, and where it goes."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.aio.latest import Latest
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.cuts import Cut
from stagedoor.ipc.encoding import Encoding
from stagedoor.ipc.messages import AudioMode, DestinationStatus
from stagedoor.ipc.mixer import Wanted
from stagedoor.ipc.queues import QueueStatus
from stagedoor.ipc.recording import RecordingSpec, RecordingStatus
from stagedoor.media.mux import Container
from stagedoor.media.packets import Packet
from stagedoor.mixer.clock import Clock
from stagedoor.mixer.outlets.again import again_and_again
from stagedoor.mixer.outlets.canvas_stream import CanvasStream
from stagedoor.mixer.outlets.content import Content, watched
from stagedoor.mixer.outlets.cut_lines import CutLines
from stagedoor.mixer.outlets.destinations import Destinations
from stagedoor.mixer.outlets.hub import publish
from stagedoor.mixer.outlets.isos import Isos
from stagedoor.mixer.outlets.pictures import Draw, Pictures
from stagedoor.mixer.outlets.program_sound import ProgramSound
from stagedoor.mixer.outlets.sound import SoundOutlets
from stagedoor.mixer.outlets.stream import Bridge, Stream
from stagedoor.mixer.program import Shown
from stagedoor.mixer.sound.codec import OpusEncoder
from stagedoor.mixer.sound.engine import Block
from stagedoor.mixer.sources.opening import Hub
from stagedoor.mixer.sources.own_packets import Tap
from stagedoor.outputs.files.recorded import Recorded
from stagedoor.outputs.files.recorder import Recorder
from stagedoor.settings.mixer import MixerSettings

RETURN_BITRATE: Final = 96_000


class Outlets:
    """Canvases, returns, monitors, multiview, destinations; changed on the loop, fed by the mixer's threads.

    Args:
        settings: How everything is encoded.
        hub: Where streams are published.
        group: Runs what publishes.
        clock: When program's frames are due.
        on_change: Called when a destination's or the recording's status has changed.
        draw: Makes what draws a picture beside program's.
    """

    def __init__(
        self,
        settings: MixerSettings,
        hub: Hub,
        group: asyncio.TaskGroup,
        clock: Clock,
        on_change: Callable[[], None],
        draw: Draw,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._cut_lines = CutLines()
        self._recorder = Recorder(group, on_change, self._cut_lines)
        self._isos = Isos(self._recorder, asyncio.get_running_loop())
        self._hub = hub
        self._group = group
        self._loop = asyncio.get_running_loop()
        self._wanted_streams = Latest("streams", self._have_streams)
        self._wanted_recording = Latest("recording", self._have_recording)
        self._following: list[asyncio.Task[None]] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sounds = SoundOutlets()
        self._pictures = Pictures(settings, draw, self._on_packet)
        self._streams: dict[str, tuple[Content, Stream]] = {}
        sound = ProgramSound(self._sounds, settings.audio_bitrate)
        self._canvases = {
            canvas: CanvasStream(canvas, settings, sound, group, self._publish)
            for canvas in Canvas
            if settings.has(canvas)
        }
        self._destinations = Destinations(
            group, lambda canvas: self._canvases[canvas].stream.open_reader, on_change, self._frame_of
        )

    # On the loop.

    def open(self) -> None:
        """Begin, with program where it is ours."""
        for canvas, stream in self._canvases.items():
            stream.open(runs=canvas is Canvas.PROGRAM)
        self._following = [
            self._group.create_task(self._wanted_streams.run(), name="wanted streams"),
            self._group.create_task(self._wanted_recording.run(), name="wanted recording"),
        ]

    def want(self, wanted: Wanted) -> None:
        """Have the streams that are wanted and watched, the destinations that are wanted, and the take.

        Nobody waits for what ends, a server or a disk that takes its time least of all.
        """
        self._wanted_streams.ask(watched(wanted, has_program=self._settings.enabled))
        if not self._settings.enabled:
            return
        for canvas, stream in self._canvases.items():
            published = any(each.canvas is canvas for each in wanted.destinations)
            local = published or wanted.recording is not None
            stream.need(anybody=local or canvas in wanted.watched, aac=local)
        self._destinations.want(each for each in wanted.destinations if each.canvas in self._canvases)
        self._isos.want(each.id for each in wanted.sources if each.iso and each.is_remote)
        self._wanted_recording.ask(wanted.recording)

    async def aclose(self) -> None:
        """End everything; idempotent."""
        await cancel_and_wait(*self._following)
        await self._recorder.aclose()
        await self._destinations.aclose()
        await cancel_and_wait(*self._tasks.values())
        self._tasks.clear()
        await self._pictures.have(frozenset())
        for stream in self._canvases.values():
            await stream.aclose()

    @property
    def destinations(self) -> tuple[DestinationStatus, ...]:
        """How the destinations do."""
        return self._destinations.statuses

    @property
    def recorded(self) -> RecordingSpec | None:
        """The take that the canvases are recorded to."""
        return self._recorder.spec

    def tap(self, source: str) -> Tap:
        """Return what takes a source's own packets, for its recording; in any thread."""
        return self._isos.tap(source)

    def note_cut(self, take: str, cut: Cut) -> None:
        """Have a change of program written to a take; in any thread."""
        self._cut_lines.add(take, cut)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._recorder.lines_came)

    @property
    def recording(self) -> RecordingStatus:
        """How the recording does."""
        return self._recorder.status

    @property
    def dropped(self) -> int:
        """Pictures of program that were never encoded."""
        return self._canvases[Canvas.PROGRAM].dropped if self._canvases else 0

    @property
    def encoder_failures(self) -> int:
        """Times that program's encoder was opened anew."""
        return self._canvases[Canvas.PROGRAM].failures if self._canvases else 0

    @property
    def sound_failures(self) -> int:
        """Blocks that an encoder of sound could not take."""
        return self._sounds.failures

    @property
    def queues(self) -> tuple[QueueStatus, ...]:
        """What waits on its way out."""
        canvases = (queue for each in self._canvases.values() for queue in each.queues)
        return (*canvases, *self._pictures.queues, *(stream.queue for _, stream in self._streams.values()))

    @property
    def second(self) -> CanvasStream | None:
        """The second canvas, where there is one."""
        return self._canvases.get(Canvas.SECOND)

    @property
    def encoding(self) -> Encoding:
        """What makes program's picture."""
        return self._canvases[Canvas.PROGRAM].encoding if self._canvases else Encoding()

    async def _have_streams(self, wanted: dict[str, Content]) -> None:
        ending = [name for name, (content, _) in self._streams.items() if wanted.get(name) != content]
        for name in ending:
            self._sounds.remove(name)
            del self._streams[name]
        await self._end(*ending)
        for name in wanted.keys() - self._streams.keys():
            self._open_stream(name, wanted[name])
        await self._pictures.have(frozenset(each.picture for each in wanted.values() if each.picture))

    def _open_stream(self, name: str, content: Content) -> None:
        stream = Stream(name, lambda: self._pictures.want_key_frame(content.picture))
        # Whoever has just come need not wait for the next key frame.
        self._pictures.want_key_frame(content.picture)
        self._streams[name] = content, stream
        if content.bus:
            encoder = OpusEncoder(RETURN_BITRATE)
            self._sounds.add(name, content.bus, encoder, Bridge(stream, self._loop))
        self._run(name, lambda: publish(stream, self._hub, content.kinds))

    async def _have_recording(self, spec: RecordingSpec | None) -> None:
        """Record each canvas, each take from the next picture on."""
        if spec is None:
            await self._recorder.stop()
        elif self._recorder.spec is None or self._recorder.spec.take != spec.take:
            await self._recorder.start(spec)
            for canvas, stream in self._canvases.items():
                open_reader = partial(stream.stream.open_fresh_reader, AudioMode.AAC)
                self._recorder.begin(
                    Recorded(canvas.value, Container.MP4, open_reader, self._due_ns, frame=self._frame_of)
                )
            self._isos.begin_take()

    def _due_ns(self, packet: Packet) -> int:
        return self._clock.ticks_due_ns(packet.pts, packet.track.clock_rate)

    def _frame_of(self, packet: Packet) -> int:
        return self._clock.frame_of(packet.pts, packet.track.clock_rate)

    async def _publish(self, stream: Stream) -> None:
        await again_and_again(stream.name, lambda: publish(stream, self._hub))

    def _run(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks[name] = self._group.create_task(again_and_again(name, run), name=name)

    async def _end(self, *names: str) -> None:
        """End these, all at once."""
        await cancel_and_wait(*(self._tasks[name] for name in names))
        for name in names:
            del self._tasks[name]

    # In the mixer's threads.

    def frame(self, shown: Shown) -> None:
        """Take a program frame."""
        if self._canvases:
            self._canvases[Canvas.PROGRAM].put(shown.canvas, shown.number)
        self._pictures.frame(shown)

    def block(self, block: Block) -> None:
        """Take a block of every bus."""
        self._sounds.block(block.at, block.sound)

    def _on_packet(self, picture: str, packet: Packet) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, picture, packet)

    def _hand_out(self, picture: str, packet: Packet) -> None:
        for content, stream in self._streams.values():
            if content.picture == picture:
                stream.write(packet)
