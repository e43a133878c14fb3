"""Which of the codecs that are needed the installed FFmpeg libraries have."""

import av

NEEDED = {
    "H.264 decoder": ("h264", "r"),
    "H.264 encoder (x264)": ("libx264", "w"),
    "VP8 decoder": ("vp8", "r"),
    "VP9 decoder": ("vp9", "r"),
    "AV1 decoder": ("libdav1d", "r"),
    "Opus decoder": ("opus", "r"),
    "Opus encoder (libopus)": ("libopus", "w"),
    "AAC encoder": ("aac", "w"),
}


def missing_codecs() -> list[str]:
    """Return the names, for people, of needed codecs that are not there."""
    missing = []
    for text, (name, mode) in NEEDED.items():
        try:
            av.Codec(name, "r" if mode == "r" else "w")
        except av.codec.codec.UnknownCodecError:
            missing.append(text)
    return missing
