"""Steps in a row against Keras, and weights as text."""

import keras
import numpy as np
import pytest

from convlens.filters import chain
from convlens.filters.named import KERNELS
from convlens.ui.state import STATE


def test_three_steps_agree_with_keras():
    image = np.random.default_rng(3).random((40, 36), np.float32)
    steps = [
        chain.Step(KERNELS["gaussian_5"].weights, padding="same"),
        chain.Step(KERNELS["sobel_x"].weights, scale=2.0, bias=-0.1, stride=(2, 2), relu=True, pool="max"),
        chain.Step(KERNELS["edges_4"].weights, pool="average"),
    ]
    x = image[None, :, :, None]
    x = keras.ops.conv(x, KERNELS["gaussian_5"].weights[:, :, None, None], padding="same")
    x = 2.0 * keras.ops.conv(x, KERNELS["sobel_x"].weights[:, :, None, None], strides=2, padding="valid") - 0.1
    x = keras.ops.max_pool(keras.ops.relu(x), 2)
    x = keras.ops.average_pool(keras.ops.conv(x, KERNELS["edges_4"].weights[:, :, None, None], padding="valid"), 2)
    results = chain.run(steps, image)
    assert len(results) == 3
    np.testing.assert_allclose(results[-1], np.asarray(x)[0, :, :, 0], atol=1e-5)


def test_the_formula_has_the_numbers_put_in():
    step = chain.Step(np.ones((3, 3), np.float32), stride=(2, 1), pool="max")
    formula = step.size_formula((683, 1024))
    assert (
        r"\frac{683 - 3}{2} \right\rfloor + 1 = 341,\; \left\lfloor \frac{341}{2} \right\rfloor = 170\;\text{rows}"
        in formula
    )
    assert r"\frac{1024 - 3}{1} \right\rfloor + 1 = 1022" in formula
    assert r"\left\lceil \frac{7}{2} \right\rceil = 4" in chain.Step(
        np.ones((3, 3)), stride=(2, 2), padding="same"
    ).size_formula((7, 7))


def test_clipped_share_by_hand():
    assert chain.clipped_share(np.array([-0.1, 0.0, 0.5, 1.0, 1.2])) == pytest.approx(0.4)


def test_weights_of_a_link():
    np.testing.assert_array_equal(chain.parse_weights("0,-1.5;2,1e-3"), np.array([[0, -1.5], [2, 0.001]], np.float32))


@pytest.mark.parametrize("text", ["1", "0,1;2,3", "-.5,0,1;1,1,1;2,2,2", ""])
def test_the_link_permits_squares_of_numbers(text):
    assert STATE["weights_1"].permits(text)


@pytest.mark.parametrize(
    "text", ["1,2", "a", "1,2;3", "1;2;3", "nan", "__import__", "1,;2,3", ";".join([",".join("1" * 8)] * 8), "-", "."]
)
def test_the_link_refuses_everything_else(text):
    assert not STATE["weights_1"].permits(text)
