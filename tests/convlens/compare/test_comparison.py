"""Comparisons by hand."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from convlens.compare.comparison import curves, kinship
from convlens.statistics import spread


def test_spread_by_hand():
    first, second = np.array([0.0, 0.0, 64.0]), np.array([1.0, 2.0, 2.5])
    found = spread(first, second)
    assert found.span == (0.0, 64.0)
    assert found.counts[0][0] == 2
    assert found.counts[0][63] == 1
    np.testing.assert_array_equal(found.counts[1][:4], [0, 1, 2, 0])
    assert found.bits == pytest.approx((0.9183, 1.5850), abs=1e-4)  # H(1/3), log₂ 3: each over its own range
    np.testing.assert_allclose(found.edges, np.arange(64))


def test_curves_take_the_layers_that_both_have():
    first = {"conv": np.array([0.0, 0.0, 1.0, 2.0]), "only here": np.zeros(2), "dense": np.array([0.0, 3.0])}
    second = {"dense": np.array([1.0, 1.0]), "conv": np.array([0.0, 1.0, 1.0, 2.0])}
    found = curves(first, second)
    assert found.names == ["conv", "dense"]
    assert found.zeros == ([0.5, 0.5], [0.25, 0.0])
    assert found.entropies[0] == pytest.approx([1.5, 1.0])
    assert found.entropies[1] == pytest.approx([1.5, 0.0])


def test_kinship_agrees_with_scikit_learn():
    rng = np.random.default_rng(5)
    first = rng.standard_normal((3, 3, 2, 7)).astype(np.float32)
    second = first + rng.standard_normal(first.shape).astype(np.float32)
    second[..., [2, 4]] = second[..., [4, 2]]
    found = kinship("c", first, second)
    expected = cosine_similarity(first.reshape(18, 7).T, second.reshape(18, 7).T)
    np.testing.assert_allclose(found.cosines, np.diag(expected), atol=1e-6)
    np.testing.assert_array_equal(found.alike, expected.argmax(axis=1) == np.arange(7))
    assert not found.alike[[2, 4]].any()


def test_a_layer_of_another_shape_is_another_layer():
    first, second = ({"conv": np.ones(n), "dense": np.zeros(2)} for n in (3, 4))
    assert curves(first, second).names == ["dense"]


def test_weights_of_nothing_but_zeros_are_like_none():
    kernel = np.array([[1.0, 0.0, 2.0], [1.0, 0.0, -1.0]])
    found = kinship("dense", kernel, kernel[:, ::-1].copy() * 1e20)
    assert found.layer == "dense"
    np.testing.assert_allclose(found.cosines, [1 / np.sqrt(10), 0, 1 / np.sqrt(10)])
    np.testing.assert_array_equal(found.alike, [False, False, False])


def test_small_weights_have_the_same_cosines():
    rng = np.random.default_rng(9)
    first, second = rng.standard_normal((2, 3, 3, 2, 4))
    expected = kinship("c", first, second).cosines
    np.testing.assert_allclose(kinship("c", first * 1e-6, second * 1e-9).cosines, expected, rtol=1e-9)
