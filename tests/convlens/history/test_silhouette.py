"""Bars of a network: what each stands for, beside the shipped counts and literals."""

import math

import pytest

from convlens.history.architectures import Layer
from convlens.history.papers import ARCHITECTURES, architecture
from convlens.history.silhouette import COLOURS, Bar, bars, blocks, silhouette
from convlens.work import memory


@pytest.mark.parametrize("of", ARCHITECTURES, ids=lambda each: each.name)
def test_bars_stand_for_all_that_was_counted_folded_or_opened(of):
    for opened in ("", *blocks(of), "none of its blocks"):
        drawn = silhouette(of, opened)
        assert sum(bar.weights for bar in drawn) == of.weights
        assert sum(bar.multiply_adds for bar in drawn) == of.multiply_adds
        assert {bar.kind for bar in drawn} <= set(COLOURS)
        assert len({bar.name for bar in drawn}) == len(drawn)
        folded = {bar.name for bar in drawn if bar.kind == "block"}
        assert folded == set(blocks(of)) - {opened}


@pytest.mark.parametrize("of", ARCHITECTURES, ids=lambda each: each.name)
def test_an_opened_block_has_what_its_folded_bar_has(of):
    folded = {bar.name: bar for bar in silhouette(of)}
    for block in blocks(of):
        inside = [bar for bar in silhouette(of, block) if bar.block == block]
        for what in ("weights", "multiply_adds", "count"):
            assert sum(getattr(bar, what) for bar in inside) == getattr(folded[block], what), (block, what)


def test_pooling_has_no_weights_but_lenets():
    heavy = {
        bar.name
        for each in ARCHITECTURES
        for opened in ("", *blocks(each))
        for bar in silhouette(each, opened)
        if bar.kind == "pooling" and bar.weights
    }
    assert heavy == {"S2_mean", "S4_mean"}


def test_a_normalisation_that_begins_an_opened_block_is_drawn():
    for each in ARCHITECTURES:
        for opened in ("", *blocks(each)):
            alone = [bar for bar in silhouette(each, opened) if bar.kind == "normalisation"]
            assert len(alone) == (each.name == "densenet121" and opened != "")
    drawn = {bar.name: bar for bar in silhouette(architecture("densenet121"), "conv2")}
    first = drawn["conv2_block1_0_bn"]
    assert first == Bar(first.name, "normalisation", 56, 64, 128, 0, 11, 0, "conv2", column=drawn["pool1"].column + 1)
    assert drawn["conv2_block1_1_conv"].column == first.column + 1


def test_kinds_have_a_colour_each():
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_what_was_computed_is_remembered_in_the_one_table():
    found = silhouette(architecture("resnet50"), "conv2_block1")
    assert memory.get(("history", "silhouette", "resnet50", "conv2_block1")) is found


def test_blocks_are_those_of_the_papers():
    counts = {each.name: len(blocks(each)) for each in ARCHITECTURES}
    assert counts == {
        "lenet5": 1,
        "alexnet": 0,
        "zfnet": 0,
        "googlenet": 9,
        "vgg16": 0,
        "resnet50": 16,
        "densenet121": 4,
    }


def test_a_folded_network_is_a_chain():
    for each in ARCHITECTURES:
        assert [bar.column for bar in silhouette(each)] == list(range(len(silhouette(each))))


def test_an_inception_module_opens_into_four_ways():
    inside = [bar for bar in silhouette(architecture("googlenet"), "inception_3a") if bar.block == "inception_3a"]
    first = min(bar.column for bar in inside)
    ways = {way: sorted(bar.channels for bar in inside if bar.column == first + way) for way in range(3)}
    assert ways == {0: [16, 64, 96, 192], 1: [32, 32, 128], 2: [256]}
    assert (
        sum(bar.weights for bar in inside) == 163_328 + 368
    )  # 192·(64 + 96 + 16 + 32) + 9·96·128 + 25·16·32, and biases


def test_a_residual_block_is_three_layers_and_the_first_of_a_stage_four():
    drawn = {bar.name: bar for bar in silhouette(architecture("resnet50"))}
    assert (drawn["conv2_block1"].count, drawn["conv2_block2"].count) == (4, 3)
    assert (drawn["conv2_block2"].rows, drawn["conv2_block2"].channels) == (56, 256)
    assert drawn["conv2_block2"].weights == 256 * 64 + 9 * 64 * 64 + 64 * 256 + 2 * (64 + 64 + 256)


def test_what_changes_no_shape_is_counted_with_what_it_follows():
    def made(name, kind, shape, weights, inputs, **more):
        counts = {
            "moving": 0,
            "fixed": 0,
            "idle": 0,
            "multiply_adds": 0,
            "field": 1,
            "side": 1,
            "stride": 1,
            "block": "",
        }
        return Layer(name, kind, shape, weights, inputs=inputs, **counts | more)

    layers = (
        made("in", "InputLayer", (8, 8, 1), 0, ()),
        made("c", "Conv2D", (4, 4, 2), 20, ("in",), side=3, stride=2, field=3, multiply_adds=288, idle=2),
        made("n", "BatchNormalization", (4, 4, 2), 8, ("c",), field=3, moving=4),
        made("f", "Flatten", (32,), 0, ("n",), field=None),
        made("d", "Dense", (3,), 99, ("f",), field=None, multiply_adds=96),
    )
    assert bars(layers) == (
        Bar("in", "input", 8, 1, field=1),
        Bar("c", "convolution", 4, 2, 22, 288, 3, 1, window="3 × 3, stride 2", column=1),
        Bar("d", "dense", 1, 3, 99, 96, None, 1, column=2),
    )
    assert Bar("w", "dense", 1, 4096).wide == 1 + math.log2(4096) == 13
