"""Stacks as text, and what is said of those that cannot learn some pictures. What they are built to: tests/models/architectures/test_stacked.py."""

import pytest

from convlens.networks import stacks
from convlens.networks.stacks import Stacked

DIGITS, PHOTOS = ((8, 8, 1), 10), ((32, 32, 3), 10)


@pytest.mark.parametrize(
    "text", ["c16x3", stacks.DEFAULT, "c4x7s2n-r64x1-p3-a2-o50-g-d128", "-".join(["c8x5"] * stacks.MOST)]
)
def test_a_text_and_its_layers_are_the_same_thing(text):
    assert stacks.written(stacks.read(text)) == text


def test_what_a_text_says():
    conv, block, pool, mean, drop, dense, average = stacks.read("c16x3s2n-r32x5-p2-a3-o20-d64-g")
    assert conv == Stacked("c", 16, 3, 2, True)
    assert (block.kind, block.count, block.side, block.stride, block.norm) == ("r", 32, 5, 1, False)
    assert (pool.side, mean.side, drop.share, dense.count, average.kind) == (2, 3, 20, 64, "g")
    assert [each.said for each in (conv, block, pool, mean, drop, dense, average)] == [
        "Convolution 16, 3 × 3, stride 2, normalised",
        "Residual block 32, 5 × 5",
        "Max-pooling 2 × 2",
        "Average pooling 3 × 3",
        "Dropout 20 %",
        "Dense 64",
        "Global average",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "p2-c16x3", "d64", "c17x3", "c16x2", "c16x3s3", "c16x3ns2", "c016x3", "c16x3-", "c16x3-p4", "c16x3-o15", "c16x3-d100", "c16x3-g2",
     "c16x3-x", "C16x3", "c16x3 -p2", "c٤x3", "-".join(["c8x3"] * (stacks.MOST + 1))],
)  # fmt: skip
def test_what_is_no_stack(text):
    assert stacks.read(text) is None


@pytest.mark.parametrize("kind", stacks.KINDS)
def test_every_kind_can_be_added_and_be_written(kind):
    layer = stacks.of(kind)
    assert stacks.read(f"c16x3-{layer.text}") == (Stacked("c"), layer)


@pytest.mark.parametrize(
    ("text", "of", "said"),
    [
        (stacks.DEFAULT, DIGITS, ""),
        ("c16x3-d64-c16x3", DIGITS, "Layer 3, Convolution 16, 3 × 3, needs maps, and gets 64 single values: move it before the first dense layer or global average."),
        ("c16x3-g-p2", DIGITS, "Layer 3, Max-pooling 2 × 2, needs maps, and gets 16 single values: move it before the first dense layer or global average."),
        ("c16x3-p3-p3", DIGITS, "Layer 3, Max-pooling 3 × 3, gets maps of 2 × 2: remove a pooling before it, or a stride."),
        ("c64x3-d128", PHOTOS, "It has 8,391,818 weights. Expected 400,000 at most: pool before the dense layer, or take fewer units."),
        ("c32x3-c64x5-g", PHOTOS, "It multiplies 53,313,536 times for one picture. Expected 12,000,000 at most: fewer filters, or a pooling sooner."),
    ],
)  # fmt: skip
def test_what_keeps_a_stack_from_learning_is_said(text, of, said):
    assert stacks.fault(stacks.read(text), *of) == said


def test_stacks_that_no_link_carries_are_judged_too():
    assert "begins with a convolution" in stacks.fault((stacks.of("p"), stacks.of("c")), *DIGITS)
    assert stacks.fault((Stacked("c", 4),) * 12, *DIGITS) == "It has 12 layers. Expected 10 at most: remove one."
