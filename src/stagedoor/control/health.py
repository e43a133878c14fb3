"""What an operator should know: parts that are down, destinations that refuse, a disk that is full."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from stagedoor.control.registry import Session
from stagedoor.control.schemas import HealthView, HealthWarning, Severity
from stagedoor.control.seat_schemas import ReturnView
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.ids import Canvas
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.recording import RecordingStatus

Found: TypeAlias = list[tuple[str, tuple[str, Severity, str, str]]]
"""What is wrong, by a key that stays the same: code, severity, sentence, hint."""

def output_of(key: str) -> str | None:
    """Return which output a key is about, by id; None where it is about none."""
    canvas, _, output = key.partition("/")
    return output if canvas in tuple(Canvas) else None


class Health:
    """Gathers warnings and keeps since when each of them lasts.

    Args:
        now_ms: Milliseconds since the epoch.
        has_mixer: Whether the mixer is ours.

    Attributes:
        outputs: Where canvases are published to.
        returns: By seat, what should come from outside for its guest and does not.
        recording: How the last take ended, if it ended by itself.
    """

    def __init__(self, now_ms: Callable[[], int], *, has_mixer: bool) -> None:
        self.relay_up = False
        self.mixer_up = False
        self.outputs: tuple[tuple[Canvas, DestinationStatus], ...] = ()
        self.returns: Mapping[str, ReturnView] = {}
        self.recording: RecordingStatus | None = None
        self.store_failing = False
        self._now_ms = now_ms
        self._has_mixer = has_mixer
        self._since: dict[str, datetime] = {}
        self._last: HealthView | None = None

    def view(self, sessions: Iterable[Session]) -> HealthView:
        """Return how everything does."""
        return self._view(self.found(sessions))

    def changed(self, found: Found) -> HealthView | None:
        """Return how everything does, with what was found, if that is not what was returned last time."""
        view = self._view(found)
        if view == self._last:
            return None
        self._last = view
        return view

    def _view(self, what: Found) -> HealthView:
        found = dict(what)
        now = datetime.fromtimestamp(self._now_ms() / 1000, UTC).replace(microsecond=0)
        self._since = {key: self._since.get(key, now) for key in found}
        warnings = tuple(
            HealthWarning(code=code, severity=severity, since=self._since[key], message=message, hint=hint)
            for key, (code, severity, message, hint) in found.items()
        )
        return HealthView(
            status=_worst(warnings),
            parts={"control": "ok", **{name: "ok" if up else "down" for name, up in self._others().items()}},
            warnings=warnings,
        )

    def _others(self) -> dict[str, bool]:
        """Whether each other process answers."""
        return {"relay": self.relay_up, **({"mixer": self.mixer_up} if self._has_mixer else {})}

    def found(self, sessions: Iterable[Session]) -> Found:
        """Return what is wrong."""
        found: Found = []
        if not self.relay_up:
            hint = "It is started again by itself; if this lasts, look at its log."
            found.append(
                ("relay", ("relay_unavailable", Severity.CRITICAL, "The relay is not running.", hint))
            )
        if self._has_mixer and not self.mixer_up:
            hint = "It is started again by itself, on the same scene; if this lasts, look at its log."
            found.append(
                ("mixer", ("mixer_unavailable", Severity.CRITICAL, "The mixer process failed.", hint))
            )
        if self.store_failing:
            hint = "Make room on the disk of server.data_dir; nothing is lost while control runs."
            text = "The database cannot be written."
            found.append(("store", ("database_unusable", Severity.CRITICAL, text, hint)))
        if (failed := self.recording) is not None:
            text = f"Take {failed.take} stopped by itself: {failed.reason}."
            found.append(("recording", (failed.code, Severity.CRITICAL, text, failed.hint)))
        found.extend(
            (f"{canvas}/{output.id}", _failing(canvas, output, Severity.CRITICAL))
            for canvas, output in self.outputs
            if output.state is DestinationState.RETRYING
        )
        found.extend((f"return/{seat}", _silent(seat, view)) for seat, view in self.returns.items())
        for session in sessions:
            found.extend(
                (f"{session.id}/{destination.id}", _failing(session.path, destination, Severity.WARNING))
                for destination in (session.status.destinations if session.status is not None else ())
                if destination.state is DestinationState.RETRYING
            )
        return found


def _failing(path: str, destination: DestinationStatus, severity: Severity) -> tuple[str, Severity, str, str]:
    code = destination.code or "destination"
    text = f"{path} does not reach {destination.url}: {destination.reason or 'no reason was given'}"
    return code, severity, text, destination.hint


def _silent(seat: str, view: ReturnView) -> tuple[str, Severity, str, str]:
    hint = "Look at return_url of the seat, and at the program that sends it."
    return view.code, Severity.WARNING, f"{seat} gets nothing from {view.url}: {view.reason}", hint


def _worst(warnings: tuple[HealthWarning, ...]) -> Literal["ok", "warning", "critical"]:
    if any(warning.severity is Severity.CRITICAL for warning in warnings):
        return "critical"
    return "warning" if warnings else "ok"
