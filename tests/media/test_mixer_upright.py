"""Pictures that lie on their side, and interlaced ones: what is made of them, decoded as a source's are."""

import re
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.mixer.picture.picture import Picture
from stagedoor.mixer.sources.upright import Seen, Upright, square
from tests.kit import interlaced
from tests.kit.source_pictures import Luma, luma_of, pictures

pytestmark = pytest.mark.media

WIDTH, HEIGHT, RATE = 192, 128, 25
CORNERS = ("top left", "top right", "bottom right", "bottom left")
ONE = 1 << 16
MATRICES = {
    90: (0, ONE, -ONE, 0, HEIGHT, 0),
    180: (-ONE, 0, 0, -ONE, WIDTH, HEIGHT),
    270: (0, -ONE, ONE, 0, 0, WIDTH),
}
"""Of a track that is turned clockwise by so much (ISO/IEC 14496-12, 8.3.2: a, b, c, d, x, y)."""


def film(file: Path, luma: list[Luma], **options: str) -> Path:
    """Write H.264 whose pictures have this luma."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "bf": "0", **options})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        for number, each in enumerate(luma):
            grey = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([each, grey]), "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


def marked(count: int = 5) -> list[Luma]:
    """Dark pictures with a bright corner at the top left."""
    luma = np.full((HEIGHT, WIDTH), 40, np.uint8)
    luma[: HEIGHT // 2, : WIDTH // 2] = 200
    return [luma] * count


def bright(picture: Picture) -> str:
    """Return which of the corners is bright."""
    luma = luma_of(picture)
    middle, half = luma.shape[0] // 2, luma.shape[1] // 2
    quarters = (luma[:middle, :half], luma[:middle, half:], luma[middle:, half:], luma[middle:, :half])
    found = [name for name, quarter in zip(CORNERS, quarters, strict=True) if quarter.mean() > 150]
    assert len(found) == 1
    return found[0]


def turned_by_box(file: Path, degrees: int) -> Path:
    """Have a file's track turned clockwise, as a phone writes it."""
    data = bytearray(file.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d, x, y = MATRICES[degrees]
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, x * ONE, y * ONE, 1 << 30)
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("degrees", "corner"), [(90, "top right"), (180, "bottom right"), (270, "bottom left")]
)
def test_what_a_phone_turned_is_shown_upright(tmp_path: Path, degrees: int, corner: str) -> None:
    made = pictures(turned_by_box(film(tmp_path / "phone.mp4", marked()), degrees), RATE)
    assert len(made) == 5
    size = (WIDTH, HEIGHT) if degrees == 180 else (HEIGHT, WIDTH)
    for picture in made:
        assert (picture.width, picture.height) == size
        assert bright(picture) == corner
    assert [picture.media_s for picture in made] == pytest.approx([number / RATE for number in range(5)])


def test_a_stream_that_is_turned_while_it_goes_on_stays_upright(tmp_path: Path) -> None:
    """As a phone that is laid on its side: H.264 says so of each picture, in degrees counter-clockwise."""
    file = film(tmp_path / "live.h264", marked(), x264opts="keyint=1")
    parts = [orientated(file.read_bytes(), degrees) for degrees in (0, 90, 0, 270)]
    whole = tmp_path / "whole.h264"
    whole.write_bytes(b"".join(parts))
    made = pictures(whole, RATE)
    expected = ("top left", "bottom left", "top left", "top right")
    assert [bright(picture) for picture in made] == [corner for corner in expected for _ in range(5)]


def orientated(stream: bytes, degrees: int) -> bytes:
    """Put before each picture how it is turned (ITU-T H.264, D.1.27: display orientation)."""
    # No flip, the angle in 16 bits, until the next one, no extension, and the stop bit.
    payload = degrees * (1 << 16) // 360 << 5 | 0b01001
    message = b"\0\0\1" + bytes([6, 47, 3]) + payload.to_bytes(3, "big") + b"\x80"
    return re.sub(rb"\x00\x00\x01(?=[\x25\x45\x65])", lambda start: message + start[0], stream)


def test_a_turned_picture_of_pixels_that_are_not_square_is_wide_the_other_way() -> None:
    frame = av.VideoFrame(576, 720, "yuv420p")
    assert square(frame, Fraction(16, 11), turned=True) == (396, 720)
    assert square(frame, Fraction(16, 11), turned=False) == (838, 720)
    assert square(frame, Fraction(1, 100), turned=False) == (576, 720)


def combed(count: int) -> list[Luma]:
    """Pictures of two fields, one bright and one dark, and the other way round in the next picture."""
    lines = np.arange(HEIGHT)[:, None] % 2
    pictures = (np.where(lines == number % 2, 200, 50).repeat(WIDTH, 1) for number in range(count))
    return [each.astype(np.uint8) for each in pictures]


def comb(picture: Picture) -> float:
    """Return how much neighbouring lines differ."""
    return float(np.abs(np.diff(luma_of(picture)[8:-8].astype(int), axis=0)).mean())


def test_interlaced_pictures_are_shown_whole_and_each_once(tmp_path: Path) -> None:
    luma = combed(12)
    plain = pictures(film(tmp_path / "plain.mp4", luma, crf="10"), RATE)
    woven = film(tmp_path / "interlaced.mp4", luma, crf="10", flags="+ildct+ilme", x264opts="tff=1")
    made = pictures(woven, RATE)
    assert min(comb(picture) for picture in plain) > 100
    assert max(comb(picture) for picture in made[1:-1]) < 30
    assert [picture.media_s for picture in made] == pytest.approx([picture.media_s for picture in plain])


def test_a_stream_that_was_interlaced_keeps_its_order_when_it_is_no_more(tmp_path: Path) -> None:
    parts = [
        film(tmp_path / "1.h264", combed(6), flags="+ildct+ilme", x264opts="tff=1").read_bytes(),
        film(tmp_path / "2.h264", marked(6)).read_bytes(),
    ]
    whole = tmp_path / "whole.h264"
    whole.write_bytes(b"".join(parts))
    made = pictures(whole, RATE)
    times = [picture.media_s for picture in made]
    assert times == sorted(times)
    assert len(made) == 12
    assert [bright(picture) for picture in made[7:]] == ["top left"] * 5


@pytest.mark.parametrize("jump_s", [12.0, -1.0])
def test_no_field_stands_between_frames_that_do_not_follow_each_other(tmp_path: Path, jump_s: float) -> None:
    """What was before a gap, or before time went back, stays there."""
    upright, times = Upright(2 * RATE), list[float]()
    seen: list[Seen] = []
    with av.open(str(interlaced.film(tmp_path / "film.mp4", 8, "tff"))) as container:
        for number, frame in enumerate(container.decode(video=0)):
            assert frame.interlaced_frame
            at_s = number / RATE + (jump_s if number >= 4 else 0)
            frame.pts, frame.time_base = round(at_s * 90_000), Fraction(1, 90_000)
            times.append(at_s)
            seen += upright.frames(frame, at_s, 1 / RATE)
    seen += upright.rest()
    assert all(min(abs(each.at_s - at_s) for at_s in times) <= 1 / RATE for each in seen)
    assert len(seen) >= 2 * len(times) - 2
