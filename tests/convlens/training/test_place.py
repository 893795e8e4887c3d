"""Where a weight lies and where it is drawn: by hand, and there and back."""

import numpy as np
import pytest

from convlens.training.choices import CHOICES
from convlens.training.place import SIDE, across, drawn, spot, weight_at


def test_slices_stand_beside_each_other():
    kernel = np.arange(2 * 2 * 5 * 2, dtype=np.float32).reshape(2, 2, 5, 2)
    assert across(kernel.shape) == 4
    shown = drawn(kernel, 1)
    assert shown.shape == (4, 8)
    np.testing.assert_array_equal(shown[:2, 2:4], kernel[:, :, 1, 1])
    np.testing.assert_array_equal(shown[2:, :2], kernel[:, :, 4, 1])
    assert not shown[2:, 2:].any()  # no slice is there


@pytest.mark.parametrize(
    "shape",
    [
        (3, 3, 1, 16),
        (5, 5, 6, 16),
        (3, 3, 3, 4),
        (3, 3, 16, 32),
        (1, 1, 128, 64),
        (1, 1, 400, 120),
        (1, 1, 1568, 64),
        (1, 1, 2048, 64),
    ],
)
def test_what_is_drawn_there_is_the_weight(shape):
    kernel = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    unit = shape[-1] - 1
    shown = drawn(kernel, unit)
    assert max(shown.shape) <= SIDE
    for place in np.ndindex(shape[:3]):
        row, column = spot(shape, (*place, unit))
        assert shown[row, column] == kernel[(*place, unit)]
        assert weight_at(kernel, row, column, unit) == (*place, unit)
    assert set(range(max(shown.shape))) <= set(CHOICES["weight_row"].allowed)


def test_what_is_not_there_is_the_nearest_and_what_is_not_chosen_the_largest():
    kernel = np.zeros((3, 3, 5, 2), np.float32)
    kernel[2, 1, 3, 1] = -7
    assert weight_at(kernel, -1, -1, -1) == (2, 1, 3, 1)
    assert weight_at(kernel, 0, 0, 99) == (0, 0, 0, 1)
    assert weight_at(kernel, 31, 31, 0) == (2, 2, 4, 0)  # beyond the last slice
    assert weight_at(kernel, 5, 5, 0) == (2, 2, 4, 0)  # where none is drawn
