"""The incidents of this run: looked for once a second, and whenever health may have changed."""

import asyncio
import logging
from typing import Final

from stagedoor.control.health import Found
from stagedoor.control.incidents.guests import guest_findings, silent_sources
from stagedoor.control.incidents.losses import Losses, source_findings
from stagedoor.control.incidents.parts import Lateness, disk_findings, encoder_findings, health_findings
from stagedoor.control.incidents.schemas import IncidentView
from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.recording.recordings import Recordings
from stagedoor.control.schemas import Severity
from stagedoor.control.stage import Stage
from stagedoor.control.views import moment
from stagedoor.domain.incident import Finding, Incident, Ledger
from stagedoor.telemetry.logging import with_fields

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
QUIET_MS: Final = 10_000
"""How long a guest may be silent, or without sound after coming, before that is an incident."""
SLOW: Final = frozenset({"guest_without_sound", "guest_hears_nothing"})
"""Codes that count only once they have lasted for so long."""


class Incidents:
    """What went wrong, and what is wrong now.

    Args:
        stage: Guests, sessions, health.
        mixing: The mixer.
        recordings: The take that is recorded.
    """

    def __init__(self, stage: Stage, mixing: Mixing, recordings: Recordings) -> None:
        self._stage = stage
        self._mixing = mixing
        self._recordings = recordings
        self._ledger = Ledger()
        self._lateness = Lateness()
        self._losses = Losses()
        self._met: frozenset[str] = frozenset()
        self._silent_since: dict[str, int] = {}
        self._pending: dict[str, int] = {}
        stage.on_health = self._take

    def views(self) -> tuple[IncidentView, ...]:
        """Return those that last, the newest first, then those that have ended within the last hour."""
        return tuple(_view(each) for each in self._ledger.all())

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        """Look at everything once, and tell operators what has changed."""
        self._take(self._stage.health.found(self._stage.sessions))

    def _take(self, health: Found) -> None:
        """Look at everything else than what health has found."""
        now_ms = self._stage.now_ms()
        for incident in self._ledger.take(self._found(health, now_ms), now_ms):
            _log(incident)
            self._stage.events.incident(_view(incident))

    def _found(self, warned: Found, now_ms: int) -> dict[str, Finding]:
        health, state, board = self._stage.health, self._mixing.state, self._mixing.board
        up = {"relay": health.relay_up, "mixer": health.mixer_up}
        self._met |= {name for name, is_up in up.items() if is_up}
        found = dict(health_findings(warned, self._met))
        found.update(disk_findings(self._recordings.view, self._stage.settings.recording.min_free_bytes))
        found.update(self._lateness.findings(None if state is None else state.timing, now_ms))
        found.update(encoder_findings(state))
        lost = self._losses.look(self._stage, board, state)
        found.update(guest_findings(self._stage, self._long_silent(now_ms), lost))
        found.update(source_findings(self._stage, board, lost))
        return self._lasting(found, now_ms)

    def _long_silent(self, now_ms: int) -> frozenset[str]:
        """Return the seats that have been silent for `QUIET_MS`."""
        silent = silent_sources(self._mixing.state, self._stage.events.loudness)
        self._silent_since = {seat: self._silent_since.get(seat, now_ms) for seat in silent}
        return frozenset(seat for seat, since in self._silent_since.items() if now_ms - since >= QUIET_MS)

    def _lasting(self, found: dict[str, Finding], now_ms: int) -> dict[str, Finding]:
        """Leave out what may be over in a moment."""
        slow = [key for key, finding in found.items() if finding.code in SLOW]
        self._pending = {key: self._pending.get(key, now_ms) for key in slow}
        young = {key for key, since in self._pending.items() if now_ms - since < QUIET_MS}
        return {key: finding for key, finding in found.items() if key not in young}


def _view(incident: Incident) -> IncidentView:
    finding = incident.finding
    return IncidentView(
        id=incident.id,
        kind=finding.kind,
        code=finding.code,
        severity=Severity.CRITICAL if finding.critical else Severity.WARNING,
        guest=finding.guest,
        source=finding.source,
        output=finding.output,
        cause=finding.cause,
        done=finding.done,
        todo=finding.todo,
        values=dict(finding.values),
        since=moment(incident.since_ms),
        ended=None if incident.ended_ms is None else moment(incident.ended_ms),
    )


def _log(incident: Incident) -> None:
    if incident.ended_ms is not None:
        seconds = (incident.ended_ms - incident.since_ms) // 1000
        with_fields(log, code=incident.finding.code, seconds=seconds).info("An incident is over")
    else:
        log.debug("Incident %s: %s", incident.id, incident.finding.cause)
