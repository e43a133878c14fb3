"""Which formats the probe has FFmpeg open at all."""

from pathlib import Path

import av
import pytest

from stagedoor.domain.errors import InvalidError
from stagedoor.probe.examine import examine

pytestmark = pytest.mark.unit


def sound(file: Path, codec: str, form: str) -> None:
    """Write a short silence."""
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        for number in range(12):
            frame = av.AudioFrame(stream.codec_context.format.name, "mono", 4096)
            frame.sample_rate, frame.pts = 48_000, number * 4096
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("form", "codec", "suffix"),
    [
        ("mp4", "aac", ".mp4"),
        ("matroska", "pcm_s16le", ".mkv"),
        ("webm", "libopus", ".mkv"),
        ("mpegts", "aac", ".ts"),
        ("avi", "pcm_s16le", ".avi"),
        ("flv", "aac", ".flv"),
        ("wav", "pcm_s16le", ".wav"),
        ("flac", "flac", ".flac"),
        ("ogg", "libopus", ".ogg"),
        ("adts", "aac", ".aac"),
    ],
)
def test_each_format_by_any_of_its_names_is_taken(tmp_path: Path, form: str, codec: str, suffix: str) -> None:
    sound(tmp_path / "draft", codec, form)
    assert examine(tmp_path / "draft", tmp_path / "thumbnail.jpg").suffix == suffix


@pytest.mark.parametrize(
    "text", ["ffconcat version 1.0\nfile other\n", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"]
)
def test_any_other_format_is_not_even_opened(tmp_path: Path, text: str) -> None:
    sound(tmp_path / "other", "pcm_s16le", "wav")
    (tmp_path / "draft").write_text(text)
    with pytest.raises(InvalidError, match="neither an image nor a clip"):
        examine(tmp_path / "draft", tmp_path / "thumbnail.jpg")
