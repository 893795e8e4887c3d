"""Remarks by hand."""

import keras
import numpy as np
import pytest

from convlens.drawing.scales import Scale
from convlens.networks.layers import Layer
from convlens.networks.operations import settings_of
from convlens.networks.remarks import Remark, of_layer, of_map, of_scale, of_settings, remarks


def test_remarks_by_hand():
    a = np.array([[0.0, 1.0], [0.5, 0.25]])
    found = remarks(np.stack([a, np.zeros((2, 2)), 2 * a, a.T - 1], axis=-1))
    assert found == [
        Remark("Map 0: 0 to 1", "", ""),
        Remark("Map 1: 0 to 0, never fires on this picture", "silent", "never fires on this picture"),
        Remark("Map 2: 0 to 2, repeats map 0", "= 0", "repeats map 0"),
        Remark("Map 3: −1 to 0", "", ""),
    ]


def test_sentences_by_hand():
    maps = np.zeros((2, 2, 2))
    maps[0, :, 0] = (1, 3)
    said = remarks(maps)
    assert of_layer(maps, said) == (
        "1 of 2 maps never fire on this picture, 0 more are 0 in over 90 % of their cells, 0 repeat another (correlation above "
        "0.99); 75 % of all values are 0."
    )
    assert (
        of_layer(np.array([0.0, 1.0]), [])
        == "A vector of 2 values, no maps, drawn in reading order; 50 % of them are 0."
    )
    assert of_map(maps[:, :, 0], said[0]) == "Mean 1, spread 1.22, from 0 to 3; 50 % of its 4 values are 0."
    assert of_map(maps[:, :, 1], said[1]).endswith("It never fires on this picture.")


def test_nearly_silent_maps_are_counted():
    maps = np.zeros((4, 5, 4))
    maps[0, 0, 1] = 1  # 95 % zeros
    maps[:2, 0, 2] = 1  # 90 %: not over nine tenths
    maps[:, :, 3] = np.arange(20).reshape(4, 5)
    assert of_layer(maps, remarks(maps)).startswith(
        "1 of 4 maps never fire on this picture, 1 more are 0 in over 90 % of their cells, 0 repeat"
    )


def test_repeats_are_counted_and_a_shared_scale_is_told_of():
    a = np.array([[0.0, 1.0], [0.5, 0.25]])
    maps = np.stack([a, 2 * a, a / 100, a.T * a], axis=-1)
    said = remarks(maps)
    assert "2 repeat another (correlation above 0.99);" in of_layer(maps, said)
    assert of_layer(maps, said, Scale(0, 2)) == of_layer(maps, said) + of_scale(maps, Scale(0, 2))
    assert of_scale(maps, Scale(0, 2)).endswith("1 never rises above 10 % of this scale.")


def test_maps_that_look_black_on_a_scale():
    maps = np.stack([np.full((2, 2), high) for high in (0.0, 0.01, 0.09, 0.1, 1.0)], axis=-1)
    said = " Black here is not always 0: of the maps that fire, 2 never rise above 10 % of this scale."
    assert of_scale(maps, Scale(0, 1)) == said
    said_of_one = " Black here is not always 0: of the maps that fire, 1 never rises above 10 % of this scale."
    assert of_scale(maps[:, :, 2:], Scale(0, 1)) == said_of_one
    assert of_scale(maps, Scale(0, 0.05)) == ""
    assert of_scale(maps, Scale(-1, 1)) == ""  # white is 0 there


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([1, 1], [1, 1], "1 zero on every side"),
        ([2, 2], [2, 2], "2 zeros on every side"),
        (
            [0, 0],
            [1, 1],
            "zeros around it (0 above, 1 below, 0 at the left, 1 at the right)",
        ),  # as for an even size at stride 2
        ([1, 2], [1, 3], "zeros around it (1 above, 1 below, 2 at the left, 3 at the right)"),
        ([0, 0], [0, 0], None),
    ],
)
def test_all_four_sides_of_the_padding_are_told(before, after, said):
    window = {"kernel": [3, 3], "strides": [2, 2], "dilation": [1, 1], "before": before, "after": after}
    settings = {"op": "conv", "groups": 1, "activation": {"name": "linear"}} | window
    told = of_settings(Layer("conv", "Conv2D", (16, 16, 4), 112, ("input",), settings))
    zeros = f", {said}" if said else ""
    assert told == f"Conv2D: kernels of 3 × 3, stride 2{zeros}; 16 × 16 × 4, 112 weights."


def test_the_padding_is_keras_own():
    """What ``same`` puts around a picture, found by where a kernel of ones meets fewer of its ones."""
    for side, kernel, stride in ((32, 3, 1), (32, 3, 2), (28, 5, 1), (9, 4, 3), (10, 2, 2)):
        inputs = keras.Input((side, side, 1))
        layer = keras.layers.Conv2D(1, kernel, strides=stride, padding="same", kernel_initializer="ones")
        sums = np.asarray(keras.Model(inputs, layer(inputs))(np.ones((1, side, side, 1), np.float32)))[0, :, :, 0]
        found = settings_of(layer, [(side, side, 1)], (*sums.shape, 1))
        middle = sums[:, len(sums) // 2].max()
        before, after = (
            round(kernel * (1 - edge / middle)) for edge in (sums[0, len(sums) // 2], sums[-1, len(sums) // 2])
        )
        assert (found["before"], found["after"]) == ([before] * 2, [after] * 2)
