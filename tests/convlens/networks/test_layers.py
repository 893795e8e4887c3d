"""What is known of a network's layers without Keras."""

from convlens.networks.layers import (
    Layer,
    are_many,
    convolutions,
    first_shown,
    last_maps,
    wanted,
    with_values_of_their_own,
)

INPUT = Layer("input", "InputLayer", (8, 8, 3), 0, (), {"op": "input"})
CONV = Layer("conv", "Conv2D", (8, 8, 4), 112, ("input",), {"op": "conv"})
DEEP = Layer("deep", "Conv2D", (8, 8, 4), 148, ("conv",), {"op": "conv"})
DENSE = Layer("dense", "Dense", (8, 8, 5), 25, ("deep",), {"op": "dense"})
DROP = Layer("drop", "Dropout", (8, 8, 5), 0, ("dense",), {"op": "same"})
FLAT = Layer("flat", "Flatten", (320,), 0, ("drop",), {"op": "reshape"})
OUT = Layer("out", "Dense", (10,), 3210, ("flat",), {"op": "dense"})
LAYERS = (INPUT, CONV, DEEP, DENSE, DROP, FLAT, OUT)


def test_shapes():
    assert (CONV.units, CONV.has_maps, CONV.shape_text) == (4, True, "8 × 8 × 4")
    assert (OUT.units, OUT.has_maps, OUT.shape_text) == (10, False, "10")
    assert INPUT.hues == ("red", "green", "blue")
    assert Layer("input", "InputLayer", (8, 8, 1), 0).hues == ()
    assert Layer("conv", "Conv2D", (8, 8, 3), 0).hues == ()
    assert Layer("input", "InputLayer", (3,), 0).hues == ()


def test_which_layers():
    assert convolutions(LAYERS) == ["conv", "deep"]
    assert first_shown(LAYERS) == "conv"
    assert first_shown((INPUT, DENSE, OUT)) == "dense"
    assert first_shown((INPUT,)) == "input"
    assert last_maps(LAYERS) == ["deep", "dense"]
    assert last_maps(LAYERS[:3]) == ["deep"]
    assert with_values_of_their_own(LAYERS) == ["conv", "deep", "dense", "out"]


def test_values_that_are_too_many_are_sent_in_parts():
    assert not are_many(LAYERS)
    assert wanted(LAYERS, "conv") == ()
    large = (INPUT, Layer("conv", "Conv2D", (1000, 1000, 4), 0, ("input",), {"op": "conv"}), OUT)
    assert are_many(large)
    assert wanted(large, "conv", "conv", "input") == ("conv", "input", "out")
    just = (Layer("conv", "Conv2D", (1000, 1000, 4), 0),)
    assert not are_many(just)
