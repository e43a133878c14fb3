"""What tells control how the mixer is: it goes on after a mistake with one event."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from stagedoor.aio.closing import cancel_and_wait
from stagedoor.ipc.mixer import MixerEvent
from stagedoor.mixer.events import Events
from stagedoor.mixer.outlets import again

pytestmark = pytest.mark.unit


class Mixer:
    """Has a change with each turn; a test says what its state is."""

    def __init__(self) -> None:
        self.levels = SimpleNamespace(number=0, meters={})
        self.state: Callable[[], None] = lambda: None

    async def changes(self, _within_s: float) -> bool:
        await asyncio.sleep(0)
        return True


async def test_control_is_told_again_after_a_mistake(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(again, "AGAIN_S", 0.0)
    mixer = Mixer()
    events = Events(mixer)  # type: ignore[arg-type]
    lines = events.lines()
    await anext(lines)
    broken: list[None] = []

    def breaks() -> None:
        broken.append(None)
        mixer.state = lambda: None
        raise ZeroDivisionError("a bug")

    mixer.state = breaks
    task = asyncio.create_task(events.run())
    try:
        async with asyncio.timeout(5):
            told = [MixerEvent.model_validate_json(await anext(lines)).type for _ in range(4)]
    finally:
        events.close()
        await lines.aclose()  # type: ignore[attr-defined]
        await cancel_and_wait(task)
    # The one in which it broke had told the meters already; what follows is whole.
    assert told == ["meters", "meters", "state", "state"]
    assert len(broken) == 1
    assert caplog.text.count("What tells control begins anew") == 1
