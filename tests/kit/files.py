"""Files that somebody may upload: good ones, broken ones, and ones that mean harm."""

import io
import struct
import wave
import zlib

import av
import numpy as np
from PIL import Image


def png(width: int = 64, height: int = 36, color: str = "#336699") -> bytes:
    """A still of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "PNG", compress_level=1)
    return file.getvalue()


def png_bomb(side: int) -> bytes:
    """A small PNG whose head promises `side` × `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def clip(seconds: float = 1.0, width: int = 160, height: int = 90, form: str = "mp4") -> bytes:
    """A grey clip with silence, 25 frames a second."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=48_000)
        audio.layout = "stereo"
        for number in range(int(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 128, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        silence = np.zeros((2, int(seconds * 48_000)), np.float32)
        quiet = av.AudioFrame.from_ndarray(silence, format="fltp", layout="stereo")
        quiet.sample_rate, quiet.pts = 48_000, 0
        container.mux(audio.encode(quiet))
        container.mux(audio.encode(None))
    return file.getvalue()


def wav(seconds: float = 0.5) -> bytes:
    """Silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(bytes(int(seconds * 48_000) * 2))
    return file.getvalue()
