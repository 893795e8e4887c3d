"""What a browser is given of a network: its graph and its weights, and which networks it is not given."""

import json
from dataclasses import replace

import numpy as np
import pytest

from convlens.errors import InputError
from convlens.live import jobs, program
from convlens.networks.layers import Layer
from convlens.slices.jobs import layers
from models.catalog import card_of
from models.running.loading import load


def unpacked(data: bytes) -> tuple[dict, np.ndarray]:
    length = int.from_bytes(data[:4], "little")
    assert length % 4 == 0
    return json.loads(data[4 : 4 + length]), np.frombuffer(data[4 + length :], "<f4")


def test_it_holds_every_weight_in_its_place():
    told, numbers = unpacked(jobs.program("lenet"))
    model = load("lenet")
    assert [layer["name"] for layer in told["layers"]] == [layer.name for layer in layers("lenet")]
    assert numbers.size == model.count_params() == 61_706
    assert told["range"] == [0, 1]
    assert told["minus"] is None
    assert told["answer"] == "softmax"
    for layer in told["layers"][1:]:
        expected = model.get_layer(layer["name"]).get_weights()
        for place, array in zip(layer["arrays"], expected, strict=True):
            assert place["shape"] == list(array.shape)
            np.testing.assert_array_equal(numbers[place["at"] : place["at"] + array.size], array.ravel())


def test_layers_name_those_they_read_by_their_places():
    told, _ = unpacked(jobs.program("digits-cnn"))
    names = [layer["name"] for layer in told["layers"]]
    for layer, known in zip(told["layers"], layers("digits-cnn"), strict=True):
        assert [names[i] for i in layer["inputs"]] == list(known.inputs)


def test_a_chosen_range_is_what_the_browser_takes():
    card = replace(card_of("lenet"), value_range=None)
    told, _ = unpacked(program.program(card, (-1.0, 1.0), layers("lenet"), lambda _: []))
    assert told["range"] == [-1, 1]


def test_products_are_those_counted_by_hand():
    # LeNet: 28·28·6·(25·1 + 1), 10·10·16·(25·6 + 1), then 401·120, 121·84, 85·10
    known = layers("lenet")
    expected = 28 * 28 * 6 * 26 + 10 * 10 * 16 * 151 + 401 * 120 + 121 * 84 + 85 * 10
    assert program.products(known) == expected


@pytest.mark.parametrize("name", ["benchmark", "dummy", "champion", "lenet", "digits-cnn"])
def test_the_networks_that_ship_are_given(name):
    assert program.why_not(card_of(name), layers(name)) == ""


CONV = {"op": "conv", "kernel": [3, 3], "strides": [1, 1]}


def a_layer(**more) -> Layer:
    return replace(Layer("conv_x", "Conv2D", (10, 10, 4), 500, ("input",), CONV), **more)


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (a_layer(kind="Lambda", settings={}), "not computed here: conv_x, of the class Lambda"),
        (a_layer(weights=4_000_001), "has 4,000,001 weights. A browser is given 4,000,000 at most"),
        (
            a_layer(weights=2_000_000),
            "has 200,000,000 products for one picture. A browser is given 150,000,000 at most",
        ),
        (
            a_layer(shape=(2000, 2000, 4), weights=1),
            "has 16,000,000 values in its layers. A browser is given 8,000,000",
        ),
    ],
)
def test_others_are_refused_with_a_sentence(layer, told):
    card = card_of("lenet")
    assert told in program.why_not(card, (layer,))
    with pytest.raises(InputError, match=told):
        program.check(card, (layer,))


def test_a_network_that_sees_large_pictures_is_refused():
    card = replace(card_of("lenet"), input_shape=(300, 257, 1))
    assert "has 300 pixels along a side of what it sees. A browser is given 256 at most" in program.why_not(card, ())
