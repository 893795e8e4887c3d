"""The kernels as literals, as the sources print them."""

import numpy as np
import pytest

from convlens.filters import named
from convlens.filters.named import EXAMPLES, KERNELS

LITERALS = {
    "identity": ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
    "edges_4": ([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], 1),
    "edges_8": ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
    "sharpen": ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
    "box_blur": ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 1 / 9),
    "gaussian_3": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 1 / 16),
    "gaussian_5": (
        [[1, 4, 6, 4, 1], [4, 16, 24, 16, 4], [6, 24, 36, 24, 6], [4, 16, 24, 16, 4], [1, 4, 6, 4, 1]],
        1 / 256,
    ),
    "unsharp_5": (
        [[1, 4, 6, 4, 1], [4, 16, 24, 16, 4], [6, 24, -476, 24, 6], [4, 16, 24, 16, 4], [1, 4, 6, 4, 1]],
        -1 / 256,
    ),
    "sobel_x": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
    "sobel_y": ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], 1),
    "prewitt_x": ([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], 1),
    "prewitt_y": ([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], 1),
    "emboss": ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], 1),
    "log_5": ([[0, 0, -1, 0, 0], [0, -1, -2, -1, 0], [-1, -2, 16, -2, -1], [0, -1, -2, -1, 0], [0, 0, -1, 0, 0]], 1),
}


@pytest.mark.parametrize("name", LITERALS)
def test_weights_are_the_sources(name):
    rows, factor = LITERALS[name]
    np.testing.assert_allclose(KERNELS[name].weights, np.array(rows) * factor, rtol=1e-6)


def test_all_kernels_are_checked_told_and_cited():
    assert KERNELS.keys() == LITERALS.keys()
    for kernel in KERNELS.values():
        assert kernel.weights.dtype == np.float32
        assert kernel.sentence.endswith(".")
        assert len(kernel.source) > 10


@pytest.mark.parametrize("name", ["box_blur", "gaussian_3", "gaussian_5", "identity", "sharpen", "unsharp_5", "emboss"])
def test_kernels_that_keep_the_brightness_sum_to_one(name):
    assert KERNELS[name].weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["edges_4", "edges_8", "sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "log_5"])
def test_kernels_that_ignore_even_areas_sum_to_zero(name):
    assert KERNELS[name].weights.sum() == pytest.approx(0)


def test_weights_cannot_be_changed_by_accident():
    for thing in (*KERNELS.values(), *EXAMPLES.values()):
        with pytest.raises(ValueError, match="read-only"):
            thing.weights[0, 0] = 5


def test_what_is_written_down_is_kept_as_float32():
    weights = named._array([[1, -2.5], [0, 4]])
    assert weights.dtype == np.float32
    assert weights.tolist() == [[1, -2.5], [0, 4]]
    with pytest.raises(ValueError, match="read-only"):
        weights[1, 1] = 5
