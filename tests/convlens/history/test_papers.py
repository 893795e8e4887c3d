"""What papers say, as it stands there; and what a link may choose."""

import pytest

from convlens.history.choices import CHOICES
from convlens.history.papers import ARCHITECTURES, NAMES, architecture


def test_they_are_the_lectures_in_its_order():
    assert [(each.title, each.year) for each in ARCHITECTURES] == [
        ("LeNet-5", 1998), ("AlexNet", 2012), ("ZFNet", 2013), ("GoogLeNet", 2014), ("VGG-16", 2014), ("ResNet-50", 2015), ("DenseNet-121", 2017),
    ]  # fmt: skip


def test_entries_of_the_contest_are_ensembles_on_its_test():
    entries = {each.name: each.entry.error for each in ARCHITECTURES if each.entry}
    assert entries == {"alexnet": 15.3, "zfnet": 13.5, "googlenet": 6.67, "vgg16": 7.3, "resnet50": 3.57}
    for each in ARCHITECTURES:
        if each.entry:
            assert each.scores[0] is each.entry
            assert "ensemble" in each.entry.by
            assert each.entry.measured == "top-5, ImageNet 2012, test"


def test_what_one_network_scores_is_validation():
    alone = {each.name: each.alone.error for each in ARCHITECTURES if each.alone}
    assert alone == {"alexnet": 18.2, "zfnet": 16.5, "googlenet": 9.15, "vgg16": 7.2, "resnet50": 6.71, "densenet121": 6.66}  # fmt: skip
    for each in ARCHITECTURES:
        if each.alone:
            assert "validation" in each.alone.measured
            assert each.alone.by.startswith("one ")


@pytest.mark.parametrize("of", ARCHITECTURES, ids=lambda each: each.name)
def test_every_figure_says_where_it_stands(of):
    assert len(of.scores) == len({score.error for score in of.scores})
    for score in of.scores:
        assert ("test" in score.measured) != ("validation" in score.measured)
        assert ("ensemble" in score.by) != ("one " in score.by)
        assert score.source.startswith(("table", "section", "image-net.org"))
    assert all(where for _, where in (*of.says.values(), of.contest))
    assert set(of.says) <= {"weights", "multiply_adds", "depth"}


def test_the_contest_of_2013():
    """13.511 %: third of its list, https://image-net.org/challenges/LSVRC/2013/results.php"""
    zfnet = architecture("zfnet")
    assert zfnet.entry.source == zfnet.contest[1] == "image-net.org, results of 2013"
    assert zfnet.contest[0].startswith("Not first in 2013: that was Clarifai")
    assert "The team ZF was third." in zfnet.contest[0]
    assert [score.error for score in zfnet.scores] == [13.5, 14.8, 16.5]


def test_how_one_vgg_was_evaluated():
    assert "several sizes, many crops and dense evaluation averaged" in architecture("vgg16").alone.by


def test_what_papers_only_plot():
    says = architecture("densenet121").says
    assert says["weights"] == says["multiply_adds"] == ("only plotted", "figure 3")


def test_what_the_papers_say_of_depth_is_what_was_counted():
    for each in ARCHITECTURES:
        assert each.says["depth"][0].split(",")[0] == str(each.depth)


def test_remarks_on_counts_are_counted():
    resnet, dense, vgg = map(architecture, ("resnet50", "densenet121", "vgg16"))
    assert f"{sum(layer.weights for layer in resnet.layers):,}" in resnet.counted
    assert f"({sum(layer.moving for layer in resnet.layers):,})" in resnet.counted
    assert f"({sum(layer.idle for layer in resnet.layers):,})" in resnet.counted
    assert "neither is counted here" in resnet.counted  # its paper has batch normalisation
    assert f"{sum(layer.weights for layer in dense.layers):,}" in dense.counted
    assert f"{sum(layer.moving for layer in dense.layers):,}" in dense.counted
    maps = sum(layer.multiply_adds for layer in vgg.layers if len(layer.shape) == 3)
    assert f"{maps / 1e9:.1f} billion" in vgg.counted
    first = next(layer for layer in vgg.layers if layer.name == "fc1")
    assert vgg.counted.startswith("Almost three of four weights")
    assert 0.74 < first.weights / vgg.weights < 0.75
    lenet, alexnet = map(architecture, ("lenet5", "alexnet"))
    assert "a thousand times the weights" in alexnet.new
    assert round(alexnet.weights / lenet.weights, -2) == 1000


def test_a_link_may_choose_one_of_them_and_no_long_block():
    assert [CHOICES["architecture"].permits(name) for name in (*NAMES, "inception-v3")] == [True] * 7 + [False]
    block = CHOICES["block"]
    assert block.read("inception_3a") == "inception_3a"
    assert block.read("") == ""
    assert block.read("<b>") is None
    assert block.read("x" * 41) is None


def test_what_googlenets_table_leaves_out():
    """Multiply-adds in millions, from the paper's table 1, beside what is counted."""
    table = {"conv1": 34, "inception_5a": 54, "rest": 360 + 128 + 304 + 73 + 88 + 100 + 119 + 170 + 71 + 1}
    of = architecture("googlenet")
    assert next(layer for layer in of.layers if layer.name == "conv1").multiply_adds == 112 * 112 * 64 * 7 * 7 * 3
    more = of.multiply_adds / 1e6 - sum(table.values())
    assert 80 < more < 118 - table["conv1"]
    fewer = table["inception_5a"] - sum(layer.multiply_adds for layer in of.layers if "5a" in layer.name) / 1e6
    assert "3 million less" in of.counted
    assert round(fewer) == 3
