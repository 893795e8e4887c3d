"""The panels of Architectures: what they say, beside the shipped counts; what their live parts may send."""

import base64
import csv
import io
import itertools

import numpy as np
import pytest

from convlens.history import panels
from convlens.history.panels import Looked, large, percents
from convlens.history.papers import ARCHITECTURES, architecture
from convlens.history.silhouette import COLOURS, blocks, silhouette
from convlens.panel import Markup
from tests.snippet import run

EACH = pytest.mark.parametrize("of", [Looked(each) for each in ARCHITECTURES], ids=lambda looked: looked.at.name)


def html(panel) -> str:
    return " ".join(content.html for content in panel.content if isinstance(content, Markup))


def rows(download) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download.make().decode())))


def test_numbers_as_they_are_read():
    assert [large(n) for n in (9, 60_000, 999_999, 7_978_856, 138_357_544, 15_470_264_320)] == [
        "9", "60,000", "999,999", "7.98 million", "138 million", "15.5 billion",
    ]  # fmt: skip
    assert [percents(error) for error in (15.3, 3.57, 0.95, 10.07)] == ["15.3 %", "3.57 %", "0.95 %", "10.07 %"]


@EACH
def test_the_walk_shows_all_and_says_what_was_new(of):
    panel = panels.walk(of)
    (part,) = panel.content
    assert part.data["chosen"] == of.at.name
    assert of.at.new in panel.caption
    for item, each in zip(part.data["items"], ARCHITECTURES, strict=True):
        assert item["bars"] == [[round(bar.wide, 2), bar.rows, bar.kind] for bar in silhouette(each)]
        assert f"{each.depth} layers deep" in item["lines"]
    assert part.data["tall"] == 227
    assert [item["later"] for item in part.data["items"]] == [0, 14, 0, 0, 0, 0, 0]


def test_another_network_begins_folded():
    sends = panels.walk(Looked(architecture("googlenet"), "inception_3a")).content[0].sends["chosen"]
    assert sends.choices == ("architecture",)
    assert sends.also == {"block": ""}


@EACH
def test_the_figures_are_the_counts_and_every_error_says_of_what(of):
    shown = html(panels.facts(of))
    at = of.at
    for part in (f"{at.weights:,}", large(at.multiply_adds), f">{at.depth}<", f"{at.field:,} rows"):
        assert part in shown
    assert (f"more than its {at.rows}" in shown) == (at.field > at.rows)
    for score in at.scores:
        assert percents(score.error) in shown
        assert score.by in shown
    assert panels.facts(of).caption == at.contest[0]


def test_the_walk_says_how_each_fared_in_the_contest():
    lines = {item["name"]: item["lines"][-1] for item in panels.walk(Looked(ARCHITECTURES[0])).content[0].data["items"]}
    assert lines == {
        "lenet5": "no figure in ILSVRC",
        "alexnet": "ILSVRC 15.3 %",
        "zfnet": "ILSVRC 13.5 %",
        "googlenet": "ILSVRC 6.67 %",
        "vgg16": "ILSVRC 7.3 %",
        "resnet50": "ILSVRC 3.57 %",
        "densenet121": "no figure in ILSVRC",
    }


def test_notes_say_how_it_is_drawn():
    looked = Looked(ARCHITECTURES[0])
    assert "a bar is a layer, or a folded block" in panels.walk(looked).note
    for panel in (panels.walk(looked), panels.stack(looked)):
        assert "1 + log₂ of" in panel.note
    assert "dense evaluation" in panels.sizes(looked).note


def test_a_field_is_told_alike_wherever_it_stands():
    googlenet = Looked(architecture("googlenet"))
    told = {bar["name"]: bar["told"] for column in panels.layers(googlenet).content[0].data["columns"] for bar in column}  # fmt: skip
    assert told["inception_5b"].endswith(", sees 715 rows, more than its 224")
    assert "715 rows, more than its 224" in html(panels.facts(googlenet))
    assert told["conv1"].endswith(", sees 7 rows of 224")


def test_fields_that_exceed_the_picture():
    assert [each.title for each in ARCHITECTURES if each.field > each.rows] == [
        "GoogLeNet",
        "ResNet-50",
        "DenseNet-121",
    ]


@EACH
def test_the_stack_has_a_box_a_bar(of):
    (part,) = panels.stack(of).content
    ends = np.frombuffer(base64.b64decode(part.data["boxes"]), "<f4").reshape(-1, 2, 3)
    drawn = silhouette(of.at)
    assert len(ends) == len(part.data["told"]) == len(part.data["kinds"]) == len(drawn)
    assert f"{drawn[0].name}: {of.at.rows} × {of.at.rows} × {drawn[0].channels}" in part.data["told"]
    assert part.data["told"][-1] == f"{drawn[-1].name}: {drawn[-1].channels}"
    assert (ends[:, 1] - ends[:, 0])[:, 2].max() == of.at.rows
    colours = [part.data["names"][kind][0] for kind in part.data["kinds"]]
    assert sorted(colours) == sorted(COLOURS[bar.kind] for bar in drawn)
    assert part.data["alt"] == f"{of.at.title}, layer by layer, in space"
    assert part.data["axes"] == part.data["clouds"] == []


@EACH
def test_no_two_boxes_of_a_stack_overlap(of):
    for block in ("", *blocks(of.at)):
        ends = np.array([box.corners[[0, -1]] for box in panels._boxes(silhouette(of.at, block))])
        apart = (ends[:, None, 0] >= ends[None, :, 1]).any(axis=2)
        np.testing.assert_array_equal(apart | apart.T, ~np.eye(len(ends), dtype=bool))


def test_bars_of_one_column_stand_side_by_side_in_space():
    opened = Looked(architecture("googlenet"), "inception_3a")
    boxes = panels._boxes(silhouette(opened.at, opened.opened))
    beside = [box for box in boxes if box.told.startswith("inception_3a") and box.x[0] == next(b for b in boxes if "3a_1x1" in b.told).x[0]]  # fmt: skip
    assert len(beside) == 4
    ends = sorted(box.y for box in beside)
    assert all(left[1] + panels.APART == right[0] for left, right in itertools.pairwise(ends))
    assert ends[0][0] == -ends[-1][1]


def test_a_block_opens_and_only_one_of_its_own_does():
    closed, opened = Looked(architecture("resnet50")), Looked(architecture("resnet50"), "conv2_block1")
    assert Looked(architecture("vgg16"), "conv2_block1").opened == ""
    (part,) = panels.layers(opened).content
    assert part.data["opened"] == "conv2_block1"
    assert part.sends["block"].among[0] == {"", *(f"conv{stage}_block{i}" for stage, n in zip((2, 3, 4, 5), (3, 4, 6, 3), strict=True) for i in range(1, n + 1))}  # fmt: skip
    inside = [bar for column in part.data["columns"] for bar in column if bar["block"] == "conv2_block1"]
    assert [bar["kind"] for bar in inside] == ["convolution"] * 4 + ["joining"]
    assert "conv2_block1 is open: 4 layers with 75,008 weights." in panels.layers(opened).caption
    assert "is open" not in panels.layers(closed).caption


def test_an_opened_dense_block_says_what_its_folded_bar_said():
    closed, opened = (Looked(architecture("densenet121"), block) for block in ("", "conv2"))
    told = {bar["name"]: bar["told"] for column in panels.layers(closed).content[0].data["columns"] for bar in column}
    assert ", 335,552 weights, " in told["conv2"]
    assert "conv2 is open: 12 layers with 335,552 weights." in panels.layers(opened).caption
    told = {bar["name"]: bar["told"] for column in panels.layers(opened).content[0].data["columns"] for bar in column}
    assert told["conv2_block1_0_bn"] == "conv2_block1_0_bn: normalisation → 56 × 56 × 64, 128 weights, sees 11 rows of 224"  # fmt: skip
    assert told["pool1"] == "pool1: pooling 3 × 3, stride 2 → 56 × 56 × 64, sees 11 rows of 224"
    assert "normalisation" in {name for _, name in panels.stack(opened).content[0].data["names"]}


def test_where_the_weights_are():
    assert panels.layers(Looked(architecture("vgg16"))).caption.startswith(
        "74.3 % of the weights are in fc1, 12 % of the"
    )
    told = {bar["name"]: bar["told"] for column in panels.layers(Looked(architecture("vgg16"))).content[0].data["columns"] for bar in column}  # fmt: skip
    assert told["block1_conv1"] == "block1_conv1: convolution 3 × 3 → 224 × 224 × 64, 1,792 weights, 86.7 million multiply-adds, sees 3 rows of 224"  # fmt: skip
    assert told["fc2"] == "fc2: dense → 4,096 values, 16.8 million weights, 16.8 million multiply-adds"


def test_the_chart_compares_single_networks():
    chart = panels.sizes(Looked(architecture("zfnet")))
    drawn = chart.content[0].figure
    areas = [drawn.radius(i) ** 2 for i in range(1, 7)]
    errors = [each.alone.error for each in ARCHITECTURES[1:]]
    assert [area / error for area, error in zip(areas, errors, strict=True)] == pytest.approx(
        [areas[0] / errors[0]] * 6
    )
    assert drawn.marks[0].size is None
    assert drawn.chosen == 2
    assert [(mark.x, mark.y) for mark in drawn.marks] == [(each.multiply_adds, each.weights) for each in ARCHITECTURES]
    assert drawn.marks[1].name == "AlexNet 18.2 %"
    assert drawn.marks[1].told.startswith("AlexNet, 2012: 724 million multiply-adds, 61 million weights, 18.2 %, ")
    assert drawn.marks[0].told.endswith(", never saw ImageNet")
    assert chart.caption == (
        "AlexNet has 7.64 times the weights of DenseNet-121, which needs 3.91 times as many multiply-adds and errs on 6.66 % instead of 18.2 %."
    )


def test_downloads_hold_the_counts():
    drawn, counts = panels.sizes(Looked(ARCHITECTURES[0])).downloads
    assert drawn.make().startswith(b"\x89PNG")
    head, *lines = rows(counts)
    assert head[2:5] == ["weights", "multiply-adds", "depth"]
    assert lines[0] == ["LeNet-5", "1998", "60000", "328096", "7", "32", "", ""]
    assert lines[5][-2:] == ["3.57", "6.71"]
    assert lines[2][-2:] == ["13.5", "16.5"]
    resnet = Looked(architecture("resnet50"))
    for panel in (panels.layers(resnet), panels.stack(resnet)):
        head, *lines = rows(panel.downloads[0])
        assert sum(int(line[head.index("weights")]) for line in lines) == 25_557_032
    assert rows(panels.facts(resnet).downloads[0]) == rows(panels.sizes(resnet).downloads[1])
    shown = [make(resnet) for make in (panels.walk, panels.stack, panels.facts, panels.layers, panels.sizes)]
    assert len({panel.downloads[0].name for panel in shown}) == 5


def test_the_code_counts_the_same(capsys):
    lenet = Looked(architecture("lenet5"))
    assert panels.facts(lenet).code == panels.stack(lenet).code == panels.layers(lenet).code
    found = run(panels.facts(lenet).code)
    assert (found["weights"], found["multiply_adds"]) == (60_000, 328_096)
    assert "C3_maps Concatenate [10, 10, 16] 0 0" in capsys.readouterr().out
