"""Statistics against SciPy and arrays made by hand."""

import itertools

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import confusion_matrix, roc_auc_score

from convlens import statistics


def test_histogram_by_hand():
    counts = statistics.histogram(np.array([0.0, 0.1, 0.25, 0.5, 1.0, 1.5]), 4, (0, 1))
    np.testing.assert_array_equal(counts, [2, 1, 1, 1])  # 1.0 belongs to the last part, 1.5 to none


def test_an_empty_span_is_one_wide():
    np.testing.assert_array_equal(statistics.histogram(np.array([3.0, 3.0, 3.4, 4.5]), 4, (3, 3)), [2, 1, 0, 0])


def test_coarse_numbers_are_counted_as_exactly_as_fine_ones():
    coarse = np.random.default_rng(3).random(2000).astype(np.float16)
    expected = np.histogram(coarse.astype(np.float64), 60, (0.013, 0.917))[0]
    np.testing.assert_array_equal(statistics.histogram(coarse, 60, (0.013, 0.917)), expected)


@pytest.mark.parametrize("bins", [2, 16, 256])
def test_bytes_are_counted_as_all_values_are(bins):
    values = np.random.default_rng(4).integers(0, 256, (20, 30), np.uint8)
    found = statistics.byte_histogram(values, bins)
    assert (found.dtype, found.shape) == (np.int64, (bins,))
    np.testing.assert_array_equal(found, np.histogram(values, bins, (0, 256))[0])


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_entropy_agrees_with_scipy(counts):
    counts = np.array(counts)
    expected = scipy.stats.entropy(counts, base=2) if counts.sum() else 0.0
    assert statistics.entropy(counts) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("counts", "bits"), [([1, 1], 1), ([4, 0, 0], 0), ([1] * 8, 3), ([0, 0], 0), ([2, 1, 1], 1.5)])
def test_entropy_by_hand(counts, bits):
    assert statistics.entropy(np.array(counts)) == pytest.approx(bits)


def test_entropy_of_probabilities_in_full_precision():
    p = np.array([0.1, 0.2, 0.7], np.float32)
    assert statistics.entropy(p) == pytest.approx(scipy.stats.entropy(p.astype(np.float64), base=2), abs=1e-12)
    assert statistics.entropy(np.array([0.5, 0.5])) == 1


def test_figures_do_not_overflow():
    assert statistics.summary(np.array([60000, -60000], np.float16)).spread == 60000


@pytest.mark.parametrize(
    ("values", "bounded"),
    [
        ([], True),
        ([1e18, -1e18, 0], True),
        ([1.01e18], False),
        ([-1.01e18, 0], False),
        ([0, np.nan], False),
        ([np.inf], False),
    ],
)
def test_what_can_be_drawn_and_measured(values, bounded):
    assert statistics.are_bounded(np.array(values, np.float32 if bounded else np.float64)) is bounded


@pytest.mark.parametrize(
    ("count", "most", "chosen"),
    [(5, 9, [0, 1, 2, 3, 4]), (3, 3, [0, 1, 2]), (10, 4, [0, 3, 6, 9]), (11, 5, [0, 2, 5, 8, 10]), (9, 2, [0, 8])],
)
def test_evenly(count, most, chosen):
    found = statistics.evenly(count, most)
    assert found.tolist() == chosen
    assert found.dtype.kind == "i"


def test_two_spreads_share_their_bins():
    found = statistics.spread(np.array([0.0, 1.0, 1.0, 6.4]), np.array([3.0, 3.0]))
    assert found.span == (0, 6.4)
    np.testing.assert_allclose(found.edges, np.arange(64) / 10, atol=1e-12)
    assert [(i, n) for i, n in enumerate(found.counts[0]) if n] == [(0, 1), (10, 2), (63, 1)]
    assert found.counts[1].sum() == 2
    assert found.bits == (1.5, 0)


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
    assert statistics.own_span(np.full(4, 3.0)) == (3.0, 4.0)
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


def test_maps_that_only_share_a_mean_are_no_twins():
    maps = np.random.default_rng(2).random((6, 6, 4)) + 10
    assert statistics.twins(maps) == {}
    maps[:, :, 1] = 3 * maps[:, :, 0]
    assert statistics.twins(maps) == {1: 0}
    up_and_down = np.stack([np.array([[1.0, -1], [1, -1]])] * 2, axis=-1)  # correlation 1 to the bit
    assert statistics.twins(up_and_down, threshold=1) == {}


def test_twins_agree_with_numpys_correlation():
    maps = np.random.default_rng(2).random((6, 6, 8))
    maps[:, :, 5] = maps[:, :, 2] + 0.01 * maps[:, :, 3]
    correlation = np.corrcoef(maps.reshape(36, 8).T)
    assert correlation[5, 2] > 0.99
    assert statistics.twins(maps) == {5: 2}


def test_z_scores_among_all():
    rng = np.random.default_rng(3)
    others, one = rng.normal(2, 3, (6, 5)), rng.normal(4, 1, 5)
    others[:, 2] = one[2] = 0.7  # all equal: 0
    others[:, 3], one[3] = others[:, 3] / 100, one[3] / 100
    expected = scipy.stats.zscore(np.vstack([others, one])[:, [0, 1, 3, 4]], axis=0)[-1]
    found = statistics.z_scores(one, others)
    np.testing.assert_allclose(found[[0, 1, 3, 4]], expected)
    assert found[2] == 0
    nearly = np.full((10, 1), 0.512, np.float32)
    assert statistics.z_scores(np.nextafter(nearly[0], np.float32(1)), nearly)[0] == 0  # by rounding alone
    assert statistics.z_scores(nearly[0] + np.float32(1e-5), nearly)[0] == pytest.approx(10**0.5, rel=1e-2)
    assert statistics.z_scores(np.array([9.0]), np.zeros((6, 1)))[0] == pytest.approx(6**0.5)


def test_the_confusion_matrix_is_scikit_learns():
    rng = np.random.default_rng(0)
    truth, answers = rng.integers(0, 4, (2, 200))
    found = statistics.confusion(truth, answers, 5)  # a class that never comes
    np.testing.assert_array_equal(found, confusion_matrix(truth, answers, labels=range(5)))


@given(st.integers(1, 400).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_of_a_share_is_scipys(counted):
    found = scipy.stats.binomtest(*counted).proportion_ci(method="wilson")
    assert statistics.wilson(*counted) == pytest.approx((found.low, found.high), abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_the_area_under_the_roc_curve_is_scikit_learns(high, low):
    truth = roc_auc_score([1] * len(high) + [0] * len(low), high + low)
    assert statistics.auroc(np.array(high), np.array(low)) == pytest.approx(truth, abs=1e-9)


def test_an_area_needs_values_on_both_sides():
    with pytest.raises(ValueError, match="both sides"):
        statistics.auroc(np.array([1.0]), np.array([]))


@pytest.mark.parametrize(("better", "worse"), [(1, 0), (5, 0), (3, 3), (7, 2), (0, 9)])
def test_the_sign_test_is_scipys(better, worse):
    truth = scipy.stats.binomtest(better, better + worse).pvalue
    assert statistics.sign_test(better, worse) == pytest.approx(truth)


def test_without_a_sign_nothing_is_said():
    assert statistics.sign_test(0, 0) == 1


# how alike two networks see the same things


def dependence(first: np.ndarray, second: np.ndarray) -> float:
    """Song et al. 2012, the U-statistic as it is defined: the mean over all quadruples of different things."""
    k, other = first @ first.T, second @ second.T
    found = [
        k[i, j] * (other[i, j] + other[q, r] - 2 * other[i, q])
        for i, j, q, r in itertools.permutations(range(len(first)), 4)
    ]
    return float(np.mean(found))


def test_cka_is_the_quotient_of_its_definition():
    rng = np.random.default_rng(2)
    first, second = rng.standard_normal((7, 3)) + 5, rng.standard_normal((7, 5))
    second[:, 0] += first[:, 1]
    expected = dependence(first, second) / np.sqrt(dependence(first, first) * dependence(second, second))
    assert statistics.cka(first, second) == pytest.approx(expected)


def test_cka_by_hand():
    """Of four things, two values each: K and L are 0 but for one pair of things, the same pair or not."""
    e = np.eye(4)
    one, same, other = e[[0, 0, 2, 3]][:, :1], 3 * e[[0, 0, 2, 3]][:, :1], e[[0, 1, 2, 2]][:, 2:3]
    assert statistics.cka(one, same) == pytest.approx(1)
    assert statistics.cka(one, other) == pytest.approx(1)  # which two are alike is the same partition
    assert statistics.cka(one, e[[0, 1, 0, 1]][:, :1]) == pytest.approx(-0.5)


def test_cka_depends_on_no_order_rotation_or_scale():
    rng = np.random.default_rng(4)
    first, second = rng.random((50, 6)).astype(np.float32), rng.random((50, 9)).astype(np.float32)
    second[:, 3] += first[:, 2]
    expected = statistics.cka(first, second)
    turn = np.linalg.qr(rng.standard_normal((9, 9)))[0]
    for changed in (second[:, rng.permutation(9)], 1e6 * second - 3e6, second @ turn):
        assert statistics.cka(first, changed) == pytest.approx(expected, abs=1e-5)
    assert statistics.cka(second, second @ turn) == pytest.approx(1, abs=1e-5)


def test_cka_does_not_rise_with_the_number_of_values():
    rng = np.random.default_rng(6)
    pairs = [rng.standard_normal((2, 30, 400)) for _ in range(40)]
    assert np.mean([statistics.cka(*pair) for pair in pairs]) == pytest.approx(0, abs=0.02)

    def biased(first: np.ndarray, second: np.ndarray) -> float:
        first, second = first - first.mean(axis=0), second - second.mean(axis=0)
        return np.sum((first.T @ second) ** 2) / np.linalg.norm(first.T @ first) / np.linalg.norm(second.T @ second)

    assert np.mean([biased(*pair) for pair in pairs]) > 0.9


@pytest.mark.parametrize("one", [np.zeros((9, 2)), np.full((9, 2), 1e-3, np.float32), np.ones((3, 2))])
def test_cka_of_what_is_the_same_everywhere_is_none(one):
    other = np.random.default_rng(1).random((len(one), 4))
    assert statistics.cka(one, other) is None
    assert statistics.cka(other, one) is None


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 5, 64), (20, 1, 2)])
def test_distances_are_scipys(shape):
    rows, columns, values = shape
    random = np.random.default_rng(0)
    ones, others = random.random((rows, values), np.float32), random.random((columns, values), np.float32)
    others[0] = ones[0]
    found = statistics.distances(ones, others)
    np.testing.assert_allclose(found, cdist(ones, others), rtol=1e-12, atol=0)
    assert found[0, 0] == 0
