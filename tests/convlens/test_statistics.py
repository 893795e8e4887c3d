"""Statistics against SciPy and arrays made by hand."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from convlens import statistics


def test_histogram_by_hand():
    counts = statistics.histogram(np.array([0.0, 0.1, 0.25, 0.5, 1.0, 1.5]), 4, (0, 1))
    np.testing.assert_array_equal(counts, [2, 1, 1, 1])  # 1.0 belongs to the last part, 1.5 to none


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_entropy_agrees_with_scipy(counts):
    counts = np.array(counts)
    expected = scipy.stats.entropy(counts, base=2) if counts.sum() else 0.0
    assert statistics.entropy(counts) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("counts", "bits"), [([1, 1], 1), ([4, 0, 0], 0), ([1] * 8, 3), ([0, 0], 0), ([2, 1, 1], 1.5)])
def test_entropy_by_hand(counts, bits):
    assert statistics.entropy(np.array(counts)) == pytest.approx(bits)


def test_summary_agrees_with_scipy():
    values = np.random.default_rng(1).standard_normal((5, 7)).astype(np.float32)
    values[0] = 0
    s, d = statistics.summary(values), scipy.stats.describe(values.astype(float).ravel(), ddof=0)
    assert (s.minimum, s.maximum) == pytest.approx(d.minmax)
    assert s.mean == pytest.approx(d.mean)
    assert s.spread == pytest.approx(np.sqrt(d.variance))
    assert s.zeros == pytest.approx(7 / 35)


def test_information_has_bins_over_the_own_range_of_an_array():
    values = np.concatenate([np.full(4, 3.0), np.full(2, 3.5), np.full(2, 7.0)])
    assert statistics.own_span(values) == (3.0, 7.0)
    assert statistics.information(values) == 1.5  # ½, ¼, ¼
    assert statistics.information(-80 * values) == 1.5
    assert statistics.information(np.full(9, 0.3)) == 0
    assert statistics.information(np.arange(64.0)) == 6


def test_value_span_includes_zero_and_is_never_empty():
    assert statistics.value_span(np.array([2.0, 3.0]), np.array([5.0])) == (0.0, 5.0)
    assert statistics.value_span(np.array([-2.0, 3.0])) == (-2.0, 3.0)
    assert statistics.value_span(np.zeros(3)) == (0.0, 1.0)


def test_silent_channels_and_twins_by_hand():
    a = np.arange(9.0).reshape(3, 3)
    maps = np.stack([a, np.zeros((3, 3)), 2 * a + 1, -a, a.T, a * 3], axis=-1)
    assert statistics.silent_channels(maps) == [1]
    assert statistics.twins(maps) == {2: 0, 5: 0}  # −a is opposite, a.T different, a constant map is no twin


def test_twins_agree_with_numpys_correlation():
    maps = np.random.default_rng(2).random((6, 6, 8))
    maps[:, :, 5] = maps[:, :, 2] + 0.01 * maps[:, :, 3]
    correlation = np.corrcoef(maps.reshape(36, 8).T)
    assert correlation[5, 2] > 0.99
    assert statistics.twins(maps) == {5: 2}


def test_standing_out_is_the_z_score_among_all():
    rng = np.random.default_rng(3)
    others, one = rng.normal(2, 3, (6, 5)), rng.normal(4, 1, 5)
    others[:, 2] = one[2] = 0.7  # all equal: 0
    expected = scipy.stats.zscore(np.vstack([others, one])[:, [0, 1, 3, 4]], axis=0)[-1]
    found = statistics.standing_out(one, others)
    np.testing.assert_allclose(found[[0, 1, 3, 4]], expected)
    assert found[2] == 0
    assert statistics.standing_out(np.array([9.0]), np.zeros((6, 1)))[0] == pytest.approx(6**0.5)
