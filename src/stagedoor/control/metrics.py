"""What control counts about itself."""

import asyncio

from stagedoor.control.stage import Stage
from stagedoor.domain.guest import GuestState
from stagedoor.telemetry.metrics import Metrics


class ControlMetrics:
    """Gauges that are set when somebody asks."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._metrics = Metrics("control")
        self._guests = self._metrics.gauge("stagedoor_guests", "Guests by state.", ["state"])
        self._away = self._metrics.gauge("stagedoor_guests_away", "Guests whose place is held without media.")
        self._sessions = self._metrics.gauge("stagedoor_sessions", "Sessions of guests.")
        self._streams = self._metrics.gauge("stagedoor_event_streams", "Event streams that are open.")
        self._relay_up = self._metrics.gauge("stagedoor_relay_up", "Whether the relay can be reached.")
        self._mixer_up = self._metrics.gauge("stagedoor_mixer_up", "Whether the mixer can be reached.")

        self._osc = self._metrics.counter(
            "stagedoor_osc_messages_total", "Messages of controllers by OSC.", ["outcome"]
        )

    def count_osc(self, outcome: str) -> None:
        """Count what became of a message by OSC."""
        self._osc.labels(outcome).inc()

    async def watch_loop(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        await self._metrics.watch_loop()

    async def render(self) -> bytes:
        """Return everything in Prometheus' text format; a thread reads what the kernel says of us."""
        guests = self._stage.house.guests.values()
        for state in GuestState:
            self._guests.labels(state.value).set(sum(guest.state is state for guest in guests))
        self._away.set(sum(guest.away for guest in guests))
        self._sessions.set(len(self._stage.sessions))
        self._streams.set(len(self._stage.events))
        self._relay_up.set(self._stage.health.relay_up)
        self._mixer_up.set(self._stage.health.mixer_up)
        return await asyncio.to_thread(self._metrics.render)
