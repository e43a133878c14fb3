"""What is wrong with our own parts, the disk, and the servers that are published to."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from stagedoor.control import health
from stagedoor.control.recording.answers import RecordingView
from stagedoor.domain.incident import Finding, IncidentKind
from stagedoor.ipc.mixer import MixerState
from stagedoor.ipc.queues import Timing

LATE_WITHIN_MS: Final = 10_000
LATE_FRAMES: Final = 3
"""So many frames in that time are more than a hiccup."""

_PARTS: Final = {
    "relay": "It is started again by itself; guests come back to their seats.",
    "mixer": "It is started again by itself, on the same scene; guests stay connected.",
    "store": "Changes are kept in memory, and written as soon as that is possible.",
    "recording": "What was written so far is good.",
}
_DESTINATION: Final = "It is tried again by itself, every ten seconds at the latest."

Found = Iterator[tuple[str, Finding]]


def health_findings(warned: health.Found, met: frozenset[str]) -> Found:
    """Yield what health warns of; parts that were never there are about to come. `met` names the others."""
    for key, finding in warned:
        if key not in ("relay", "mixer") or key in met:
            yield key, replace(finding, done=_PARTS.get(key, _DESTINATION))


def disk_findings(recording: RecordingView | None, min_free_bytes: int) -> Found:
    """Yield that the disk is about to end a recording."""
    if recording is None or not 0 < recording.free_bytes < 2 * min_free_bytes or recording.code:
        return
    yield (
        "disk",
        Finding(
            kind=IncidentKind.DISK,
            code="disk_low",
            critical=False,
            cause="The disk of the recordings is nearly full.",
            done=f"The take stops by itself at {min_free_bytes // 1_000_000} MB (recording.min_free_mb).",
            todo="Make room on the disk.",
            values={"least_mb": min_free_bytes // 1_000_000},
        ),
    )


def encoder_findings(state: MixerState | None) -> Found:
    """Yield that the hardware encoder which shall encode program does not."""
    if state is None or not state.encoding.reason:
        return
    wanted, reason = state.encoding.wanted, state.encoding.reason
    hint = state.encoding.hint and f"{state.encoding.hint} "
    yield (
        "encoder",
        Finding(
            kind=IncidentKind.ENCODER,
            code="encoder_failed",
            critical=False,
            cause=f"Program's picture is not encoded by {wanted}: {reason}.",
            done="x264 does it instead, on the processor; program and whoever reads it go on.",
            todo=f"{hint}See what stagedoor doctor says of it, or set mixer.encoder to x264.",
            values={"wanted": wanted, "reason": reason},
        ),
    )


class Lateness:
    """Sees from the mixer's counters whether program lacks frames."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()

    def findings(self, timing: Timing | None, now_ms: int) -> Found:
        """Yield that frames were missing or repeated in the last seconds; None: there is no mixer."""
        if timing is None:
            self._seen.clear()
            return
        count = timing.repeated_frames + timing.skipped_frames + timing.dropped_frames
        if self._seen and count < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now_ms, count))
        while now_ms - self._seen[0][0] > LATE_WITHIN_MS:
            self._seen.popleft()
        if count - self._seen[0][1] >= LATE_FRAMES:
            yield "late", _LATE


_LATE: Final = Finding(
    kind=IncidentKind.LATE,
    code="mixer_late",
    critical=True,
    cause="This machine is too slow for program: frames are missing or repeated.",
    done="Frames are repeated, so that picture and sound stay together.",
    todo="End other programs; a quicker mixer.preset, a smaller picture, fewer pictures a second.",
)
