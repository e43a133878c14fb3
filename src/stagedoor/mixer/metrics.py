"""What the mixer counts, read when somebody asks: labels go with what they name."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stagedoor.domain.source import SourceState
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import MixerState, SourceStatus
from stagedoor.ipc.queues import QueueStatus, SoundTiming, Timing
from stagedoor.telemetry.metrics import Metrics

MS = 1000


class MixerMetrics(Collector):
    """What the mixer says of itself, and what is measured of its process.

    Args:
        state: Returns everything that is so now; called on the loop.
    """

    def __init__(self, state: Callable[[], MixerState]) -> None:
        self._state = state
        self._metrics = Metrics("mixer")
        self._metrics.registry.register(self)
        self._taken: tuple[Metric, ...] = ()

    async def watch_loop(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        await self._metrics.watch_loop()

    async def render(self) -> bytes:
        """Return everything in Prometheus' text format; a thread reads what the kernel says of us."""
        state = self._state()
        self._taken = (
            *_clock(state.frame, state.timing),
            *_sound(state.sound),
            *_queues(state.queues),
            CounterMetricFamily(
                "stagedoor_second_canvas_dropped_frames",
                "Program frames that the second canvas left out for want of time.",
                state.second_dropped,
            ),
            *_sources(state.sources),
            *_destinations(state.destinations),
        )
        return await asyncio.to_thread(self._metrics.render)

    def collect(self) -> Iterable[Metric]:
        """Return what the mixer said when it was asked."""
        return self._taken


def _clock(frame: int, timing: Timing) -> Iterator[Metric]:
    counts = {
        "frames": ("Program frames that were due.", frame + 1),
        "late_frames": ("Program frames whose drawing began too late.", timing.late_frames),
        "repeated_frames": ("Program frames that showed the picture before them.", timing.repeated_frames),
        "skipped_frames": ("Program frames that there never were.", timing.skipped_frames),
        "dropped_frames": ("Program frames that were drawn and not encoded.", timing.dropped_frames),
        "encoder_failures": ("Program frames that its encoder failed on.", timing.encoder_failures),
    }
    for name, (text, value) in counts.items():
        yield CounterMetricFamily(f"stagedoor_program_{name}", text, value)
    render = GaugeMetricFamily(
        "stagedoor_program_render_seconds",
        "Time to draw a frame, of the last half minute's.",
        labels=["quantile"],
    )
    for quantile, spent in (
        ("0.5", timing.render_p50),
        ("0.95", timing.render_p95),
        ("0.99", timing.render_p99),
    ):
        render.add_metric([quantile], spent / MS)
    yield render


def _sound(timing: SoundTiming) -> Iterator[Metric]:
    counts = {
        "skipped_blocks": ("Blocks of sound, 20 ms each, that were left out.", timing.skipped_blocks),
        "failed_blocks": ("Blocks of sound that could not be mixed.", timing.failed_blocks),
        "encoder_failures": ("Blocks of sound that an encoder could not take.", timing.encoder_failures),
    }
    for name, (text, value) in counts.items():
        yield CounterMetricFamily(f"stagedoor_sound_{name}", text, value)


def _queues(queues: Iterable[QueueStatus]) -> tuple[Metric, ...]:
    labels = ["kind", "name"]
    filled = GaugeMetricFamily(
        "stagedoor_queue_filled", "How much of a queue of the mixer's is taken, 0 to 1.", labels=labels
    )
    dropped = CounterMetricFamily(
        "stagedoor_queue_dropped", "What went from a queue of the mixer's for want of room.", labels=labels
    )
    for each in queues:
        filled.add_metric([each.kind, each.name], each.waiting / each.most)
        dropped.add_metric([each.kind, each.name], each.dropped)
    return filled, dropped


def _sources(sources: Iterable[SourceStatus]) -> tuple[Metric, ...]:
    labels = ["source"]
    states = GaugeMetricFamily(
        "stagedoor_source_state", "1 for the state that a source is in.", labels=["source", "state"]
    )
    age = GaugeMetricFamily("stagedoor_source_frame_age_seconds", "Age of the last picture.", labels=labels)
    playout = GaugeMetricFamily(
        "stagedoor_source_playout_seconds", "By how much a source is held back.", labels=labels
    )
    repeated = CounterMetricFamily(
        "stagedoor_source_repeated_frames", "Program frames that showed an old picture of it.", labels=labels
    )
    concealed = CounterMetricFamily(
        "stagedoor_source_concealed_seconds", "Sound of a source that was missing.", labels=labels
    )
    rebuilt = CounterMetricFamily(
        "stagedoor_source_rebuilt_seconds", "Sound of a source that was lost and rebuilt.", labels=labels
    )
    filled = GaugeMetricFamily(
        "stagedoor_source_filled",
        "How much of the room of its waiting pictures is taken, 0 to 1.",
        labels=labels,
    )
    dropped = CounterMetricFamily(
        "stagedoor_source_dropped_frames", "Pictures of a source that were never shown.", labels=labels
    )
    sound = GaugeMetricFamily(
        "stagedoor_source_sound_seconds", "Sound of a source that waits.", labels=labels
    )
    for each in sources:
        for state in SourceState:
            states.add_metric([each.id, state.value], float(each.state is state))
        if each.age_ms is not None:
            age.add_metric([each.id], each.age_ms / MS)
        playout.add_metric([each.id], each.playout_ms / MS)
        repeated.add_metric([each.id], each.repeated)
        concealed.add_metric([each.id], each.concealed_ms / MS)
        rebuilt.add_metric([each.id], each.rebuilt_ms / MS)
        filled.add_metric([each.id], each.filled)
        dropped.add_metric([each.id], each.dropped)
        sound.add_metric([each.id], each.sound_ms / MS)
    return states, age, playout, repeated, concealed, rebuilt, filled, dropped, sound


def _destinations(destinations: Iterable[DestinationStatus]) -> tuple[Metric, ...]:
    labels = ["output"]
    live = GaugeMetricFamily("stagedoor_output_live", "Whether the server takes packets.", labels=labels)
    sent = CounterMetricFamily("stagedoor_output_sent_bytes", "Bytes handed over.", labels=labels)
    dropped = CounterMetricFamily(
        "stagedoor_output_dropped_packets", "Packets that the server was too slow for.", labels=labels
    )
    queued = GaugeMetricFamily(
        "stagedoor_output_queued_packets", "Packets that wait for the server.", labels=labels
    )
    for each in destinations:
        queued.add_metric([each.id], each.queued)
        live.add_metric([each.id], float(each.state == "live"))
        sent.add_metric([each.id], each.bytes_sent)
        dropped.add_metric([each.id], each.dropped)
    return live, sent, dropped, queued
