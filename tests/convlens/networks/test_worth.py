"""What a confidence was worth: the record that ships, against the cards, and its sentences with other numbers."""

from dataclasses import replace

import numpy as np
import pytest

from convlens.networks import worth
from convlens.networks.worth import EDGES
from convlens.pictures.cifar10 import LABELS
from models.catalog import card_of, catalog
from scripts.record_answers import counted


@pytest.fixture
def told(monkeypatch):
    """Another record: of twenty pictures."""
    card = card_of("benchmark")
    answers, right = [0, 1, 0, 4, 0, 0, 0, 5, 0, 10], [0, 0, 0, 1, 0, 0, 0, 4, 0, 10]
    found = {card.sha256: {"network": "benchmark", "answers": answers, "right": right}}
    key = worth.pair_key(card.sha256, card_of("dummy").sha256)
    monkeypatch.setattr(worth, "recorded", lambda: {"pictures": 20, "found": found, "apart": {key: 7}})
    return card


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.99, "so sure (99 % to 100 %) of 10, and right on 100 % of those. On photos of your own nobody knows."),
        (1.0, "so sure (99 % to 100 %) of 10, and right on 100 % of those. On photos of your own nobody knows."),
        (0.92, "so sure (90 % to 95 %) of 5, and right on 80 % of those. On photos of your own nobody knows."),
        (0.55, "so sure (50 % to 60 %) of 4, and right on 25 % of those. On photos of your own nobody knows."),
        (0.35, "so sure (30 % to 40 %) of 1, and right on 0 % of those. On photos of your own nobody knows."),
        (
            0.5999,
            "so sure (50 % to 60 %; this is 59.9 %) of 4, and right on 25 % of those. On photos of your own nobody knows.",
        ),
        (0.45, "of none so sure (40 % to 50 %)."),
        (0.496, "of none so sure (40 % to 50 %; this is 49.6 %)."),
        (0.2, "of none so sure (at most 30 %)."),
    ],
)
def test_what_a_confidence_was_worth(told, share, said):
    answer = np.full(10, (1 - share) / 9, np.float64)
    answer[3] = share
    assert worth.worth(told, answer) == f"Of 20 test pictures, Benchmark was {said}"


def test_of_others_nothing_is_said(told):
    answer = np.eye(10)[0]
    assert worth.worth(card_of("dummy"), answer) == ""
    assert worth.worth(replace(told, moment=2), answer) == ""
    assert worth.worth(replace(told, sha256=None), answer) == ""
    assert worth.apart(told, card_of("champion")) == ""
    assert worth.apart(told, replace(card_of("dummy"), moment=1)) == ""
    assert worth.apart(told, told) == ""


def test_how_often_two_part(told):
    said = "The two give different answers to 7 of 20 test pictures"
    assert worth.apart(told, card_of("dummy")) == said
    assert worth.apart(card_of("dummy"), told) == said


def test_what_is_recorded_is_of_the_networks_that_ship_and_agrees_with_their_cards():
    known = {card.sha256: card for card in catalog().values() if card.labels == LABELS}
    record = worth.recorded()
    assert record["edges"] == list(EDGES)
    assert record["found"].keys() == known.keys()
    for digest, found in record["found"].items():
        card = known[digest]
        assert (found["network"], sum(found["answers"])) == (card.name, card.test["pictures"])
        assert sum(found["right"]) / sum(found["answers"]) == pytest.approx(card.accuracy, abs=1e-3)
        assert all(right <= count for right, count in zip(found["right"], found["answers"], strict=True))
    pairs = {worth.pair_key(a, b) for a in known for b in known if a != b}
    assert record["apart"].keys() == pairs
    for key, apart in record["apart"].items():
        one, other = (known[each].accuracy * record["pictures"] for each in key.split())
        least = abs(one - other)  # as many at least as one has right and the other has not
        assert least - 20 <= apart <= 2 * record["pictures"] - one - other + 20


def test_answers_are_counted_by_hand():
    shares = np.array([[0.2, 0.8], [0.3, 0.7], [0.95, 0.05], [1.0, 0.0], [0.5, 0.5]])
    found = counted(shares, np.array([1, 0, 0, 0, 1]))
    assert found == {"answers": [0, 0, 0, 1, 0, 1, 1, 0, 1, 1], "right": [0, 0, 0, 0, 0, 0, 1, 0, 1, 1]}
