"""Changes to a session description that goes through us to somebody else."""

ROTATION = "urn:3gpp:video-orientation"


def without_rotation(sdp: str) -> str:
    """Leave the video orientation extension out, so that a phone turns its own pixels (3GPP TS 26.114)."""
    lines = sdp.splitlines(keepends=True)
    return "".join(line for line in lines if not (line.startswith("a=extmap:") and ROTATION in line))
