"""Encoders of program's picture: FFmpeg takes what is said to each, and where hardware fails x264 goes on."""

import ctypes
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import av
import pytest

from stagedoor.domain.errors import MediaError
from stagedoor.media.h264 import NalType, nalus
from stagedoor.media.packets import Packet
from stagedoor.mixer.encode import encoders, video
from stagedoor.mixer.encode.encoders import ENCODERS, VideoFormat, open_encoder
from stagedoor.mixer.encode.trial import encoder_fault
from stagedoor.mixer.encode.video import SILENT_S, VideoEncoder
from stagedoor.mixer.picture.planes import Planes
from stagedoor.settings.mixer import EncoderName
from tests.kit.hardware import Hardware, plug_in

pytestmark = pytest.mark.unit

PICTURES = 12
FORM = VideoFormat(64, 36, 30, 200_000, 30, encoder="nvenc")
SEARCH_CHILDREN = 1
"""AV_OPT_SEARCH_CHILDREN: an encoder's own options too."""
HERE = [name for name in ENCODERS if ENCODERS[name].codec in av.codecs_available]
"""macOS has one, Linux others."""


def _library(name: str) -> ctypes.CDLL:
    package = Path(av.__file__).parent
    folders = (package.parent / "av.libs", package / ".dylibs")
    (path,) = [path for folder in folders for path in folder.glob(f"lib{name}[-.]*")]
    return ctypes.CDLL(str(path))


@pytest.fixture(name="refused")
def takes_options() -> Callable[[str, str, str], int]:
    """What FFmpeg says of an encoder's option and its value: 0, or a negative number."""
    codecs, common = _library("avcodec"), _library("avutil")
    for function in (codecs.avcodec_find_encoder_by_name, codecs.avcodec_alloc_context3):
        function.restype = ctypes.c_void_p
    codecs.avcodec_alloc_context3.argtypes = [ctypes.c_void_p]
    codecs.avcodec_free_context.argtypes = [ctypes.c_void_p]
    common.av_opt_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]

    def set_option(codec: str, name: str, value: str) -> int:
        found = codecs.avcodec_find_encoder_by_name(codec.encode())
        context = ctypes.c_void_p(codecs.avcodec_alloc_context3(found))
        answer: int = common.av_opt_set(context, name.encode(), value.encode(), SEARCH_CHILDREN)
        codecs.avcodec_free_context(ctypes.byref(context))
        return answer

    return set_option


def test_every_encoder_that_can_be_set_is_known() -> None:
    assert set(get_args(EncoderName)) == ENCODERS.keys()
    assert {"x264", "nvenc"} <= set(HERE) or "videotoolbox" in HERE


@pytest.mark.parametrize("name", HERE)
def test_ffmpeg_takes_every_option(name: EncoderName, refused: Callable[[str, str, str], int]) -> None:
    encoder = ENCODERS[name]
    for option, value in encoders.options_of(name, FORM).items():
        assert refused(encoder.codec, option, value) == 0, (option, value)
    assert refused(encoder.codec, "forced-dir", "1") < 0
    # x264 looks at its own names once it is opened.
    assert name == "x264" or refused(encoder.codec, "profile", "heigh") < 0


@pytest.mark.parametrize("name", HERE)
def test_an_encoder_takes_its_form_of_picture(name: EncoderName) -> None:
    formats = av.Codec(ENCODERS[name].codec, "w").video_formats
    # What a V4L2 driver takes is known once it is there.
    assert not formats or ENCODERS[name].pixels in [each.name for each in formats]


def test_x264_uses_every_option() -> None:
    """What it does not know is left over."""
    assert not open_encoder("x264", FORM).options


@dataclass
class Encoded:
    """What came out of an encoder that was given pictures."""

    encoder: VideoEncoder
    packets: list[Packet] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        return [packet.pts * 30 // packet.track.clock_rate for packet in self.packets]

    @property
    def profiles(self) -> list[int]:
        """`profile_idc` of each picture's parameter sets."""
        sets = [nalus(packet.track.extradata) for packet in self.packets]
        return [next(nal[1] for nal in each if nal[0] & 0x1F == NalType.SPS) for each in sets]


def encoded(form: VideoFormat = FORM, last: int = PICTURES - 1) -> Encoded:
    """Give an encoder pictures, each once the queue has room, and wait until the last one has come out."""
    done = threading.Event()

    def take(packet: Packet) -> None:
        seen.packets.append(packet)
        if seen.numbers[-1] == last:
            done.set()

    seen = Encoded(VideoEncoder("program", form, take))
    seen.encoder.start()
    try:
        for number in range(last + 1):
            planes = Planes.new(form.width, form.height)
            planes.fill((100 + number, 128, 128))
            seen.encoder.put(planes.frame, number)
            while seen.encoder.queued > 4:
                done.wait(0.001)
        assert done.wait(8.0)
    finally:
        seen.encoder.stop()
        assert seen.encoder.join(2.0)
    return seen


@pytest.mark.parametrize("name", [name for name in ENCODERS if name != "x264"])
def test_without_the_hardware_x264_goes_on_from_the_first_picture(
    name: EncoderName, caplog: pytest.LogCaptureFixture
) -> None:
    form = VideoFormat(64, 36, 30, 200_000, 30, "ultrafast", encoder=name)
    fault = encoder_fault(form)
    if fault is None:
        pytest.skip(f"{name} works here")
    assert fault.hint
    with caplog.at_level(logging.WARNING):
        seen = encoded(form)
    assert seen.numbers == list(range(PICTURES))
    assert seen.packets[0].key
    assert (seen.encoder.encoder, seen.encoder.failures, seen.encoder.dropped) == ("x264", 0, 0)
    assert seen.encoder.fault is not None
    (line,) = [record.getMessage() for record in caplog.records if record.name == video.__name__]
    assert line.startswith(f"program is encoded by x264: mixer.encoder = {name}: ")
    assert seen.encoder.fault.message in line


def test_hardware_that_dies_costs_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(Hardware(5), monkeypatch)
    seen = encoded()
    assert seen.numbers == list(range(PICTURES))
    assert [number for number, packet in zip(seen.numbers, seen.packets, strict=True) if packet.key] == [0, 5]
    assert seen.profiles == [77] * 5 + [100] * 7
    assert seen.encoder.encoder == "x264"
    assert seen.encoder.fault is not None
    assert seen.encoder.fault.message == "it failed: no device any more"


def test_hardware_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(Hardware(5, raises=False), monkeypatch)
    silent = SILENT_S * FORM.frame_rate
    seen = encoded(last=silent + 10)
    assert seen.numbers == [*range(5), *range(silent + 5, silent + 11)]
    assert isinstance(seen.encoder.fault, MediaError)


def test_a_mistake_of_whoever_takes_pictures_is_no_fault_of_the_hardware(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug_in(Hardware(), monkeypatch)
    done = threading.Event()

    def take(packet: Packet) -> None:
        if packet.pts == 0:
            raise RuntimeError("a mistake of whoever takes it")
        done.set()

    encoder = VideoEncoder("program", FORM, take)
    encoder.start()
    try:
        for number in range(3):
            encoder.put(Planes.new(FORM.width, FORM.height).frame, number)
        assert done.wait(5.0)
        assert (encoder.encoder, encoder.fault, encoder.failures) == ("nvenc", None, 1)
    finally:
        encoder.stop()
        assert encoder.join(2.0)
