"""Surgery as text and as factors."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convlens import surgery
from convlens.errors import InputError
from convlens.layers import Layer
from convlens.surgery import Cut

LAYERS = (
    Layer("photo", "InputLayer", (8, 8, 3), 0),
    Layer("a/conv", "Conv2D", (8, 8, 6), 9),
    Layer("out", "Dense", (4,), 9),
)


def test_channels_and_ranges():
    assert surgery.parse_channels("0-3, 7", 8) == (0, 1, 2, 3, 7)
    assert surgery.parse_channels("2,2,1", 8) == (1, 2)
    assert surgery.spans((7, 0, 1, 2, 3)) == "0-3,7"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Name at least one channel"),
        ("x", "'x' is no channel. Write numbers and ranges, such as 0-3, 7"),
        ("5-2", "There are no channels 5-2. This layer has 0 to 7"),
        ("8", "There are no channels 8. This layer has 0 to 7"),
        ("-1", "'-1' is no channel"),
    ],
)
def test_bad_channels_are_explained(text, sentence):
    with pytest.raises(InputError, match=sentence):
        surgery.parse_channels(text, 8)


@given(
    st.sets(st.integers(0, 500), min_size=1), st.sampled_from(list(surgery.WAYS)), st.sampled_from(["a/conv", "b-1.x"])
)
def test_a_link_gives_back_what_it_was_made_of(channels, way, layer):
    cuts = [Cut(layer, way, tuple(sorted(channels)))] * 2
    assert surgery.parse(surgery.write(cuts)) == cuts


@pytest.mark.parametrize(
    "text", ["x", "a:b:0", "a:silence", "a:silence:", "a b:silence:0", ";".join(["a:keep:0"] * 21), "<b>:keep:0"]
)
def test_what_is_no_surgery(text):
    assert not surgery.is_surgery(text)
    with pytest.raises(InputError):
        surgery.parse(text)


def test_factors_by_hand():
    cuts = [
        Cut("a/conv", "negate", (1, 2)),
        Cut("a/conv", "keep", (0, 1)),
        Cut("out", "silence", (3, 99)),
        Cut("gone", "keep", (0,)),
    ]
    gains = surgery.gains(cuts, LAYERS)
    assert set(gains) == {"a/conv", "out"}
    np.testing.assert_array_equal(gains["a/conv"], [1, -1, 0, 0, 0, 0])
    np.testing.assert_array_equal(gains["out"], [1, 1, 1, 0])


def test_sentences():
    assert Cut("conv", "silence", (3,)).sentence == "conv: channel 3 silenced"
    assert Cut("conv", "keep", (0, 1, 2, 7)).sentence == "conv: channels 0-2, 7 kept alone"
