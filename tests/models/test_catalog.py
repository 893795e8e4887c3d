"""Networks of one's own: they appear, with a card or without; what cannot be taken says why."""

import hashlib
import json
import shutil

import keras
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.explorer.jobs import before_activation, dependence
from convlens.networks.card import RANGES, WEIGHTS
from convlens.slices import jobs
from models.catalog import card_of, catalog, refused
from models.running import loading, slicing
from models.running.graph import flatten
from models.running.slicing import Sliced, sliced
from tests import networks

L = keras.layers
HASH = "0" * 64
SOUND = {"preprocessing": {"range": [0, 1]}, "sha256": HASH}
LAPSE = {"updates": [0, 5, 9], "accuracy": [0.1, 0.2, 0.3], "sha256": "0" * 64}


def plain_keras(folder, name: str) -> keras.Model:
    return keras.saving.load_model(folder / f"{name}.keras", compile=False)


def test_a_folder_of_ones_own_joins_the_catalog(own_networks):
    cards = catalog()
    assert set(networks.SHAPES) <= set(cards)
    assert list(cards)[:3] == ["benchmark", "champion", "cifar10-20000"]
    assert refused() == {}
    expected = {
        "plain": ((32, 32, 3), "softmax", 10), "sequential": ((24, 20, 3), "logits", 4), "grey": ((28, 28, 1), "softmax", 10),
        "residual": ((32, 32, 3), "softmax", 10), "inception": ((32, 32, 3), "softmax", 10), "mobile": ((48, 48, 3), "logits", 5),
    }  # fmt: skip
    found = {name: (cards[name].input_shape, cards[name].answer, cards[name].classes) for name in networks.SHAPES}
    assert found == expected


def test_without_the_folder_it_is_as_it_was():
    assert not set(networks.SHAPES) & set(catalog())


def test_with_a_card_labels_and_range_are_the_cards(own_networks):
    card = card_of("plain")
    assert card.labels[6] == "frog"
    assert card.value_range == (0, 1)
    assert card.sha256 == hashlib.sha256(card.file.read_bytes()).hexdigest()
    assert card.agrees_with(card_of("benchmark"))


def test_without_a_card_labels_are_numbers_and_the_range_is_guessed(own_networks):
    card = card_of("mobile")
    assert card.labels == ()
    assert card.labels_for(5) == ("class 0", "class 1", "class 2", "class 3", "class 4")
    assert "no card" in card.sentence
    assert (card.value_range, card.guessed_range) == (None, (0.0, 255.0))  # it begins with Rescaling(1 / 127.5)
    assert card_of("grey").guessed_range is None
    assert not card.agrees_with(card_of("benchmark"))


def test_the_chosen_range_reaches_the_network(own_networks):
    image = np.random.default_rng(1).random((28, 28, 1), np.float32)
    model = plain_keras(own_networks, "grey")
    for low, high in RANGES.values():
        found = jobs.feature_maps("grey", image, (low, high))
        given = image * (high - low) + low
        np.testing.assert_allclose(found["digit"], given, atol=1e-4)
        np.testing.assert_allclose(found["output"], np.asarray(model(given[None]))[0], atol=1e-5)


def test_a_new_file_appears_and_a_removed_one_goes(own_networks, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    assert "plain" not in catalog()
    shutil.copy(own_networks / "plain.keras", tmp_path)
    assert "plain" in catalog()
    (tmp_path / "plain.keras").unlink()
    assert "plain" not in catalog()


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({"labels": ["a"], "sha256": HASH}, "preprocessing is missing. Expected an object."),
        ({"preprocessing": {"range": [0, 1]}}, "sha256 is missing. Expected a SHA-256: 64 of the characters"),
        (SOUND | {"sha256": "0"}, r"sha256 is the text '0'. Expected a SHA-256"),
        (
            SOUND | {"preprocessing": {"range": [0]}},
            r"preprocessing.range is a list of 1 value. Expected a list of 2 values.",
        ),
        (
            SOUND | {"preprocessing": {"range": [0, float("nan")]}},
            r"preprocessing.range\[1\] is nan. Expected a number from",
        ),
        (
            SOUND | {"preprocessing": {"range": [0, 1e308]}},
            r"preprocessing.range\[1\] is 1e\+308. Expected a number from -1,000,000 to 1,000,000",
        ),
        (
            SOUND | {"preprocessing": {"range": [1, 0]}},
            "preprocessing.range is 1 to 0. Expected the smaller number first.",
        ),
        (SOUND | {"training": {"size": "many"}}, "training.size is the text 'many'. Expected a whole number from 0 to"),
        (SOUND | {"test": {"accuracy": "high"}}, "test.accuracy is the text 'high'. Expected a number from 0 to 1."),
        (SOUND | {"test": {"accuracy": 1.5, "pictures": 9}}, "test.accuracy is 1.5. Expected a number from 0 to 1."),
        (SOUND | {"test": {"accuracy": 0.5}}, "test.pictures is missing. Expected how many pictures test.accuracy was"),
        (SOUND | {"test": {"confusion": [[1, 2], [3]]}}, "test.confusion is no square"),
        (
            SOUND | {"training": {"history": {"val_loss": [1, 2, 3], "val_accuracy": [0.5]}}},
            "training.history has curves of these lengths: val_accuracy 1, val_loss 3. Expected one value an epoch in each.",
        ),
        (
            SOUND | {"training": {"history_while_choosing": {"val_loss": [], "val_accuracy": []}}},
            "training.history_while_choosing has curves of these lengths: val_accuracy 0, val_loss 0",
        ),
        (
            SOUND | {"training": {"pictures_per_class": [10, -1]}},
            r"training.pictures_per_class\[1\] is -1. Expected a whole number from 0",
        ),
        (SOUND | {"labels": ["a", 2]}, r"labels\[1\] is 2. Expected a text of 200 characters at most"),
        (SOUND | {"labels": ["a", "b"]}, "labels has 2 names. Expected 10, one for each class of the network."),
        (
            SOUND | {"time_lapse": LAPSE | {"updates": [0, 5, 5]}},
            "time_lapse.updates do not rise from 0. Expected each larger than the one before it.",
        ),
        (SOUND | {"time_lapse": LAPSE | {"updates": [1, 5, 6]}}, "time_lapse.updates do not rise from 0"),
        (SOUND | {"time_lapse": LAPSE | {"accuracy": [0.1, 0.2]}}, "time_lapse has 3 updates and 2 accuracies"),
        (SOUND | {"time_lapse": LAPSE}, "test.pictures is missing. Expected how many pictures time_lapse.accuracy was"),
        (
            SOUND | {"time_lapse": LAPSE | {"updates": [0] * 201}},
            "time_lapse.updates is a list of 201 values. Expected a list of 2 to 200",
        ),
        ([1, 2], "it is a list of 2 values. Expected an object."),
    ],
)
def test_a_bad_card_is_explained(own_networks, tmp_path, monkeypatch, card, sentence):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    shutil.copy(own_networks / "plain.keras", tmp_path)
    (tmp_path / "plain.json").write_text(json.dumps(card))
    with pytest.raises(InputError, match=f"The card plain.json cannot be taken: {sentence}"):
        card_of("plain")
    assert "benchmark" in catalog()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("benchmark", "There is a network 'benchmark' already"),
        ("a b", "'a b.keras' is no name for a link"),
        ("-x", "no name"),
    ],
)
def test_names_that_cannot_be_taken(own_networks, tmp_path, monkeypatch, name, sentence):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    shutil.copy(own_networks / "plain.keras", tmp_path / f"{name}.keras")
    assert sentence in refused()[f"{name}.keras"]
    assert catalog()["benchmark"].training_size == 50_000


def test_a_folder_that_is_not_there_is_explained(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path / "nowhere"))
    assert "benchmark" in catalog()
    assert "which is no folder. Make it, or name another" in next(iter(refused().values()))


@pytest.mark.parametrize("name", networks.SHAPES)
def test_the_flat_network_is_the_files(own_networks, name):
    """The last layer, and every layer of a network that is not nested, against plain Keras."""
    model, card = plain_keras(own_networks, name), card_of(name)
    image = np.random.default_rng(2).random(card.input_shape, np.float32)
    given = card.prepare(image)[None]
    found = jobs.feature_maps(name, image)
    np.testing.assert_allclose(list(found.values())[-1], np.asarray(model(given, training=False))[0], atol=1e-5)
    assert sum(layer.weights for layer in jobs.layers(name)) == model.count_params()
    for layer in model.layers:
        if not isinstance(layer, keras.Model):
            expected = np.asarray(keras.Model(model.inputs[0], layer.output)(given, training=False))[0]
            np.testing.assert_allclose(found[layer.name], expected, atol=1e-5)


def test_a_nested_network_is_entered(own_networks):
    model = plain_keras(own_networks, "mobile")
    backbone = model.get_layer("backbone")
    image = np.random.default_rng(3).random((48, 48, 3), np.float32) * 255
    found = sliced("mobile").activations(image[None])
    for layer in backbone.layers[1:]:
        expected = np.asarray(keras.Model(backbone.input, layer.output)(image[None], training=False))
        np.testing.assert_allclose(found[f"backbone/{layer.name}"], expected, atol=1e-4)
    names = [layer.name for layer in sliced("mobile").layers]
    assert names[:2] == ["picture", "backbone/rescale"]
    assert names[-2:] == ["pool", "logits"]


def test_networks_nested_twice_and_sequential_inside():
    inner = keras.Sequential([L.Input((8, 8, 2)), L.Conv2D(2, 3, name="conv"), L.ReLU(name="relu")], name="inner")
    middle_in = L.Input((8, 8, 2))
    middle = keras.Model(middle_in, L.Conv2D(3, 1, name="conv")(inner(middle_in)), name="middle")
    outer = keras.Sequential([L.Input((8, 8, 2), name="photo"), middle, L.Flatten(name="flat")])
    names = [node.name for node in flatten(outer)]
    assert names == ["photo", "middle/inner/conv", "middle/inner/relu", "middle/conv", "flat"]
    image = np.random.default_rng(4).random((1, 8, 8, 2), np.float32)
    np.testing.assert_allclose(Sliced(outer).activations(image)["flat"], np.asarray(outer(image)), atol=1e-6)


def test_several_inputs_are_refused_by_the_flattening():
    a, b = L.Input((4, 4, 1)), L.Input((4, 4, 1))
    with pytest.raises(ValueError, match="2 inputs and 1 outputs"):
        flatten(keras.Model([a, b], L.Add()([a, b])))


@pytest.mark.parametrize("policy", ["float16", "mixed_float16", "bfloat16", "mixed_bfloat16", "float64"])
def test_files_of_any_precision_compute_in_float32(tmp_path, monkeypatch, policy):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    keras.config.set_dtype_policy(policy)
    try:
        model = networks.grey()
        model.save(tmp_path / "other.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    image = np.random.default_rng(5).random((28, 28, 1), np.float32)
    found = jobs.feature_maps("other", image)
    assert {values.dtype for values in found.values()} == {np.dtype("float32")}
    same = networks.grey()
    same.set_weights([np.asarray(weight, np.float32) for weight in model.get_weights()])
    np.testing.assert_allclose(found["output"], np.asarray(same(image[None]))[0], atol=1e-5)
    slicing.ready.cache.clear()  # each policy calls its network "other"


@pytest.mark.parametrize("name", ["sequential", "mobile"])
def test_logits_become_probabilities(own_networks, name):
    card = card_of(name)
    image = np.random.default_rng(6).random(card.input_shape, np.float32)
    logits = np.asarray(plain_keras(own_networks, name)(card.prepare(image)[None], training=False))[0]
    assert abs(logits.sum() - 1) > 1e-3
    np.testing.assert_allclose(jobs.predict(name, image), np.asarray(keras.ops.softmax(logits)), atol=1e-5)


@pytest.mark.parametrize(
    ("last", "answer"),
    [
        ([L.Dense(3, activation="softmax")], "softmax"),
        ([L.Dense(3), L.Softmax()], "softmax"),
        ([L.Dense(3), L.Activation("softmax")], "softmax"),
        ([L.Dense(3), L.Activation("linear")], "logits"),
        ([L.Dense(3, activation="sigmoid")], "sigmoid"),
        ([L.Dense(3), L.Dropout(0.1)], "logits"),
        ([L.Dense(3, activation="softmax"), L.Reshape((3,))], "softmax"),
        ([L.Dense(3, activation="relu")], "logits"),
    ],
)
def test_the_form_of_the_answer_is_read_from_the_last_activation(tmp_path, monkeypatch, last, answer):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    layers = [type(layer).from_config(layer.get_config()) for layer in last]
    keras.Sequential([L.Input((4, 4, 3)), L.Flatten(), *layers]).save(tmp_path / "end.keras")
    assert (card_of("end").answer, card_of("end").classes) == (answer, 3)


@pytest.mark.parametrize(
    "ends",
    [
        (L.Conv2D(2, 3), L.Flatten(), L.Softmax()),
        (L.Conv2D(2, 3), L.SpatialDropout2D(0.1), L.Flatten(), L.Softmax()),
        (L.Conv2D(2, 3), L.LayerNormalization(), L.Reshape((72,)), L.Softmax()),
        (L.DepthwiseConv2D(3, depth_multiplier=2), L.GlobalAveragePooling2D(), L.Softmax()),
    ],
)
def test_maps_in_a_row_do_not_tell_how_many_classes_there_are(tmp_path, monkeypatch, ends):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    x = inputs = L.Input((8, 8, 3))
    for layer in ends:
        x = type(layer).from_config(layer.get_config())(x)
    keras.Model(inputs, x).save(tmp_path / "rows.keras")
    assert card_of("rows").classes is None


def test_a_sequential_that_was_never_built_is_explained(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    with pytest.warns(UserWarning, match="not yet been built"):
        keras.Sequential([L.Flatten(), L.Dense(3)]).save(tmp_path / "vague.keras")
    assert "takes an input of unknown. Expected rows × columns × 3" in refused()["vague.keras"]


# ---- surgery


def test_silencing_is_what_zero_weights_would_do(own_networks):
    model = plain_keras(own_networks, "plain")
    image = np.random.default_rng(7).random((32, 32, 3), np.float32)
    kernel, bias = model.get_layer("conv_1").get_weights()
    kernel[..., [1, 4]], bias[[1, 4]] = 0, 0
    model.get_layer("conv_1").set_weights([kernel, bias])  # relu(0) is 0
    gains = np.ones(8, np.float32)
    gains[[1, 4]] = 0
    found = jobs.feature_maps("plain", image, None, {"conv_1": gains})
    for layer in model.layers:
        expected = np.asarray(keras.Model(model.inputs[0], layer.output)(image[None], training=False))[0]
        np.testing.assert_allclose(found[layer.name], expected, atol=1e-5)


def test_a_colour_of_the_picture_can_be_silenced(own_networks):
    image = np.random.default_rng(7).random((32, 32, 3), np.float32)
    found = jobs.feature_maps("plain", image, None, {"photo": np.array([0, 1, 1], np.float32)})
    expected = jobs.feature_maps("plain", image * np.array([0, 1, 1], np.float32))
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=1e-6)


def test_negating_turns_the_sign_for_all_later_layers(own_networks):
    image = np.random.default_rng(8).random((28, 28, 1), np.float32)
    intact = jobs.feature_maps("grey", image)
    found = jobs.feature_maps("grey", image, None, {"s2": np.array([1, -1, 1, 1, 1, 1], np.float32)})
    np.testing.assert_array_equal(found["c1"], intact["c1"])
    np.testing.assert_allclose(found["s2"][:, :, 1], -intact["s2"][:, :, 1], atol=1e-6)
    np.testing.assert_allclose(found["s2"][:, :, 2], intact["s2"][:, :, 2], atol=1e-6)
    c3 = plain_keras(own_networks, "grey").get_layer("c3")
    np.testing.assert_allclose(found["c3"], np.asarray(c3(found["s2"][None]))[0], atol=1e-5)


def test_dependence_is_one_silenced_channel_after_the_other(own_networks):
    card = card_of("mobile")
    image = np.random.default_rng(9).random(card.input_shape, np.float32)
    before = {"backbone/conv_1": np.array([1, 1, 0, 1, 1, 1, 1, 1], np.float32)}
    found = dependence("mobile", image, "backbone/conv_1", (0, 2, 5), before)
    assert found.shape == (3, 5)
    for row, channel in zip(found, (0, 2, 5), strict=True):
        gains = before["backbone/conv_1"].copy()
        gains[channel] = 0
        logits = jobs.feature_maps("mobile", image, None, {"backbone/conv_1": gains})["logits"]
        np.testing.assert_allclose(row, np.asarray(keras.ops.softmax(logits)), atol=1e-5)


def test_accuracy_before_and_after(tmp_path, monkeypatch):
    from PIL import Image

    from convlens.pictures.cifar10 import LABELS

    rng = np.random.default_rng(10)
    pixels, truth = [], []
    for i, label in enumerate(LABELS):
        (tmp_path / "test" / label).mkdir(parents=True)
        for n in range(3):
            picture = rng.integers(0, 256, (32, 32, 3), np.uint8)
            Image.fromarray(picture).save(tmp_path / "test" / label / f"{n}.png")
            pixels.append(picture)
            truth.append(i)
    images = np.stack(pixels) / np.float32(255)
    silent = {"conv2d_2": np.zeros(16, np.float32)}
    for gains in ({}, silent):
        answers = list(sliced("benchmark").altered(images, gains).values())[-1].argmax(axis=1)
        expected = float(np.mean(answers == np.array(truth)))
        assert jobs.accuracy("benchmark", str(tmp_path), 30, gains) == pytest.approx(expected)
    one_answer = jobs.feature_maps("benchmark", images[0], None, silent)["dense_2"].argmax()
    assert jobs.accuracy("benchmark", str(tmp_path), 30, silent) == pytest.approx(
        np.mean(np.array(truth) == one_answer)
    )


def test_sums_before_the_activation_after_surgery(own_networks):
    image = np.random.default_rng(11).random((32, 32, 3), np.float32)
    gains = {"conv_1": np.array([0, 1, 1, -1, 1, 1, 1, 1], np.float32)}
    found = jobs.feature_maps("plain", image, None, gains)
    sums = before_activation("plain", "answer", {"flatten": found["flatten"]})
    kernel, bias = jobs.layer_weights("plain", "answer")
    np.testing.assert_allclose(sums, found["flatten"] @ kernel + bias, atol=1e-5)
    np.testing.assert_allclose(np.asarray(keras.ops.softmax(sums)), found["answer"], atol=1e-5)
    again = jobs.feature_maps("plain", image)["answer"]  # the activation function is back in its place
    assert again.sum() == pytest.approx(1, abs=1e-5)


def test_loading_builds_what_was_checked(own_networks):
    model = loading.load("residual")
    expected = plain_keras(own_networks, "residual")
    for a, b in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_version_of_what_ships_is_the_same_on_every_machine(tmp_path, monkeypatch):
    for name in ("dummy.keras", "dummy.json", "dummy.timelapse.npz"):
        (tmp_path / name).write_bytes((WEIGHTS / name).read_bytes())
    version = card_of("dummy").version
    monkeypatch.setattr("models.catalog.WEIGHTS", tmp_path)
    assert card_of("dummy").version == version
    for name in ("dummy.keras", "dummy.json"):  # what is replaced is another network, or speaks of one otherwise
        before = card_of("dummy").version
        changed = (WEIGHTS / f"benchmark{(tmp_path / name).suffix}").read_bytes()
        (tmp_path / name).write_bytes(changed)
        assert card_of("dummy").version != before
    (tmp_path / "dummy.timelapse.npz").unlink()
    assert card_of("dummy").version not in (before, version)
