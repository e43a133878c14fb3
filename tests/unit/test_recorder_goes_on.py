"""A mistake with a take's cut log: it is logged, and neither the take nor whoever runs it ends."""

import asyncio
from pathlib import Path

import pytest

from stagedoor.domain.recording import CUTS, RecordingState
from stagedoor.ipc.recording import RecordingSpec
from stagedoor.outputs.files.recorder import Recorder
from tests.kit.takes import take_of
from tests.kit.wait import until

pytestmark = pytest.mark.unit


class BreakingLines:
    """Has a line each time that it is asked, but for the first time."""

    def __init__(self) -> None:
        self.asked = 0

    def ready(self, _spec: RecordingSpec) -> list[str]:
        self.asked += 1
        if self.asked == 1:
            raise ZeroDivisionError("a bug")
        return [f'{{"asked": {self.asked}}}']


async def test_a_mistake_with_the_cut_log_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines, cuts = BreakingLines(), tmp_path / "take" / CUTS
    async with asyncio.TaskGroup() as group:
        recorder = Recorder(group, lambda: None, lines)
        await recorder.start(take_of(tmp_path))
        await until(lambda: lines.asked == 1)
        # The disk was looked at all the same.
        await until(lambda: recorder.status.free_bytes > 0)
        recorder.lines_came()
        await until(lambda: lines.asked == 2)
        assert recorder.status.state is RecordingState.RECORDING
        await recorder.aclose()
    assert cuts.read_text().splitlines() == ['{"asked": 2}', '{"asked": 3}']
    assert caplog.text.count("The cut log of take take could not be written") == 1
    assert caplog.text.count("ZeroDivisionError: a bug") == 1
