"""The shipped autoencoders: weights and cards against Keras and scikit-learn."""

import hashlib

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import mean_squared_error

from convlens.networks import autoencoders
from convlens.networks.autoencoders import NAMES, PLANS, components, error, part, shipped
from convlens.networks.plain_layers import ACTIVATIONS, CHUNK, Convolution

X, Y = load_digits(return_X_y=True)
TRAIN, HELD_OUT = X[:1527] / 16, X[1527:] / 16


def built(name: str) -> tuple[keras.Model, keras.Model]:
    """The encoder and the decoder as plain Keras has them."""
    of = shipped()[name]
    parts = []
    for layers, count in ((of.encoder, 64), (of.decoder, of.plan.size)):
        model = keras.Sequential([keras.layers.Input((count,))])
        for layer in layers:
            if isinstance(layer, Convolution):
                kind = keras.layers.Conv2DTranspose if layer.back else keras.layers.Conv2D
                model.add(keras.layers.Reshape(layer.shape))
                model.add(kind(len(layer.bias), 3, 2, "same", activation=layer.activation))
            else:
                model.add(keras.layers.Dense(len(layer.bias), layer.activation))
            model.layers[-1].set_weights([layer.kernel, layer.bias])
            model.add(keras.layers.Flatten())
        parts.append(model)
    return tuple(parts)


@pytest.mark.parametrize("back", [False, True])
def test_a_convolution_is_keras_in_parts_and_of_any_depth(back):
    random = np.random.default_rng(4)
    maps = random.standard_normal((CHUNK + 3, 6, 10, 5), np.float32)
    layer = (keras.layers.Conv2DTranspose if back else keras.layers.Conv2D)(7, 3, 2, "same", activation="sigmoid")
    expected = layer(maps).numpy()
    kernel, bias = layer.get_weights()[0], random.standard_normal(7, np.float32)
    layer.set_weights([kernel, bias])
    found = Convolution(kernel, bias, "sigmoid", (6, 10, 5), back)
    x = maps.reshape(len(maps), -1)
    np.testing.assert_allclose(found(x), layer(maps).numpy().reshape(len(maps), -1), atol=1e-5)
    assert found.linear(x).shape == (len(maps), expected[0].size)


def test_the_parts_are_scikit_learns():
    np.testing.assert_allclose(part("train"), TRAIN)
    np.testing.assert_allclose(part("held_out"), HELD_OUT)


@pytest.mark.parametrize("name", NAMES)
def test_codes_and_pictures_are_keras(name):
    of, (encoder, decoder) = shipped()[name], built(name)
    codes = of.encode(part("held_out"))
    assert codes.shape == (270, of.plan.size)
    np.testing.assert_allclose(codes, encoder.predict(HELD_OUT, verbose=0), atol=1e-4)
    np.testing.assert_allclose(of.decode(codes), decoder.predict(codes, verbose=0), atol=1e-5)
    np.testing.assert_allclose(of.rebuilt(part("held_out")), of.decode(codes))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_what_the_card_tells(plan):
    of = shipped()[plan.name]
    card, arrays = of.card, np.load(autoencoders.WEIGHTS)
    packed = b"".join(
        arrays[key].astype("<f4").tobytes() for key in sorted(arrays.files) if key.startswith(f"{plan.name}/")
    )
    assert card["sha256"] == hashlib.sha256(packed).hexdigest()
    assert (card["kind"], card["code"], card["hidden"]) == (plan.kind, plan.size, list(plan.hidden))
    assert (card["size"], card["held_out"]) == (1527, 270)
    test, again = card["test"], of.rebuilt(part("held_out"))
    pca = PCA(plan.size).fit(TRAIN)
    by_components = pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1)
    assert test["error"] == pytest.approx(mean_squared_error(HELD_OUT, again), abs=2e-5)
    assert test["components_error"] == pytest.approx(mean_squared_error(HELD_OUT, by_components), abs=2e-5)
    reader = keras.saving.load_model("models/weights/digits-cnn.keras")
    for what, pictures in (("read", again), ("components_read", by_components), ("originals_read", HELD_OUT)):
        answers = reader.predict(pictures.reshape(-1, 8, 8, 1), verbose=0).argmax(axis=1)
        assert test[what] == pytest.approx(np.mean(answers == Y[1527:]), abs=1e-4)


def test_components_are_scikit_learns():
    pca, of = PCA(5).fit(TRAIN), components(5)
    np.testing.assert_allclose(
        of.rebuilt(part("held_out")), pca.inverse_transform(pca.transform(HELD_OUT)).clip(0, 1), atol=1e-4
    )
    np.testing.assert_allclose(of.axes @ of.axes.T, np.eye(5), atol=1e-5)


def test_the_error_of_each():
    np.testing.assert_allclose(error(np.array([[0.0, 1, 1, 0], [1, 1, 1, 1]]), np.array([[0.5, 1, 1, 0], [1, 1, 0, 0]])), [0.0625, 0.5])  # fmt: skip


def test_activations_are_keras():
    x = np.array([-1000, -3, 0, 0.5, 1000], np.float32)
    with np.errstate(over="raise"):
        for name, activation in ACTIVATIONS.items():
            np.testing.assert_allclose(activation(x), keras.activations.get(name)(x), rtol=1e-6, atol=1e-30)
