"""What the page Kernels draws and says, against SciPy and against the pixels themselves."""

import dataclasses
import io

import numpy as np
import pytest
import scipy.signal
from PIL import Image

from convlens.drawing.scales import Scale, bold_scale
from convlens.filters.chain import Step
from convlens.filters.named import KERNELS
from convlens.kernels.drawn import VIEW, draw, view

SOBEL = KERNELS["sobel_x"].weights


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.fixture
def grey() -> np.ndarray:
    return np.random.default_rng(0).random((40, 60), np.float32)


def test_figures_are_of_all_values(grey):
    drawn = draw([Step(SOBEL)], grey, 0)
    expected = scipy.signal.correlate2d(grey, SOBEL, "valid")
    assert drawn.shapes == ((40, 60), expected.shape)
    assert (drawn.low, drawn.high, drawn.mean) == pytest.approx(
        (expected.min(), expected.max(), expected.mean()), abs=1e-5
    )
    assert drawn.start == (grey.min(), grey.max())
    assert drawn.lost == np.mean((expected < 0) | (expected > 1))
    end = np.quantile(np.abs(expected), 0.98)
    assert (drawn.scale.low, drawn.scale.high) == pytest.approx((-end, end), abs=1e-5)
    assert drawn.beyond == pytest.approx(np.mean(np.abs(expected) > end), abs=0.001)
    assert drawn.each == ()


def test_pictures_show_the_values(grey):
    drawn = draw([Step(SOBEL)], grey, 0)
    expected = np.rint(np.clip(scipy.signal.correlate2d(grey, SOBEL, "valid"), 0, 1) * 255)
    k = 480 // 58
    shown = pixels(drawn.clipped)
    assert shown.shape == (38 * k, 58 * k, 3)  # enlarged by whole pixels
    assert np.abs(shown[k // 2 :: k, k // 2 :: k, 0] - expected).max() <= 1
    np.testing.assert_array_equal(pixels(drawn.before)[:: 480 // 60, :: 480 // 60, 1], np.rint(grey * 255))
    red, blue = pixels(drawn.signed)[:, :, 0].astype(int), pixels(drawn.signed)[:, :, 2].astype(int)
    values = scipy.signal.correlate2d(grey, SOBEL, "valid").repeat(k, 0).repeat(k, 1)
    assert (red > blue)[values > 0.1].all()
    assert (red < blue)[values < -0.1].all()


def test_of_a_colour_picture_one_channel_is_signed():
    image = np.random.default_rng(1).random((20, 20, 3), np.float32)
    image[:, :, 2] = 0.5  # nothing to find there
    drawn = [draw([Step(SOBEL)], image, channel) for channel in range(3)]
    assert drawn[2].scale == Scale(0, 1)
    assert drawn[0].signed != drawn[1].signed
    assert drawn[0].clipped == drawn[1].clipped


def test_every_step_is_drawn(grey):
    steps = [Step(SOBEL, relu=True, pool="max"), Step(KERNELS["gaussian_3"].weights)]
    drawn = draw(steps, grey, 0)
    first = np.maximum(scipy.signal.correlate2d(grey, SOBEL, "valid"), 0)
    pooled = first.reshape(19, 2, 29, 2).max(axis=(1, 3))
    last = scipy.signal.correlate2d(pooled, KERNELS["gaussian_3"].weights, "valid")
    assert drawn.shapes == ((40, 60), (19, 29), (17, 27))
    for (png, low, high, scale, beyond), expected in zip(drawn.each, (pooled, last), strict=True):
        assert dataclasses.astuple(scale)[:2] == pytest.approx(dataclasses.astuple(bold_scale(expected))[:2], abs=1e-5)
        outside = (expected < scale.low - 1e-6) | (expected > scale.high + 1e-6)
        assert beyond == pytest.approx(outside.mean(), abs=2 / expected.size)
        assert (low, high) == pytest.approx((expected.min(), expected.max()), abs=1e-5)
        assert pixels(png).shape[0] % expected.shape[0] == 0


def test_a_large_result_is_averaged():
    values = np.random.default_rng(2).random((2 * VIEW, VIEW), np.float32)
    expected = values.reshape(VIEW, 2, VIEW // 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(view(values), expected, atol=1e-6)
    assert view(expected) is expected


@pytest.mark.parametrize(
    ("size", "small"), [((1, 3 * VIEW), (1, VIEW)), ((3 * VIEW, 1), (VIEW, 1)), ((6, 3 * VIEW), (2, VIEW))]
)
def test_a_narrow_one_keeps_a_line_at_least(size, small):
    values = np.random.default_rng(4).random(size, np.float32)
    rows, columns = size[0] // small[0], size[1] // small[1]
    expected = values.reshape(small[0], rows, small[1], columns).mean(axis=(1, 3))
    np.testing.assert_allclose(view(values), expected, atol=1e-6)


def test_a_large_result_is_clipped_before_it_is_averaged():
    """As all its pixels are, in the file."""
    image = np.random.default_rng(5).random((4, 2 * VIEW), np.float32)
    drawn = draw([Step(np.ones((1, 1), np.float32), scale=3, bias=-1)], image, 0)
    expected = np.clip(3 * image - 1, 0, 1).reshape(2, 2, VIEW, 2).mean(axis=(1, 3)) * 255
    np.testing.assert_allclose(pixels(drawn.clipped)[:, :, 0], expected, atol=1)


@pytest.mark.parametrize(("side", "factor"), [(20, 24), (200, 2), (300, 1)])
def test_a_small_result_is_enlarged_by_whole_pixels(side, factor):
    image = np.random.default_rng(6).random((side, side), np.float32)
    drawn = draw([Step(np.ones((1, 1), np.float32))], image, 0)
    assert pixels(drawn.clipped).shape[:2] == pixels(drawn.signed).shape[:2] == (factor * side, factor * side)


def test_a_scale_of_two_is_not_forgotten():
    image = np.full((2, 2), 0.25, np.float32)
    assert draw([Step(np.ones((1, 1), np.float32), scale=2.0)], image, 0).high == 0.5
