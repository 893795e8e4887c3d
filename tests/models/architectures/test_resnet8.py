"""The champion's network, as it is described: what it is made of, and what its skip connections do."""

import keras
import numpy as np

from models.architectures.resnet8 import resnet8
from models.running.slicing import Sliced


def test_what_it_is_made_of():
    model = resnet8()
    assert model.output_shape == (None, 10)
    assert model.count_params() == 309_994
    assert sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights) == 1_344
    kinds = [type(layer).__name__ for layer in model.layers]
    assert [kinds.count(kind) for kind in ("Conv2D", "BatchNormalization", "Add", "Dense")] == [9, 9, 3, 1]
    shapes = [model.get_layer(f"add_{block}").output.shape[1:] for block in (1, 2, 3)]
    assert shapes == [(32, 32, 32), (16, 16, 64), (8, 8, 128)]


def test_a_block_adds_to_what_it_is_given():
    """With the last normalisation of a block at 0 nothing but the skip connection is left."""
    keras.utils.set_random_seed(1)
    model = resnet8()
    last = model.get_layer("norm_1b")
    last.gamma.assign(np.zeros(32))
    found = Sliced(model).activations(np.random.default_rng(2).random((1, 32, 32, 3), np.float32))
    np.testing.assert_array_equal(found["add_1"], found["relu_1"])


def test_other_shapes():
    assert resnet8((28, 28, 1), 7).output_shape == (None, 7)
