"""What is said of a stack before it is built, against what Keras builds of it."""

import math

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from convlens.networks import stacks
from convlens.networks.stacks import Stacked
from models.architectures.stacked import stacked


def layer(kind: str) -> st.SearchStrategy[Stacked]:
    fields = {
        "count": st.sampled_from((4, 8) if kind in "cr" else stacks.UNITS),
        "side": st.sampled_from(stacks.WINDOWS if kind in "pa" else stacks.SIDES),
    }
    if kind in "cr":
        fields |= {"stride": st.sampled_from(stacks.STRIDES), "norm": st.booleans()}
    if kind == "o":
        fields |= {"share": st.sampled_from(stacks.SHARES)}
    return st.builds(lambda **more: stacks.read(f"c4x1-{Stacked(kind, **more).text}")[1], **fields)


SHAPES = st.sampled_from([(8, 8, 1), (28, 28, 1), (13, 9, 3)])
STACKS = st.tuples(
    st.sampled_from("cr").flatmap(layer), st.lists(st.sampled_from("ccrpao").flatmap(layer), max_size=4), st.lists(st.sampled_from("gdo").flatmap(layer), max_size=2)
).map(lambda parts: (parts[0], *parts[1], *parts[2]))  # fmt: skip


@settings(max_examples=40)
@example(stacks.read("c16x3-p2-p2-p2-r16x3s2-g"), (8, 8, 1), 10)  # its skip strides, though the shape stays 1 × 1
@given(STACKS, SHAPES, st.sampled_from([2, 10]))
def test_shapes_weights_and_products_are_those_of_keras(stack, shape, classes):
    if stacks.fault(stack, shape, classes):
        return
    model = stacked(stacks.written(stack))(shape, classes)
    placed, weights = stacks.steps(stack, shape, classes)
    assert model.count_params() == weights
    *inner, last = (each for each in model.layers if hasattr(each, "kernel"))
    products = sum(math.prod(each.kernel.shape) * math.prod(each.output.shape[1:-1]) for each in inner)
    assert sum(step.products for step in placed) == products
    assert last.activation is keras.activations.softmax
    there = iter(tuple(each.output.shape[1:]) for each in model.layers)
    assert all(step.shape in there for step in placed if step.layer.kind != "o")  # in this order
    assert np.asarray(model(np.zeros((1, *shape), np.float32))).sum() == pytest.approx(1, abs=1e-5)


def test_a_residual_block_adds_what_goes_past_it():
    """With zeros in its second convolution a block without a change of shape passes on what ReLU lets through."""
    model = stacked("c8x3-r8x3n-g")((6, 6, 1), 3)
    model.get_layer("conv2d_2b").set_weights([np.zeros((3, 3, 8, 8), np.float32)])
    image = np.random.default_rng(1).random((1, 6, 6, 1)).astype(np.float32)
    rest = keras.Model(model.input, [model.get_layer(name).output for name in ("conv2d_1", "relu_2b")])
    before, after = rest(image, training=False)
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert "conv2d_2_skip" not in [each.name for each in model.layers]
    assert "conv2d_2_skip" in [each.name for each in stacked("c8x3-r8x3s2n-g")((6, 6, 1), 3).layers]


def test_a_normalised_layer_has_no_bias_and_normalises_before_relu():
    model = stacked("c8x3n-p2")((6, 6, 1), 3)
    assert [type(each).__name__ for each in model.layers[1:4]] == ["Conv2D", "BatchNormalization", "ReLU"]
    assert model.get_layer("conv2d_1").bias is None
    assert not [each for each in stacked("c8x3-p2")((6, 6, 1), 3).layers if "norm" in each.name]


def test_what_is_no_stack_is_not_built():
    with pytest.raises(ValueError, match="'p2' is no stack. Expected such as 'c16x3-p2-c32x3-p2-d64'"):
        stacked("p2")
