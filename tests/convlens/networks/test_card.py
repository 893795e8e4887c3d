"""What a card knows of its network, and the one preprocessing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.special

from convlens.errors import InputError
from convlens.networks.answers import introduce, more_accurate, probabilities, shortlist
from convlens.networks.card import WEIGHTS, ModelCard, TimeLapse, moment, moments

CARD = ModelCard("own", Path("elsewhere/own.keras"), "Own", "A network.", ("a", "b", "c"), (2, 3, 3), None)
IMAGE = np.random.default_rng(1).random((2, 3, 3)).astype(np.float32)


def test_values_as_the_network_takes_them():
    np.testing.assert_array_equal(CARD.prepare(IMAGE), IMAGE)
    np.testing.assert_allclose(CARD.prepare(IMAGE, (-1.0, 1.0)), 2 * IMAGE - 1, atol=1e-6)
    np.testing.assert_allclose(CARD.prepare(IMAGE, (0.0, 255.0)), 255 * IMAGE, atol=1e-4)
    assert CARD.prepare(IMAGE.astype(np.float64), (-1.0, 1.0)).dtype == np.float32


def test_colours_less_their_means_blue_first():
    """As keras.applications has it for VGG19."""
    card = replace(CARD, value_range=(0.0, 255.0), minus=(103.939, 116.779, 123.68))
    found = card.prepare(IMAGE, (-1.0, 1.0))  # what the card says counts
    np.testing.assert_allclose(found[1, 2], 255 * IMAGE[1, 2, ::-1] - [103.939, 116.779, 123.68], atol=1e-4)


def test_a_network_at_a_moment_of_its_training():
    lapse = TimeLapse(Path("own.timelapse.npz"), (0, 1, 40), (0.1, 0.25, 0.9), "")
    card = replace(
        CARD, lapse=lapse, training={"size": 500, "epochs": 3, "data": "D"}, test={"accuracy": 0.9, "pictures": 8}
    )
    assert CARD.at(5) is CARD
    assert card.at(-1) is card.at(40) is card.at(41) is card
    assert [card.at(update).name for update in (0, 1, 2, 39)] == ["own@0", "own@1", "own@1", "own@1"]
    begun, later = card.at(0), card.at(39)
    assert (begun.title, later.title) == ("Own after 0 updates", "Own after 1 update")
    assert later.moment == 1
    assert card.origin == later.origin == "own"
    assert later.training == {"size": 500, "data": "D"}
    assert introduce(card).startswith("Own: trained on 500 pictures, right on 90 % of the 8 test pictures")
    held = replace(card, test=card.test | {"data": "the digits that were held out"})
    assert introduce(held).startswith("Own: trained on 500 pictures, right on 90 % of the 8 held-out pictures")
    assert begun.learned == "untrained, to learn from 500 pictures"
    assert more_accurate((card, later)) is None  # one of them is not at its end
    assert introduce(later) == "Own after 1 update: learning from 500 pictures, right on 25 % of the 8 test pictures."


def test_two_networks_are_shown_at_moments_that_are_near_one_another():
    slow, quick = (
        replace(CARD, name=name, lapse=TimeLapse(Path(""), kept, (0.5,) * len(kept), ""))
        for name, kept in (("slow", (0, 100, 200, 900)), ("quick", (0, 40, 80, 130, 160)))
    )
    assert moments(quick) == [0, 40, 80, 130, -1]
    assert moments(slow, quick) == [
        0,
        100,
        130,
        200,
        -1,
    ]  # 80 lies far from 0, 160 from 100; at 200 the quick one is at its end
    assert [moment(after, slow, quick) for after in (-1, 0, 99, 100, 199, 200, 899, 900, 5000)] == [
        -1, 0, 0, 100, 130, 200, 200, -1, -1,
    ]  # fmt: skip


def test_an_image_of_another_shape_is_refused():
    with pytest.raises(InputError, match=r"'own' takes an image of shape \(2, 3, 3\). Received \(3, 2, 3\): fit it"):
        CARD.prepare(np.zeros((3, 2, 3)))


def test_which_range():
    guessed = replace(CARD, guessed_range=(0.0, 255.0))
    assert CARD.range_for(None) == (0.0, 1.0)
    assert guessed.range_for(None) == (0.0, 255.0)
    assert guessed.range_for((-1.0, 1.0)) == (-1.0, 1.0)
    assert replace(guessed, value_range=(0.0, 1.0)).range_for((-1.0, 1.0)) == (0.0, 1.0)


def test_labels_or_numbers():
    assert CARD.labels_for(3) == ("a", "b", "c")
    assert CARD.labels_for(2) == ("class 0", "class 1")


def test_who_can_be_compared():
    assert CARD.agrees_with(replace(CARD, name="other"))
    assert not CARD.agrees_with(replace(CARD, labels=("a", "b", "d")))
    assert not CARD.agrees_with(replace(CARD, classes=3))


def test_where_a_program_finds_the_file():
    assert CARD.place == "own.keras"
    assert replace(CARD, file=WEIGHTS / "x.keras").place == "models/weights/x.keras"


def test_logits_become_probabilities():
    logits = np.array([[1.0, -2, 300], [5, 5, 5]], np.float32)
    np.testing.assert_allclose(probabilities("logits", logits), scipy.special.softmax(logits, axis=-1), atol=1e-6)
    assert probabilities("softmax", logits) is logits
    card = replace(CARD, answer="logits")
    maps = {"first": np.zeros(3), "last": np.array([0.0, 1, 2])}
    np.testing.assert_allclose(card.probabilities(maps), scipy.special.softmax([0.0, 1, 2]))


def test_which_classes_are_drawn():
    assert shortlist(np.array([0.1, 0.9])) == [0, 1]
    many, other = np.linspace(0, 1, 30), np.zeros(30)
    other[4] = 2
    assert shortlist(many, other, most=3) == [4, 29, 28]
    assert shortlist(many[:24]) == list(range(24))
    assert len(shortlist(many[:25])) == 10


def test_who_is_right_more_often():
    good, bad = replace(CARD, test={"accuracy": 0.8}), replace(CARD, test={"accuracy": 0.7})
    assert [more_accurate(pair) for pair in ((good, bad), (bad, good), (good, good), (good, CARD))] == [
        0,
        1,
        None,
        None,
    ]


def test_how_a_network_is_introduced():
    told = replace(CARD, training={"size": 1200}, test={"accuracy": 0.255, "pictures": 4000}, weights=54106)
    assert (
        introduce(told) == "Own: trained on 1,200 pictures, right on 26 % of the 4,000 test pictures, 54,106 weights."
    )
    assert introduce(replace(CARD, weights=7)) == "Own: 7 weights."
    assert introduce(CARD) == "Own, a network of one's own. A network."
    assert introduce(replace(CARD, answer="logits", weights=7)) == (
        "Own: 7 weights. It gives logits; ConvLens makes probabilities of them by a softmax."
    )
