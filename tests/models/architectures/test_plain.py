"""Networks that differ in one idea: as He et al. count them, and their identities by hand."""

import keras
import numpy as np
import pytest

from models.architectures.history.plain import _identity, plain


@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85)])
def test_weights_are_those_of_the_paper(depth, millions):
    """Table 6 of He et al. 2016; what batch normalisation only remembers is not counted."""
    counted = plain(depth, skips=True, norm=True).trainable_weights
    assert sum(int(np.prod(weight.shape)) for weight in counted) / 1e6 == pytest.approx(millions, abs=0.006)


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("depth", [8, 20])
def test_skips_add_no_weight_and_no_layer_that_has_one(depth, norm):
    without, with_them = (plain(depth, skips=skips, norm=norm) for skips in (False, True))
    assert without.count_params() == with_them.count_params()
    for network in (without, with_them):
        assert sum(isinstance(layer, keras.layers.Conv2D | keras.layers.Dense) for layer in network.layers) == depth
        assert any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers) == norm
    assert sum(isinstance(layer, keras.layers.Add) for layer in with_them.layers) == (depth - 2) // 2
    assert not any(isinstance(layer, keras.layers.Add) for layer in without.layers)


@pytest.mark.parametrize("depth", [2, 9, 21])
def test_other_depths_are_refused(depth):
    with pytest.raises(ValueError, match=f"8, 14, 20 … .*, not {depth}"):
        plain(depth)


def test_an_identity_takes_every_other_position_and_has_zeros_for_new_channels():
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1) + 1
    assert np.array_equal(_identity(x, 1, 1), x)
    assert np.asarray(_identity(x, 3, 2)).tolist() == [
        [[[0, 1, 0], [0, 3, 0]], [[0, 9, 0], [0, 11, 0]]],
    ]


def test_a_block_without_weights_passes_on_what_it_got():
    """With zeros in every convolution but the first, only the skips are left: the mean of the first one's answers."""
    network = plain(14, skips=True, input_shape=(8, 8, 1), widths=(2, 4, 6))
    for layer in network.layers[2:]:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(values) for values in layer.get_weights()])
    image = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    first, mean = keras.Model(network.input, [network.get_layer(name).output for name in ("activation_1", "mean")])(
        image
    )
    expected = np.asarray(first)[0, ::4, ::4].mean(axis=(0, 1))  # two stages take every other position
    assert np.allclose(np.asarray(mean)[0], [0, 0, *expected, 0, 0], atol=1e-6)


def test_first_weights_are_he_s_for_relu_only():
    names = {
        activation: plain(8, activation=activation).get_layer("conv2d_1").kernel_initializer.__class__.__name__
        for activation in ("relu", "tanh", "sigmoid")
    }
    assert names == {"relu": "HeNormal", "tanh": "GlorotUniform", "sigmoid": "GlorotUniform"}
