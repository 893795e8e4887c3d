"""A digit's code, as it is and as it was moved; what is measured of codes, against TensorFlow and scikit-learn."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from convlens.autoencoder import coded, planes
from convlens.autoencoder.choices import CHOICES
from convlens.autoencoder.coded import Coded
from convlens.networks.autoencoders import NAMES, shipped

X, Y = load_digits(return_X_y=True)


def digit(n: int, coder: str = "plain-8", moved: str = "") -> Coded:
    return Coded(shipped()[coder], f"digit {n}", np.float32(X[n] / 16), moved, str(Y[n]))


def test_a_code_is_the_encoders_until_it_is_moved():
    of = digit(1700, "plain-2")
    np.testing.assert_allclose(of.code, shipped()["plain-2"].encode(X[1700:1701] / 16)[0], atol=1e-5)
    assert not of.is_moved
    moved = digit(1700, "plain-2", f"{of.mark}_0.5_-1.25")
    assert moved.is_moved
    assert moved.code.tolist() == [0.5, -1.25]
    np.testing.assert_allclose(moved.again, shipped()["plain-2"].decode(np.array([[0.5, -1.25]]))[0], atol=1e-6)
    assert moved.error == pytest.approx(np.mean((moved.again - X[1700] / 16) ** 2), rel=1e-4)


def test_what_was_moved_of_another_digit_or_autoencoder_is_passed_over():
    mark = digit(1700, "plain-2").mark
    for of in (
        digit(1701, "plain-2", f"{mark}_1_1"),
        digit(1700, "variational-2", f"{mark}_1_1"),
        digit(1700, "plain-2", f"{mark}_1_1_1"),
    ):
        assert not of.is_moved
        np.testing.assert_array_equal(of.code, of.own)


def test_what_a_link_may_say():
    code = CHOICES["code"]
    assert code.read("0123abcd_1_-2.25") == "0123abcd_1_-2.25"
    for text in ("1_2", "0123abcd_1", "0123abcd_1_2e9", "0123abcd_1_nan", "0123abcd_1_1234", "0123abcd" + "_1" * 65):
        assert code.read(text) is None
    assert [CHOICES["coder"].read(name) for name in (*NAMES, "plain-3")] == [*NAMES, None]


@pytest.mark.parametrize("coder", NAMES)
def test_the_walk_is_from_a_three_to_an_eight_that_were_held_out(coder):
    first, last = coded.walk(shipped()[coder])
    assert (Y[first], Y[last]) == (3, 8)
    assert min(first, last) >= 1527
    of = shipped()[coder]
    errors = np.mean((of.rebuilt(X[1527:] / 16) - X[1527:] / 16) ** 2, axis=1)
    assert errors[first - 1527] == pytest.approx(errors[Y[1527:] == 3].min(), rel=1e-4)


@pytest.mark.parametrize("coder", ["plain-8", "sparse-32", "contractive-8"])
def test_how_far_a_code_moves_is_its_jacobian(coder):
    of, model = shipped()[coder], keras.Sequential([keras.layers.Input((64,))])
    for layer in of.encoder:
        model.add(keras.layers.Dense(len(layer.bias), layer.activation))
        model.layers[-1].set_weights([layer.kernel, layer.bias])
    batch = tf.constant(X[1527:] / 16, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(batch)
        codes = model(batch)
    norms = np.linalg.norm(tape.batch_jacobian(codes, batch).numpy(), axis=(1, 2))
    spread = np.sqrt(codes.numpy().var(axis=0).sum())
    assert coded.measured(shipped()[coder]).moves == pytest.approx(norms.mean() / spread, rel=1e-3)
    assert coded.measured(shipped()[coder]).units == pytest.approx(np.count_nonzero(codes.numpy(), axis=1).mean())


def test_kinds_do_what_they_are_made_for():
    moves = {name: coded.measured(shipped()[name]).moves for name in NAMES}
    assert moves["contractive-8"] < 0.8 * moves["plain-8"]
    assert coded.measured(shipped()["sparse-32"]).units < 16 < coded.measured(shipped()["plain-32"]).units == 32
    noisy = np.clip(X[1527:] / 16 + np.random.default_rng(2).normal(0, 0.3, X[1527:].shape), 0, 1)
    error = {
        name: np.mean((shipped()[name].rebuilt(noisy) - X[1527:] / 16) ** 2) for name in ("plain-32", "denoising-32")
    }
    assert error["denoising-32"] < 0.7 * error["plain-32"]
    assert np.abs(coded.codes(shipped()["variational-2"]).train).max() < 6


def test_the_usual_distance_between_codes():
    codes = coded.codes(shipped()["plain-2"]).train
    far = NearestNeighbors(n_neighbors=2).fit(codes).kneighbors(codes)[0][:, 1]
    assert planes.usual(codes) == pytest.approx(np.quantile(far, 0.95), rel=1e-3)


def test_ranges_hold_every_training_code():
    found = coded.codes(shipped()["plain-8"])
    np.testing.assert_array_equal(found.ranges[:, 0], found.train.min(axis=0))
    np.testing.assert_array_equal(found.ranges[:, 1], found.train.max(axis=0))
