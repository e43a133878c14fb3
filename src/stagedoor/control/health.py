"""What an operator should know: parts that are down, destinations that refuse, a disk that is full."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from stagedoor.control.registry import Session
from stagedoor.control.schemas import HealthView, HealthWarning, Severity
from stagedoor.control.seat_schemas import ReturnView
from stagedoor.domain.destination import DestinationState
from stagedoor.domain.ids import Canvas
from stagedoor.domain.incident import Finding, IncidentKind
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.recording import RecordingStatus

Found: TypeAlias = list[tuple[str, Finding]]
"""What is wrong, by a key that stays the same."""


class Health:
    """Gathers warnings and keeps since when each of them lasts.

    Args:
        now_ms: Milliseconds since the epoch.
        has_mixer: Whether the mixer is ours.
        may_reach_air: Whether the audience may miss what a guest's path does not bring to its destinations.

    Attributes:
        outputs: Where canvases are published to.
        returns: By seat, what should come from outside for its guest and does not.
        recording: How the last take ended, if it ended by itself.
    """

    def __init__(
        self, now_ms: Callable[[], int], *, has_mixer: bool, may_reach_air: Callable[[str], bool]
    ) -> None:
        self.relay_up = False
        self.mixer_up = False
        self.outputs: tuple[tuple[Canvas, DestinationStatus], ...] = ()
        self.returns: Mapping[str, ReturnView] = {}
        self.recording: RecordingStatus | None = None
        self.store_failing = False
        self._now_ms = now_ms
        self._has_mixer = has_mixer
        self._may_reach_air = may_reach_air
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
        warnings = tuple(_warning(finding, self._since[key]) for key, finding in found.items())
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
            text = "The relay is not running."
            found.append(("relay", _part(IncidentKind.RELAY, text, hint, code="relay_unavailable")))
        if self._has_mixer and not self.mixer_up:
            hint = "It is started again by itself, on the same scene; if this lasts, look at its log."
            text = "The mixer process failed."
            found.append(("mixer", _part(IncidentKind.MIXER, text, hint, code="mixer_unavailable")))
        if self.store_failing:
            hint = "Make room on the disk of server.data_dir; nothing is lost while control runs."
            text = "The database cannot be written."
            found.append(("store", _part(IncidentKind.DATABASE, text, hint, code="database_unusable")))
        if self.recording is not None:
            found.append(("recording", _stopped(self.recording)))
        found.extend(
            (f"{canvas}/{output.id}", _failing(canvas, output, critical=True, output=output.id))
            for canvas, output in self.outputs
            if _fails(output)
        )
        found.extend((f"return/{seat}", _silent(seat, view)) for seat, view in self.returns.items())
        for session in sessions:
            critical = self._may_reach_air(session.path)
            found.extend(
                # By path: a guest who comes back, as another session, finds the same server failing.
                (f"{session.path}/{destination.id}", _failing(session.path, destination, critical=critical))
                for destination in (session.status.destinations if session.status is not None else ())
                if _fails(destination)
            )
        return found


def _warning(finding: Finding, since: datetime) -> HealthWarning:
    severity = Severity.CRITICAL if finding.critical else Severity.WARNING
    return HealthWarning(
        code=finding.code, severity=severity, since=since, message=finding.cause, hint=finding.todo
    )


def _part(kind: IncidentKind, text: str, hint: str, *, code: str) -> Finding:
    return Finding(kind, code, critical=True, cause=text, todo=hint)


def _stopped(failed: RecordingStatus) -> Finding:
    return Finding(
        kind=IncidentKind.RECORDING,
        code=failed.code,
        critical=True,
        cause=f"Take {failed.take} stopped by itself: {failed.reason}.",
        todo=failed.hint,
        values={"take": failed.take, "reason": failed.reason},
    )


def _fails(destination: DestinationStatus) -> bool:
    """Tell whether a destination has failed, and takes nothing yet; while it is tried again too."""
    trying = destination.state in (DestinationState.RETRYING, DestinationState.CONNECTING)
    return trying and bool(destination.reason)


def _failing(
    path: str, destination: DestinationStatus, *, critical: bool, output: str | None = None
) -> Finding:
    url, reason = destination.url, destination.reason
    return Finding(
        kind=IncidentKind.DESTINATION,
        code=destination.code or "destination",
        critical=critical,
        cause=f"{path} does not reach {url}: {reason}",
        todo=destination.hint,
        output=output,
        values={"path": path, "url": url, "reason": reason},
    )


def _silent(seat: str, view: ReturnView) -> Finding:
    return Finding(
        kind=IncidentKind.RETURN,
        code=view.code,
        critical=False,
        cause=f"{seat} gets nothing from {view.url}: {view.reason}",
        todo="Look at return_url of the seat, and at the program that sends it.",
        values={"seat": seat, "url": view.url, "reason": view.reason},
    )


def _worst(warnings: tuple[HealthWarning, ...]) -> Literal["ok", "warning", "critical"]:
    if any(warning.severity is Severity.CRITICAL for warning in warnings):
        return "critical"
    return "warning" if warnings else "ok"
