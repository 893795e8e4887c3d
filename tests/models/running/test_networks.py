"""The shipped networks: the architecture, the cards, the slice, the softmax, each against plain Keras."""

import hashlib
import json
import threading
import time

import keras
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.networks.card import WEIGHTS
from convlens.pictures import cifar10, digits, fitting
from convlens.pictures.bundled import bundled
from convlens.slices import jobs
from models.architectures.lenet import lenet
from models.architectures.seed import seed_network
from models.catalog import card_of, catalog
from models.running import loading, slicing
from models.running.slicing import Sliced

NAMES = [
    "input",
    "conv2d_1",
    "conv2d_2",
    "pool_1",
    "conv2d_3",
    "conv2d_4",
    "pool_2",
    "conv2d_5",
    "conv2d_6",
    "dense_1",
    "dropout_1",
    "flatten_1",
    "dense_2",
]
SHAPES = [(32, 32, 3), *[(32, 32, 16)] * 2, *[(16, 16, 16)] * 3, *[(8, 8, 16)] * 3, *[(8, 8, 64)] * 2, (4096,), (10,)]


@pytest.fixture(scope="module")
def frog():
    return fitting.fit(bundled()["frog"].picture.pixels, (32, 32))


def test_the_seed_network_is_the_sources():
    model = seed_network()
    assert [layer.name for layer in model.layers] == NAMES
    assert [layer.output.shape[1:] for layer in model.layers] == SHAPES
    assert model.count_params() == 54_106
    conv = model.get_layer("conv2d_3")
    assert (conv.filters, conv.kernel_size, conv.padding, conv.activation.__name__) == (16, (3, 3), "same", "relu")
    assert model.get_layer("dropout_1").rate == 0.5
    assert model.get_layer("dense_2").activation.__name__ == "softmax"


SEEDS = [name for name, card in catalog().items() if card.labels == cifar10.LABELS and name != "champion"]


def test_the_catalog_has_all_seven_sizes_and_those_for_digits():
    cards = catalog()
    assert list(cards) == [
        SEEDS[0],
        "champion",
        *SEEDS[1:],
        "lenet",
        "digits-cnn",
    ]  # networks that see colour come first
    assert (cards["lenet"].training_size, cards["digits-cnn"].training_size) == (50_000, 1_527)
    sizes = {name: cards[name].training_size for name in SEEDS}
    assert sizes == {
        "benchmark": 50_000, "cifar10-20000": 20_000, "dummy-2": 10_000, "dummy": 10_000, "cifar10-5000": 5_000, "cifar10-2000": 2_000,
        "cifar10-1000": 1_000, "cifar10-500": 500,
    }  # fmt: skip


@pytest.mark.parametrize("name", catalog())
def test_a_card_is_complete_and_consistent(name):
    card = card_of(name)
    assert hashlib.sha256(card.file.read_bytes()).hexdigest() == card.sha256
    confusion = np.array(card.test["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum() == card.test["pictures"]
    assert card.accuracy == pytest.approx(np.trace(confusion) / confusion.sum())
    assert card.test["accuracy_per_class"] == pytest.approx(list(np.diag(confusion) / confusion.sum(axis=1)))
    assert len(card.training["history"]["loss"]) == card.training["epochs"]
    if name == "champion":  # nothing was held out, and nothing chosen
        assert card.training["epochs"] == card.training["schedule"]
        assert "history_while_choosing" not in card.training
    else:
        held_out = card.training["history_while_choosing"]["val_loss"]
        assert int(np.argmin(held_out)) + 1 == card.training["epochs"]  # chosen by held-out training pictures alone
    assert card.training["recipe"]["seed"] == (2 if name == "dummy-2" else 1)
    assert card.weights == keras.saving.load_model(card.file).count_params()
    if name in SEEDS:
        assert "JPEG" in card.training["form"]
        assert (confusion.sum(axis=1) == 1000).all()
        assert card.weights == 54_106


def test_the_networks_are_as_good_as_promised():
    accuracy = {card_of(name).training_size: card_of(name).accuracy for name in SEEDS}
    assert card_of("champion").accuracy >= accuracy[50_000] + 0.10
    assert card_of("lenet").accuracy >= 0.985
    assert card_of("digits-cnn").accuracy >= 0.95
    assert accuracy[50_000] >= 0.70
    assert accuracy[10_000] <= accuracy[50_000] - 0.08
    assert sorted(accuracy.values()) == [accuracy[size] for size in sorted(accuracy)]


@pytest.mark.parametrize("name", ["benchmark", "dummy"])
def test_feature_maps_agree_with_a_plain_keras_slice(name, frog):
    model = keras.saving.load_model(WEIGHTS / f"{name}.keras")
    found = jobs.feature_maps(name, frog)
    assert list(found) == NAMES
    for layer in model.layers:
        plain = keras.Model(model.input, layer.output)
        expected = np.asarray(plain(frog[None], training=False))[0]
        assert found[layer.name].dtype == np.float32
        np.testing.assert_allclose(found[layer.name], expected, atol=1e-5)


@pytest.mark.parametrize("name", catalog())
def test_softmax_agrees_with_the_plain_model(name, frog):
    model = keras.saving.load_model(WEIGHTS / f"{name}.keras")
    rows, columns, channels = card_of(name).input_shape
    seen = fitting.fit(frog, (rows, columns))
    seen = fitting.to_grey(seen)[:, :, None] if channels == 1 else seen
    expected = model.predict(seen[None], verbose=0)[0]
    found = jobs.predict(name, seen)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.sum() == pytest.approx(1, abs=1e-5)


def test_the_held_out_digits_are_answered_as_the_card_says():
    data, held_out = digits.digits(), digits.split().held_out
    model = keras.saving.load_model(WEIGHTS / "digits-cnn.keras")
    answers = np.asarray(model((data.images[held_out] / 16)[..., None], training=False)).argmax(axis=1)
    assert np.mean(answers == data.labels[held_out]) == card_of("digits-cnn").accuracy


@pytest.mark.parametrize(
    ("name", "layer"), [("benchmark", "flatten_1"), ("lenet", "dense_2"), ("digits-cnn", "dense_1")]
)
def test_vectors_are_what_the_classes_are_computed_from(name, layer):
    card, model = card_of(name), keras.saving.load_model(WEIGHTS / f"{name}.keras")
    some = np.random.default_rng(3).random((67, *card.input_shape), np.float32)  # more than one batch
    expected = np.asarray(keras.Model(model.inputs[0], model.get_layer(layer).output)(some, training=False))
    found = jobs.vectors(name, some)
    assert found.shape == (67, expected.shape[1])
    np.testing.assert_allclose(found, expected, atol=1e-5)
    last, bias = model.layers[-1].get_weights()
    logits = found @ last + bias
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(p / p.sum(axis=1, keepdims=True), np.asarray(model(some, training=False)), atol=1e-4)


def test_only_the_layers_that_are_wanted_are_sent(frog):
    everything, some = jobs.feature_maps("dummy", frog), jobs.feature_maps("dummy", frog, only=("conv2d_2", "dense_2"))
    assert list(some) == ["conv2d_2", "dense_2"]
    for name, values in some.items():
        np.testing.assert_array_equal(values, everything[name])


def test_a_large_networks_values_are_kept_for_seconds_only(frog, monkeypatch):
    monkeypatch.setattr("convlens.networks.layers.MOST_SENT", 1)
    network, kept, later = slicing.sliced("dummy"), slicing._recent.cache, []
    monkeypatch.setattr(slicing, "Timer", lambda *given: later.append(given) or threading.Timer(0, int))
    kept.clear()
    whole, passes = network.activations, []
    monkeypatch.setattr(network, "activations", lambda images: passes.append(1) or whole(images), raising=False)
    for only in (("conv2d_1",), ("conv2d_2",), ()):
        jobs.feature_maps("dummy", frog, only=only)
    jobs.feature_maps("dummy", frog[::-1])
    assert len(passes) == 2  # two pictures
    gains = {"conv2d_1": np.zeros(16, np.float32)}
    assert not jobs.feature_maps("dummy", frog, None, gains)["conv2d_1"].any()
    assert len(kept) == 3
    assert later == [(slicing.RECENT + 1, slicing._forget_old)] * 5
    kept.expire(time.monotonic() + later[-1][0])  # what is called then
    assert len(kept) == 0


def test_layers_tell_class_shape_and_weights():
    found = jobs.layers("benchmark")
    assert [(layer.name, layer.shape) for layer in found] == list(zip(NAMES, SHAPES, strict=True))
    kinds = {layer.name: layer.kind for layer in found}
    assert (kinds["conv2d_1"], kinds["pool_1"], kinds["flatten_1"]) == ("Conv2D", "MaxPooling2D", "Flatten")
    assert sum(layer.weights for layer in found) == 54_106


def test_layer_weights_are_the_files():
    model = keras.saving.load_model(WEIGHTS / "dummy.keras")
    kernel, bias = jobs.layer_weights("dummy", "conv2d_4")
    np.testing.assert_array_equal(kernel, model.get_layer("conv2d_4").kernel)
    np.testing.assert_array_equal(bias, model.get_layer("conv2d_4").bias)
    assert jobs.layer_weights("dummy", "pool_1") == []


def test_wrong_names_and_shapes_are_explained(frog):
    with pytest.raises(
        InputError, match="There is no network 'vgg'. Expected one of benchmark, champion, cifar10-20000"
    ):
        jobs.predict("vgg", frog)
    with pytest.raises(InputError, match="'dummy' has no layer 'conv9'. Expected one of input, conv2d_1"):
        jobs.layer_weights("dummy", "conv9")
    with pytest.raises(
        InputError, match=r"takes an image of shape \(32, 32, 3\). Received \(28, 28, 3\): fit it first"
    ):
        jobs.predict("dummy", np.zeros((28, 28, 3)))


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    for ending in ("keras", "json"):
        (tmp_path / f"mine.{ending}").write_bytes((WEIGHTS / f"dummy.{ending}").read_bytes())
    with (tmp_path / "mine.keras").open("ab") as file:
        file.write(b"!")
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    with pytest.raises(InputError, match="mine.keras (.|\n)*the file was changed"):
        loading.load("mine")


def test_slicing_calls_the_network_once_for_all_layers():
    model = seed_network((8, 8, 3), 4)
    images_ = np.random.default_rng(5).random((3, 8, 8, 3), np.float32)
    found = Sliced(model).activations(images_)
    assert list(found) == NAMES
    np.testing.assert_allclose(found["dense_2"], np.asarray(model(images_, training=False)), atol=1e-6)


@pytest.mark.parametrize("name", ["benchmark", "dummy", "lenet"])
def test_the_time_lapse_begins_untrained_and_ends_with_the_network(name):
    frames = np.load(WEIGHTS / f"{name}.timelapse.npz")
    updates = frames["updates"].tolist()
    card = json.loads((WEIGHTS / f"{name}.json").read_text())
    file = (WEIGHTS / f"{name}.timelapse.npz").read_bytes()
    assert hashlib.sha256(file).hexdigest() == card["time_lapse"]["sha256"]
    steps = {"benchmark": 391, "dummy": 79, "lenet": 391}[name]  # 50,000 and 10,000 pictures, 128 an update
    assert updates == card["time_lapse"]["updates"]
    assert (updates[0], updates[-1]) == (0, steps * card["training"]["epochs"])
    assert len(updates) == len(card["time_lapse"]["accuracy"]) == {"benchmark": 29, "dummy": 24, "lenet": 28}[name]
    assert card["time_lapse"]["accuracy"][-1] == pytest.approx(card["test"]["accuracy"], abs=0.002)
    model = keras.saving.load_model(WEIGHTS / f"{name}.keras")
    for weight in model.trainable_weights:
        assert frames[weight.path].dtype == np.float16
        np.testing.assert_allclose(frames[weight.path][-1], np.asarray(weight.value), atol=1e-3)
    assert (frames["conv2d_1/bias"][0] == 0).all()
    keras.utils.set_random_seed(1)
    for weight in (
        lenet() if name == "lenet" else seed_network()
    ).trainable_weights:  # both began with these, as Compare says
        np.testing.assert_array_equal(frames[weight.path][0], np.asarray(weight.value, np.float16))
