"""A sound input of the machine as a source: missing, there, silent, there again.

ALSA itself reads it, with a configuration of its own in which the default input is a pipe. Cameras need a
driver of the kernel and are not read here; what their pictures become is shown by a file of the same kind.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.domain.scene import Fit, Scene, Slot
from stagedoor.domain.source import Source, SourceKind, SourceState
from stagedoor.domain.strip import Follow, Strip
from stagedoor.mixer.sources.device import ALSA
from tests.kit.listening import listen
from tests.kit.mixing import mixing
from tests.kit.wait import until
from tests.kit.watch import near

pytestmark = [pytest.mark.media, pytest.mark.paced]

RATE = 48_000
BLOCK = 960
MICROPHONE = Source("mic", SourceKind.DEVICE, "Microphone", "#2060a0", "alsa:default")
CAMERA = Source("cam", SourceKind.DEVICE, "Camera", "#20a060", "/dev/video999")
CONFIGURATION = """
pcm.default {{ type file slave.pcm {{ type null }} file "/dev/null" infile "{pipe}" format "raw" }}
"""


class Microphone:
    """A pipe that a tone comes out of, in its own time, while it is on."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "microphone.raw"
        os.mkfifo(self.pipe)
        # It is open for both, so that neither side's coming or going ends the other's.
        self._file = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)
        self.is_on = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="microphone")
        self._thread.start()

    def close(self) -> None:
        """End it, and whoever waits for it."""
        self._over.set()
        self.is_on.set()
        self._thread.join()
        os.close(self._file)

    def _run(self) -> None:
        number, begun = 0, time.monotonic()
        while not self._over.is_set():
            if not self.is_on.is_set():
                self.is_on.wait()
                number, begun = 0, time.monotonic()
            at = (np.arange(BLOCK) + number) / RATE
            tone = (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
            with contextlib.suppress(BlockingIOError):  # nobody takes it
                os.write(self._file, np.repeat(tone, 2).tobytes())
            number += BLOCK
            self._over.wait(max(0.0, begun + number / RATE - time.monotonic()))


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[Microphone]:
    made = Microphone(tmp_path)
    try:
        yield made
    finally:
        made.close()


async def test_a_sound_input_comes_stalls_goes_and_comes_back_by_itself(
    tmp_path: Path, microphone: Microphone, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "asound.conf"
    await asyncio.to_thread(configuration.write_text, "# nothing is plugged in\n")
    # ALSA reads it anew where its time, in seconds, is another.
    os.utime(configuration, (1, 1))
    for key, place in {**ALSA, "ALSA_CONFIG_PATH": str(configuration)}.items():
        monkeypatch.setenv(key, place)
    async with mixing(tmp_path) as stage:
        try:
            scene = Scene("one", slots=(Slot("mic", fit=Fit.STRETCH),))
            strips = {"mic": Strip(follow=Follow.OPEN)}
            await stage.show(scene, sources=[MICROPHONE, CAMERA], strips=strips)
            await stage.reaches("mic", SourceState.GONE)
            await stage.reaches("cam", SourceState.GONE)
            assert [(stage.source(name).code) for name in ("mic", "cam")] == ["device_missing"] * 2
            assert "/dev/video999 is not there" in stage.source("cam").reason

            words = CONFIGURATION.format(pipe=microphone.pipe)
            await asyncio.to_thread(configuration.write_text, words)
            microphone.is_on.set()
            await stage.reaches("mic", SourceState.LIVE)
            assert (stage.source("mic").audio_codec, stage.source("mic").code) == ("pcm_s16le", "")
            await until(lambda: stage.source("mic").has_audio, what="its sound")

            async def is_heard() -> bool:
                return (await listen(stage.url("program.nut"), 0.6)).loudest_db(440) > -30

            await until(is_heard, 10, interval=0.1, what="its tone in program")

            state = stage.state()
            assert stage.source("mic").sound_ms > 0
            assert {(each.kind, each.name) for each in state.queues} >= {
                ("encoder", "program"),
                ("stream", "program"),
            }
            assert (state.sound.failed_blocks, state.sound.encoder_failures) == (0, 0)

            microphone.is_on.clear()
            await stage.reaches("mic", SourceState.STALLED)
            microphone.is_on.set()
            await stage.reaches("mic", SourceState.LIVE)
        finally:
            # Whoever waits for a device cannot be called off.
            microphone.is_on.set()


async def test_pictures_as_cameras_have_them_are_shown_in_their_colour(tmp_path: Path) -> None:
    films = {
        "raw": ("rawvideo", "yuyv422", "raw.nut", (200, 40, 40)),
        "jpeg": ("mjpeg", "yuvj422p", "jpeg.avi", (40, 60, 200)),
    }
    for codec, pixels, file, color in films.values():
        await asyncio.to_thread(_film, tmp_path / file, codec, pixels, color)
    async with mixing(tmp_path) as stage:
        sources = [Source(key, SourceKind.URL, url=str(tmp_path / film[2])) for key, film in films.items()]
        await stage.show(*(Scene(key, slots=(Slot(key),)) for key in films), sources=sources)
        for key, (_, _, _, color) in films.items():
            await stage.are_live(key)
            await stage.engine.cut(key)

            async def shows(color: tuple[int, int, int] = color) -> bool:
                seen = await listen(stage.url("program.nut"), 0.2, points=((0.05, 0.5),))
                return near(seen.colors[-1][0], color)

            await until(shows, 8, interval=0.1, what=f"{key} in program")


def _film(file: Path, codec: str, pixels: str, color: tuple[int, int, int]) -> None:
    picture = np.full((360, 640, 3), color, np.uint8)
    with av.open(file, "w") as container:
        stream = container.add_stream(codec, rate=30)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 360, pixels
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
