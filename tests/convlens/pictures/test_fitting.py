"""How a picture becomes what a network's input takes, by hand and by OpenCV."""

import cv2
import numpy as np
import pytest

from convlens.pictures.fitting import crop_box, fit, seen_by, to_grey


def noise(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(rows).random((rows, columns, 3), np.float32)


@pytest.mark.parametrize(
    ("shape", "size", "at", "box"),
    [
        ((60, 100), (32, 32), 0.5, (0, 20, 60, 60)),
        ((100, 60), (32, 32), 1.0, (40, 0, 60, 60)),
        ((60, 100), (20, 40), 0.5, (5, 0, 50, 100)),
        ((60, 100), (40, 20), 0.25, (0, 18, 60, 30)),  # 17.5 is rounded to the even one
        ((1, 50), (32, 48), 0.0, (0, 0, 1, 2)),
        ((1, 9), (30, 1), 0.0, (0, 0, 1, 1)),
        ((9, 1), (1, 30), 0.0, (0, 0, 1, 1)),
    ],
)
def test_the_largest_part_of_the_networks_shape(shape, size, at, box):
    assert crop_box(*shape, size, at) == box


def test_a_crop_lies_in_the_middle_if_nobody_has_moved_it():
    assert crop_box(60, 100, (32, 32)) == (0, 20, 60, 60)


@pytest.mark.parametrize("how", ["crop", "stretch"])
@pytest.mark.parametrize("shape", [(8, 8), (8, 20), (20, 8)])
def test_what_is_too_small_is_enlarged_between_pixels(how, shape):
    """Area averaging would give squares."""
    found = fit(noise(*shape), (16, 12), how=how)
    top, left, rows, columns = crop_box(*shape, (16, 12)) if how == "crop" else (0, 0, *shape)
    part = np.ascontiguousarray(noise(*shape)[top : top + rows, left : left + columns])
    np.testing.assert_allclose(found, cv2.resize(part, (12, 16), interpolation=cv2.INTER_LINEAR), atol=1e-6)


@pytest.mark.parametrize("size", [(16, 12), (16, 24), (20, 12), (20, 24)])
def test_what_is_large_enough_is_averaged(size):
    found = fit(noise(20, 24), size, how="stretch")
    np.testing.assert_allclose(found, cv2.resize(noise(20, 24), size[::-1], interpolation=cv2.INTER_AREA), atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "size", "place"),
    [
        ((64, 128), (32, 48), (4, 0, 24, 48)),
        ((128, 64), (32, 48), (0, 16, 32, 16)),
        ((60, 80), (40, 30), (9, 0, 22, 30)),  # 22.5 is rounded to the even one
        ((2, 200), (32, 32), (15, 0, 1, 32)),
        ((200, 2), (32, 32), (0, 15, 32, 1)),
    ],
)
def test_padding_keeps_everything_in_the_middle(shape, size, place):
    found = fit(noise(*shape), size, how="pad")
    top, left, rows, columns = place
    inner = cv2.resize(noise(*shape), (columns, rows), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(found[top : top + rows, left : left + columns], inner, atol=1e-6)
    around = np.ones(size, bool)
    around[top : top + rows, left : left + columns] = False
    assert (found[around] == 0.5).all()
    assert found.dtype == np.float32


@pytest.mark.parametrize("how", ["crop", "pad", "stretch"])
def test_values_stay_between_0_and_1(how):
    beyond = np.full((8, 8, 3), 1.5)
    beyond[:, :4] = -0.5
    found = fit(beyond, (4, 4), how=how)
    assert found.dtype == np.float32
    assert (found[:, 0].max(), found[:, 3].min()) == (0, 1)
    assert (found[:, 0].min(), found[:, 3].max()) == (0, 1)


def test_grey_of_pure_colours():
    assert to_grey(np.eye(3)[None])[0].tolist() == pytest.approx([0.299, 0.587, 0.114], abs=1e-6)


@pytest.mark.parametrize("how", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("at", [0.0, 1.0])
def test_a_network_of_one_channel_gets_grey(how, at):
    fitted = fit(noise(20, 40), (10, 8), how=how, at=at)
    np.testing.assert_array_equal(seen_by(noise(20, 40), (10, 8, 3), how=how, at=at), fitted)
    grey = seen_by(noise(20, 40), (10, 8, 1), how=how, at=at)
    assert grey.shape == (10, 8, 1)
    np.testing.assert_allclose(grey[:, :, 0], fitted @ [0.299, 0.587, 0.114], atol=1e-6)


def test_by_default_the_middle_is_cropped():
    np.testing.assert_array_equal(fit(noise(20, 40), (10, 10)), fit(noise(20, 40)[:, 10:30], (10, 10), how="stretch"))
    np.testing.assert_array_equal(seen_by(noise(20, 40), (10, 10, 3)), fit(noise(20, 40), (10, 10)))
