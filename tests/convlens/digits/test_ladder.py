"""Each rung against the same thing done by the libraries alone."""

from functools import cache

import numpy as np
import pytest
import scipy.stats
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from convlens.digits import jobs, ladder, snippets
from convlens.digits.ladder import Climb
from convlens.slices.jobs import vectors as vectors_of
from models.catalog import card_of
from tests.snippet import run

DATA = load_digits()
IMAGES, Y = DATA.images / 16, DATA.target
FLAT = IMAGES.reshape(-1, 64)


climb = cache(ladder.climb)  # each once in this file


def middle_of(rung: str) -> Climb:
    return ladder.middle([climb(rung, seed) for seed in range(ladder.SEEDS.get(rung, 1))], Y[1527:])


@pytest.mark.parametrize(
    ("rung", "model", "numbers"),
    [("pixels", KNeighborsClassifier(5), 1527 * 64), ("svm", SVC(kernel="linear"), 45 * 65)],
)
def test_rungs_on_pixels(rung, model, numbers):
    expected = model.fit(FLAT[:1527], Y[:1527]).predict(FLAT[1527:])
    np.testing.assert_array_equal(climb(rung).answers, expected)
    assert climb(rung).numbers == numbers
    assert climb(rung).seconds > 0
    assert climb(rung).tried == ()


def test_the_perceptron_shown_is_the_middle_one_of_several():
    climbed = middle_of("mlp")
    assert climbed.numbers == 65 * 64 + 65 * 10
    wrong = [int(np.sum(climb("mlp", seed).answers != Y[1527:])) for seed in range(7)]
    assert climbed.tried == tuple(sorted(wrong))
    assert np.sum(climbed.answers != Y[1527:]) == np.median(wrong)
    assert ladder.sentence("mlp", climbed).endswith(
        f"From seven different first weights: {climbed.tried[0]} to {climbed.tried[-1]} mistakes; the middle one is shown."
    )


def test_hog_sees_the_direction_of_an_edge():
    across = np.tile(np.arange(8) / 8, (8, 1))  # brighter to the right: every gradient is horizontal
    features = ladder.oriented_gradients(np.stack([across, across.T])).reshape(2, 3, 3, 2, 2, 8)
    assert (features.argmax(axis=-1)[0] != features.argmax(axis=-1)[1]).all()
    assert climb("hog").numbers == 45 * (288 + 1)


@pytest.mark.parametrize(("only_one", "only_other"), [(5, 4), (10, 4), (12, 3), (18, 2), (0, 0), (0, 6)])
def test_mcnemar_agrees_with_scipy(only_one, only_other):
    truth = np.arange(40)
    one, other = truth.copy(), truth.copy()
    other[:only_one] = one[only_one : only_one + only_other] = one[30:] = other[30:] = -1
    n = only_one + only_other
    expected = scipy.stats.binomtest(only_one, n, 0.5).pvalue if n else 1.0
    assert ladder.mcnemar(one, other, truth) == pytest.approx(expected)


def test_hand_picked_kernels_by_scipy():
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    expected = []
    for image in IMAGES[:20]:
        maps = [ndimage.correlate(image, kernel, mode="constant") for kernel in (sobel, sobel.T)]
        expected.append(np.concatenate([np.maximum(sign * m, 0).ravel() for m in maps for sign in (1, -1)]))
    np.testing.assert_allclose(ladder.hand_picked(IMAGES[:20].astype(np.float32)), expected, atol=1e-5)
    assert climb("kernels").numbers == 1527 * 256


def test_the_code_of_an_autoencoder():
    import keras

    layers, inputs = [], keras.layers.Input((64,))
    with np.load("models/weights/autoencoders.npz") as weights:
        for i, (units, activation) in enumerate(((128, "relu"), (64, "relu"), (8, "linear")), 1):
            layers.append(
                (
                    keras.layers.Dense(units, activation),
                    [weights[f"plain-8/encoder_{i}/{part}"] for part in ("kernel", "bias")],
                )
            )
        x = inputs
        for layer, _ in layers:
            x = layer(x)
        for layer, values in layers:
            layer.set_weights(values)
    encoder = keras.Model(inputs, x)
    codes = np.asarray(encoder(IMAGES.reshape(-1, 64), training=False))
    knn = KNeighborsClassifier(5).fit(codes[:1527], Y[:1527])
    climbed = climb("latent")
    assert np.mean(climbed.answers != knn.predict(codes[1527:])) < 0.01
    assert climbed.numbers == 1527 * 8 + encoder.count_params()


def test_rungs_of_the_network():
    import keras

    network = keras.saving.load_model("models/weights/digits-cnn.keras")
    expected = np.asarray(network(IMAGES[1527:, ..., None], training=False)).argmax(axis=1)
    climbed = jobs.ladder_of_network("cnn")
    np.testing.assert_array_equal(climbed.answers, expected)
    assert climbed.numbers == network.count_params()
    before = keras.Model(network.inputs[0], network.get_layer("dense_1").output)
    vectors = np.asarray(before(IMAGES[..., None], training=False))
    np.testing.assert_allclose(vectors_of("digits-cnn", IMAGES[:70, ..., None]), vectors[:70], atol=1e-5)
    knn = KNeighborsClassifier(5).fit(vectors[:1527], Y[:1527])
    climbed = jobs.ladder_of_network("code")
    assert np.mean(climbed.answers != knn.predict(vectors[1527:])) < 0.01  # distances may tie but for rounding
    assert climbed.numbers == 1527 * 64 + network.count_params()


def test_mistakes_and_who_mends_them():
    truth = np.array([1, 2, 3, 4])
    climbs = {
        "pixels": Climb(np.array([1, 0, 0, 0]), 1, 1.0),
        "svm": Climb(np.array([1, 2, 0, 0]), 1, 1.0),
        "cnn": Climb(np.array([1, 0, 0, 4]), 1, 1.0),
    }
    assert ladder.mistakes(climbs, truth).tolist() == [2, 1, 3]
    assert [ladder.mended(climbs, truth[i], i) for i in range(4)] == ["pixels", "svm", None, "cnn"]


@pytest.mark.parametrize("name", ladder.RUNGS)
def test_each_rung(student_folder, name, monkeypatch):
    monkeypatch.setitem(ladder.SEEDS, "mlp", 3)  # fewer than on screen, for the sake of time
    climbed = (jobs.ladder_of_network if name in ("cnn", "code") else middle_of)(name)
    found = run(snippets.rung(name, card_of(ladder.NETWORK).place))["answers"]
    assert np.mean(found != climbed.answers) < 0.01  # float64 here, float32 there: a tie may fall the other way
