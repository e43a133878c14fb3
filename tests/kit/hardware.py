"""What stands in tests where a hardware encoder would be."""

from dataclasses import replace
from math import inf
from typing import Any, Self

import av
import pytest

from stagedoor.mixer.encode import video
from stagedoor.mixer.encode.encoders import SOFTWARE, VideoFormat, open_encoder
from stagedoor.settings.mixer import EncoderName


class Hardware:
    """Encodes by x264 in another profile, so that its parameter sets are others, until it fails.

    Args:
        raises: Whether it says so when it fails, or takes pictures and gives none.

    Attributes:
        left: Pictures that it encodes before it fails.
    """

    extradata = None

    def __init__(self, left: float = inf, *, raises: bool = True) -> None:
        self.left = left
        self._raises = raises
        self._context: Any = None

    def open(self, form: VideoFormat) -> Self:
        """Begin, as at each opening, with a key frame."""
        self._context = open_encoder(SOFTWARE, replace(form, preset="veryfast", profile="main"))
        return self

    def encode(self, frame: av.VideoFrame) -> list[Any]:
        """Return the packets of a picture, as FFmpeg's encoders do."""
        self.left -= 1
        if self.left >= 0:
            return list(self._context.encode(frame))
        if self._raises:
            raise av.error.ExternalError(1, "no device any more")
        return []


def plug_in(hardware: Hardware, monkeypatch: pytest.MonkeyPatch, name: EncoderName = "nvenc") -> None:
    """Have the mixer find it where FFmpeg's encoder of this name would be."""

    def opened(encoder: EncoderName, form: VideoFormat) -> Any:
        return hardware.open(form) if encoder == name else open_encoder(encoder, form)

    monkeypatch.setattr(video, "open_encoder", opened)
