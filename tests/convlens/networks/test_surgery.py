"""Surgery as text and as factors."""

import tracemalloc

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convlens.errors import InputError
from convlens.networks import surgery
from convlens.networks.layers import Layer
from convlens.networks.surgery import Cut

LAYERS = (
    Layer("photo", "InputLayer", (8, 8, 3), 0),
    Layer("a/conv", "Conv2D", (8, 8, 6), 9),
    Layer("out", "Dense", (4,), 9),
)


def cut(layer: str, way: str, *channels: int) -> Cut:
    return Cut(layer, way, surgery.parse_channels(",".join(map(str, channels)), 1000))


def test_a_layer_of_which_nothing_is_left():
    silenced, kept, negated = (cut("a/conv", way, 1) for way in ("silence", "keep", "negate"))
    assert surgery.dead(surgery.gains([silenced, negated], LAYERS)) == []
    cuts = [silenced, kept, negated, cut("out", "silence", 1)]
    assert surgery.dead(surgery.gains(cuts, LAYERS)) == ["a/conv"]


def test_channels_and_ranges():
    assert surgery.parse_channels("0-3, 7", 8) == (range(4), range(7, 8))
    assert surgery.parse_channels("2,2,1", 8) == (range(1, 3),)
    assert surgery.parse_channels("5, 0-6, 2-3, 7", 8) == (range(8),)
    assert cut("a", "keep", 7, 0, 1, 2, 3).text == "a:keep:0-3,7"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Name at least one channel"),
        ("x", "'x' is no channel. Write numbers and ranges, such as 0-3, 7"),
        ("5-2", "There are no channels 5-2. This layer has 0 to 7"),
        ("8", "There are no channels 8. This layer has 0 to 7"),
        ("-1", "'-1' is no channel"),
        ("٣", "'٣' is no channel"),
        ("0," * 2001, "4,002 characters are too many. Expected 4,000 at most"),
    ],
)
def test_bad_channels_are_explained(text, sentence):
    with pytest.raises(InputError, match=sentence):
        surgery.parse_channels(text, 8)


@given(
    st.sets(st.integers(0, 500), min_size=1), st.sampled_from(list(surgery.WAYS)), st.sampled_from(["a/conv", "b-1.x"])
)
def test_a_link_gives_back_what_it_was_made_of(channels, way, layer):
    cuts = [cut(layer, way, *channels)] * 2
    assert surgery.parse(surgery.write(cuts)) == cuts
    assert {channel for run in cuts[0].channels for channel in run} == channels


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a:b:0",
        "a:silence",
        "a:silence:",
        "a b:silence:0",
        ";".join(["a:keep:0"] * 21),
        "<b>:keep:0",
        "a:keep:0" + ";" * 4000,
    ],
)
def test_what_is_no_surgery(text):
    assert not surgery.is_surgery(text)
    with pytest.raises(InputError):
        surgery.parse(text)


def test_bad_surgery_is_explained():
    for text, sentence in (
        ("x:cut:0", "'x:cut:0' is no surgery. Expected layer:way:channels with silence, keep, negate."),
        (";".join(["a:keep:0"] * 21), "21 cuts are too many. Expected 20 at most."),
        ("a:keep:0" + ";" * 4000, "4,008 characters of surgery are too many. Expected 4,000 at most."),
    ):
        with pytest.raises(InputError) as raised:
            surgery.parse(text)
        assert str(raised.value) == sentence
    with pytest.raises(InputError) as raised:
        surgery.parse_channels(",", 3)
    assert str(raised.value) == "Name at least one channel, such as 0-3, 7."


def test_as_much_as_is_allowed():
    assert surgery.is_surgery(";".join(["a:keep:0"] * 20))
    assert len(surgery.parse("a:keep:0" + ";" * 3992)) == 1
    assert surgery.parse_channels("1" + "," * 3999, 8) == (range(1, 2),)


def test_what_a_network_has_not_changes_nothing_else():
    gains = surgery.gains([cut("gone", "keep", 0), cut("out", "silence", 1)], LAYERS)
    np.testing.assert_array_equal(gains["out"], [1, 0, 1, 1])
    assert gains["out"].dtype == np.float32


def test_factors_by_hand():
    cuts = [
        cut("a/conv", "negate", 1, 2),
        cut("a/conv", "keep", 0, 1),
        cut("out", "silence", 3, 99),
        cut("gone", "keep", 0),
    ]
    gains = surgery.gains(cuts, LAYERS)
    assert set(gains) == {"a/conv", "out"}
    np.testing.assert_array_equal(gains["a/conv"], [1, -1, 0, 0, 0, 0])
    np.testing.assert_array_equal(gains["out"], [1, 1, 1, 0])


def test_sentences():
    assert cut("conv", "silence", 3).sentence == "conv: channel 3 silenced"
    assert cut("conv", "keep", 0, 1, 2, 7).sentence == "conv: channels 0-2, 7 kept alone"


MANY = ",".join(f"{2 * n}-{2 * n}" for n in range(400))  # 400 ranges in one cut
ATTACKS = {
    "all channels that there can be": ";".join(["a:silence:0-1048575"] * 20),
    "400 ranges": f"conv2d_1:negate:{MANY}",
    "400 times all channels": "conv2d_1:keep:" + ",".join(["0-1048575"] * 400),
    "twenty cuts": ";".join(["conv2d_1:silence:0-1048575"] * 20),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_short_link_takes_little_memory(name):
    """It is judged by its text; a set of a million channels takes 80 MB."""
    layers = (Layer("conv2d_1", "Conv2D", (32, 32, 16), 448),)
    tracemalloc.start()
    try:
        if surgery.is_surgery(ATTACKS[name]):
            cuts = surgery.parse(ATTACKS[name])
            surgery.gains(surgery.parse(surgery.write(cuts)), layers)
            assert len("".join(each.sentence for each in cuts)) < 10_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 500_000
