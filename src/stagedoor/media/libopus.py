"""libopus itself, for what FFmpeg's decoders leave out: sound that was lost, from the packet after it.

Only documented functions of `opus.h` are called. The library is the one that PyAV brings along, or the
system's.
"""

import ctypes
import ctypes.util
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import av

from stagedoor.domain.errors import MediaError
from stagedoor.media import opus

_LAYOUTS: Final = {1: "mono", 2: "stereo"}
STEP: Final = 120
"""2.5 ms: sound that was lost is made in multiples of this."""


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """Return libopus; None where there is none. Looks at files the first time, so not for an event loop."""
    for name in _names():
        try:
            found = ctypes.CDLL(name)
            found.opus_decoder_create.argtypes = [ctypes.c_int32, ctypes.c_int, ctypes.c_void_p]
            found.opus_decoder_create.restype = ctypes.c_void_p
            found.opus_decode_float.argtypes = [
                *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32),
                *(ctypes.c_void_p, ctypes.c_int, ctypes.c_int),
            ]
            found.opus_decode_float.restype = ctypes.c_int
            found.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
            found.opus_decoder_destroy.restype = None
        except (OSError, AttributeError):
            continue
        return found
    return None


def _names() -> Iterator[str]:
    """Yield where libopus may be: where wheels have it on Linux and Windows, and on macOS; the system's."""
    package = Path(av.__file__).parent
    for folder in (package.parent / "av.libs", package / ".dylibs"):
        for pattern in ("libopus[-.]*", "opus*.dll"):
            yield from sorted(str(path) for path in folder.glob(pattern))
    if (of_the_system := ctypes.util.find_library("opus")) is not None:
        yield of_the_system


class OpusDecoder:
    """The decoder of one stream, at 48 kHz; for one thread at a time.

    Other threads go on while it works. It is freed with `close`, or with the last reference to it; not as the
    process ends.

    Args:
        channels: 1 or 2, whatever the packets have: mono ones are heard on both sides at their own level.

    Raises:
        MediaError: There is no libopus, or no memory.
    """

    def __init__(self, channels: int = 2) -> None:
        found = library()
        if found is None:
            raise MediaError("there is no libopus")
        failure = ctypes.c_int()
        state = found.opus_decoder_create(opus.CLOCK_RATE, channels, ctypes.byref(failure))
        if not state:
            raise MediaError(f"libopus makes no decoder: {failure.value}")
        self._layout = _LAYOUTS[channels]
        self._decode = found.opus_decode_float
        self._state: int | None = state
        self._free = weakref.finalize(self, found.opus_decoder_destroy, state)
        # Then a thread may still be in it, and the memory goes anyway.
        self._free.atexit = False

    def close(self) -> None:
        """Free it; idempotent."""
        self._state = None
        self._free()

    def decode(self, packet: bytes) -> av.AudioFrame:
        """Return a packet's sound, without a time.

        Raises:
            MediaError: It is no packet of Opus.
        """
        return self._made(packet, opus.duration(packet), lost=False)

    def rebuild(self, samples: int, following: bytes) -> av.AudioFrame:
        """Return what was lost just before a packet, which is decoded next, without a time.

        The last frame of it comes from that packet where it carries one; the rest goes on from what was
        heard.

        Args:
            samples: How much, in samples at 48 kHz; a multiple of `STEP`.
            following: The packet.

        Raises:
            MediaError: It is no packet of Opus.
        """
        return self._made(following, samples, lost=True)

    def _made(self, packet: bytes, samples: int, *, lost: bool) -> av.AudioFrame:
        if self._state is None:
            raise MediaError("the Opus decoder is closed")
        frame = av.AudioFrame(format="flt", layout=self._layout, samples=samples)
        target = frame.planes[0].buffer_ptr
        made = self._decode(self._state, packet, len(packet), target, samples, int(lost))
        if made != samples:
            raise MediaError(f"libopus does not decode a packet: {made}")
        frame.sample_rate = opus.CLOCK_RATE
        return frame
