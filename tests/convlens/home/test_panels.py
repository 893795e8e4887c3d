"""What Home says of a picture, against what Keras, NumPy and the record say."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from convlens.home import panels
from convlens.home.panels import Chain
from convlens.networks import worth
from convlens.panel import Beside, Link, Stacked, Words
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from convlens.slices.view import View
from convlens.statistics import cka
from convlens.text import percent
from convlens.ui.state import STATE
from models.catalog import card_of

BOTH = {"a": "benchmark", "b": "dummy"}


@pytest.fixture(autouse=True)
def here(in_this_process):
    """Jobs run here."""


def chain(name: str = "cat", first: str = "benchmark", second: str = "dummy") -> Chain:
    of = bundled()[name]
    return Chain(tuple(View(of.picture, card_of(each), title=of.title) for each in (first, second)), of.label)


@pytest.mark.parametrize("name", ["cat", "ship", "coffee"])
def test_what_is_worth_a_look(name):
    of = chain(name)
    given = card_of("benchmark").prepare(of.first.seen())[None]
    networks = [keras.saving.load_model(card_of(each).file) for each in panels.NETWORKS]
    both = []
    for network in networks:
        outputs = {layer.name: layer.output for layer in network.layers}
        both.append({k: np.asarray(v)[0] for k, v in keras.Model(network.inputs[0], outputs)(given).items()})
    shares = {
        layer.name: cka(*(maps[layer.name].reshape(-1, maps[layer.name].shape[-1]) for maps in both))
        for layer in networks[0].layers[1:]
        if both[0][layer.name].ndim == 3
    }
    least = min(shares, key=shares.get)
    (_, differ, best, second) = panels.worth_a_look(of).parts
    assert (differ.page, differ.label, differ.query) == (
        "compare",
        f"{least}: here both differ most",
        BOTH | {"layer": least},
    )
    energy = (both[0]["conv2d_6"].astype(float) ** 2).sum(axis=(0, 1))
    n = int(energy.argmax())
    assert (best.page, best.label) == ("explorer", f"Map {n} of conv2d_6 answers most")
    assert best.query == {"network": "benchmark", "layer": "conv2d_6", "channel": str(n)}
    answer = jobs.predict("benchmark", of.first.seen())
    (_, place) = np.argsort(answer)[::-1][:2]
    label = of.first.card.labels[place]
    said = f"Second answer: {label}, {percent(answer[place])}"
    assert (second.page, second.label, second.query) == ("compare", said, BOTH)


def test_networks_without_a_common_layer_differ_nowhere_most():
    assert [each.page for each in panels.worth_a_look(chain(second="champion")).parts[1:]] == ["explorer", "compare"]


def test_before_training_both_are_the_same_and_links_go_to_the_networks_themselves():
    """Benchmark and dummy began with the same weights, and no link carries a moment in a network's name."""
    of = chain(first="benchmark@0", second="dummy@0")
    assert [view.card.moment for view in of.views] == [0, 0]
    (_, best, second) = panels.worth_a_look(of).parts
    assert best.query["network"] == "benchmark"
    assert second.query == BOTH
    assert all(STATE[name].permits(type(STATE[name].default)(value)) for name, value in best.query.items())


def test_how_often_the_two_part_and_that_the_first_picture_was_chosen_so():
    apart = worth.recorded()["apart"][worth.pair_key(*(card_of(each).sha256 for each in panels.NETWORKS))]
    said = f"The two give different answers to {apart:,} of 10,000 test pictures"
    assert panels.answers(chain()).caption.endswith(f"{said}; this picture was chosen because they do.")
    assert panels.answers(chain("ship")).caption.endswith(f"{said}.")
    of = chain()
    one = replace(of, views=(of.first, replace(of.first, title="again")))
    assert "different answers" not in panels.answers(one).caption


def test_each_answer_says_what_its_confidence_was_worth():
    of = chain()
    stacked = [each for each in panels.answers(of).content if isinstance(each, Beside)]
    (*_, links), (first, second, empty) = (each.parts for each in stacked)
    assert isinstance(links, Stacked)
    assert isinstance(links.parts[1], Link)
    for words, view in ((first, of.views[0]), (second, of.views[1])):
        assert words == Words(worth.worth(view.card, view.answer()), small=True)
        assert "test pictures" in words.text
    assert empty.text == ""
