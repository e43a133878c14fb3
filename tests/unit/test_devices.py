"""Devices: which names are some, which are there, and what a refusal says."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from stagedoor.control.mixer.devices import found_devices
from stagedoor.domain.device import Capture, DeviceKind, device_kind
from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.domain.limits import check_sources
from stagedoor.domain.source import Source, SourceKind
from stagedoor.mixer.sources import device
from stagedoor.mixer.sources.blocks import BLOCK_S, packets_of
from stagedoor.mixer.sources.device import open_device
from stagedoor.mixer.sources.opening import Stop
from stagedoor.mixer.sources.tracks import tracks_of

pytestmark = pytest.mark.unit

CAMERA = "/dev/video0"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (CAMERA, DeviceKind.CAMERA),
        ("/dev/video12", DeviceKind.CAMERA),
        ("alsa:default", DeviceKind.SOUND),
        ("alsa:hw:1", DeviceKind.SOUND),
        ("alsa:plughw:1,0", DeviceKind.SOUND),
        ("alsa:plughw:CARD=Webcam_2,DEV=0", DeviceKind.SOUND),
        ("alsa:sysdefault:CARD=PCH", DeviceKind.SOUND),
        ("", None),
        ("/dev/video", None),
        ("/dev/video0/../../etc/passwd", None),
        ("/dev/../etc/passwd", None),
        ("/dev/video0\n", None),
        ("/dev/video\u0661", None),
        ("/dev/sda", None),
        ("/dev/fb0", None),
        ("default", None),
        ("alsa:", None),
        ("alsa:file:FILE=/tmp/out", None),
        ("alsa:plug:{type file file /tmp/out}", None),
        ("alsa:hw:1,0,0;x", None),
        ("alsa:default:x", None),
    ],
)
def test_a_device_is_a_camera_or_a_sound_input_and_no_way_to_files(
    name: str, kind: DeviceKind | None
) -> None:
    assert device_kind(name) is kind
    source = Source("cam", SourceKind.DEVICE, url=name)
    if kind is None:
        with pytest.raises(InvalidError, match=r"^sources\[0\]\.url"):
            check_sources([source])
        with pytest.raises(InvalidError), open_device(name, None, Stop()):
            pass
    else:
        check_sources([source])


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source("a", SourceKind.DEVICE, url="alsa:default", capture=Capture(640, 360, 30)), "capture"),
        (Source("a", SourceKind.PATTERN, capture=Capture(640, 360, 30)), "capture"),
        (Source("a", SourceKind.DEVICE, url=CAMERA, capture=Capture(0, 360, 30)), "capture.width"),
        (Source("a", SourceKind.DEVICE, url=CAMERA, capture=Capture(640, 9000, 30)), "capture.height"),
        (Source("a", SourceKind.DEVICE, url=CAMERA, capture=Capture(640, 360, 0)), "capture.frame_rate"),
    ],
)
def test_only_cameras_are_asked_for_a_size_that_can_be(source: Source, field: str) -> None:
    with pytest.raises(InvalidError, match=rf"^sources\[0\]\.{field}: "):
        check_sources([source])


def test_what_linux_knows_is_listed_by_names_that_stay(tmp_path: Path) -> None:
    assert found_devices(tmp_path) == ()
    files = {
        "sys/class/video4linux/video0/name": "Studio Cam\n",
        "sys/class/video4linux/video0/index": "0\n",
        "sys/class/video4linux/video1/name": "Studio Cam\n",
        "sys/class/video4linux/video1/index": "1\n",
        "sys/class/video4linux/video10/name": "",
        "sys/class/video4linux/video10/index": "0\n",
        "proc/asound/pcm": (
            "00-00: ALC Analog : ALC Analog : playback 1 : capture 1\n"
            "00-03: HDMI 0 : HDMI 0 : playback 1\n"
            "01-00: USB Audio : USB Audio : capture 1\n"
            "02-00: Odd : Odd : capture 1\n"
            "nonsense\n"
        ),
        "proc/asound/card0/id": "PCH\n",
        "proc/asound/card2/id": "a name that is none\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert [(each.url, each.kind.value, each.label) for each in found_devices(tmp_path)] == [
        ("/dev/video0", "camera", "Studio Cam"),
        ("/dev/video10", "camera", "video10"),
        ("alsa:plughw:CARD=PCH,DEV=0", "sound", "PCH: ALC Analog"),
        ("alsa:plughw:1,0", "sound", "1: USB Audio"),
    ]


@pytest.fixture
def alsa(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's names, of which nothing is known."""
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/nowhere")


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise av.error.OSError(number, "why")

    return fail


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        (CAMERA, errno.ENOENT, "device_missing"),
        (CAMERA, errno.ENODEV, "device_missing"),
        (CAMERA, errno.EACCES, "device_refused"),
        (CAMERA, errno.EBUSY, "device_busy"),
        (CAMERA, errno.EINVAL, "device_unreadable"),
        (CAMERA, errno.EIO, "device_unreadable"),
        ("alsa:default", errno.EIO, "device_missing"),
        ("alsa:default", errno.EACCES, "device_refused"),
    ],
)
@pytest.mark.usefixtures("alsa")
def test_a_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, number: int, code: str
) -> None:
    monkeypatch.setattr(av, "open", failing(number))
    with pytest.raises(StagedoorError) as refused, open_device(name, None, Stop()):
        pass
    assert refused.value.code == code
    assert name in refused.value.message


@pytest.mark.parametrize("name", ["/dev/video999", "alsa:hw:77", "alsa:plughw:CARD=None77,DEV=0"])
def test_what_is_not_there_says_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, place in device.ALSA.items():
        monkeypatch.setenv(key, place)
    says = pytest.raises(StagedoorError, match="is not there; it is opened once it is")
    with says as refused, open_device(name, None, Stop()):
        pass
    assert refused.value.code == "device_missing"


def test_alsa_reads_nothing_that_anybody_may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in device.ALSA:
        monkeypatch.setenv(key, "")
        monkeypatch.delenv(key)
    device.use_system_alsa()
    assert {key: os.environ[key].partition("/")[2].split("/")[0] for key in device.ALSA} == dict.fromkeys(
        device.ALSA, "usr"
    )


def test_a_camera_is_asked_for_jpeg_first_and_then_for_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    def fail(*_: object, options: dict[str, str], **__: object) -> None:
        asked.append(options)
        raise av.error.OSError(errno.EINVAL, "no such format")

    monkeypatch.setattr(av, "open", fail)
    with pytest.raises(StagedoorError), open_device(CAMERA, Capture(1280, 720, 50), Stop()):
        pass
    assert [each.get("input_format") for each in asked] == ["mjpeg", None]
    assert {(each["video_size"], each["framerate"]) for each in asked} == {("1280x720", "50")}


class Card:
    """What FFmpeg gives of a sound card that is read a sample at a time, as far as it is looked at."""

    class format:
        name = "alsa"

    def __init__(self, container: "av.container.InputContainer", each: int) -> None:
        self._container = container
        self._each = each

    def demux(self, *streams: Any) -> Any:
        for packet in self._container.demux(*streams):
            data = bytes(packet)
            for at in range(0, len(data), 4 * self._each):
                part = av.Packet(data[at : at + 4 * self._each])
                part.stream, part.time_base = packet.stream, packet.time_base
                part.pts = packet.pts + at // 4
                yield part
            if not packet.size:
                yield packet


def test_what_a_card_gives_by_the_sample_is_decoded_in_blocks(tmp_path: Path) -> None:
    file = str(tmp_path / "tone.wav")
    samples = np.arange(2 * 4800, dtype=np.int16).reshape(1, -1)
    with av.open(file, "w", format="wav") as made:
        stream = made.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, 0
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    with av.open(file) as opened:
        tracks = tracks_of(opened, low_delay=True)
        packets: Any = list(packets_of(Card(opened, 1), tracks.values()))  # type: ignore[arg-type]
        whole = [packet for packet in packets if packet.size]
        most = round(48_000 * BLOCK_S)
        assert len(whole) == 4800 // most
        assert [packet.pts for packet in whole] == [number * most for number in range(len(whole))]
        track = next(iter(tracks.values()))
        heard = np.concatenate(
            [each.to_ndarray() for packet in whole for each in track.decode(packet)], axis=1
        )
    assert np.array_equal(heard, samples)
