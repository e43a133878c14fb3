"""What a test guest shows and says, again and again."""

from pathlib import Path

import numpy as np
import pytest

from stagedoor.synthetic.loop import BLOCKS, FRAMES, load
from tests.kit.listening import levels_db

pytestmark = pytest.mark.media


def test_a_test_guests_tone_goes_on_evenly_when_it_is_repeated(tmp_path: Path) -> None:
    loop = load(3, "Test guest 4", tmp_path)
    assert (len(loop.pictures), len(loop.sounds)) == (FRAMES, BLOCKS)
    levels = levels_db(loop.sounds * 2)[25:]
    assert np.ptp(levels) < 0.5
    assert np.median(levels) == pytest.approx(-23.0, abs=0.5)
