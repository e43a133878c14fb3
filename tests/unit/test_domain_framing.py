"""What a source cuts off its picture itself, by value and by chance."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.domain.framing import cropped_twice, framed
from stagedoor.domain.scene import Crop, Offset
from tests.kit import scenes

pytestmark = pytest.mark.unit


class TestFraming:
    @pytest.mark.parametrize(
        ("crop", "zoom", "offset", "left"),
        [
            (Crop(), 1, Offset(), Crop()),
            (Crop(), 1, Offset(0.5, -0.5), Crop()),
            (Crop(), 2, Offset(), Crop(0.25, 0.25, 0.25, 0.25)),
            (Crop(), 2, Offset(0.25, -0.25), Crop(0.5, 0.0, 0.0, 0.5)),
            (Crop(), 2, Offset(1.0, 0.1), Crop(0.5, 0.35, 0.0, 0.15)),
            (Crop(left=0.5), 2, Offset(), Crop(0.625, 0.25, 0.125, 0.25)),
            (Crop(left=0.5), 2, Offset(-1.0, 0.0), Crop(0.5, 0.25, 0.25, 0.25)),
        ],
    )
    def test_by_value(self, crop: Crop, zoom: float, offset: Offset, left: Crop) -> None:
        assert astuple(framed(crop, zoom, offset)) == pytest.approx(astuple(left))

    @given(scenes.crops, st.floats(1, 16), st.builds(Offset, st.floats(-1, 1), st.floats(-1, 1)))
    def test_nothing_that_is_cut_off_comes_back(self, crop: Crop, zoom: float, offset: Offset) -> None:
        made = framed(crop, zoom, offset)
        near = 1e-9
        for outer, inner in zip(astuple(crop), astuple(made), strict=True):
            assert inner >= outer - near
        width, height = 1 - crop.left - crop.right, 1 - crop.top - crop.bottom
        assert 1 - made.left - made.right == pytest.approx(width / zoom)
        assert 1 - made.top - made.bottom == pytest.approx(height / zoom)

    @given(scenes.crops, scenes.crops)
    def test_a_crop_of_a_crop_lies_in_it(self, first: Crop, then: Crop) -> None:
        both = cropped_twice(first, then)
        near = 1e-9
        assert all(a >= b - near for a, b in zip(astuple(both), astuple(first), strict=True))
        width = (1 - first.left - first.right) * (1 - then.left - then.right)
        assert 1 - both.left - both.right == pytest.approx(width)

    @given(scenes.crops)
    def test_no_crop_changes_nothing(self, crop: Crop) -> None:
        assert astuple(cropped_twice(Crop(), crop)) == pytest.approx(astuple(crop))
        assert astuple(cropped_twice(crop, Crop())) == pytest.approx(astuple(crop))
