"""Three minutes of a production in which things come and go: nothing grows, nothing drifts."""

import pytest

from tests.kit.soak import CHILDREN, largest_step, slope, soak, without_step

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SECONDS = 180.0
EVERY_S = 9.0
WARM = 7
"""Samples in which buffers and caches are still being filled."""
MB_A_MINUTE = 3.0
"""A picture of 640×360 that is kept for each second would be 20."""
NOISE_MB = 6.0
"""What comes and goes moves a sample by 3 MB to either side, and the slope of 13 of them by 1.3 a minute."""
BURST_MB = 20.0
"""Once, where the machine is busy for a moment: what comes late is decoded at once and waits, 0.5 s of
pictures of each source, and decoders keep the room that it took."""
DRIFT_S = 0.017
"""Half a picture."""


async def test_nothing_grows_and_nothing_drifts() -> None:
    samples = (await soak(SECONDS, EVERY_S))[WARM:]
    assert len(samples) >= 8
    span = samples[-1].at - samples[0].at
    for name in CHILDREN:
        points = [(sample.at, sample.memory[name]) for sample in samples]
        assert largest_step(points) < BURST_MB, (name, points)
        grown = without_step(points) if largest_step(points) > NOISE_MB else points
        assert 60 * slope(grown) < MB_A_MINUTE, (name, points)
    assert abs(slope([(sample.at, sample.apart) for sample in samples])) * span <= DRIFT_S, samples
    assert slope([(sample.at, sample.late) for sample in samples]) * span <= 2 * DRIFT_S, samples
