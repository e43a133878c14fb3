"""Tries an encoder out: for a machine that is looked at before the show."""

from typing import Final

import av

from stagedoor.domain.errors import MediaError
from stagedoor.mixer.encode.encoders import VideoFormat, words
from stagedoor.mixer.encode.video import H264
from stagedoor.mixer.picture.planes import Planes, color

PICTURES: Final = 5
_GREY: Final = color("#808080")


def encoder_fault(form: VideoFormat) -> MediaError | None:
    """Encode some pictures by a format's encoder, and return why that fails, best in FFmpeg's own words.

    FFmpeg's log goes to Python meanwhile: not for a process whose other threads decode.
    """
    before = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as lines:
            fault = _fault(form)
    finally:
        av.logging.set_level(before)
    said = [text.strip().rstrip(".") for _, _, text in lines]
    return fault and MediaError("; ".join(said) or fault.message, hint=fault.hint)


def _fault(form: VideoFormat) -> MediaError | None:
    picture = Planes.new(form.width, form.height)
    picture.fill(_GREY)
    try:
        encoder = H264(form.encoder, form, copies=True)
        for number in range(PICTURES):
            encoder.encode(picture.frame, number, key=False)
    except MediaError as error:
        return error
    except (av.FFmpegError, OSError) as error:
        return MediaError(words(error))
    return None
