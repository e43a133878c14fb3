"""What the mixer's metrics say of its state."""

import pytest

from stagedoor.domain.destination import DestinationState
from stagedoor.domain.source import SourceState
from stagedoor.ipc.messages import DestinationStatus
from stagedoor.ipc.mixer import MixerState, SourceStatus
from stagedoor.ipc.queues import QueueKind, QueueStatus, SoundTiming, Timing
from stagedoor.mixer.metrics import MixerMetrics

pytestmark = pytest.mark.service

STATE = MixerState(
    pid=1,
    version="1",
    frame=299,
    sources=(
        SourceStatus(
            id="guest1",
            state=SourceState.STALLED,
            age_ms=2500,
            playout_ms=80,
            repeated=7,
            concealed_ms=40,
            rebuilt_ms=60,
            waiting=3,
            filled=0.25,
            dropped=9,
            sound_ms=120,
        ),
        SourceStatus(id="guest2", state=SourceState.CONNECTING),
    ),
    destinations=(
        DestinationStatus(
            id="stream", url="rtmp://h/***", state=DestinationState.LIVE, bytes_sent=12, dropped=3, queued=11
        ),
    ),
    timing=Timing(
        render_p50=4,
        render_p95=8,
        render_p99=16,
        late_frames=1,
        repeated_frames=2,
        skipped_frames=3,
        dropped_frames=4,
    ),
    second_dropped=5,
    sound=SoundTiming(skipped_blocks=6, failed_blocks=7, encoder_failures=8),
    queues=(
        QueueStatus(kind=QueueKind.ENCODER, name="program", waiting=2, most=8, dropped=4),
        QueueStatus(kind=QueueKind.STREAM, name="return-guest1", waiting=0, most=2048),
    ),
)
SAID = """
stagedoor_program_frames_total 300.0
stagedoor_program_late_frames_total 1.0
stagedoor_program_repeated_frames_total 2.0
stagedoor_program_skipped_frames_total 3.0
stagedoor_program_dropped_frames_total 4.0
stagedoor_second_canvas_dropped_frames_total 5.0
stagedoor_program_render_seconds{quantile="0.95"} 0.008
stagedoor_source_state{source="guest1",state="stalled"} 1.0
stagedoor_source_state{source="guest1",state="live"} 0.0
stagedoor_source_frame_age_seconds{source="guest1"} 2.5
stagedoor_source_playout_seconds{source="guest1"} 0.08
stagedoor_source_repeated_frames_total{source="guest1"} 7.0
stagedoor_source_concealed_seconds_total{source="guest1"} 0.04
stagedoor_source_rebuilt_seconds_total{source="guest1"} 0.06
stagedoor_source_filled{source="guest1"} 0.25
stagedoor_source_dropped_frames_total{source="guest1"} 9.0
stagedoor_source_sound_seconds{source="guest1"} 0.12
stagedoor_sound_skipped_blocks_total 6.0
stagedoor_sound_failed_blocks_total 7.0
stagedoor_sound_encoder_failures_total 8.0
stagedoor_queue_filled{kind="encoder",name="program"} 0.25
stagedoor_queue_dropped_total{kind="encoder",name="program"} 4.0
stagedoor_queue_filled{kind="stream",name="return-guest1"} 0.0
stagedoor_output_queued_packets{output="stream"} 11.0
stagedoor_output_live{output="stream"} 1.0
stagedoor_output_sent_bytes_total{output="stream"} 12.0
stagedoor_output_dropped_packets_total{output="stream"} 3.0
"""


async def test_everything_is_there_and_goes_with_what_it_names() -> None:
    state = STATE
    metrics = MixerMetrics(lambda: state)
    lines = set((await metrics.render()).decode().splitlines())
    assert set(SAID.split("\n")[1:-1]) <= lines, lines
    assert 'stagedoor_source_frame_age_seconds{source="guest2"}' not in "\n".join(lines)
    state = STATE.model_copy(update={"sources": (), "destinations": (), "queues": ()})
    text = (await metrics.render()).decode()
    assert "guest1" not in text
    assert "stream" not in text
    assert "stagedoor_mixer_loop_lag_seconds" in text
