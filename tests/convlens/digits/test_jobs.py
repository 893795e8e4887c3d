"""The rungs of a network, with one that is made up: its vectors are the digits' rows, its answers whatever row is brightest."""

import sys
import types

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from convlens.digits import jobs, ladder, neighbours
from convlens.digits.ladder import Climb

IMAGES, Y = load_digits().images / 16, load_digits().target


@pytest.fixture
def rows_as_network(monkeypatch) -> list[tuple]:
    """What it was asked: (name, pictures)."""
    asked = []

    def sliced(name):
        def vectors(images):
            asked.append((name, images.shape))
            return images[..., 0].sum(axis=2)

        def activations(images):
            asked.append((name, images.shape))
            found = images[..., 0].sum(axis=2)
            return {"first": -found, "last": np.hstack([found, np.zeros((len(found), 2))])}

        return types.SimpleNamespace(vectors=vectors, activations=activations)

    monkeypatch.setitem(sys.modules, "models.running.slicing", types.SimpleNamespace(sliced=sliced))
    monkeypatch.setattr("models.catalog.card_of", {"digits-cnn": types.SimpleNamespace(weights=1000)}.__getitem__)
    return asked


def test_the_network_answers_with_its_last_layer(rows_as_network):
    found = jobs.ladder_of_network("cnn")
    np.testing.assert_array_equal(found.answers, IMAGES[1527:].sum(axis=2).argmax(axis=1))
    assert found.numbers == 1000
    assert rows_as_network[0] == ("digits-cnn", (270, 8, 8, 1))


def test_neighbours_by_the_networks_vectors(rows_as_network):
    found = jobs.ladder_of_network("code")
    vectors = IMAGES.astype(np.float32).sum(axis=2)
    knn = KNeighborsClassifier(5).fit(vectors[:1527], Y[:1527])
    np.testing.assert_array_equal(found.answers, knn.predict(vectors[1527:]))
    assert found.numbers == 1527 * 8 + 1000
    assert rows_as_network[0] == ("digits-cnn", (1527, 8, 8, 1))


def test_the_middle_one_of_several_by_hand():
    truth = np.array([1, 1, 1, 1])
    answers = [[1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 1, 2]]  # two wrong, three, one
    climbs = [Climb(np.array(each), i, 1.0) for i, each in enumerate(answers)]
    shown = ladder.middle(climbs, truth)
    assert (shown.numbers, shown.tried) == (0, (1, 2, 3))
    assert ladder.middle(climbs[1:2], truth) is climbs[1]
    same = [Climb(np.array([1, 2, 2, 2]), i, 1.0) for i in range(5)]
    assert ladder.middle(same, truth).numbers == 2


def test_all_are_asked_at_once_and_some_on_the_clock(monkeypatch):
    asked, now = [], [0.0]

    def answer(images):
        asked.append(len(images))
        now[0] += 1.0 if len(asked) % 3 else 5.0
        return images[:, 0, 0]

    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    found = ladder.measured(answer, np.arange(90.0).reshape(90, 1, 1).repeat(8, axis=1), 7.0)
    assert asked == [90] + [1] * 60
    assert found.answers.dtype == np.int64
    assert found.answers.tolist() == list(range(90))
    assert (found.numbers, found.seconds) == (7, 1.0)


def test_a_sentence_on_a_rung():
    climb = Climb(np.zeros(3), 1, 1.0)
    assert ladder.sentence("cnn", climb) == "Three convolutions whose kernels are learned, then two dense layers."
    tried = ladder.sentence("mlp", Climb(np.zeros(3), 1, 1.0, (3, 5, 9)))
    assert tried == (
        "One hidden layer of 64 units with ReLU, then softmax; trained by L-BFGS. From three different first weights: 3 to 9 mistakes; the middle one is shown."
    )


@pytest.mark.parametrize(
    ("distance", "p", "power"), [("Manhattan", 5, 1), ("Euclidean", 5, 2), ("Minkowski", 5, 5), ("Minkowski", 1, 1)]
)
def test_distances_by_name(distance, p, power):
    assert neighbours.power(distance, p) == power


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_perceptron_starts_from_the_weights_of_its_seed(monkeypatch):
    """Five steps of learning instead of a thousand."""
    from sklearn import neural_network

    made, whole = [], neural_network.MLPClassifier

    class Short(whole):
        def __init__(self, hidden_layer_sizes, *, solver, max_iter, random_state):
            made.append((hidden_layer_sizes, solver, max_iter, random_state))
            super().__init__(hidden_layer_sizes, solver=solver, max_iter=5, random_state=random_state)

    monkeypatch.setattr(neural_network, "MLPClassifier", Short)
    found = ladder.climb("mlp", 3)
    assert made[0] == ((64,), "lbfgs", 1000, 3)
    assert found.numbers == 65 * 64 + 65 * 10
    train, held_out = (IMAGES[part].reshape(-1, 64) for part in (slice(1527), slice(1527, None)))
    expected = [
        whole((64,), solver="lbfgs", max_iter=5, random_state=seed).fit(train, Y[:1527]).predict(held_out)
        for seed in (3, 4)
    ]
    assert np.mean(found.answers == expected[0]) > 0.99
    assert np.mean(found.answers == expected[1]) < 0.99
