"""The seven networks of the lecture's table: built anew, they are what is shipped; their counts beside literature and literals."""

import gc
import json
import re

import keras
import numpy as np
import pytest

from convlens.history.architectures import FOLDER
from convlens.history.papers import NAMES
from models.architectures.history.alexnet import alexnet
from models.architectures.history.builders import BUILDERS
from models.architectures.history.description import described
from models.architectures.history.lenet5 import C3, Maps, RadialBasis, lenet5
from models.architectures.history.response import LocalResponse
from scripts import describe_architectures
from scripts.describe_architectures import description


def shipped(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def layer(name: str, which: str) -> dict:
    return next(each for each in shipped(name)["layers"] if each["name"] == which)


@pytest.mark.parametrize("name", BUILDERS)
def test_what_is_shipped_is_what_is_built(name):
    assert description(name) == shipped(name)
    gc.collect()


def test_nothing_else_is_shipped():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(BUILDERS)
    assert describe_architectures.FOLDER is FOLDER


def test_each_that_is_shown_can_be_built():
    assert tuple(BUILDERS) == NAMES


# all that Keras counts, of which: moving means and variances, fixed, biases before a normalisation; depth, receptive field
LITERATURE = {
    "lenet5": (60_840, 0, 840, 0, 7, 32),  # 60,000 learn: LeCun et al. 1998, II.B
    "alexnet": (60_965_224, 0, 0, 0, 8, 195),  # Caffe's bvlc_alexnet; fields: Araujo et al. 2019, table
    "zfnet": (62_357_608, 0, 0, 0, 8, 171),  # added up by hand below
    "googlenet": (6_998_552, 0, 0, 0, 22, 715),  # Caffe's bvlc_googlenet without its heads
    "vgg16": (138_357_544, 0, 0, 0, 16, 212),  # Keras' documentation
    "resnet50": (
        25_636_712,
        53_120,
        0,
        26_560,
        50,
        483,
    ),  # Keras' documentation; without both 25,557,032, as in PyTorch
    "densenet121": (8_062_504, 83_648, 0, 0, 121, 2_071),  # Keras' documentation; without 7,978,856, as in PyTorch
}


@pytest.mark.parametrize("name", LITERATURE)
def test_totals_are_those_of_the_literature(name):
    totals = shipped(name)["totals"]
    assert tuple(totals[what] for what in ("weights", "moving", "fixed", "idle", "depth", "field")) == LITERATURE[name]


def test_multiply_adds_are_those_of_the_papers():
    found = {name: shipped(name)["totals"]["multiply_adds"] / 1e9 for name in BUILDERS}
    assert found["resnet50"] == pytest.approx(3.8, abs=0.06)  # He et al., table 1
    assert found["vgg16"] - 0.1236 == pytest.approx(15.35, abs=0.005)  # without 25,088·4,096 + 4,096² + 4,096·1,000
    first = 112 * 112 * 7 * 7 * 3 * 64  # which the table of Szegedy et al. gives as 34 million
    assert first == layer("googlenet", "conv1")["multiply_adds"] == 118_013_952
    assert found["googlenet"] - (first - 34e6) / 1e9 == pytest.approx(1.502, abs=0.005)  # the table added up


# name, layer → weights, multiply-adds: worked out by hand, one of each kind
BY_HAND = [
    ("lenet5", "C1", 6 * (25 + 1), 28 * 28 * 25 * 6),
    ("lenet5", "S2", 12, 14 * 14 * 6),
    ("lenet5", "C3_0", 3 * 25 + 1, 10 * 10 * 25 * 3),
    ("lenet5", "C3_15", 6 * 25 + 1, 10 * 10 * 25 * 6),
    ("lenet5", "C5", 120 * (16 * 25 + 1), 120 * 16 * 25),
    ("lenet5", "F6", 84 * 121, 84 * 120),
    ("lenet5", "output", 840, 840),
    ("alexnet", "conv2", 5 * 5 * 48 * 256 + 256, 27 * 27 * 5 * 5 * 48 * 256),  # two groups
    ("alexnet", "norm1", 0, 0),
    ("zfnet", "conv1", 7 * 7 * 3 * 96 + 96, 110 * 110 * 7 * 7 * 3 * 96),
    ("vgg16", "block1_pool", 0, 0),
    ("vgg16", "fc1", 7 * 7 * 512 * 4096 + 4096, 7 * 7 * 512 * 4096),
    ("resnet50", "conv1_bn", 4 * 64, 0),
    ("resnet50", "conv2_block1_0_conv", 64 * 256 + 256, 56 * 56 * 64 * 256),
    ("densenet121", "conv5_block16_2_conv", 3 * 3 * 128 * 32, 7 * 7 * 3 * 3 * 128 * 32),
]


@pytest.mark.parametrize(("name", "which", "weights", "multiply_adds"), BY_HAND)
def test_one_layer_of_each_kind(name, which, weights, multiply_adds):
    found = layer(name, which)
    assert (found["weights"], found["multiply_adds"]) == (weights, multiply_adds)


def test_zfnets_weights_added_up():
    by_hand = {
        "conv1": 14_208,  # 7 · 7 · 3 · 96 + 96
        "conv2": 614_656,  # 5 · 5 · 96 · 256 + 256
        "conv3": 885_120,  # 3 · 3 · 256 · 384 + 384
        "conv4": 1_327_488,  # 3 · 3 · 384 · 384 + 384
        "conv5": 884_992,  # 3 · 3 · 384 · 256 + 256
        "fc6": 37_752_832,  # 6 · 6 · 256 · 4096 + 4096
        "fc7": 16_781_312,  # 4096 · 4096 + 4096
        "fc8": 4_097_000,  # 4096 · 1000 + 1000
    }
    assert {each["name"]: each["weights"] for each in shipped("zfnet")["layers"] if each["weights"]} == by_hand
    assert sum(by_hand.values()) == LITERATURE["zfnet"][0] == 62_357_608


def test_lenets_sparse_layer_and_its_usual_dense_copy():
    assert [len(maps) for maps in C3] == [3] * 6 + [4] * 9 + [6]
    assert len(set(C3)) == 16
    readers = [sum(i in maps for maps in C3) for i in range(6)]
    assert readers == [10] * 6  # each map of S2 is read as often as the others
    c3 = sum(each["weights"] for each in shipped("lenet5")["layers"] if each["block"] == "C3")
    assert c3 == 1_516
    assert 156 + 12 + c3 + 32 + 48_120 + 10_164 == 60_000
    assert 156 + 16 * (6 * 25 + 1) + 48_120 + 10_164 + 850 == 61_706


def test_lenet_computes_distances_from_its_codes():
    keras.utils.set_random_seed(3)
    answer = RadialBasis(2)
    answer.build((None, 3))
    answer.codes.assign([[1.0, 0.0], [1.0, -1.0], [0.0, 2.0]])
    np.testing.assert_allclose(answer(np.array([[2.0, 1.0, 0.0]])), [[1.0, 12.0]])  # 1 + 0 + 0; 4 + 4 + 4
    maps = np.arange(8.0).reshape(1, 1, 2, 4)
    np.testing.assert_array_equal(Maps((0, 3))(maps), maps[..., [0, 3]])
    assert lenet5()(np.zeros((1, 32, 32, 1))).shape == (1, 10)


def test_response_normalisation_is_the_papers_sum():
    x = np.random.default_rng(4).normal(0, 40, (2, 3, 3, 8)).astype(np.float32)
    expected = np.empty_like(x)
    for i in range(8):
        near = x[..., max(0, i - 2) : i + 3]
        expected[..., i] = x[..., i] / (2 + 1e-4 * (near**2).sum(-1)) ** 0.75
    np.testing.assert_allclose(LocalResponse()(x), expected, rtol=1e-5)


def test_a_group_reads_its_own_processors_maps_alone():
    kernel = next(each for each in alexnet().layers if each.name == "conv2").kernel
    assert tuple(kernel.shape) == (5, 5, 48, 256)


def test_names_do_not_depend_on_what_was_built_before():
    layers = keras.layers
    inputs = layers.Input((8, 8, 1))
    x = layers.ZeroPadding2D()(layers.ZeroPadding2D()(inputs))
    x = layers.Conv2D(2, 3, 2, dilation_rate=1, name="a")(x)
    side, twice = layers.Conv2D(2, 1, name="b")(x), layers.Conv2D(2, 3, padding="same", name="c")(x)
    x = layers.BatchNormalization(name="d")(layers.Add(name="e")([side, twice]))
    found = described(keras.Model(inputs, x), r"([bc])$")
    names = [each["name"] for each in found["layers"]]
    assert names[:3] == ["input_layer_1", "zero_padding2d_1", "zero_padding2d_2"]
    assert not [name for name in names if re.search(r"_\d\d", name)]
    fields = {each["name"]: each["field"] for each in found["layers"]}
    assert (fields["a"], fields["b"], fields["c"], fields["e"]) == (3, 3, 7, 7)  # 3 + (3 − 1) · 2
    assert {each["name"]: each["block"] for each in found["layers"]}["b"] == "b"
    products = 25 * 9 * 2 + 25 * 2 * 2 + 25 * 9 * 2 * 2  # 5 rows: (8 + 2 · 2 − 3) / 2 + 1, rounded down
    assert found["totals"] == {"weights": 72, "moving": 4, "fixed": 0, "idle": 0, "multiply_adds": products, "depth": 2, "field": 7, "field_of": "d"}  # fmt: skip
