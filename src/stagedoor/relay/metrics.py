"""What the relay's parts count, read when somebody asks: labels go with what they name."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stagedoor.domain.session import SessionState
from stagedoor.relay.hub import Hub
from stagedoor.relay.sessions import Sessions
from stagedoor.relay.viewers import Viewers

if TYPE_CHECKING:
    from stagedoor.carriers.cloudflare.account import Cloudflare


class RelayCollector(Collector):
    """What the parts said when they were last asked.

    They are asked on the loop, where they live; rendering reads files of the system and runs in a thread.

    Args:
        parts: The parts' own collectors.
    """

    def __init__(self, *parts: Collector) -> None:
        self._parts = parts
        self._taken: list[Metric] = []

    def take(self) -> None:
        """Ask all parts."""
        self._taken = [metric for part in self._parts for metric in part.collect()]

    def collect(self) -> Iterable[Metric]:
        """Return what was taken."""
        return self._taken


class HubCollector(Collector):
    """Paths and readers."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """Read the paths as they are now."""
        readers = GaugeMetricFamily("stagedoor_path_readers", "Readers of a path.", labels=["path", "kind"])
        queued = GaugeMetricFamily(
            "stagedoor_path_queued_packets", "Packets that wait for the slowest reader.", labels=["path"]
        )
        dropped = CounterMetricFamily(
            "stagedoor_path_dropped_packets", "Packets that readers lost by being slow.", labels=["path"]
        )
        lost_bytes = CounterMetricFamily(
            "stagedoor_path_dropped_bytes", "Payload of the same packets.", labels=["path"]
        )
        frames = CounterMetricFamily(
            "stagedoor_path_packets", "Packets that were published.", labels=["path", "track"]
        )
        for path in self._hub:
            kinds = [reader.kind for reader in path.readers]
            for kind in sorted(set(kinds)):
                readers.add_metric([path.name, kind], kinds.count(kind))
            queued.add_metric([path.name], max((reader.queued for reader in path.readers), default=0))
            dropped.add_metric([path.name], path.dropped)
            lost_bytes.add_metric([path.name], path.dropped_bytes)
            for track in path.status(time.monotonic()).tracks:
                frames.add_metric([path.name, track.kind.value], track.frames)
        return readers, queued, dropped, lost_bytes, frames


class SessionCollector(Collector):
    """Sessions and viewers."""

    def __init__(self, sessions: Sessions, viewers: Viewers) -> None:
        self._sessions = sessions
        self._viewers = viewers

    def collect(self) -> Iterable[Metric]:
        """Read the sessions as they are now."""
        states = GaugeMetricFamily("stagedoor_sessions", "Sessions by state.", labels=["state"])
        ended = CounterMetricFamily("stagedoor_sessions_ended", "Sessions that ended.", labels=["reason"])
        age = GaugeMetricFamily(
            "stagedoor_session_frame_age_seconds", "Age of the last frame.", labels=["path", "track"]
        )
        offset = GaugeMetricFamily(
            "stagedoor_session_av_offset_seconds", "Sound minus picture as they leave.", labels=["path"]
        )
        round_trip = GaugeMetricFamily(
            "stagedoor_session_round_trip_seconds", "To the guest and back.", labels=["path"]
        )
        loss = GaugeMetricFamily(
            "stagedoor_session_loss_ratio", "Packets that never came.", labels=["path", "track"]
        )
        viewers = GaugeMetricFamily("stagedoor_viewers", "Viewers' connections.", value=len(self._viewers))
        statuses = [session.status() for session in self._sessions]
        for state in SessionState:
            states.add_metric([state.value], sum(status.state is state for status in statuses))
        for reason, times in self._sessions.ended.items():
            ended.add_metric([reason.value], times)
        for status in statuses:
            if status.av_offset_ms is not None:
                offset.add_metric([status.path], status.av_offset_ms / 1000)
            if status.round_trip_ms is not None:
                round_trip.add_metric([status.path], status.round_trip_ms / 1000)
            for track in status.tracks:
                age.add_metric([status.path, track.kind.value], (track.age_ms or 0) / 1000)
                loss.add_metric([status.path, track.kind.value], track.loss)
        return states, ended, age, offset, round_trip, loss, viewers


class DestinationCollector(Collector):
    """Guests' destinations."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def collect(self) -> Iterable[Metric]:
        """Read the destinations as they are now."""
        labels = ["path", "destination"]
        live = GaugeMetricFamily(
            "stagedoor_destination_live", "Whether the server takes packets.", labels=labels
        )
        sent = CounterMetricFamily("stagedoor_destination_sent_bytes", "Bytes handed over.", labels=labels)
        dropped = CounterMetricFamily(
            "stagedoor_destination_dropped_packets",
            "Packets that the server was too slow for.",
            labels=labels,
        )
        for session in self._sessions:
            for each in () if session.relay is None else session.relay.statuses:
                names = [session.binding.path, each.id]
                live.add_metric(names, float(each.state == "live"))
                sent.add_metric(names, each.bytes_sent)
                dropped.add_metric(names, each.dropped)
        return live, sent, dropped


class CloudflareCollector(Collector):
    """Calls to Cloudflare, and what it has sent."""

    def __init__(self, cloudflare: "Cloudflare") -> None:
        self._cloudflare = cloudflare

    def collect(self) -> Iterable[Metric]:
        """Read the counts as they are now."""
        calls = CounterMetricFamily(
            "stagedoor_cloudflare_calls", "Calls to Cloudflare's API.", labels=["operation", "outcome"]
        )
        for (operation, outcome), times in tuple(self._cloudflare.api.calls.items()):
            calls.add_metric([operation, outcome], times)
        usage = self._cloudflare.journal.usage
        pulled = CounterMetricFamily(
            "stagedoor_cloudflare_pulled_bytes",
            "Media that Cloudflare sent to the relay.",
            usage.pulled_bytes,
        )
        returned = CounterMetricFamily(
            "stagedoor_cloudflare_returned_bytes",
            "Media that Cloudflare sent to guests, counted from what was pushed.",
            usage.returned_bytes,
        )
        return calls, pulled, returned
