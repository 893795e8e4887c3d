"""The receptive field is the set of pixels that, when poked, move the cell; in networks with every kind of layer."""

from fractions import Fraction

import keras
import numpy as np
import pytest

from convlens.explorer.receptive import receptive_field, strides
from models.running.slicing import Sliced

L = keras.layers


def from_layers(*layers, shape=(12, 10, 2)) -> Sliced:
    x = inputs = L.Input(shape)
    for layer in layers:
        x = layer(x)
    return Sliced(keras.Model(inputs, x))


def branches(join) -> Sliced:
    inputs = L.Input((12, 10, 2))
    x = L.Conv2D(2, 3, padding="same", strides=2)(inputs)
    a = L.Conv2D(2, 1)(x)
    b = L.Conv2D(2, 5, padding="same")(L.DepthwiseConv2D(3, padding="same")(x))
    return Sliced(keras.Model(inputs, join([a, b])))


def squeezed() -> Sliced:
    inputs = L.Input((8, 8, 2))
    x = L.DepthwiseConv2D(3)(inputs)
    s = L.GlobalAveragePooling2D(keepdims=True)(x)
    return Sliced(keras.Model(inputs, L.MaxPooling2D(2)(L.Multiply()([x, s]))))


NETWORKS = {
    "three convolutions": lambda: from_layers(*(L.Conv2D(2, 3, strides=s, padding="same") for s in (1, 2, 2))),
    "valid, unequal kernel": lambda: from_layers(L.Conv2D(2, (2, 4)), L.Conv2D(3, (3, 1), strides=2)),
    "dilated, with holes": lambda: from_layers(L.Conv2D(2, 3, dilation_rate=3, padding="same"), L.Conv2D(2, 2)),
    "dilated past the border": lambda: from_layers(L.Conv2D(1, 3, dilation_rate=5, padding="same")),
    "pooling": lambda: from_layers(L.Conv2D(2, 3), L.AveragePooling2D(2), L.MaxPooling2D(3, 1, "same")),
    "groups and depthwise": lambda: from_layers(
        L.Conv2D(4, 3, padding="same"), L.Conv2D(4, 3, groups=2), L.DepthwiseConv2D(2, depth_multiplier=2)
    ),
    "separable": lambda: from_layers(L.SeparableConv2D(3, 3, strides=2, padding="same"), L.SeparableConv2D(2, 2)),
    "transposed": lambda: from_layers(L.Conv2D(2, 3, strides=3), L.Conv2DTranspose(2, 3, 2, "same")),
    "transposed, larger than its kernel": lambda: from_layers(L.Conv2DTranspose(2, 2, 3), L.Conv2D(2, 3, strides=2)),
    "up, nearest": lambda: from_layers(L.MaxPooling2D(2), L.UpSampling2D((2, 3)), L.Conv2D(2, 3)),
    "up, bilinear": lambda: from_layers(L.AveragePooling2D(2), L.UpSampling2D(2, interpolation="bilinear")),
    "padding and cropping": lambda: from_layers(
        L.ZeroPadding2D(((2, 1), (0, 3))), L.Conv2D(2, 3), L.Cropping2D(((1, 0), (2, 1)))
    ),
    "pointwise": lambda: from_layers(
        L.Rescaling(2.0), L.BatchNormalization(), L.Conv2D(2, 2), L.PReLU(), L.Softmax(), L.Dropout(0.5), L.Dense(3)
    ),
    "normalised among channels": lambda: from_layers(L.DepthwiseConv2D(3), L.LayerNormalization(), L.MaxPooling2D(2)),
    "flat": lambda: from_layers(L.Conv2D(2, 3, strides=3), L.Flatten(), L.Reshape((3, 2, 4)), L.Conv2D(2, 2)),
    "dense": lambda: from_layers(L.Conv2D(2, 5, strides=4), L.Flatten(), L.Dense(3)),
    "global": lambda: from_layers(L.Conv2D(2, 3, strides=6), L.GlobalMaxPooling2D()),
    "added": lambda: branches(L.Add()),
    "concatenated": lambda: branches(L.Concatenate()),
    "concatenated across": lambda: branches(L.Concatenate(axis=2)),
    "squeezed": squeezed,
}  # fmt: skip


def moved_by_poking(sliced: Sliced, index: tuple[int, ...]) -> np.ndarray:
    """bool (rows, columns): the input pixels that change the last layer's cell; tried one by one, up and down."""
    rows, columns, channels = sliced.nodes[0].shape
    rng = np.random.default_rng(4)
    moved = np.zeros((rows, columns), bool)
    for _ in range(4):  # other pictures and directions, in case a pixel does not win its maximum
        base = rng.normal(0, 1, (1, rows, columns, channels)).astype(np.float32)
        last = sliced.nodes[-1].name
        still = sliced.activations(base)[last][0][index]
        way = rng.normal(0, 300, channels)
        for up in (way, -way):
            poked = np.repeat(base, rows * columns, axis=0)
            for pixel in range(rows * columns):
                poked[pixel, pixel // columns, pixel % columns] += up
            after = sliced.activations(poked)[last][(slice(None), *index)]
            # a batch may be rounded otherwise than one picture, which depends on the processor; a poke moves far more
            moved |= ~np.isclose(after, still, rtol=1e-5, atol=1e-4).reshape(rows, columns)
    return moved


@pytest.mark.parametrize("name", NETWORKS)
def test_the_field_is_what_poking_finds(name):
    keras.utils.set_random_seed(8)
    sliced = NETWORKS[name]()
    shape = sliced.nodes[-1].shape
    rng = np.random.default_rng(3)
    cells = {tuple(int(rng.integers(0, side)) for side in shape) for _ in range(5)}
    for index in cells | {(0,) * len(shape), tuple(side - 1 for side in shape)}:
        expected = moved_by_poking(sliced, index)
        field = receptive_field(sliced.layers, sliced.layers[-1].name, index)
        np.testing.assert_array_equal(field.mask, expected)
        rows, columns = np.flatnonzero(expected.any(axis=1)), np.flatnonzero(expected.any(axis=0))
        if len(rows):
            assert (field.top, field.left) == (rows[0], columns[0])
            assert (field.rows, field.columns) == (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
        else:
            assert field.rows == field.columns == 0


def test_size_and_stride_by_hand():
    sliced = from_layers(*(L.Conv2D(2, 3, strides=s) for s in (1, 2, 1)), shape=(20, 20, 1))
    field = receptive_field(sliced.layers, sliced.layers[-1].name, (2, 1, 0))
    assert (field.rows, field.columns) == (9, 9)  # 3, then 3 + 2 · 1, then 5 + 2 · 2
    assert (field.top, field.left) == (4, 2)
    assert field.stride == (2, 2)
    assert field.share == 81 / 400


def test_strides_through_branches():
    found = strides(branches(L.Add()).layers)
    assert set(found.values()) == {(1, 1), (2, 2)}
    up = from_layers(L.MaxPooling2D(2), L.UpSampling2D((2, 4)), L.Flatten())
    assert list(strides(up.layers).values()) == [(1, 1), (2, 2), (1, Fraction(1, 2)), None]
