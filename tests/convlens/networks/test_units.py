"""What a unit's weights are said to be makes the value that Keras computes; by hand, from the unit alone."""

import keras
import numpy as np
import pytest

from convlens.networks.layers import Layer
from convlens.networks.operations import Unit
from convlens.networks.remarks import of_weights, without_kernel
from models.running.slicing import Sliced

L = keras.layers
IMAGE = np.random.default_rng(5).normal(0, 1, (7, 6, 4)).astype(np.float32)


def made(layer) -> tuple[Layer, list[np.ndarray], np.ndarray]:
    """(the layer as ConvLens knows it, its weights, what Keras makes of ``IMAGE``)"""
    inputs = keras.Input(IMAGE.shape)
    model = keras.Model(inputs, layer(inputs))
    rng = np.random.default_rng(6)
    layer.set_weights([rng.random(each.shape) + 0.1 for each in layer.get_weights()])
    sliced = Sliced(model)
    return sliced.layers[-1], sliced.weights(layer.name), np.asarray(model(IMAGE[None]))[0]


def value(unit: Unit, row: int, column: int) -> float:
    """Of a convolution without padding, at stride 1."""
    rows, columns, n = unit.slices.shape
    window = IMAGE[row : row + rows, column : column + columns, unit.sources].astype(float)
    sums = (window * unit.slices).sum(axis=(0, 1))
    factors = np.ones(n) if unit.factors is None else unit.factors
    return float((sums * factors).sum() + (unit.bias or 0.0))


KERNELS = {
    "conv": lambda **k: L.Conv2D(6, (3, 2), **k),
    "groups": lambda **k: L.Conv2D(6, (2, 3), groups=2, **k),
    "depthwise": lambda **k: L.DepthwiseConv2D((3, 2), depth_multiplier=3, **k),
    "separable": lambda **k: L.SeparableConv2D(5, (2, 3), depth_multiplier=2, **k),
    "dense": lambda **k: L.Dense(5, **k),
}


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("kind", KERNELS)
def test_a_unit_makes_keras_value(kind, use_bias):
    layer, arrays, expected = made(KERNELS[kind](use_bias=use_bias))
    for channel in range(layer.units):
        unit = layer.operation.unit(layer, arrays, channel)
        assert (unit.bias is not None) == use_bias
        for row, column in ((0, 0), (2, 3)):
            assert value(unit, row, column) == pytest.approx(float(expected[row, column, channel]), abs=1e-4)


@pytest.mark.parametrize("use_bias", [True, False])
def test_a_transposed_unit_lays_its_kernel_down(use_bias):
    layer, arrays, expected = made(L.Conv2DTranspose(3, 3, 2, use_bias=use_bias))
    for channel in range(3):
        unit = layer.operation.unit(layer, arrays, channel)
        assert unit.sources.tolist() == [0, 1, 2, 3]
        drawn = np.zeros(expected.shape[:2])
        for i in range(7):
            for j in range(6):
                drawn[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += (unit.slices * IMAGE[i, j, unit.sources]).sum(axis=2)
        np.testing.assert_allclose(drawn + (unit.bias or 0), expected[:, :, channel], atol=1e-4)
        assert (unit.bias is not None) == use_bias


@pytest.mark.parametrize(("scale", "center"), [(True, True), (False, True), (True, False), (False, False)])
def test_the_numbers_of_a_normalisation(scale, center):
    layer, arrays, expected = made(L.BatchNormalization(scale=scale, center=center, epsilon=0.02))
    for channel in range(4):
        n = layer.operation.unit(layer, arrays, channel).numbers
        assert list(n) == ["gamma", "beta", "mean", "variance"]
        found = n["gamma"] * (IMAGE[2, 3, channel] - n["mean"]) / np.sqrt(n["variance"] + 0.02) + n["beta"]
        assert found == pytest.approx(float(expected[2, 3, channel]), abs=1e-5)


def test_a_layer_normalisation_keeps_two_numbers_a_map():
    layer, arrays, expected = made(L.LayerNormalization(epsilon=0.02))
    for channel in range(4):
        n = layer.operation.unit(layer, arrays, channel).numbers
        assert list(n) == ["gamma", "beta"]
        here = IMAGE[2, 3].astype(float)
        found = n["gamma"] * (here[channel] - here.mean()) / np.sqrt(here.var() + 0.02) + n["beta"]
        assert found == pytest.approx(float(expected[2, 3, channel]), abs=1e-5)


def test_the_slopes_of_prelu():
    layer, arrays, _ = made(L.PReLU(shared_axes=[1, 2]))
    assert layer.operation.unit(layer, arrays, 2).slopes.shape == (1, 1, 4)
    relu, none, _ = made(L.ReLU())
    unit = relu.operation.unit(relu, none, 1)
    assert unit.slopes is None
    assert unit.slices is None


def test_what_is_said_of_weights():
    layer, arrays, _ = made(L.Conv2D(6, (3, 2)))
    bias = 0.25
    arrays[1][:] = bias
    assert of_weights(layer.operation.unit(layer, arrays, 2)) == (
        "3 × 2 × 4 weights, one slice for each map that is read, and a bias of 0.25."
    )
    layer, arrays, _ = made(L.SeparableConv2D(5, 2, use_bias=False))
    assert of_weights(layer.operation.unit(layer, arrays, 0)) == (
        "2 × 2 × 4 weights, one slice for each map that is read, and no bias. Each slice is shown times its weight in the pointwise step."
    )


def test_what_is_said_without_a_kernel():
    layer, arrays, _ = made(L.LayerNormalization())
    arrays[0][:], arrays[1][:] = 1.5, -0.25
    assert without_kernel(layer, layer.operation.unit(layer, arrays, 1)) == (
        "A LayerNormalization layer keeps a few numbers for each map. This one's: gamma 1.5, beta −0.25."
    )
    layer, arrays, _ = made(L.LayerNormalization(scale=False, center=False))
    assert without_kernel(layer, layer.operation.unit(layer, arrays, 1)) == (
        "A LayerNormalization layer has no weights: it computes its maps from those before it alone."
    )
    layer, arrays, _ = made(L.PReLU())
    assert without_kernel(layer, Unit()) == "A PReLU layer has 168 weights, but no kernel that could be drawn."
    layer, arrays, _ = made(L.MaxPooling2D())
    assert without_kernel(layer, Unit()) == (
        "A MaxPooling2D layer has no weights: it computes its maps from those before it alone."
    )
