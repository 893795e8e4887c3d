"""A network at moments of its training: the weights of its time-lapse, put into plain Keras, give what ConvLens shows."""

import hashlib
import json
import os
import shutil
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from convlens.errors import InputError
from convlens.networks.card import WEIGHTS
from convlens.slices import jobs as slices
from convlens.training import jobs
from models.catalog import card_of
from models.running import frames, lapse, loading

IMAGE = np.random.default_rng(3).random((32, 32, 3), np.float32)


def by_keras(moment: int) -> keras.Model:
    model = keras.saving.load_model(WEIGHTS / "benchmark.keras")
    with np.load(WEIGHTS / "benchmark.timelapse.npz") as found:
        for weight in model.trainable_weights:
            weight.assign(found[weight.path][moment])
    return model


def test_the_name_of_a_moment():
    assert card_of("benchmark@391").name == card_of("benchmark@781").name == "benchmark@391"
    assert card_of("benchmark@12903") == card_of("benchmark")
    assert card_of("champion@3") == card_of("champion")  # of which no moments were kept
    for name in ("benchmark@", "benchmark@-1", "nobody@3", "benchmark@1@2"):
        with pytest.raises(InputError, match="There is no network"):
            card_of(name)


@pytest.mark.parametrize("moment", [0, 1, 7])
def test_it_answers_as_the_weights_of_that_moment_do(moment):
    card = card_of("benchmark").at(card_of("benchmark").lapse.updates[moment])
    assert card.moment == moment
    expected = by_keras(moment)
    inner = keras.Model(expected.inputs[0], [expected.get_layer("conv2d_3").output, expected.output])
    maps, answer = (np.asarray(each)[0] for each in inner(IMAGE[None], training=False))
    found = slices.feature_maps(card.name, IMAGE)
    np.testing.assert_allclose(found["conv2d_3"], maps, atol=1e-5)
    np.testing.assert_allclose(found["dense_2"], answer, atol=1e-5)
    np.testing.assert_array_equal(slices.layer_weights(card.name, "conv2d_1")[0], expected.get_weights()[0])


def test_all_moments_at_once_are_each_of_them():
    answers, values = jobs.lapse("benchmark", IMAGE, None, "pool_1")
    updates = card_of("benchmark").lapse.updates
    assert answers.shape == (len(updates), 10)
    assert values.shape == (len(updates), 16, 16, 16)
    for moment in (0, 2, len(updates) - 2):
        one = slices.feature_maps(f"benchmark@{updates[moment]}", IMAGE)
        np.testing.assert_allclose(values[moment], one["pool_1"], atol=1e-5)
        np.testing.assert_allclose(answers[moment], one["dense_2"], atol=1e-5)
    np.testing.assert_allclose(answers[-1], slices.predict("benchmark", IMAGE), atol=1e-6)  # not its half precision
    assert np.abs(answers[0] - answers[-1]).max() > 0.1
    again, _ = jobs.lapse("benchmark", IMAGE, None, "dense_2")  # it begins anew at the first moment
    np.testing.assert_array_equal(again, answers)


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A network of one's own with a time-lapse; ``mine(**arrays)`` writes other frames, and what the card says of them."""
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    shutil.copy(WEIGHTS / "dummy.keras", tmp_path / "mine.keras")
    told = json.loads((WEIGHTS / "dummy.json").read_text())
    with np.load(WEIGHTS / "dummy.timelapse.npz") as found:
        at = np.flatnonzero(np.isin(found["updates"], (0, 79, 158)))
        sound = {name: found[name][at] for name in found.files}

    def write(**other: np.ndarray | None) -> None:
        arrays = {name: each for name, each in (sound | other).items() if each is not None}
        file = tmp_path / "mine.timelapse.npz"
        np.savez(file, **arrays)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        lapse = {"updates": [0, 79, 158], "accuracy": [0.1, 0.2, 0.3], "sha256": sha256}
        (tmp_path / "mine.json").write_text(json.dumps(told | {"time_lapse": lapse}))

    write()
    return write


def test_of_ones_own(mine):
    assert card_of("mine").lapse.updates == (0, 79, 158)
    assert card_of("mine@100").title == "Dummy after 79 updates"
    found = slices.predict("mine@100", IMAGE)
    np.testing.assert_allclose(found, slices.predict("dummy@100", IMAGE), atol=1e-6)
    mine(**{"dense_2/bias": np.full((3, 10), [[9.0] + [0.0] * 9], np.float16)})  # replaced: asked anew
    assert slices.predict("mine@100", IMAGE)[0] > 0.9
    assert jobs.lapse("mine", IMAGE, None, "conv2d_1")[0][1][0] > 0.9


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"conv2d_1/bias": None}, "'conv2d_1/bias' is missing, or too large"),
        ({"conv2d_1/bias": np.zeros((3, 40_000))}, "'conv2d_1/bias' is missing, or too large"),
        ({"updates": np.array([0, 1, 2])}, "is of other updates than its card"),
        ({"more": np.zeros(30_000_000)}, "has 240,329,320 bytes. Expected 200,000,000 at most"),
        ({"conv2d_1/bias": np.zeros((2, 16))}, r"holds float64 \(2, 16\) for 'conv2d_1/bias'. Expected numbers of \(3, 16\)"),
        ({"conv2d_1/bias": np.zeros((3, 16), int)}, r"holds int64 \(3, 16\) for 'conv2d_1/bias'"),
        ({"conv2d_1/bias": np.full((3, 16), None)}, "mine.timelapse.npz cannot be read: Object arrays cannot be loaded"),
        ({"conv2d_1/bias": np.full((3, 16), np.nan)}, "holds infinite values, NaN, or some beyond (.|\n)*'conv2d_1/bias'"),
    ],
)  # fmt: skip
def test_frames_that_cannot_be_taken_are_explained(mine, arrays, said):
    mine(**arrays)
    with pytest.raises(InputError, match=said):
        lapse.moving("mine")
    assert loading.load("mine").count_params() == 54_106  # the network itself is as it was


def test_a_file_that_was_changed_or_is_gone_is_explained(mine, tmp_path):
    file = tmp_path / "mine.timelapse.npz"
    file.write_bytes(file.read_bytes() + b"!")
    with pytest.raises(InputError, match="mine.timelapse.npz has SHA-256 (.|\n)*the file was changed"):
        lapse.moving("mine")
    file.unlink()
    with pytest.raises(InputError, match="mine.timelapse.npz cannot be read: No such file"):
        lapse.moving("mine")
    os.mkfifo(file)
    with pytest.raises(InputError, match="mine.timelapse.npz is no ordinary file"):
        lapse.moving("mine")


def test_a_zip_with_what_is_no_array_is_explained(mine, tmp_path):
    file = tmp_path / "mine.timelapse.npz"
    for name in ("conv2d_1/bias", "conv2d_1/bias.npy"):
        mine()
        with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings(action="ignore"):
            archive.writestr(name, b"none")
        told = json.loads((tmp_path / "mine.json").read_text())
        told["time_lapse"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        (tmp_path / "mine.json").write_text(json.dumps(told))
        with pytest.raises(InputError, match="it holds what is no array, or one name twice"):
            lapse.moving("mine")


def test_moving_statistics_move_too(tmp_path, monkeypatch):
    """Batch normalisation has weights that no gradient trains."""
    keras.utils.set_random_seed(1)
    image = keras.Input((8, 8, 3))
    maps = keras.layers.BatchNormalization(name="norm")(keras.layers.Conv2D(2, 3, name="conv")(image))
    model = keras.Model(image, keras.layers.Dense(3, "softmax", name="dense")(keras.layers.Flatten()(maps)))
    kept = [{weight.path: np.asarray(weight.value, np.float16) for weight in model.weights}]
    model.get_layer("norm").moving_mean.assign([3.0, -2.0])
    kept.append({weight.path: np.asarray(weight.value, np.float16) for weight in model.weights})
    model.save(tmp_path / "mine.keras")
    file = tmp_path / "mine.timelapse.npz"
    np.savez(file, updates=[0, 9], **{path: np.stack([each[path] for each in kept]) for path in kept[0]})
    card = {
        "preprocessing": {"range": [0, 1]},
        "sha256": hashlib.sha256((tmp_path / "mine.keras").read_bytes()).hexdigest(),
        "test": {"accuracy": 0.5, "pictures": 3},
        "time_lapse": {
            "updates": [0, 9],
            "accuracy": [0.1, 0.5],
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        },
    }
    (tmp_path / "mine.json").write_text(json.dumps(card))
    monkeypatch.setenv("CONVLENS_MODELS", str(tmp_path))
    image = IMAGE[:8, :8]
    name = card_of("mine").at(0).name
    answers, values = jobs.lapse("mine", image, None, "norm")
    assert np.abs(values[0] - values[1]).max() > 1
    np.testing.assert_allclose(values[0], slices.feature_maps(name, image)["norm"], atol=1e-5)
    assert answers.shape == (2, 3)


def test_who_asks_for_one_moment_is_not_given_another():
    """Threads of one process share the network that moves."""
    names = [f"benchmark@{update}" for update in card_of("benchmark").lapse.updates[:4]]
    alone = {name: slices.predict(name, IMAGE) for name in names}
    with ThreadPoolExecutor(4) as pool:
        for name, p in pool.map(lambda name: (name, slices.predict(name, IMAGE)), names * 10):
            np.testing.assert_array_equal(p, alone[name])


def test_a_network_can_go_back_and_forth():
    model = loading.load("dummy")
    found = frames.read(card_of("dummy"), model)
    frames.go_to(model, found, 0)
    assert not np.asarray(model.get_layer("conv2d_1").bias).any()
    frames.go_to(model, found, card_of("dummy").lapse.until(1343))
    np.testing.assert_allclose(model.get_weights()[0], loading.load("dummy").get_weights()[0], atol=1e-3)
