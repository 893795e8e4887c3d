"""Convolution against Keras, OpenCV and tables worked out by hand."""

import cv2
import keras
import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from convlens.errors import InputError
from convlens.filters.convolution import convolve, output_size, padding_before_after, pool, relu
from convlens.filters.named import EXAMPLES, KERNELS

RNG = np.random.default_rng(0)


def by_keras(image, weights, stride, padding):
    """(rows, columns, channels) → the same, each channel on its own, by Keras' own convolution."""
    x = np.moveaxis(np.atleast_3d(image), 2, 0)[..., None].astype(np.float32)  # (channels, rows, columns, 1)
    y = keras.ops.conv(x, weights.astype(np.float32)[:, :, None, None], strides=stride, padding=padding)
    return np.moveaxis(np.asarray(y)[..., 0], 0, 2)


# The tables of the lecture (SOURCES A), as literals.
TABLES = {
    "corner": [[3, 2, 2, 3, 1], [2, 0, 2, 1, 0], [2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
    "identity": [[1, 1, 1, 1, 1], [1, 0, 0, 1, 0], [1, 0, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
    "blur": [
        [0.4, 0.5, 0.5, 0.5, 0.4],
        [0.5, 0.6, 0.5, 0.6, 0.3],
        [0.5, 0.5, 0.4, 0.2, 0.1],
        [0.5, 0.6, 0.2, 0.1, 0],
        [0.4, 0.3, 0.1, 0, 0],
    ],
    "downsampling": [[3, 3, 1], [3, 1, 0], [1, 0, 0]],
    "averaging": [[0.75, 0.75, 0.25], [0.75, 0.25, 0], [0.25, 0, 0]],
}


@pytest.mark.parametrize("name", TABLES)
def test_the_worked_examples_give_the_lectures_tables(name):
    example = EXAMPLES[name]
    result = convolve(example.input, example.weights, stride=example.stride)
    np.testing.assert_allclose(result, TABLES[name], atol=1e-6)


def test_every_example_has_its_table():
    assert EXAMPLES.keys() == TABLES.keys()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3, 8])
@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_agrees_with_keras(name, stride, padding):
    image = RNG.random((23, 31, 3), np.float32)
    expected = by_keras(image, KERNELS[name].weights, stride, padding)
    result = convolve(image, KERNELS[name].weights, stride=stride, padding=padding)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=2e-5)


@settings(max_examples=150, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 6)),
    kernel=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    stride=st.tuples(st.integers(1, 8), st.integers(1, 8)),
    padding=st.sampled_from(["valid", "same"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_random_shapes_agree_with_keras(shape, kernel, stride, padding, seed):
    rng = np.random.default_rng(seed)
    image, weights = rng.standard_normal(shape, np.float32), rng.standard_normal(kernel, np.float32)
    if padding == "valid" and (kernel[0] > shape[0] or kernel[1] > shape[1]):
        with pytest.raises(InputError, match="does not fit"):
            convolve(image, weights, stride=stride, padding=padding)
        return
    result = convolve(image, weights, stride=stride, padding=padding)
    expected_shape = tuple(output_size(n, k, s, padding) for n, k, s in zip(shape, kernel, stride, strict=False))
    assert result.shape == (*expected_shape, shape[2])
    if stride[0] == stride[1]:
        expected = by_keras(image, weights, stride[0], padding)
    else:  # TensorFlow on a CPU computes nonsense for unequal strides without a warning; SciPy does not
        around = [padding_before_after(n, k, s, padding) for n, k, s in zip(shape, kernel, stride, strict=False)]
        planes = [np.pad(image[:, :, c], around) for c in range(shape[2])]
        full = [scipy.signal.correlate2d(plane, weights, "valid") for plane in planes]
        expected = np.stack(full, axis=-1)[:: stride[0], :: stride[1]]
    np.testing.assert_allclose(result, expected, atol=1e-4)


@pytest.mark.parametrize("name", KERNELS)
def test_same_padding_agrees_with_opencv(name):
    image = RNG.random((40, 30), np.float32)
    expected = cv2.filter2D(image, cv2.CV_32F, KERNELS[name].weights, borderType=cv2.BORDER_CONSTANT)
    np.testing.assert_allclose(convolve(image, KERNELS[name].weights, padding="same"), expected, atol=2e-5)


def test_negative_results_of_byte_pictures_do_not_wrap():
    """The smell of other demos: 116 instead of −140."""
    image = np.array([[200, 10, 200], [10, 0, 10], [200, 10, 200]], np.uint8)
    assert convolve(image, KERNELS["edges_4"].weights).item() == -40


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int64, np.float16, np.float64])
def test_any_numbers_can_be_slid_over(kind):
    image = (9 * RNG.random((6, 5))).astype(kind)
    weights = np.array([[0, 2], [-1, 1]])
    for rows in (weights, weights.tolist(), weights.astype(float)):
        found = convolve(image, rows)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, scipy.signal.correlate2d(image.astype(float), weights, "valid"), atol=1e-4)


def test_a_layers_many_maps():
    maps = RNG.random((4, 5, 600), np.float32)
    weights = KERNELS["sobel_x"].weights
    found = convolve(maps, weights, padding="same")
    for i in (0, 1, 3, 4, 299, 599):
        expected = scipy.signal.correlate2d(maps[:, :, i], weights, "same")
        np.testing.assert_allclose(found[:, :, i], expected, atol=1e-5)


def test_grey_and_colour_give_the_same_plane():
    image = RNG.random((9, 8, 3), np.float32)
    colour = convolve(image, KERNELS["sobel_x"].weights)
    for c in range(3):
        np.testing.assert_allclose(colour[:, :, c], convolve(image[:, :, c], KERNELS["sobel_x"].weights), atol=1e-6)


@pytest.mark.parametrize(
    ("n", "kernel", "stride", "padding", "expected"),
    [
        (7, 3, 1, "valid", 5),
        (6, 2, 2, "valid", 3),
        (683, 3, 2, "valid", 341),
        (1024, 3, 2, "valid", 511),
        (7, 3, 2, "same", 4),
        (5, 5, 8, "valid", 1),
    ],
)
def test_output_size(n, kernel, stride, padding, expected):
    assert output_size(n, kernel, stride, padding) == expected


def test_same_padding_puts_the_odd_zero_at_the_end():
    assert padding_before_after(4, 2, 1, "same") == (0, 1)
    assert padding_before_after(7, 3, 2, "same") == (1, 1)
    assert padding_before_after(8, 3, 2, "same") == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 3, 1, "valid"), "A kernel of 3 does not fit into 2 pixels"),
        ((5, 3, 0, "valid"), "The stride is 0. Expected 1 or more."),
        ((5, 3, 1, "full"), "padding='full' is not known. Expected 'valid' or 'same'."),
    ],
)
def test_impossible_sizes_are_explained(arguments, message):
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        output_size(*arguments)


@pytest.mark.parametrize("how", ["max", "average"])
@pytest.mark.parametrize("shape", [(4, 4), (5, 7), (6, 3, 3)])
def test_pooling_agrees_with_keras(how, shape):
    image = RNG.standard_normal(shape).astype(np.float32)
    op = keras.ops.max_pool if how == "max" else keras.ops.average_pool
    expected = np.asarray(op(np.atleast_3d(image)[None], 2))[0].reshape(pool(image, how).shape)
    np.testing.assert_allclose(pool(image, how), expected, atol=1e-6)


def test_pooling_nothing_is_explained():
    with pytest.raises(InputError, match="1 × 5 is smaller than 2 × 2"):
        pool(np.zeros((1, 5)), "max")
    with pytest.raises(InputError, match="'min' is no pooling"):
        pool(np.zeros((4, 4)), "min")


def test_relu_by_hand():
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0])), [0, 0, 3])


def test_the_strongest_answer_need_not_come_from_the_most_similar_patch():
    """What the lessons say: the inner product is not normalised, it grows with the brightness."""
    weights = np.array([[1, 0], [0, 1]], np.float32)
    dim, bright = 0.4 * weights, np.ones((2, 2), np.float32)
    answers = [float(convolve(patch, weights)[0, 0]) for patch in (dim, 2 * dim, bright)]
    assert answers == pytest.approx([0.8, 1.6, 2.0])
    cosines = [
        float((patch * weights).sum() / np.linalg.norm(patch) / np.linalg.norm(weights)) for patch in (dim, bright)
    ]
    assert cosines == pytest.approx([1, 1 / np.sqrt(2)])
