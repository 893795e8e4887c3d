"""scikit-learn's digits as its own loader reads them; the source's split."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from convlens.pictures.digits import digits, split


def test_the_file_is_what_scikit_learn_reads():
    bunch = load_digits()
    np.testing.assert_array_equal(digits().images, bunch.images)
    np.testing.assert_array_equal(digits().labels, bunch.target)
    np.testing.assert_array_equal(digits().vectors, bunch.data)


def test_reading_it_imports_no_scikit_learn():
    code = "import sys; from convlens.pictures.digits import digits; digits(); assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_sources_split():
    parts = split()
    np.testing.assert_array_equal(parts.train, np.arange(1527))
    np.testing.assert_array_equal(parts.held_out, np.arange(1527, 1797))


@pytest.mark.parametrize("order", ["as stored", "shuffled"])
@pytest.mark.parametrize("percent", range(5, 100, 5))
def test_each_digit_is_in_one_part(order, percent):
    parts = split(percent / 100, order)
    assert len(parts.train) == 1797 * percent // 100
    np.testing.assert_array_equal(np.sort(np.concatenate([parts.train, parts.held_out])), np.arange(1797))


def test_shuffled_is_another_order_and_always_the_same():
    once = split(0.85, "shuffled").train
    assert not np.array_equal(once, split().train)
    split.cache_clear()
    np.testing.assert_array_equal(split(0.85, "shuffled").train, once)
