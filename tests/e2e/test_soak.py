"""Three minutes of a production in which things come and go: nothing grows, nothing drifts."""

import pytest

from tests.kit.soak import CHILDREN, slope, soak

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SECONDS = 180.0
EVERY_S = 9.0
WARM = 7
"""Samples in which buffers and caches are still being filled."""
MB_A_MINUTE = 8.0
"""A picture of 640×360 that is kept for each second would be 20. In the first ten minutes the allocator takes
4 to 8 MB in a step now and then, which an hour does not go on with; one such step makes a slope of 4 to 6."""
DRIFT_S = 0.017
"""Half a picture."""


async def test_nothing_grows_and_nothing_drifts() -> None:
    samples = (await soak(SECONDS, EVERY_S))[WARM:]
    assert len(samples) >= 8
    span = samples[-1].at - samples[0].at
    for name in CHILDREN:
        points = [(sample.at, sample.memory[name]) for sample in samples]
        assert 60 * slope(points) < MB_A_MINUTE, (name, points)
    assert abs(slope([(sample.at, sample.apart) for sample in samples])) * span <= DRIFT_S, samples
    assert slope([(sample.at, sample.late) for sample in samples]) * span <= 2 * DRIFT_S, samples
