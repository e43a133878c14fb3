"""A process's metrics, named `stagedoor_<noun>_<what>_<unit>`, in a registry of its own."""

import asyncio
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "stagedoor_"

LATENCY_BUCKETS_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12)


class Metrics:
    """The metrics of one process.

    Labels must have few values, and whoever labels with a guest or a path removes it when that goes.

    Args:
        process: `control`, `relay` or `mixer`; part of the names of what is measured of the process itself.
    """

    def __init__(self, process: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(namespace=f"{PREFIX}{process}", registry=self.registry)
        self._lag = self.gauge(
            f"{PREFIX}{process}_loop_lag_seconds", "How late the event loop was in the last second, at most."
        )

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """Make a counter; its name ends with `_total`."""
        return Counter(_checked(name), text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """Make a gauge."""
        return Gauge(_checked(name), text, labels, registry=self.registry)

    def histogram(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        buckets: Sequence[float] = LATENCY_BUCKETS_S,
    ) -> Histogram:
        """Make a histogram."""
        return Histogram(_checked(name), text, labels, registry=self.registry, buckets=buckets)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format, of type `CONTENT_TYPE`."""
        return generate_latest(self.registry)

    async def watch_loop(self, every_s: float = 0.1) -> None:
        """Measure how late the event loop wakes, until cancelled."""
        loop = asyncio.get_running_loop()
        worst, shown = 0.0, loop.time()
        while True:
            due = loop.time() + every_s
            await asyncio.sleep(every_s)
            worst = max(worst, loop.time() - due)
            if loop.time() - shown >= 1.0:
                self._lag.set(max(worst, 0.0))
                worst, shown = 0.0, loop.time()


def _checked(name: str) -> str:
    if not name.startswith(PREFIX):
        raise ValueError(f"metric names start with {PREFIX}")
    return name
