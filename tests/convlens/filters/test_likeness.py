"""How like kernels picked by hand filters are: against SciPy's cosines, and against chance by other ways."""

import numpy as np
import pytest
from scipy.ndimage import convolve
from scipy.spatial.distance import cosine

from convlens.filters import likeness
from convlens.filters.named import KERNELS


def test_slices_of_one_filter_follow_those_of_another():
    kernel = np.arange(3 * 3 * 2 * 4).reshape(3, 3, 2, 4)
    found = likeness.slices(kernel)
    assert found.shape == (8, 3, 3)
    np.testing.assert_array_equal(found[5], kernel[:, :, 1, 2])


def test_cosines_are_scipys_of_either_sign():
    some = np.random.default_rng(1).normal(size=(20, 3, 3))
    hand = [each.weights for each in KERNELS.values() if each.weights.shape == (3, 3)]
    expected = [[abs(1 - cosine(one.ravel(), each.ravel())) for each in hand] for one in some]
    np.testing.assert_allclose(likeness.cosines(some), expected, atol=1e-6)
    assert likeness.likeness(some) == pytest.approx(np.max(expected, axis=1).mean(), abs=1e-6)
    assert likeness.likeness(-3 * np.array(hand)) == pytest.approx(1)
    assert likeness.likeness(np.zeros((2, 3, 3))) == 0


def test_roughness_is_8_thirds_of_noise_and_falls_as_it_is_blurred():
    noise = np.random.default_rng(2).normal(size=(20_000, 5, 5))
    assert likeness.roughness(noise[:, :3, :3]) == pytest.approx(8 / 3, abs=0.02)
    assert likeness.roughness(np.ones((1, 3, 3))) == 0
    blur = np.outer([1, 2, 1], [1, 2, 1]) / 16
    blurred = np.array([convolve(each, blur)[1:-1, 1:-1] for each in noise[:4000]])
    mean = [sum((a - b) ** 2 for a, b in _neighbours(one)) / (one**2).sum() for one in blurred]
    assert likeness.roughness(blurred) == pytest.approx(np.mean(mean)) == pytest.approx(1.12, abs=0.05)
    one = np.array([[[1, 2, 4], [0, 0, 1], [3, 0, 0]]])  # across: 1 + 4 + 0 + 1 + 9 + 0; down: 1 + 4 + 9 + 9 + 0 + 1
    assert likeness.roughness(one) == pytest.approx((15 + 24) / 31)


def _neighbours(one: np.ndarray):
    for r, c in np.ndindex(3, 3):
        if r < 2:
            yield one[r, c], one[r + 1, c]
        if c < 2:
            yield one[r, c], one[r, c + 1]


def test_what_chance_gives():
    plain = likeness.by_chance(16)
    assert plain.shape == (likeness.DRAWS,)
    other = [likeness.likeness(np.random.default_rng(100 + i).normal(size=(16, 3, 3))) for i in range(400)]
    assert plain.mean() == pytest.approx(np.mean(other), abs=4 * np.std(other) / 20)
    assert plain.std() == pytest.approx(np.std(other), rel=0.2)
    assert likeness.by_chance(16, 2.2).mean() > plain.mean() + 2 * plain.std() / 4
    np.testing.assert_array_equal(plain, likeness.by_chance(16))  # whoever asks


@pytest.mark.parametrize("rough", [2.5, 2.0, 1.5])
def test_what_is_as_smooth_is_as_smooth(rough):
    rng = np.random.default_rng(3)
    found = likeness._drawn(20_000, likeness._blurred(rough, rng), rng)
    assert likeness.roughness(found) == pytest.approx(rough, abs=0.05)


def test_p_is_how_often_as_much_came_by_chance():
    drawn = np.arange(99) / 100
    assert likeness.share_beyond(drawn, 0.95) == pytest.approx(5 / 100)  # .95, .96, .97, .98
    assert likeness.share_beyond(drawn, 2) == 1 / 100
    assert likeness.share_beyond(drawn, -1) == 1
