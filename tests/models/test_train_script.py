"""The training command from pictures to card, on pictures made here."""

import dataclasses
import hashlib
import json
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from convlens.pictures.cifar10 import LABELS
from models.checks.cards import read_card
from models.training.recipe import Recipe
from scripts import train_weights


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """60 training and 3 test pictures a class, each class a brightness of its own."""
    folder = tmp_path_factory.mktemp("cifar")
    rng = np.random.default_rng(7)
    for i, label in enumerate(LABELS):
        for part, count in (("train", 60), ("test", 3)):
            place = folder / part / label
            place.mkdir(parents=True)
            for n in range(count):
                Image.fromarray(rng.integers(20 * i, 20 * i + 40, (32, 32, 3), np.uint8)).save(place / f"{n}.png")
    return folder


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """Two epochs at most, in a folder of the test's own."""
    monkeypatch.setattr(train_weights, "Recipe", lambda **own: Recipe(**own | {"min_epochs": 2, "min_steps": 1}))
    monkeypatch.setattr(train_weights, "WORK", tmp_path / "work")
    monkeypatch.setattr(train_weights, "TIME_LAPSES", {"cifar10-500"})
    return tmp_path


def command(monkeypatch, *words) -> None:
    monkeypatch.setattr(sys, "argv", ["train_weights.py", *map(str, words)])
    train_weights.main()


def test_from_pictures_to_card(quick, data, monkeypatch, capsys):
    out = quick / "out"
    command(monkeypatch, 500, "--data", data, "--out", out)
    printed = capsys.readouterr().out
    assert "cifar10-500: 500 pictures, lossless, 32 × 32" in printed
    assert "s an epoch, at most" in printed
    card = json.loads((out / "cifar10-500.json").read_text())
    assert card["sha256"] == hashlib.sha256((out / "cifar10-500.keras").read_bytes()).hexdigest()
    assert card["training"]["size"] == 500
    assert card["training"]["form"] == "lossless, 32 × 32"
    assert card["test"]["pictures"] == 30
    model = keras.saving.load_model(out / "cifar10-500.keras")
    assert model.count_params() == card["weights"] == 54_106
    frames = np.load(out / "cifar10-500.timelapse.npz")
    lapse = card["time_lapse"]
    ends = [4 * (epoch + 1) for epoch in range(card["training"]["epochs"])]  # 500 pictures, 128 an update
    assert frames["updates"].tolist() == lapse["updates"] == [0, 1, 2, 3, *ends]
    assert lapse["accuracy"][-1] == pytest.approx(card["test"]["accuracy"], abs=1e-4)
    assert not np.array_equal(frames["dense_2/bias"][1], frames["dense_2/bias"][2])
    np.testing.assert_allclose(frames["dense_2/bias"][-1], np.asarray(model.get_layer("dense_2").bias), atol=1e-3)

    (out / "cifar10-500.keras").unlink()
    command(monkeypatch, 500, "--data", data, "--out", out)  # all is done: nothing is trained again
    assert "s an epoch" not in capsys.readouterr().out
    again = keras.saving.load_model(out / "cifar10-500.keras")
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_champion_has_a_fixed_schedule(quick, data, monkeypatch, capsys):
    """Nothing is held out, nothing is chosen: all epochs are trained, and the card says so."""
    row = train_weights.PHOTOS["champion"]
    assert Recipe(**row.recipe).epochs(50_000) == row.recipe["min_epochs"]
    monkeypatch.setitem(train_weights.PHOTOS, "champion", dataclasses.replace(row, size=100))
    out = quick / "out"
    command(monkeypatch, "champion", "--data", data, "--out", out)
    assert "training on all" in capsys.readouterr().out
    card = json.loads((out / "champion.json").read_text())
    assert "history_while_choosing" not in card["training"]
    assert card["training"]["epochs"] == card["training"]["schedule"] == 2
    recipe = card["training"]["recipe"]
    assert (recipe["held_out"], recipe["flips"], recipe["shift"]) == (0, True, 4)
    assert recipe["epochs_chosen_by"] == "a schedule fixed before the training; no picture was held out to choose it"
    assert recipe["optimizer"].startswith("SGD with Nesterov momentum 0.9, warm-up over ")
    model = keras.saving.load_model(out / "champion.keras")
    assert model.count_params() == card["weights"] == 309_994
    assert read_card(out / "champion.json", 10)["training"]["recipe"]["flips"] is True


def test_unknown_sizes_are_refused(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        command(monkeypatch, 123)
    assert "123: expected 'all' or some of 500, 1000" in capsys.readouterr().err


def test_offline_it_says_what_to_do(monkeypatch):
    def offline():
        raise Exception("URL fetch failure on https://example.org/cifar-10-python.tar.gz: None")

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", offline)
    with pytest.raises(SystemExit, match="CIFAR-10 cannot be read: URL fetch failure(.|\n)*give a copy: --data PATH"):
        command(monkeypatch, 500)


def test_mnist_from_a_file(quick, monkeypatch, capsys):
    """Ten times ten digits, each class a bright row of its own; the last twenty are held out."""
    monkeypatch.setattr(train_weights.mnist, "HELD_OUT", 20)
    y = np.tile(np.arange(10), 10).astype(np.uint8)
    x = np.zeros((100, 28, 28), np.uint8)
    x[np.arange(100), 2 * y + 2] = 255
    np.savez(quick / "mnist.npz", x=x, y=y)
    command(monkeypatch, "mnist", "--mnist", quick / "mnist.npz", "--out", quick)
    card = json.loads((quick / "lenet.json").read_text())
    assert (card["training"]["size"], card["test"]["pictures"]) == (80, 20)
    assert card["input_shape"] == [28, 28, 1]
    assert card["weights"] == 61_706
    assert "the last 20 of the training digits" in card["test"]["data"]
    assert "lenet: 80 pictures, lossless, 28 × 28" in capsys.readouterr().out


def test_digits_with_the_sources_split(quick, monkeypatch):
    command(monkeypatch, "digits", "--out", quick)
    card = json.loads((quick / "digits-cnn.json").read_text())
    assert (card["training"]["size"], card["test"]["pictures"]) == (1527, 270)
    assert card["weights"] == 16_026


def test_mnist_offline_says_what_to_do(monkeypatch):
    def offline():
        raise Exception("URL fetch failure: None")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", offline)
    with pytest.raises(SystemExit, match="MNIST cannot be read: URL fetch failure(.|\n)*give a copy: --mnist PATH"):
        command(monkeypatch, "mnist")
