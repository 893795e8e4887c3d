"""Each rung against the same thing done by the libraries alone."""

import numpy as np
import pytest
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC

from convlens import digit_snippets, jobs, ladder
from convlens.ladder import Climb
from models.catalog import card_of
from tests.snippet import run

DATA = load_digits()
IMAGES, Y = DATA.images / 16, DATA.target
FLAT = IMAGES.reshape(-1, 64)


@pytest.mark.parametrize(
    ("rung", "model", "numbers"),
    [
        ("pixels", KNeighborsClassifier(5), 1527 * 64),
        ("svm", SVC(kernel="linear"), 45 * 65),
        ("mlp", MLPClassifier((64,), max_iter=1000, random_state=1), 65 * 64 + 65 * 10),
    ],
)
def test_rungs_on_pixels(rung, model, numbers):
    climbed = ladder.climb(rung)
    expected = model.fit(FLAT[:1527].astype(np.float32), Y[:1527]).predict(FLAT[1527:].astype(np.float32))
    np.testing.assert_array_equal(climbed.answers, expected)
    assert climbed.numbers == numbers
    assert climbed.seconds > 0


def test_hand_picked_kernels_by_scipy():
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    expected = []
    for image in IMAGES[:20]:
        maps = [ndimage.correlate(image, kernel, mode="constant") for kernel in (sobel, sobel.T)]
        expected.append(np.concatenate([np.maximum(sign * m, 0).ravel() for m in maps for sign in (1, -1)]))
    np.testing.assert_allclose(ladder.hand_picked(IMAGES[:20].astype(np.float32)), expected, atol=1e-5)
    assert ladder.climb("kernels").numbers == 1527 * 256


def test_rungs_of_the_network():
    import keras

    network = keras.saving.load_model("models/weights/digits-cnn.keras")
    expected = np.asarray(network(IMAGES[1527:, ..., None], training=False)).argmax(axis=1)
    climbed = jobs.ladder_of_network("cnn")
    np.testing.assert_array_equal(climbed.answers, expected)
    assert climbed.numbers == network.count_params()
    before = keras.Model(network.inputs[0], network.get_layer("dense_1").output)
    vectors = np.asarray(before(IMAGES[..., None], training=False))
    np.testing.assert_allclose(jobs.vectors("digits-cnn", IMAGES[:70, ..., None]), vectors[:70], atol=1e-5)
    knn = KNeighborsClassifier(5).fit(vectors[:1527], Y[:1527])
    climbed = jobs.ladder_of_network("code")
    assert np.mean(climbed.answers != knn.predict(vectors[1527:])) < 0.01  # distances may tie but for rounding
    assert climbed.numbers == 1527 * 64


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
def test_each_rung(student_folder, name):
    climbed = (jobs.ladder_of_network if name in ("cnn", "code") else ladder.climb)(name)
    found = run(digit_snippets.rung(name, card_of(ladder.NETWORK).place))["answers"]
    assert np.mean(found != climbed.answers) < 0.01  # float64 here, float32 there: a tie may fall the other way
