"""Three ways to learn from a few vectors, and how they are judged; against scikit-learn and Keras."""

import io

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from convlens.errors import InputError
from convlens.pictures.jobs import shrink
from convlens.slices.jobs import vectors as vectors_of
from convlens.teaching import jobs
from convlens.teaching.project import SIDE
from convlens.teaching.ways import LOGISTIC, NEIGHBOURS, STRENGTH, TUNED, VOTERS, Head


def drawn(classes: int, count: int = 5, seed: int = 3, apart: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), count)
    return (rng.normal(size=(classes * count, 40)) + apart * rng.normal(size=(classes, 40))[labels] / 3 + 4).astype(
        np.float32
    ), labels


def scaled(vectors: np.ndarray, of: np.ndarray) -> np.ndarray:
    off = of - of.mean(axis=0, dtype=float)
    return (vectors - of.mean(axis=0, dtype=float)) / np.sqrt(np.mean(np.linalg.norm(off, axis=1) ** 2))


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_logistic_regression_is_scikit_learns(classes):
    vectors, labels = drawn(classes)
    asked = drawn(classes, seed=4)[0]
    head = jobs.learn(vectors, labels, np.arange(len(labels))).heads[LOGISTIC]
    truth = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaled(vectors, vectors), labels)
    np.testing.assert_allclose(head(asked), truth.predict_proba(scaled(asked, vectors)), atol=1e-6)
    kernel, bias = head.folded
    powers = np.exp(asked @ kernel + bias)
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), head(asked), atol=1e-4)


def test_the_last_layer_is_what_keras_learns():
    vectors, labels = drawn(3)
    head = jobs.learn(vectors, labels, np.arange(len(labels))).heads[TUNED]
    given = keras.Input((40,))
    layer = keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros")
    model = keras.Model(given, layer(given))
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(scaled(vectors, vectors).astype(np.float32), labels, batch_size=15, epochs=100, shuffle=False, verbose=0)
    np.testing.assert_allclose(head.kernel, layer.get_weights()[0], atol=5e-3)
    np.testing.assert_allclose(head.bias, layer.get_weights()[1], atol=5e-3)


def test_neighbours_are_scikit_learns():
    vectors, labels = drawn(3)
    asked = drawn(3, seed=9)[0]
    model = KNeighborsClassifier(VOTERS, metric="cosine").fit(vectors, labels)
    for vector in asked:
        found = jobs.answers(vectors, labels, vector, {})[NEIGHBOURS]
        np.testing.assert_allclose(found, model.predict_proba(vector[None])[0], atol=1e-6)
    order, cosines = jobs.nearest(vectors, asked[0], 4)
    away, near = NearestNeighbors(n_neighbors=4, metric="cosine").fit(vectors).kneighbors(asked[:1])
    assert order.tolist() == near[0].tolist()
    np.testing.assert_allclose(cosines, 1 - away[0], atol=1e-5)


def test_where_votes_are_even_the_nearest_decides():
    vectors = np.array([[1, 0.0], [0.9, 0.3], [0, 1.0], [0.1, 0.9]], np.float32)
    labels = np.array([0, 0, 1, 1])  # two voters
    assert jobs.answers(vectors, labels, np.array([0.72, 0.7], np.float32), {})[NEIGHBOURS].argmax() == 0
    assert jobs.answers(vectors, labels, np.array([0.6, 0.8], np.float32), {})[NEIGHBOURS].argmax() == 1


def test_few_photos_are_left_out_one_by_one():
    vectors, labels = drawn(2)
    found = jobs.learn(vectors, labels, np.arange(10))
    assert found.folds == 10
    transform = FunctionTransformer(lambda each: each)
    for way, model in (
        (NEIGHBOURS, KNeighborsClassifier(3, metric="cosine")),
        (LOGISTIC, make_pipeline(transform, _Scaled(), LogisticRegression(C=STRENGTH, max_iter=1000))),
    ):
        assert (found.called[way] == cross_val_predict(model, vectors, labels, cv=LeaveOneOut())).all()
    assert set(found.seconds) == set(found.called) == {NEIGHBOURS, LOGISTIC, TUNED}
    assert {way: len(shares) for way, shares in found.shuffled.items()} == {NEIGHBOURS: 19, LOGISTIC: 19}


class _Scaled(FunctionTransformer):
    def fit(self, given, _labels=None):
        self.mean = given.mean(axis=0, dtype=float)
        self.spread = np.sqrt(np.mean(np.linalg.norm(given - self.mean, axis=1) ** 2))
        return self

    def transform(self, given):
        return (given - self.mean) / self.spread


def test_a_burst_is_never_torn_and_classes_are_spread():
    labels = np.repeat([0, 1], 30)
    bursts = np.concatenate([np.repeat(np.arange(10), 3), np.arange(100, 130)])
    parts = jobs.folds(labels, bursts)
    assert parts.max() == 9
    for burst in np.unique(bursts):
        assert len(set(parts[bursts == burst].tolist())) == 1
    assert np.bincount(parts[labels == 1]).tolist() == [3] * 10
    assert len(set(parts[labels == 0].tolist())) == 10


def test_without_any_signal_leaving_one_out_is_worse_than_a_coin():
    """Ten photos without signal: what issue 18 measured, and why the baseline is the same procedure."""
    vectors = np.random.default_rng(5).normal(size=(10, 4096)).astype(np.float32)
    labels = np.repeat([0, 1], 5)
    found = jobs.learn(vectors, labels, np.arange(10))
    shares = np.append(found.shuffled[LOGISTIC], np.mean(found.called[LOGISTIC] == labels))
    assert len(shares) == 20
    assert shares.mean() < 0.25


def test_what_can_be_learned_beats_the_shuffled_labels():
    vectors, labels = drawn(2, 8, apart=6)
    found = jobs.learn(vectors, labels, np.arange(16))
    for way in (NEIGHBOURS, LOGISTIC):
        assert np.mean(found.called[way] == labels) == 1
        assert found.shuffled[way].max() < 1
    assert np.mean(found.called[TUNED] == labels) == 1


def test_shuffled_labels_go_to_whole_bursts():
    labels, bursts = np.repeat([0, 1], 6), np.repeat([0, 1, 2, 3], 3)
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(20):
        mixed = jobs._shuffled(labels, bursts, rng)
        assert all(len(set(mixed[bursts == each].tolist())) == 1 for each in range(4))
        assert np.bincount(mixed).tolist() == [6, 6]
        seen.add(tuple(mixed.tolist()))
    assert len(seen) > 3


def test_it_takes_two_classes():
    with pytest.raises(InputError, match="Expected two"):
        jobs.learn(np.ones((3, 4), np.float32), np.zeros(3, int), np.arange(3))


def test_photos_that_are_all_the_same_are_learned_without_a_fault():
    found = jobs.learn(np.ones((6, 4), np.float32), np.repeat([0, 1, 2], 2), np.zeros(6, int))
    assert np.isfinite(found.heads[LOGISTIC].folded[0]).all()
    assert np.isfinite(found.heads[TUNED].folded[0]).all()


@pytest.mark.parametrize("name", ["benchmark", "champion"])
def test_the_network_answers_what_the_head_says(name, tmp_path):
    images = np.random.default_rng(1).random((6, 32, 32, 3), np.float32)
    vectors, labels = vectors_of(name, images), np.array([0, 0, 1, 1, 2, 2])
    head = jobs.learn(vectors, labels, np.arange(6)).heads[LOGISTIC]
    content = jobs.network(name, *head.folded)
    assert jobs.network(name, *head.folded) == content  # the same to the bit
    (tmp_path / "own.keras").write_bytes(content)
    model = keras.saving.load_model(tmp_path / "own.keras")
    assert isinstance(model, keras.Model)
    assert isinstance(model.layers[-1], keras.layers.Dense)
    from models.catalog import card_of

    given = np.stack([card_of(name).prepare(image) for image in images])
    np.testing.assert_allclose(np.asarray(model(given)), head(vectors), atol=1e-4)


def test_photos_are_made_small_and_what_is_none_is_named():
    buffer = io.BytesIO()
    Image.new("RGB", (800, 400), "red").save(buffer, "PNG")
    titles, copies, _, left = shrink([("a.png", buffer.getvalue()), ("b.png", b"no picture")], SIDE)
    assert titles == ["a.png"]
    assert Image.open(io.BytesIO(copies[0])).size == (160, 80)
    assert left[0].startswith("b.png: ")


def test_a_head_is_a_softmax():
    head = Head(np.eye(2), np.zeros(2), np.zeros(2), 1.0)
    np.testing.assert_allclose(head(np.array([[np.log(3), 0.0]])), [[0.75, 0.25]])


def test_the_more_photos_the_better_is_measured_on_the_rest():
    vectors, labels = drawn(2, 12, apart=1)
    bursts = np.arange(24)
    found = jobs.learn(vectors, labels, bursts).curve
    assert [amount for amount, _ in found] == [1, 2, 3, 5, 10]
    rng, truth = np.random.default_rng(2), []
    for amount in (1, 2, 3, 5, 10):
        shares = []
        for _ in range(10):
            kept = np.isin(
                bursts,
                np.concatenate([rng.choice(np.flatnonzero(labels == kind), amount, replace=False) for kind in (0, 1)]),
            )
            model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(
                scaled(vectors[kept], vectors[kept]), labels[kept]
            )
            shares.append(model.score(scaled(vectors[~kept], vectors[kept]), labels[~kept]))
        truth.append(np.mean(shares))
    assert [share for _, share in found] == pytest.approx(truth, abs=0.01)
    assert truth[-1] > truth[0]
