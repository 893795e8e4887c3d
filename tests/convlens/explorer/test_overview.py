"""The whole network as sheets, lanes and edges; the weights of one unit."""

import io

import keras
import numpy as np
import pytest
from PIL import Image

from convlens.drawing.scales import LEVELS, scale_of, to_levels
from convlens.explorer import overview
from convlens.networks.layers import Layer
from convlens.networks.units import edges
from models.running.slicing import Sliced
from tests import networks

L = keras.layers
MAPS = np.random.default_rng(1).normal(0, 1, (5, 7, 6)).astype(np.float32)


def levels(sheet) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(sheet.png)))


@pytest.mark.parametrize("maps", [MAPS, np.abs(MAPS)], ids=["signed", "positive"])
def test_a_sheet_holds_every_value_at_its_place(maps):
    sheet = overview.sheets({"a": maps}, "layer")["a"]
    assert (sheet.columns, sheet.cell, sheet.shrunk) == (3, (5, 7), False)
    drawn = levels(sheet)
    for i in range(6):
        top, left = i // 3 * 5, i % 3 * 7
        np.testing.assert_array_equal(drawn[top : top + 5, left : left + 7], to_levels(maps[:, :, i], scale_of(maps)))


def test_each_map_may_have_its_own_scale_and_zero_looks_the_same_in_all():
    maps = MAPS.copy()
    maps[:, :, 0] = np.abs(maps[:, :, 0])  # of a signed layer, a map without negative values
    maps[0, 0] = 0
    sheet = overview.sheets({"a": maps}, "unit")["a"]
    drawn = levels(sheet)
    assert {int(drawn[i // 3 * 5, i % 3 * 7]) for i in range(6)} == {(LEVELS - 1) // 2}
    for i in range(1, 6):
        top, left = i // 3 * 5, i % 3 * 7
        np.testing.assert_array_equal(
            drawn[top : top + 5, left : left + 7], to_levels(maps[:, :, i], scale_of(maps[:, :, i]))
        )


def test_one_scale_for_the_network():
    found = overview.sheets({"a": MAPS, "b": 3 * MAPS, "v": np.array([1, -9], np.float32)}, "network")
    assert {(sheet.scale.low, sheet.scale.high) for sheet in found.values()} == {(-9.0, 9.0)}


def test_vectors_are_maps_of_one_value():
    sheet = overview.sheets({"v": np.arange(10, dtype=np.float32)}, "layer")["v"]
    assert sheet.cell == (1, 1)
    np.testing.assert_array_equal(levels(sheet).ravel()[:10], np.rint(np.arange(10) / 9 * (LEVELS - 1)))


@pytest.mark.parametrize("rows", [112, 100])
@pytest.mark.parametrize("n", [700, 24, 1])
def test_large_maps_are_averaged(rows, n):
    maps = np.random.default_rng(2).random((rows, 2 * rows, n), np.float32)
    sheet = overview.sheets({"a": maps}, "layer")["a"]
    assert (sheet.cell, sheet.shrunk) == ((28, 56), True)
    one = 6 * n // 7
    fine = maps[:, :, one].repeat(28, 0).repeat(28, 1)  # every thumbnail pixel is the mean of rows × rows of these
    mean = fine.reshape(28, rows, 56, rows).mean(axis=(1, 3))
    top, left = one // sheet.columns * 28, one % sheet.columns * 56
    drawn = levels(sheet)[top : top + 28, left : left + 56]
    assert np.abs(drawn.astype(int) - to_levels(mean, scale_of(maps))).max() <= 1


def line_of(name: str) -> dict[str, int]:
    layers = Sliced(networks.SHAPES[name]()).layers
    return dict(zip((layer.name for layer in layers), overview.lanes(layers), strict=True))


def test_a_plain_network_stands_on_one_line():
    assert set(line_of("plain").values()) == {0}


def test_branches_stand_beside_each_other_and_come_back():
    found = line_of("inception")
    beside = [found[name] for name in ("mixed_1x1", "mixed_3x3", "mixed_5x5", "mixed_pool_project")]
    assert sorted(beside) == [0, 1, 2, 3]
    assert found["mixed_3x3"] == found["mixed_3x3_reduce"]
    assert [found[name] for name in ("photo", "stem", "mixed", "pool", "answer")] == [0] * 5


def test_a_skip_connection_with_a_layer_on_it_has_its_own_line():
    found = line_of("residual")
    assert found["shortcut_2"] == 1
    assert found["block2_conv_2"] == found["block2_add"] == 0


# ---- edges and units, against what the layer does to a map of ones


CASES = {
    "conv": (L.Conv2D(5, 3, use_bias=False), (6, 6, 4)),
    "groups": (L.Conv2D(6, 3, groups=2, use_bias=False), (6, 6, 4)),
    "depthwise": (L.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False), (6, 6, 4)),
    "separable": (L.SeparableConv2D(5, 3, depth_multiplier=2, use_bias=False), (6, 6, 4)),
    "transposed": (L.Conv2DTranspose(5, 3, use_bias=False), (6, 6, 4)),
    "dense": (L.Dense(7, use_bias=False), (20,)),
}


@pytest.mark.parametrize("name", CASES)
def test_an_edge_is_what_the_unit_makes_of_a_map_of_ones(name):
    layer, shape = CASES[name]
    inputs = L.Input(shape)
    sliced = Sliced(keras.Model(inputs, type(layer).from_config(layer.get_config())(inputs)))
    sources, weights = edges(sliced.layers[-1], sliced.weights(sliced.layers[-1].name), most=16)
    assert sources.shape == weights.shape
    channels = shape[-1]
    ones = np.zeros((channels, *shape), np.float32)
    for i in range(channels):
        ones[i, ..., i] = 1
    made = sliced.activations(ones)[sliced.layers[-1].name]  # (channels, …, units)
    middle = made[:, made.shape[1] // 2, made.shape[2] // 2] if made.ndim == 4 else made
    for u in range(sources.shape[0]):
        np.testing.assert_allclose(middle[sources[u], u], weights[u], atol=1e-5)
        rest = np.setdiff1d(np.arange(channels), sources[u])
        assert np.abs(middle[rest, u]).max(initial=0) <= np.abs(weights[u]).min() + 1e-6  # the strongest were kept
        assert (np.diff(np.abs(weights[u])) <= 1e-7).all()


def test_the_table_can_be_read_back():
    sliced = Sliced(networks.SHAPES["mobile"]())
    weights = {layer.name: sliced.weights(layer.name) for layer in sliced.layers}
    table, places = overview.edge_table(sliced.layers, weights)
    assert "backbone/norm_1" not in places
    for layer in sliced.layers:
        if layer.name not in places:
            continue
        place, units = places[layer.name], layer.units
        assert place["start"] % 4 == 0
        sources = np.frombuffer(table, "<u4", units * place["k"], place["start"]).reshape(units, -1)
        strengths = np.frombuffer(table, np.int8, units * place["k"], place["start"] + 4 * units * place["k"])
        expected = edges(layer, weights[layer.name], overview.EDGES)
        np.testing.assert_array_equal(sources, expected[0])
        step = place["largest"] / 127
        np.testing.assert_allclose(strengths.reshape(units, -1) * step, expected[1], atol=step / 2 + 1e-9)


def test_a_unit_without_a_kernel_has_none():
    layer = Layer("p", "MaxPooling2D", (2, 2, 3), 0, ("x",), {"op": "pool"})
    assert layer.operation.unit(layer, [], 1).slices is None
    assert edges(layer, []) is None
