"""Every operation: its sentence by hand, and what the rest of the house reads from its entry.

Its values are tested against Keras in ``tests/browser/test_arithmetic.py``, its way back in ``tests/convlens/explorer/test_receptive.py``,
the strengths of its kernel in ``tests/convlens/explorer/test_overview.py``.
"""

import keras
import pytest

from convlens.networks.layers import Layer
from convlens.networks.operations import NOT_EXPLAINED, OPERATIONS, UNEXPLAINED
from convlens.networks.remarks import of_settings
from models.checks.guard import ALLOWED_LAYERS
from models.running.slicing import Sliced

L = keras.layers


def after(layer, count: int = 1) -> Layer:
    """What ConvLens knows of a layer that reads maps of 9 × 8 × 4."""
    inputs = keras.Input((9, 8, 4))
    return Sliced(keras.Model(inputs, layer([inputs] * count if count > 1 else inputs))).layers[-1]


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (L.Conv2D(5, 3), "Conv2D: kernels of 3 × 3, stride 1; 7 × 6 × 5, 185 weights."),
        (L.Conv2D(5, (3, 2), (2, 1)), "Conv2D: kernels of 3 × 2, stride 2 × 1; 4 × 7 × 5, 125 weights."),
        (
            L.Conv2D(5, (3, 2), dilation_rate=(1, 3), activation="relu"),
            "Conv2D: kernels of 3 × 2, stride 1, dilation 1 × 3, then relu; 7 × 5 × 5, 125 weights.",
        ),
        (
            L.Conv2D(6, 3, groups=2, activation="silu"),
            "Conv2D: kernels of 3 × 3, stride 1, 2 groups, then silu; 7 × 6 × 6, 114 weights.",
        ),
        (
            L.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
            "DepthwiseConv2D: kernels of 3 × 3, stride 1, 1 zero on every side, 2 kernels a map; 9 × 8 × 8, 80 weights.",
        ),
        (L.SeparableConv2D(3, 2), "SeparableConv2D: kernels of 2 × 2, stride 1; 8 × 7 × 3, 31 weights."),
        (L.Conv2DTranspose(2, 3, 2), "Conv2DTranspose: kernels of 3 × 3, stride 2; 19 × 17 × 2, 74 weights."),
        (
            L.Conv2DTranspose(2, (5, 3), (2, 1), "same"),
            "Conv2DTranspose: kernels of 5 × 3, stride 2 × 1, 1 row cut off above, 1 column at the left; 18 × 8 × 2, 122 weights.",
        ),
        (
            L.Conv2DTranspose(2, (7, 5), 1, "same"),
            "Conv2DTranspose: kernels of 7 × 5, stride 1, 3 rows cut off above, 2 columns at the left; 9 × 8 × 2, 282 weights.",
        ),
        (L.Dense(3, activation="softmax"), "Dense: then softmax; 9 × 8 × 3, 15 weights."),
        (L.MaxPooling2D(2), "MaxPooling2D: windows of 2 × 2, stride 2; 4 × 4 × 4, 0 weights."),
        (
            L.AveragePooling2D(3, 2, "same"),
            "AveragePooling2D: windows of 3 × 3, stride 2, over the border; 5 × 4 × 4, 0 weights.",
        ),
        (L.GlobalAveragePooling2D(), "GlobalAveragePooling2D; 4 values, 0 weights."),
        (L.BatchNormalization(), "BatchNormalization; 9 × 8 × 4, 16 weights."),
        (L.Activation("tanh"), "Activation: tanh; 9 × 8 × 4, 0 weights."),
        (L.Activation("linear"), "Activation; 9 × 8 × 4, 0 weights."),
        (L.PReLU(), "PReLU: prelu; 9 × 8 × 4, 288 weights."),
        (L.UpSampling2D((2, 3)), "UpSampling2D: 2 × 3 for each cell, repeated; 18 × 24 × 4, 0 weights."),
        (
            L.UpSampling2D(2, interpolation="bilinear"),
            "UpSampling2D: 2 × 2 for each cell, blended with its neighbours; 18 × 16 × 4, 0 weights.",
        ),
        (
            L.UpSampling2D(2, interpolation="bicubic"),
            "UpSampling2D: its maps are shown, its arithmetic is not explained here.",
        ),
        (L.LayerNormalization(), "LayerNormalization: over all channels of a place; 9 × 8 × 4, 8 weights."),
        (L.LayerNormalization(axis=3), "LayerNormalization: over all channels of a place; 9 × 8 × 4, 8 weights."),
        (
            L.LayerNormalization(axis=[1, 2]),
            "LayerNormalization: its maps are shown, its arithmetic is not explained here.",
        ),
        (L.GroupNormalization(2), "GroupNormalization: its maps are shown, its arithmetic is not explained here."),
        (L.BatchNormalization(axis=1), "BatchNormalization: its maps are shown, its arithmetic is not explained here."),
        (L.Softmax(axis=1), "Softmax: its maps are shown, its arithmetic is not explained here."),
    ],
)
def test_the_sentence_by_hand(layer, said):
    assert of_settings(after(layer)) == said


@pytest.mark.parametrize("activation", sorted(NOT_EXPLAINED - {"glu"}))
def test_an_activation_that_is_not_explained_leaves_nothing(activation):
    layer = after(L.Conv2D(4, 3, activation=activation))
    assert layer.settings == {}
    assert layer.operation is UNEXPLAINED
    assert layer.is_convolution  # it still is one


def test_a_vector_has_units():
    inputs = keras.Input((7,))
    found = Sliced(keras.Model(inputs, L.LayerNormalization()(inputs))).layers[-1]
    assert of_settings(found) == "LayerNormalization: over all units; 7 values, 14 weights."


def test_what_is_explained_may_be_built():
    """The list in models/checks is the guard's own: whoever explains a class says there that it may be built."""
    assert OPERATIONS.keys() <= ALLOWED_LAYERS


@pytest.mark.parametrize(
    ("layer", "count", "spread"),
    [
        (L.Concatenate(), 2, "join"),
        (L.Flatten(), 1, "flat"),
        (L.Add(), 2, "one"),
        (L.MaxPooling2D(), 1, "one"),
        (L.GroupNormalization(2), 1, "all"),
        (L.LayerNormalization(), 1, "all"),
        (L.BatchNormalization(), 1, "one"),
    ],
)
def test_how_a_unit_without_a_kernel_reads_the_layer_below(layer, count, spread):
    assert after(layer, count).operation.spread == spread


def test_convolutions_have_kernels():
    names = {name for name, operation in OPERATIONS.items() if operation.convolves}
    assert names == {"Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"}
    assert {name for name, operation in OPERATIONS.items() if operation.weighs} == names | {"Dense"}


def test_what_looks_among_all_channels():
    """Only what has an activation function of its own: what another layer's is given are that layer's inputs."""
    for layer, looks in (
        (L.Conv2D(4, 1, activation="softmax"), True),
        (L.Dense(4, activation="log_softmax"), True),
        (L.Conv2D(4, 1, activation="relu"), False),
        (L.Softmax(), False),
        (L.Flatten(), False),
    ):
        found = after(layer)
        assert found.operation.looks_among(found.settings) == looks
